import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/header";
import "../design/sheet";
import { sign } from "../account/icons";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, tag, thumb } from "../design/parts";
import { count, fullMoment, money } from "../i18n/format";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import { problemWords } from "../i18n/problems";
import { loadSession, session } from "../session/session";
import { ask, Problem, requestId } from "../wire/http";
import type { Order } from "../wire/types";
import look from "./order.css?inline";
import { earnedWords } from "./earned";
import { goesTo, stateBadge } from "./words";

/** One order: where it stands, what to do next, and its receipt, made to be printed too. */
@customElement("plusone-order")
export class OrderPage extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @state() private order: Order | null = null;
  @state() private problem: unknown = null;
  @state() private said = "";
  @state() private busy = false;
  @state() private asking = false;

  private readonly path = `/api/orders/${location.pathname.split("/")[2] ?? ""}`;
  private attempt = requestId();
  /** What was asked for before it was changed says nothing of how it stands now. */
  private asked = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    loadSession().then(
      () => this.requestUpdate(),
      () => undefined,
    );
    document.addEventListener("visibilitychange", this.look);
    window.addEventListener("pageshow", this.look);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.look);
    window.removeEventListener("pageshow", this.look);
  }

  /** It may have been paid in another window, or on the page that she comes back from. */
  private readonly look = (): void => {
    if (document.visibilityState !== "visible") return;
    if (this.order?.state === "awaiting_payment") void this.load();
  };

  private async load(): Promise<void> {
    const mine = (this.asked += 1);
    this.problem = null;
    try {
      const order = await ask<Order>("GET", this.path);
      if (mine === this.asked) this.order = order;
    } catch (problem) {
      if (mine !== this.asked) return;
      if (problem instanceof Problem && problem.code === "not_signed_in") {
        location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
      }
      this.problem = problem;
    }
  }

  override render(): TemplateResult {
    document.title = this.order === null ? m.myOrders : m.orderNumber(this.order.number);
    return html`<plusone-header current="orders"></plusone-header>
      <main>
        <a class="back" href="/orders">${icon("arrowLeft", 18)}${m.myOrders}</a>
        ${this.order === null ? this.waiting() : this.receipt(this.order)}
      </main>
      ${this.asking ? this.sure() : nothing}`;
  }

  private waiting(): TemplateResult {
    if (this.problem === null) {
      return html`<p class="empty quiet" role="status">${m.loading}</p>`;
    }
    return html`<div class="empty" role="alert">
      <p>${problemWords(this.problem)}</p>
      <button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>
    </div>`;
  }

  private receipt(order: Order): TemplateResult {
    const { number, state, placed_at, contact, currency, lines, history, note } = order;
    return html`<div class="wrap">
      <article class="receipt" aria-label=${m.receipt}>
        <header class="row top">
          <div class="grow">
            <p class="t-13 quiet">${session?.shop.name}</p>
            <h1>${number}</h1>
            <p class="t-13 quiet">${fullMoment(placed_at)}</p>
          </div>
          ${stateBadge(state)}
        </header>
        ${this.payment(order)}
        <ul class="lines">
          ${lines.map(
            (line) =>
              html`<li>
                ${thumb(line.picture, 48)}
                <div class="grow">
                  <p class="name t-14 row">
                    ${line.code === null ? nothing : tag(line.code)}<span>${line.title}</span>
                  </p>
                  <p class="t-13 quiet">
                    ${[
                      line.variant_title,
                      m.piecesFor(line.quantity, money(line.unit_price, currency)),
                    ]
                      .filter(Boolean)
                      .join(m.comma)}
                  </p>
                </div>
                <b>${money(line.amount, currency)}</b>
              </li>`,
          )}
        </ul>
        <dl class="sums">
          <dt class="quiet">${m.goods}</dt>
          <dd>${money(order.subtotal, currency)}</dd>
          ${(order.discounts ?? []).map(
            ({ title, code, amount }) =>
              html`<dt class="quiet">${[title, code].filter(Boolean).join(m.comma)}</dt>
                <dd>−${money(amount, currency)}</dd>`,
          )}
          ${
            (order.points?.value ?? 0) > 0
              ? html`<dt class="quiet">${l.pointsOff(count(order.points?.used ?? 0))}</dt>
                  <dd>−${money(order.points?.value ?? 0, currency)}</dd>`
              : nothing
          }
          <dt class="quiet">${m.deliveryFee}</dt>
          <dd>${order.delivery_fee === 0 ? m.noFee : money(order.delivery_fee, currency)}</dd>
          <dt class="all">${m.total}</dt>
          <dd class="all">${money(order.total, currency)}</dd>
        </dl>
        ${this.earned(order)}
        <div class="pair">
          <section>
            <h2>${m.howToGetIt}</h2>
            <p>${goesTo(order.fulfilment)}</p>
          </section>
          <section>
            <h2>${m.contact}</h2>
            <p>
              ${contact.name}<br />${contact.phone}${
                contact.email == null ? nothing : html`<br />${contact.email}`
              }
            </p>
          </section>
          <section>
            <h2>${m.howToPay}</h2>
            <p>${m.paymentMethods[order.payment.method]}</p>
          </section>
          ${
            note == null || note === ""
              ? nothing
              : html`<section>
                  <h2>${m.note}</h2>
                  <p>${note}</p>
                </section>`
          }
        </div>
        <section>
          <h2>${m.whatHappened}</h2>
          <ol class="history">
            ${history.map(
              ({ at, state: was, by, note: said }) =>
                html`<li>
                  <time datetime=${new Date(at).toISOString()}>${fullMoment(at)}</time
                  ><span
                    >${m.orderStates[was]}${m.byWhom[by]}${said == null ? "" : `${m.comma}${said}`}</span
                  >
                </li>`,
            )}
          </ol>
        </section>
        ${this.said === "" ? nothing : html`<p class="wrong" role="alert">${this.said}</p>`}
        <div class="row acts">
          <button class="btn btn-line" @click=${() => print()}>
            ${icon("printer", 18)}${m.print}
          </button>
          ${
            order.may.cancel
              ? html`<button class="btn btn-stop" @click=${() => (this.asking = true)}>
                  ${m.cancelOrder}
                </button>`
              : nothing
          }
        </div>
      </article>
    </div>`;
  }

  /** What it earns, or earned; told as a way to her account. */
  private earned(order: Order): unknown {
    const words = earnedWords(order);
    if (words === "") return nothing;
    return html`<a class="earned" href="/account"
      >${sign("points", 18)}<span class="grow">${words}</span>${icon("right", 18)}</a
    >`;
  }

  private payment({ state, payment, may, total, currency }: Order): unknown {
    if (state !== "awaiting_payment") return nothing;
    const { account, due_at } = payment;
    const facts: [string, string][] =
      typeof account === "string"
        ? [[m.account, account]]
        : Object.entries(account ?? {}).map(([name, value]) => [name, value]);
    return html`<section class="pay-box" aria-label=${m.howToPay}>
      <p class="strong">${payment.method === "transfer" ? m.pleaseTransfer : m.notPaidYet}</p>
      <dl>
        <dt>${m.total}</dt>
        <dd>${money(total, currency)}</dd>
        ${facts.map(
          ([name, value]) =>
            html`<dt>${name}</dt>
              <dd>${value}</dd>`,
        )}
        ${
          due_at === null
            ? nothing
            : html`<dt>${m.dueAt}</dt>
                <dd>${fullMoment(due_at)}</dd>`
        }
      </dl>
      ${
        may.pay
          ? html`<button
              class="btn btn-ink btn-wide"
              ?disabled=${this.busy}
              @click=${() => void this.pay()}
            >
              ${m.payNow(money(total, currency))}
            </button>`
          : nothing
      }
    </section>`;
  }

  private sure(): TemplateResult {
    return html`<plusone-sheet heading=${m.cancelOrder} @close=${() => (this.asking = false)}>
      <div class="asked">
        <p>${m.cancelOrderWords}</p>
        <button
          class="btn btn-stop btn-wide"
          ?disabled=${this.busy}
          @click=${() => void this.cancel()}
        >
          ${m.cancelOrderYes}
        </button>
        <button class="btn btn-wide" @click=${() => (this.asking = false)}>${m.keepOrder}</button>
      </div>
    </plusone-sheet>`;
  }

  private async pay(): Promise<void> {
    await this.attemptTo(async () => {
      const { pay_url } = await ask<{ pay_url: string }>("POST", `${this.path}/pay`, {});
      location.assign(pay_url);
    });
  }

  private async cancel(): Promise<void> {
    await this.attemptTo(async () => {
      const order = await ask<Order>("POST", `${this.path}/cancel`, { request_id: this.attempt });
      this.attempt = requestId();
      this.asked += 1;
      this.order = order;
    });
    this.asking = false;
  }

  private async attemptTo(what: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.said = "";
    try {
      await what();
    } catch (problem) {
      this.said = problemWords(problem);
      // It has moved on: how it stands is seen beside the words.
      if (problem instanceof Problem && problem.code === "order_state") await this.load();
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-order": OrderPage;
  }
}
