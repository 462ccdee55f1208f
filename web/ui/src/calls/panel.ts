import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "./bookings";
import type { CallRow } from "../consult/wire";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, who } from "../design/parts";
import { Ticking } from "../design/ticking";
import { k } from "../i18n/calls";
import { d } from "../i18n/desk";
import { moment } from "../i18n/format";
import { m } from "../i18n/index";
import { ask } from "../wire/http";
import type { CallsBoard } from "./board";
import { askLeave, leaveNow } from "./notice";
import look from "./panel.css?inline";
import { inOrder, longestFirst } from "./rows";
import { side } from "./side-look";
import type { CallCustomer } from "./wire";
import { aboutWords, callWords, lastedWords } from "./words";

const late_ms = 3 * 60_000;

/**
 * Who wants to talk face to face: who waits, who is to be called back, who has booked. Tells
 * `answer` and `call` with a call's id, `talk` and `invite` with a conversation's, `told` with
 * words, `hours` and `check` where those are wanted.
 */
@customElement("plusone-calls-panel")
export class CallsPanel extends PlusoneElement {
  static override styles = [parts, side, unsafeCSS(look)];

  @property({ attribute: false }) board!: CallsBoard;
  @property() own = "";
  /** She has tried her camera and microphone before. */
  @property({ type: Boolean }) checked = false;
  @state() private leave = leaveNow();
  @state() private busy: string | null = null;
  private unwatch: (() => void) | null = null;

  constructor() {
    super();
    new Ticking(this, () => (this.board.board?.waiting.length ?? 0) > 0);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = this.board.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
  }

