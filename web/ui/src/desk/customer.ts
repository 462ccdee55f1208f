import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../loyalty/standing";
import "./tags";
import { settled } from "../chat/changes";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, tag, thumb } from "../design/parts";
import { amount, clock, fullMoment, moment, money } from "../i18n/format";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { isLocale, locales } from "../i18n/locales";
import { problemWords } from "../i18n/problems";
import type { CustomerStanding } from "../loyalty/standing";
import { stateBadge } from "../orders/words";
import { ask } from "../wire/http";
import look from "./customer.css?inline";
import type { Open } from "./open";
import type { CartLine, Claim, Customer, OrderLine } from "./wire";

const claimLooks: Record<string, string> = {
  held: "b-wait",
  paying: "b-wait",
  ordered: "b-held",
  sold: "b-held",
};

/** Who the customer is, and what she has here. Tells `thread` where that is wanted back. */
@customElement("plusone-desk-customer")
export class DeskCustomer extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) open!: Open;
  @property({ type: Number }) version = 0;
  @state() private customer: Customer | null = null;
  @state() private problem: unknown = null;
  private asked = 0;
  private wanted = false;
  /** What was changed for her, as far as it is shown here. */
  private settled = "";

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("focus", this.refresh);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("focus", this.refresh);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("open")) {
      this.customer = null;
      this.wanted = true;
    }
    // Not before the conversation is there: of what is none, there is no customer to ask for.
    if (this.open.conversed === null) return;
    const now = settled(this.open.talk.lines);
    if (!this.wanted && now === this.settled) return;
    this.wanted = false;
    this.settled = now;
    void this.load();
  }

  /** Puts the focus on what is to be sent of her orders, or on their heading. */
  toOrders(): void {
    const at = this.renderRoot.querySelector<HTMLElement>(".send, .orders");
    at?.focus();
    at?.scrollIntoView({ block: "nearest" });
  }

  /** Puts the focus on the name, where this has just come onto the screen. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>("h2")?.focus();
  }

  /** She may have bought meanwhile: whoever comes back to the window sees what is so now. */
  private readonly refresh = (): void => {
    if (this.open.conversed === null) return;
    void this.load();
    this.renderRoot.querySelector<CustomerStanding>("plusone-standing")?.load();
  };

  private async load(): Promise<void> {
    const mine = (this.asked += 1);
    this.problem = null;
    const { open } = this;
    const path = `/api/staff/conversations/${encodeURIComponent(open.id)}/customer`;
    try {
      const customer = await ask<Customer>("GET", path);
      if (mine !== this.asked) return;
      this.customer = customer;
      open.knows(customer.about);
    } catch (problem) {
      if (mine === this.asked) this.problem = problem;
    }
  }

  override render(): TemplateResult {
    const { conversed, talk } = this.open;
    const name = this.customer?.person.name ?? conversed?.name ?? d.noName;
    return html`<section>
        <div class="row">
          <button
            class="tool to-thread"
            aria-label=${d.backToThread}
            @click=${() => this.dispatchEvent(new Event("thread"))}
          >
            ${icon("arrowLeft", 20)}
          </button>
          <h2 class="grow one-line" tabindex="-1">${name}</h2>
          ${
            this.customer === null
              ? nothing
              : html`<span class="badge b-plain">${d.kinds[this.customer.person.kind]}</span>`
          }
        </div>
        ${this.customer === null ? nothing : this.person(this.customer.person)}
        ${
          isLocale(conversed?.locale)
            ? html`<p class="t-12 quiet">${locales[conversed.locale].name}</p>`
            : nothing
        }
      </section>
      <section>
        <h3>${d.tags}</h3>
        <plusone-desk-tags .tags=${talk.snapshot?.staff?.tags ?? []} .open=${this.open}>
        </plusone-desk-tags>
      </section>
      ${
        this.customer === null
          ? this.notYet()
          : html`<plusone-standing
                customer=${this.customer.person.id}
                version=${this.settled}
              ></plusone-standing
              >${this.goods(this.customer)}`
      }`;
  }

  private notYet(): TemplateResult {
    if (this.problem === null) {
      return html`<div class="middle" role="status">${m.loading}</div>`;
    }
    return html`<div class="middle" role="alert">
      ${problemWords(this.problem)}
      <button class="btn btn-s btn-line" @click=${this.refresh}>${m.retry}</button>
    </div>`;
  }

  private person({ email, since }: Customer["person"]): TemplateResult {
    return html`${
      email === null ? nothing : html`<p class="one-line">${email}</p>`
    }${since === null ? nothing : html`<p class="t-12 quiet">${d.since(fullMoment(since))}</p>`}`;
  }

  private goods({ cart, claims, orders, shows }: Customer): TemplateResult {
    return html`<section>
        <h3>${d.cart}</h3>
        ${
          cart.lines.length === 0
            ? html`<p class="quiet">${d.emptyCart}</p>`
            : html`<ul class="goods">
                  ${cart.lines.map((line) => cartLine(line, cart.currency))}
                </ul>
                <p class="row sum">
                  <span class="quiet">${m.total}</span
                  ><b class="end">${money(sum(cart.lines), cart.currency)}</b>
                </p>`
        }
      </section>
      ${
        claims.length === 0
          ? nothing
          : html`<section>
              <h3>${d.claims}</h3>
              <ul class="rows">
                ${claims.map(claim)}
              </ul>
            </section>`
      }
      <section>
        <h3 class="row">
          <span class="orders" tabindex="-1">${d.orders}</span
          ><a class="t-12 end" href="/staff/orders">${d.allOrders}</a>
        </h3>
        ${
          orders.length === 0
            ? html`<p class="quiet">${d.noOrders}</p>`
            : html`<ul class="rows">
                ${orders.map((one) => this.order(one))}
              </ul>`
        }
      </section>
      ${
        shows.length === 0
          ? nothing
          : html`<section>
              <h3>${d.shows}</h3>
              <ul class="rows">
                ${shows.map(
                  ({ id, title }) =>
                    html`<li>
                      <a class="one-line" href="/shows/${encodeURIComponent(id)}" target="_blank"
                        >${title}</a
                      >
                    </li>`,
                )}
              </ul>
            </section>`
      }`;
  }

  private order({ id, number, status, total, currency, at_ms }: OrderLine): TemplateResult {
    const at = moment(at_ms, Date.now());
    return html`<li>
      <a href="/staff/orders?q=${encodeURIComponent(number)}">${number}</a
      ><span class="grow t-12 faint one-line">${at === clock(at_ms) ? d.today : at}</span
      ><span class="quiet">${money(total, currency)}</span>${stateBadge(status)}${
        this.open.mine
          ? html`<button
              class="tool-s send hit"
              aria-label=${d.sendOrder(number)}
              title=${d.sendOrder(number)}
              @click=${() => this.open.say({ order: id })}
            >
              ${icon("arrowUp", 16)}
            </button>`
          : nothing
      }
    </li>`;
  }
}

function cartLine(line: CartLine, currency: string): TemplateResult {
  const { picture, title, variant_title, quantity, unit_price } = line;
  return html`<li>
    ${thumb(picture, 40)}
    <div class="grow">
      <p class="name one-line">${title}</p>
      ${variant_title === null ? nothing : html`<p class="t-12 quiet">${variant_title}</p>`}
    </div>
    <span class="quiet">${m.pieces(quantity)}</span>
    <b class="amount">${amount(quantity * unit_price, currency)[1]}</b>
  </li>`;
}

function sum(lines: readonly CartLine[]): number {
  return lines.reduce((all, { quantity, unit_price }) => all + quantity * unit_price, 0);
}

function claim({ code, title, show_title, quantity, state, until }: Claim): TemplateResult {
  return html`<li title=${show_title}>
    ${tag(code)}<span class="grow col"
      ><span class="one-line">${title}${m.comma}${m.pieces(quantity)}</span>${
        until === null
          ? nothing
          : html`<span class="t-12 quiet">${d.payUntil(moment(until, Date.now()))}</span>`
      }</span
    ><span class="badge ${claimLooks[state] ?? "b-plain"}">${d.claimStates[state] ?? state}</span>
  </li>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-desk-customer": DeskCustomer;
  }
}
