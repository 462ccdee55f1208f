import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "../design/sheet";
import "./header";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts, tag } from "../design/parts";
import { fullMoment, money } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { s } from "../i18n/staff";
import { goesTo, stateBadge } from "../orders/words";
import { ask, requestId } from "../wire/http";
import type { OrderState, StaffAct, StaffOrder } from "../wire/types";
import { lists } from "./lists";

const states: OrderState[] = [
  "awaiting_payment",
  "placed",
  "paid",
  "ready",
  "handed_out",
  "cancelled",
  "refunded",
  "lapsed",
];

/** The shop's orders: find one, and take it a step further. */
@customElement("plusone-staff-orders")
export class StaffOrders extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    lists,
    css`
      main {
        max-inline-size: 1080px;
        margin-inline: auto;
        padding: var(--s-6) var(--s-4) var(--s-16);
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s-4);
      }
      h1 {
        font-size: var(--t-22);
        line-height: var(--l-22);
      }
      .find {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-3);
      }
      .find .field {
        flex: 1 1 260px;
      }
      .chips {
        min-inline-size: 0;
        max-inline-size: 100%;
        display: flex;
        gap: var(--s-2);
        overflow-x: auto;
        padding: 3px;
        margin: -3px;
        scrollbar-width: none;
      }
      .chip {
        flex: none;
      }
      article {
        background: var(--sheet);
        border-radius: var(--r-card);
        box-shadow: inset 0 0 0 1px var(--line);
        padding: var(--s-4);
        display: grid;
        grid-template-columns: minmax(0, 1.1fr) minmax(0, 1.4fr) auto;
        gap: var(--s-3) var(--s-6);
        font-size: var(--t-14);
        line-height: var(--l-14);
      }
      .row {
        flex-wrap: wrap;
      }
      .goods li {
        display: flex;
        gap: 6px;
        align-items: baseline;
        padding-block: 2px;
      }
      .acts {
        min-inline-size: 116px;
      }
      form {
        display: grid;
        gap: var(--s-4);
      }
      @media (max-width: 839px) {
        article {
          grid-template-columns: 1fr;
        }
      }
    `,
  ];

  @state() private orders: StaffOrder[] | null = null;
  @state() private next: string | number | null = null;
  @state() private problem: unknown = null;
  @state() private only: OrderState | "" = "";
  /** What is searched for; a link may bring it. */
  @state() private words = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  @state() private asking: { order: StaffOrder; act: StaffAct } | null = null;
  @state() private busy = false;
  @state() private wrong = "";
  private attempt = requestId();
  private asked = 0;
  private typing: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(before: string | number | null = null): Promise<void> {
    const mine = (this.asked += 1);
    this.problem = null;
    const query = new URLSearchParams();
    if (this.only !== "") query.set("state", this.only);
    if (this.words !== "") query.set("q", this.words);
    if (before !== null) query.set("before", String(before));
    try {
      const found = await ask<{ orders: StaffOrder[]; next: string | number | null }>(
        "GET",
        `/api/staff/orders?${query.toString()}`,
      );
      if (mine !== this.asked) return;
      this.orders = before === null ? found.orders : [...(this.orders ?? []), ...found.orders];
      this.next = found.next;
    } catch (problem) {
      if (mine === this.asked) this.problem = problem;
    }
  }

  override render(): TemplateResult {
    document.title = s.staffOrders;
    return html`<plusone-staff-header current="orders"></plusone-staff-header>
      <main>
        <h1>${s.staffOrders}</h1>
        <div class="find">
          <label class="field"
            >${icon("search", 18)}<input
              type="search"
              aria-label=${s.searchOrders}
              placeholder=${s.searchOrders}
              .defaultValue=${this.words}
              @input=${this.type}
          /></label>
          <div class="chips" role="group" aria-label=${s.staffOrders}>
            ${["" as const, ...states].map(
              (one) =>
                html`<button
                  class="chip"
                  aria-pressed=${this.only === one}
                  @click=${() => {
                    this.only = one;
                    void this.load();
                  }}
                >
                  ${one === "" ? s.everyState : m.orderStates[one]}
                </button>`,
            )}
          </div>
        </div>
        ${this.content()}
      </main>
      ${this.asking === null ? nothing : this.sure(this.asking.order, this.asking.act)}`;
  }

  private type(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => {
      this.words = value.trim();
      void this.load();
    }, 250);
  }

  private content(): TemplateResult {
    if (this.problem !== null) {
      return html`<div class="empty" role="alert">
        <p>${problemWords(this.problem)}</p>
        <button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (this.orders === null) return html`<p class="empty" role="status">${m.loading}</p>`;
    if (this.orders.length === 0) return html`<p class="empty">${s.noOrders}</p>`;
    return html`<ul class="list">
        ${repeat(
          this.orders,
          ({ id }) => id,
          (order) => html`<li>${this.card(order)}</li>`,
        )}
      </ul>
      ${
        this.next === null
          ? nothing
          : html`<button class="btn btn-line" @click=${() => void this.load(this.next)}>
              ${s.moreOrders}
            </button>`
      }`;
  }

  private card(order: StaffOrder): TemplateResult {
    const { number, state, contact, currency, lines, payment } = order;
    const acts = order.acts ?? [];
    return html`<article aria-label=${number}>
      <div>
        <p class="row">
          <a href="/orders/${encodeURIComponent(order.id)}"><b>${number}</b></a
          >${stateBadge(state)}
        </p>
        <p>${contact.name}${m.comma}${contact.phone}</p>
        <p class="t-13 quiet">${fullMoment(order.placed_at)}</p>
        ${
          state === "awaiting_payment" && payment.due_at !== null
            ? html`<p class="t-13 wait">${s.due(fullMoment(payment.due_at))}</p>`
            : nothing
        }
      </div>
      <div>
        <ul class="goods">
          ${lines.map(
            (line) =>
              html`<li>
                ${line.code === null ? nothing : tag(line.code)}<span class="one-line grow"
                  >${line.title} ${line.variant_title}</span
                ><span class="quiet">${m.pieces(line.quantity)}</span>
              </li>`,
          )}
        </ul>
        <p class="t-13 quiet">${goesTo(order.fulfilment)}</p>
        <p>
          <b>${money(order.total, currency)}</b>
          <span class="t-13 quiet">${m.paymentMethods[payment.method]}</span>
        </p>
      </div>
      <div class="acts">
        ${acts.map(
          (act, n) =>
            html`<button
              class="btn btn-s ${
                act === "cancel" || act === "refund" ? "btn-stop" : n === 0 ? "btn-ink" : "btn-line"
              }"
              aria-label=${s.sureTo(s.acts[act], number)}
              @click=${() => this.ask(order, act)}
            >
              ${s.acts[act]}
            </button>`,
        )}
      </div>
    </article>`;
  }

  private ask(order: StaffOrder, act: StaffAct): void {
    this.attempt = requestId();
    this.wrong = "";
    this.asking = { order, act };
  }

  private sure(order: StaffOrder, act: StaffAct): TemplateResult {
    return html`<plusone-sheet
      heading=${s.sureTo(s.acts[act], order.number)}
      @close=${() => (this.asking = null)}
    >
      <form @submit=${(event: SubmitEvent) => void this.give(event, order, act)}>
        <p>${order.contact.name}${m.comma}${money(order.total, order.currency)}</p>
        <p class="t-13 quiet">${s.sureWords}</p>
        <label class="ask-for"
          ><span class="label">${s.noteForOrder}</span
          ><span class="field"><input name="note" maxlength="300" autocomplete="off" /></span
        ></label>
        ${this.wrong === "" ? nothing : html`<p class="wrong" role="alert">${this.wrong}</p>`}
        <button
          class="btn btn-wide ${act === "cancel" || act === "refund" ? "btn-stop" : "btn-ink"}"
          ?disabled=${this.busy}
        >
          ${s.acts[act]}
        </button>
        <button type="button" class="btn btn-wide" @click=${() => (this.asking = null)}>
          ${act === "cancel" ? m.keepOrder : s.cancel}
        </button>
      </form>
    </plusone-sheet>`;
  }

  private async give(event: SubmitEvent, { id }: StaffOrder, act: StaffAct): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const typed = new FormData(event.target as HTMLFormElement).get("note");
    const note = typeof typed === "string" ? typed.trim() : "";
    this.busy = true;
    this.wrong = "";
    try {
      const path = `/api/staff/orders/${encodeURIComponent(id)}/${act}`;
      const now = await ask<StaffOrder>("POST", path, {
        request_id: this.attempt,
        ...(note === "" ? {} : { note }),
      });
      this.orders = (this.orders ?? []).map((one) => (one.id === id ? { ...one, ...now } : one));
      this.asking = null;
    } catch (problem) {
      this.wrong = problemWords(problem);
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-staff-orders": StaffOrders;
  }
}
