import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { sign } from "../account/icons";
import { conditions, loyaltyProblem, refusal, worth } from "../account/words";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { count, money } from "../i18n/format";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import type { Coupon, Discount, Quote, Refused } from "../wire/loyalty";
import { most_codes, type Wanted } from "./quote";
import look from "./savings.css?inline";

/**
 * What she may take off an order: her points and her coupons. Tells `use` and `drop` (a code),
 * `spend` (so many points, or "most"), and `again` where it could not be worked out.
 */
@customElement("plusone-savings")
export class Savings extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @property({ attribute: false }) quote!: Quote;
  @property({ attribute: false }) codes: readonly string[] = [];
  @property({ attribute: false }) wanted: Wanted = 0;
  @property({ attribute: false }) refused: readonly Refused[] = [];
  /** What a coupon is called that is refused by its code or id. */
  @property({ attribute: false }) called: (code: string) => string = (code) => code;
  @property({ attribute: false }) problem: unknown = null;
  @property({ type: Boolean }) pending = false;
  @query(".code input") private readonly field!: HTMLInputElement | null;
  @query("details") private readonly folded!: HTMLDetailsElement | null;

  protected override updated(changed: PropertyValues<this>): void {
    // Why a code does not count is seen where it was typed.
    const wrong = changed.has("refused") && this.refused.length > 0;
    const failed = changed.has("problem") && this.problem !== null;
    if (!(wrong || failed) || this.folded === null) return;
    this.folded.open = true;
    this.renderRoot.querySelector("#why")?.scrollIntoView({ block: "nearest" });
  }

  override render(): TemplateResult {
    return html`<section aria-label=${l.savings} aria-busy=${this.pending}>
      ${this.points()} ${this.coupons()}
    </section>`;
  }

  // Points

  private points(): unknown {
    const { available, most, used, value } = this.quote.points;
    if (available <= 0) return nothing;
    const on = this.wanted !== 0;
    return html`<div class="line">
        ${sign("points")}
        <label class="grow row switch"
          ><span class="grow"
            ><span class="name t-14">${l.usePoints(count(on ? used : most))}</span
            ><span class="t-12 quiet sub"
              >${most > 0 ? l.havePoints(count(available)) : l.pointsCannot}</span
            ></span
          ><b class="off ${on ? "" : "faint"}">${this.minus(on ? value : 0)}</b
          ><input
            type="checkbox"
            role="switch"
            .checked=${on}
            ?disabled=${most === 0 && !on}
            @change=${({ target }: Event) => this.spend((target as HTMLInputElement).checked ? "most" : 0)} /><i
            class="track"
            aria-hidden="true"
          ></i
        ></label>
      </div>
      ${on ? this.howMany(used, most) : nothing}`;
  }

  private howMany(used: number, most: number): TemplateResult {
    return html`<label class="how-many row"
      ><span class="t-13">${l.pointsToUse}</span
      ><span class="field"
        ><input
          inputmode="numeric"
          autocomplete="off"
          maxlength="8"
          .value=${String(used)}
          @keydown=${this.enter}
          @change=${this.spendTyped} /></span
      ><span class="t-12 quiet">${l.mostPoints(count(most))}</span></label
    >`;
  }

  private readonly spendTyped = ({ target }: Event): void => {
    const input = target as HTMLInputElement;
    const typed = input.value.normalize("NFKC").trim();
    const { most, used } = this.quote.points;
    if (!/^\d{1,8}$/.test(typed)) {
      input.value = String(used);
      return;
    }
    const wanted = Math.min(Number(typed), most);
    input.value = String(wanted);
    this.spend(wanted);
  };

  private readonly enter = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    (event.target as HTMLInputElement).blur();
  };

  private spend(detail: Wanted): void {
    this.dispatchEvent(new CustomEvent<Wanted>("spend", { detail }));
  }

  // Coupons

  private coupons(): TemplateResult {
    const { discounts, offers } = this.quote;
    const off = discounts.reduce((all, { amount }) => all + amount, 0);
    const names = discounts.map(({ title }) => title).join(m.comma);
    const ready = offers.length > 0 ? l.couponsReady(offers.length) : l.haveCode;
    return html`<details>
      <summary class="line">
        ${sign("ticket")}<span class="grow"
          ><span class="name t-14 one-line">${names === "" ? l.coupons : names}</span
          ><span class="t-12 quiet sub">${ready}</span></span
        ><b class="off ${off === 0 ? "faint" : ""}">${this.minus(off)}</b>${icon("down", 18)}
      </summary>
      <div class="inside">
        ${
          discounts.length + offers.length === 0
            ? nothing
            : html`<ul aria-label=${l.offersForYou}>
                ${repeat(
                  discounts,
                  ({ coupon }) => coupon,
                  (one) => this.applied(one),
                )}
                ${repeat(
                  offers,
                  ({ id }) => id,
                  (one) => this.offer(one),
                )}
              </ul>`
        }
        ${this.entry()} ${this.wrong()}
      </div>
    </details>`;
  }

  private applied({ coupon, code, title, amount }: Discount): TemplateResult {
    const chosen = this.codes.find((one) => one === code || one === coupon);
    return html`<li class="row">
      ${icon("check", 18)}
      <span class="grow"
        ><span class="t-14 name">${title}</span
        ><span class="t-12 quiet sub"
          >${chosen === undefined ? l.automatic : (code ?? this.minus(amount))}</span
        ></span
      ><b class="t-14">${this.minus(amount)}</b>
      ${
        chosen === undefined
          ? nothing
          : html`<button
              class="tool"
              aria-label=${l.takeOff(title)}
              @click=${() => this.tell("drop", chosen)}
            >
              ${icon("close", 18)}
            </button>`
      }
    </li>`;
  }

  private offer(one: Coupon): TemplateResult {
    const { currency } = this.quote;
    return html`<li class="row">
      ${sign("ticket", 18)}
      <span class="grow"
        ><span class="t-14 name">${one.title}</span
        ><span class="t-12 quiet sub"
          >${[worth(one, currency), conditions(one, currency, [])].join(m.comma)}</span
        ></span
      ><button
        class="btn btn-s btn-line hit"
        aria-label=${l.useThis(one.title)}
        ?disabled=${this.codes.length >= most_codes}
        @click=${() => this.tell("use", one.code ?? one.id)}
      >
        ${l.useCode}
      </button>
    </li>`;
  }

  private entry(): TemplateResult {
    const bad = this.refused.length > 0;
    return html`<form
      class="row code"
      @submit=${(event: Event) => {
        event.preventDefault();
        if (this.field === null || this.field.value.trim() === "") return;
        this.tell("use", this.field.value);
        this.field.value = "";
      }}
    >
      <label class="field grow"
        ><span class="said">${l.haveCode}</span
        ><input
          placeholder=${l.haveCode}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          maxlength="40"
          aria-invalid=${bad}
          aria-describedby=${bad ? "why" : nothing}
          ?disabled=${this.codes.length >= most_codes}
      /></label>
      <button class="btn btn-line" ?disabled=${this.codes.length >= most_codes}>
        ${l.useCode}
      </button>
    </form>`;
  }

  private wrong(): unknown {
    const { currency } = this.quote;
    const said = this.refused.map((one) => refusal(one, currency, this.called(one.code)));
    if (this.problem !== null) said.push(loyaltyProblem(this.problem, currency));
    if (this.codes.length >= most_codes) said.push(l.tooManyCodes);
    if (said.length === 0) return nothing;
    return html`<div id="why" role="alert">
      ${said.map((words) => html`<p class="wrong">${icon("warn", 18)}${words}</p>`)}
      ${
        this.problem === null
          ? nothing
          : html`<button
              class="btn btn-s btn-line hit"
              @click=${() => this.dispatchEvent(new Event("again"))}
            >
              ${m.retry}
            </button>`
      }
    </div>`;
  }

  private minus(amount: number): string {
    return amount === 0 ? "" : `−${money(amount, this.quote.currency)}`;
  }

  private tell(what: "use" | "drop", detail: string): void {
    this.dispatchEvent(new CustomEvent<string>(what, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-savings": Savings;
  }
}
