import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import "../design/header";
import "../design/sheet";
import "./slots";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { Ticking } from "../design/ticking";
import { b } from "../i18n/bookings";
import { m } from "../i18n/index";
import { becomeGuest, loadSession, session } from "../session/session";
import { ask, Problem, requestId } from "../wire/http";
import { calendar } from "./icons";
import look from "./page.css?inline";
import type { SlotPicker } from "./slots";
import {
  clockIn,
  dateIn,
  early_ms,
  ownZone,
  sameClock,
  type Stand,
  standOf,
  until,
  zoneName,
} from "./times";
import type { Booked, Booking } from "./wire";
import { bookingProblem, momentIn, othersOf } from "./words";

/** What became of it is asked for so often when its time is near, and every so many times else. */
const look_again_ms = 15_000;
const seldom = 4;

/** One booking, for whoever has its link: when, with whom, and what may still be done. */
@customElement("plusone-booking-page")
export class BookingPage extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @state() private booking: Booking | null = null;
  @state() private problem: unknown = null;
  @state() private sheet: "move" | "cancel" | null = null;
  @state() private to: number | null = null;
  @state() private said = "";
  @state() private wrong = "";
  @state() private busy = false;
  @query("plusone-slots") private readonly picker!: SlotPicker | null;
  private token = location.pathname.split("/")[2] ?? "";
  private readonly zone = ownZone();
  private timer: ReturnType<typeof setInterval> | undefined;
  private looked = 0;
  /** What was asked for before it was changed says nothing of how it stands now. */
  private asked = 0;
  private attempt = requestId();

  constructor() {
    super();
    new Ticking(this, () => this.booking?.may.move === true || this.booking?.may.enter === true);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    loadSession().then(
      () => this.requestUpdate(),
      () => undefined,
    );
    this.timer = setInterval(this.again, look_again_ms);
    document.addEventListener("visibilitychange", this.again);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.again);
  }

  private readonly again = (): void => {
    const { booking } = this;
    this.looked += 1;
    if (document.visibilityState !== "visible" || booking === null) return;
    const near = booking.may.enter || Date.now() > booking.starts_at - early_ms - look_again_ms;
    if (near || this.looked % seldom === 0) void this.load();
  };

  private get path(): string {
    return `/api/bookings/${this.token}`;
  }

  private async load(): Promise<void> {
    const mine = (this.asked += 1);
    try {
      const { booking } = await ask<{ booking: Booking }>("GET", this.path);
      if (mine !== this.asked) return;
      this.booking = booking;
      this.problem = null;
    } catch (problem) {
      if (mine !== this.asked) return;
      // What is known of it stays, until it is known that there is none.
      if (this.booking === null || isMissing(problem)) {
        this.booking = null;
        this.problem = problem;
      }
    }
  }

  override render(): TemplateResult {
    document.title = [b.consultation, session?.shop.name].filter(Boolean).join("｜");
    return html`<plusone-header></plusone-header>
      <main>${this.booking === null ? this.waiting() : this.whole(this.booking)}</main>
      ${this.booking === null ? nothing : this.asking(this.booking)}`;
  }

  private waiting(): TemplateResult {
    if (this.problem === null) {
      return html`<p class="middle quiet" role="status">${m.loading}</p>`;
    }
    if (isMissing(this.problem)) {
      return html`<div class="middle" role="alert">
        <h1>${b.noBooking}</h1>
        <p class="quiet">${b.noBookingWords}</p>
        <a class="btn btn-line" href="/consult">${b.toConsult}</a>
      </div>`;
    }
    return html`<div class="middle" role="alert">
      <p>${bookingProblem(this.problem)}</p>
      <button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>
    </div>`;
  }

  private whole(booking: Booking): TemplateResult {
    const stand = standOf(booking);
    const over = stand !== "ahead" && stand !== "open";
    return html`<article class=${over ? "over" : ""}>
      <header class="row top">
        <span class="row t-14 quiet">${icon("video", 18)}${b.consultation}</span>
        ${badge(stand)}
      </header>
      ${over ? this.past(booking, stand) : this.coming(booking)} ${this.facts(booking)}
      ${this.said === "" ? nothing : html`<p class="held strong" role="status">${this.said}</p>`}
      ${over ? nothing : this.entrance(booking, stand)}
      ${
        this.wrong === "" || this.sheet !== null
          ? nothing
          : html`<p class="stop" role="alert">${this.wrong}</p>`
      }
      ${this.acts(booking, stand)}
    </article>`;
  }

  private coming({ starts_at, ends_at }: Booking): TemplateResult {
    return html`<div>
      <h1>${dateIn(starts_at, this.zone)}</h1>
      <p class="clock">${clockIn(starts_at, this.zone)}</p>
      <p class="quiet">
        <time datetime=${new Date(starts_at).toISOString()}
          >${b.minutes((ends_at - starts_at) / 60_000)}${m.comma}${zoneName(starts_at, this.zone)}</time
        >${this.atShop(starts_at)}
      </p>
    </div>`;
  }

  private atShop(at: number): string {
    const shop = session?.shop.time_zone ?? this.zone;
    return sameClock(at, this.zone, shop) ? "" : `${m.comma}${b.atShop(clockIn(at, shop))}`;
  }

  private past({ starts_at }: Booking, stand: Stand): TemplateResult {
    const words: Partial<Record<Stand, [string, string]>> = {
      cancelled: [b.cancelled, ""],
      held: [b.held, b.heldWords],
      missed: [b.missed, b.missedWords],
    };
    const [heading, more] = words[stand] ?? ["", ""];
    return html`<div>
      <h1>${heading}</h1>
      <p class="when">${momentIn(starts_at, this.zone)}</p>
      ${more === "" ? nothing : html`<p>${more}</p>`}
    </div>`;
  }

  private facts({ staff, topic, text }: Booking): unknown {
    const told: [string, string | null][] = [
      [b.staff, staff.name],
      [b.topic, topic],
      [b.yourWords, text],
    ];
    const known = told.filter(([, what]) => what !== null);
    if (known.length === 0) return nothing;
    return html`<dl>
      ${known.map(
        ([label, what]) =>
          html`<dt>${label}</dt>
            <dd class="typed">${what}</dd>`,
      )}
    </dl>`;
  }

  private entrance({ starts_at }: Booking, stand: Stand): TemplateResult {
    const now = Date.now();
    if (stand === "ahead") {
      return html`<div class="enter">
        <b>${b.startsIn(until(starts_at, now))}</b>
        <p class="t-14 quiet">${b.enterFrom(clockIn(starts_at - early_ms, this.zone))}</p>
      </div>`;
    }
    return html`<div class="enter open">
      <b>${now >= starts_at ? b.started : b.startsIn(until(starts_at, now))}</b>
      <p class="t-14">${b.enterNow}</p>
      <button class="btn btn-ink btn-wide" ?disabled=${this.busy} @click=${this.enter}>
        ${icon("video", 20)}${b.enter}
      </button>
    </div>`;
  }

  private acts({ may, call }: Booking, stand: Stand): unknown {
    if (stand === "held" && call !== null) {
      return html`<div class="acts">
        <a class="btn btn-ink" href=${`/consult/${encodeURIComponent(call)}`}>${b.lookAgain}</a>
        ${
          session?.person.kind === "staff"
            ? nothing
            : html`<button class="btn btn-line" @click=${this.write}>
                ${icon("chat", 20)}${b.chatOn}
              </button>`
        }
        <a class="btn btn-line" href="/consult?book">${b.again}</a>
      </div>`;
    }
    if (stand !== "ahead" && stand !== "open") {
      return html`<div class="acts">
        <a class="btn btn-ink" href="/consult?book">${b.again}</a>
      </div>`;
    }
    return html`<div class="acts">
      <a class="btn btn-line" href=${`${this.path}/calendar.ics`} download
        >${calendar}${b.calendar}</a
      >
      ${
        may.move
          ? html`<button class="btn btn-line" @click=${() => this.open("move")}>
              ${icon("clock", 20)}${b.move}
            </button>`
          : nothing
      }
      ${
        may.cancel
          ? html`<button class="btn btn-stop" @click=${() => this.open("cancel")}>
              ${b.cancel}
            </button>`
          : nothing
      }
    </div>`;
  }

  private open(sheet: "move" | "cancel"): void {
    this.sheet = sheet;
    this.to = null;
    this.wrong = this.said = "";
  }

  private asking(booking: Booking): unknown {
    const wrong =
      this.wrong === "" ? nothing : html`<p class="stop" role="alert">${this.wrong}</p>`;
    switch (this.sheet) {
      case null:
        return nothing;
      case "cancel":
        return html`<plusone-sheet heading=${b.cancelSure} @close=${this.shut}>
          <div class="asked">
            <p><b>${momentIn(booking.starts_at, this.zone)}</b><br />${b.cancelWords}</p>
            ${wrong}
            <button class="btn btn-stop" ?disabled=${this.busy} @click=${this.cancel}>
              ${b.cancelYes}
            </button>
            <button class="btn btn-soft" @click=${this.shut}>${b.keep}</button>
          </div>
        </plusone-sheet>`;
      case "move":
        return html`<plusone-sheet heading=${b.move} @close=${this.shut}>
          <div class="asked">
            <plusone-slots
              .minutes=${(booking.ends_at - booking.starts_at) / 60_000}
              .topic=${booking.topic}
              language=${booking.locale}
              @pick=${({ detail }: CustomEvent<number | null>) => {
                this.to = detail;
                this.attempt = requestId();
              }}
            ></plusone-slots>
            ${wrong}
          </div>
          <div slot="foot" class="go">
            <button
              class="btn btn-ink btn-wide"
              ?disabled=${this.busy || this.to === null}
              @click=${this.move}
            >
              ${this.to === null ? b.chooseTime : b.moveTo(momentIn(this.to, this.zone))}
            </button>
          </div>
        </plusone-sheet>`;
    }
  }

  private readonly shut = (): void => {
    this.sheet = null;
    this.wrong = "";
  };

  private readonly enter = async (): Promise<void> => {
    await this.attemptTo(async () => {
      const { person } = await loadSession();
      // On a device where she is nobody yet: the link is her right to come in.
      if (person.kind === "nobody") await becomeGuest(this.booking?.name ?? b.consultation);
      try {
        const { call } = await ask<{ call: string }>("POST", `${this.path}/call`, {});
        location.assign(`/consult/${encodeURIComponent(call)}`);
      } catch (problem) {
        // It was held since the page looked, and the page then says so itself.
        if (!(problem instanceof Problem) || problem.code !== "held") throw problem;
        await this.load();
      }
    });
  };

  private readonly write = (): void => document.querySelector("plusone-chat")?.show();

  private readonly move = async (): Promise<void> => {
    const { to } = this;
    if (to === null) return;
    await this.attemptTo(async () => {
      const body = { starts_at: to, request_id: this.attempt };
      try {
        const { booking, token } = await ask<Booked>("PATCH", this.path, body);
        this.asked += 1;
        this.booking = booking;
        // The link says how long it leads here, and so is another.
        this.token = token;
        history.replaceState(null, "", `/bookings/${token}`);
        this.said = b.moved;
        this.sheet = null;
      } catch (problem) {
        const others = othersOf(problem);
        if (others === null) throw problem;
        await this.picker?.taken(others);
      }
    });
  };

  private readonly cancel = async (): Promise<void> => {
    await this.attemptTo(async () => {
      const { booking } = await ask<{ booking: Booking }>("DELETE", this.path);
      this.asked += 1;
      this.booking = booking;
      this.sheet = null;
    });
  };

  private async attemptTo(what: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.wrong = "";
    try {
      await what();
    } catch (problem) {
      this.wrong = bookingProblem(problem);
    } finally {
      this.busy = false;
    }
  }
}

/** The link leads nowhere: it is no link of ours, or what it led to is gone. */
function isMissing(problem: unknown): boolean {
  return problem instanceof Problem && ["not_found", "bad_request"].includes(problem.code);
}

function badge(stand: Stand): TemplateResult {
  const looks: Record<Stand, string> = {
    ahead: "b-held",
    open: "b-held",
    held: "b-plain",
    missed: "b-plain",
    cancelled: "b-stop",
  };
  return html`<span class="badge ${looks[stand]}">${b.states[stand]}</span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-booking-page": BookingPage;
  }
}
