import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../wishes/heart";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, price } from "../design/parts";
import { c } from "../i18n/chat";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { session } from "../session/session";
import { ask, Problem, requestId } from "../wire/http";
import type { Via } from "../wire/loyalty";
import type { Product, ProductVariant } from "../wire/types";

/** Each product is asked for once a page, however often it is shown. */
const known = new Map<string, Promise<Product | null>>();

function product(id: string): Promise<Product | null> {
  let asked = known.get(id);
  if (asked === undefined) {
    asked = ask<Product>("GET", `/api/products/${encodeURIComponent(id)}`).catch(
      (problem: unknown) => {
        if (problem instanceof Problem && problem.code === "not_found") return null;
        known.delete(id);
        throw problem;
      },
    );
    known.set(id, asked);
  }
  return asked;
}

/** A product that the shop's people show, to be put into the cart. Tells `carted`. */
@customElement("plusone-chat-goods")
export class ChatGoods extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
        inline-size: 306px;
        max-inline-size: 100%;
      }
      /* Of several beside one another, the picture above; all as high as those with a choice. */
      :host([tall]) {
        inline-size: 168px;
        flex: none;
      }
      :host([tall]) article {
        flex-direction: column;
        block-size: 284px;
      }
      :host([tall]) .pic {
        flex: 1;
        min-block-size: 0;
        inline-size: auto;
        margin: 1px 1px 0;
        border-radius: 13px 13px 0 0;
      }
      :host([tall]) .txt {
        flex: none;
      }
      :host([plain]) article {
        block-size: 76px;
      }
      :host([plain]) .pic {
        inline-size: 74px;
      }
      article {
        display: flex;
        block-size: 148px;
        border-radius: var(--r-card);
        background: var(--raised);
        box-shadow: inset 0 0 0 1px var(--line-2);
        overflow: hidden;
      }
      .pic {
        position: relative;
        flex: none;
        inline-size: 96px;
        margin: 1px 0 1px 1px;
        background: var(--fill);
        border-radius: 13px 0 0 13px;
        overflow: hidden;
      }
      img {
        display: block;
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
      }
      .txt {
        flex: 1;
        min-inline-size: 0;
        padding: 10px 12px 12px;
        display: grid;
        gap: 2px;
        align-content: center;
      }
      h3 {
        font-size: var(--t-14);
        line-height: var(--l-14);
      }
      .price {
        font-size: var(--t-18);
      }
      .costs {
        flex-wrap: wrap;
        gap: 0 var(--s-2);
      }
      .add,
      select {
        min-block-size: 40px;
        border-radius: var(--r-control);
        box-shadow: inset 0 0 0 1px var(--edge);
        font-size: var(--t-13);
      }
      .add {
        inline-size: 100%;
        margin-block-start: 6px;
        display: flex;
        align-items: center;
        justify-content: center;
        gap: 6px;
        font-weight: var(--w-name);
        white-space: nowrap;
      }
      .add:disabled {
        color: var(--ink-3);
        box-shadow: inset 0 0 0 1px var(--line-2);
        cursor: default;
      }
      select {
        flex: 1 1 90px;
        min-inline-size: 0;
        border: 0;
        padding: 0 6px;
        background: var(--raised);
        font-size: var(--t-16);
      }
      plusone-wish {
        position: absolute;
        inset: 6px auto auto 6px;
      }
      .gone {
        padding: var(--s-3) var(--s-4);
        align-self: center;
      }
    `,
  ];

  @property() product = "";
  /** Where she sees it. */
  @property() via: Via = "chat";
  /** Shown only, with no way into the cart. */
  @property({ type: Boolean, reflect: true }) plain = false;

  /** null: the shop no longer has it. */
  @state() private goods: Product | null | undefined = undefined;
  @state() private chosen = "";
  @state() private busy = false;
  @state() private said = "";
  @state() private added = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    this.said = "";
    try {
      this.goods = await product(this.product);
    } catch (problem) {
      this.said = problemWords(problem);
    }
  }

  override render(): TemplateResult {
    const { goods } = this;
    if (goods === undefined) {
      return html`<article aria-busy=${this.said === ""}>
        <p class="gone t-13 quiet">${this.said || m.loading}</p>
      </article>`;
    }
    if (goods === null) {
      return html`<article><p class="gone t-13 quiet">${c.goodsGone}</p></article>`;
    }
    const [picture] = goods.pictures;
    const one = this.variant(goods);
    return html`<article aria-label=${c.goods(goods.title)}>
      <span class="pic">
        ${
          picture === undefined
            ? nothing
            : html`<img src=${picture} alt="" loading="lazy" decoding="async" />`
        }${
          this.plain
            ? nothing
            : html`<plusone-wish
                look="corner"
                via=${this.via}
                product=${goods.id}
                name=${goods.title}
              ></plusone-wish>`
        }
      </span>
      <div class="txt">
        <h3 class="one-line">${goods.title}</h3>
        <div class="row costs">
          ${one === undefined ? nothing : price(one.price, session?.shop.currency ?? "TWD")}
          ${goods.variants.length > 1 && !this.plain ? this.choice(goods, one) : nothing}
        </div>
        ${this.plain ? nothing : this.adds(one)}
        ${this.said === "" ? nothing : html`<p class="t-12 stop one-line">${this.said}</p>`}
        <span class="said" role="status">${this.said}</span>
      </div>
    </article>`;
  }

  private choice({ variants }: Product, one: ProductVariant | undefined): TemplateResult {
    return html`<select
      aria-label=${c.choice}
      @change=${(event: Event) => {
        this.chosen = (event.target as HTMLSelectElement).value;
        this.added = false;
      }}
    >
      ${variants.map(
        ({ id, title, available }) =>
          html`<option value=${id} ?selected=${id === one?.id}>
            ${available > 0 ? title : `${title}${m.comma}${m.soldOut}`}
          </option>`,
      )}
    </select>`;
  }

  private adds(one: ProductVariant | undefined): TemplateResult {
    const gone = one === undefined || one.available <= 0;
    return html`<button
      class="add"
      ?disabled=${gone || this.busy}
      @click=${() => void this.add(one)}
    >
      ${gone ? m.soldOut : html`${icon(this.added ? "check" : "bag", 18)}${this.added ? c.added : c.addToCart}`}
    </button>`;
  }

  private variant({ variants }: Product): ProductVariant | undefined {
    return (
      variants.find(({ id }) => id === this.chosen) ??
      variants.find(({ available }) => available > 0) ??
      variants[0]
    );
  }

  private async add(one: ProductVariant | undefined): Promise<void> {
    if (one === undefined || this.busy) return;
    this.busy = true;
    this.said = "";
    try {
      const line = { variant_id: one.id, quantity: 1, via: this.via, request_id: requestId() };
      await ask("POST", "/api/cart/lines", line);
      this.added = true;
      this.dispatchEvent(new Event("carted", { bubbles: true, composed: true }));
    } catch (problem) {
      this.said = problemWords(problem);
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-chat-goods": ChatGoods;
  }
}
