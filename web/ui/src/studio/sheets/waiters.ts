import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../../design/sheet";
import { PlusoneElement } from "../../design/element";
import { parts, who } from "../../design/parts";
import { clock } from "../../i18n/format";
import { m } from "../../i18n/index";
import { s } from "../../i18n/staff";
import { variantOf } from "../../show/reading";
import type { Item, Staff } from "../../wire/types";
import type { Acts } from "../acts";
import { sheetLook } from "./look";

/** Who waits for one item, in order. Tells `close`. */
@customElement("plusone-waiters-sheet")
export class WaitersSheet extends PlusoneElement {
  static override styles = [parts, sheetLook];

  @property({ attribute: false }) item!: Item;
  @property({ attribute: false }) staff!: Staff;
  @property({ attribute: false }) acts!: Acts;

  override render(): TemplateResult {
    const waits = this.staff.waits.filter(({ item }) => item === this.item.id);
    return html`<plusone-sheet
      heading=${s.waiters(this.item.code)}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      ${
        waits.length === 0
          ? html`<p class="empty">${s.nobodyWaits}</p>`
          : html`<ol class="list">
              ${waits.map(({ id, name, quantity, variant, at_ms }, n) => {
                const kind = variant === null ? null : variantOf(this.item, variant)?.title;
                const facts = [kind, m.pieces(quantity), clock(at_ms, true)];
                return html`<li>
                  <b>${n + 1}</b>${who(name ?? "")}<span class="grow col"
                    ><span class="name t-14 one-line">${name}</span
                    ><span class="t-13 quiet">${facts.filter(Boolean).join(m.comma)}</span></span
                  ><button
                    class="btn btn-s btn-line"
                    aria-label="${s.cancelWait} ${name ?? nothing}"
                    @click=${() => void this.acts.moderate({ type: "wait.cancel", wait: id })}
                  >
                    ${s.cancelWait}
                  </button>
                </li>`;
              })}
            </ol>`
      }
    </plusone-sheet>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-waiters-sheet": WaitersSheet;
  }
}
