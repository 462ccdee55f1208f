import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { k } from "../i18n/calls";
import { d } from "../i18n/desk";
import { clock, dayOf, longDay } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { ask } from "../wire/http";
import { side } from "./side-look";
import type { Booking } from "./wire";
import { aboutWords } from "./words";

const spans = [1, 14] as const;
const minute_ms = 60_000;
const looked_every_ms = 60_000;

/** Who has booked a call with her; of operators, with anybody. Tells `call` with one's id. */
@customElement("plusone-rep-bookings")
export class RepBookings extends PlusoneElement {
  static override styles = [
    parts,
    side,
    css`
      .box {
        display: grid;
        gap: var(--s-3);
        grid-template-columns: minmax(0, 1fr);
      }
      .spans {
        display: flex;
        gap: 2px;
        padding: 2px;
        border-radius: 10px;
        background: var(--sunken);
      }
      .spans button {
        min-block-size: 28px;
        padding-inline: 10px;
        border-radius: 8px;
        color: var(--ink-2);
        font-size: var(--t-12);
        font-weight: var(--w-name);
      }
      .spans [aria-pressed="true"] {
        background: var(--raised);
        color: var(--ink);
        box-shadow: var(--shadow-rest);
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-start;
        gap: var(--s-2) var(--s-3);
        padding-block: var(--s-2);
        border-block-end: 1px solid var(--line);
      }
      li:last-child {
        border: 0;
      }
      .day {
        border: 0;
        padding-block: var(--s-2) 0;
        color: var(--ink-2);
        font-weight: var(--w-name);
      }
      time {
        flex: none;
        min-inline-size: 48px;
        font-size: var(--t-14);
        line-height: var(--l-14);
        font-weight: var(--w-strong);
      }
      .name {
        font-size: var(--t-14);
        line-height: var(--l-14);
      }
      .off {
        color: var(--ink-3);
        text-decoration: line-through;
      }
      .sure {
        flex: 1 0 100%;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s-2);
        padding: var(--s-2) var(--s-3);
        border-radius: 10px;
        background: var(--wait-wash);
        color: var(--wait);
      }
      .sure .btn-line {
        color: var(--ink);
      }
      @media (max-width: 799px) {
        .spans button {
          min-block-size: 40px;
        }
      }
    `,
  ];

  /** Her own id: of others' bookings it is said whose they are. */
  @property() own = "";
  @state() private days: (typeof spans)[number] = 1;
  @state() private bookings: readonly Booking[] | null = null;
  @state() private problem: unknown = null;
  /** Asked about before it is cancelled. */
  @state() private sure: string | null = null;
  @state() private busy = false;
  @state() private done = "";
  private asked = 0;
  private looking: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("focus", this.refresh);
    this.looking = setInterval(this.refresh, looked_every_ms);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("focus", this.refresh);
    clearInterval(this.looking);
  }

  private readonly refresh = (): void => void this.load();

  private async load(): Promise<void> {
    const mine = (this.asked += 1);
    this.problem = null;
    try {
      const from = new Date().setHours(0, 0, 0, 0);
      const query = `from=${from}&days=${this.days}`;
      const path = `/api/staff/consult/bookings?${query}`;
      const { bookings } = await ask<{ bookings: Booking[] }>("GET", path);
      if (mine === this.asked) this.bookings = bookings;
    } catch (problem) {
      if (mine === this.asked) this.problem = problem;
    }
  }

  override render(): TemplateResult {
    return html`<section class="box" aria-label=${k.bookings}>
      <div class="row">
        <h3>${k.bookings}</h3>
        <span class="spans end" role="group" aria-label=${k.bookings}
          >${spans.map(
            (days) =>
              html`<button
                aria-pressed=${days === this.days}
                @click=${() => {
                  this.days = days;
                  void this.load();
                }}
              >
                ${days === 1 ? k.today : k.nextDays}
              </button>`,
          )}</span
        >
      </div>
      ${this.content()}
      <p class="said" role="status">${this.done}</p>
    </section>`;
  }

  private content(): TemplateResult {
    if (this.problem !== null && this.bookings === null) {
      return html`<div class="empty" role="alert">
        <p>${problemWords(this.problem)}</p>
        <button class="btn btn-s btn-line" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (this.bookings === null) return html`<p class="empty" role="status">${m.loading}</p>`;
    if (this.bookings.length === 0) return html`<p class="empty">${k.noBookings}</p>`;
    let day = "";
    return html`<ul>
      ${repeat(
        this.bookings,
        ({ id }) => id,
        (one) => {
          const at = dayOf(one.starts_at);
          const heads = this.days > 1 && at !== day;
          day = at;
          return html`${
            heads ? html`<li class="day">${longDay(one.starts_at)}</li>` : nothing
          }${this.row(one)}`;
        },
      )}
    </ul>`;
  }

  private row(one: Booking): TemplateResult {
    const { id, name, starts_at, ends_at, state, staff, text, call, email } = one;
    const called = name ?? d.noName;
    const facts = [
      k.minutes(Math.round((ends_at - starts_at) / minute_ms)),
      aboutWords(one),
      d.languages[one.locale] ?? "",
      staff.id === this.own ? "" : k.withStaff(staff.name ?? ""),
    ].filter((words) => words !== "");
    const off = state === "cancelled";
    return html`<li>
      <time class=${off ? "off" : ""}>${clock(starts_at)}</time>
      <span class="grow col"
        ><span class="name one-line ${off ? "off" : ""}">${called}</span
        ><span class="quiet">${facts.join(m.comma)}</span
        >${email == null ? nothing : html`<span class="t-12 faint one-line">${email}</span>`}${
          text === null ? nothing : html`<span>${text}</span>`
        }</span
      >
      ${
        off
          ? html`<span class="badge b-plain">${k.isCancelled}</span>`
          : call !== null
            ? html`<button
                class="btn btn-s btn-line"
                @click=${() =>
                  this.dispatchEvent(new CustomEvent<string>("call", { detail: call }))}
              >
                ${icon("video", 16)}${k.calls}
              </button>`
            : ends_at < Date.now()
              ? nothing
              : html`<button
                  class="btn btn-s btn-line"
                  aria-expanded=${this.sure === id}
                  @click=${() => void this.ask(id)}
                >
                  ${k.cancel}
                </button>`
      }
      ${
        this.sure === id
          ? html`<div class="sure" role="alert">
              <span class="grow">${k.cancelSure(called)}</span
              ><button
                class="btn btn-s btn-stop"
                ?disabled=${this.busy}
                @click=${() => void this.cancel(id)}
              >
                ${k.cancelNow}</button
              ><button class="btn btn-s btn-line" @click=${() => (this.sure = null)}>
                ${k.keep}
              </button>
            </div>`
          : nothing
      }
    </li>`;
  }

  private async ask(id: string): Promise<void> {
    this.sure = id;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".sure .btn-line")?.focus();
  }

  private async cancel(id: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await ask("DELETE", `/api/staff/consult/bookings/${encodeURIComponent(id)}`);
      this.sure = null;
      this.done = k.cancelled;
      await this.load();
    } catch (problem) {
      this.dispatchEvent(new CustomEvent("told", { detail: problemWords(problem) }));
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-rep-bookings": RepBookings;
  }
}
