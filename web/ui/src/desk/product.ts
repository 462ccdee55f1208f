import { html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../design/sheet";
import "./goods-row";
import { PlusoneElement } from "../design/element";
import { Finding } from "../design/finding";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { d } from "../i18n/desk";
import { s } from "../i18n/staff";
import type { Product } from "../wire/types";
import type { Put } from "./goods-row";
import { deskSheet } from "./sheet-look";

/**
 * Chooses a product of the shop: to be shown to a customer, or to go into her cart. Tells `chosen`
 * with its id, `put` with what goes into the cart, or `close`.
 */
@customElement("plusone-product-sheet")
export class ProductSheet extends PlusoneElement {
  static override styles = [parts, forms, deskSheet];

  /** The customer, as she is called. */
  @property() name = "";
  private readonly finding = new Finding(this);

  override render(): TemplateResult {
    return html`<plusone-sheet
      heading=${d.chooseGoods}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <div class="stack">
        <label class="field"
          >${icon("search", 18)}<input
            type="search"
            aria-label=${s.searchProducts}
            placeholder=${s.searchProducts}
            autocomplete="off"
            autofocus
            @input=${this.finding.type}
        /></label>
        ${this.finding.results(
          s.noProducts,
          (products) =>
            html`<ul>
              ${products.map((one) => this.row(one))}
            </ul>`,
        )}
      </div>
    </plusone-sheet>`;
  }

  private row(one: Product): TemplateResult {
    return html`<li>
      <plusone-goods-row
        .goods=${one}
        name=${this.name}
        @chosen=${(event: CustomEvent<string>) => this.tell(event)}
        @put=${(event: CustomEvent<Put>) => this.tell(event)}
      ></plusone-goods-row>
    </li>`;
  }

  private tell({ type, detail }: CustomEvent): void {
    this.dispatchEvent(new CustomEvent<unknown>(type, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-product-sheet": ProductSheet;
  }
}
