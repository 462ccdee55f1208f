import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import "../design/header";
import "../design/language";
import "./ask";
import "./cover";
import "./entry";
import "./hearts";
import "./promise";
import "./shelf";
import "./talk";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { firstSign, parts, price, tag, thumb, was } from "../design/parts";
import { Media, Ticking } from "../design/ticking";
import { vars } from "../design/vars";
import { amount, clock, count, money } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { type CommandName, Room } from "../room/connection";
import { loadSession, session } from "../session/session";
import { ask, Problem } from "../wire/http";
import type { Cart, Comment, Item, Show, Snapshot, Wait } from "../wire/types";
import type { Choice } from "./ask";
import type { Hearts } from "./hearts";
import * as reading from "./reading";
import { seal } from "./seal";
import look from "./show.css?inline";

type SheetName = "name" | "sign-in" | "checkout" | "shelf";

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
  @query("plusone-hearts") private readonly hearts!: Hearts | null;

  private readonly room = new Room(decodeURIComponent(location.pathname.split("/")[2] ?? ""));
  private readonly wide = new Media(this, "(min-width: 1000px)");
  private deferred: [CommandName, Record<string, unknown>] | null = null;
  private heartsToTell = 0;
  private quietTimer: ReturnType<typeof setTimeout> | undefined;
  private cartKey = "";

  constructor() {
    super();
    new Ticking(this, () => {
      const { show } = this.room.snapshot ?? {};
      return show?.items.some(({ countdown_until: until }) => until !== null) ?? false;
    });
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
    const { snapshot } = this.room;
    if (snapshot !== null) {
      this.seen ??= snapshot.offset;
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
      this.deferred = [event, body];
      this.open("name");
      return;
    }
    this.room.send(event, body).catch((problem: unknown) => {
      if (problem instanceof Problem && problem.code === "not_signed_in") {
        this.deferred = [event, body];
        this.open("name");
      } else this.say(problemWords(problem));
    });
  }

  private want(item: Item): void {
    this.sheet = null;
    if (reading.hasVariants(item)) this.which = item;
    else this.claim({ item: item.id, variant: null, quantity: 1 });
  }

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
    if (sheet === "checkout") void import("../checkout/sheet");
    if (sheet === "sign-in") void import("../session/sign-in-sheet");
    if (sheet === "name") void import("../session/name-sheet");
    if (sheet === "shelf") void import("../design/sheet");
  }

  /** She has another name or account now: the socket follows, and what she meant to do is done. */
  private signedIn(): void {
    this.sheet = null;
    this.room.reopen();
    if (this.deferred !== null) this.give(...this.deferred);
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
    const missing = problem instanceof Problem && problem.code === "not_found";
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
      ${this.picture(show)}
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
          ${this.air(show)}${this.watching(show)}<span class="grow"></span>
          ${
            live && show.items.length > 1
              ? html`<button class="pill-glass hit" @click=${() => this.open("shelf")}>
                  ${icon("list", 16)}${m.kinds(show.items.length)}
                </button>`
              : nothing
          }
        </div>
      </header>
      ${this.lostLine()}
      <plusone-hearts aria-hidden="true"></plusone-hearts>
      ${
        live
          ? html`<div class=${tight ? "promise-on" : ""}>
              <div class="shade"></div>
              <div class="foot">
                ${tight ? nothing : this.notes(show)} ${this.talk(show, "stage", tight)}
                <p class="said-now" role="status">${this.saidNow}</p>
                ${asked ? answer : html`${promise}${this.card(show)}`}
                <div class="entry on-stage">
                  ${this.entry(show, "stage")}
                  <button class="tool glass" aria-label=${m.sendHeart} @click=${this.love}>
                    ${icon("heart", 24)}
                  </button>
                  ${this.bag()}
                </div>
              </div>
            </div>`
          : html`<plusone-cover
                .show=${show}
                .now=${() => this.room.now()}
                shop=${session?.shop.name ?? ""}
              ></plusone-cover>
              ${promise === nothing ? nothing : html`<div class="foot">${promise}</div>`}`
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
          ${live && item !== null ? this.nowPanel(show, item) : nothing}
          <section class="d-shelf" aria-label=${m.runDown}>
            <h2 class="row">
              ${m.runDown}<span class="t-13 faint end">${m.kinds(show.items.length)}</span>
            </h2>
            <div class="scroll" tabindex="0" role="group" aria-label=${m.runDown}>
              <plusone-shelf
                .show=${show}
                .items=${others}
                @want=${(event: CustomEvent<Item>) => this.want(event.detail)}
              ></plusone-shelf>
            </div>
          </section>
        </aside>
        <section class="d-stage on-stage" aria-label=${m.picture}>
          ${this.picture(show)}
          <div class="d-top row">
            ${this.air(show)}${this.watching(show)}
            <h1 class="one-line">${show.title}</h1>
          </div>
          ${this.lostLine()}
          <plusone-hearts aria-hidden="true"></plusone-hearts>
          ${
            live
              ? html`<div class="shade"></div>
                  <div class="d-foot">
                    ${this.notes(show)}
                    <div class="row">
                      <span class="grow"></span>
                      <button class="tool" aria-label=${m.share} @click=${this.share}>
                        ${icon("share", 24)}
                      </button>
                      <button class="tool" aria-label=${m.sendHeart} @click=${this.love}>
                        ${icon("heart", 24)}
                      </button>
                    </div>
                  </div>`
              : html`<plusone-cover
                  .show=${show}
                  .now=${() => this.room.now()}
                  shop=${session?.shop.name ?? ""}
                ></plusone-cover>`
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
          ${this.cartSlip(show, mine)}
        </aside>
      </main>
    </div>`;
  }

  /** Whether the show is on, and what she alone is asked or told. */
  private now(): { live: boolean; asked: boolean; answer: unknown } {
    const { snapshot } = this.room;
    if (snapshot === null) return { live: false, asked: false, answer: nothing };
    const told = this.which === null ? reading.told(snapshot, this.seen ?? 0) : null;
    const grantedSince = snapshot.mine.claims.some(
      ({ at_ms }) => told?.kind === "unread" && at_ms > told.what.at_ms,
    );
    const asked = this.which !== null || (told !== null && !grantedSince);
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

  private picture({ poster, title, host_name, status }: Show): TemplateResult {
    const look = this.lost ? "frozen" : status === "live" ? "" : "dim";
    return html`<div class="picture ${look} ${this.sheet === "checkout" ? "up" : ""}">
      ${
        poster === null
          ? nothing
          : html`<img src=${poster} alt=${m.pictureOf(host_name ?? title)} fetchpriority="high" />`
      }
    </div>`;
  }

  private air({ status }: Show): TemplateResult {
    if (this.lost) return html`<span class="on-air off-air">${m.lineLost}</span>`;
    if (status === "live") return html`<span class="on-air">${m.onAir}</span>`;
    return html`<span class="on-air off-air"
      >${status === "ended" ? m.showEnded : m.notStarted}</span
    >`;
  }

  private watching(show: Show): unknown {
    if (show.status === "ended") return nothing;
    const viewers = this.room.viewers ?? show.viewers;
    return html`<span class="pill-glass"
      >${icon("eye", 16)}<span aria-hidden="true">${count(viewers)}</span
      ><span class="said">${m.watching(viewers)}</span></span
    >`;
  }

  private lostLine(): unknown {
    if (!this.lost) return nothing;
    return html`<div class="lost on-stage" role="status">
      ${icon("spin", 20, "turn")}
      <p class="strong t-14 grow">${m.reconnecting}</p>
      <button class="t-13" @click=${this.room.retry}>${m.retryNow}</button>
    </div>`;
  }

  private notes({ announcement, pinned_comment }: Show): unknown {
    const pinned: Comment | null =
      pinned_comment === null || pinned_comment.hidden ? null : pinned_comment;
    return html`${
      announcement === null
        ? nothing
        : html`<div class="note-line" role="note" aria-label=${m.announcement}>
            ${icon("megaphone", 16)}
            <p class="grow">${announcement.text}</p>
          </div>`
    }
    ${
      pinned === null
        ? nothing
        : html`<div class="note-line" role="note" aria-label=${m.pinned}>
            ${icon("pin", 16)}
            <p class="grow"><b>${pinned.name}</b>${pinned.text}</p>
          </div>`
    }`;
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
    if (this.room.snapshot?.mine.blocked === true) hint = m.notAllowed;
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
      .now=${() => this.room.now()}
      @checkout=${() => this.open("checkout")}
      @more=${({ detail: { item, variant } }: CustomEvent<Wait>) =>
        this.claim({ item, variant, quantity: 1 })}
      @leave=${(event: CustomEvent<Wait>) => this.give("give_back", { wait: event.detail.id })}
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

  private seal(show: Show, item: Item): TemplateResult {
    const how = reading.standing(item);
    const wait = this.room.snapshot && reading.waitFor(this.room.snapshot.mine, item);
    const timing = {
      until: item.countdown_until,
      from: item.opened_at,
      now: this.room.now(),
      press: () => this.want(item),
    };
    if (this.lost) {
      const label = m.laterPlusOne(item.code);
      return seal({ ...timing, look: "off", label, lost: true });
    }
    if (wait) {
      const words: [string, string] = [m.wait, m.place(wait.place)];
      const label = m.youWaitAt(item.code, wait.place);
      return seal({ ...timing, look: "wait", label, words });
    }
    if (how === "wait") {
      const words: [string, string] = [m.wait, m.joinLine];
      return seal({ ...timing, look: "wait", label: m.waitForItem(item.code), words });
    }
    const off = how !== "on" || show.status !== "live";
    return seal({
      ...timing,
      look: off ? "off" : "on",
      label: off ? m.cannotOrder(item.code) : m.plusOneOf(item.code),
      disabled: off,
    });
  }

  private stock(item: Item): TemplateResult {
    const { mine } = this.room.snapshot ?? {};
    if (this.lost) {
      const at = this.room.snapshot?.at_ms ?? 0;
      return html`<span class="faint">${m.lastKnown(clock(at, true))}</span>`;
    }
    const left = reading.left(item);
    const had = mine === undefined ? 0 : reading.had(mine, item);
    const yours =
      had > 0
        ? html`<span class="badge b-held">${icon("check", 16)}${m.youHave(had)}</span>`
        : nothing;
    if (left === 0) {
      const waiting = reading.waiting(item);
      return html`<span class="wait strong">${m.soldOut}</span>${
          waiting > 0 ? html`<span class="faint">${m.piecesWaitedFor(waiting)}</span>` : nothing
        }${yours}`;
    }
    const share = (left / Math.max(1, reading.allotment(item))) * 100;
    return html`<span class="strong">${m.left(left)}</span>${
        had > 0
          ? yours
          : html`<span class="bar grow"><i ${vars({ "--share": `${share}%` })}></i></span>`
      }`;
  }

  private card(show: Show): unknown {
    const item = reading.current(show);
    if (item === null) {
      const next = reading.next(show);
      return html`<article class="item quiet-item" aria-label=${m.items}>
        ${next === null ? nothing : thumb(next.picture)}
        <div class="grow col">
          <h2 class="row">
            ${
              next === null
                ? m.nothingOnSale
                : html`${tag(next.code)}<span class="one-line">${next.title}</span>`
            }
          </h2>
          <p class="t-13 quiet">${next === null ? m.stayTuned : m.comesNext}</p>
          ${
            next === null
              ? nothing
              : html`<p class="row money">${price(next.price, show.currency)}</p>`
          }
        </div>
      </article>`;
    }
    const gone = reading.left(item) === 0 && !this.lost;
    return html`<article class="item ${gone ? "gone" : ""}" aria-label=${m.onSaleNow}>
      ${thumb(item.picture)}
      <div class="grow col">
        <h2 class="row">${tag(item.code)}<span class="one-line">${item.title}</span></h2>
        <p class="row money">
          ${price(item.price, show.currency)} ${was(item.compare_at, show.currency, m.priceBefore)}
        </p>
        <p class="row t-13 stock">${this.stock(item)}</p>
      </div>
      ${this.seal(show, item)}
    </article>`;
  }

  private nowPanel(show: Show, item: Item): TemplateResult {
    const nth = show.items.indexOf(item) + 1;
    return html`<section class="d-now" aria-label=${m.onSaleNow}>
      <div class="row">
        ${tag(item.code)}<span class="strong t-13 ${this.lost ? "quiet" : "red"}"
          >${m.onSaleNow}</span
        ><span class="t-13 faint end">${m.nthOf(nth, show.items.length)}</span>
      </div>
      <div class="row d-hero">
        <div class="grow">
          <h2>${item.title}</h2>
          <p class="row money">
            ${price(item.price, show.currency, "big")}
            ${was(item.compare_at, show.currency, m.priceBefore)}
          </p>
        </div>
        ${this.seal(show, item)}
      </div>
      <div class="row t-13">
        ${this.stock(item)}${
          item.limit === null
            ? nothing
            : html`<span class="quiet end">${m.limitEach(item.limit)}</span>`
        }
      </div>
    </section>`;
  }

  private cartSlip(show: Show, mine: Snapshot["mine"]): unknown {
    const held = reading.unpaid(mine);
    const lines = this.cart?.lines ?? [];
    if (held.length === 0 && mine.waits.length === 0 && lines.length === 0) return nothing;
    const until = reading.deadline(held);
    const sum =
      reading.worth(held) +
      lines.reduce((all, { unit_price, quantity }) => all + unit_price * quantity, 0);
    const toFree = (this.cart?.free_delivery_from ?? 0) - sum;
    return html`<div class="lift">
      <section class="d-cart" aria-label=${m.yourSlip}>
        <div class="row">
          <h2 class="grow">${m.yourSlip}</h2>
          ${
            until === null
              ? nothing
              : html`<span class="badge b-held"
                  >${icon("clock", 16)}${m.payBefore(clock(until))}</span
                >`
          }
        </div>
        <ul tabindex="0" aria-label=${m.yourSlip}>
          ${held.map((claim) => {
            const item = reading.itemOf(show, claim.item);
            const kind = item && reading.variantOf(item, claim.variant)?.title;
            return html`<li class="row">
              ${thumb(item?.picture ?? null, 40)}${tag(item?.code ?? "")}<span
                class="grow one-line t-14"
                >${item?.title} ${claim.variant === null ? nothing : kind}</span
              ><span class="t-14 quiet">${m.pieces(claim.quantity)}</span
              ><b class="t-14 amt">${amount(claim.price * claim.quantity, show.currency)[1]}</b>
            </li>`;
          })}
          ${mine.waits.map((wait) => {
            const item = reading.itemOf(show, wait.item);
            return html`<li class="row">
              ${thumb(item?.picture ?? null, 40)}${tag(item?.code ?? "")}<span
                class="grow one-line t-14 wait"
                >${m.placeInLine(wait.place)}</span
              ><span class="t-14 quiet">${m.pieces(wait.quantity)}</span
              ><button
                class="t-13 line-act hit"
                @click=${() => this.give("give_back", { wait: wait.id })}
              >
                ${m.leaveLine}
              </button>
            </li>`;
          })}
        </ul>
        ${
          sum === 0
            ? nothing
            : html`<div class="row tear">
                <div class="grow">
                  ${
                    this.cart?.free_delivery_from == null
                      ? nothing
                      : html`<p class="t-12 quiet">
                          ${toFree > 0 ? m.moreForFree(money(toFree, show.currency)) : m.freeNow}
                        </p>`
                  }
                  ${price(sum, show.currency)}
                </div>
                <button class="btn btn-ink" @click=${() => this.open("checkout")}>
                  ${m.checkout}
                </button>
              </div>`
        }
      </section>
    </div>`;
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
