import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { o, officeWords } from "../i18n/office";
import { minutesOf, put, type Span, withOneMore } from "./opening";

const day_min = 24 * 60;

/** The spans of one day, each with two fields. Tells `set` with the spans as they are then. */
@customElement("plusone-spans")
export class Spans extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    css`
      :host,
      ul {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s-2);
      }
      :host {
        justify-items: start;
      }
      ul {
        inline-size: 100%;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s-1) var(--s-2);
      }
      .field {
        flex: 0 1 9rem;
        min-inline-size: 6.5rem;
        padding-inline: var(--s-2);
      }
      .wrong {
        flex-basis: 100%;
      }
    `,
  ];

  @property({ attribute: false }) spans: readonly Span[] = [];
  /** What is wrong with which of them. */
  @property({ attribute: false }) wrong: ReadonlyMap<number, string> = new Map();
  /** Whose spans they are, for those who hear it. */
  @property() of = "";
  @property({ type: Boolean }) fixed = false;

  protected override async scheduleUpdate(): Promise<void> {
    await officeWords;
    await super.scheduleUpdate();
  }

  override render(): TemplateResult {
    const more = withOneMore(this.spans);
    return html`${
      this.spans.length === 0
        ? nothing
        : html`<ul>
            ${this.spans.map((span, n) => this.line(span, n))}
          </ul>`
    }
    ${
      this.fixed
        ? nothing
        : html`<button
            type="button"
            class="btn btn-s btn-line"
            aria-label=${o.addTimeTo(this.of)}
            ?disabled=${more === null}
            @click=${() => void this.add(more)}
          >
            ${icon("plus", 16)}${o.addTime}
          </button>`
    }`;
  }

  private line(span: Span, n: number): TemplateResult {
    const [since, until] = minutesOf(span);
    const wrong = this.wrong.get(n);
    return html`<li>
      ${this.field(span, n, 0, o.opens)}<span aria-hidden="true">–</span>${this.field(
        span,
        n,
        1,
        o.closes,
      )}
      ${
        this.fixed
          ? nothing
          : html`<button
              type="button"
              class="tool tool-s hit"
              aria-label=${o.removeTime(this.of, span[0])}
              @click=${() => void this.drop(n)}
            >
              ${icon("trash", 18)}
            </button>`
      }
      ${
        until - since === day_min
          ? html`<span class="badge b-plain">${o.allDay}</span>`
          : until > day_min
            ? html`<span class="badge b-plain">${o.nextDay}</span>`
            : nothing
      }
      ${
        wrong === undefined
          ? nothing
          : html`<p class="wrong" id="wrong-${n}">${icon("warn", 18)}${wrong}</p>`
      }
    </li>`;
  }

  private field(span: Span, n: number, end: 0 | 1, label: string): TemplateResult {
    const wrong = this.wrong.has(n);
    // A field that is half typed says "", and setting it to that would empty it.
    return html`<span class="field"
      ><input
        type="time"
        aria-label="${this.of} ${label}"
        aria-invalid=${wrong}
        aria-describedby=${wrong ? `wrong-${n}` : nothing}
        ?disabled=${this.fixed}
        .value=${live(span[end])}
        @input=${({ target }: Event) => {
          const time = (target as HTMLInputElement).value;
          const [since, until] = span;
          this.tell(put(this.spans, n, end === 0 ? [time, until] : [since, time]));
        }}
    /></span>`;
  }

  private async add(more: Span[] | null): Promise<void> {
    if (more === null) return;
    this.tell(more);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("li:last-child input")?.focus();
  }

  private async drop(n: number): Promise<void> {
    this.tell(this.spans.filter((_, other) => other !== n));
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#add")?.focus();
  }

  /** The first field that is wrong. */
  get firstWrong(): HTMLElement | null {
    return this.renderRoot.querySelector('[aria-invalid="true"]');
  }

  private tell(spans: readonly Span[]): void {
    this.dispatchEvent(new CustomEvent("set", { detail: spans }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-spans": Spans;
  }
}
