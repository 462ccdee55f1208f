import { html, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../design/sheet";
import "./goods-row";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { s } from "../i18n/staff";
import { ask } from "../wire/http";
import type { Product } from "../wire/types";
import type { Put } from "./goods-row";
import { deskSheet } from "./sheet-look";

const typing_pause_ms = 200;

/**
 * Chooses a product of the shop: to be shown to a customer, or to go into her cart. Tells `chosen`
 * with its id, `put` with what goes into the cart, or `close`.
 */
@customElement("plusone-product-sheet")
export class ProductSheet extends PlusoneElement {
  static override styles = [parts, forms, deskSheet];

  /** The customer, as she is called. */
  @property() name = "";
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
