import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts, thumb } from "../design/parts";
import { d } from "../i18n/desk";
import { money } from "../i18n/format";
import { m } from "../i18n/index";
import { s } from "../i18n/staff";
import { session } from "../session/session";
import type { Product, ProductVariant } from "../wire/types";

/** What a rep puts into a customer's cart. */
export interface Put {
  variant: string;
  quantity: number;
}

/** As many of one thing as the service puts into a cart at a time. */
const most_pieces = 20;

/**
 * A product that a rep may show a customer, or put into her cart. Tells `chosen` with its id, and
 * `put` with what goes into the cart.
 */
@customElement("plusone-goods-row")
export class GoodsRow extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    css`
      :host {
        display: block;
      }
      .line {
        display: flex;
        align-items: center;
        gap: var(--s-2) var(--s-3);
        flex-wrap: wrap;
        min-block-size: 64px;
        padding: var(--s-2);
        border-radius: 12px;
      }
      .line:hover {
        background: var(--fill);
      }
      .acts {
        display: flex;
        gap: var(--s-2);
        flex: none;
      }
      .btn {
        min-block-size: 40px;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: var(--s-2) var(--s-3);
        padding: var(--s-1) var(--s-2) var(--s-3) 68px;
      }
      label,
      .count-of {
        display: grid;
        gap: 2px;
        font-size: var(--t-12);
        line-height: var(--l-12);
        color: var(--ink-2);
      }
      label {
        flex: 1 1 140px;
        min-inline-size: 0;
      }
      select {
        min-block-size: var(--target);
        min-inline-size: 0;
        inline-size: 100%;
        padding: 0 var(--s-2);
        border: 0;
        border-radius: var(--r-control);
        background: var(--raised);
        box-shadow: inset 0 0 0 1px var(--edge);
        font-size: var(--t-16);
        color: var(--ink);
      }
      .stepper {
        display: flex;
        align-items: center;
        border-radius: var(--r-control);
        box-shadow: inset 0 0 0 1px var(--edge);
        background: var(--raised);
        color: var(--ink);
      }
      .stepper .tool {
        border-radius: var(--r-control);
      }
      .stepper .tool:disabled {
        color: var(--ink-3);
        cursor: default;
      }
      .put {
        flex: 1 1 190px;
        min-inline-size: 0;
        min-block-size: var(--target);
      }
      output {
        min-inline-size: 2ch;
        text-align: center;
        font-size: var(--t-16);
        font-weight: var(--w-name);
      }
      @media (max-width: 719px) {
        .acts {
          flex: 1 0 100%;
        }
        .acts .btn {
          flex: 1;
          min-block-size: var(--target);
        }
        form {
          padding-inline-start: var(--s-2);
        }
      }
    `,
  ];

  @property({ attribute: false }) goods!: Product;
  /** Whose cart it is. */
  @property() name = "";
  @state() private asking = false;
  @state() private chosen = "";
  @state() private quantity = 1;

  override render(): TemplateResult {
    const { title, pictures, variants, id } = this.goods;
    const stock = variants.reduce((all, { available }) => all + Math.max(0, available), 0);
    const price = variants[0]?.price;
    return html`<div class="line" role="group" aria-label=${title}>
        ${thumb(pictures[0] ?? null, 48)}
        <span class="grow col"
          ><span class="name t-14 one-line">${title}</span
          ><span class="t-13 quiet"
            >${
              price === undefined || session === null
                ? nothing
                : html`${money(price, session.shop.currency)}${m.comma}`
            }${s.inStock(stock)}</span
          ></span
        >
        <span class="acts">
          <button
            class="btn btn-s btn-line"
            @click=${() => this.dispatchEvent(new CustomEvent<string>("chosen", { detail: id }))}
          >
            ${d.sendProduct}
          </button>
          <button
            class="btn btn-s btn-line"
            aria-expanded=${this.asking}
            ?disabled=${stock === 0}
            @click=${this.ask}
          >
            ${icon("bag", 16)}${stock === 0 ? d.soldOut : d.putInCart}
          </button>
        </span>
      </div>
      ${this.asking ? this.form(variants) : nothing}`;
  }

  private readonly ask = (): void => {
    this.asking = !this.asking;
    if (!this.asking) return;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>("select, form .btn-ink")?.focus(),
    );
  };

  private form(variants: readonly ProductVariant[]): TemplateResult {
    const one = this.variant(variants);
    const most = Math.min(most_pieces, Math.max(1, one?.available ?? 1));
    const quantity = Math.min(this.quantity, most);
    return html`<form @submit=${(event: Event) => this.put(event, one, quantity)}>
      ${
        variants.length < 2
          ? nothing
          : html`<label
              >${d.variant}<select
                @change=${(event: Event) => {
                  this.chosen = (event.target as HTMLSelectElement).value;
                }}
              >
                ${variants.map(
                  ({ id, title, available }) =>
                    html`<option
                      value=${id}
                      ?selected=${id === one?.id}
                      ?disabled=${available <= 0}
                    >
                      ${title}${m.comma}${available > 0 ? s.inStock(available) : d.soldOut}
                    </option>`,
                )}
              </select></label
            >`
      }
      <span class="count-of" role="group" aria-label=${d.quantity}
        >${d.quantity}<span class="stepper"
          ><button
            type="button"
            class="tool"
            aria-label=${d.less}
            ?disabled=${quantity <= 1}
            @click=${() => (this.quantity = quantity - 1)}
          >
            ${icon("minus", 18)}</button
          ><output aria-live="polite">${quantity}</output
          ><button
            type="button"
            class="tool"
            aria-label=${d.moreOf}
            ?disabled=${quantity >= most}
            @click=${() => (this.quantity = quantity + 1)}
          >
            ${icon("plus", 18)}
          </button></span
        ></span
      >
      <button class="btn btn-ink put">
        <span class="one-line">${d.putInCartOf(this.name)}</span>
      </button>
    </form>`;
  }

  private variant(variants: readonly ProductVariant[]): ProductVariant | undefined {
    return (
      variants.find(({ id }) => id === this.chosen) ??
      variants.find(({ available }) => available > 0) ??
      variants[0]
    );
  }

  private put(event: Event, one: ProductVariant | undefined, quantity: number): void {
    event.preventDefault();
    if (one === undefined) return;
    const detail = { variant: one.id, quantity };
    this.dispatchEvent(new CustomEvent<Put>("put", { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-goods-row": GoodsRow;
  }
}
