import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import type { CallRow } from "../consult/wire";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, who } from "../design/parts";
import { Ticking } from "../design/ticking";
import { k } from "../i18n/calls";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import look from "./banner.css?inline";
import { aboutWords, lastedWords } from "./words";

/**
 * A call that rings, over whatever the rep does. Takes no focus, so that nobody answers out of the
 * middle of a word; but a sheet lets nothing beside it be pressed, so over one it is modal itself.
 * Tells `answer` and `decline`.
 */
@customElement("plusone-call-ringing")
export class CallRinging extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) row!: CallRow;
  @property() own = "";
  /** The server's clock. */
  @property({ attribute: false }) now: () => number = Date.now;

  /** The sheet that it lies over, by a number that each has for itself; 0 while none is open. */
  @property({ type: Number }) above = 0;
  @query("dialog") private readonly dialog!: HTMLDialogElement;

  constructor() {
    super();
    new Ticking(this, () => true);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.renderRoot.querySelector("dialog")?.close();
  }

  override updated(changed: PropertyValues<this>): void {
    if (!changed.has("above") && this.dialog.open) return;
    this.dialog.close();
    // `show` would take the focus.
    if (this.above > 0) this.dialog.showModal();
    else this.dialog.open = true;
  }

  override render(): TemplateResult {
    const { name, asked_at, until, wanted, booking, text } = this.row;
    const called = name ?? d.noName;
    const now = this.now();
    const rest = until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1_000));
    const facts = [
      aboutWords(this.row),
      booking === null ? "" : wanted === this.own ? k.bookedWithYou : k.booked,
      k.waited(lastedWords(asked_at, now)),
      rest === 0 ? "" : k.ringsOn(rest),
    ].filter((words) => words !== "");
    return html`<dialog
      class="ringing"
      aria-label=${k.rings}
      @cancel=${(event: Event) => event.preventDefault()}
    >
      <p class="said" role="alert">${k.wants(called)}${m.comma}${k.answerKeys}</p>
      <span class="ring-who">${who(called, false)}</span>
      <div class="words grow">
        <h2 class="one-line" tabindex="-1" autofocus>${k.wants(called)}</h2>
        <p class="quiet">${facts.join(m.comma)}</p>
        ${text === null ? nothing : html`<p class="text">${text}</p>`}
      </div>
      <div class="ways">
        <button
          class="btn answer"
          aria-keyshortcuts="Alt+Enter"
          title=${k.answerKeys}
          @click=${() => this.dispatchEvent(new Event("answer"))}
        >
          ${icon("video", 20)}${k.answer}</button
        ><button
          class="btn btn-line"
          aria-keyshortcuts="Alt+Shift+Enter"
          title=${k.answerKeys}
          @click=${() => this.dispatchEvent(new Event("decline"))}
        >
          ${k.decline}
        </button>
      </div>
    </dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-call-ringing": CallRinging;
  }
}
