import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import { ask } from "../wire/http";
import type { OwnCoupon, Tier } from "../wire/loyalty";
import look from "./coupons.css?inline";
import section from "./section.css?inline";
import { conditions, lasts, loyaltyProblem, worth } from "./words";

/** Her coupons, each a slip, and a field for a code. */
@customElement("plusone-wallet")
export class Wallet extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(section), unsafeCSS(look)];

  @property() currency = "TWD";
  @property({ attribute: false }) tiers: readonly Tier[] = [];
  @state() private coupons: readonly OwnCoupon[] | null = null;
  @state() private problem: unknown = null;
  @state() private wrong = "";
  @state() private done = "";
  @state() private busy = false;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    this.problem = null;
    try {
      this.coupons = (await ask<{ coupons: OwnCoupon[] }>("GET", "/api/coupons")).coupons;
    } catch (problem) {
      this.problem = problem;
    }
  }

  override render(): TemplateResult {
    return html`<section class="sect" aria-label=${l.coupons}>
      <h2>${l.coupons}</h2>
      <form class="row" @submit=${this.add} @input=${() => (this.wrong = "")} novalidate>
        <label class="field grow"
          ><span class="said">${l.couponCode}</span
          ><input
            name="code"
            placeholder=${l.couponCode}
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            maxlength="40"
            aria-invalid=${this.wrong !== ""}
            aria-describedby=${this.wrong === "" ? nothing : "wrong-code"}
        /></label>
        <button class="btn btn-line" ?disabled=${this.busy}>${l.addCoupon}</button>
      </form>
      ${
        this.wrong === ""
          ? nothing
          : html`<p class="wrong" id="wrong-code" role="alert">${icon("warn", 18)}${this.wrong}</p>`
      }
      <p class="good" role="status" ?hidden=${this.done === ""}>
        ${this.done === "" ? nothing : html`${icon("check", 18)}${this.done}`}
      </p>
      ${this.content()}
    </section>`;
  }

  private content(): unknown {
    const { coupons } = this;
    if (this.problem !== null) {
      return html`<div class="again" role="alert">
        <p class="blank">${loyaltyProblem(this.problem, this.currency)}</p>
        <button class="btn btn-s btn-line hit" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (coupons === null) return html`<p class="blank" role="status">${m.loading}</p>`;
    const usable = coupons.filter(({ state: of }) => of === "usable");
    const gone = coupons.filter(({ state: of }) => of !== "usable");
    return html`${
      usable.length === 0
        ? html`<p class="blank">${l.noCoupons}</p>`
        : html`<ul class="wallet">
            ${repeat(
              usable,
              ({ id }) => id,
              (one) => html`<li class="lift">${this.slip(one)}</li>`,
            )}
          </ul>`
    }
    ${
      gone.length === 0
        ? nothing
        : html`<details>
            <summary>${l.usedOnes(gone.length)}${icon("down", 18)}</summary>
            <ul class="wallet">
              ${gone.map((one) => html`<li>${this.slip(one)}</li>`)}
            </ul>
          </details>`
    }`;
  }

  private slip(one: OwnCoupon): TemplateResult {
    const usable = one.state === "usable";
    return html`<div class="slip ${usable ? "" : "gone"}">
      <b class="stub">${worth(one, this.currency)}</b>
      <div class="grow">
        <h3 class="t-14 one-line">${one.title}</h3>
        <p class="t-13 quiet">${conditions(one, this.currency, this.tiers)}</p>
        <p class="t-12 faint">
          ${[one.code === null ? null : l.codeIs(one.code), lasts(one)].filter(Boolean).join(m.comma)}
        </p>
      </div>
      ${
        usable
          ? one.why === "coupon_not_yet"
            ? html`<span class="badge b-wait">${l.refused.coupon_not_yet}</span>`
            : nothing
          : html`<span class="badge b-plain">${l.couponStates[one.state]}</span>`
      }
    </div>`;
  }

  private async add(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const typed = new FormData(form).get("code");
    const code = typeof typed === "string" ? typed.trim() : "";
    if (code === "" || this.busy) return;
    this.busy = true;
    this.wrong = "";
    this.done = "";
    try {
      const before = new Set(this.coupons?.map(({ id }) => id));
      const { coupons } = await ask<{ coupons: OwnCoupon[] }>("POST", "/api/coupons", { code });
      this.coupons = coupons;
      const added = coupons.find(({ id }) => !before.has(id));
      this.done = l.couponAdded(added?.title ?? code);
      form.reset();
    } catch (problem) {
      this.wrong = loyaltyProblem(problem, this.currency);
      form.querySelector("input")?.focus();
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-wallet": Wallet;
  }
}
