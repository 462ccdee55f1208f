import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import "../staff/header";
import "./coupons";
import "./rules-form";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { y } from "../i18n/loyalty-staff";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { loadSession, session } from "../session/session";
import { may } from "../studio/acts";
import { ask } from "../wire/http";
import type { ShowCard } from "../wire/types";
import look from "./page.css?inline";
import type { LoyaltyRules } from "./rules-form";
import { paths, type RulesVersion } from "./wire";

const views = ["rules", "coupons"] as const;

type View = (typeof views)[number];

/** Points, tiers and coupons of the shop: hosts look at them, operators decide. */
@customElement("plusone-staff-loyalty")
export class StaffLoyalty extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @state() private there: RulesVersion | null = null;
  @state() private shows: readonly ShowCard[] = [];
  @state() private allowed: boolean | null = null;
  @state() private problem: unknown = null;
  @state() private view: View = viewOf(location.hash);
  @query("plusone-loyalty-rules") private readonly rules!: LoyaltyRules | null;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("hashchange", this.arrive);
    window.addEventListener("beforeunload", this.warn);
    void this.meet();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("hashchange", this.arrive);
    window.removeEventListener("beforeunload", this.warn);
  }

  private readonly arrive = (): void => {
    this.view = viewOf(location.hash);
  };

  private readonly warn = (event: BeforeUnloadEvent): void => {
    if (this.rules?.dirty === true) event.preventDefault();
  };

  private readonly meet = async (): Promise<void> => {
    this.problem = null;
    try {
      await loadSession(); // the head sends who is not staff to sign in
      this.allowed = may(session, "host", "operator");
      if (!this.allowed) return;
      const [there, { shows }] = await Promise.all([
        ask<RulesVersion>("GET", paths.rules),
        ask<{ shows: ShowCard[] }>("GET", "/api/staff/shows"),
      ]);
      this.shows = shows;
      this.there = there;
    } catch (problem) {
      this.problem = problem;
    }
  };

  override render(): TemplateResult {
    document.title = y.loyalty;
    return html`<plusone-staff-header current="loyalty"></plusone-staff-header>${this.content()}`;
  }

  private content(): TemplateResult {
    if (this.allowed === false) {
      return html`<main class="middle"><p>${y.notForYou}</p></main>`;
    }
    if (this.there === null) {
      return this.problem === null
        ? html`<main class="middle" role="status"><p class="quiet">${m.loading}</p></main>`
        : html`<main class="middle" role="alert">
            <p>${problemWords(this.problem)}</p>
            <button class="btn btn-line" @click=${() => void this.meet()}>${m.retry}</button>
          </main>`;
    }
    const fixed = !may(session, "operator");
    return html`<main>
      <div class="top">
        <h1>${y.loyalty}</h1>
        <nav class="tabs" aria-label=${y.loyalty}>
          ${views.map(
            (one) =>
              html`<a
                class="chip"
                href="#${one}"
                aria-current=${one === this.view ? "page" : nothing}
                >${y.views[one]}</a
              >`,
          )}
        </nav>
        ${fixed ? html`<p class="t-14 quiet fixed">${icon("lock", 16)}${y.readOnly}</p>` : nothing}
      </div>
      <plusone-loyalty-rules
        ?hidden=${this.view !== "rules"}
        .there=${this.there}
        .shows=${this.shows}
        ?fixed=${fixed}
        @saved=${({ detail }: CustomEvent<RulesVersion>) => (this.there = detail)}
      ></plusone-loyalty-rules>
      <plusone-coupons
        ?hidden=${this.view !== "coupons"}
        .rules=${this.there}
        .shows=${this.shows}
        ?fixed=${fixed}
      ></plusone-coupons>
    </main>`;
  }
}

function viewOf(hash: string): View {
  return views.find((one) => hash === `#${one}`) ?? "rules";
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-staff-loyalty": StaffLoyalty;
  }
}
