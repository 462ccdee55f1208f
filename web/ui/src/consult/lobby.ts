import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import "./check";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { parts, price, thumb } from "../design/parts";
import { v } from "../i18n/consult";
import { moment } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { onSession, session } from "../session/session";
import { ask } from "../wire/http";
import type { Product } from "../wire/types";
import type { Devices } from "./devices";
import { sign } from "./icons";
import look from "./lobby.css?inline";
import { Looking } from "./looking";
import { deskWords, lineWords } from "./wait";
import type { About, Consult } from "./wire";

const every_ms = 15_000;
const longest_words = 500;

/** What she wants to talk about. */
export interface Wish {
  topic?: string;
  text?: string;
}

/**
 * Before a call: who would answer, how long that takes, and whether she is seen and heard. Tells
 * `ask` (what she wants to talk about), `callback` (the same, to be called back), `write` (in the
 * chat) and `go-on` (with the call that she has).
 */
@customElement("plusone-consult-lobby")
export class Lobby extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @property({ attribute: false }) devices: Devices | null = null;
  @property({ attribute: false }) about: About | null = null;
  @property({ type: Boolean }) books = false;
  /** It is under way: nothing is asked for twice. */
  @property({ type: Boolean }) busy = false;
  @property() said = "";

  @state() private consult: Consult | null = null;
  @state() private problem: unknown = null;
  @state() private product: Product | null = null;
  @state() private way: "now" | "book" | null = null;
  @state() private canBook = false;
  @query("form.now") private readonly form!: HTMLFormElement | null;

  private looking: Looking | null = null;
  /** Of several answers that of the newest question counts. */
  private asked = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private forget: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(this.glance, every_ms);
    document.addEventListener("visibilitychange", this.glance);
    this.forget = onSession(() => void this.look());
    const looking = new Looking(() => this.hear());
    this.looking = looking;
    looking.open();
    void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.glance);
    this.forget?.();
    this.looking?.close();
    this.looking = null;
  }

  private readonly glance = (): void => {
    if (document.visibilityState === "visible") void this.look();
  };

  private async look(): Promise<void> {
    const mine = (this.asked += 1);
    try {
      const consult = await ask<Consult>("GET", "/api/consult");
      if (mine !== this.asked) return;
      this.consult = consult;
      this.problem = null;
      this.hear();
      const { open, bookable } = consult;
      if (this.way === null) this.choose(bookable && (this.books || !open) ? "book" : "now");
    } catch (problem) {
      if (mine === this.asked) this.problem = problem;
    }
  }

  /** Word of the line comes as it changes; what was asked for may be older. */
  private hear(): void {
    const { consult, looking } = this;
    if (consult === null || looking === null) return;
    if (looking.phase === "lost" || looking.phase === "refused") return;
    this.consult = { ...consult, ...looking.queue };
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("about")) return;
    this.product = null;
    const id = this.about?.product ?? null;
    if (id !== null) void this.findProduct(id);
  }

  /** What she was looking at is shown where it can be had, and the call is as good without. */
  private async findProduct(id: string): Promise<void> {
    const found = await ask<Product>("GET", `/api/products/${encodeURIComponent(id)}`).catch(
      () => null,
    );
    if (this.about?.product === id) this.product = found;
  }

  override render(): TemplateResult {
    const { consult } = this;
    return html`<main>
      <div class="intro">
        <h1>${v.lobby}</h1>
        <p class="quiet">${v.lobbyWords}</p>
        <div role="status">${consult === null ? nothing : this.status(consult)}</div>
      </div>
      <section class="card look"><plusone-check .devices=${this.devices}></plusone-check></section>
      <section class="card">${consult === null ? this.loading() : this.offers(consult)}</section>
    </main>`;
  }

  private loading(): TemplateResult {
    if (this.problem === null) {
      return html`<p class="empty" role="status">${icon("spin", 24, "turn")}${m.loading}</p>`;
    }
    return html`<div class="empty" role="alert">
      <p>${problemWords(this.problem)}</p>
      <button class="btn btn-line" @click=${() => void this.look()}>${m.retry}</button>
    </div>`;
  }

  private status(consult: Consult): TemplateResult {
    const { open, opens_at, desks, free } = consult;
    if (!open) {
      const when = opens_at === null ? "" : v.opensAt(moment(opens_at, Date.now()));
      return html`<span class="status b-plain"
        >${[v.isClosed, when].filter(Boolean).join(m.comma)}</span
      >`;
    }
    const words = deskWords(consult);
    if (free) return html`<span class="status b-held">${words}</span>`;
    return html`<span class="status b-wait">${words}</span>
      <p class="t-14 quiet next">
        ${desks.open === 0 ? v.nobodyWords(consult.bookable) : lineWords(consult)}
      </p>`;
  }

  private offers(consult: Consult): TemplateResult {
    if (session?.person.kind === "staff") {
      return html`<div class="empty">
        <p>${v.staffNoCall}</p>
        <a class="btn btn-ink" href="/desk">${v.toDesk}</a>
      </div>`;
    }
    const { call } = consult;
    return html`${call === null ? nothing : this.goesOn(call)} ${this.lookedAt()}
    ${consult.bookable ? this.ways(consult) : nothing}
    ${this.way === "book" ? this.booking(consult) : this.now(consult)}`;
  }

  private goesOn(call: string): TemplateResult {
    return html`<div class="open">
      <p class="grow name">${v.goOnCall}</p>
      <button class="btn btn-ink" @click=${() => this.tell("go-on", call)}>${v.goOn}</button>
    </div>`;
  }

  private lookedAt(): unknown {
    const { product } = this;
    if (product === null) return nothing;
    const [one] = product.variants;
    return html`<div class="about">
      ${thumb(product.pictures[0] ?? null)}
      <div class="grow">
        <p class="t-13 quiet">${v.about}</p>
        <p class="name one-line">${product.title}</p>
        ${one === undefined ? nothing : price(one.price, session?.shop.currency ?? "TWD", "t-16")}
      </div>
    </div>`;
  }

  private ways({ open, desks }: Consult): TemplateResult {
    const nobody = open && desks.open === 0;
    const tab = (way: "now" | "book", words: string, drawn: unknown): TemplateResult =>
      html`<button
        role="tab"
        id=${way}
        aria-selected=${this.way === way}
        aria-controls="way"
        tabindex=${this.way === way ? 0 : -1}
        @click=${() => this.choose(way)}
      >
        ${drawn}${words}
      </button>`;
    return html`<div class="ways" role="tablist" @keydown=${this.arrow}>
      ${
        nobody ? tab("now", v.callMe, sign("phone", 20)) : tab("now", v.callNow, sign("camera", 20))
      }${tab("book", v.book, sign("calendar", 20))}
    </div>`;
  }

  private readonly arrow = ({ key }: KeyboardEvent): void => {
    if (key !== "ArrowLeft" && key !== "ArrowRight") return;
    this.choose(this.way === "now" ? "book" : "now");
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus(),
    );
  };

  private choose(way: "now" | "book"): void {
    this.way = way;
    if (way !== "book" || this.canBook) return;
    void part(() => import("../bookings/booking")).then((there) => {
      this.canBook = there;
      if (!there) this.way = "now";
    });
  }

  private booking({ topics }: Consult): TemplateResult {
    return html`<div id="way" role="tabpanel" aria-labelledby="book">
      ${
        this.canBook
          ? html`<plusone-booking .about=${this.about} .topics=${topics}></plusone-booking>`
          : html`<p class="empty" role="status">${icon("spin", 24, "turn")}${m.loading}</p>`
      }
    </div>`;
  }

  private now(consult: Consult): TemplateResult {
    const { open, free, desks, topics } = consult;
    // Whom nobody could answer now is called back; she may stand in line all the same.
    const calls = open && desks.open > 0;
    const button = (
      way: "ask" | "callback",
      look: string,
      drawn: unknown,
      words: string,
    ): TemplateResult =>
      html`<button
        type="button"
        class="btn ${look} btn-wide"
        ?disabled=${this.busy}
        @click=${() => this.tell(way, this.wish())}
      >
        ${drawn}${words}
      </button>`;
    const form = html`<form
      class="now"
      @submit=${(event: Event) => {
        event.preventDefault();
        this.tell(calls ? "ask" : "callback", this.wish());
      }}
    >
      ${
        topics.length === 0
          ? nothing
          : html`<fieldset class="ask-for">
              <legend class="label t-14">${v.topic}</legend>
              <div class="chips">
                ${topics.map(
                  (topic) =>
                    html`<label class="chip"
                      ><input type="radio" name="topic" value=${topic} />${topic}</label
                    >`,
                )}
              </div>
            </fieldset>`
      }
      <label class="ask-for"
        ><span class="label">${v.yourWords}</span
        ><span class="field">
          <textarea
            name="text"
            rows="2"
            maxlength=${longest_words}
            placeholder=${v.yourWordsHint}
          ></textarea></span
      ></label>
      ${
        this.said === ""
          ? nothing
          : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.said}</p>`
      }
      <button class="btn btn-ink btn-wide go" ?disabled=${this.busy}>
        ${this.busy ? icon("spin", 20, "turn") : sign(calls ? "camera" : "phone", 20)}${
          calls ? (free ? v.callNow : v.standInLine) : v.callMe
        }
      </button>
      <div class="others">
        ${calls && !free ? button("callback", "btn-line", sign("phone", 20), v.callMe) : nothing}
        <button
          type="button"
          class="btn ${open && !calls ? "btn-line" : "btn-soft"} btn-wide"
          @click=${() => this.tell("write", this.wish())}
        >
          ${icon("chat", 20)}${v.writeInstead}
        </button>
        ${open && !calls ? button("ask", "btn-soft", sign("camera", 20), v.standInLine) : nothing}
      </div>
    </form>`;
    if (!consult.bookable) return form;
    return html`<div id="way" role="tabpanel" aria-labelledby="now">${form}</div>`;
  }

  private wish(): Wish {
    const read = (name: string): string => {
      const value = this.form === null ? null : new FormData(this.form).get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const [topic, text] = [read("topic"), read("text")];
    return { ...(topic !== "" && { topic }), ...(text !== "" && { text }) };
  }

  private tell(name: string, detail: Wish | string): void {
    this.dispatchEvent(new CustomEvent<Wish | string>(name, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-consult-lobby": Lobby;
  }
}
