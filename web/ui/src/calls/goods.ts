import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Call } from "../consult/call";
import { PlusoneElement } from "../design/element";
import { Finding } from "../design/finding";
import { icon } from "../design/icons";
import { parts, thumb } from "../design/parts";
import { k } from "../i18n/calls";
import { amount } from "../i18n/format";
import { m } from "../i18n/index";
import { s } from "../i18n/staff";
import { session } from "../session/session";
import { ask } from "../wire/http";
import type { Product, ProductVariant } from "../wire/types";
import look from "./goods.css?inline";
import { side } from "./side-look";
import type { Stock } from "./wire";
import { callWords } from "./words";

const at_once = 8;

/**
 * Finds a product and shows it to the customer, with what lies where, and puts it into her cart.
 * Tells `told` with what could not be done.
 */
@customElement("plusone-call-goods")
export class CallGoods extends PlusoneElement {
  static override styles = [parts, side, unsafeCSS(look)];

  @property({ attribute: false }) call!: Call;
  @property({ type: Number }) version = 0;
  /** The product whose variants are looked at. */
  @state() private unfolded: string | null = null;
  @state() private stock: Stock | null = null;
  @query("input") private readonly field!: HTMLInputElement | null;
  private readonly finding = new Finding(this);

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("call")) this.unfolded = null;
  }

  /** Puts the focus where another one is looked for. */
  seek(): void {
    this.field?.focus();
    this.field?.select();
    this.field?.scrollIntoView({ block: "nearest" });
  }

  /** Unfolds a product that was shown; what was looked for meanwhile makes room for it. */
  async lookAt(id: string): Promise<void> {
    if (this.finding.products?.some((one) => one.id === id) !== true) {
      if (this.field !== null) this.field.value = "";
      await this.finding.find("");
    }
    if (this.unfolded !== id) this.unfold(id);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".variants button")?.focus();
  }

  override render(): TemplateResult {
    return html`<section class="box" aria-label=${k.goods}>
      <h3>${k.goods}</h3>
      <label class="field"
        >${icon("search", 18)}<input
          type="search"
          aria-label=${k.search}
          placeholder=${k.search}
          autocomplete="off"
          maxlength="100"
          @input=${this.finding.type}
      /></label>
      ${this.finding.results(s.noProducts, this.list)}
    </section>`;
  }

  private readonly list = (products: readonly Product[]): TemplateResult =>
    html`<ul class="results" tabindex="-1">
      ${repeat(
        this.inOrder(products),
        ({ id }) => id,
        (one) => this.row(one),
      )}
    </ul>`;

  /** What is found; where nothing is looked for, what was shown before comes first. */
  private inOrder(products: readonly Product[]): readonly Product[] {
    if (this.finding.words !== "") return products;
    const { shown = [] } = this.call.call ?? {};
    const before = products.filter(({ id }) => shown.includes(id));
    const others = products.filter(({ id }) => !shown.includes(id));
    return [...before, ...others].slice(0, Math.max(at_once, before.length));
  }

  private row(one: Product): TemplateResult {
    const { id, title, pictures, variants } = one;
    const cost = variants[0]?.price;
    const now = this.call.call?.card?.product === id;
    const open = this.unfolded === id;
    return html`<li>
      <div class="line">
        <button
          aria-expanded=${open}
          aria-label=${k.variantsOf(title)}
          title=${k.variants}
          @click=${() => this.unfold(id)}
        >
          ${thumb(pictures[0] ?? null, 40)}<span class="grow name one-line">${title}</span>${icon(
            open ? "up" : "down",
            16,
          )}
        </button>
        ${
          cost === undefined || session === null
            ? nothing
            : html`<span class="quiet">${amount(cost, session.shop.currency)[1]}</span>`
        }
        ${
          now
            ? html`<span class="now held">${k.shown}</span>`
            : html`<button
                class="btn btn-s btn-line"
                aria-label=${k.showOf(title)}
                @click=${() => this.act({ type: "show", product: id })}
              >
                ${k.show}
              </button>`
        }
      </div>
      ${
        open
          ? html`<ul class="variants">
              ${variants.map((each) => this.variant(title, each))}
            </ul>`
          : nothing
      }
    </li>`;
  }

  private variant(of: string, { id, title, available }: ProductVariant): TemplateResult {
    const { places = [], pieces = {} } = this.stock ?? {};
    const there = [
      available > 0 ? k.online(available) : k.soldOut,
      ...places.map((place) => k.at(place.name, pieces[id]?.[place.id] ?? 0)),
    ];
    return html`<li>
      <span class="grow col"
        ><span class="name">${title === "" ? of : title}</span
        ><span class="t-12 quiet">${there.join("　")}</span></span
      ><button
        class="btn btn-s btn-line"
        aria-label=${k.putOf([of, title].filter(Boolean).join(m.comma))}
        ?disabled=${available <= 0}
        @click=${() => this.act({ type: "change", kind: "cart.add", variant: id, quantity: 1 })}
      >
        ${k.put}
      </button>
    </li>`;
  }

  private unfold(id: string): void {
    this.unfolded = this.unfolded === id ? null : id;
    this.stock = null;
    if (this.unfolded !== null) void this.lookInto(id);
  }

  private async lookInto(id: string): Promise<void> {
    try {
      const stock = await ask<Stock>("GET", `/api/staff/products/${encodeURIComponent(id)}/stock`);
      if (this.unfolded === id) this.stock = stock;
    } catch (problem) {
      this.tell(callWords(problem));
    }
  }

  private act(act: Parameters<Call["act"]>[0]): void {
    this.call.act(act).catch((problem: unknown) => this.tell(callWords(problem)));
  }

  private tell(detail: string): void {
    this.dispatchEvent(new CustomEvent("told", { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-call-goods": CallGoods;
  }
}
