import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import "../design/header";
import "../design/language";
import "./ask";
import "./cover";
import "./entry";
import "./hearts";
import "./on-sale";
import "./promise";
import "./shelf";
import "./slip";
import "./talk";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { firstSign, parts } from "../design/parts";
import { Media } from "../design/ticking";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { type CommandName, Room } from "../room/connection";
import { loadSession, session } from "../session/session";
import { ask, Problem, requestId } from "../wire/http";
import type { Cart, Item, Show, Snapshot, Wait } from "../wire/types";
import type { Choice } from "./ask";
import type { Entry } from "./entry";
import type { Hearts } from "./hearts";
import { air, lostLine, type Moving, notes, picture, sound, watching } from "./over-picture";
import * as reading from "./reading";
import look from "./show.css?inline";

type SheetName = "name" | "sign-in" | "checkout" | "shelf";

const loads: Record<SheetName, () => Promise<unknown>> = {
  name: () => import("../session/name-sheet"),
  "sign-in": () => import("../session/sign-in-sheet"),
  checkout: () => import("../checkout/sheet"),
  shelf: () => import("../design/sheet"),
};

/** The viewer's page: the picture, what is on sale, the talk, and what is hers. */
@customElement("plusone-show")
export class ShowPage extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @state() private sheet: SheetName | null = null;
  @state() private which: Item | null = null;
  /** What she was told up to this offset, or before this page was opened, is not told again. */
  @state() private seen: number | null = null;
  @state() private saidNow = "";
  @state() private cart: Cart | null = null;
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
  /** What she meant to do before she had a name; `undo` where she will not say one. */
  private deferred: { then: () => void; undo: () => void } | null = null;
  private heartsToTell = 0;
  private quietTimer: ReturnType<typeof setTimeout> | undefined;
  private cartKey = "";

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
    const { snapshot } = this.room;
    if (snapshot !== null) {
      this.seen ??= snapshot.offset;
      if (snapshot.show.status === "ended" && this.replay === undefined) {
        void this.findReplay(snapshot.show.id);
      }
      if (snapshot.show.picture === "off") this.playing = false;
      else void import("../picture/player");
      const key = snapshot.mine.claims
        .map(({ id, quantity, state }) => `${id} ${quantity} ${state}`)
        .join();
      if (key !== this.cartKey) {
        this.cartKey = key;
        void this.loadCart();
      }
      document.title = [snapshot.show.title, session?.shop.name].filter(Boolean).join("｜");
    }
    this.requestUpdate();
  }

  private async loadCart(): Promise<void> {
    if ((await loadSession().catch(() => null))?.person.kind !== "nobody") {
      this.cart = await ask<Cart>("GET", "/api/cart").catch(() => this.cart);
    }
  }

  // What she does

  private give(event: CommandName, body: Record<string, unknown>): void {
    if (session?.person.kind === "nobody") {
      this.askName(
        () => this.give(event, body),
        () => this.putBack(event, body),
      );
      return;
    }
    this.room.send(event, body).catch((problem: unknown) => {
      if (problem instanceof Problem && problem.code === "not_signed_in") {
        this.askName(
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

  /** Asks for her name, and then does what she meant to do. */
  private askName(then: () => void, undo: () => void = () => undefined): void {
    this.deferred = { then, undo };
    this.open("name");
  }

  /** From the replay: into the cart, at the shop's own price. */
  private async buy(variant_id: string): Promise<void> {
    if (session?.person.kind === "nobody") {
      this.askName(() => void this.buy(variant_id));
      return;
    }
    try {
      const line = { variant_id, quantity: 1, request_id: requestId() };
      this.cart = await ask<Cart>("POST", "/api/cart/lines", line);
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
      if (replay !== null) await import("../picture/replay");
      this.replay = replay;
    } catch {
      // the cover is there for shows without one
    }
  }

  private want(item: Item): void {
    this.sheet = null;
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

  private open(sheet: SheetName): void {
    this.sheet = sheet;
    void part(loads[sheet]).then((there) => {
      if (there || this.sheet !== sheet) return;
      this.sheet = null;
      this.say(m.notReached);
    });
  }

  /** She has another name or account now: the socket follows, and what she meant to do is done. */
  private signedIn(): void {
    this.sheet = null;
    this.room.reopen();
    this.deferred?.then();
    this.deferred = null;
    void this.loadCart();
  }

  // What is drawn

  override render(): TemplateResult {
    const { snapshot, phase, problem } = this.room;
    if (phase === "refused" || (this.problem !== null && snapshot === null)) {
      return this.nothingHere(problem ?? this.problem);
    }
    if (snapshot === null) return this.loading();
    return html`${this.wide.matches ? this.desktop(snapshot) : this.phone(snapshot)}
    ${this.sheets(snapshot)}`;
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

  private phone({ show, mine }: Snapshot): TemplateResult {
    const { live, asked, answer } = this.now();
    const promise = this.promise(show, mine);
    const tight = answer !== nothing || promise !== nothing;
    return html`<main class="stage">
      ${picture(show, this.lost, this.sheet === "checkout", this.moving)}
      <header class="head on-stage">
        <div class="row title">
          <span class="who logo" aria-hidden="true">${firstSign(session?.shop.name ?? "")}</span>
          <div class="grow">
            <h1 class="one-line">${show.title}</h1>
            <p class="t-12 one-line">${session?.shop.name}</p>
          </div>
          <plusone-language stage></plusone-language>
          <button class="tool" aria-label=${m.share} @click=${this.share}>${icon("share")}</button>
          <a class="tool" href="/" aria-label=${m.leaveShow}>${icon("close", 24)}</a>
        </div>
        <div class="row facts">
          ${air(show, this.lost)}${watching(show, this.viewers(show))}<span class="grow"></span>
          ${sound(show, this.moving)} ${this.replay == null ? nothing : this.bag()}
          ${
            live && show.items.length > 1
              ? html`<button class="pill-glass hit" @click=${() => this.open("shelf")}>
                  ${icon("list", 16)}${m.kinds(show.items.length)}
                </button>`
              : nothing
          }
        </div>
      </header>
      ${this.lost ? lostLine(this.room.retry) : nothing}
      <plusone-hearts aria-hidden="true"></plusone-hearts>
      ${
        live
          ? html`<div class=${tight ? "promise-on" : ""}>
              <div class="shade"></div>
              <div class="foot">
                ${tight ? nothing : notes(show)} ${this.talk(show, "stage", tight)}
                <p class="said-now" role="status">${this.saidNow}</p>
                ${asked ? answer : html`${promise}${this.onSale(show, mine, "card", tight)}`}
                <div class="entry on-stage">
                  ${this.entry(show, "stage")}
                  <button class="tool glass" aria-label=${m.sendHeart} @click=${this.love}>
                    ${icon("heart", 24)}
                  </button>
                  ${this.bag()}
                </div>
              </div>
            </div>`
          : html`${this.cover(show, promise)}
            ${
              promise === nothing || this.replays(show)
                ? nothing
                : html`<div class="foot">${promise}</div>`
            }`
      }
    </main>`;
  }

  private desktop({ show, mine }: Snapshot): TemplateResult {
    const { live, answer } = this.now();
    const item = reading.current(show);
    const others = show.items.filter(({ id }) => id !== item?.id || !live);
    return html`<div class="d-page">
      <plusone-header current="shows"></plusone-header>
      <main class="d-main">
        <aside class="d-left" aria-label=${m.items}>
          ${live ? this.onSale(show, mine, "panel", false) : nothing}
          <section class="d-shelf" aria-label=${m.runDown}>
            <h2 class="row">
              ${m.runDown}<span class="t-13 faint end">${m.kinds(show.items.length)}</span>
            </h2>
            <div class="scroll" tabindex="0" role="group" aria-label=${m.runDown}>
              <plusone-shelf
                ?lost=${this.lost}
                .show=${show}
                .items=${others}
                @want=${(event: CustomEvent<Item>) => this.want(event.detail)}
              ></plusone-shelf>
            </div>
          </section>
        </aside>
        <section class="d-stage on-stage" aria-label=${m.picture}>
          ${picture(show, this.lost, this.sheet === "checkout", this.moving)}
          <div class="d-top row">
            ${air(show, this.lost)}${watching(show, this.viewers(show))}
            <h1 class="one-line">${show.title}</h1>
          </div>
          ${this.lost ? lostLine(this.room.retry) : nothing}
          <plusone-hearts aria-hidden="true"></plusone-hearts>
          ${
            live
              ? html`<div class="shade"></div>
                  <div class="d-foot">
                    ${notes(show)}
                    <div class="row">
                      ${sound(show, this.moving)}<span class="grow"></span>
                      <button class="tool" aria-label=${m.share} @click=${this.share}>
                        ${icon("share", 24)}
                      </button>
                      <button class="tool" aria-label=${m.sendHeart} @click=${this.love}>
                        ${icon("heart", 24)}
                      </button>
                    </div>
                  </div>`
              : this.cover(show)
          }
        </section>
        <aside class="d-right">
          <section class="d-talk" aria-label=${m.talk}>
            <h2 class="row">
              ${m.talk}<button
                class="btn btn-s end quiet"
                aria-pressed=${this.ordersOnly}
                @click=${() => (this.ordersOnly = !this.ordersOnly)}
              >
                ${this.ordersOnly ? icon("check", 16) : nothing}${m.ordersOnly}
              </button>
            </h2>
            ${this.talk(show, "panel", false)} ${answer}
            <p class="said-now" role="status">${this.saidNow}</p>
            ${this.entry(show, "panel")}
          </section>
          <plusone-slip
            .show=${show}
            .mine=${mine}
            .cart=${this.cart}
            @checkout=${() => this.open("checkout")}
            @leave=${this.leave}
          ></plusone-slip>
        </aside>
      </main>
    </div>`;
  }

  private replays({ status }: Show): boolean {
    return status === "ended" && this.replay != null;
  }

  /** Over the picture before the show and after it; or the replay, where one was kept. */
  private cover(show: Show, promise: unknown = nothing): TemplateResult {
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

  /** Whether the show is on, and what she alone is asked or told. */
  private now(): { live: boolean; asked: boolean; answer: unknown } {
    const { snapshot } = this.room;
    if (snapshot === null) return { live: false, asked: false, answer: nothing };
    const told = this.which === null ? reading.told(snapshot, this.seen ?? 0) : null;
    const grantedSince = snapshot.mine.claims.some(
      ({ at_ms }) => told?.kind === "unread" && at_ms > told.what.at_ms,
    );
    // Who may not order is told so, but not asked what she meant.
    const shut = snapshot.mine.blocked && told?.kind !== "refused";
    const asked = !shut && (this.which !== null || (told !== null && !grantedSince));
    return {
      live: snapshot.show.status === "live",
      asked,
      answer: asked
        ? html`<plusone-ask
            ?panel=${this.wide.matches}
            .show=${snapshot.show}
            .told=${told}
            .which=${this.which && reading.itemOf(snapshot.show, this.which.id)}
            @choose=${(event: CustomEvent<Choice>) => this.claim(event.detail)}
            @dismiss=${this.dismiss}
          ></plusone-ask>`
        : nothing,
    };
  }

  private viewers(show: Show): number {
    return this.room.viewers ?? show.viewers;
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
      @checkout=${() => this.open("checkout")}
      @more=${({ detail: { item, variant } }: CustomEvent<Wait>) =>
        this.claim({ item, variant, quantity: 1 })}
      @leave=${this.leave}
    ></plusone-promise>`;
  }

  /** Pieces in the cart: what this show holds for her as the room says it, the rest as the shop does. */
  private get pieces(): number {
    const { mine, show } = this.room.snapshot ?? {};
    const here = mine === undefined ? 0 : reading.pieces(reading.unpaid(mine));
    const elsewhere = this.cart?.claims.filter((claim) => claim.show !== show?.id) ?? [];
    return here + reading.pieces(elsewhere) + reading.pieces(this.cart?.lines ?? []);
  }

  private bag(): TemplateResult {
    const { pieces } = this;
    return html`<button
      class="tool glass"
      aria-label=${m.cartWith(pieces)}
      @click=${() => this.open("checkout")}
    >
      ${icon("bag", 24)}${pieces > 0 ? html`<span class="count">${pieces}</span>` : nothing}
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
      .show=${show}
      .mine=${mine}
      .at=${this.room.snapshot?.at_ms ?? 0}
      .now=${this.serverNow}
      @want=${(event: CustomEvent<Item>) => this.want(event.detail)}
    ></plusone-on-sale>`;
  }

  private sheets(snapshot: Snapshot): unknown {
    const close = (): void => {
      this.sheet = null;
    };
    switch (this.sheet) {
      case "name":
        return html`<plusone-name-sheet
          @named=${this.signedIn}
          @sign-in=${() => this.open("sign-in")}
          @close=${() => {
            this.deferred?.undo();
            this.deferred = null;
            close();
          }}
        ></plusone-name-sheet>`;
      case "sign-in":
        return html`<plusone-sign-in-sheet
          @signed-in=${this.signedIn}
          @close=${close}
        ></plusone-sign-in-sheet>`;
      case "checkout":
        return html`<plusone-checkout
          .room=${this.room}
          @sign-in=${() => this.open("sign-in")}
          @close=${() => {
            close();
            void this.loadCart();
          }}
        ></plusone-checkout>`;
      case "shelf":
        return html`<plusone-sheet heading=${m.runDown} @close=${close}>
          <plusone-shelf
            ?lost=${this.lost}
            .show=${snapshot.show}
            .items=${snapshot.show.items}
            @want=${(event: CustomEvent<Item>) => this.want(event.detail)}
          ></plusone-shelf>
        </plusone-sheet>`;
      case null:
        return nothing;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-show": ShowPage;
  }
}
