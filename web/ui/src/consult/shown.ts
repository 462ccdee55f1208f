import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../wishes/heart";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, price, thumb, was } from "../design/parts";
import { v } from "../i18n/consult";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { session } from "../session/session";
import type { Product, ProductVariant } from "../wire/types";
import { product } from "./products";
import look from "./shown.css?inline";
import type { CallCard } from "./wire";

/** What is to go into the cart. */
export interface Put {
  variant: string;
  quantity: number;
}

/**
 * The product that one of the two shows, over the picture: its price, its kinds, what lies in which
 * shop. Tells `put` (a variant for the cart) and `hide`.
 */
@customElement("plusone-shown")
export class Shown extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) card: CallCard | null = null;
  /** Who shows it, where it is not she. */
  @property() name = "";
  /** Variants that are on their way into the cart. */
  @property({ attribute: false }) putting: readonly string[] = [];
  /** Variants that lie in it. */
  @property({ attribute: false }) lying: readonly string[] = [];

  /** null: the shop no longer has it. */
  @state() private goods: Product | null | undefined = undefined;
  @state() private chosen = "";
  @state() private said = "";

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("card")) return;
    const before = changed.get("card");
    if (before?.product === this.card?.product) return;
    this.goods = undefined;
    this.chosen = "";
    void this.load();
  }

  private async load(): Promise<void> {
    const id = this.card?.product;
    if (id === undefined) return;
    this.said = "";
    try {
      const found = await product(id);
      if (this.card?.product === id) this.goods = found;
    } catch (problem) {
      if (this.card?.product === id) this.said = problemWords(problem);
    }
  }

  override render(): unknown {
    const { card, goods } = this;
    if (card === null) return nothing;
    const one = goods == null ? undefined : this.variant(goods);
    return html`<article aria-label=${goods?.title ?? v.goods}>
      <p class="by">
        ${card.by === "staff" ? v.shows(this.name) : v.youShow}<button
          class="tool hit"
          aria-label=${v.hideCard}
          @click=${() => this.dispatchEvent(new Event("hide"))}
        >
          ${icon("close", 18)}
        </button>
      </p>
      ${goods == null ? this.without(goods) : this.facts(goods, one)}
      ${goods == null ? nothing : this.acts(goods, one)}
    </article>`;
  }

  private without(goods: null | undefined): TemplateResult {
    if (goods === null) return html`<p class="goods quiet t-14">${v.whyNot.unknown_product}</p>`;
    if (this.said === "") {
      return html`<div class="goods" aria-busy="true">
        ${thumb(null)}
        <p class="quiet t-14">${m.loading}</p>
      </div>`;
    }
    return html`<div class="goods">
      <p class="grow t-14">${this.said}</p>
      <button class="btn btn-s btn-line" @click=${() => void this.load()}>${m.retry}</button>
    </div>`;
  }

  private facts(goods: Product, one: ProductVariant | undefined): TemplateResult {
    const currency = session?.shop.currency ?? "TWD";
    return html`<div class="goods">
      <span class="pic"
        >${thumb(goods.pictures[0] ?? null)}<plusone-wish
          look="corner"
          via="call"
          product=${goods.id}
          name=${goods.title}
        ></plusone-wish
      ></span>
      <div class="grow">
        <h2 class="one-line">${goods.title}</h2>
        ${
          one === undefined
            ? nothing
            : html`<p class="row">
                ${price(one.price, currency)}${was(one.compare_at, currency, m.priceBefore)}
              </p>`
        }
        <p class="t-13 quiet one-line">${this.lies(goods, one)}</p>
      </div>
    </div>`;
  }

  /** In which shops the kind that is chosen lies; else how many there are. */
  private lies({ stock }: Product, one: ProductVariant | undefined): string {
    if (one === undefined || one.available <= 0) return m.soldOut;
    const pieces = stock?.pieces[one.id] ?? {};
    const places = (stock?.places ?? []).flatMap(({ id, name }) => {
      const n = pieces[id] ?? 0;
      return n > 0 ? [v.leftAt(name, n)] : [];
    });
    return places.length > 0 ? places.join(m.comma) : m.left(one.available);
  }

  private acts(goods: Product, one: ProductVariant | undefined): TemplateResult {
    const gone = one === undefined || one.available <= 0;
    const putting = one !== undefined && this.putting.includes(one.id);
    const lies = one !== undefined && this.lying.includes(one.id);
    return html`<div class="acts">
      ${goods.variants.length > 1 ? this.kinds(goods, one) : nothing}
      <button
        class="btn grow ${lies ? "btn-line" : "btn-ink"}"
        ?disabled=${gone || putting}
        @click=${() => {
          if (one === undefined) return;
          const detail = { variant: one.id, quantity: 1 };
          this.dispatchEvent(new CustomEvent<Put>("put", { detail }));
        }}
      >
        ${
          gone
            ? m.soldOut
            : html`${icon(lies ? "check" : "bag", 18)}${
                putting ? v.putting : lies ? v.oneMore : v.putInCart
              }`
        }
      </button>
    </div>`;
  }

  private kinds({ variants }: Product, one: ProductVariant | undefined): TemplateResult {
    return html`<select
      aria-label=${v.variants}
      @change=${(event: Event) => (this.chosen = (event.target as HTMLSelectElement).value)}
    >
      ${variants.map(
        ({ id, title, available }) =>
          html`<option value=${id} ?selected=${id === one?.id}>
            ${available > 0 ? title : `${title}${m.comma}${m.soldOut}`}
          </option>`,
      )}
    </select>`;
  }

  private variant({ variants }: Product): ProductVariant | undefined {
    return (
      variants.find(({ id }) => id === this.chosen) ??
      variants.find(({ available }) => available > 0) ??
      variants[0]
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-shown": Shown;
  }
}
