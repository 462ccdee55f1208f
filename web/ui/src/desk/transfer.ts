import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts, who } from "../design/parts";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { ask } from "../wire/http";
import type { Open } from "./open";
import { deskSheet } from "./sheet-look";
import type { Colleague } from "./wire";

/** Hands a conversation to a colleague, or back to those who wait. Tells `close`. */
@customElement("plusone-transfer-sheet")
export class TransferSheet extends PlusoneElement {
  static override styles = [parts, forms, deskSheet];

  @property({ attribute: false }) open!: Open;
  @property() own = "";
  /** Who has the desk open now; null while that was not told. */
  @property({ attribute: false }) here: ReadonlySet<string> | null = null;
  /** Who said that she is away. */
  @property({ attribute: false }) gone: ReadonlySet<string> | null = null;
  @state() private colleagues: readonly Colleague[] | null = null;
  @state() private problem: unknown = null;
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    this.problem = null;
    try {
      const { staff } = await ask<{ staff: Colleague[] }>("GET", "/api/staff/colleagues");
      this.colleagues = staff;
    } catch (problem) {
      this.problem = problem;
    }
  }

  private isHere({ id, here }: Colleague): boolean {
    return this.here?.has(id) ?? here;
  }

  private isAway({ id, away }: Colleague): boolean {
    return this.gone?.has(id) ?? away;
  }

  override render(): TemplateResult {
    return html`<plusone-sheet
      heading=${d.transferTo}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <div class="stack">
        <button class="pick" ?disabled=${this.busy} autofocus @click=${() => void this.give(null)}>
          <span class="sign">${icon("undo", 20)}</span
          ><span class="grow col"
            ><span class="name">${d.toQueue}</span
            ><span class="t-13 quiet">${d.toQueueWords}</span></span
          >
        </button>
        ${this.content()}
      </div>
    </plusone-sheet>`;
  }

  private content(): TemplateResult {
    if (this.problem !== null) {
      return html`<div class="empty" role="alert">
        <p>${problemWords(this.problem)}</p>
        <button class="btn btn-s btn-line" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (this.colleagues === null) return html`<p class="empty" role="status">${m.loading}</p>`;
    const holder = this.open.conversed?.staff?.id;
    const others = this.colleagues.filter(({ id }) => id !== this.own && id !== holder);
    if (others.length === 0) return html`<p class="empty">${d.nobodyElse}</p>`;
    const rank = (one: Colleague): number => (this.isHere(one) ? (this.isAway(one) ? 1 : 2) : 0);
    others.sort((a, b) => rank(b) - rank(a));
    return html`<ul>
      ${others.map((one) => this.row(one))}
    </ul>`;
  }

  private row(one: Colleague): TemplateResult {
    const here = this.isHere(one);
    const away = this.isAway(one);
    const knows = [...one.languages.map((name) => d.languages[name] ?? name), ...one.skills];
    return html`<li>
      <button class="pick" ?disabled=${this.busy} @click=${() => void this.give(one.id)}>
        <span class="face ${here && !away ? "on" : ""}">${who(one.name, false)}</span
        ><span class="grow col"
          ><span class="name one-line">${one.name}</span
          ><span class="t-13 ${here ? (away ? "wait" : "held") : "quiet"}"
            >${here ? (away ? d.onBreak : d.here) : d.away}</span
          >${
            knows.length === 0
              ? nothing
              : html`<span class="t-12 quiet one-line">${knows.join(m.comma)}</span>`
          }</span
        >${here ? icon("right", 18) : nothing}
      </button>
    </li>`;
  }

  private async give(to: string | null): Promise<void> {
    this.busy = true;
    const given = await this.open.transfer(to);
    this.busy = false;
    if (given) this.dispatchEvent(new Event("close"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-transfer-sheet": TransferSheet;
  }
}
