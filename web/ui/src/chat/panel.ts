import { html, nothing, type PropertyValues, svg, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import "./composer";
import "./picture-button";
import "./picture-draft";
import "./thread";
import { consultPath } from "../consult/ways";
import type { Consult } from "../consult/wire";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { firstSign, parts, who } from "../design/parts";
import { c, chatWords } from "../i18n/chat";
import { clock } from "../i18n/format";
import { locale, m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { loadSession, onSession, session } from "../session/session";
import { ask, Problem } from "../wire/http";
import type { Composer } from "./composer";
import { pressWords, settled } from "./changes";
import { Conversation } from "./conversation";
import { botFace } from "./icons";
import { Outbox } from "./outbox";
import { Attaching } from "./picture-attach";
import { PictureCatch } from "./picture-catch";
import { pathOf, type Sent } from "./picture-wire";
import look from "./panel.css?inline";
import type { Rate } from "./rating";
import type { Thread } from "./thread";
import type { About, Chat, Conversed, Entry, Hours, Older } from "./wire";
import { when } from "./when";

type Asked = "name" | "sign-in";

/**
 * The chat of one customer with the shop: over nearly the whole page on a phone, at its side on a
 * desktop. It stays on the line while it is folded. Tells `shut`, `unread` (how many), `carted` (the
 * cart is another now), `cart` (she wants to see it) and `known` (she has said who she is).
 */
@customElement("plusone-chat-panel")
export class ChatPanel extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ type: Boolean }) open = false;
  /** What she is looking at, told with the first word after it was opened. */
  @property({ attribute: false }) about: About | null = null;

  @state() private ready = false;
  @state() private hours: Hours | null = null;
  /** The ways to talk face to face: undefined before it was asked, null where it is not known. */
  @state() private consult: Consult | null | undefined = undefined;
  @state() private problem: unknown = null;
  @state() private asked: Asked | null = null;
  @state() private asks: About | null = null;
  @state() private turn = 0;
  @state() private said = "";
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;
  @query("plusone-composer") private readonly composer!: Composer | null;
  @query("plusone-thread") private readonly thread!: Thread | null;

  private talk: Conversation | null = null;
  private person: string | null = null;
  private beginning = false;
  private turnedAway = false;
  /** What was changed for her as far as the page has shown it; null before the thread is known. */
  private settled: string | null = null;
  private bot = false;
  private hoursTimer: ReturnType<typeof setTimeout> | undefined;
  private forget: (() => void) | null = null;
  private readonly outbox = new Outbox(
    locale,
    () => this.moved(),
    () => this.askName(),
  );
  private readonly attaching = new Attaching(
    () => (session === null || session.person.kind === "nobody" ? null : "/api/chat/pictures"),
    () => this.requestUpdate(),
  );

  constructor() {
    super();
    new PictureCatch(this, this.attach);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void chatWords.then(() => (this.ready = true));
    this.forget = onSession(() => void this.meet());
    document.addEventListener("visibilitychange", this.moved);
    window.visualViewport?.addEventListener("resize", this.fit);
    window.visualViewport?.addEventListener("scroll", this.fit);
    void this.meet();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget?.();
    clearTimeout(this.hoursTimer);
    document.removeEventListener("visibilitychange", this.moved);
    window.visualViewport?.removeEventListener("resize", this.fit);
    window.visualViewport?.removeEventListener("scroll", this.fit);
    this.leave();
  }

  /** Who sits here, what she said before, and whether the shop is open. */
  private async meet(): Promise<void> {
    this.problem = null;
    try {
      const { person } = await loadSession();
      if (this.talk !== null && person.id !== this.person) this.leave();
      this.person = person.id;
      const { conversation } = await this.look();
      if (conversation !== null) this.follow(conversation);
      else if (person.kind === "nobody") this.putBack();
      else if (this.outbox.items.length > 0) await this.begin();
    } catch (problem) {
      this.problem = problem;
    }
  }

  private async look(): Promise<Chat> {
    const chat = await ask<Chat>("GET", "/api/chat");
    this.hours = chat.hours;
    this.bot = chat.bot;
    clearTimeout(this.hoursTimer);
    const { open, until, opens_at } = chat.hours;
    const next = open ? until : opens_at;
    if (next !== null) {
      // Looked at again when that is over; a clock that runs apart from ours costs a look more.
      const wait = Math.min(Math.max(next - this.now() + 500, 5_000), 3_600_000);
      this.hoursTimer = setTimeout(() => void this.look().catch(() => undefined), wait);
    }
    return chat;
  }

  private async begin(): Promise<void> {
    if (this.beginning) return;
    this.beginning = true;
    try {
      const { conversation } = await ask<{ conversation: string }>("POST", "/api/chat", {});
      this.follow(conversation);
    } catch (problem) {
      if (problem instanceof Problem && problem.code === "not_signed_in") this.askName();
      else this.problem = problem;
    } finally {
      this.beginning = false;
    }
  }

  private follow(conversation: string): void {
    if (this.talk?.id === conversation) return;
    this.leave();
    const talk = new Conversation(conversation, "customer");
    talk.subscribe(this.moved);
    talk.open();
    this.talk = talk;
    this.settled = null;
    this.outbox.use(talk, this.person ?? "");
    this.moved();
  }

  private leave(): void {
    const { talk } = this;
    this.talk = null;
    this.outbox.rest();
    talk?.close();
  }

  private readonly moved = (): void => {
    const { talk } = this;
    if (talk?.snapshot != null) {
      this.outbox.seen(talk.snapshot.offset);
      this.tellUnread(talk);
      this.tellCarted(talk);
    }
    if (talk?.phase === "there") this.turnedAway = false;
    if (talk?.phase === "refused" && !this.turnedAway) {
      // She became another, or two of hers became one: which conversation is hers is asked anew.
      this.turnedAway = true;
      this.leave();
      void this.meet();
    }
    this.turn += 1;
  };

  private tellUnread(talk: Conversation): void {
    const read = talk.snapshot?.conversation.read.customer ?? 0;
    const unread = talk.lines.filter((one) => one.offset > read && isNews(one));
    this.dispatchEvent(new CustomEvent<number>("unread", { detail: unread.length }));
  }

  /** The page shows her cart anew once something was changed in it from here. */
  private tellCarted(talk: Conversation): void {
    const now = settled(talk.lines);
    const before = this.settled;
    this.settled = now;
    if (before === null || now === before) return;
    this.dispatchEvent(new Event("carted", { bubbles: true, composed: true }));
  }

  private readonly read = (): void => {
    if (!this.open || document.visibilityState !== "visible") return;
    const last = this.talk?.lines.findLast(isNews);
    if (last !== undefined) this.talk?.read(last.offset);
  };

  private now(): number {
    return this.talk?.phase === "there" ? this.talk.now() : Date.now();
  }

  // What she does

  private readonly say = ({ detail: text }: CustomEvent<string>): void => {
    const picture = this.attaching.give();
    if (this.attaching.busy) {
      // It lay here for so long that it has to be sent anew.
      this.outbox.draft = text;
      this.moved();
    } else this.speak(text, picture);
  };

  private readonly attach = (file: File): void => {
    this.attaching.take(file);
    if (this.attaching.current?.waits === true) this.askName();
    else if (matchMedia("(hover: hover)").matches) this.composer?.focus();
  };

  private speak(text: string, picture: Sent | null = null): void {
    this.said = "";
    this.outbox.put(text, this.asks, picture);
    this.asks = null;
    void this.thread?.updateComplete.then(() => this.thread?.toEnd());
    if (session === null || session.person.kind === "nobody") this.askName();
    else if (this.talk === null) void this.begin();
  }

  private readonly press = ({ detail }: CustomEvent<{ offset: number; key: string }>): void => {
    const { talk } = this;
    if (talk === null) return;
    this.said = "";
    talk.press(detail.offset, detail.key).catch((problem: unknown) => this.failed(talk, problem));
    void this.thread?.updateComplete.then(() => this.thread?.toEnd());
    // What was pressed can be pressed no more: the focus goes to where she goes on.
    if (matchMedia("(hover: hover)").matches) this.back();
  };

  private readonly undo = ({ detail }: CustomEvent<number>): void => {
    const { talk } = this;
    if (talk === null) return;
    this.said = "";
    talk.undo(detail).catch((problem: unknown) => this.failed(talk, problem));
    if (matchMedia("(hover: hover)").matches) this.back();
  };

  private failed(talk: Conversation, problem: unknown): void {
    if (talk === this.talk) this.said = pressWords(problem);
  }

  private askName(): void {
    this.asking("name");
  }

  private asking(what: Asked): void {
    this.asked = what;
    const load =
      what === "name"
        ? () => import("../session/name-sheet")
        : () => import("../session/sign-in-sheet");
    void part(load).then((there) => {
      if (there) return;
      this.unnamed();
      this.said = m.notReached;
    });
  }

  /** She will not say who she is: what she typed stands where she typed it. */
  private readonly unnamed = (): void => {
    this.asked = null;
    this.putBack();
    this.asks = this.about;
    this.back();
  };

  private putBack(): void {
    const typed = this.outbox.items
      .filter(({ given, problem }) => !given && problem === null)
      .map(({ request_id }) => this.outbox.take(request_id));
    this.outbox.draft = [...typed, this.outbox.draft].filter((text) => text !== "").join("\n");
    this.moved();
  }

  private readonly named = (): void => {
    // The session has told of it, and what waits is sent in her new name.
    this.asked = null;
    this.dispatchEvent(new Event("known", { bubbles: true }));
    this.attaching.again();
    this.back();
  };

  private back(): void {
    void this.updateComplete.then(() => this.composer?.focus());
  }

  private readonly takeBack = ({ detail }: CustomEvent<string>): void => {
    const picture = this.outbox.items.find(({ request_id }) => request_id === detail)?.picture;
    if (picture !== undefined) this.attaching.putBack(picture, pathOf(picture.id, true));
    const text = this.outbox.take(detail);
    this.outbox.draft = [this.outbox.draft, text].filter(Boolean).join("\n");
    this.moved();
    this.back();
  };

  private readonly called = (about: About): string | null => this.outbox.called(about);

  private readonly older = ({ detail: done }: CustomEvent<() => void>): void => {
    const fetch = (offset: number): Promise<Older> =>
      ask<Older>("GET", `/api/chat/before?offset=${offset}`);
    void (this.talk?.ask(fetch) ?? Promise.resolve()).catch(() => undefined).then(done);
  };

  private readonly rate = ({ detail: { score, text } }: CustomEvent<Rate>): void => {
    this.said = "";
    this.talk?.rate(score, text).catch((problem: unknown) => {
      this.said = problemWords(problem);
    });
  };

  // The dialog

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("about") || (changed.has("open") && this.open)) this.asks = this.about;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { dialog } = this;
    if (dialog === null || dialog.open === this.open) return;
    if (!this.open) {
      dialog.close();
      return;
    }
    // Beside the page on a desktop, which goes on; over it on a phone.
    if (matchMedia("(min-width: 720px)").matches) dialog.show();
    else dialog.showModal();
    this.fit();
    this.read();
    // Under a finger the keyboard would come up over what there is to read.
    if (matchMedia("(hover: hover)").matches) this.composer?.focus();
    if (this.hours !== null) void this.look().catch(() => undefined);
    void this.lookFace();
  }

  /** Where it is not known, nothing is offered. */
  private async lookFace(): Promise<void> {
    this.consult = await ask<Consult>("GET", "/api/consult").catch(() => null);
  }

  private readonly shut = (): void => {
    if (this.open) this.dispatchEvent(new Event("shut"));
  };

  private readonly key = (event: KeyboardEvent): void => {
    // A dialog beside the page does not hear Escape by itself; an input method does before us.
    if (event.key === "Escape" && !event.isComposing && this.asked === null) {
      event.preventDefault();
      this.shut();
    }
  };

  private readonly beside = (event: MouseEvent): void => {
    const { dialog } = this;
    if (dialog === null || event.target !== dialog) return;
    if (event.clientY < dialog.getBoundingClientRect().top) this.shut();
  };

  /** A phone's keyboard lies over the page without making it smaller: the sheet stands on it. */
  private readonly fit = (): void => {
    const seen = window.visualViewport;
    if (seen === null || this.dialog?.open !== true) return;
    const under = Math.max(0, window.innerHeight - seen.height - seen.offsetTop);
    this.dialog.style.setProperty("--seen", `${seen.height}px`);
    this.dialog.style.setProperty("--under", `${under}px`);
  };

  // What is drawn

  override render(): unknown {
    if (!this.ready) return nothing;
    const talk = this.talk?.snapshot?.conversation ?? null;
    return html`<dialog
        aria-label=${c.chat}
        @close=${this.shut}
        @cancel=${(event: Event) => event.preventDefault()}
        @keydown=${this.key}
        @click=${this.beside}
      >
        ${this.head(talk)} ${this.talk?.phase === "lost" ? this.lost(this.talk) : nothing}
        ${this.middle(talk)}
        <div class="say">
          ${this.asks?.title == null ? nothing : this.subject(this.asks.title)}
          <p class="t-13 stop" role="status">${this.said}</p>
          <plusone-picture-draft
            .attached=${this.attaching.current}
            @again=${() => this.attaching.again()}
            @name=${() => this.askName()}
            @remove=${() => {
              this.attaching.drop();
              this.back();
            }}
          ></plusone-picture-draft>
          <plusone-composer
            ?laden=${this.attaching.current?.sent != null}
            ?waits=${this.attaching.busy}
            hint=${this.hint(talk)}
            .typed=${live(this.outbox.draft)}
            @draft=${(event: CustomEvent<string>) => {
              this.outbox.draft = event.detail;
            }}
            @typing=${() => this.talk?.typing()}
            @say=${this.say}
            ><plusone-picture-button
              slot="before"
              @picture=${({ detail }: CustomEvent<File>) => this.attach(detail)}
            ></plusone-picture-button
          ></plusone-composer>
        </div>
      </dialog>
      ${this.sheet()}`;
  }

  private sheet(): unknown {
    if (this.asked === "name") {
      return html`<plusone-name-sheet
        @named=${this.named}
        @sign-in=${() => this.asking("sign-in")}
        @close=${this.unnamed}
      ></plusone-name-sheet>`;
    }
    if (this.asked === "sign-in") {
      return html`<plusone-sign-in-sheet
        @signed-in=${this.named}
        @close=${this.unnamed}
      ></plusone-sign-in-sheet>`;
    }
    return nothing;
  }

  private head(talk: Conversed | null): TemplateResult {
    const { hours } = this;
    const shop = session?.shop.name ?? "";
    const fold = html`<span class="row tools"
      >${this.faceTool()}<button class="tool" aria-label=${c.fold} @click=${this.shut}>
        ${icon("down", 20)}
      </button></span
    >`;
    if (talk?.staff != null) {
      const name = talk.staff.name ?? c.staff;
      return html`<div class="head">
        <span class="face here">${who(name, false)}</span>
        <div class="grow">
          <h2 class="one-line">${name}</h2>
          <p class="t-12 quiet one-line">
            ${this.talk?.writer == null ? c.staff : `${c.staff}${m.comma}${c.typing}`}
          </p>
        </div>
        ${fold}
      </div>`;
    }
    const bot = this.botAnswers(talk);
    if (hours !== null && !hours.open && !hours.always) {
      return html`<div class="night ${bot ? "with-bot" : ""}">
        ${night}
        <div class="words">
          <h2 class="one-line">${bot ? c.botNight : c.closed}</h2>
          <p class="t-13 one-line">
            ${hours.opens_at === null ? c.backSomeTime : c.backAt(when(hours.opens_at, this.now()))}
          </p>
        </div>
        ${bot ? this.toPerson(talk) : nothing} ${fold}
      </div>`;
    }
    if (bot) {
      return html`<div class="head">
        ${botFace(false)}
        <div class="grow">
          <h2 class="one-line">${c.bot}</h2>
          <p class="t-12 quiet stand">${this.botStand(talk)}</p>
        </div>
        ${this.toPerson(talk)} ${fold}
      </div>`;
    }
    return html`<div class="head">
      <span class="who logo" aria-hidden="true">${firstSign(shop)}</span>
      <div class="grow">
        <h2 class="one-line">${shop}</h2>
        <p class="t-12 quiet one-line">${this.there(talk)}</p>
      </div>
      ${fold}
    </div>`;
  }

  /** Whether what she writes next is the bot's to answer. */
  private botAnswers(talk: Conversed | null): boolean {
    if (talk === null || talk.control === "new" || talk.control === "resolved") return this.bot;
    return talk.control === "bot";
  }

  private botStand(talk: Conversed | null): string {
    const at = talk?.callback_at ?? null;
    return at === null ? c.botFirst : c.callback(when(at, this.now()));
  }

  /** The way to a person; once one is to come back to her there is no more to ask for. */
  private toPerson(talk: Conversed | null): unknown {
    if (talk !== null && talk.callback_at !== null) return nothing;
    return html`<button class="btn btn-s btn-line hit person" @click=${this.askPerson}>
      ${icon("person", 16)}${c.person}
    </button>`;
  }

  private readonly askPerson = (): void => {
    this.speak(c.wantPerson);
    if (matchMedia("(hover: hover)").matches) this.back();
  };

  private there(talk: Conversed | null): string {
    if (talk?.control === "queued" && talk.waiting_since !== null) return c.passedOn;
    const until = this.hours?.until ?? null;
    return until === null ? c.here : c.hereUntil(clock(until));
  }

  private middle(talk: Conversed | null): TemplateResult {
    const problem = this.problem ?? this.talk?.problem ?? null;
    if (problem !== null) {
      return html`<div class="middle" role="alert">
        <p>${problemWords(problem)}</p>
        <button class="btn btn-line" @click=${() => void this.again()}>${m.retry}</button>
      </div>`;
    }
    if (this.hours === null || (this.talk !== null && talk === null)) {
      return html`<div class="middle" role="status">
        ${icon("spin", 24, "turn")}
        <p class="t-14">${m.loading}</p>
      </div>`;
    }
    const empty = (talk?.lines.length ?? 0) === 0 && this.outbox.items.length === 0;
    return html`<plusone-thread
      .talk=${this.talk}
      .called=${this.called}
      .outgoing=${this.outbox.items}
      .turn=${this.turn}
      ?lost=${this.talk?.phase === "lost"}
      @seen=${this.read}
      @older=${this.older}
      @again=${({ detail }: CustomEvent<string>) => this.outbox.again(detail)}
      @take-back=${this.takeBack}
      @press=${this.press}
      @undo=${this.undo}
      @rate=${this.rate}
      >${empty ? this.intro(this.hours) : nothing}</plusone-thread
    >`;
  }

  /** To a talk face to face, where somebody is there or a time may be booked. */
  private get face(): { words: string; intro: string; path: string } | null {
    const { consult } = this;
    // Not from the very page that it leads to.
    if (consult == null || location.pathname.startsWith("/consult")) return null;
    const { open, free, waiting, bookable } = consult;
    const path = consultPath(this.about, !open);
    if (open) {
      return free
        ? { words: c.call.free, intro: c.call.introFree, path }
        : { words: c.call.busy(waiting), intro: c.call.introBusy, path };
    }
    return bookable ? { words: c.call.bookable, intro: c.call.introBook, path } : null;
  }

  private faceTool(): unknown {
    const { face } = this;
    // Its place is kept, so that nothing moves when it comes.
    if (this.consult === undefined) return html`<span class="tool"></span>`;
    if (face === null) return nothing;
    const { words, path } = face;
    return html`<a class="tool" href=${path} aria-label=${words} title=${words}
      >${icon("video", 20)}</a
    >`;
  }

  private faceLine(): unknown {
    const { face } = this;
    if (face === null) return html`<span class="face-line"></span>`;
    return html`<a class="face-line t-14" href=${face.path}>${icon("video", 18)}${face.intro}</a>`;
  }

  private intro({ open, always, opens_at }: Hours): TemplateResult {
    const later = !open && !always && opens_at !== null;
    return html`<div class="intro">
      ${icon("chat", 24)}
      <h3>${c.intro}</h3>
      <p class="t-14 quiet">
        ${this.bot ? c.introBot : later ? c.introLater(when(opens_at, this.now())) : c.introWords}
      </p>
      ${this.faceLine()}
    </div>`;
  }

  private async again(): Promise<void> {
    this.leave();
    await this.meet();
  }

  private lost(talk: Conversation): TemplateResult {
    return html`<div class="lost" role="status">
      ${icon("spin", 18, "turn")}
      <p class="grow">${c.lost}</p>
      <button class="hit" @click=${talk.retry}>${m.retryNow}</button>
    </div>`;
  }

  private subject(title: string): TemplateResult {
    return html`<p class="asks">
      <span class="one-line">${c.about(title)}</span
      ><button class="tool" aria-label=${c.dropAbout} @click=${() => (this.asks = null)}>
        ${icon("close", 16)}
      </button>
    </p>`;
  }

  private hint(talk: Conversed | null): string {
    if (talk?.staff?.name != null) return c.hintTo(talk.staff.name);
    if (this.botAnswers(talk)) return c.hint;
    return this.hours !== null && !this.hours.open && !this.hours.always ? c.hintLater : c.hint;
  }
}

