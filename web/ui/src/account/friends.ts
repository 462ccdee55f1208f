import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { count, fullMoment } from "../i18n/format";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import { ask, Problem, requestId } from "../wire/http";
import type { Loyalty, Transfer } from "../wire/loyalty";
import { sign } from "./icons";
import look from "./section.css?inline";
import { loyaltyProblem } from "./words";

/** How long a friend may take to answer. */
const answer_days = 7;
const shown_sent = 5;

const looks: Record<string, string> = { offered: "b-wait", accepted: "b-held" };

/** Points to a friend, and what became of those she sent. Tells `given` when something did. */
@customElement("plusone-points-friends")
export class PointsFriends extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @property({ attribute: false }) standing!: Loyalty;
  @property({ attribute: false }) sent: readonly Transfer[] = [];
  /** Her e-mail address is known. */
  @property({ type: Boolean }) known = false;

  @state() private asking: { to: string; points: number } | null = null;
  @state() private wrong: { field: "to" | "points" | ""; words: string } | null = null;
  @state() private done = "";
  @state() private busy = false;
  private attempt = requestId();
  /** What the attempt is for: something else is another one. */
  private attempted = "";

  override render(): TemplateResult {
    return html`<section class="sect" aria-label=${l.friends}>
      <h2>${l.friends}</h2>
      ${
        this.known
          ? html`<p class="blank">${l.friendsWords(answer_days)}</p>
              ${this.form()}`
          : html`<p class="blank">${l.signInToGive}</p>`
      }
      <p class="good" role="status" ?hidden=${this.done === ""}>
        ${this.done === "" ? nothing : html`${icon("check", 18)}${this.done}`}
      </p>
      ${this.sent.length === 0 ? nothing : this.list()}
      ${this.asking === null ? nothing : this.sure(this.asking)}
    </section>`;
  }

  private form(): TemplateResult {
    const { wrong } = this;
    const most = Math.min(this.standing.points.available, this.standing.transfer.left_today);
    const words = (field: "to" | "points"): unknown =>
      wrong?.field === field
        ? html`<span class="wrong" id="wrong-${field}">${wrong.words}</span>`
        : nothing;
    return html`<form
      class="rows-of"
      @submit=${this.check}
      @input=${() => (this.wrong = null)}
      novalidate
    >
      <label class="ask-for"
        ><span class="label">${l.friendEmail}</span
        ><span class="field"
          >${icon("mail", 18)}<input
            name="to"
            type="email"
            inputmode="email"
            autocomplete="off"
            maxlength="254"
            aria-invalid=${wrong?.field === "to"}
            aria-describedby=${wrong?.field === "to" ? "wrong-to" : nothing} /></span
        >${words("to")}</label
      >
      <div class="row bottom">
        <label class="ask-for grow"
          ><span class="label">${l.howMany}</span
          ><span class="field"
            >${sign("points", 18)}<input
              name="points"
              inputmode="numeric"
              autocomplete="off"
              maxlength="8"
              aria-invalid=${wrong?.field === "points"}
              aria-describedby=${wrong?.field === "points" ? "wrong-points" : nothing} /></span
        ></label>
        <button class="btn btn-ink">${sign("send", 18)}${l.give}</button>
      </div>
      ${words("points")}
      <p class="t-13 quiet">${l.mostToday(count(Math.max(0, most)))}</p>
      ${
        wrong?.field === ""
          ? html`<p class="wrong" role="alert">${icon("warn", 18)}${wrong.words}</p>`
          : nothing
      }
    </form>`;
  }

  private sure({ to, points }: { to: string; points: number }): TemplateResult {
    return html`<plusone-sheet heading=${l.sureToGive} @close=${() => (this.asking = null)}>
      <div class="sure">
        <p>${l.giveThese(count(points), to)}</p>
        <p class="t-14 quiet">${l.friendsWords(answer_days)}</p>
        <button
          class="btn btn-ink btn-wide"
          autofocus
          ?disabled=${this.busy}
          @click=${() => void this.give(to, points)}
        >
          ${l.giveNow(count(points))}
        </button>
      </div>
    </plusone-sheet>`;
  }

  private list(): TemplateResult {
    return html`<div>
      <h3 class="t-14 quiet">${l.sentOnes}</h3>
      <ul class="rows">
        ${this.sent.slice(0, shown_sent).map((one) => {
          const states = l.transferStates;
          return html`<li>
            <div class="grow">
              <p class="name t-14 one-line">${one.to ?? l.someone}</p>
              <p class="t-12 faint">${fullMoment(one.at)}</p>
            </div>
            <div class="col fate">
              <span class="amount">${l.points(count(one.points))}</span>
              <span class="badge ${looks[one.state] ?? "b-plain"}"
                >${one.state in states ? states[one.state as keyof typeof states] : one.state}</span
              >
            </div>
            ${
              one.state === "offered"
                ? html`<button
                    class="btn btn-s btn-line hit"
                    ?disabled=${this.busy}
                    @click=${() => void this.withdraw(one)}
                  >
                    ${l.withdraw}
                  </button>`
                : nothing
            }
          </li>`;
        })}
      </ul>
    </div>`;
  }

  private check(event: SubmitEvent): void {
    event.preventDefault();
    const said = new FormData(event.target as HTMLFormElement);
    const of = (name: string): string => {
      const value = said.get(name);
      return typeof value === "string" ? value.normalize("NFKC").trim() : "";
    };
    const to = of("to").toLowerCase();
    const { available } = this.standing.points;
    const { least, left_today } = this.standing.transfer;
    const points = /^\d{1,7}$/.test(of("points")) ? Number(of("points")) : 0;
    this.done = "";
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(to)) {
      this.refuse("to", m.emailLooksWrong);
    } else if (points < Math.max(1, least)) {
      this.refuse("points", l.pointsWrong(Math.max(1, least)));
    } else if (points > available) {
      this.refuse("points", l.notEnough(count(available)));
    } else if (points > left_today) {
      this.refuse("points", l.dayLimit);
    } else {
      this.wrong = null;
      this.asking = { to, points };
    }
  }

  private refuse(field: "to" | "points", words: string): void {
    this.wrong = { field, words };
    this.renderRoot.querySelector<HTMLElement>(`[name="${field}"]`)?.focus();
  }

  private async give(to: string, points: number): Promise<void> {
    await this.attemptTo(`${points} ${to}`, async () => {
      const body = { to, points, request_id: this.attempt };
      await ask("POST", "/api/loyalty/transfers", body);
      this.done = l.given(count(points), to);
      this.renderRoot.querySelector("form")?.reset();
    });
    this.asking = null;
  }

  private async withdraw({ id }: Transfer): Promise<void> {
    await this.attemptTo(id, async () => {
      const path = `/api/loyalty/transfers/${encodeURIComponent(id)}/withdraw`;
      await ask("POST", path, { request_id: this.attempt });
      this.done = l.withdrawn;
    });
  }

  /** Without an answer the same attempt may be made again; with one it is over. */
  private async attemptTo(named: string, what: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    if (named !== this.attempted) this.attempt = requestId();
    this.attempted = named;
    this.busy = true;
    this.wrong = null;
    this.done = "";
    try {
      await what();
      this.attempt = requestId();
    } catch (problem) {
      if (!(problem instanceof Problem && problem.code === "offline")) this.attempt = requestId();
      this.wrong = { field: "", words: loyaltyProblem(problem) };
    } finally {
      this.busy = false;
      this.dispatchEvent(new Event("given"));
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-points-friends": PointsFriends;
  }
}
