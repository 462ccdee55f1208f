import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts, thumb } from "../design/parts";
import { money } from "../i18n/format";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { s } from "../i18n/staff";
import { session } from "../session/session";
import { ask } from "../wire/http";
import type { Product } from "../wire/types";
import { deskSheet } from "./sheet-look";

const typing_pause_ms = 200;

/** Chooses a product of the shop to be shown to a customer. Tells `chosen` with its id, or `close`. */
@customElement("plusone-product-sheet")
export class ProductSheet extends PlusoneElement {
  static override styles = [parts, forms, deskSheet];

  @state() private products: readonly Product[] | null = null;
  @state() private problem: unknown = null;
  private words = "";
  private asked = 0;
  private typing: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.find();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.typing);
  }

  private async find(): Promise<void> {
    const mine = (this.asked += 1);
    this.problem = null;
    try {
      const path = `/api/products?q=${encodeURIComponent(this.words)}`;
      const { products } = await ask<{ products: Product[] }>("GET", path);
      if (mine === this.asked) this.products = products;
    } catch (problem) {
      if (mine === this.asked) this.problem = problem;
    }
  }

  override render(): TemplateResult {
    return html`<plusone-sheet
      heading=${d.sendProduct}
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
            @input=${this.type}
        /></label>
        ${this.content()}
      </div>
    </plusone-sheet>`;
  }

  private content(): TemplateResult {
    if (this.problem !== null) {
      return html`<div class="empty" role="alert">
        <p>${problemWords(this.problem)}</p>
        <button class="btn btn-s btn-line" @click=${() => void this.find()}>${m.retry}</button>
      </div>`;
    }
    if (this.products === null) return html`<p class="empty" role="status">${m.loading}</p>`;
    if (this.products.length === 0) return html`<p class="empty" role="status">${s.noProducts}</p>`;
    return html`<ul>
      ${this.products.map((one) => this.row(one))}
    </ul>`;
  }

  private row({ id, title, pictures, variants }: Product): TemplateResult {
    const stock = variants.reduce((all, { available }) => all + available, 0);
    const price = variants[0]?.price;
    return html`<li>
      <button
        class="pick"
        @click=${() => this.dispatchEvent(new CustomEvent<string>("chosen", { detail: id }))}
      >
        ${thumb(pictures[0] ?? null, 48)}<span class="grow col"
          ><span class="name t-14 one-line">${title}</span
          ><span class="t-13 quiet"
            >${
              price === undefined || session === null
                ? nothing
                : html`${money(price, session.shop.currency)}${m.comma}`
            }${s.inStock(stock)}</span
          ></span
        >
      </button>
    </li>`;
  }

  private type(event: Event): void {
    this.words = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.typing);
    this.typing = setTimeout(() => void this.find(), typing_pause_ms);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-product-sheet": ProductSheet;
  }
}
