import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { bot } from "../chat/icons";
import type { Packet } from "../chat/wire";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { shown } from "./cards";
import { wishes } from "./words";

/** What a rep is handed by the bot: why, what the customer asked for, what she was shown. */
@customElement("plusone-desk-packet")
export class DeskPacket extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      details {
        border-radius: var(--r-card);
        background: var(--note-wash);
        font-size: var(--t-13);
        line-height: var(--l-13);
      }
      summary {
        display: flex;
        align-items: center;
        gap: var(--s-2);
        min-block-size: 40px;
        padding: 0 var(--s-3);
        cursor: pointer;
        list-style: none;
        border-radius: var(--r-card);
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary .i:first-child,
      summary b {
        color: var(--note);
      }
      summary b {
        flex: none;
      }
      .turn {
        flex: none;
        transition: transform var(--m-press);
      }
      details[open] .turn {
        transform: rotate(180deg);
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 6px var(--s-3);
        max-block-size: 30dvh;
        overflow: auto;
        padding: 2px var(--s-3) var(--s-3);
      }
      dl:focus-visible {
        outline-offset: -2px;
        border-radius: var(--r-card);
      }
      dt {
        color: var(--ink-2);
      }
      dd {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      .badge {
        background: var(--raised);
        color: var(--ink);
      }
      .card-line {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        min-block-size: 32px;
        padding: 0 10px;
        border-radius: 10px;
        background: var(--raised);
        box-shadow: inset 0 0 0 1px var(--line-2);
        text-decoration: none;
      }
      plusone-desk-card {
        max-inline-size: 100%;
      }
      @media (max-width: 799px) {
        dl {
          max-block-size: 22dvh;
        }
      }
    `,
  ];

  @property({ attribute: false }) packet: Packet | null = null;
  /** Whether it stands open at first. */
  @property({ type: Boolean }) unfolded = false;

  override render(): unknown {
    const { packet } = this;
    if (packet === null) return nothing;
    const asked = wishes(packet.intents);
    const { cards } = packet;
    return html`<details ?open=${this.unfolded}>
      <summary>
        ${bot}<b>${d.packet}</b><span class="grow one-line">${d.handoverCauses[packet.cause]}</span>
        <span class="turn">${icon("down", 18)}</span>
      </summary>
      <dl tabindex="0" aria-label=${d.packet}>
        ${
          asked.length === 0
            ? nothing
            : row(
                d.askedFor,
                asked.map((words) => html`<span class="badge">${words}</span>`),
              )
        }
        ${cards.length === 0 ? nothing : row(d.shownSoFar, shown(cards, true))}
        ${row(d.speaks, d.languages[packet.locale] ?? packet.locale)}
      </dl>
    </details>`;
  }
}

function row(name: string, inside: unknown): TemplateResult {
  return html`<dt>${name}<span class="said">${m.comma}</span></dt>
    <dd>${inside}</dd>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-desk-packet": DeskPacket;
  }
}
