import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { parts, thumb } from "../design/parts";
import { money } from "../i18n/format";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import { problemWords } from "../i18n/problems";
import type { Wish } from "../wire/loyalty";
import { loadWishes, wish } from "../wishes/wishes";
import look from "./section.css?inline";

/** What she wishes for, from wherever she saw it. Tells `carted`. */
@customElement("plusone-wish-list")
export class WishList extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property() currency = "TWD";
  /** Her e-mail address is known. */
  @property({ type: Boolean }) known = false;
  @state() private list: readonly Wish[] | null = null;
  @state() private problem: unknown = null;
  @state() private wrong = "";
  @state() private bought: Wish | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    this.problem = null;
    try {
      this.list = await loadWishes();
    } catch (problem) {
      this.problem = problem;
    }
  }

  override render(): TemplateResult {
    return html`<section class="sect" aria-label=${l.wishes}>
      <h2>${l.wishes}</h2>
      ${this.content()}
      ${this.wrong === "" ? nothing : html`<p class="blank stop" role="alert">${this.wrong}</p>`}
      ${this.bought === null ? nothing : this.buying(this.bought)}
    </section>`;
  }

  private content(): unknown {
    const { list } = this;
    if (this.problem !== null) {
      return html`<div class="again" role="alert">
        <p class="blank">${problemWords(this.problem)}</p>
        <button class="btn btn-s btn-line hit" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (list === null) return html`<p class="blank" role="status">${m.loading}</p>`;
    if (list.length === 0) return html`<p class="blank">${l.noWishes}</p>`;
    return html`<p class="blank">${this.known ? l.wishNotice : l.wishNoticeGuest}</p>
      <ul class="rows">
        ${repeat(
          list,
          ({ product }) => product,
          (one) => this.row(one),
        )}
      </ul>`;
  }

  private row(one: Wish): TemplateResult {
    const gone = one.available <= 0;
    return html`<li>
      ${thumb(one.picture, 48)}
      <div class="grow">
        <p class="name t-14 one-line">${one.title}</p>
        <p class="t-13 row">
          <b>${money(one.price, this.currency)}</b
          ><span class="quiet one-line">${gone ? m.soldOut : l.vias[one.via]}</span>
        </p>
        ${
          gone
            ? nothing
            : html`<button
                class="btn btn-s btn-line hit buy"
                aria-label=${l.buyThis(one.title)}
                @click=${() => void this.buy(one)}
              >
                ${icon("bag", 16)}${l.buy}
              </button>`
        }
      </div>
      <button
        class="tool"
        aria-label=${l.unwish(one.title)}
        title=${l.unwish(one.title)}
        @click=${() => void this.drop(one)}
      >
        ${icon("trash", 18)}
      </button>
    </li>`;
  }

  /** Which kind of it is chosen as in the chat. */
  private buying({ title, product }: Wish): TemplateResult {
    return html`<plusone-sheet heading=${title} @close=${() => (this.bought = null)}>
      <plusone-chat-goods
        product=${product}
        via="shop"
        @carted=${() => this.dispatchEvent(new Event("carted"))}
      ></plusone-chat-goods>
    </plusone-sheet>`;
  }

  private async buy(one: Wish): Promise<void> {
    if (await part(() => import("../chat/goods"))) this.bought = one;
    else this.wrong = m.notReached;
  }

  private async drop({ product, via }: Wish): Promise<void> {
    const before = this.list;
    this.wrong = "";
    this.list = before?.filter((other) => other.product !== product) ?? null;
    try {
      await wish(product, via, false);
    } catch (problem) {
      this.list = before;
      this.wrong = problemWords(problem);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-wish-list": WishList;
  }
}
