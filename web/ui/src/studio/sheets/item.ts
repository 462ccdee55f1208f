import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../../design/sheet";
import { PlusoneElement } from "../../design/element";
import { forms } from "../../design/forms";
import { icon } from "../../design/icons";
import { parts } from "../../design/parts";
import { toMajor, toMinor } from "../../i18n/format";
import { y } from "../../i18n/loyalty-staff";
import { s } from "../../i18n/staff";
import * as reading from "../../show/reading";
import type { Item, Show, Variant } from "../../wire/types";
import type { Acts } from "../acts";
import { sheetField } from "./field";
import { said, sheetLook, whole } from "./look";
import { earlyField, reservedIn, Terms, tierChoice } from "./tier";

type Change = Record<string, unknown> & { type: string };

/** One item of the run-down, to be changed before and during the show. Tells `close`. */
@customElement("plusone-item-sheet")
export class ItemSheet extends PlusoneElement {
  static override styles = [parts, forms, sheetLook];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) item!: Item;
  @property({ attribute: false }) acts!: Acts;
  @property({ type: Boolean }) runs = false;
  @property() said = "";
  @state() private wrong: string[] = [];
  @state() private busy = false;
  /** As chosen; null until she has chosen. */
  @state() private tier: string | null = null;

  private readonly terms = new Terms(this, () => this.runs);

  override render(): TemplateResult {
    const { item, show } = this;
    const { currency } = show;
    const bad = (name: string): boolean => this.wrong.includes(name);
    const money = (minor: number | null): string =>
      minor === null ? "" : toMajor(minor, currency);
    return html`<plusone-sheet heading="${item.code} ${item.title}" @close=${this.close}>
      <form @submit=${this.save} novalidate>
        ${sheetField("title", s.name, { value: item.title, wrong: bad("title") })}
        <div class="three">
          ${sheetField("price", s.price, {
            value: money(item.price),
            inputmode: "decimal",
            wrong: bad("price"),
          })}
          ${sheetField("compare_at", s.compareAt, {
            value: money(item.compare_at),
            inputmode: "decimal",
            wrong: bad("compare_at"),
          })}
          ${sheetField("limit", s.limit, {
            value: item.limit,
            inputmode: "numeric",
            wrong: bad("limit"),
          })}
          ${sheetField("hold", s.holdMinutes, {
            value: Math.round(item.hold_s / 60),
            inputmode: "numeric",
            wrong: bad("hold"),
          })}
        </div>
        ${
          this.runs
            ? html`${tierChoice(this.terms, y.whoMayBuy, item, (tier) => (this.tier = tier))}
              ${earlyField(this.tier ?? item.tier ?? "", item.early_s, bad("early"))}`
            : nothing
        }
        <label class="check"
          ><input type="checkbox" name="verified_only" .defaultChecked=${item.verified_only} /><span
            >${s.verifiedOnly}</span
          ></label
        >
        <div class="three">${item.variants.map((one, n) => this.allotment(one, n))}</div>
        ${
          this.wrong.length > 0 || this.said !== ""
            ? html`<p class="wrong" role="alert">
                ${icon("warn", 18)}${this.said === "" ? s.checkNumbers : this.said}
              </p>`
            : nothing
        }
        ${this.runs ? this.buttons() : nothing}
      </form>
    </plusone-sheet>`;
  }

  private allotment(one: Variant, n: number): TemplateResult {
    const { item } = this;
    const taken = one.held + one.sold;
    const open = item.status !== "ready";
    return sheetField(
      `allotment-${n}`,
      reading.hasVariants(item) ? s.allotmentOf(one.title) : s.allotment,
      {
        value: open ? one.allotment : one.planned,
        inputmode: "numeric",
        wrong: this.wrong.includes(`allotment-${n}`),
        hint: open ? s.allottedNow(one.allotment, taken) : s.plannedNow(one.planned),
      },
    );
  }

  private buttons(): TemplateResult {
    const { item, show } = this;
    const pinned = show.pinned_item === item.id;
    return html`<button class="btn btn-ink btn-wide" ?disabled=${this.busy}>${s.save}</button>
      <div class="row acts">
        ${
          item.status === "open"
            ? html`<button
                type="button"
                class="btn btn-line btn-s"
                @click=${() => this.and({ type: "item.pin", item: pinned ? null : item.id })}
              >
                ${icon("pin", 16)}${pinned ? s.unpinItem : s.pinItem}
              </button>`
            : nothing
        }
        ${
          item.status !== "open" && reading.held(item) + reading.sold(item) === 0
            ? html`<button
                type="button"
                class="btn btn-stop btn-s"
                @click=${() => this.and({ type: "item.remove", item: item.id })}
              >
                ${icon("trash", 16)}${s.remove}
              </button>`
            : nothing
        }
      </div>`;
  }

  private async and(act: Change): Promise<void> {
    if (await this.acts.run(act)) this.close();
  }

  private async save(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy || !this.runs) return;
    const changes = this.changes(new FormData(event.target as HTMLFormElement));
    if (changes === null) return;
    this.busy = true;
    for (const change of changes) {
      if (!(await this.acts.run(change))) {
        this.busy = false;
        return;
      }
    }
    this.busy = false;
    this.close();
  }

  /** What was changed, as acts; null where a field is wrong. */
  private changes(form: FormData): Change[] | null {
    const { item, show } = this;
    const sum = (name: string): number | null => toMinor(said(form, name), show.currency);
    const optional = said(form, "compare_at");
    const limit = said(form, "limit");
    const title = said(form, "title");
    const price = sum("price");
    const compare_at = optional === "" ? null : sum("compare_at");
    const most = limit === "" ? null : whole(limit, 1);
    const hold = whole(said(form, "hold"), 1);
    const { tier, early_s } = reservedIn(form);
    const allotments = item.variants.map((_, n) => whole(said(form, `allotment-${n}`)));
    this.wrong = [
      ...(title === "" ? ["title"] : []),
      ...(price === null ? ["price"] : []),
      ...(optional !== "" && compare_at === null ? ["compare_at"] : []),
      ...(Number.isNaN(most) ? ["limit"] : []),
      ...(Number.isNaN(hold) ? ["hold"] : []),
      ...(Number.isNaN(early_s) ? ["early"] : []),
      ...allotments.flatMap((one, n) => (Number.isNaN(one) ? [`allotment-${n}`] : [])),
    ];
    if (this.wrong.length > 0 || price === null) return null;
    const news: Record<string, unknown> = {};
    if (title !== item.title) news.title = title;
    if (price !== item.price) news.price = price;
    if (compare_at !== item.compare_at) news.compare_at = compare_at;
    if (most !== item.limit) news.limit = most;
    if (hold !== Math.round(item.hold_s / 60)) news.hold_s = hold * 60;
    // Before the tiers are known there is nothing to choose, and nothing is changed.
    if (form.has("tier") && tier !== item.tier) news.tier = tier;
    if (form.has("tier") && early_s !== item.early_s) news.early_s = early_s;
    const verified_only = form.has("verified_only");
    if (verified_only !== item.verified_only) news.verified_only = verified_only;
    const changes: Change[] = [];
    if (Object.keys(news).length > 0) changes.push({ type: "item.change", item: item.id, ...news });
    item.variants.forEach(({ key, allotment, planned }, n) => {
      const wanted = allotments[n];
      if (wanted !== undefined && wanted !== (item.status === "ready" ? planned : allotment)) {
        changes.push({ type: "item.allot", item: item.id, variant: key, allotment: wanted });
      }
    });
    return changes;
  }

  private close(): void {
    this.dispatchEvent(new Event("close"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-item-sheet": ItemSheet;
  }
}
