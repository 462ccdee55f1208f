import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "../chat/composer";
import type { Composer } from "../chat/composer";
import { PlusoneElement } from "../design/element";
import { parts } from "../design/parts";
import { chatWords } from "../i18n/chat";
import { v } from "../i18n/consult";
import { clock } from "../i18n/format";
import type { CallAct, Said, Side } from "./wire";
import look from "./words.css?inline";

/** The call's own words, read by its two people alone. Tells `act` with what she says. */
@customElement("plusone-call-words")
export class CallWords extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) said: readonly Said[] = [];
  @property({ attribute: false }) doing: readonly CallAct[] = [];
  @property() side: Side = "customer";
  @property({ type: Boolean }) headless = false;
  @state() private ready = false;
  @query(".log") private readonly log!: HTMLElement | null;
  @query("plusone-composer") private readonly composer!: Composer | null;

  override connectedCallback(): void {
    super.connectedCallback();
    void chatWords.then(() => (this.ready = true));
  }

  override focus(): void {
    this.composer?.focus();
  }

  /** Shows again what could not be said, unless something else is being written by now. */
  putBack(text: string): void {
    const { composer } = this;
    if (composer !== null && composer.typed === "") composer.typed = text;
  }

  override render(): unknown {
    if (!this.ready) return nothing;
    const unsent = this.doing.flatMap((act) => (act.type === "say" ? [act.text] : []));
    return html`${this.headless ? nothing : html`<h2>${v.wordsLong}</h2>`}
      <div class="log" role="log" aria-label=${v.wordsLog} tabindex="0">
        ${
          this.said.length + unsent.length === 0
            ? html`<p class="none">${v.noWords}</p>`
            : repeat(
                this.said,
                ({ offset }) => offset,
                (one) => this.one(one),
              )
        }
        ${unsent.map((text) => html`<div class="one own unsent"><p class="bubble">${text}</p></div>`)}
      </div>
      <plusone-composer
        hint=${v.wordsHint}
        @say=${({ detail: text }: CustomEvent<string>) =>
          this.dispatchEvent(new CustomEvent<CallAct>("act", { detail: { type: "say", text } }))}
      ></plusone-composer>`;
  }

  private one({ from, name, text, at_ms }: Said): TemplateResult {
    const own = from === this.side;
    return html`<div class="one ${own ? "own" : ""}">
      <p class="bubble">${text ?? v.erased}</p>
      <p class="at">${own ? clock(at_ms) : `${name ?? v.staff} ${clock(at_ms)}`}</p>
    </div>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has("said") && !changed.has("doing")) return;
    const { log } = this;
    if (log !== null) log.scrollTop = log.scrollHeight;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-call-words": CallWords;
  }
}
