import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { c } from "../i18n/chat";
import { clock } from "../i18n/format";
import type { Choice, Offer } from "./offers";

/** What she may press under a message of the bot. Tells `press` with the key of the button. */
@customElement("plusone-chat-chips")
export class ChatChips extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-2);
      }
      li {
        max-inline-size: 100%;
      }
      button {
        max-inline-size: 100%;
        min-block-size: 40px;
      }
      .chip {
        padding-inline: 14px;
        line-height: 1.35;
        white-space: normal;
        text-align: start;
        overflow-wrap: anywhere;
        border-radius: 20px;
      }
      .btn {
        min-block-size: 44px;
        font-size: var(--t-14);
        padding-inline: var(--s-4);
        white-space: normal;
      }
      button:disabled {
        cursor: default;
        filter: none;
        transform: none;
      }
      .off,
      .off.btn-ink {
        background: none;
        color: var(--ink-3);
        box-shadow: inset 0 0 0 1px var(--line);
        font-weight: var(--w-read);
      }
      .pressed,
      .pressed.btn-line,
      .going,
      .going.btn-line {
        background: var(--fill);
        color: var(--ink);
        box-shadow: inset 0 0 0 1px var(--line-2);
      }
      .turn {
        animation: turn 1s linear infinite;
      }
      @keyframes turn {
        to {
          transform: rotate(1turn);
        }
      }
      p {
        margin-block-start: 6px;
      }
    `,
  ];

  @property({ attribute: false }) offer: Offer | null = null;

  override render(): unknown {
    const { offer } = this;
    if (offer === null) return nothing;
    return html`<ul aria-label=${c.choices}>
        ${offer.choices.map((choice) => html`<li>${this.choice(choice)}</li>`)}
      </ul>
      ${
        offer.over
          ? html`<p class="t-12 quiet">${c.offerOver}</p>`
          : offer.until === null
            ? nothing
            : html`<p class="t-12 faint">${c.offerUntil(clock(offer.until))}</p>`
      }`;
  }

  private choice({ button, state }: Choice): TemplateResult {
    const { kind, key, label } = button;
    const look = { confirm: "btn btn-ink", decline: "btn btn-line", handover: "chip", say: "chip" };
    const sign =
      state === "going"
        ? icon("spin", 16, "turn")
        : state === "pressed"
          ? icon("check", 16)
          : kind === "handover"
            ? icon("person", 16)
            : nothing;
    return html`<button
      class="${look[kind]} ${state}"
      ?disabled=${state !== "free"}
      aria-pressed=${state === "pressed" || state === "going" ? "true" : nothing}
      @click=${() => this.dispatchEvent(new CustomEvent<string>("press", { detail: key }))}
    >
      ${sign}${label}
    </button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-chat-chips": ChatChips;
  }
}