/** What counts as unread until she has seen it. */
function isNews(line: Entry): boolean {
  if (line.kind === "posted") return line.unread;
  return line.kind === "message" && line.from !== "customer";
}

const night = html`<svg
  viewBox="0 0 390 120"
  preserveAspectRatio="xMidYMid slice"
  aria-hidden="true"
>
  ${svg`<g class="stars"><circle cx="40" cy="26" r="1.2" opacity=".7"/><circle cx="118" cy="14" r="1" opacity=".5"/><circle cx="180" cy="34" r="1.3" opacity=".6"/><circle cx="244" cy="18" r="1" opacity=".5"/><circle cx="214" cy="52" r="1" opacity=".35"/><circle cx="78" cy="52" r="1" opacity=".4"/></g>
  <path class="moon" d="M345 22a22 22 0 1 0 12 37 18.5 18.5 0 0 1-12-37Z"/>
  <path class="roofs" d="M0 120V92h36V76h44v20h30V70h38v28h46V84h30v14h50V74h40v24h34V88h42v32Z"/>
  <g class="lights"><rect x="48" y="86" width="7" height="8"/><rect x="120" y="80" width="7" height="8"/><rect x="286" y="84" width="7" height="8"/></g>`}
</svg>`;

declare global {
  interface HTMLElementTagNameMap {
    "plusone-chat-panel": ChatPanel;
  }
}
