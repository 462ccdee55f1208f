import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { parts, thumb } from "../design/parts";
import { d } from "../i18n/desk";
import { money } from "../i18n/format";
import { session } from "../session/session";
import type { Product } from "../wire/types";
import { productOf } from "./products";

/** A product that was shown to a customer, as it is in the shop now. */
@customElement("plusone-desk-card")
export class DeskCard extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      :host([small]) .card {
        inline-size: auto;
        block-size: 44px;
        padding: 5px 12px 5px 5px;
        gap: var(--s-2);
        font-size: var(--t-13);
        line-height: var(--l-13);
        box-shadow: none;
      }
      :host([small]) .grow {
        display: flex;
        gap: var(--s-2);
      }
      .card {
        display: flex;
        align-items: center;
        gap: var(--s-3);
        padding: 8px 12px 8px 8px;
        border-radius: 12px;
        box-shadow: inset 0 0 0 1px var(--line-2);
        background: var(--raised);
        inline-size: 300px;
        max-inline-size: 100%;
        block-size: 64px;
        font-size: var(--t-14);
        line-height: var(--l-14);
      }
    `,
  ];

  @property() product = "";
  /** As one of many. */
  @property({ type: Boolean, reflect: true }) small = false;
  /** undefined until it is known, null where the shop has it no more. */
  @state() private found: Product | null | undefined;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("product")) void this.find(this.product);
  }

  private async find(id: string): Promise<void> {
    this.found = undefined;
    try {
      const found = await productOf(id);
      if (id === this.product) this.found = found;
    } catch {
      // not reached: it stays a card without words
    }
  }

  override render(): TemplateResult {
    const { found } = this;
    const price = found?.variants[0]?.price;
    return html`<div class="card">
      ${thumb(found?.pictures[0] ?? null, this.small ? 32 : 48)}
      <div class="grow">
        <p class="name one-line">
          ${found === undefined ? d.productCard : (found?.title ?? d.gone)}
        </p>
        ${
          price === undefined || session === null
            ? nothing
            : html`<p class="quiet t-13">${money(price, session.shop.currency)}</p>`
        }
      </div>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-desk-card": DeskCard;
  }
}
