import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "./check";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { firstSign, parts } from "../design/parts";
import { v } from "../i18n/consult";
import { left } from "../i18n/format";
import { Ticking } from "../design/ticking";
import { ask } from "../wire/http";
import type { Call } from "./call";
import { sign } from "./icons";
import frame from "./lobby.css?inline";
import { deskWords, waitWords } from "./wait";
import look from "./waiting.css?inline";
import type { CallAct, CallView, Consult, Place } from "./wire";

const longest_words = 500;

/**
 * From asking to talking: her place in the line, who is being called, or who asks her to talk. Tells
 * `act` with what she does instead, and `book` where she rather books a time.
 */
@customElement("plusone-consult-waiting")
export class WaitingRoom extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(frame), unsafeCSS(look)];

  @property({ attribute: false }) call!: Call;
  /** Changes with whatever the call says. */
  @property({ type: Number }) version = 0;
  @property() said = "";
  @state() private callMe = false;
  /** null until it is asked for, which it is where nobody is there. */
  @state() private bookable: boolean | null = null;

  constructor() {
    super();
    new Ticking(this, () => this.call.call?.phase === "invited");
  }

  private get nobody(): boolean {
    return this.call.call?.phase === "waiting" && this.call.place?.desks.open === 0;
  }

  protected override willUpdate(): void {
    if (this.bookable !== null || !this.nobody) return;
    this.bookable = false;
    // Where it is not known, nothing is offered.
    void ask<Consult>("GET", "/api/consult").then(
      ({ bookable }) => (this.bookable = bookable),
      () => undefined,
    );
  }

  override render(): unknown {
    const { call } = this.call;
    if (call === null) return nothing;
    return html`<main>
      <section class="card look">
        <plusone-check .devices=${this.call.media.devices}></plusone-check>
      </section>
      <section class="card">
        ${
          this.call.phase === "lost"
            ? html`<p class="lost" role="status">${icon("spin", 18, "turn")}${v.lineLostAll}</p>`
            : nothing
        }
        <div class="line" aria-live="polite">
          ${call.phase === "invited" ? this.invited(call) : this.inLine(call)}
        </div>
        ${
          this.said === ""
            ? nothing
            : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.said}</p>`
        }
        ${call.phase === "invited" ? this.answers() : this.instead()}
      </section>
    </main>`;
  }

  private inLine({ phase, staff, booking }: CallView): TemplateResult {
    const { place } = this.call;
    if (phase === "ringing") {
      const name = staff?.name ?? null;
      return html`<span class="who ring" aria-hidden="true"
          >${name === null ? sign("phone") : firstSign(name)}</span
        >
        <h1>${name === null ? v.ringingSomeone : v.ringing(name)}</h1>
        <p class="quiet">${v.stayHere}</p>`;
    }
    return html`${booking === null ? nothing : html`<p class="badge b-note">${v.booked}</p>`}
      <h1>${place === null ? v.inLine : place.place === 1 ? v.nextUp : v.placeNow(place.place)}</h1>
      ${place === null ? nothing : this.desks(place)}
      <p class="quiet">${this.nobody ? v.nobodyWait : v.stayHere}</p>`;
  }

  private desks(place: Place): TemplateResult {
    // Where one is free all the same, it is about to ring there, or she waits for another one.
    const words = place.desks.free > 0 ? nothing : deskWords({ desks: place.desks, free: false });
    return html`${words === nothing ? nothing : html`<p class="status b-wait">${words}</p>`}
    ${this.nobody ? nothing : html`<p class="long">${waitWords(place.least_ms, place.most_ms)}</p>`}`;
  }

  private invited({ staff, until }: CallView): TemplateResult {
    const name = staff?.name ?? v.staff;
    return html`<span class="who ring" aria-hidden="true">${firstSign(name)}</span>
      <h1>${v.invited(name)}</h1>
      <p class="quiet">${v.invitedWords}</p>
      ${
        until === null
          ? nothing
          : html`<p class="t-13 faint" aria-hidden="true">
              ${v.validFor(left(until - this.call.now()))}
            </p>`
      }`;
  }

  private answers(): TemplateResult {
    return html`<div class="others">
      <button class="btn btn-wide go answer" @click=${() => this.accept()}>
        ${sign("camera", 20)}${v.accept}
      </button>
      <button class="btn btn-soft btn-wide" @click=${() => this.tell({ type: "decline" })}>
        ${v.notNow}
      </button>
    </div>`;
  }

  private accept(): void {
    // The press is also the yes to the browser's question.
    void this.call.media.start();
    this.tell({ type: "accept" });
  }

  private instead(): TemplateResult {
    if (this.callMe) {
      return html`<form @submit=${this.callBack}>
        <label class="ask-for"
          ><span class="label">${v.callMeWords}</span
          ><span class="field">
            <textarea name="text" rows="2" maxlength=${longest_words}></textarea></span
        ></label>
        <button class="btn btn-ink btn-wide">${sign("phone", 20)}${v.callMe}</button>
        <button type="button" class="btn btn-soft btn-wide" @click=${() => (this.callMe = false)}>
          ${v.waitOn}
        </button>
      </form>`;
    }
    return html`<div class="others">
      <button
        class="btn ${this.nobody ? "btn-ink" : "btn-line"} btn-wide"
        @click=${this.askCallBack}
      >
        ${sign("phone", 20)}${v.callMe}
      </button>
      <button class="btn btn-line btn-wide" @click=${() => this.tell({ type: "chat" })}>
        ${icon("chat", 20)}${v.writeInstead}
      </button>
      ${
        this.nobody && this.bookable === true
          ? html`<button
              class="btn btn-line btn-wide"
              @click=${() => this.dispatchEvent(new Event("book"))}
            >
              ${sign("calendar", 20)}${v.book}
            </button>`
          : nothing
      }
      <button class="btn btn-soft btn-wide" @click=${() => this.tell({ type: "leave" })}>
        ${v.leaveLine}
      </button>
    </div>`;
  }

  private readonly askCallBack = (): void => {
    this.callMe = true;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>("textarea")?.focus(),
    );
  };

  private readonly callBack = (event: SubmitEvent): void => {
    event.preventDefault();
    const value = new FormData(event.target as HTMLFormElement).get("text");
    const text = typeof value === "string" ? value.trim() : "";
    this.tell({ type: "callback", ...(text !== "" && { text }) });
  };

  private tell(detail: CallAct): void {
    this.dispatchEvent(new CustomEvent<CallAct>("act", { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-consult-waiting": WaitingRoom;
  }
}
