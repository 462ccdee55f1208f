import type { ReactiveController, ReactiveControllerHost } from "lit";
import { html, nothing, type TemplateResult } from "lit";

import "./banner";
import type { CallRow } from "../consult/wire";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { k } from "../i18n/calls";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { ask } from "../wire/http";
import { CallsBoard } from "./board";
import { ringActOf } from "./keys";
import { show } from "./notice";
import { Ringer } from "./ring";
import { type News, wanting } from "./rows";
import type { DeskCall } from "./view";
import { aboutWords, callWords, lastedWords } from "./words";

/** What the desk does for its calls. */
export interface CallsDesk {
  /** To a place of the desk: a call by its id, "" for the list of them. */
  toCall(call: string): void;
  toTalk(conversation: string): void;
  /** Back to where she came from. */
  back(): void;
  say(words: string): void;
  /** For those who hear the page. */
  announce(words: string): void;
  /** Her own sheets: her hours, and her camera. */
  open(sheet: "availability" | "check"): void;
}

const blink_ms = 1_000;
const stored = "plusone.calls.checked";

/**
 * Calls at the desk: what rings is heard and seen wherever she is, the call that she has lives on
 * while she looks at something else, and what she does with them is done here.
 */
export class DeskCalls implements ReactiveController {
  readonly board = new CallsBoard((news) => this.heard(news));
  /** The call that is open here, seen or not; null while none is. */
  private kept: string | null = null;
  /** The parts of the page that calls need have been loaded. */
  private loaded = false;
  private own = "";
  private ownName = "";
  /** Where she is: a call, "" for the list, null for elsewhere. */
  private at: string | null = null;
  /** She has done something about this ring already. */
  private answered: string | null = null;
  private blinks = false;
  /** How many sheets were opened. */
  private sheets = 0;
  private readonly ringer = new Ringer();
  private takeAway: () => void = () => undefined;
  private blinking: ReturnType<typeof setInterval> | undefined;
  private ticking: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly host: ReactiveControllerHost & HTMLElement & { renderRoot: ParentNode },
    private readonly desk: CallsDesk,
  ) {
    host.addController(this);
    this.board.subscribe(() => host.requestUpdate());
  }

  hostConnected(): void {
    this.host.addEventListener("opened", this.lift);
    window.addEventListener("pointerdown", this.ringer.unlock);
    window.addEventListener("keydown", this.press, { capture: true });
    this.ticking = setInterval(() => {
      if (this.elsewhere !== null) this.host.requestUpdate();
    }, blink_ms);
  }

  hostDisconnected(): void {
    this.host.removeEventListener("opened", this.lift);
    window.removeEventListener("pointerdown", this.ringer.unlock);
    window.removeEventListener("keydown", this.press, { capture: true });
    clearInterval(this.ticking);
    this.quiet();
    this.ringer.close();
    this.board.close();
  }

  /** With whom she talks, or at whose call it rings; null for nobody. */
  get customer(): string | null {
    const board = this.board.board;
    return (board?.mine ?? board?.rings)?.customer ?? null;
  }

  /** Opens the board for the one of the staff whose id is `own`. */
  begin(own: string, name: string): void {
    this.own = own;
    this.ownName = name;
    this.board.open();
  }

  /** She is at a call, at the list of them (""), or elsewhere (null). */
  settle(at: string | null): void {
    this.at = at;
    if (at !== null && at !== "") this.kept = at;
    if (at !== null && !this.loaded) void this.load();
  }

  private async load(): Promise<void> {
    this.loaded = await part(() => Promise.all([import("./panel"), import("./view")]));
    if (!this.loaded) this.desk.say(m.notReached);
    this.host.requestUpdate();
  }

  /** How many want something of her. */
  get wanting(): number {
    return wanting(this.board.board);
  }

  /** What rings at her now; null where she has done something about it already. */
  get ringing(): CallRow | null {
    const rings = this.board.board?.rings ?? null;
    return rings === null || rings.id === this.answered ? null : rings;
  }

  /** The call that she has while she is elsewhere. */
  private get elsewhere(): CallRow | null {
    const mine = this.board.board?.mine ?? null;
    return mine !== null && mine.id !== this.at ? mine : null;
  }

  /** Whether she talks to this customer just now. */
  talksTo(customer: string): boolean {
    return this.board.board?.mine?.customer === customer;
  }

  /** What the title says instead, while something rings. */
  get title(): string | null {
    const { ringing } = this;
    return ringing === null || !this.blinks ? null : k.wantsTitle(ringing.name ?? d.noName);
  }

  private heard({ rings, silent, waits, over }: News): void {
    if (over !== null && over.id !== this.at) this.desk.say(k.endedWith(over.name ?? d.noName));
    if (silent) this.quiet();
    if (rings !== null) this.ring(rings);
    else if (waits[0] !== undefined) this.desk.announce(k.newInLine(waits[0].name ?? d.noName));
  }

  private ring(row: CallRow): void {
    this.answered = null;
    this.ringer.start();
    this.blinks = true;
    clearInterval(this.blinking);
    this.blinking = setInterval(() => {
      this.blinks = !this.blinks;
      this.host.requestUpdate();
    }, blink_ms);
    const look = (): void => this.host.requestUpdate();
    this.takeAway = show(k.wants(row.name ?? d.noName), aboutWords(row), look);
  }

  private quiet(): void {
    this.ringer.stop();
    clearInterval(this.blinking);
    this.blinks = false;
    this.takeAway();
    this.takeAway = () => undefined;
  }

  /** What rings lies over the sheet that came last. */
  private readonly lift = (): void => {
    this.sheets += 1;
    this.host.requestUpdate();
  };

  private readonly press = (event: KeyboardEvent): void => {
    this.ringer.unlock();
    const act = ringActOf(event);
    const { ringing } = this;
    if (act === null || ringing === null) return;
    event.preventDefault();
    event.stopPropagation();
    void (act === "answer" ? this.answer(ringing.id) : this.decline(ringing.id));
  };

  /** Answers what rings or waits, then goes there. */
  async answer(call: string): Promise<void> {
    this.answered = call;
    this.quiet();
    this.host.requestUpdate();
    try {
      await this.board.pick(call);
    } catch (problem) {
      this.answered = null;
      this.desk.say(callWords(problem));
      return;
    }
    if (this.at === call) this.view?.again();
    else this.desk.toCall(call);
  }

  async decline(call: string): Promise<void> {
    this.answered = call;
    this.quiet();
    this.host.requestUpdate();
    try {
      await this.board.pass(call);
    } catch (problem) {
      this.answered = null;
      this.desk.say(callWords(problem));
    }
  }

  /** Invites the customer of a conversation, and waits at the call for her. */
  async invite(conversation: string): Promise<void> {
    if (this.board.board?.rings != null) {
      this.desk.say(k.ringsFirst);
      return;
    }
    try {
      const { call } = await ask<{ call: string }>("POST", "/api/staff/consult/calls", {
        conversation,
      });
      this.desk.toCall(call);
    } catch (problem) {
      this.desk.say(callWords(problem));
    }
  }

  get checked(): boolean {
    try {
      return localStorage.getItem(stored) !== null;
    } catch {
      return false; // without storage she is asked each time
    }
  }

  /** She has seen and heard herself. */
  tried(): void {
    try {
      localStorage.setItem(stored, "1");
    } catch {
      // see `checked`
    }
    this.host.requestUpdate();
  }

  /** Puts the focus on what has come onto the screen. */
  focus(): void {
    const { renderRoot } = this.host;
    renderRoot.querySelector<HTMLElement>("plusone-calls-panel:not([hidden])")?.focus();
    if (this.at !== "") this.view?.focus();
  }

  private get view(): DeskCall | null {
    return this.host.renderRoot.querySelector<DeskCall>("plusone-call-view");
  }

  // What is seen

  /** The list, and the call that is open; the call stays while she is elsewhere in the middle of it. */
  draw(): unknown {
    const { kept, at } = this;
    if (at === null && kept === null) return nothing;
    if (!this.loaded) {
      return at === null
        ? nothing
        : html`<div class="middle" role="status">${icon("spin", 24, "turn")}${m.loading}</div>`;
    }
    const talks = kept !== null && this.board.board?.mine?.id === kept;
    const drawn = kept !== null && (at === kept || talks) ? kept : null;
    return html`${at === "" ? this.panel() : nothing}${drawn === null ? nothing : this.one(drawn)}`;
  }

  private panel(): TemplateResult {
    return html`<plusone-calls-panel
      .board=${this.board}
      own=${this.own}
      ?checked=${this.checked}
      @answer=${({ detail }: CustomEvent<string>) => void this.answer(detail)}
      @call=${({ detail }: CustomEvent<string>) => this.desk.toCall(detail)}
      @talk=${({ detail }: CustomEvent<string>) => this.desk.toTalk(detail)}
      @invite=${({ detail }: CustomEvent<string>) => void this.invite(detail)}
      @told=${({ detail }: CustomEvent<string>) => this.desk.say(detail)}
      @hours=${() => this.desk.open("availability")}
      @check=${() => this.desk.open("check")}
    ></plusone-calls-panel>`;
  }

  private one(call: string): TemplateResult {
    return html`<plusone-call-view
      call-id=${call}
      own=${this.own}
      own-name=${this.ownName}
      ?hidden=${this.at !== call}
      @answer=${() => void this.answer(call)}
      @talk=${({ detail }: CustomEvent<string>) => this.desk.toTalk(detail)}
      @invite=${({ detail }: CustomEvent<string>) => void this.invite(detail)}
      @told=${({ detail }: CustomEvent<string>) => this.desk.say(detail)}
      @back=${() => this.desk.back()}
      @tried=${() => this.tried()}
    ></plusone-call-view>`;
  }

  /** Over all places, and over a sheet: what rings, and the way back to the call that she has. */
  over(sheet: boolean): unknown {
    const { ringing, elsewhere } = this;
    return html`${
      ringing === null
        ? nothing
        : html`<plusone-call-ringing
            .row=${ringing}
            own=${this.own}
            .now=${this.now}
            above=${sheet ? this.sheets : 0}
            @answer=${() => void this.answer(ringing.id)}
            @decline=${() => void this.decline(ringing.id)}
          ></plusone-call-ringing>`
    }${
      elsewhere === null
        ? nothing
        : html`<button class="in-call" @click=${() => this.desk.toCall(elsewhere.id)}>
            ${icon("video", 18)}<span class="one-line"
              >${
                elsewhere.answered_at === null
                  ? k.inviting(elsewhere.name ?? d.noName)
                  : k.inCall(elsewhere.name ?? d.noName)
              }</span
            >${
              elsewhere.answered_at === null
                ? nothing
                : html`<span>${lastedWords(elsewhere.answered_at, this.now())}</span>`
            }<b>${k.backToCall}</b>
          </button>`
    }`;
  }

  private readonly now = (): number => this.board.now();
}
