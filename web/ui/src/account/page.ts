import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/header";
import "./coupons";
import "./friends";
import "./history";
import "./offers";
import "./wishlist";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { parts, who } from "../design/parts";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import { problemWords } from "../i18n/problems";
import { leave } from "../session/leaving";
import { loadSession, session } from "../session/session";
import { ask } from "../wire/http";
import type { Transfer, Transfers } from "../wire/loyalty";
import type { Cart } from "../wire/types";
import { pointsCard, tierCard } from "./card";
import look from "./page.css?inline";
import { loadLoyalty, loyalty } from "./standing";

type Over = "sign-in" | "checkout";

const loads: Record<Over, () => Promise<unknown>> = {
  "sign-in": () => import("../session/sign-in-sheet"),
  checkout: () => import("../checkout/sheet"),
};

/** Her account: where she stands, her points, coupons and wishes. */
@customElement("plusone-account")
export class Account extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @state() private ready = false;
  @state() private problem: unknown = null;
  @state() private transfers: Transfers = { sent: [], received: [] };
  @state() private pieces = 0;
  @state() private over: Over | null = null;
  @state() private said = "";
  /** Moves on when something may have come to her history. */
  @state() private turn = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    this.problem = null;
    try {
      const { kind } = (await loadSession()).person;
      if (kind === "guest" || kind === "customer") {
        await Promise.all([loadLoyalty(), this.follow(), this.count()]);
      }
      this.ready = true;
      this.turn += 1;
    } catch (problem) {
      this.problem = problem;
    }
  }

  private async follow(): Promise<void> {
    this.transfers = await ask<Transfers>("GET", "/api/loyalty/transfers");
  }

  private async count(): Promise<void> {
    const { claims, lines } = await ask<Cart>("GET", "/api/cart");
    this.pieces = [...claims, ...lines].reduce((all, { quantity }) => all + quantity, 0);
  }

  /** Points have gone or come; what could not be told anew is told with the next. */
  private readonly moved = (): void => {
    Promise.all([loadLoyalty(), this.follow()]).then(
      () => (this.turn += 1),
      (problem: unknown) => (this.said = problemWords(problem)),
    );
  };

  override render(): TemplateResult {
    document.title = session === null ? l.myAccount : [l.myAccount, session.shop.name].join("｜");
    return html`<plusone-header current="account"></plusone-header>
      <main>
        <h1 class="said">${l.myAccount}</h1>
        ${this.content()}
      </main>
      ${this.sheet()}`;
  }

  private content(): unknown {
    if (this.problem !== null) {
      return html`<div class="empty" role="alert">
        ${icon("offline", 24)}
        <p>${problemWords(this.problem)}</p>
        <button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (!this.ready || session === null) {
      return html`<div class="ghost" role="status" aria-label=${m.loading}></div>`;
    }
    const { kind } = session.person;
    if (kind === "nobody" || kind === "staff") {
      return html`<div class="empty">
        ${icon("person", 24)}
        <h2>${l.nobodyHeading}</h2>
        <p class="quiet t-14">${l.nobodyWords}</p>
        <button class="btn btn-ink" @click=${() => this.open("sign-in")}>${m.signIn}</button>
      </div>`;
    }
    return this.hers(kind === "customer");
  }

  private hers(known: boolean): TemplateResult {
    const offers = this.transfers.received.filter(({ state: of }) => of === "offered");
    return html`${this.who(known)}
      <p class="said-now" role="status">${this.said}</p>
      <plusone-points-offers
        ?hidden=${offers.length === 0}
        .offers=${offers}
        @answered=${this.moved}
      ></plusone-points-offers>
      <div class="cols ${loyalty?.on === true ? "" : "one"}">
        <div class="col-1">
          ${loyalty?.on === true ? html`${tierCard(loyalty)}${pointsCard(loyalty)}` : nothing}
        </div>
        <div class="col-2">
          <plusone-wallet
            currency=${session?.shop.currency ?? "TWD"}
            .tiers=${loyalty?.tiers ?? []}
          ></plusone-wallet>
          <plusone-wish-list
            currency=${session?.shop.currency ?? "TWD"}
            ?known=${known}
            @carted=${() => void this.count()}
          ></plusone-wish-list>
          ${loyalty?.on === true ? this.points(known) : nothing}
        </div>
      </div>
      <p>
        <button class="btn btn-line" @click=${() => void leave()}>
          ${icon("leave", 18)}${m.signOut}
        </button>
      </p>`;
  }

  private points(known: boolean): TemplateResult {
    return html`${
        loyalty?.transfer.on === true
          ? html`<plusone-points-friends
              .standing=${loyalty}
              .sent=${this.sentOnes()}
              ?known=${known}
              @given=${this.moved}
            ></plusone-points-friends>`
          : nothing
      } <plusone-points-history stand=${this.turn}></plusone-points-history>`;
  }

  private sentOnes(): readonly Transfer[] {
    return this.transfers.sent;
  }

  /** Who she is here, and what she may do about that. */
  private who(known: boolean): TemplateResult {
    const { name, email } = session?.person ?? { name: null, email: null };
    const called = name ?? email ?? "";
    return html`<section class="me" aria-label=${called}>
        ${who(called, false)}
        <div class="grow">
          <p class="name one-line">${called}</p>
          ${email === null ? nothing : html`<p class="t-13 quiet one-line">${email}</p>`}
        </div>
        ${
          this.pieces > 0
            ? html`<button
                class="btn btn-ink"
                aria-label=${m.cartWith(this.pieces)}
                @click=${() => this.open("checkout")}
              >
                ${icon("bag", 18)}${this.pieces}
              </button>`
            : nothing
        }
      </section>
      ${
        known
          ? nothing
          : html`<section class="guest" aria-label=${l.guestHeading}>
              ${icon("mail", 24)}
              <div class="grow">
                <h2>${l.guestHeading}</h2>
                <p class="t-14 quiet">${l.guestWords}</p>
              </div>
              <button class="btn btn-ink" @click=${() => this.open("sign-in")}>${m.signIn}</button>
            </section>`
      }`;
  }

  private open(what: Over): void {
    this.said = "";
    void part(loads[what]).then((there) => {
      if (there) this.over = what;
      else this.said = m.notReached;
    });
  }

  private sheet(): unknown {
    switch (this.over) {
      case "sign-in":
        return html`<plusone-sign-in-sheet
          @signed-in=${() => {
            // Another person's page, with nothing of the one before.
            location.reload();
          }}
          @close=${() => (this.over = null)}
        ></plusone-sign-in-sheet>`;
      case "checkout":
        return html`<plusone-checkout
          @close=${() => {
            this.over = null;
            void this.load();
          }}
        ></plusone-checkout>`;
      case null:
        return nothing;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-account": Account;
  }
}