  /** Puts the focus where this has just come onto the screen. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>("h2")?.focus();
  }

  override render(): TemplateResult {
    const { board } = this.board;
    // At whom it rings is there as well.
    const there = (board?.there.length ?? 0) + (board?.rings == null ? 0 : 1);
    return html`<div class="head">
        <div class="grow col">
          <h2 tabindex="-1">${k.calls}</h2>
          <p class="quiet">
            ${board === null ? m.loading : there === 0 ? k.nobodyThere : k.thereNow(there)}
          </p>
        </div>
        <div class="acts">
          <button class="btn btn-s btn-line" @click=${() => this.say("hours")}>
            ${icon("clock", 16)}${k.yourHours}</button
          ><button class="btn btn-s btn-line" @click=${() => this.say("check")}>
            ${icon(this.checked ? "check" : "video", 16)}${k.check}
          </button>
          ${this.notices()}
        </div>
      </div>
      ${
        this.board.phase === "lost"
          ? html`<div class="strip" role="status">
              ${icon("offline", 16)}<span class="grow">${k.notReachedYet}</span
              ><button @click=${this.board.retry}>${m.retryNow}</button>
            </div>`
          : nothing
      }
      ${
        this.checked
          ? nothing
          : html`<div class="first">
              ${icon("video", 20)}<span class="grow">${k.checkFirst}</span
              ><button class="btn btn-s btn-line" @click=${() => this.say("check")}>
                ${k.check}
              </button>
            </div>`
      }
      <div class="cards">
        ${this.waiting()} ${this.callbacks()}
        <plusone-rep-bookings
          own=${this.own}
          @call=${this.pass}
          @told=${this.pass}
        ></plusone-rep-bookings>
      </div>`;
  }

  private notices(): unknown {
    switch (this.leave) {
      case "open":
        return html`<button
          class="btn btn-s btn-line"
          @click=${async () => (this.leave = await askLeave())}
        >
          ${icon("loud", 16)}${k.notices}
        </button>`;
      case "given":
        return html`<span class="badge b-held">${icon("check", 16)}${k.noticesOn}</span>`;
      case "refused":
        return html`<span class="t-12 faint">${k.noticesRefused}</span>`;
      case "impossible":
        return nothing;
    }
  }

  private waiting(): TemplateResult {
    const { board } = this.board;
    const { rings = null, waiting = [] } = board ?? {};
    const rows = inOrder(rings === null ? waiting : [rings, ...waiting], this.own);
    return html`<section class="box" aria-label=${k.waiting}>
      <h3 class="row">
        ${k.waiting}${rows.length === 0 ? nothing : html`<span class="count">${rows.length}</span>`}
      </h3>
      ${
        board === null
          ? html`<p class="empty" role="status">${m.loading}</p>`
          : rows.length === 0
            ? html`<p class="empty"><b>${k.nobodyWaits}</b>${k.nobodyWaitsWords}</p>`
            : html`<ol class="rows">
                ${repeat(
                  rows,
                  ({ id }) => id,
                  (row) => this.waits(row),
                )}
              </ol>`
      }
    </section>`;
  }

  private waits(row: CallRow): TemplateResult {
    const { id, asked_at, text, booking, wanted, phase, staff, staff_name } = row;
    const now = this.board.now();
    const name = row.name ?? d.noName;
    const elsewhere = phase === "ringing" && staff !== this.own;
    const about = aboutWords(row);
    return html`<li>
      ${who(name, false)}
      <span class="col"
        ><span class="name one-line">${name}</span
        ><span class=${now - asked_at >= late_ms ? "late" : "quiet"}
          >${k.waited(lastedWords(asked_at, now))}</span
        ></span
      >
      <button
        class="btn btn-s ${elsewhere ? "btn-line" : "btn-ink"}"
        aria-label=${k.pickOf(name)}
        ?disabled=${elsewhere}
        @click=${() => this.dispatchEvent(new CustomEvent<string>("answer", { detail: id }))}
      >
        ${icon("video", 16)}${k.pick}
      </button>
      <div class="below">
        <span class="facts"
          >${about === "" ? nothing : html`<span class="badge b-plain">${about}</span>`}${
            booking === null
              ? nothing
              : html`<span class="badge b-note"
                  >${wanted === this.own ? k.bookedWithYou : k.booked}</span
                >`
          }<span class="badge b-plain">${d.languages[row.locale] ?? row.locale}</span>${
            elsewhere
              ? html`<span class="badge b-wait">${k.ringsAt(staff_name ?? "")}</span>`
              : nothing
          }</span
        >
        ${text === null ? nothing : html`<p class="text">${text}</p>`}
      </div>
    </li>`;
  }

  private callbacks(): TemplateResult {
    const rows = longestFirst(this.board.board?.callbacks ?? []);
    return html`<section class="box" aria-label=${k.callbacks}>
      <h3 class="row">
        ${k.callbacks}${
          rows.length === 0 ? nothing : html`<span class="count">${rows.length}</span>`
        }
      </h3>
      ${
        rows.length === 0
          ? html`<p class="empty">${k.noCallbacks}</p>`
          : html`<ol class="rows">
              ${repeat(
                rows,
                ({ id }) => id,
                (row) => this.toCall(row),
              )}
            </ol>`
      }
    </section>`;
  }

  private toCall(row: CallRow): TemplateResult {
    const { id, text, ended_at, asked_at } = row;
    const name = row.name ?? d.noName;
    const about = aboutWords(row);
    const off = this.busy !== null;
    return html`<li>
      ${who(name, false)}
      <span class="col"
        ><span class="name one-line">${name}</span
        ><span class="quiet">${k.since(moment(ended_at ?? asked_at, this.board.now()))}</span></span
      >
      <span></span>
      <div class="below">
        ${about === "" ? nothing : html`<span class="badge b-plain">${about}</span>`}
        ${text === null ? nothing : html`<p class="text">${text}</p>`}
        <span class="facts"
          ><button
            class="btn btn-s btn-line"
            ?disabled=${off}
            @click=${() => void this.reach(row, "talk")}
          >
            ${icon("chat", 16)}${k.openTalk}</button
          ><button
            class="btn btn-s btn-line"
            aria-label=${k.inviteOf(name)}
            ?disabled=${off}
            @click=${() => void this.reach(row, "invite")}
          >
            ${icon("video", 16)}${k.invite}</button
          ><button class="btn btn-s btn-line" ?disabled=${off} @click=${() => void this.close(id)}>
            ${icon("check", 16)}${k.calledBack}
          </button></span
        >
      </div>
    </li>`;
  }

  /** To her conversation, or to a call out of it. */
  private async reach({ id }: CallRow, how: "talk" | "invite"): Promise<void> {
    this.busy = id;
    try {
      const path = `/api/consult/calls/${encodeURIComponent(id)}/customer`;
      const { conversation } = await ask<CallCustomer>("GET", path);
      if (conversation === null) this.tell(k.noTalk);
      else this.dispatchEvent(new CustomEvent<string>(how, { detail: conversation }));
    } catch (problem) {
      this.tell(callWords(problem));
    } finally {
      this.busy = null;
    }
  }

  private async close(id: string): Promise<void> {
    this.busy = id;
    try {
      await ask("POST", `/api/staff/consult/calls/${encodeURIComponent(id)}/called-back`, {});
    } catch (problem) {
      this.tell(callWords(problem));
    } finally {
      this.busy = null;
    }
  }

  private readonly pass = ({ type, detail }: CustomEvent<string>): void => {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  };

  private tell(detail: string): void {
    this.dispatchEvent(new CustomEvent("told", { detail }));
  }

  private say(name: "hours" | "check"): void {
    this.dispatchEvent(new Event(name));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-calls-panel": CallsPanel;
  }
}
