import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { amount, money } from "../i18n/format";
import { y } from "../i18n/loyalty-staff";
import { ask, Problem } from "../wire/http";
import type { ShowCard } from "../wire/types";
import {
  asEdited,
  type Draft,
  type Edited,
  empty,
  type Fault,
  type Field,
  most,
  read,
  readEdited,
  takesOff,
  tellingPrice,
  unitOf,
  type Way,
} from "./coupon";
import look from "./form.css?inline";
import { type Coupon, paths, type RulesVersion } from "./wire";
import { couponFaultWords, loyaltyProblem, namedFields, worthWords } from "./words";

/** A sum that reads well here is refused for its decimals alone. */
const sums = ["amount", "most", "minimum"];

const ways: readonly Way[] = ["code", "auto", "granted"];

/** A new coupon, or what of one may still be changed. Tells `saved` with it, and `close`. */
@customElement("plusone-coupon-sheet")
export class CouponSheet extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  /** null: a new one. */
  @property({ attribute: false }) coupon: Coupon | null = null;
  @property({ attribute: false }) rules!: RulesVersion;
  @property({ attribute: false }) shows: readonly ShowCard[] = [];

  @state() private draft: Draft = empty;
  @state() private edited: Edited | null = null;
  @state() private tried = false;
  @state() private refused: ReadonlyMap<string, Fault> = new Map();
  @state() private busy = false;
  @state() private problem = "";

  protected override willUpdate(): void {
    if (this.coupon !== null) this.edited ??= asEdited(this.coupon);
  }

  override render(): TemplateResult {
    const { coupon, edited } = this;
    return html`<plusone-sheet
      heading=${coupon === null ? y.newCoupon : y.changeCoupon(coupon.title)}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <form class="gaps" novalidate @submit=${this.submit}>
        ${coupon === null || edited === null ? this.whole() : this.rest(coupon, edited)}
        ${
          this.problem === ""
            ? nothing
            : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.problem}</p>`
        }
        <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>
          ${coupon === null ? y.make : y.save}
        </button>
      </form>
    </plusone-sheet>`;
  }

  private whole(): TemplateResult {
    const { draft } = this;
    const { currency } = this.rules;
    const unit = amount(0, currency)[0];
    return html`${this.text("title", y.title, { hint: y.titleHint, most: most.title, autofocus: true })}
      <fieldset>
        <legend>${y.way}</legend>
        ${ways.map(
          (one) =>
            html`<label class="check"
              ><input
                type="radio"
                name="way"
                value=${one}
                .checked=${live(draft.way === one)}
                @change=${() => this.put({ way: one })}
              /><span class="col"
                ><span class="name">${y.ways[one]}</span
                ><span class="t-13 quiet">${y.wayWords[one]}</span></span
              ></label
            >`,
        )}
      </fieldset>
      ${draft.way === "code" ? this.text("code", y.code, { hint: y.codeHint, most: 40 }) : nothing}
      <div class="line">
        <label class="ask-for"
          ><span class="label">${y.takesOff}</span
          ><span class="field"
            ><select
              name="kind"
              @change=${(event: Event) =>
                this.put({ kind: (event.target as HTMLSelectElement).value as Draft["kind"] })}
            >
              <option value="fixed" .selected=${draft.kind === "fixed"}>${y.fixed}</option>
              <option value="percent" .selected=${draft.kind === "percent"}>${y.percent}</option>
            </select></span
          ></label
        >
        ${
          draft.kind === "fixed"
            ? this.text("amount", y.sum, { before: unit, inputmode: "decimal" })
            : this.text("amount", y.percentage, { after: "%", inputmode: "numeric" })
        }
        ${
          draft.kind === "percent"
            ? this.text("most", y.atMost, { before: unit, inputmode: "decimal", optional: true })
            : nothing
        }
        ${this.text("minimum", y.minimum, { before: unit, inputmode: "decimal", optional: true })}
      </div>
      ${this.example()}
      <div class="line">
        ${this.text("per_customer", y.timesEach, { inputmode: "numeric", after: y.timesUnit })}
        ${this.text("uses", y.timesInAll, { inputmode: "numeric", optional: true, after: y.timesUnit })}
        ${this.text("starts_at", y.startsAt, { type: "datetime-local", optional: true })}
        ${this.text("ends_at", y.endsAt, { type: "datetime-local", optional: true })}
        ${this.choice(
          "tier",
          y.forTier,
          y.everyone,
          this.rules.rules.tiers.map(({ key, name }) => [key, y.fromTier(name)]),
        )}
        ${this.choice(
          "show",
          y.inShow,
          y.everywhere,
          this.shows.map(({ id, title }) => [id, title]),
        )}
      </div>
      <label class="check"
        ><input
          type="checkbox"
          .checked=${live(draft.stacks)}
          @change=${(event: Event) =>
            this.put({ stacks: (event.target as HTMLInputElement).checked })}
        /><span class="col"
          ><span class="name">${y.stacks}</span
          ><span class="t-13 quiet">${y.stacksWords}</span></span
        ></label
      >`;
  }

  /** What it does, by one order. Nothing while it is not known how much it takes off. */
  private example(): unknown {
    const { currency } = this.rules;
    const [coupon, faults] = read(this.draft, currency, Date.now());
    if (faults.has("amount") || faults.has("most") || faults.has("minimum")) return nothing;
    const price = tellingPrice(coupon, unitOf(currency));
    const off = takesOff(coupon, price);
    return html`<p class="eg" role="status">
      ${y.couponExample(money(price, currency), money(off, currency), money(price - off, currency))}
    </p>`;
  }

  private rest(coupon: Coupon, edited: Edited): TemplateResult {
    return html`<p class="t-14 quiet">${worthWords(coupon, this.rules.currency)}</p>
      <p class="t-13 quiet">${y.fixedWords}</p>
      ${this.text("title", y.title, { most: most.title, autofocus: true, value: edited.title })}
      <div class="line">
        ${this.text("uses", y.timesInAll, {
          inputmode: "numeric",
          optional: true,
          after: y.timesUnit,
          value: edited.uses,
        })}
        ${this.text("ends_at", y.endsAt, {
          type: "datetime-local",
          optional: true,
          value: edited.ends_at,
        })}
      </div>`;
  }

  private text(
    field: Exclude<Field, "way" | "kind" | "stacks">,
    label: string,
    look: {
      hint?: string;
      most?: number;
      inputmode?: string;
      type?: string;
      before?: string;
      after?: string;
      optional?: boolean;
      autofocus?: boolean;
      value?: string;
    } = {},
  ): TemplateResult {
    const wrong = this.wrong(field);
    const { before, after, hint } = look;
    return html`<label class="ask-for"
      ><span class="label"
        >${label}${
          look.optional === true ? html`<span class="faint t-13"> ${y.optional}</span>` : nothing
        }</span
      ><span class="field"
        >${before === undefined ? nothing : html`<span class="quiet unit">${before}</span>`}<input
          name=${field}
          type=${look.type ?? "text"}
          inputmode=${look.inputmode ?? "text"}
          maxlength=${look.most ?? 14}
          autocomplete="off"
          ?autofocus=${look.autofocus}
          aria-invalid=${wrong !== ""}
          .value=${live(look.value ?? this.draft[field])}
          @input=${(event: Event) =>
            this.put({ [field]: (event.target as HTMLInputElement).value })}
        />${after === undefined ? nothing : html`<span class="quiet unit">${after}</span>`}</span
      >${hint === undefined ? nothing : html`<span class="t-13 quiet">${hint}</span>`}${
        wrong === "" ? nothing : html`<span class="wrong">${icon("warn", 18)}${wrong}</span>`
      }</label
    >`;
  }

  private choice(
    field: "tier" | "show",
    label: string,
    all: string,
    options: readonly [value: string, words: string][],
  ): unknown {
    if (options.length === 0) return nothing;
    return html`<label class="ask-for"
      ><span class="label">${label}</span
      ><span class="field"
        ><select
          name=${field}
          @change=${(event: Event) =>
            this.put({ [field]: (event.target as HTMLSelectElement).value })}
        >
          <option value="">${all}</option>
          ${options.map(
            ([value, words]) =>
              html`<option value=${value} .selected=${this.draft[field] === value}>
                ${words}
              </option>`,
          )}
        </select></span
      ></label
    >`;
  }

  private wrong(field: Field): string {
    const fault = this.refused.get(field) ?? (this.tried ? this.faults().get(field) : undefined);
    return fault === undefined ? "" : couponFaultWords(fault);
  }

  private faults(): Map<Field, Fault> {
    if (this.coupon !== null && this.edited !== null)
      return readEdited(this.edited, this.coupon)[1];
    return read(this.draft, this.rules.currency, Date.now())[1];
  }

  private put(news: Partial<Draft>): void {
    if (this.edited === null) this.draft = { ...this.draft, ...news };
    else this.edited = { ...this.edited, ...news };
    this.problem = "";
    this.refused = new Map();
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    this.tried = true;
    this.problem = "";
    if (this.faults().size > 0) {
      this.problem = y.checkFields;
      return this.reach();
    }
    this.busy = true;
    try {
      const saved = await this.send();
      this.dispatchEvent(new CustomEvent<Coupon>("saved", { detail: saved }));
    } catch (problem) {
      this.refuse(problem);
    }
    this.busy = false;
    if (this.refused.size > 0) await this.reach();
  };

  private send(): Promise<Coupon> {
    const { coupon, edited } = this;
    if (coupon === null || edited === null) {
      const [made] = read(this.draft, this.rules.currency, Date.now());
      return ask<Coupon>("POST", paths.coupons, made);
    }
    return ask<Coupon>("PATCH", paths.coupon(coupon.id), readEdited(edited, coupon)[0]);
  }

  private refuse(problem: unknown): void {
    this.problem = loyaltyProblem(problem);
    if (problem instanceof Problem && problem.code === "code_taken") {
      this.problem = y.checkFields;
      this.refused = new Map([["code", "taken"]]);
    } else
      this.refused = new Map(
        namedFields(problem).map((field) => [field, sums.includes(field) ? "step" : "refused"]),
      );
  }

  private async reach(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-coupon-sheet": CouponSheet;
  }
}
