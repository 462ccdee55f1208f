import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "./change-line";
import "./chips";
import "./rating";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, who } from "../design/parts";
import { c } from "../i18n/chat";
import { clock, dayOf } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { Problem } from "../wire/http";
import { shown } from "./cards";
import type { Conversation } from "./conversation";
import { botFace, moon } from "./icons";
import { pieces } from "./links";
import { nextOver, offer } from "./offers";
import type { Outgoing } from "./outbox";
import { cardOf } from "./picture-wire";
import { type Row, rows } from "./rows";
import look from "./thread.css?inline";
import type {
  About,
  Changed,
  Conversed,
  Entry,
  HandedOver,
  Message,
  Posted,
  Promised,
} from "./wire";
import { dayName, when } from "./when";

/** So near to its foot the thread counts as read to its end. */
const near_px = 80;
/** A browser's timer counts no further. */
const longest_timer_ms = 2 ** 31 - 1;

/**
 * One conversation as the customer reads it. Tells `seen` when its end is in sight, `older` when what
 * lies before is wanted, `again` and `take-back` (a message's request_id), `press` (a button of a
 * message), `undo` (a change), and `rate`.
 */
@customElement("plusone-thread")
export class Thread extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) talk: Conversation | null = null;
  /** What a thing that she asked about is called, if that is known here. */
  @property({ attribute: false }) called: (about: About) => string | null = () => null;
  @property({ attribute: false }) outgoing: readonly Outgoing[] = [];
  /** Changes with every change of the conversation, which is one object throughout. */
  @property({ attribute: false }) turn = 0;
  @property({ type: Boolean }) lost = false;

  /** While older entries come in, nobody is told of them as if they were new. */
  @state() private filling = false;
  @state() private away = false;
  @query(".scroll") private readonly box!: HTMLElement | null;

  private readTo = 0;
  private overTimer: ReturnType<typeof setTimeout> | undefined;
  private top: IntersectionObserver | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.top?.disconnect();
    clearTimeout(this.overTimer);
  }

  protected override firstUpdated(): void {
    // What is older is asked for a little before it is scrolled to.
    this.top = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) this.older();
      },
      { root: this.box, rootMargin: "300px 0px 0px" },
    );
  }

  override render(): TemplateResult {
    const { talk } = this;
    const conversation = talk?.snapshot?.conversation ?? null;
    const lines = talk?.lines ?? [];
    return html`<div
        class="scroll"
        tabindex="0"
        role="group"
        aria-label=${c.log}
        @scroll=${this.scrolled}
      >
        <div class="all">
          <slot></slot>
          ${
            talk?.more === true
              ? html`<button class="btn btn-s btn-line older" @click=${this.older}>
                  ${c.older}
                </button>`
              : nothing
          }
          <div role="log" aria-label=${c.log} aria-live=${this.filling ? "off" : "polite"}>
            <ol>
              ${repeat(
                rows(lines, dayOf),
                ({ key }) => key,
                (row) => this.row(row, lines, conversation),
              )}
            </ol>
          </div>
          ${
            this.outgoing.length === 0
              ? nothing
              : html`<ol>
                  ${repeat(
                    this.outgoing,
                    ({ request_id }) => request_id,
                    (one) => this.going(one),
                  )}
                </ol>`
          }
          ${conversation === null ? nothing : this.foot(conversation, lines)}
        </div>
      </div>
      ${this.away && this.latest > this.readTo ? this.below() : nothing}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const older = this.renderRoot.querySelector(".older");
    this.top?.disconnect();
    if (older !== null && !this.filling) this.top?.observe(older);
    this.scrolled();
    this.awaitOver();
  }

  /** Draws again when a proposal has run out. */
  private awaitOver(): void {
    clearTimeout(this.overTimer);
    const next = nextOver(this.talk?.lines ?? [], this.now);
    if (next === null) return;
    this.overTimer = setTimeout(
      () => this.requestUpdate(),
      Math.min(next - this.now + 50, longest_timer_ms),
    );
  }

  /** Shows the end of the thread. */
  toEnd(): void {
    this.box?.scrollTo({ top: 0 });
  }

  private get latest(): number {
    return this.talk?.lines.at(-1)?.offset ?? 0;
  }

  private readonly scrolled = (): void => {
    // Filled from below, a box counts its scrolling from there: zero, and less further up.
    this.away = Math.abs(this.box?.scrollTop ?? 0) > near_px;
    if (this.away || this.latest === 0) return;
    this.readTo = this.latest;
    this.dispatchEvent(new Event("seen"));
  };

  private readonly older = (): void => {
    if (this.filling) return;
    this.filling = true;
    const done = (): void => {
      // Readers of the screen look at a list a moment after it has changed.
      setTimeout(() => (this.filling = false), 500);
    };
    this.dispatchEvent(new CustomEvent<() => void>("older", { detail: done }));
  };

  private below(): TemplateResult {
    return html`<button class="chip below" @click=${() => this.toEnd()}>
      ${icon("down", 18)}${c.newBelow}
    </button>`;
  }

  private row(row: Row, lines: readonly Entry[], talk: Conversed | null): TemplateResult {
    switch (row.kind) {
      case "day":
        return html`<li class="sys">
          <span>${dayName(row.at_ms, this.now)}</span>
        </li>`;
      case "message":
        return row.entry.from === "customer"
          ? this.hers(row, lines, talk)
          : this.theirs(row, lines);
      case "told":
        return this.told(row.entry, lines, talk);
    }
  }

  private get now(): number {
    return this.talk?.now() ?? Date.now();
  }

  private hers(
    { entry, first, last }: Extract<Row, { kind: "message" }>,
    lines: readonly Entry[],
    talk: Conversed | null,
  ): TemplateResult {
    const read = talk?.read.staff ?? 0;
    // The mark stands once, at the last of hers that was read.
    const next = lines.find(
      (one) => one.kind === "message" && one.from === "customer" && one.offset > entry.offset,
    );
    // What the bot has answered counts as read, but by nobody.
    const marked =
      entry.offset <= read &&
      (next === undefined || next.offset > read) &&
      answeredAfter(lines, entry.offset) !== "bot";
    return html`<li class="m me ${first ? "" : "on"}">
      <div class="body">
        ${this.aboutLine(entry.about)}${
          entry.text !== null || entry.cards.length === 0 ? bubble(entry) : nothing
        }${shown(entry.cards, { plain: false, stand: (order) => standOf(order, lines) })}
        ${
          marked || last
            ? html`<p class="seen">${marked ? c.read(clock(entry.at_ms)) : clock(entry.at_ms)}</p>`
            : nothing
        }
      </div>
    </li>`;
  }

  private theirs(
    { entry, first }: Extract<Row, { kind: "message" }>,
    lines: readonly Entry[],
  ): TemplateResult {
    const bot = entry.from === "bot";
    const name = bot ? c.botBy : (entry.name ?? c.staff);
    const { text, cards } = entry;
    return html`<li
      class="m ${bot ? "bot" : "rep"} ${first ? "" : "on"} ${cards.length === 0 ? "" : "shows"}"
    >
      ${first ? (bot ? botFace() : who(name)) : html`<span class="gap"></span>`}
      <div class="body">
        ${first ? html`<p class="by">${name} ${clock(entry.at_ms)}</p>` : nothing}
        ${text !== null || cards.length === 0 ? bubble(entry) : nothing}
        ${shown(cards, {
          plain: entry.expires_at !== null,
          stand: (order) => standOf(order, lines),
        })}
        ${bot ? this.chips(entry, lines) : nothing}
      </div>
    </li>`;
  }

  private chips(entry: Message, lines: readonly Entry[]): unknown {
    const offered = offer(entry, lines, this.talk?.pressing ?? [], this.now);
    if (offered === null) return nothing;
    return html`<plusone-chat-chips
      .offer=${offered}
      @press=${({ detail: key }: CustomEvent<string>) => {
        this.tell("press", { offset: entry.offset, key });
      }}
    ></plusone-chat-chips>`;
  }

  private told(
    entry: Extract<Row, { kind: "told" }>["entry"],
    lines: readonly Entry[],
    talk: Conversed | null,
  ): TemplateResult {
    if (entry.kind === "change") return this.change(entry);
    if (entry.kind === "posted") return this.posted(entry, lines);
    if (entry.kind === "promised") {
      const newest = lines.findLast(({ kind }) => kind === "promised") === entry;
      if (newest && talk?.promised != null) return this.promise(entry);
      return sys(`${clock(entry.at_ms)} ${c.inLine(entry.place)}`);
    }
    const time = clock(entry.at_ms);
    switch (entry.kind) {
      case "taken":
        return sys(
          answeredBefore(lines, entry.offset) === "bot"
            ? c.takenFromBot(time, entry.name ?? c.staff)
            : c.taken(time, entry.name ?? c.staff),
        );
      case "released":
        return sys(entry.cause === "transfer" ? c.handedOn(time) : c.backInLine(time));
      case "resolved":
        return sys(entry.cause === "idle" ? c.resolvedIdle(time) : c.resolved(time));
      case "handed_over":
        return this.handedOver(entry, lines, talk);
    }
  }

  /** A call stands where it was told of last; before that, only that there was one. */
  private posted({ offset, at_ms, cards }: Posted, lines: readonly Entry[]): TemplateResult {
    const [card] = cards;
    if (card?.kind !== "call") {
      return html`<li>
        ${shown(cards, { plain: false, stand: (order) => standOf(order, lines) })}
      </li>`;
    }
    const newest = lines.findLast((one) => one.kind === "posted" && one.cards[0]?.id === card.id);
    if (newest !== undefined && newest.offset !== offset) return sys(c.call.was(clock(at_ms)));
    return html`<li class="posted">
      <plusone-chat-call .card=${card} stand=${offset} .now=${() => this.now}></plusone-chat-call>
    </li>`;
  }

  private promise({ opens_at, place }: Promised): TemplateResult {
    return html`<li class="turnover">
      ${opens_at === null ? icon("clock", 20) : moon}
      <div class="grow">
        <b>${c.inLine(place)}</b>
        <p class="t-13 quiet">
          ${opens_at === null ? c.answerSoon : c.answerAfter(when(opens_at, this.now))}
        </p>
      </div>
    </li>`;
  }

  /** That a person goes on: now, or from the time that she was promised. */
  private handedOver(
    { at_ms, offset, cause, callback_at }: HandedOver,
    lines: readonly Entry[],
    talk: Conversed | null,
  ): TemplateResult {
    const time = clock(at_ms);
    if (callback_at === null) return sys(`${time} ${c.handedOver[cause]}`);
    const at = when(callback_at, this.now);
    const newest = lines.findLast(({ kind }) => kind === "handed_over")?.offset === offset;
    if (!newest || talk?.callback_at == null) return sys(`${time} ${c.callback(at)}`);
    return html`<li class="turnover">
      ${moon}
      <div class="grow">
        <b>${c.callback(at)}</b>
        <p class="t-13 quiet">${c.callbackWhy[cause]}${c.callbackWords}</p>
      </div>
    </li>`;
  }

  private change(entry: Changed): TemplateResult {
    return html`<li>
      <plusone-chat-change
        .entry=${entry}
        ?undoing=${this.talk?.undoing.includes(entry.offset) ?? false}
        @undo=${() => this.tell("undo", entry.offset)}
      ></plusone-chat-change>
    </li>`;
  }

  /** What she sent and is not in the thread yet. */
  private going({ request_id, text, about, picture, problem }: Outgoing): TemplateResult {
    const failed = problem !== null;
    return html`<li class="m me ${failed ? "failed" : "later"}">
      <div class="body">
        ${this.aboutLine(about)}
        ${text === "" ? nothing : html`<div class="bub">${text}</div>`}${
          picture === undefined
            ? nothing
            : shown([cardOf(picture)], { plain: false, stand: () => "" })
        }
        ${
          failed
            ? html`<p class="seen" role="alert">
                  ${problem instanceof Problem ? c.notSent(problemWords(problem)) : c.leftBehind}
                </p>
                <p class="acts">
                  <button class="btn btn-s hit" @click=${() => this.tell("take-back", request_id)}>
                    ${c.takeBack}</button
                  ><button
                    class="btn btn-s btn-line hit"
                    @click=${() => this.tell("again", request_id)}
                  >
                    ${m.retry}
                  </button>
                </p>`
            : html`<p class="seen">${this.lost ? c.sendsLater : c.sending}</p>`
        }
      </div>
    </li>`;
  }

  private aboutLine(about: About | null): unknown {
    const title = about === null ? null : this.called(about);
    return title === null ? nothing : html`<p class="about">${c.about(title)}</p>`;
  }

  private foot({ control, rated }: Conversed, lines: readonly Entry[]): unknown {
    const words = this.talk?.botWords ?? null;
    if (words !== null && this.outgoing.length === 0) return botAt(words);
    const writer = this.talk?.writer ?? null;
    if (writer !== null) {
      return html`<div class="m rep dots" aria-hidden="true">
        ${who(writer || c.staff)}
        <div class="bub"><i></i><i></i><i></i></div>
      </div>`;
    }
    const answered = lines.some((one) => one.kind === "message" && one.from !== "customer");
    if (control !== "resolved" || !answered || this.outgoing.length > 0) return nothing;
    return html`<plusone-rating
      .rated=${rated}
      @rate=${({ detail }: CustomEvent<unknown>) => this.tell("rate", detail)}
    ></plusone-rating>`;
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function sys(words: string): TemplateResult {
  return html`<li class="sys"><span>${words}</span></li>`;
}

/** The bot at an answer: its words so far, or that it has none yet. Read out once it is whole. */
function botAt(words: string): TemplateResult {
  return html`<div class="m bot ${words === "" ? "dots soon" : ""}" aria-hidden="true">
    ${botFace()}
    <div class="body">
      <p class="by">${c.botBy}</p>
      ${
        words === ""
          ? html`<div class="bub"><i></i><i></i><i></i></div>`
          : html`<div class="bub">${words}</div>`
      }
    </div>
  </div>`;
}

/** Who answered last before `offset`; null where nobody has in this round. */
function answeredBefore(lines: readonly Entry[], offset: number): Message["from"] | null {
  const before = lines.findLast(
    (line) =>
      line.offset < offset &&
      (line.kind === "opened" || (line.kind === "message" && line.from !== "customer")),
  );
  return before?.kind === "message" ? before.from : null;
}

/** Who said the next thing to her after `offset`; null where nobody has yet. */
function answeredAfter(lines: readonly Entry[], offset: number): Message["from"] | null {
  const after = lines.find(
    (line) => line.offset > offset && line.kind === "message" && line.from !== "customer",
  );
  return after?.kind === "message" ? after.from : null;
}

/** Another text as soon as an order was changed here. */
function standOf(order: string, lines: readonly Entry[]): string {
  return lines
    .flatMap((line) =>
      line.kind === "change" && line.change.order === order ? [`${line.offset} ${line.state}`] : [],
    )
    .join();
}

function bubble({ text }: Message): TemplateResult {
  if (text === null) return html`<div class="bub gone">${c.erased}</div>`;
  const inside = pieces(text).map(({ text: words, href }) =>
    href === null
      ? words
      : html`<a href=${href} target="_blank" rel="noopener noreferrer nofollow ugc">${words}</a>`,
  );
  return html`<div class="bub">${inside}</div>`;
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-thread": Thread;
  }
}
