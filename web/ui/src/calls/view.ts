import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import "../consult/check";
import "../consult/stage";
import "../desk/customer";
import "../desk/thread";
import "./after";
import "./cart";
import "./goods";
import "./notes";
import "./said";
import { Call } from "../consult/call";
import type { CallCard, CallView as View, Summary } from "../consult/wire";
import { Open } from "../desk/open";
import { productOf } from "../desk/products";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, price, thumb, who } from "../design/parts";
import { Ticking } from "../design/ticking";
import { k } from "../i18n/calls";
import { d } from "../i18n/desk";
import { left } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { s } from "../i18n/staff";
import { session } from "../session/session";
import { may } from "../studio/acts";
import { ask, Problem } from "../wire/http";
import type { Product } from "../wire/types";
import type { CallGoods } from "./goods";
import type { CallNotes } from "./notes";
import { personOf } from "./person";
import { side } from "./side-look";
import look from "./view.css?inline";
import type { CallCustomer } from "./wire";
import { aboutWords, callWords, lastedWords } from "./words";

const tabs = ["together", "words", "talk", "customer"] as const;
type Tab = (typeof tabs)[number];

/**
 * One call as its rep has it: the picture, and beside it what both put into the cart, what is shown,
 * her notes, what was said before, and what it all came to. It lives on while it is hidden. Tells
 * `told` with words, `talk` and `invite` with a conversation, `answer`, `back`, and `tried` once she is seen and heard.
 */
@customElement("plusone-call-view")
export class DeskCall extends PlusoneElement {
  static override styles = [parts, side, unsafeCSS(look)];

  @property({ attribute: "call-id" }) callId = "";
  /** Her own id, and how she is called. */
  @property() own = "";
  @property({ attribute: "own-name" }) ownName = "";
  @state() private tab: Tab = "together";
  @state() private customer: CallCustomer | null = null;
  @state() private product: Product | null = null;
  @state() private summary: Summary | null = null;
  @state() private missing: unknown = null;
  @state() private version = 0;
  @query("plusone-call-goods") private readonly goods!: CallGoods | null;
  @query("plusone-call-notes") private readonly notes!: CallNotes | null;

  private call: Call | null = null;
  private open: Open | null = null;
  private pictured = false;
  private seen = 0;
  private shownProduct: string | null = null;
  private summedUp = "";
  private asking = false;

