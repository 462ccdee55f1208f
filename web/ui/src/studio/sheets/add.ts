import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../../design/sheet";
import { PlusoneElement } from "../../design/element";
import { Finding } from "../../design/finding";
import { forms } from "../../design/forms";
import { icon } from "../../design/icons";
import { parts, thumb } from "../../design/parts";
import { money, toMajor, toMinor } from "../../i18n/format";
import { y } from "../../i18n/loyalty-staff";
import { m } from "../../i18n/index";
import { s } from "../../i18n/staff";
import type { Product, ProductVariant, Show } from "../../wire/types";
import type { Acts } from "../acts";
import { sheetField } from "./field";
import { said, sheetLook, whole } from "./look";
import { earlyField, reservedIn, Terms, tierChoice } from "./tier";

/** Puts a product of the shop into the run-down. Tells `close`. */
@customElement("plusone-add-sheet")
export class AddSheet extends PlusoneElement {
  static override styles = [parts, forms, sheetLook];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) acts!: Acts;
  @property() said = "";
  @state() private chosen: Product | null = null;
  @state() private wrong: string[] = [];
  @state() private busy = false;
  @state() private done = "";
  @state() private tier = "";
  private readonly terms = new Terms(this, () => true);
  private readonly finding = new Finding(this, "/api/staff/products");

  override render(): TemplateResult {
    return html`<plusone-sheet
      heading=${this.chosen?.title ?? s.addItems}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      ${this.chosen === null ? this.choose() : this.fill(this.chosen)}
    </plusone-sheet>`;
  }

  private choose(): TemplateResult {
    return html`<div class="stack">
      <label class="field"
        >${icon("search", 18)}<input
          type="search"
          aria-label=${s.searchProducts}
          placeholder=${s.searchProducts}
          autofocus
          @input=${this.finding.type}
      /></label>
      <p class="hint" role="status">${this.done}</p>
      ${this.finding.results(
        s.noProducts,
        (products) =>
          html`<ul>
            ${products.map((product) => html`<li>${this.row(product)}</li>`)}
          </ul>`,
      )}
    </div>`;
  }

  private row(product: Product): TemplateResult {
    const stock = product.variants.reduce((all, { available }) => all + available, 0);
    const price = product.variants[0]?.price ?? 0;
    const there = this.isTaken(codeOf(product.variants));
    return html`<button
      class="pick"
      @click=${() => {
        this.chosen = product;
        this.tier = "";
        this.wrong = [];
      }}
    >
      ${thumb(product.pictures[0] ?? null, 48)}<span class="grow col"
        ><span class="name t-14 one-line">${product.title}</span
        ><span class="t-13 quiet"
          >${[
            money(price, this.show.currency),
            s.inStock(stock),
            product.variants.length > 1 ? s.variantsOf(product.variants.length) : null,
            there ? s.alreadyIn : null,
          ]
            .filter(Boolean)
            .join(m.comma)}</span
        ></span
      >${icon("right", 18)}
    </button>`;
  }

  private fill({ variants }: Product): TemplateResult {
    const bad = (name: string): boolean => this.wrong.includes(name);
    const [first] = variants;
    const many = variants.length > 1;
    const code = codeOf(variants);
    return html`<form @submit=${this.add} novalidate>
      <div class="three">
        ${sheetField("code", s.code, {
          value: this.isTaken(code) ? "" : code,
          wrong: bad("code"),
          autofocus: true,
        })}
        ${sheetField("price", s.price, {
          value: first === undefined ? "" : toMajor(first.price, this.show.currency),
          inputmode: "decimal",
          wrong: bad("price"),
        })}
        ${sheetField("compare_at", s.compareAt, {
          value: first?.compare_at == null ? "" : toMajor(first.compare_at, this.show.currency),
          inputmode: "decimal",
          wrong: bad("compare_at"),
        })}
        ${sheetField("limit", s.limit, { inputmode: "numeric", wrong: bad("limit") })}
        ${sheetField("hold", s.holdMinutes, { value: 30, inputmode: "numeric", wrong: bad("hold") })}
        ${sheetField("countdown", s.countdownSeconds, {
          inputmode: "numeric",
          wrong: bad("countdown"),
        })}
      </div>
      ${tierChoice(
        this.terms,
        y.whoMayBuy,
        { tier: null, tier_name: null },
        (tier) => (this.tier = tier),
      )}
      ${earlyField(this.tier, null, bad("early"))}
      <label class="check"
        ><input type="checkbox" name="waiting_list" checked /><span>${s.withWaiting}</span></label
      >
      <label class="check"
        ><input type="checkbox" name="verified_only" /><span>${s.verifiedOnly}</span></label
      >
      <div class="variants">
        ${variants.map(
          (one, n) =>
            html`<div class="pair">
              ${sheetField(`allotment-${n}`, many ? s.allotmentOf(one.title) : s.allotment, {
                value: Math.min(one.available, 10),
                inputmode: "numeric",
                wrong: bad(`allotment-${n}`),
                hint: s.inStock(one.available),
              })}
              ${
                many
                  ? sheetField(`words-${n}`, s.wordsOf(one.title), {
                      value: Object.values(one.options).join(", "),
                    })
                  : nothing
              }
            </div>`,
        )}
      </div>
      ${
        this.wrong.length > 0 || this.said !== ""
          ? html`<p class="wrong" role="alert">
              ${icon("warn", 18)}${this.said === "" ? s.checkNumbers : this.said}
            </p>`
          : nothing
      }
      <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>${s.addThis}</button>
      <button type="button" class="btn btn-wide" @click=${() => (this.chosen = null)}>
        ${s.chooseProduct}
      </button>
    </form>`;
  }

  private isTaken(code: string): boolean {
    return this.show.items.some((item) => item.code.toUpperCase() === code.toUpperCase());
  }

  private async add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const { chosen } = this;
    if (chosen === null || this.busy) return;
    const form = new FormData(event.target as HTMLFormElement);
    const act = this.read(form, chosen);
    if (act === null) return;
    this.busy = true;
    const ok = await this.acts.run(act);
    this.busy = false;
    if (!ok) return;
    this.done = s.added(said(form, "code"));
    this.chosen = null;
  }

  private read(
    form: FormData,
    { id, variants }: Product,
  ): (Record<string, unknown> & { type: string }) | null {
    const of = (name: string): string => said(form, name);
    const sum = (name: string): number | null => toMinor(of(name), this.show.currency);
    const some = (name: string, least: number): number | null =>
      of(name) === "" ? null : whole(of(name), least);
    const code = of("code");
    const price = sum("price");
    const compare_at = of("compare_at") === "" ? null : sum("compare_at");
    const limit = some("limit", 1);
    const hold = whole(of("hold"), 1);
    const countdown_s = some("countdown", 5);
    const { tier, early_s } = reservedIn(form);
    const allotments = variants.map((_, n) => whole(of(`allotment-${n}`)));
    this.wrong = [
      ...(code === "" ? ["code"] : []),
      ...(price === null ? ["price"] : []),
      ...(of("compare_at") !== "" && compare_at === null ? ["compare_at"] : []),
      ...(Number.isNaN(limit) ? ["limit"] : []),
      ...(Number.isNaN(hold) ? ["hold"] : []),
      ...(Number.isNaN(countdown_s) ? ["countdown"] : []),
      ...(Number.isNaN(early_s) ? ["early"] : []),
      ...allotments.flatMap((one, n) => (Number.isNaN(one) ? [`allotment-${n}`] : [])),
    ];
    if (this.wrong.length > 0) return null;
    return {
      type: "item.add",
      product: id,
      code,
      price,
      ...(compare_at === null ? {} : { compare_at }),
      ...(limit === null ? {} : { limit }),
      hold_s: hold * 60,
      waiting_list: form.has("waiting_list"),
      verified_only: form.has("verified_only"),
      ...(countdown_s === null ? {} : { countdown_s }),
      ...(tier === null ? {} : { tier }),
      ...(early_s === null ? {} : { early_s }),
      variants: variants.map((one, n) => ({
        variant_id: one.id,
        key: variants.length > 1 ? keyOf(one) : null,
        title: one.title,
        words: variants.length > 1 ? wordsOf(of(`words-${n}`)) : [],
        allotment: allotments[n],
      })),
    };
  }
}

/** What the names in stock have in common: "B01" for B01-S and B01-M. */
function codeOf(variants: readonly ProductVariant[]): string {
  const [first = ""] = variants.map(({ sku }) => sku);
  if (variants.length < 2) return first;
  const [stem = ""] = first.split(/[-_ ]/);
  return variants.every(({ sku }) => sku.startsWith(stem)) ? stem : first;
}

function keyOf({ sku, id }: ProductVariant): string {
  return (sku === "" ? id : sku).toLowerCase().slice(0, 40);
}

/** "red, M" → one group of words for each option, in the order of the options. */
function wordsOf(typed: string): string[][] {
  return typed
    .split(/[,，、]/)
    .map((group) => group.split(/[/|／]/).map((word) => word.trim()))
    .map((group) => group.filter((word) => word !== ""))
    .filter((group) => group.length > 0);
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-add-sheet": AddSheet;
  }
}
