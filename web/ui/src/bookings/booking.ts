import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import "./slots";
import type { About } from "../consult/wire";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { b } from "../i18n/bookings";
import { locale, m } from "../i18n/index";
import { becomeGuest, loadSession, session } from "../session/session";
import { ask, Problem, requestId } from "../wire/http";
import look from "./booking.css?inline";
import { calendar } from "./icons";
import type { SlotPicker } from "./slots";
import { ownZone, sameClock, clockIn } from "./times";
import { type Booked, lengths, type Minutes, type OwnBooking } from "./wire";
import { bookingProblem, momentIn, othersOf } from "./words";

type FieldName = "name" | "email";

const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const longest_name = 40;
const longest_text = 500;

/**
 * To book a talk face to face at a time of her choice. Tells `booked` (the booking and its token) once
 * it is; then shows what was booked and the way to it.
 */
@customElement("plusone-booking")
export class BookingForm extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  /** What she was looking at. */
  @property({ attribute: false }) about: About | null = null;
  /** What the shop's people know of. */
  @property({ attribute: false }) topics: readonly string[] = [];

  @state() private minutes: Minutes = 30;
  @state() private topic: string | null = null;
  @state() private at: number | null = null;
  @state() private wrong = new Set<FieldName | "time">();
  @state() private noEmail = false;
  @state() private said = "";
  @state() private busy = false;
  @state() private done: Booked | null = null;
  @state() private own: readonly OwnBooking[] = [];
  @query("plusone-slots") private readonly picker!: SlotPicker | null;
  private readonly zone = ownZone();
  private attempt = requestId();

  override connectedCallback(): void {
    super.connectedCallback();
    void this.meet();
  }

  /** Who she is, and what she has booked already; not to know it hinders nothing. */
  private async meet(): Promise<void> {
    try {
      const { person } = await loadSession();
      this.requestUpdate();
      if (person.kind !== "guest" && person.kind !== "customer") return;
      const { bookings } = await ask<{ bookings: OwnBooking[] }>("GET", "/api/consult/bookings");
      const now = Date.now();
      this.own = bookings
        .filter(({ state: stands, ends_at }) => stands === "booked" && ends_at > now)
        .sort((one, other) => one.starts_at - other.starts_at);
    } catch {
      // the form is there all the same
    }
  }

  override render(): TemplateResult {
    if (this.done !== null) return this.booked(this.done);
    return html`${this.ahead()}
      <form novalidate @submit=${this.submit}>
        <fieldset>
          <legend>${b.howLong}</legend>
          <div class="choices">
            ${lengths.map((minutes) =>
              choice("minutes", b.minutes(minutes), minutes === this.minutes, () => {
                this.minutes = minutes;
              }),
            )}
          </div>
        </fieldset>
        ${this.topics.length === 0 ? nothing : this.subjects()}
        <section>
          <h2>${b.when}</h2>
          <plusone-slots
            .minutes=${this.minutes}
            .topic=${this.topic}
            language=${locale}
            wrong=${this.wrong.has("time") ? b.chooseTime : ""}
            @pick=${({ detail }: CustomEvent<number | null>) => this.pick(detail)}
          ></plusone-slots>
        </section>
        <section>
          <h2>${b.who}</h2>
          <div class="fields">
            <div class="pair">${this.nameField()}${this.emailField()}</div>
            <label class="ask-for"
              ><span class="label">${b.text}</span
              ><span class="field">
                <textarea
                  name="text"
                  rows="2"
                  maxlength=${longest_text}
                  placeholder=${b.textHint}
                ></textarea></span
            ></label>
          </div>
        </section>
        <div class="foot">
          ${
            this.said === ""
              ? nothing
              : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.said}</p>`
          }
          <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>
            ${this.at === null ? b.book : b.bookAt(momentIn(this.at, this.zone))}
          </button>
        </div>
      </form>`;
  }

  private ahead(): unknown {
    if (this.own.length === 0) return nothing;
    return html`<div class="own">
      <b>${b.alreadyBooked}</b>
      ${this.own.map(
        ({ token, starts_at }) =>
          html`<a href=${`/bookings/${encodeURIComponent(token)}`}
            >${calendar}<span class="grow">${momentIn(starts_at, this.zone)}</span
            >${icon("right", 18)}</a
          >`,
      )}
    </div>`;
  }

  private subjects(): TemplateResult {
    return html`<fieldset>
      <legend>${b.whatAbout}</legend>
      <div class="choices">
        ${choice("topic", b.anything, this.topic === null, () => (this.topic = null))}
        ${this.topics.map((topic) =>
          choice("topic", topic, topic === this.topic, () => (this.topic = topic)),
        )}
      </div>
    </fieldset>`;
  }

  private nameField(): TemplateResult {
    const bad = this.wrong.has("name");
    return html`<label class="ask-for"
      ><span class="label">${b.name}</span
      ><span class="field"
        ><input
          name="name"
          autocomplete="name"
          maxlength=${longest_name}
          required
          .defaultValue=${session?.person.name ?? ""}
          aria-invalid=${bad}
          aria-describedby=${bad ? "wrong-name" : nothing}
          @input=${() => this.right("name")} /></span
      >${bad ? html`<span class="wrong" id="wrong-name">${m.fillThisIn}</span>` : nothing}</label
    >`;
  }

  private emailField(): TemplateResult {
    const bad = this.wrong.has("email");
    return html`<label class="ask-for"
      ><span class="label">${b.email}</span
      ><span class="field"
        ><input
          name="email"
          type="email"
          inputmode="email"
          autocomplete="email"
          maxlength="254"
          required
          .defaultValue=${session?.person.email ?? ""}
          aria-invalid=${bad}
          aria-describedby=${bad ? "wrong-email" : "why-email"}
          @input=${() => this.right("email")} /></span
      >${
        bad
          ? html`<span class="wrong" id="wrong-email">
              ${this.noEmail ? m.fillThisIn : m.emailLooksWrong}</span
            >`
          : html`<span class="t-13 quiet" id="why-email">${b.emailWhy}</span>`
      }</label
    >`;
  }

  private pick(at: number | null): void {
    this.at = at;
    // Another time is another request: sent again, it must not be taken for the one before.
    this.attempt = requestId();
    if (at !== null) this.right("time");
  }

  private right(field: FieldName | "time"): void {
    if (!this.wrong.has(field)) return;
    this.wrong = new Set([...this.wrong].filter((one) => one !== field));
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const data = new FormData(event.target as HTMLFormElement);
    const typed = (name: string): string => {
      const value = data.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const [name, address, text] = [typed("name"), typed("email"), typed("text")];
    this.said = "";
    this.noEmail = address === "";
    this.wrong = new Set([
      ...(this.at === null ? (["time"] as const) : []),
      ...(name === "" ? (["name"] as const) : []),
      ...(email.test(address) ? [] : (["email"] as const)),
    ]);
    if (this.at === null || this.wrong.size > 0) return this.toWrong();
    this.busy = true;
    try {
      if (session?.person.kind === "nobody") await becomeGuest(name);
      this.done = await ask<Booked>("POST", "/api/consult/bookings", {
        starts_at: this.at,
        minutes: this.minutes,
        topic: this.topic,
        locale,
        name,
        email: address,
        about: this.about && asked(this.about),
        text: text === "" ? null : text,
        request_id: this.attempt,
      });
      this.attempt = requestId();
      this.dispatchEvent(new CustomEvent<Booked>("booked", { detail: this.done }));
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>("h2")?.focus();
    } catch (problem) {
      await this.failed(problem);
    } finally {
      this.busy = false;
    }
  };

  private async failed(problem: unknown): Promise<void> {
    const others = othersOf(problem);
    if (others !== null) return this.picker?.taken(others);
    const fields = problem instanceof Problem ? problem.data.fields : undefined;
    const named = Object.keys(fields ?? {}).filter((one) => one === "name" || one === "email");
    if (named.length === 0) {
      this.said = bookingProblem(problem);
      return;
    }
    this.wrong = new Set(named);
    return this.toWrong();
  }

  /** Puts the focus on the first thing that is to be mended. */
  private async toWrong(): Promise<void> {
    await this.updateComplete;
    if (this.wrong.has("time")) this.picker?.focus();
    else this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  private booked({ booking, token }: Booked): TemplateResult {
    const { starts_at, ends_at, staff, email: address } = booking;
    const there = `/bookings/${encodeURIComponent(token)}`;
    const shop = session?.shop.time_zone ?? this.zone;
    return html`<div class="done">
      <h2 tabindex="-1">${icon("check", 24, "held")}${b.booked}</h2>
      <div>
        <p class="strong when">${momentIn(starts_at, this.zone)}</p>
        <p class="quiet">
          ${b.minutes((ends_at - starts_at) / 60_000)}${m.comma}${
            staff.name === null ? b.withTeam : b.withWhom(staff.name)
          }${
            sameClock(starts_at, this.zone, shop)
              ? nothing
              : `${m.comma}${b.atShop(clockIn(starts_at, shop))}`
          }
        </p>
      </div>
      <p>${b.bookedWords(address ?? "")}</p>
      <div class="row">
        <a class="btn btn-ink" href=${there}>${b.see}</a>
        <a class="btn btn-line" href=${`/api${there}/calendar.ics`} download
          >${calendar}${b.calendar}</a
        >
      </div>
    </div>`;
  }
}

/** Only the ids: what they are called is known to the service. */
function asked({ show, item, product }: About): About | null {
  return show === null && item === null && product === null ? null : { show, item, product };
}

function choice(name: string, label: string, checked: boolean, chosen: () => void): TemplateResult {
  return html`<label class="chip"
    ><input
      class="said"
      type="radio"
      name=${name}
      .checked=${checked}
      @change=${chosen}
    />${label}</label
  >`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-booking": BookingForm;
  }
}