  constructor() {
    super();
    new Ticking(this, () => (this.call?.call ?? this.summary)?.phase !== "ended");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("callId")) this.begin();
  }

  /** Puts the focus on what this is about. */
  override focus(): void {
    this.renderRoot
      .querySelector<HTMLElement>("h2[tabindex], [role=tab][aria-selected=true]")
      ?.focus();
  }

  private begin(): void {
    this.end();
    if (this.callId === "") return;
    const call = new Call(this.callId, "staff");
    this.call = call;
    call.subscribe(() => this.heard());
    // It rings at somebody else now: what may be seen of it is asked for anew.
    call.on("passed", () => this.begin());
    call.open();
  }

  /** Looks again, where she has answered what was not hers before. */
  again(): void {
    this.begin();
  }

  private end(): void {
    const { call, notes } = this;
    this.call = null;
    this.open?.close();
    this.open = null;
    this.customer = null;
    this.product = null;
    this.summary = null;
    this.missing = null;
    this.tab = "together";
    this.pictured = this.asking = false;
    this.seen = 0;
    this.shownProduct = null;
    this.summedUp = "";
    if (call === null) return;
    call.media.stop();
    // What she wrote last goes out before the line does.
    void (notes?.keep() ?? Promise.resolve()).then(() => call.close());
  }

  private heard(): void {
    const { call } = this;
    if (call === null) return;
    this.version += 1;
    if (call.phase === "refused") {
      void this.sumUp("refused");
      return;
    }
    const view = call.call;
    if (call.phase !== "there" || view === null) return;
    const hers = view.staff?.id === this.own;
    if (hers && view.phase === "talking" && !call.elsewhere) void this.picture();
    if (hers && this.customer === null && !this.asking) void this.meet();
    this.look(view.card);
    if (view.phase === "ended") {
      void this.sumUp(`${view.orders.length} ${view.rated?.score ?? ""} ${view.changes.length}`);
    }
    if (this.tab === "words") this.seen = view.said.at(-1)?.offset ?? 0;
  }

  private async picture(): Promise<void> {
    if (this.pictured || this.call === null) return;
    this.pictured = true;
    const { media } = this.call;
    await media.start();
    if (media.camera && media.mic) this.say("tried");
  }

  /** Who she is, and her conversation. */
  private async meet(): Promise<void> {
    this.asking = true;
    const { callId } = this;
    try {
      const path = `/api/consult/calls/${encodeURIComponent(callId)}/customer`;
      const customer = await ask<CallCustomer>("GET", path);
      if (callId !== this.callId || !this.isConnected) return;
      this.customer = customer;
      if (customer.conversation !== null) this.openTalk(customer.conversation);
    } catch (problem) {
      if (callId === this.callId) this.tell(problemWords(problem));
    }
  }

  private openTalk(conversation: string): void {
    this.open?.close();
    this.open = new Open(
      conversation,
      { id: this.own, leads: may(session, "operator") },
      () => (this.version += 1),
      (words) => this.tell(words),
    );
  }

  private look(card: CallCard | null): void {
    const wanted = card?.product ?? null;
    if (wanted === this.shownProduct) return;
    this.shownProduct = wanted;
    this.product = null;
    if (wanted === null) return;
    productOf(wanted).then(
      (product) => {
        if (this.shownProduct === wanted) this.product = product;
      },
      (problem: unknown) => this.tell(problemWords(problem)),
    );
  }

  /** What it came to; asked for again where that has changed. */
  private async sumUp(now: string): Promise<void> {
    if (now === this.summedUp) return;
    this.summedUp = now;
    const { callId } = this;
    try {
      const path = `/api/consult/calls/${encodeURIComponent(callId)}/summary`;
      const summary = await ask<Summary>("GET", path);
      if (callId !== this.callId || now !== this.summedUp) return;
      this.summary = summary;
      this.missing = null;
    } catch (problem) {
      if (callId !== this.callId || now !== this.summedUp) return;
      this.missing = problem;
      // With the line's next word it is asked for again.
      if (problem instanceof Problem && problem.retryable) this.summedUp = "";
    }
  }

  // What is seen

  override render(): unknown {
    const { call, summary } = this;
    if (call === null) return nothing;
    const view = call.call;
    if (call.phase === "refused") return this.refused(summary);
    if (view === null) {
      return html`<div class="middle" role="status">
        ${icon("spin", 24, "turn")}
        <p>${call.phase === "lost" ? m.reconnecting : m.loading}</p>
      </div>`;
    }
    if (call.elsewhere && view.phase !== "ended") return this.elsewhere(call);
    if (view.phase === "talking" && view.staff?.id === this.own) return this.talking(call, view);
    if (view.phase === "ended") return this.over(call, view);
    return this.coming(call, view);
  }

  private refused(summary: Summary | null): TemplateResult {
    if (summary?.phase === "waiting" || summary?.phase === "ringing") return this.waits(summary);
    if (summary !== null) {
      return html`<div class="over">
        <plusone-call-after
          .summary=${summary}
          @back=${() => this.say("back")}
        ></plusone-call-after>
      </div>`;
    }
    const { missing } = this;
    const gone = missing instanceof Problem && ["not_found", "bad_request"].includes(missing.code);
    return html`<div class="middle" role=${missing === null ? "status" : "alert"}>
      <h2 tabindex="-1">
        ${missing === null ? m.loading : gone ? k.noSuchCall : problemWords(missing)}
      </h2>
      <button class="btn btn-line" @click=${() => this.say("back")}>${k.toCalls}</button>
    </div>`;
  }

  private elsewhere(call: Call): TemplateResult {
    return html`<div class="middle">
      <h2 tabindex="-1">${k.elsewhere}</h2>
      <div class="ways">
        <button class="btn btn-ink" @click=${() => call.goOnHere()}>${k.goOnHere}</button>
        <button class="btn btn-line" @click=${() => this.say("back")}>${k.toCalls}</button>
      </div>
    </div>`;
  }

  /** Nobody has it yet: she may. */
  private waits({ name, text, asked_at }: Summary): TemplateResult {
    return html`<div class="middle">
      ${who(name ?? d.noName, false)}
      <h2 tabindex="-1">${k.waitsNow(name ?? d.noName)}</h2>
      <p>${k.waited(lastedWords(asked_at, Date.now()))}</p>
      ${text === null ? nothing : html`<p class="t-14">${text}</p>`} ${this.answering()}
    </div>`;
  }

  /** It rings at her, or she has invited the customer. */
  private coming(call: Call, view: View): TemplateResult {
    const name = view.name ?? d.noName;
    const now = call.now();
    const invited = view.phase === "invited";
    const about = aboutWords(view);
    return html`<div class="middle">
      ${who(name, false)}
      <h2 tabindex="-1">${invited ? k.inviting(name) : k.wants(name)}</h2>
      ${
        invited
          ? html`<p>${k.invitingWords}</p>
              <p class="t-14">${k.invitationLasts(left((view.until ?? now) - now))}</p>`
          : html`<p>
              ${about === "" ? nothing : html`${about}${m.comma}`}${k.waited(
                lastedWords(view.asked_at, now),
              )}
            </p>`
      }
      ${view.text === null ? nothing : html`<p class="t-14">${view.text}</p>`}
      ${
        invited
          ? html`<div class="ways">
                <button class="btn btn-line" @click=${() => this.act({ type: "hang_up" })}>
                  ${k.takeBack}</button
                ><button class="btn btn-line" @click=${() => this.say("back")}>${k.toCalls}</button>
              </div>
              <plusone-check .devices=${call.media.devices}></plusone-check>`
          : this.answering()
      }
    </div>`;
  }

  private answering(): TemplateResult {
    return html`<div class="ways">
      <button class="btn btn-ink" @click=${() => this.say("answer")}>
        ${icon("video", 20)}${k.answer}</button
      ><button class="btn btn-line" @click=${() => this.say("back")}>${k.toCalls}</button>
    </div>`;
  }

  private talking(call: Call, view: View): TemplateResult {
    return html`<div class="view">
      <section class="picture on-stage" aria-label=${view.name ?? d.noName}>
        <plusone-stage .call=${call} @hang-up=${() => this.act({ type: "hang_up" })}>
          <button
            slot="top"
            class="pill to-list hit"
            aria-label=${k.toCalls}
            @click=${() => this.say("back")}
          >
            ${icon("arrowLeft", 16)}
          </button>
          ${this.card(view.card)}
        </plusone-stage>
      </section>
      ${this.side(call, view)}
    </div>`;
  }

  private card(card: CallCard | null): unknown {
    const { product } = this;
    if (card === null || product === null) return nothing;
    const { title, pictures, variants } = product;
    const [first] = variants;
    const stock = variants.reduce((all, { available }) => all + Math.max(0, available), 0);
    return html`<article class="shows" slot="over">
      <p class=${card.by === "customer" ? "by-her" : ""}>
        <i class="dot"></i>${card.by === "customer" ? k.sheShows : k.sheSees}
      </p>
      <div class="row">
        ${thumb(pictures[0] ?? null, 64)}
        <div class="grow">
          <h2 class="one-line">${title}</h2>
          ${
            first === undefined || session === null
              ? nothing
              : price(first.price, session.shop.currency)
          }
          <p class="t-12 quiet stock">${s.inStock(stock)}</p>
        </div>
      </div>
      <div class="row">
        <button
          class="btn btn-s btn-ink grow"
          ?disabled=${stock === 0}
          @click=${() => this.putShown(product)}
        >
          ${stock === 0 ? k.soldOut : k.put}
        </button>
        <button class="btn btn-s btn-line another" @click=${() => void this.seek()}>
          ${k.another}
        </button>
        <button
          class="tool tool-s hit"
          aria-label=${k.hide}
          title=${k.hide}
          @click=${() => this.act({ type: "hide" })}
        >
          ${icon("close", 18)}
        </button>
      </div>
    </article>`;
  }

  /** The only variant at once; of several she chooses one. */
  private putShown({ id, variants }: Product): void {
    const [first] = variants;
    if (variants.length === 1 && first !== undefined) {
      this.act({ type: "change", kind: "cart.add", variant: first.id, quantity: 1 });
    } else void this.seek(id);
  }

  private async seek(product?: string): Promise<void> {
    this.tab = "together";
    await this.updateComplete;
    if (product === undefined) this.goods?.seek();
    else await this.goods?.lookAt(product);
  }

  private over(call: Call, view: View): TemplateResult {
    const { summary } = this;
    const hers = view.staff?.id === this.own && view.answered_at !== null;
    return html`<div class=${hers ? "view after" : "over"}>
      <div class="over">
        ${
          summary === null
            ? html`<div class="middle" role=${this.missing === null ? "status" : "alert"}>
                <p>${this.missing === null ? m.loading : problemWords(this.missing)}</p>
                ${
                  this.missing === null
                    ? nothing
                    : html`<button class="btn btn-line" @click=${() => this.heard()}>
                        ${m.retry}
                      </button>`
                }
              </div>`
            : html`<plusone-call-after
                .summary=${summary}
                ?talks=${hers || this.open !== null}
                ?writes=${hers}
                ?recalled=${view.phase === "ended" && view.by === "staff" && view.ended_by === "staff"}
                @talk=${() => void this.pass("talk")}
                @invite=${() => void this.pass("invite")}
                @back=${() => this.say("back")}
              ></plusone-call-after>`
        }
      </div>
      ${hers ? this.side(call, view) : nothing}
    </div>`;
  }

  private side(call: Call, view: View): TemplateResult {
    const { tab } = this;
    const last = view.said.findLast(({ from }) => from === "customer")?.offset ?? 0;
    const unseen = view.said.filter(
      ({ from, offset }) => from === "customer" && offset > this.seen,
    ).length;
    const flush = tab === "talk" || tab === "customer";
    return html`<aside class="side" aria-label=${k.sideOf}>
      <h2 class="said">${k.sideOf}</h2>
      <div role="tablist" aria-label=${k.sideOf} @keydown=${this.along}>
        ${tabs.map(
          (one) =>
            html`<button
              role="tab"
              id="tab-${one}"
              aria-selected=${one === tab}
              aria-controls="beside"
              tabindex=${one === tab ? 0 : -1}
              @click=${() => this.choose(one)}
            >
              ${one === "together" && view.phase === "ended" ? k.tabs.notes : k.tabs[one]}${
                one === "words" && tab !== "words" && unseen > 0 && last > this.seen
                  ? html`<span class="count" aria-label=${k.newWords(unseen)}>${unseen}</span>`
                  : nothing
              }
            </button>`,
        )}
      </div>
      <div role="tabpanel" id="beside" class=${flush ? "flush" : ""} aria-labelledby="tab-${tab}">
        ${this.beside(call, view)}
      </div>
    </aside>`;
  }

  private beside(call: Call, view: View): unknown {
    const { version } = this;
    switch (this.tab) {
      case "together":
        return html`${
            view.phase === "talking"
              ? html`<plusone-call-cart
                    .call=${call}
                    .version=${version}
                    own=${this.ownName}
                    @told=${this.heardOf}
                  ></plusone-call-cart>
                  <plusone-call-goods
                    .call=${call}
                    .version=${version}
                    @told=${this.heardOf}
                  ></plusone-call-goods>`
              : nothing
          } <plusone-call-notes .call=${call} .version=${version}></plusone-call-notes>`;
      case "words":
        return html`<plusone-call-said
          .call=${call}
          .version=${version}
          @told=${this.heardOf}
        ></plusone-call-said>`;
      case "talk":
        return this.talk();
      case "customer":
        return this.person();
    }
  }

  private talk(): TemplateResult {
    const { open } = this;
    if (open === null) {
      return html`<p class="empty middle"><b>${k.noTalkYet}</b>${k.noTalkYetWords}</p>`;
    }
    return html`<plusone-desk-thread
      .open=${open}
      .version=${this.version}
      own=${this.own}
      .about=${open.about}
      @list=${() => this.choose("together")}
      @customer=${() => this.choose("customer")}
      @transfer=${() => void this.pass("talk")}
      @product=${() => void this.seek()}
    ></plusone-desk-thread>`;
  }

  private person(): unknown {
    if (this.open !== null) {
      return html`<plusone-desk-customer
        .open=${this.open}
        .version=${this.version}
        @thread=${() => this.choose("talk")}
      ></plusone-desk-customer>`;
    }
    if (this.customer === null) return html`<p class="empty" role="status">${m.loading}</p>`;
    return html`<div class="stack">${personOf(this.customer)}</div>`;
  }

  private choose(tab: Tab): void {
    this.tab = tab;
    // Who answers at once may be there before the conversation is.
    if ((tab === "talk" || tab === "customer") && this.open === null) void this.meet();
    if (tab === "words") this.seen = this.call?.call?.said.at(-1)?.offset ?? 0;
  }

  private along(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const to = tabs[(tabs.indexOf(this.tab) + by + tabs.length) % tabs.length];
    if (to === undefined) return;
    this.choose(to);
    this.renderRoot.querySelector<HTMLElement>(`#tab-${to}`)?.focus();
  }

  private act(act: Parameters<Call["act"]>[0]): void {
    this.call?.act(act).catch((problem: unknown) => this.tell(callWords(problem)));
  }

  private readonly heardOf = ({ detail }: CustomEvent<string>): void => this.tell(detail);

  private tell(detail: string): void {
    this.dispatchEvent(new CustomEvent("told", { detail }));
  }

  private say(name: "back" | "answer" | "tried"): void {
    this.dispatchEvent(new Event(name));
  }

  /** Her conversation may have begun with this very call. */
  private async pass(name: "talk" | "invite"): Promise<void> {
    if (this.open === null) await this.meet();
    const detail = this.open?.id;
    if (detail !== undefined) this.dispatchEvent(new CustomEvent(name, { detail }));
    else if (this.customer !== null) this.tell(k.noTalk);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-call-view": DeskCall;
  }
}
