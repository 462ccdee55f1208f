import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import "../design/header";
import "../design/language";
import "./aloud";
import "./ask";
import "./cover";
import "./entry";
import "./gift";
import "./hearts";
import "./on-sale";
import "./promise";
import "./shelf";
import "./slip";
import "./talk";
import { sign } from "../account/icons";
import { loadLoyalty, loyalty, Standing } from "../account/standing";
import { Chatting } from "../chat/chatting";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { once, part } from "../design/part";
import { parts } from "../design/parts";
import { Media } from "../design/ticking";
import { count } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { type CommandName, Room } from "../room/connection";
import { loadSession, session } from "../session/session";
import { ask, offline, Problem } from "../wire/http";
import type { Gift, Item, Show, Snapshot, Wait } from "../wire/types";
import type { Choice } from "./ask";
import { Bag } from "./bag";
import type { Entry } from "./entry";
import type { Hearts } from "./hearts";
import { desktop, type Parts, phone } from "./layout";
import { type Moving, picture, sound, watching } from "./over-picture";
import * as reading from "./reading";
import { Sheets } from "./sheets";
import look from "./show.css?inline";

/** The viewer's page: the picture, what is on sale, the talk, and what is hers. */
@customElement("plusone-show")
export class ShowPage extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @state() private which: Item | null = null;
  /** What she was told up to this offset, or before this page was opened, is not told again. */
  @state() private seen: number | null = null;
  @state() private saidNow = "";
  @state() private problem: unknown = null;
  @state() private ordersOnly = false;
  /** Where the replay is; null while there is none, undefined before it was asked. */
  @state() private replay: string | null | undefined = undefined;
  @state() private playing = false;
  @state() private muted = true;
  @query("plusone-hearts") private readonly hearts!: Hearts | null;
  @query("plusone-entry") private readonly typing!: Entry | null;

  private readonly room = new Room(decodeURIComponent(location.pathname.split("/")[2] ?? ""));
  private readonly wide = new Media(this, "(min-width: 1000px)");
  private readonly serverNow = (): number => this.room.now();
  private readonly bag = new Bag(this, this.room);
  private readonly sheets = new Sheets(this, {
    missing: () => this.say(m.notReached),
    signedIn: () => this.becameKnown(),
    checkedOut: () => this.checkedOut(),
  });
  private readonly chat = new Chatting(this, () => this.say(m.notReached));
  private readonly needDoor = once(
    () => import("./door"),
    () => (this.problem = offline()),
  );
  private readonly needPlayer = once(
    () => import("../picture/player"),
    () => this.say(m.notReached),
  );
  private heartsToTell = 0;
  private quietTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    new Standing(this);
    // From the hearts of wishes, wherever they lie.
    this.addEventListener("who", ({ detail }: CustomEventInit<() => void>) => {
      if (detail !== undefined) this.sheets.askName(detail);
    });
    this.addEventListener("wished", ({ detail }: CustomEventInit<string>) =>
      this.say(detail ?? ""),
    );
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.room.subscribe(() => this.moved());
    this.room.onHearts((hearts) => this.hearts?.rise(hearts));
    this.room.open();
    void this.meet();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.room.close();
  }

  /** Who sits here; asked until it is known, since a name may be needed before the first word. */
  private async meet(): Promise<void> {
    while (this.isConnected) {
      try {
        await loadSession();
        this.requestUpdate();
        return;
      } catch (problem) {
        if (!(problem instanceof Problem && problem.retryable)) {
          this.problem = problem;
          return;
        }
        await new Promise((go) => setTimeout(go, 1_500));
      }
    }
  }

  private moved(): void {
    const { snapshot, problem } = this.room;
    if (problem?.code === "not_allowed") this.needDoor();
    if (snapshot !== null) {
      this.seen ??= snapshot.offset;
      if (snapshot.show.status === "ended" && this.replay === undefined) {
        void this.findReplay(snapshot.show.id);
      }
      if (snapshot.show.picture === "off") this.playing = false;
      else this.needPlayer();
      this.bag.follow(snapshot);
      document.title = [snapshot.show.title, session?.shop.name].filter(Boolean).join("｜");
    }
    this.requestUpdate();
  }

  private readonly becameKnown = (): void => {
    // The socket is another person's.
    this.room.reopen();
    void this.bag.load();
  };

  private checkedOut(): void {
    void this.bag.load();
    // What it earned or cost; the chip may say it a little later.
    loadLoyalty().catch(() => undefined);
  }

  // What she does

  private give(event: CommandName, body: Record<string, unknown>): void {
    if (session?.person.kind === "nobody") {
      this.sheets.askName(
        () => this.give(event, body),
        () => this.putBack(event, body),
      );
      return;
    }
    this.room.send(event, body).catch((problem: unknown) => {
      if (problem instanceof Problem && problem.code === "not_signed_in") {
        this.sheets.askName(
          () => this.give(event, body),
          () => this.putBack(event, body),
        );
        return;
      }
      this.say(problemWords(problem));
      this.putBack(event, body);
    });
  }

  /** What was not sent stands where it was typed, to be mended. */
  private putBack(event: CommandName, { text }: Record<string, unknown>): void {
    if (event === "comment" && typeof text === "string") this.typing?.putBack(text);
  }

  /** From the replay: into the cart, at the shop's own price. */
  private async buy(variant_id: string): Promise<void> {
    if (session?.person.kind === "nobody") {
      this.sheets.askName(() => void this.buy(variant_id));
      return;
    }
    try {
      await this.bag.add(variant_id);
      this.say(m.inCart);
    } catch (problem) {
      this.say(problemWords(problem));
    }
  }

  private async findReplay(show: string): Promise<void> {
    this.replay = null;
    try {
      const address = `/api/shows/${encodeURIComponent(show)}/picture`;
      const { replay } = await ask<{ replay: string | null }>("GET", address);
      if (replay === null || (await part(() => import("../picture/replay")))) this.replay = replay;
      else this.say(m.notReached);
    } catch (problem) {
      // The cover is there for shows without one; the room's next word has it asked for again.
      if (problem instanceof Problem && problem.retryable) this.replay = undefined;
    }
  }

  private want(item: Item): void {
    this.sheets.close();
    if (reading.hasVariants(item)) this.which = item;
    else this.claim({ item: item.id, variant: null, quantity: 1 });
  }

  private readonly leave = ({ detail }: CustomEvent<Wait>): void => {
    this.give("give_back", { wait: detail.id });
  };

  private claim({ item, variant, quantity }: Choice): void {
    this.dismiss();
    this.give("claim", { item, variant, quantity, action: "add" });
  }

  private dismiss(): void {
    this.which = null;
    this.seen = this.room.snapshot?.offset ?? this.seen;
  }

  private love(): void {
    this.hearts?.rise(1);
    this.heartsToTell += 1;
    if (this.heartsToTell > 1) return;
    setTimeout(() => {
      this.room.heart(this.heartsToTell);
      this.heartsToTell = 0;
    }, 500);
  }

  private say(words: string): void {
    this.saidNow = words;
    clearTimeout(this.quietTimer);
    this.quietTimer = setTimeout(() => (this.saidNow = ""), 6_000);
  }

  private async share(): Promise<void> {
    const { title } = this.room.snapshot?.show ?? { title: "" };
    try {
      if ("share" in navigator) await navigator.share({ title, url: location.href });
      else {
        await (navigator as Navigator).clipboard.writeText(location.href);
        this.say(m.linkCopied);
      }
    } catch {
      // she thought better of it
    }
  }

  // What is drawn

  override render(): TemplateResult {
    const { snapshot, phase, problem } = this.room;
    if (phase === "refused" || (this.problem !== null && snapshot === null)) {
      return this.nothingHere(this.problem ?? problem);
    }
    if (snapshot === null) return this.loading();
    const draw = this.wide.matches ? desktop : phone;
    return html`${draw(this.parts(snapshot))}
      <plusone-aloud .show=${snapshot.show} .mine=${snapshot.mine}></plusone-aloud>
      ${this.sheets.draw(this.room, () => this.shelf(snapshot.show, snapshot.show.items))}
      <div
        @known=${this.becameKnown}
        @carted=${() => void this.bag.load()}
        @cart=${() => this.sheets.open("checkout")}
      >
        ${this.chat.draw()}
      </div>`;
  }

  private get moving(): Moving {
    return {
      playing: this.playing,
      muted: this.muted,
      plays: () => (this.playing = true),
      hush: () => (this.muted = !this.muted),
    };
  }

  private get lost(): boolean {
    return this.room.phase === "lost";
  }

  private loading(): TemplateResult {
    return html`<main class="stage on-stage" aria-busy="true">
      <div class="middle on-stage" role="status">
        ${icon("spin", 24, "turn")}
        <p class="t-14">${this.lost ? m.reconnecting : m.loading}</p>
      </div>
    </main>`;
  }

  private nothingHere(problem: unknown): TemplateResult {
    const shut = problem instanceof Problem && "tier" in problem.data ? problem.data : null;
    if (shut !== null) {
      return html`<plusone-door
          .shut=${shut}
          @sign-in=${() => this.sheets.signIn(() => undefined)}
          @again=${() => this.room.reopen()}
        ></plusone-door>
        ${this.sheets.draw(this.room, () => nothing)}`;
    }
    // What cannot even be the name of a show is no show either.
    const missing =
      problem instanceof Problem && ["not_found", "bad_request"].includes(problem.code);
    return html`<main class="stage">
      <div class="middle on-stage">
        <h1 class="t-22">${missing ? m.noSuchShow : problemWords(problem)}</h1>
        <a class="btn btn-soft" href="/">${m.toShows}</a>
      </div>
    </main>`;
  }

  private parts(snapshot: Snapshot): Parts {
    const { show, mine } = snapshot;
    return {
      show,
      shop: session?.shop.name ?? "",
      retry: this.lost ? this.room.retry : null,
      picture: picture(show, this.lost, this.sheets.isOpen("checkout"), this.moving),
      watching: watching(show, this.room.viewers ?? show.viewers),
      sound: sound(show, this.moving),
      bag: this.bagTool(),
      team: this.teamTool(show),
      points: this.pointsTool(),
      gift: (look) => this.gift(show, mine, look),
      promise: this.promise(show, mine),
      slip: this.slip(show, mine),
      ...this.toHer(snapshot),
      saidNow: this.saidNow,
      ordersOnly: this.ordersOnly,
      replay: this.replays(show),
      cover: (promise = nothing) => this.cover(show, promise),
      talk: (look, tight) => this.talk(show, look, tight),
      entry: (look) => this.entry(show, look),
      onSale: (look, tight) => this.onSale(show, mine, look, tight),
      shelf: (items) => this.shelf(show, items),
      love: () => this.love(),
      share: () => void this.share(),
      sift: () => (this.ordersOnly = !this.ordersOnly),
      openShelf: () => this.sheets.open("shelf"),
    };
  }

  private replays({ status }: Show): boolean {
    return status === "ended" && this.replay != null;
  }

  /** Over the picture before the show and after it; or the replay, where one was kept. */
  private cover(show: Show, promise: unknown): TemplateResult {
    if (this.replays(show)) {
      return html`<plusone-replay
        .show=${show}
        address=${this.replay}
        @buy=${(event: CustomEvent<string>) => void this.buy(event.detail)}
        >${promise}</plusone-replay
      >`;
    }
    return html`<plusone-cover
      .show=${show}
      .now=${this.serverNow}
      shop=${session?.shop.name ?? ""}
    ></plusone-cover>`;
  }

  /** What she alone is asked or told. */
  private toHer(snapshot: Snapshot): Pick<Parts, "asked" | "answer"> {
    const told = this.which === null ? reading.told(snapshot, this.seen ?? 0) : null;
    const grantedSince = snapshot.mine.claims.some(
      ({ at_ms }) => told?.kind === "unread" && at_ms > told.what.at_ms,
    );
    // Who may not order is told so, but not asked what she meant.
    const shut = snapshot.mine.blocked && told?.kind !== "refused";
    const asked = !shut && (this.which !== null || (told !== null && !grantedSince));
    return {
      asked,
      answer: asked
        ? html`<plusone-ask
            ?panel=${this.wide.matches}
            .show=${snapshot.show}
            .told=${told}
            .standing=${loyalty}
            .which=${this.which && reading.itemOf(snapshot.show, this.which.id)}
            @choose=${(event: CustomEvent<Choice>) => this.claim(event.detail)}
            @dismiss=${this.dismiss}
            @sign-in=${({ detail }: CustomEvent<Choice[]>) =>
              this.sheets.signIn(() => detail.forEach((choice) => this.claim(choice)))}
          ></plusone-ask>`
        : nothing,
    };
  }

  private talk(show: Show, look: "stage" | "panel", tight: boolean): TemplateResult {
    return html`<plusone-talk
      look=${look}
      ?tight=${tight}
      ?lost=${this.lost}
      ?orders=${look === "panel" && this.ordersOnly}
      .comments=${show.comments}
      .items=${show.items}
      .waiting=${this.room.waiting}
      .own=${this.room.snapshot?.mine.ids ?? []}
    ></plusone-talk>`;
  }

  private entry(show: Show, look: "stage" | "panel"): TemplateResult {
    const code = reading.current(show)?.code;
    let hint = code === undefined ? m.sayHint : m.orderHint(code);
    if (this.lost) hint = m.typeAhead;
    if (show.status === "ended") hint = m.showEnded;
    else if (this.room.snapshot?.mine.blocked === true) hint = m.notAllowed;
    return html`<plusone-entry
      look=${look}
      label=${m.sayOrOrder}
      hint=${hint}
      ?shut=${this.room.snapshot?.mine.blocked === true || show.status === "ended"}
      @say=${(event: CustomEvent<string>) => {
        this.dismiss();
        this.give("comment", { text: event.detail });
      }}
    ></plusone-entry>`;
  }

  private promise(show: Show, mine: Snapshot["mine"]): unknown {
    if (reading.unpaid(mine).length === 0 && mine.waits.length === 0) return nothing;
    return html`<plusone-promise
      .show=${show}
      .mine=${mine}
      .now=${this.serverNow}
      @checkout=${() => this.sheets.open("checkout")}
      @more=${({ detail: { item, variant } }: CustomEvent<Wait>) =>
        this.claim({ item, variant, quantity: 1 })}
      @leave=${this.leave}
    ></plusone-promise>`;
  }

  private slip(show: Show, mine: Snapshot["mine"]): TemplateResult {
    return html`<plusone-slip
      ?free=${loyalty?.benefits.free_delivery === true}
      .show=${show}
      .mine=${mine}
      .cart=${this.bag.cart}
      @checkout=${() => this.sheets.open("checkout")}
      @leave=${this.leave}
    ></plusone-slip>`;
  }

  private bagTool(): TemplateResult {
    const { pieces } = this.bag;
    return html`<button
      class="tool glass"
      aria-label=${m.cartWith(pieces)}
      @click=${() => this.sheets.open("checkout")}
    >
      ${icon("bag", 24)}${pieces > 0 ? html`<span class="count">${pieces}</span>` : nothing}
    </button>`;
  }

  /** Her points and tier, the way to her account; nothing where the shop has none. */
  private pointsTool(): unknown {
    if (loyalty?.on !== true) return nothing;
    const { points, tier } = loyalty;
    const available = count(points.available);
    return html`<a
      class="pill-glass hit points"
      href="/account"
      aria-label=${m.myStanding(tier?.name ?? null, available)}
    >
      ${sign("points", 16)}${tier === null ? nothing : html`<b>${tier.name}</b>`}<span
        >${m.myPoints(available)}</span
      ></a
    >`;
  }

  private gift(show: Show, mine: Snapshot["mine"], look: "stage" | "panel"): TemplateResult {
    return html`<plusone-gift
      look=${look}
      .gift=${show.gift}
      .won=${mine.gifts}
      .refused=${mine.gift_refused}
      ?known=${session?.person.kind === "customer"}
      @say=${(event: CustomEvent<string>) => this.give("comment", { text: event.detail })}
      @sign-in=${({ detail: { id, keyword } }: CustomEvent<Gift>) =>
        this.sheets.signIn(() => {
          // It may have taken her longer than the give-away lasted.
          if (this.room.snapshot?.show.gift?.id === id) this.give("comment", { text: keyword });
        })}
    ></plusone-gift>`;
  }

  /** Her question goes out with what is on sale as she asks it. */
  private teamTool(show: Show): unknown {
    const { there, unread } = this.chat;
    if (!there) return nothing;
    const item = reading.current(show);
    const title = item === null ? show.title : `${item.code} ${item.title}`;
    return html`<button
      class="pill-glass hit team"
      aria-label=${unread > 0 ? m.askTeamUnread(unread) : m.askTeam}
      aria-haspopup="dialog"
      @click=${() => {
        this.chat.show({ show: show.id, item: item?.id ?? null, product: null, title });
      }}
    >
      ${icon("chat", 16)}<span class="called">${m.askTeam}</span>
      ${unread > 0 ? html`<b>${unread}</b>` : nothing}
    </button>`;
  }

  private onSale(
    show: Show,
    mine: Snapshot["mine"],
    look: "card" | "panel",
    tight: boolean,
  ): TemplateResult {
    return html`<plusone-on-sale
      look=${look}
      ?tight=${tight}
      ?lost=${this.lost}
      ?talks=${this.chat.there}
      .standing=${loyalty}
      .show=${show}
      .mine=${mine}
      .at=${this.room.snapshot?.at_ms ?? 0}
      .now=${this.serverNow}
      @want=${(event: CustomEvent<Item>) => this.want(event.detail)}
    ></plusone-on-sale>`;
  }

  private shelf(show: Show, items: Item[]): TemplateResult {
    return html`<plusone-shelf
      ?lost=${this.lost}
      .standing=${loyalty}
      .now=${this.serverNow}
      .show=${show}
      .items=${items}
      @want=${(event: CustomEvent<Item>) => this.want(event.detail)}
    ></plusone-shelf>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-show": ShowPage;
  }
}
