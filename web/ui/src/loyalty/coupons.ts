import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "./coupon-sheet";
import { sign } from "../account/icons";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { vars } from "../design/vars";
import { count } from "../i18n/format";
import { y } from "../i18n/loyalty-staff";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { lists } from "../staff/lists";
import { ask } from "../wire/http";
import type { ShowCard } from "../wire/types";
import { stateOf } from "./coupon";
import look from "./coupons.css?inline";
import { type Coupon, paths, type RulesVersion } from "./wire";
import { loyaltyProblem, spanWords, stateLook, worthWords } from "./words";

/** The shop's coupons: what each gives, to whom, and how often it was used. */
@customElement("plusone-coupons")
export class Coupons extends PlusoneElement {
  static override styles = [parts, lists, unsafeCSS(look)];

  @property({ attribute: false }) rules!: RulesVersion;
  @property({ attribute: false }) shows: readonly ShowCard[] = [];
  @property({ type: Boolean }) fixed = false;

  @state() private coupons: readonly Coupon[] | null = null;
  @state() private problem: unknown = null;
  @state() private only: "all" | "now" | "past" = "all";
  /** What is open: a coupon to be changed, or "new". */
  @state() private open: Coupon | "new" | null = null;
  @state() private busy: string | null = null;
  @state() private told = "";
  @state() private wrong = "";

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("focus", this.refresh);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("focus", this.refresh);
  }

  /** They are being used meanwhile: whoever comes back to the window sees the counts of now. */
  private readonly refresh = (): void => void this.load();

  private async load(): Promise<void> {
    this.problem = null;
    try {
      this.coupons = (await ask<{ coupons: Coupon[] }>("GET", paths.coupons)).coupons;
    } catch (problem) {
      this.problem = problem;
    }
  }

  override render(): TemplateResult {
    return html`<div class="head">
        <div class="chips" role="group" aria-label=${y.show}>
          ${(["all", "now", "past"] as const).map(
            (one) =>
              html`<button
                class="chip"
                aria-pressed=${this.only === one}
                @click=${() => (this.only = one)}
              >
                ${y.only[one]}
              </button>`,
          )}
        </div>
        <p class="t-14 held" role="status">${this.told}</p>
        ${
          this.fixed
            ? nothing
            : html`<button class="btn btn-ink end" @click=${() => this.show("new")}>
                ${icon("plus", 18)}${y.newCoupon}
              </button>`
        }
      </div>
      ${this.wrong === "" ? nothing : html`<p class="stop t-14" role="alert">${this.wrong}</p>`}
      ${this.content()} ${this.open === null ? nothing : this.sheet(this.open)}`;
  }

  private content(): TemplateResult {
    const { coupons } = this;
    if (coupons === null) {
      return this.problem === null
        ? html`<p class="empty" role="status">${m.loading}</p>`
        : html`<div class="empty" role="alert">
            <p>${problemWords(this.problem)}</p>
            <button class="btn btn-line" @click=${this.refresh}>${m.retry}</button>
          </div>`;
    }
    if (coupons.length === 0) {
      return html`<div class="empty">
        ${sign("ticket", 24)}
        <p class="strong">${y.noCoupons}</p>
        <p class="t-14">${y.noCouponsWords}</p>
      </div>`;
    }
    const now = Date.now();
    const shown = coupons.filter((one) => {
      const state = stateOf(one, now);
      const past = state === "stopped" || state === "over" || state === "gone";
      return this.only === "all" || past === (this.only === "past");
    });
    if (shown.length === 0) return html`<p class="empty" role="status">${y.noneOfThese}</p>`;
    return html`<ul class="list">
      ${repeat(
        shown,
        ({ id }) => id,
        (coupon) => html`<li>${this.card(coupon, now)}</li>`,
      )}
    </ul>`;
  }

  private card(coupon: Coupon, now: number): TemplateResult {
    const { code, title, auto, granted_only, uses, used, reserved, granted } = coupon;
    const state = stateOf(coupon, now);
    return html`<article class=${state} aria-label=${title}>
      <div class="what">
        <p class="row">
          <b class="one-line title">${title}</b
          ><span class="badge ${stateLook(state)}">${y.states[state]}</span>
        </p>
        <p class="worth">${worthWords(coupon, this.rules.currency)}</p>
        <p class="row t-13">
          ${
            auto || granted_only || code === null
              ? html`<span class="quiet">${auto ? y.ways.auto : y.ways.granted}</span>`
              : html`<code>${code}</code>`
          }
        </p>
        <p class="t-13 quiet">${this.conditions(coupon).join(m.comma)}</p>
      </div>
      <dl class="figs">
        ${this.figure(y.used, uses === null ? count(used) : y.ofAll(count(used), count(uses)))}
        ${this.figure(y.reserved, count(reserved))} ${this.figure(y.granted, count(granted))}
        ${
          uses === null
            ? nothing
            : html`<div class="bar" aria-hidden="true">
                <i ${vars({ "--part": Math.min(1, (used + reserved) / uses) })}></i>
              </div>`
        }
      </dl>
      ${this.fixed ? nothing : this.acts(coupon)}
    </article>`;
  }

  private figure(name: string, value: string): TemplateResult {
    return html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  }

  private conditions(coupon: Coupon): string[] {
    const { per_customer, show, tier, stacks } = coupon;
    const named = (key: string): string =>
      this.rules.rules.tiers.find((one) => one.key === key)?.name ?? key;
    const shown = (id: string): string => this.shows.find((one) => one.id === id)?.title ?? id;
    return [
      spanWords(coupon),
      y.perCustomer(per_customer),
      show === null ? "" : y.onlyInShow(shown(show)),
      tier === null ? "" : y.fromTier(named(tier)),
      stacks ? y.doesStack : y.doesNotStack,
    ].filter((one) => one !== "");
  }

  private acts(coupon: Coupon): TemplateResult {
    const { title, active } = coupon;
    const off = this.busy !== null;
    return html`<div class="acts">
      <button
        class="btn btn-s btn-line"
        aria-label=${y.changeCoupon(title)}
        ?disabled=${off}
        @click=${() => this.show(coupon)}
      >
        ${icon("edit", 16)}${y.change}
      </button>
      <button
        class="btn btn-s btn-line"
        aria-label=${active ? y.stopCoupon(title) : y.resumeCoupon(title)}
        ?disabled=${off}
        @click=${() => void this.turn(coupon)}
      >
        ${active ? y.stop : y.resume}
      </button>
    </div>`;
  }

  private sheet(open: Coupon | "new"): TemplateResult {
    return html`<plusone-coupon-sheet
      .coupon=${open === "new" ? null : open}
      .rules=${this.rules}
      .shows=${this.shows}
      @saved=${({ detail }: CustomEvent<Coupon>) => {
        this.told = open === "new" ? y.made(detail.title) : y.changed(detail.title);
        this.open = null;
        this.only = "all";
        void this.load();
      }}
      @close=${() => (this.open = null)}
    ></plusone-coupon-sheet>`;
  }

  private show(open: Coupon | "new"): void {
    this.told = this.wrong = "";
    this.open = open;
  }

  /** Stops one, or lets it be used again. What is in a checkout stays good. */
  private async turn({ id, title, active }: Coupon): Promise<void> {
    this.busy = id;
    this.told = this.wrong = "";
    try {
      await ask("PATCH", paths.coupon(id), { active: !active });
      this.told = active ? y.stopped(title) : y.resumed(title);
      await this.load();
    } catch (problem) {
      this.wrong = loyaltyProblem(problem);
    }
    this.busy = null;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-coupons": Coupons;
  }
}
