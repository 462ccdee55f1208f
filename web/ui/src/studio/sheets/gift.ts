import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../../design/sheet";
import { PlusoneElement } from "../../design/element";
import { forms } from "../../design/forms";
import { icon } from "../../design/icons";
import { parts, who } from "../../design/parts";
import { clock, count } from "../../i18n/format";
import { y } from "../../i18n/loyalty-staff";
import { m } from "../../i18n/index";
import { problemWords } from "../../i18n/problems";
import { stateOf } from "../../loyalty/coupon";
import { type Coupon, paths } from "../../loyalty/wire";
import { worthWords } from "../../loyalty/words";
import { Asking } from "../../wire/asking";
import type { Gift, Show, Staff } from "../../wire/types";
import type { Acts } from "../acts";
import { sheetField } from "./field";
import { said, sheetLook, whole } from "./look";

const most = { keyword: 40, gifts: 10_000 };

type Fault = "keyword" | "most";

/** A give-away by keyword: opened, followed, closed; and who won in this show. Tells `close`. */
@customElement("plusone-gift-sheet")
export class GiftSheet extends PlusoneElement {
  static override styles = [parts, forms, sheetLook];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) staff!: Staff;
  @property({ attribute: false }) acts!: Acts;
  @property({ type: Boolean }) runs = false;
  @property() said = "";
  @state() private wrong: ReadonlySet<Fault> = new Set();
  /** The keyword was refused: comments with it would be orders. */
  @state() private orders = false;
  @state() private busy = false;

  private readonly asking = new Asking<{ coupons: Coupon[] }>(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("said") && this.said === y.keywordOrders) this.orders = true;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("orders") && this.orders) void this.reach();
  }

  protected override firstUpdated(): void {
    if (this.runs) void this.asking.ask(paths.coupons);
  }

  override render(): TemplateResult {
    const { gift } = this.show;
    return html`<plusone-sheet
      heading=${y.gift}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <div class="stack">
        ${gift === null ? this.begin() : this.runsNow(gift)}
        ${
          this.said === "" || this.orders
            ? nothing
            : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.said}</p>`
        }
        ${this.winners()}
      </div>
    </plusone-sheet>`;
  }

  private runsNow({ keyword, title, left, most: all, guests }: Gift): TemplateResult {
    return html`<section class="stack">
      <p class="t-18"><b>${y.giftNow(keyword)}</b></p>
      <p class="row t-14">
        <span class="grow">${title}</span><b>${y.giftLeft(count(left), count(all))}</b>
      </p>
      <p class="t-13 quiet">${guests ? y.giftGuestsToo : y.giftKnownOnly}</p>
      ${
        this.runs
          ? html`<button
              class="btn btn-stop btn-wide"
              ?disabled=${this.busy}
              @click=${() => void this.act({ type: "gift.close" })}
            >
              ${y.giftClose}
            </button>`
          : nothing
      }
    </section>`;
  }

  private begin(): unknown {
    if (!this.runs) return nothing;
    if (this.show.status !== "live") return html`<p class="hint">${y.giftOnlyLive}</p>`;
    const { answer, problem } = this.asking;
    if (problem !== null) {
      return html`<div class="empty" role="alert">
        <p>${problemWords(problem)}</p>
        <button class="btn btn-line" @click=${() => void this.asking.ask(paths.coupons)}>
          ${m.retry}
        </button>
      </div>`;
    }
    if (answer === null) return html`<p class="empty" role="status">${m.loading}</p>`;
    const now = Date.now();
    const coupons = answer.coupons.filter((one) =>
      ["running", "coming"].includes(stateOf(one, now)),
    );
    if (coupons.length === 0) return html`<p class="empty">${y.noGiftCoupons}</p>`;
    return this.form(coupons);
  }

  private form(coupons: readonly Coupon[]): TemplateResult {
    // What can only be had as a present is what one most likely gives.
    const inOrder = [...coupons].sort((a, b) => Number(b.granted_only) - Number(a.granted_only));
    return html`<form @submit=${this.open} @input=${() => (this.orders = false)} novalidate>
      <p class="t-14 quiet">${y.giftWords}</p>
      <label class="ask-for"
        ><span class="label">${y.giftCoupon}</span
        ><span class="field"
          ><select name="coupon">
            ${inOrder.map(
              (one) =>
                html`<option value=${one.id}>
                  ${one.title}${m.comma}${worthWords(one, this.show.currency)}
                </option>`,
            )}
          </select></span
        ></label
      >
      ${sheetField("keyword", y.giftKeyword, {
        wrong: this.wrong.has("keyword") || this.orders,
        hint: y.giftKeywordHint,
        autofocus: true,
      })}
      ${this.fault("keyword")}
      ${
        this.orders
          ? html`<p class="wrong" role="alert">${icon("warn", 18)}${y.keywordOrders}</p>`
          : nothing
      }
      ${sheetField("most", y.giftMost, {
        value: 10,
        inputmode: "numeric",
        wrong: this.wrong.has("most"),
      })}
      ${this.fault("most")}
      <label class="check"
        ><input type="checkbox" name="guests" /><span class="col"
          ><span>${y.giftGuestsToo}</span><span class="hint">${y.giftGuestsHint}</span></span
        ></label
      >
      <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>${y.giftOpen}</button>
    </form>`;
  }

  private fault(name: Fault): unknown {
    if (!this.wrong.has(name)) return nothing;
    return html`<p class="wrong" role="alert">${icon("warn", 18)}${y.giftFaults[name]}</p>`;
  }

  private winners(): TemplateResult {
    const { winners } = this.staff;
    return html`<section>
      <h3>${y.winners(winners.length)}</h3>
      ${
        winners.length === 0
          ? html`<p class="hint">${y.noWinners}</p>`
          : html`<ol class="list">
              ${[...winners].reverse().map(
                ({ number, name, title, at_ms }) =>
                  html`<li>
                    <b>${number}</b>${who(name ?? "")}<span class="grow col"
                      ><span class="name t-14 one-line">${name}</span
                      ><span class="t-13 quiet one-line">${title}</span></span
                    ><span class="t-13 quiet">${clock(at_ms, true)}</span>
                  </li>`,
              )}
            </ol>`
      }
    </section>`;
  }

  private readonly open = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const coupon = said(form, "coupon");
    const keyword = said(form, "keyword");
    const many = whole(said(form, "most"), 1);
    const wrong = new Set<Fault>();
    if (keyword === "" || Array.from(keyword).length > most.keyword) wrong.add("keyword");
    if (Number.isNaN(many) || many > most.gifts) wrong.add("most");
    this.wrong = wrong;
    if (wrong.size > 0) return void this.reach();
    void this.act({ type: "gift.open", coupon, keyword, most: many, guests: form.has("guests") });
  };

  private async act(what: Record<string, unknown> & { type: string }): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    await this.acts.run(what);
    this.busy = false;
  }

  private async reach(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-gift-sheet": GiftSheet;
  }
}
