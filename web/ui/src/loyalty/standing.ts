import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { parts } from "../design/parts";
import { vars } from "../design/vars";
import { amount, count, fullDay, moment, money } from "../i18n/format";
import { y } from "../i18n/loyalty-staff";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { session } from "../session/session";
import { may } from "../studio/acts";
import { Asking } from "../wire/asking";
import type { OwnCoupon, Posting } from "../wire/loyalty";
import { toNext } from "./rules";
import look from "./standing.css?inline";
import { paths, type Standing } from "./wire";
import { postingWords, signed, worthWords } from "./words";

const shown_first = 3;

/**
 * A customer's points, tier and coupons as reps see them, and how it came to them. Operators may
 * correct the points. Asked for anew when `customer` or `version` changes.
 */
@customElement("plusone-standing")
export class CustomerStanding extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property() customer = "";
  /** Whatever changes when something was bought or given. */
  @property() version = "";

  @state() private whole = false;
  @state() private correcting = false;
  @state() private told = "";

  private readonly asking = new Asking<Standing>(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("customer")) {
      this.asking.answer = null;
      this.whole = this.correcting = false;
      this.told = "";
    }
    if (this.customer !== "" && (changed.has("customer") || changed.has("version"))) this.load();
  }

  /** Asks again: she may have bought meanwhile. */
  load(): void {
    void this.asking.ask(paths.customer(this.customer));
  }

  override render(): unknown {
    const { answer, problem } = this.asking;
    if (problem !== null) {
      return html`<section role="alert">
        <p class="quiet">${problemWords(problem)}</p>
        <button class="btn btn-s btn-line" @click=${() => this.load()}>${m.retry}</button>
      </section>`;
    }
    if (answer === null) return html`<section class="wait" role="status">${m.loading}</section>`;
    const { on, points, history, coupons } = answer;
    // A shop without points says nothing of them, but what she has from before.
    if (!on && points.available === 0 && history.length === 0 && coupons.length === 0)
      return nothing;
    return html`<section aria-label=${y.standing}>
        ${this.figures(answer)} ${this.next(answer)} ${this.more(answer)} ${this.foot()}
      </section>
      ${coupons.length === 0 ? nothing : this.coupons(coupons, answer.currency)}
      ${history.length === 0 ? nothing : this.history(history)}
      ${this.correcting ? this.sheet(points.available) : nothing}`;
  }

  private figures({ tier, points, spend, currency }: Standing): TemplateResult {
    return html`<dl class="figs">
      <div>
        <dt>${y.tier}</dt>
        <dd class="one-line">${tier?.name ?? y.noTier}</dd>
      </div>
      <div>
        <dt>${y.points}</dt>
        <dd class=${points.available < 0 ? "stop" : ""}>${count(points.available)}</dd>
      </div>
      <div>
        <dt>${y.spent} ${amount(0, currency)[0]}</dt>
        <dd>${amount(spend, currency)[1]}</dd>
      </div>
    </dl>`;
  }

  private next(standing: Standing): unknown {
    const { next, currency } = standing;
    if (next === null) return nothing;
    return html`<div class="bar" aria-hidden="true">
        <i ${vars({ "--part": toNext(standing) })}></i>
      </div>
      <p class="t-12 quiet">${y.toNext(money(next.missing, currency), next.name)}</p>`;
  }

  private more({ points, point_value, currency }: Standing): unknown {
    const [soonest] = points.expiring;
    const lines = [
      points.available > 0 ? y.worth(money(points.available * point_value, currency)) : "",
      points.pending > 0 ? y.pending(count(points.pending)) : "",
      points.held > 0 ? y.held(count(points.held)) : "",
      soonest === undefined ? "" : y.expiring(count(soonest.points), fullDay(soonest.at)),
    ].filter((one) => one !== "");
    if (lines.length === 0) return nothing;
    return html`<ul class="t-12 quiet">
      ${lines.map((one) => html`<li>${one}</li>`)}
    </ul>`;
  }

  private foot(): unknown {
    if (!may(session, "operator")) return nothing;
    return html`<p class="row">
      <button class="btn btn-s btn-line" @click=${() => void this.correct()}>
        ${icon("edit", 16)}${y.correct}</button
      ><span class="t-12 held" role="status">${this.told}</span>
    </p>`;
  }

  private async correct(): Promise<void> {
    this.correcting = await part(() => import("./correction"));
    this.told = this.correcting ? "" : m.notReached;
  }

  private coupons(coupons: readonly OwnCoupon[], currency: string): TemplateResult {
    return html`<section>
      <h3>${y.coupons}</h3>
      <ul class="rows">
        ${coupons.map((one) => {
          const { title, ends_at, state } = one;
          const facts = [
            worthWords(one, currency),
            ends_at === null ? "" : y.until(fullDay(ends_at)),
          ].filter((fact) => fact !== "" && fact !== title);
          return html`<li class=${state}>
            <span class="grow col"
              ><span class="one-line">${title}</span
              ><span class="t-12 quiet">${facts.join(m.comma)}</span></span
            ><span class="badge ${state === "usable" ? "b-held" : "b-plain"}"
              >${y.couponStates[state]}</span
            >
          </li>`;
        })}
      </ul>
    </section>`;
  }

  private history(history: readonly Posting[]): TemplateResult {
    const rows = this.whole ? history : history.slice(0, shown_first);
    return html`<section>
      <h3>${y.history}</h3>
      <ol class="rows">
        ${rows.map(
          (one) =>
            html`<li>
              <span class="grow col"
                ><span>${postingWords(one)}</span
                ><span class="t-12 faint"
                  >${moment(one.at, Date.now())}${
                    one.due_at === null ? "" : `${m.comma}${y.ripens(fullDay(one.due_at))}`
                  }</span
                ></span
              ><b class=${one.points < 0 ? "" : "held"}>${signed(one.points)}</b>
            </li>`,
        )}
      </ol>
      ${
        this.whole || history.length <= shown_first
          ? nothing
          : html`<button class="link" @click=${() => (this.whole = true)}>
              ${y.allHistory(history.length)}
            </button>`
      }
    </section>`;
  }

  private sheet(available: number): TemplateResult {
    return html`<plusone-points-correction
      customer=${this.customer}
      .available=${available}
      @saved=${() => {
        this.correcting = false;
        this.told = y.corrected;
        this.load();
      }}
      @close=${() => (this.correcting = false)}
    ></plusone-points-correction>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-standing": CustomerStanding;
  }
}
