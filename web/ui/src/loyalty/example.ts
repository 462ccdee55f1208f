import { html, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { parts } from "../design/parts";
import { amount as signAndFigure, count, money, toMajor, toMinor } from "../i18n/format";
import { y } from "../i18n/loyalty-staff";
import look from "./example.css?inline";
import { unitOf } from "./coupon";
import { work, type Worked } from "./rules";
import { type Channel, channels, type Rules } from "./wire";

/** One order, worked through by the rules as they stand in the form: what it earns, and why. */
@customElement("plusone-loyalty-example")
export class LoyaltyExample extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @property({ attribute: false }) rules!: Rules;
  @property() currency = "TWD";
  /** Where it is bought. */
  @state() private channel: Channel = "show";
  @state() private tier = "";
  /** As typed; null until she has typed one. */
  @state() private typed: string | null = null;

  private get first(): number {
    return 1_280 * unitOf(this.currency);
  }

  override render(): TemplateResult {
    const { rules, currency, channel } = this;
    const amount = this.typed === null ? this.first : toMinor(this.typed, currency);
    const tier = rules.tiers.find(({ key }) => key === this.tier);
    const worked = work(rules, {
      amount: amount ?? 0,
      channel,
      ...(tier === undefined ? {} : { tier: tier.key }),
    });
    return html`<section class="paper" aria-label=${y.example}>
      <h2>${y.example}</h2>
      <div class="ask">
        <label class="ask-for"
          ><span class="label">${y.exampleAmount}</span
          ><span class="field"
            ><span class="quiet" aria-hidden="true">${signAndFigure(0, currency)[0]}</span
            ><input
              inputmode="decimal"
              autocomplete="off"
              maxlength="12"
              .value=${this.typed ?? toMajor(this.first, currency)}
              @input=${(event: Event) => (this.typed = (event.target as HTMLInputElement).value)} /></span
        ></label>
        <label class="ask-for"
          ><span class="label">${y.exampleChannel}</span
          ><span class="field"
            ><select
              @change=${(event: Event) =>
                (this.channel = (event.target as HTMLSelectElement).value as Channel)}
            >
              ${channels.map(
                (one) =>
                  html`<option value=${one} .selected=${one === channel}>
                    ${y.channels[one]}
                  </option>`,
              )}
            </select></span
          ></label
        >
        ${
          rules.tiers.length === 0
            ? ""
            : html`<label class="ask-for"
                ><span class="label">${y.exampleTier}</span
                ><span class="field"
                  ><select
                    @change=${(event: Event) =>
                      (this.tier = (event.target as HTMLSelectElement).value)}
                  >
                    <option value="">${y.noTier}</option>
                    ${rules.tiers.map(
                      ({ key, name }) =>
                        html`<option value=${key} .selected=${key === this.tier}>${name}</option>`,
                    )}
                  </select></span
                ></label
              >`
        }
      </div>
      <div class="worked">
        ${amount === null ? html`<p class="quiet">${y.exampleNone}</p>` : this.sums(worked, amount)}
      </div>
    </section>`;
  }

  private sums({ plain, by, points, worth }: Worked, amount: number): TemplateResult {
    const { rules, currency } = this;
    const tier = rules.tiers.find(({ key }) => key === this.tier)?.name ?? "";
    const names = { channel: y.channels[this.channel], show: "", tier };
    return html`<ol class="sums t-13">
        <li>
          <span class="quiet grow"
            >${y.exampleFirst(
              money(amount, currency),
              money(rules.earn.spend, currency),
              rules.earn.points,
            )}</span
          ><b>${count(plain / 100)}</b>
        </li>
        ${by.map(
          ({ what, percent }) =>
            html`<li><span class="quiet grow">${names[what]}</span><b>× ${percent}%</b></li>`,
        )}
      </ol>
      <p class="points">
        <b>${count(points)}</b><span>${y.pointsUnit}</span
        ><span class="end quiet t-14">${y.worth(money(worth, currency))}</span>
      </p>
      <p class="sentence t-14" role="status">
        ${y.exampleSentence(
          y.inChannel[this.channel],
          money(amount, currency),
          count(points),
          money(worth, currency),
        )}
      </p>
      <p class="t-12 quiet">${rules.on ? y.roundedOnce : y.exampleOff}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-loyalty-example": LoyaltyExample;
  }
}
