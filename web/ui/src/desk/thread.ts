import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "./compose";
import "../chat/picture";
import "./packet";
import { bot, botFace } from "../chat/icons";
import type { About, Conversed, Entry, Message, Note, Posted } from "../chat/wire";
import { PictureCatch } from "../chat/picture-catch";
import { cardNamed } from "../chat/picture-wire";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, who } from "../design/parts";
import { clock, dayOf, longDay, moment } from "../i18n/format";
import { k } from "../i18n/calls";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { Problem } from "../wire/http";
import { shown } from "./cards";
import type { Compose } from "./compose";
import type { Failed, Going, Open } from "./open";
import look from "./thread.css?inline";
import { newestOf, type Shown, thread } from "./thread-lines";
import { soon } from "./times";
import { changeWords, handedOverWords } from "./words";

/** So near its upper end the thread asks for what is older. */
const near_top_px = 160;
/** Scrolled up farther than this, she is told of what is new instead of being moved. */
const away_px = 80;

/**
 * One conversation: what was said, what staff noted, and the place to answer. Tells `customer` and
 * `list` where those are wanted on a narrow screen, `transfer` and `product` for their sheets, and
 * `video` where she is to be called.
 */
@customElement("plusone-desk-thread")
export class DeskThread extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) open!: Open;
  @property() own = "";
  /** What she asks about in this round. */
  @property({ attribute: false }) about: About | null = null;
  /** Counts what changed in `open`, which stays the same object. */
  @property({ type: Number }) version = 0;
  /** She may be asked to talk face to face from here. */
  @property({ type: Boolean }) video = false;
  @state() private away = false;
  @state() private unseen = false;
  @state() private heard = "";
  @query(".scroll") private readonly scroller!: HTMLElement | null;
  @query("plusone-compose") private readonly compose!: Compose | null;
  private newest: number | null = null;
  private toBeFocused = false;

  constructor() {
    super();
    new PictureCatch(
      this,
      (file) => this.compose?.attach(file),
      () => this.compose?.takesPictures === true,
    );
  }

  /** Puts the focus where a reply or a note is written; on "take" where it is not hers yet. */
  write(tab: "reply" | "note"): void {
    this.compose?.write(tab);
  }

  /** Takes up what the bot drafted; false where there is nothing. */
  useDraft(): boolean {
    return this.compose?.useDraft() ?? false;
  }

  dropDraft(): boolean {
    return this.compose?.dropDraft() ?? false;
  }

  /** Puts the focus on the name, where this has just come onto the screen; once it is there. */
  override focus(): void {
    const name = this.renderRoot.querySelector<HTMLElement>("h2");
    this.toBeFocused = name === null;
    name?.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("visibilitychange", this.seen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("visibilitychange", this.seen);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    const { talk } = this.open;
    const newest = newestOf(talk.lines, "customer");
    if (changed.has("open")) {
      this.away = this.unseen = false;
      this.heard = "";
    } else if (newest !== null && this.newest !== null && newest.offset > this.newest) {
      this.unseen = this.away;
      this.heard = `${newest.name ?? d.noName}${m.comma}${newest.text ?? d.productCard}`;
    }
    this.newest = newest?.offset ?? (talk.snapshot === null ? null : 0);
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has("open") && this.scroller !== null) this.scroller.scrollTop = 0;
    if (this.toBeFocused) this.focus();
    this.seen();
  }

  /**
   * Only who has it reads for the shop: a customer whom a colleague merely looked in on is not told
   * that she was read.
   */
  private readonly seen = (): void => {
    if (!this.open.mine || document.visibilityState !== "visible" || this.away) return;
    if (this.newest !== null && this.newest > 0) this.open.talk.read(this.newest);
  };

  override render(): TemplateResult {
    const { talk, conversed } = this.open;
    if (talk.phase === "refused") return this.nothingHere(talk.problem);
    if (conversed === null) {
      return html`<div class="middle" role="status">
        ${icon("spin", 24, "turn")}
        <p>${talk.phase === "lost" ? m.reconnecting : m.loading}</p>
      </div>`;
    }
    return html`${this.head(conversed)}
      ${
        talk.phase === "lost"
          ? html`<div class="lost" role="status">
              ${icon("offline", 16)}<span class="grow">${m.reconnecting}</span
              ><button @click=${talk.retry}>${m.retryNow}</button>
            </div>`
          : nothing
      }
      <div
        class="scroll"
        tabindex="0"
        role="log"
        aria-live="off"
        aria-label=${conversed.name ?? d.noName}
        @scroll=${this.scrolled}
      >
        ${this.log(conversed)}
      </div>
      <p class="writing" role="status">
        ${talk.writer === null ? "" : d.writing(talk.writer === "" ? d.noName : talk.writer)}
      </p>
      <p class="said" role="status">${this.heard}</p>
      <div class="foot">
        ${
          this.unseen
            ? html`<button class="chip below" @click=${this.toNewest}>
                ${icon("down", 16)}${d.newBelow}
              </button>`
            : nothing
        }
        ${this.asked()}${this.packet(conversed)}
        <plusone-compose
          .open=${this.open}
          .version=${this.version}
          name=${conversed.name ?? d.noName}
          @product=${() => this.dispatchEvent(new Event("product"))}
        ></plusone-compose>
      </div>`;
  }

  /** What the bot knows of it: open while nobody has it, folded once somebody does. */
  private packet({ control }: Conversed): unknown {
    const packet = this.open.talk.snapshot?.staff?.packet ?? null;
    if (packet === null || control === "resolved" || control === "new") return nothing;
    return html`<plusone-desk-packet
      .packet=${packet}
      ?unfolded=${control !== "human"}
    ></plusone-desk-packet>`;
  }

  private nothingHere(problem: Problem | null): TemplateResult {
    const missing = problem !== null && ["not_found", "bad_request"].includes(problem.code);
    return html`<div class="middle" role="alert">
      <h2 tabindex="-1">${missing ? d.noSuchConversation : problemWords(problem)}</h2>
      <button class="btn btn-s btn-line" @click=${this.toList}>${d.backToList}</button>
    </div>`;
  }

  /** Takes it, then goes on to the answer; a phone's keyboard is not called up unasked. */
  async take(from?: string): Promise<void> {
    const taken = await (from === undefined ? this.open.take() : this.open.takeFrom(from));
    if (taken && matchMedia("(hover: hover)").matches) this.write("reply");
  }

  private readonly resolve = async (): Promise<void> => {
    // The button goes with the round: the focus stays at the conversation.
    if (await this.open.resolve()) this.focus();
  };

  private readonly toList = (): void => {
    this.dispatchEvent(new Event("list"));
  };

  private head(conversed: Conversed): TemplateResult {
    const name = conversed.name ?? d.noName;
    const { mine, mayEnd } = this.open;
    return html`<header>
      <button class="tool to-list" aria-label=${d.backToList} @click=${this.toList}>
        ${icon("arrowLeft", 20)}
      </button>
      ${who(name, false)}
      <div class="grow col">
        <h2 class="one-line" tabindex="-1">${name}</h2>
        <p class="row facts">
          ${this.stand(conversed)}${this.promised(conversed)}${aboutOf(this.about)}
        </p>
      </div>
      <div class="acts">
        ${
          mine
            ? nothing
            : html`<button
                class="btn btn-s btn-ink"
                aria-keyshortcuts="t"
                @click=${() => void this.take()}
              >
                ${conversed.staff === null ? d.take : d.takeOver}
              </button>`
        }
        ${
          mayEnd
            ? html`<button
                  class="btn btn-s btn-line"
                  @click=${() => this.dispatchEvent(new Event("transfer"))}
                >
                  ${icon("swap", 16)}${d.transfer}</button
                ><button class="btn btn-s btn-line" aria-keyshortcuts="e" @click=${this.resolve}>
                  ${icon("check", 16)}${d.resolve}
                </button>`
            : nothing
        }
        ${
          this.video && mine
            ? html`<button
                class="btn btn-s btn-line to-video"
                aria-label=${k.inviteOf(name)}
                title=${k.inviteOf(name)}
                @click=${() => this.dispatchEvent(new Event("video"))}
              >
                ${icon("video", 16)}<span>${k.invite}</span>
              </button>`
            : nothing
        }
        <button
          class="btn btn-s btn-line to-customer"
          @click=${() => this.dispatchEvent(new Event("customer"))}
        >
          ${icon("person", 16)}${d.openCustomer}
        </button>
      </div>
    </header>`;
  }

  private stand({ control, staff }: Conversed): TemplateResult {
    const mine = staff?.id === this.own;
    switch (control) {
      case "human":
        return html`<span class="badge ${mine ? "b-held" : "b-plain"}"
          >${mine ? d.youHaveIt : d.hasIt(staff?.name ?? "")}</span
        >`;
      case "queued":
        return html`<span class="badge b-wait">${icon("clock", 16)}${d.waitsForSomebody}</span>`;
      case "resolved":
        return html`<span class="badge b-plain">${icon("check", 16)}${d.done}</span>`;
      case "bot":
        return html`<span class="badge b-note">${bot}${d.botHasIt}</span>`;
      case "new":
        return html`<span class="badge b-plain">${d.nothingYet}</span>`;
    }
  }

  /** When she is to be answered by a person. */
  private promised({ callback_at }: Conversed): unknown {
    if (callback_at === null) return nothing;
    const now = this.open.talk.now();
    return html`<span class="badge ${callback_at <= now ? "b-wait" : "b-note"}"
      >${icon("clock", 16)}${d.callBack(soon(callback_at, now))}</span
    >`;
  }

  private log(conversed: Conversed): TemplateResult {
    const { talk, going, failed, loading } = this.open;
    const notes = talk.snapshot?.staff?.notes ?? [];
    const all = thread(talk.lines, notes, talk.more, dayOf);
    const read = lastRead(talk.lines, conversed.read.customer);
    const last = newestOf(talk.lines, "staff");
    return html`<ol role="presentation">
      ${
        talk.more
          ? html`<li class="more">
              <button
                class="btn btn-s btn-line"
                ?disabled=${loading}
                @click=${() => void this.open.loadOlder()}
              >
                ${loading ? m.loading : d.older}
              </button>
            </li>`
          : nothing
      }
      ${repeat(
        all,
        ({ key }) => key,
        (one) => this.row(one, read, last?.offset ?? null),
      )}
      ${
        conversed.rated === null
          ? nothing
          : html`<li class="sys">
              <span
                >${d.rated(conversed.rated.score)}${
                  conversed.rated.text === null ? nothing : html`${m.comma}${conversed.rated.text}`
                }</span
              >
            </li>`
      }
      ${repeat(
        going,
        ({ request_id }) => request_id,
        (one) => this.onItsWay(one),
      )}
      ${repeat(
        failed,
        ({ request_id }) => request_id,
        (one) => this.notSent(one),
      )}
    </ol>`;
  }

  private row(one: Shown, read: number | null, last: number | null): TemplateResult {
    switch (one.kind) {
      case "day":
        return html`<li class="day">${this.dayWords(one.at_ms)}</li>`;
      case "entry":
        if (one.entry.kind === "posted") return this.posted(one.entry);
        return html`<li class="sys">
          <span>${this.entryWords(one.entry)}${m.comma}${clock(one.entry.at_ms)}</span>
        </li>`;
      case "note":
        return this.note(one.note);
      case "message":
        return this.message(one, read, last);
    }
  }

  private message(
    { message, joined, asks }: Extract<Shown, { kind: "message" }>,
    read: number | null,
    last: number | null,
  ): TemplateResult {
    const { offset, at_ms, from, by, name, text, cards, about } = message;
    const ours = from === "staff";
    const isBot = from === "bot";
    const called = isBot ? d.bot : (name ?? d.noName);
    const face = isBot ? botFace() : who(called);
    // Under the last that she has read, and under the last of all while that is another.
    const mark = offset === read ? d.readByHer : ours && offset === last ? d.sent : null;
    return html`<li class="m ${ours ? "rep" : isBot ? "bot" : "cust"} ${joined ? "joined" : ""}">
      ${ours ? nothing : html`<span class="face">${joined ? nothing : face}</span>`}
      <div class="body">
        ${
          joined
            ? nothing
            : html`<p class="by">
                ${ours && by === this.own ? m.you : called}<time>${clock(at_ms)}</time>
              </p>`
        }
        ${asks ? this.asksAbout(about) : nothing}
        ${
          text === null
            ? cards.length === 0
              ? html`<div class="bub faint">${d.erased}</div>`
              : nothing
            : html`<div class="bub">${text}</div>`
        }
        ${shown(cards)} ${isBot ? this.choices(message) : nothing}
        ${mark === null ? nothing : html`<p class="seen">${mark}</p>`}
      </div>
    </li>`;
  }

  /** What the bot gave her to press, and what of it she did. */
  private choices({ offset, buttons }: Message): unknown {
    if (buttons.length === 0) return nothing;
    const pressed = this.open.talk.lines.flatMap((line) =>
      line.kind === "message" && line.pressed?.offset === offset ? [line.pressed.key] : [],
    );
    return html`<ul class="choices" aria-label=${d.offered}>
      ${buttons.map(
        ({ key, label }) =>
          html`<li>${pressed.includes(key) ? icon("check", 16) : nothing}${label}</li>`,
      )}
    </ul>`;
  }

  /** Above the message with which she began to ask about what the head names. */
  private asksAbout(about: About | null): unknown {
    const now = this.about;
    if (about === null || now?.title == null) return nothing;
    const same =
      about.show === now.show && about.item === now.item && about.product === now.product;
    return same ? html`<p class="about">${d.asksAbout(now.title)}</p>` : nothing;
  }

  private note({ at_ms, staff, name, text }: Note): TemplateResult {
    return html`<li class="m note">
      <div class="body">
        <p class="by">
          ${icon("lock", 16)}${d.note}${m.comma}${staff === this.own ? m.you : (name ?? "")}<time
            >${clock(at_ms)}</time
          >
        </p>
        <div class="bub">${text ?? d.erased}</div>
      </div>
    </li>`;
  }

  private onItsWay({ note, words }: Going): TemplateResult {
    const lost = this.open.talk.phase === "lost";
    return html`<li class="m going ${note ? "note" : "rep"}">
      <div class="body">
        ${this.unsent(words, note)}
        <p class="seen">${lost ? m.toBeSent : d.sending}</p>
      </div>
    </li>`;
  }

  private notSent(one: Failed): TemplateResult {
    return html`<li class="m failed ${one.note ? "note" : "rep"}">
      <div class="body">
        ${this.unsent(one.words, one.note)}
        <p class="seen" role="alert">
          <span class="row">${icon("warn", 16)}${d.notSent}${m.comma}${one.why}</span>
          <button class="hit" @click=${() => this.open.again(one)}>${m.retry}</button>
          <button class="hit" @click=${() => this.open.forget(one)}>${d.throwAway}</button>
        </p>
      </div>
    </li>`;
  }

  private unsent(words: Going["words"], note: boolean): TemplateResult {
    const { text, product, products = [], order, picture, drafted } = words;
    return html`${
      note ? html`<p class="by">${icon("lock", 16)}${d.note}</p>` : nothing
    }${text === undefined ? nothing : html`<div class="bub">${text}</div>`}
    ${[...(product === undefined ? [] : [product]), ...products].map(
      (one) => html`<plusone-desk-card product=${one}></plusone-desk-card>`,
    )}${order === undefined ? nothing : html`<div class="bub">${d.orderCard}</div>`}${
      picture === undefined ? nothing : shown([cardNamed(picture)])
    }${drafted === undefined ? nothing : html`<div class="bub">${d.fromDraft}</div>`}`;
  }

  private dayWords(at: number): string {
    const now = this.open.talk.now();
    if (dayOf(at) === dayOf(now)) return d.today;
    if (dayOf(at) === dayOf(now - 86_400_000)) return d.yesterday;
    return longDay(at);
  }

  /** What nobody said: a call stands where it was told of last. */
  private posted({ offset, at_ms, cards }: Posted): TemplateResult {
    const [card] = cards;
    const later = this.open.talk.lines.some(
      (one) => one.kind === "posted" && one.offset > offset && one.cards[0]?.id === card?.id,
    );
    if (later) {
      return html`<li class="sys"><span>${d.callCard.call}${m.comma}${clock(at_ms)}</span></li>`;
    }
    return html`<li class="posted">${shown(cards)}</li>`;
  }

  private entryWords(entry: Exclude<Entry, Message | Posted>): string {
    switch (entry.kind) {
      case "opened":
        return entry.by === "customer" ? d.openedAgain(entry.round) : d.openedByShop;
      case "taken":
        if (entry.assigned) {
          return entry.staff === this.own ? d.givenToYou : d.givenTo(entry.name ?? "");
        }
        return entry.staff === this.own ? d.youTookIt : d.tookIt(entry.name ?? "");
      case "released":
        if (entry.to !== null) return d.passedOn;
        return entry.cause === "unanswered" ? d.nobodyAnswered : d.putBack;
      case "resolved":
        return entry.cause === "idle" ? d.resolvedIdle : d.resolvedBy(entry.name ?? "");
      case "promised":
        return entry.opens_at === null
          ? d.promisedPlace(entry.place)
          : d.promisedLine(moment(entry.opens_at, entry.at_ms), entry.place);
      case "handed_over":
        return handedOverWords(entry);
      case "change":
        return changeWords(entry, this.own);
    }
  }

  /** Somebody has it: she may take it all the same, but not without a second thought. */
  private asked(): unknown {
    const { holder } = this.open;
    if (holder === null) return nothing;
    const { name, faster, staff } = holder;
    return html`<div class="asked" role="alert">
      <span class="grow">${faster ? d.takenBefore(name) : d.othersHaveIt(name)}</span>
      <button class="btn btn-s btn-ink" @click=${() => void this.take(staff)}>${d.takeOver}</button>
      <button class="btn btn-s" @click=${() => this.open.leaveIt()}>${d.leaveIt}</button>
    </div>`;
  }

  private scrolled(): void {
    const at = this.scroller;
    if (at === null) return;
    // Counted from below: 0 at the newest, negative above it.
    this.away = at.scrollTop < -away_px;
    if (!this.away) {
      this.unseen = false;
      this.seen();
    }
    if (at.scrollHeight - at.clientHeight + at.scrollTop < near_top_px && this.away) {
      void this.open.loadOlder();
    }
  }

  private readonly toNewest = (): void => {
    if (this.scroller !== null) this.scroller.scrollTop = 0;
  };
}

/** What she asks about, with the way to the show where it is. */
function aboutOf(about: About | null): unknown {
  if (about?.title == null) return nothing;
  const words = d.asksAbout(about.title);
  if (about.show === null) return html`<span class="one-line">${words}</span>`;
  return html`<a class="one-line" href="/shows/${encodeURIComponent(about.show)}" target="_blank"
    >${words}</a
  >`;
}

/** The last of our messages that she has read; null where there is none. */
function lastRead(lines: readonly Entry[], upto: number): number | null {
  const read = lines.filter(({ offset }) => offset <= upto);
  return newestOf(read, "staff")?.offset ?? null;
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-desk-thread": DeskThread;
  }
}
