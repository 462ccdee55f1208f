import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";

import "./example";
import "./special";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { amount, count, fullDay, money } from "../i18n/format";
import { y } from "../i18n/loyalty-staff";
import { ask, Problem } from "../wire/http";
import type { ShowCard } from "../wire/types";
import { unitOf } from "./coupon";
import look from "./form.css?inline";
import {
  asDraft,
  type Draft,
  type Fault,
  type Faults,
  freeKey,
  most,
  type NumberField,
  read,
  same,
  type Special,
  type TierDraft,
  work,
} from "./rules";
import { channels, paths, type Rules, type RulesVersion } from "./wire";
import { faultWords, loyaltyProblem, namedFields } from "./words";

const day_ms = 86_400_000;

/** The shop's rules, tiers among them: one form, saved as a whole. Tells `saved` with what now holds. */
@customElement("plusone-loyalty-rules")
export class LoyaltyRules extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @property({ attribute: false }) there!: RulesVersion;
  @property({ attribute: false }) shows: readonly ShowCard[] = [];
  /** Whoever looks at them may not change them. */
  @property({ type: Boolean }) fixed = false;

  @state() private draft!: Draft;
  @state() private tried = false;
  /** Fields that the service refused. */
  @state() private refused: readonly string[] = [];
  @state() private busy = false;
  @state() private problem = "";
  @state() private done = "";
  /** What somebody else has saved meanwhile. */
  @state() private theirs: RulesVersion | null = null;

  get dirty(): boolean {
    return !this.fixed && !same(this.draft, asDraft(this.there.rules, this.there.currency));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("there") && !this.busy) this.take(this.there);
  }

  private take({ rules, currency }: RulesVersion): void {
    this.draft = asDraft(rules, currency);
    this.tried = false;
    this.refused = [];
    this.theirs = null;
  }

  // What is seen

  override render(): TemplateResult {
    const { currency } = this.there;
    const [rules, faults] = this.read();
    return html`<form novalidate @submit=${this.submit}>
      <div class="both">
        ${this.onOff()} ${this.earning()}
        <plusone-loyalty-example .rules=${rules} currency=${currency}></plusone-loyalty-example>
        ${this.timing(rules)} ${this.paying(rules)} ${this.tiers(rules, faults)} ${this.sending()}
      </div>
      ${this.fixed ? nothing : this.foot()}
    </form>`;
  }

  private onOff(): TemplateResult {
    const { on } = this.draft;
    return html`<section class="card">
      <label class="check"
        ><input
          type="checkbox"
          .checked=${live(on)}
          ?disabled=${this.fixed}
          @change=${(event: Event) => this.put({ on: (event.target as HTMLInputElement).checked })}
        /><span class="col"
          ><span class="name">${y.on}</span
          ><span class="t-13 quiet">${on ? y.onWords : y.offWords}</span></span
        ></label
      >
    </section>`;
  }

  private earning(): TemplateResult {
    const { currency } = this.there;
    return html`<section class="card">
      <h2>${y.earning}</h2>
      <div class="line">
        ${this.number("earn.spend", y.spend, { before: amount(0, currency)[0] })}
        ${this.number("earn.points", y.earns, { after: y.pointsUnit })}
      </div>
      <fieldset>
        <legend>${y.byChannel}</legend>
        <div class="four">
          ${channels.map((one) => this.number(`channels.${one}`, y.channels[one], { after: "%" }))}
        </div>
        <p class="t-13 quiet">${y.percentWords}</p>
      </fieldset>
      <plusone-loyalty-special
        .products=${this.draft.products}
        .shows=${this.draft.shows}
        .known=${this.shows}
        .wrong=${(path: string) => this.wrong(path)}
        ?fixed=${this.fixed}
        @change=${({ detail }: CustomEvent<{ products?: Special[]; shows?: Special[] }>) =>
          this.put(detail)}
      ></plusone-loyalty-special>
    </section>`;
  }

  private timing({ return_days, expire_days }: Rules): TemplateResult {
    const ripe = Date.now() + return_days * day_ms;
    return html`<section class="card">
      <h2>${y.timing}</h2>
      <div class="line">
        ${this.number("return_days", y.returnDays, { after: y.daysUnit })}
        ${this.number("expire_days", y.expireDays, { after: y.daysUnit })}
      </div>
      <p class="eg">${y.timingExample(fullDay(ripe), fullDay(ripe + expire_days * day_ms))}</p>
    </section>`;
  }

  private paying({ point_value, redeem }: Rules): TemplateResult {
    const { currency } = this.there;
    const order = 1_280 * unitOf(currency);
    const points = Math.floor((order * redeem.most_percent) / 100 / point_value);
    return html`<section class="card">
      <h2>${y.paying}</h2>
      <div class="line three">
        ${this.number("point_value", y.pointValue, { before: amount(0, currency)[0] })}
        ${this.number("redeem.least", y.redeemLeast, { after: y.pointsUnit })}
        ${this.number("redeem.most_percent", y.redeemMost, { after: "%" })}
      </div>
      <p class="eg">
        ${
          points < redeem.least
            ? y.payingNothing(money(order, currency), count(redeem.least))
            : y.payingExample(
                money(order, currency),
                count(points),
                money(points * point_value, currency),
              )
        }
      </p>
    </section>`;
  }

  private tiers(rules: Rules, faults: Faults): TemplateResult {
    const { tiers } = this.draft;
    return html`<section class="card">
      <h2>${y.tiers}</h2>
      <p class="t-14 quiet">${y.tiersWords}</p>
      <div class="line">${this.number("window_days", y.windowDays, { after: y.daysUnit })}</div>
      ${
        tiers.length === 0
          ? html`<p class="none">${y.noTiers}</p>`
          : html`<ol class="tiers">
              ${repeat(
                tiers,
                ({ key }) => key,
                (tier, n) => html`<li>${this.tier(tier, n, rules, faults)}</li>`,
              )}
            </ol>`
      }
      ${
        this.fixed || tiers.length >= most.tiers
          ? nothing
          : html`<button type="button" class="btn btn-line btn-s add" @click=${this.addTier}>
              ${icon("plus", 16)}${y.addTier}
            </button>`
      }
    </section>`;
  }

  private tier(tier: TierDraft, n: number, rules: Rules, faults: Faults): TemplateResult {
    const { currency } = this.there;
    const called = tier.name.trim() === "" ? y.tierNumber(n + 1) : tier.name.trim();
    const change = (news: Partial<TierDraft>): void => {
      this.put({
        tiers: this.draft.tiers.map((one, at) => (at === n ? { ...one, ...news } : one)),
      });
    };
    const order = 1_280 * unitOf(currency);
    const { points } = work(rules, { amount: order, channel: "show", tier: tier.key });
    const whole = !["from", "multiplier"].some((name) => faults.has(`tiers.${n}.${name}`));
    const typed =
      (name: "name" | "from" | "multiplier") =>
      (event: Event): void =>
        change({ [name]: (event.target as HTMLInputElement).value });
    return html`<fieldset class="tier">
      <legend class="said">${called}</legend>
      <div class="line tier-line">
        ${this.field(`tiers.${n}.name`, y.tierName, tier.name, typed("name"), {
          most: most.name,
        })}
        ${this.field(`tiers.${n}.from`, y.tierFrom, tier.from, typed("from"), {
          before: amount(0, currency)[0],
          inputmode: "decimal",
        })}
        ${this.field(
          `tiers.${n}.multiplier`,
          y.tierMultiplier,
          tier.multiplier,
          typed("multiplier"),
          { after: "%", inputmode: "numeric" },
        )}
        ${
          this.fixed
            ? nothing
            : html`<button
                type="button"
                class="tool"
                aria-label=${y.removeTier(called)}
                title=${y.removeTier(called)}
                @click=${() =>
                  this.put({ tiers: this.draft.tiers.filter(({ key }) => key !== tier.key) })}
              >
                ${icon("trash", 20)}
              </button>`
        }
      </div>
      <label class="check"
        ><input
          type="checkbox"
          .checked=${live(tier.free_delivery)}
          ?disabled=${this.fixed}
          @change=${(event: Event) =>
            change({ free_delivery: (event.target as HTMLInputElement).checked })}
        /><span>${y.freeDelivery}</span></label
      >
      ${
        whole
          ? html`<p class="eg">
              ${y.tierExample(
                count(rules.window_days),
                money(rules.tiers[n]?.from ?? 0, currency),
                called,
                money(order, currency),
                count(points),
              )}
            </p>`
          : nothing
      }
    </fieldset>`;
  }

  private sending(): TemplateResult {
    const { transfer } = this.draft;
    return html`<section class="card">
      <h2>${y.sending}</h2>
      <label class="check"
        ><input
          type="checkbox"
          .checked=${live(transfer)}
          ?disabled=${this.fixed}
          @change=${(event: Event) =>
            this.put({ transfer: (event.target as HTMLInputElement).checked })}
        /><span>${y.mayTransfer}</span></label
      >
      ${
        transfer
          ? html`<div class="line">
                ${this.number("transfer.least", y.transferLeast, { after: y.pointsUnit })}
                ${this.number("transfer.most_day", y.transferMost, { after: y.pointsUnit })}
              </div>
              <p class="t-13 quiet">${y.sendingWords}</p>`
          : nothing
      }
    </section>`;
  }

  private number(
    path: NumberField,
    label: string,
    look: { before?: string; after?: string },
  ): TemplateResult {
    const typed = (event: Event): void => {
      const { value } = event.target as HTMLInputElement;
      this.put({ text: { ...this.draft.text, [path]: value } });
    };
    const inputmode = look.before === undefined ? "numeric" : "decimal";
    return this.field(path, label, this.draft.text[path], typed, { ...look, inputmode });
  }

  private field(
    path: string,
    label: string,
    value: string,
    typed: (event: Event) => void,
    look: { before?: string; after?: string; inputmode?: string; most?: number } = {},
  ): TemplateResult {
    const wrong = this.wrong(path);
    const { before, after } = look;
    return html`<label class="ask-for"
      ><span class="label">${label}</span
      ><span class="field"
        >${before === undefined ? nothing : html`<span class="quiet unit">${before}</span>`}<input
          name=${path}
          inputmode=${look.inputmode ?? "text"}
          maxlength=${look.most ?? 14}
          autocomplete="off"
          aria-invalid=${wrong !== ""}
          ?readonly=${this.fixed}
          .value=${live(value)}
          @input=${typed}
        />${after === undefined ? nothing : html`<span class="quiet unit">${after}</span>`}</span
      >${wrong === "" ? nothing : html`<span class="wrong">${icon("warn", 18)}${wrong}</span>`}</label
    >`;
  }

  private wrong(path: string): string {
    if (this.refused.includes(path))
      return path === "point_value" ? y.faults.step : y.faults.refused;
    if (!this.tried) return "";
    const fault: Fault | undefined = this.read()[1].get(path);
    return fault === undefined ? "" : faultWords(fault);
  }

  private foot(): TemplateResult {
    return html`<div class="foot">
      ${this.theirs === null ? nothing : this.conflict(this.theirs)}
      ${
        this.problem === ""
          ? nothing
          : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.problem}</p>`
      }
      <div class="row">
        <button class="btn btn-ink" ?disabled=${this.busy || !this.dirty}>${y.saveRules}</button>
        ${
          this.dirty
            ? html`<button
                type="button"
                class="btn btn-line"
                ?disabled=${this.busy}
                @click=${() => {
                  this.take(this.there);
                  this.problem = this.done = "";
                }}
              >
                ${y.undoChanges}
              </button>`
            : nothing
        }<span class="t-13 held" role="status">${this.done}</span>${
          this.dirty ? html`<span class="badge b-wait end">${y.unsaved}</span>` : nothing
        }
      </div>
    </div>`;
  }

  private conflict(theirs: RulesVersion): TemplateResult {
    return html`<div class="conflict" role="alert">
      <p class="strong">${y.changedMeanwhile}</p>
      <p class="t-14">${y.changedMeanwhileWords}</p>
      <div class="row">
        <button
          type="button"
          class="btn btn-s btn-line"
          @click=${() => {
            this.take(theirs);
            this.tell(theirs);
          }}
        >
          ${y.takeTheirs}</button
        ><button
          type="button"
          class="btn btn-s btn-stop"
          @click=${() => void this.save(theirs.version)}
        >
          ${y.keepMine}
        </button>
      </div>
    </div>`;
  }

  // What is done

  private put(news: Partial<Draft>): void {
    this.draft = { ...this.draft, ...news };
    this.done = this.problem = "";
    this.refused = [];
  }

  private readonly addTier = (): void => {
    const { tiers } = this.draft;
    const key = freeKey(tiers);
    const added = { key, name: "", from: "", multiplier: "100", free_delivery: false };
    this.put({ tiers: [...tiers, added] });
    void this.reach(`[name="tiers.${tiers.length}.name"]`);
  };

  private read(): ReturnType<typeof read> {
    return read(this.draft, this.there.rules, this.there.currency);
  }

  private readonly submit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.save(this.there.version);
  };

  private async save(version: number): Promise<void> {
    if (this.busy || this.fixed) return;
    this.tried = true;
    this.done = this.problem = "";
    const [rules, faults] = this.read();
    if (faults.size > 0) {
      this.problem = y.checkFields;
      return this.reach('[aria-invalid="true"]');
    }
    this.busy = true;
    const sent = this.draft;
    try {
      const now = await ask<RulesVersion>("PUT", paths.rules, { version, rules });
      // What was typed while it was saved stays, and is not saved.
      if (this.draft === sent) this.take(now);
      this.theirs = null;
      this.done = y.saved;
      this.tell(now);
    } catch (problem) {
      await this.refuse(problem);
    }
    await this.updateComplete;
    this.busy = false;
    if (this.refused.length > 0) await this.reach('[aria-invalid="true"]');
  }

  private async refuse(problem: unknown): Promise<void> {
    if (problem instanceof Problem && problem.code === "rules_changed") {
      try {
        this.theirs = await ask<RulesVersion>("GET", paths.rules);
      } catch (again) {
        this.problem = loyaltyProblem(again);
      }
      return;
    }
    this.refused = namedFields(problem).map((path) => path.replace(/^rules\./, ""));
    this.problem = loyaltyProblem(problem);
  }

  private tell(now: RulesVersion): void {
    this.there = now;
    this.dispatchEvent(new CustomEvent<RulesVersion>("saved", { detail: now }));
  }

  private async reach(what: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(what)?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-loyalty-rules": LoyaltyRules;
  }
}
