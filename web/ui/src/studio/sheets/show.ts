import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../../design/sheet";
import { PlusoneElement } from "../../design/element";
import { forms } from "../../design/forms";
import { icon } from "../../design/icons";
import { parts } from "../../design/parts";
import { count, money } from "../../i18n/format";
import { y } from "../../i18n/loyalty-staff";
import { m } from "../../i18n/index";
import { s } from "../../i18n/staff";
import { unitOf } from "../../loyalty/coupon";
import { whole, work } from "../../loyalty/rules";
import { paths, type RulesVersion } from "../../loyalty/wire";
import { loyaltyProblem } from "../../loyalty/words";
import { session } from "../../session/session";
import { ask } from "../../wire/http";
import type { Show } from "../../wire/types";
import { type Acts, may } from "../acts";
import { said, sheetLook } from "./look";
import { Terms, tierChoice } from "./tier";

const most_percent = 1_000;

/** Who may enter the show, and how its orders earn. Tells `close`. */
@customElement("plusone-show-sheet")
export class ShowSheet extends PlusoneElement {
  static override styles = [parts, forms, sheetLook];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) acts!: Acts;
  @property() said = "";
  /** As typed; null until she has typed. */
  @state() private typed: string | null = null;
  @state() private wrong = false;
  @state() private problem = "";
  @state() private busy = false;

  private readonly terms = new Terms(this, () => true);

  override render(): TemplateResult {
    const { there } = this.terms;
    return html`<plusone-sheet heading=${y.showSettings} @close=${this.close}>
      ${
        there === null && this.terms.problem === null
          ? html`<p class="empty" role="status">${m.loading}</p>`
          : html`<form @submit=${this.save} novalidate>
              ${this.entering()} ${there === null ? nothing : this.earning(there)}
              ${
                this.said === "" && this.problem === ""
                  ? nothing
                  : html`<p class="wrong" role="alert">
                      ${icon("warn", 18)}${this.problem === "" ? this.said : this.problem}
                    </p>`
              }
              <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>${s.save}</button>
            </form>`
      }
    </plusone-sheet>`;
  }

  private entering(): TemplateResult {
    const { tier, tier_name } = this.show;
    return html`${tierChoice(this.terms, y.whoMayEnter, { tier, tier_name }, () => undefined)}
      <p class="hint">${y.showTierWords}</p>`;
  }

  private earning({ rules, currency }: RulesVersion): TemplateResult {
    const fixed = !may(session, "operator");
    const now = rules.shows[this.show.id] ?? 100;
    const percent = this.typed === null ? now : whole(this.typed, 0, most_percent);
    const amount = 1_280 * unitOf(currency);
    const shows = { ...rules.shows, [this.show.id]: percent ?? now };
    const { points, worth } = work(
      { ...rules, shows },
      { amount, channel: "show", show: this.show.id },
    );
    return html`<label class="ask-for"
        ><span class="label">${y.showBonus}</span
        ><span class="field"
          ><input
            name="bonus"
            inputmode="numeric"
            maxlength="6"
            autocomplete="off"
            ?readonly=${fixed}
            aria-invalid=${this.wrong}
            .value=${this.typed ?? String(now)}
            @input=${(event: Event) => {
              this.typed = (event.target as HTMLInputElement).value;
              this.wrong = false;
            }}
          /><span class="quiet t-14">%</span></span
        ><span class="hint">${fixed ? y.showBonusFixed : y.showBonusWords}</span>${
          this.wrong
            ? html`<span class="wrong"
                >${icon("warn", 18)}${y.faults.whole("0", count(most_percent))}</span
              >`
            : nothing
        }</label
      >
      <p class="t-13 note" role="status">
        ${
          rules.on
            ? y.showBonusExample(money(amount, currency), count(points), money(worth, currency))
            : y.pointsOff
        }
      </p>`;
  }

  private readonly save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const tier = said(new FormData(event.target as HTMLFormElement), "tier");
    const percent = this.typed === null ? undefined : whole(this.typed, 0, most_percent);
    this.wrong = percent === null;
    this.problem = "";
    if (this.wrong) {
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      return;
    }
    this.busy = true;
    const done = (await this.enter(tier)) && (await this.earn(percent ?? undefined));
    this.busy = false;
    if (done) this.close();
  };

  private async enter(tier: string): Promise<boolean> {
    if (tier === (this.show.tier ?? "")) return true;
    return this.acts.run({ type: "show.change", tier });
  }

  /** The bonus is a line of the shop's rules: put into those that hold now. */
  private async earn(percent: number | undefined): Promise<boolean> {
    const { there } = this.terms;
    if (percent === undefined || there === null || !may(session, "operator")) return true;
    const { [this.show.id]: before = 100, ...others } = there.rules.shows;
    if (percent === before) return true;
    const shows = percent === 100 ? others : { ...others, [this.show.id]: percent };
    try {
      const rules = { ...there.rules, shows };
      await ask("PUT", paths.rules, { version: there.version, rules });
      return true;
    } catch (problem) {
      this.problem = loyaltyProblem(problem);
      this.terms.ask(); // so that the next try starts from what holds now
      return false;
    }
  }

  private readonly close = (): void => {
    this.dispatchEvent(new Event("close"));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-show-sheet": ShowSheet;
  }
}
