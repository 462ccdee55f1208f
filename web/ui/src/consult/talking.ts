import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import "../design/sheet";
import "./cart";
import "./find";
import "./shown";
import "./stage";
import "./words";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { parts } from "../design/parts";
import { Media as Screen, Ticking } from "../design/ticking";
import { v } from "../i18n/consult";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { Basket, putting } from "./basket";
import type { Call } from "./call";
import type { Put } from "./shown";
import look from "./talking.css?inline";
import type { CallAct, CallView, Said } from "./wire";
import type { CallWords } from "./words";

type Drawer = "words" | "cart" | "find" | "checkout";

const told_ms = 6_000;
const heard_ms = 12_000;

/**
 * The call itself, for the customer: the rep's picture, what is shown over it, the cart that both
 * fill, and words for what is hard to hear.
 */
@customElement("plusone-consult-talking")
export class Talking extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) call!: Call;
  /** Changes with whatever the call says. */
  @property({ type: Number }) version = 0;

  @state() private drawer: Drawer | null = null;
  @state() private said: { words: string; good: boolean } | null = null;
  /** The call's words up to here were read. */
  @state() private read = 0;
  /** What the rep wrote just now, where the words themselves are folded away. */
  @state() private heard: Said | null = null;
  /** Orders that she knows of. */
  private ordered: number | null = null;
  private shut: ReturnType<typeof setTimeout> | undefined;
  private hush: ReturnType<typeof setTimeout> | undefined;
  private newest: number | null = null;
  private readonly basket = new Basket(this, () => this.call);
  private readonly wide = new Screen(this, "(min-width: 1000px)");
  @query("plusone-sheet plusone-call-words") private readonly words!: CallWords | null;
  /** Where she writes, in the sheet or beside the picture. */
  @query("plusone-call-words") private readonly written!: CallWords | null;

  constructor() {
    super();
    // What was changed just now stands out, and then no longer.
    new Ticking(this, () => (this.call.call?.changes.length ?? 0) > 0);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.shut);
    clearTimeout(this.hush);
  }

  protected override willUpdate(_: PropertyValues<this>): void {
    const { call } = this.call;
    if (call === null) return;
    this.hear(call);
    const before = this.ordered;
    this.ordered = call.orders.length;
    if (before !== null && call.orders.length > before && call.order !== null) {
      this.tell(v.orderPlaced(call.order.number), true);
    }
  }

  /** What was there when the page came is no news; what is read needs no telling. */
  private hear({ said }: CallView): void {
    const last = said.at(-1);
    const newest = last?.offset ?? 0;
    const before = this.newest;
    this.newest = newest;
    if (this.wide.matches || this.drawer === "words") {
      this.read = newest;
      this.heard = null;
    } else if (before !== null && newest > before && last?.from === "staff") {
      this.heard = last;
      clearTimeout(this.hush);
      this.hush = setTimeout(() => (this.heard = null), heard_ms);
    }
  }

  override render(): unknown {
    const { call } = this.call;
    if (call === null) return nothing;
    return html`<main>
        <h1 class="said" tabindex="-1">${v.talkingWith(call.staff?.name ?? v.staff)}</h1>
        <plusone-stage .call=${this.call} @hang-up=${() => this.do({ type: "hang_up" })}>
          <div slot="over">${this.over(call)}</div>
          ${this.tools(call)}
        </plusone-stage>
      </main>
      ${this.wide.matches ? this.aside(call) : nothing} ${this.sheet(call)}`;
  }

  protected override firstUpdated(): void {
    // What she pressed last is gone.
    this.renderRoot.querySelector<HTMLElement>("h1")?.focus();
  }

  private over(call: CallView): TemplateResult {
    const { card } = call;
    return html`${
        this.said === null
          ? nothing
          : html`<p class="told ${this.said.good ? "good" : "bad"}" role="status">
              ${icon(this.said.good ? "check" : "warn", 18)}<span class="grow"
                >${this.said.words}</span
              >
            </p>`
      }
      <div role="status">${this.bubble(call)}</div>
      <plusone-shown
        .card=${card}
        name=${call.staff?.name ?? v.staff}
        .putting=${putting(this.call)}
        .lying=${this.basket.variants}
        @put=${({ detail }: CustomEvent<Put>) =>
          this.do({ type: "change", kind: "cart.add", ...detail })}
        @hide=${() => this.do({ type: "hide" })}
      ></plusone-shown>`;
  }

  private bubble(call: CallView): unknown {
    const { heard } = this;
    if (heard?.text == null) return nothing;
    return html`<button class="told heard" @click=${() => this.open("words")}>
      ${icon("chat", 18)}<span class="grow"
        ><b>${heard.name ?? call.staff?.name ?? v.staff}</b> ${heard.text}</span
      >
    </button>`;
  }

  private tools(call: CallView): TemplateResult {
    const goods = this.tool("find", "search", v.goods, v.goodsLong, 0);
    if (this.wide.matches) return goods;
    const unread = call.said.filter(
      ({ from, offset }) => from === "staff" && offset > this.read,
    ).length;
    const { pieces } = this.basket;
    return html`${goods}
    ${this.tool("words", "chat", v.words, unread > 0 ? v.wordsNew(unread) : v.wordsLong, unread)}
    ${this.tool("cart", "bag", v.cart, pieces > 0 ? v.cartWith(pieces) : v.cart, pieces)}`;
  }

  private tool(
    drawer: Drawer,
    drawn: "search" | "chat" | "bag",
    words: string,
    label: string,
    count: number,
  ): TemplateResult {
    return html`<button
      slot="more"
      aria-label=${label}
      aria-haspopup="dialog"
      aria-expanded=${this.drawer === drawer}
      @click=${() => this.open(drawer)}
    >
      ${icon(drawn, 24)}<span>${words}</span>${count > 0 ? html`<b class="count btn-count" aria-hidden="true">${count}</b>` : nothing}
    </button>`;
  }

  private aside(call: CallView): TemplateResult {
    return html`<aside>
      <div class="panel cart">${this.cart(call, false)}</div>
      <div class="panel words">${this.chat(call, false)}</div>
    </aside>`;
  }

  private cart(call: CallView, headless: boolean): TemplateResult {
    return html`<plusone-shared-cart
      ?headless=${headless}
      .cart=${this.basket.cart}
      .problem=${this.basket.problem}
      .call=${call}
      .doing=${this.call.doing}
      .now=${this.call.now()}
      @act=${this.acts}
      @again=${() => void this.basket.load()}
      @checkout=${() => this.open("checkout")}
    ></plusone-shared-cart>`;
  }

  private chat(call: CallView, headless: boolean): TemplateResult {
    return html`<plusone-call-words
      ?headless=${headless}
      .said=${call.said}
      .doing=${this.call.doing}
      @act=${this.acts}
    ></plusone-call-words>`;
  }

  private sheet(call: CallView): unknown {
    switch (this.drawer) {
      case null:
        return nothing;
      case "checkout":
        return html`<plusone-checkout beside @close=${this.checkedOut}></plusone-checkout>`;
      case "cart":
        return html`<plusone-sheet clear heading=${v.cartShared} @close=${this.close}
          >${this.cart(call, true)}</plusone-sheet
        >`;
      case "words":
        return html`<plusone-sheet clear heading=${v.wordsLong} @close=${this.close}
          >${this.chat(call, true)}</plusone-sheet
        >`;
      case "find":
        return html`<plusone-sheet clear aside heading=${v.goodsLong} @close=${this.close}
          ><plusone-call-find
            shown=${call.card?.product ?? ""}
            .seen=${call.shown}
            @show=${({ detail: product }: CustomEvent<string>) => {
              this.close();
              this.do({ type: "show", product });
            }}
          ></plusone-call-find
        ></plusone-sheet>`;
    }
  }

  private open(drawer: Drawer): void {
    if (drawer !== "checkout") {
      this.drawer = drawer;
      if (drawer === "words") void this.updateComplete.then(() => this.words?.focus());
      return;
    }
    void part(() => import("../checkout/sheet")).then((there) => {
      if (there) this.drawer = "checkout";
      else this.tell(m.notReached, false);
    });
  }

  private readonly close = (): void => {
    this.drawer = null;
  };

  /** What lies in the cart may be another now, and the rep sees it too. */
  private readonly checkedOut = (): void => {
    this.close();
    void this.basket.load();
    this.call.cartChanged();
  };

  private readonly acts = ({ detail }: CustomEvent<CallAct>): void => this.do(detail);

  private do(act: CallAct): void {
    this.said = null;
    this.call.act(act).catch((problem: unknown) => {
      this.tell(problemWords(problem), false);
      if (act.type === "say") this.written?.putBack(act.text);
    });
  }

  private tell(words: string, good: boolean): void {
    this.said = { words, good };
    clearTimeout(this.shut);
    this.shut = setTimeout(() => (this.said = null), told_ms);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-consult-talking": Talking;
  }
}
