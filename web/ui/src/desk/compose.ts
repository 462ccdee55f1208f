import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import "../chat/picture-button";
import "../chat/picture-draft";
import "./card";
import { bot } from "../chat/icons";
import { Attaching } from "../chat/picture-attach";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { session } from "../session/session";
import { ask } from "../wire/http";
import { filled, fitting, lookedFor } from "./canned";
import { shown } from "./cards";
import look from "./compose.css?inline";
import { type Draft, empty, keepDraft, readDraft } from "./drafts";
import type { Open } from "./open";
import type { CannedReply } from "./wire";

/** As long as the service takes it. */
const longest = 2_000;
/** Products of one message: as many as the service takes. */
const most_products = 5;
/** The code of a key that an input method has taken. */
const taken_by_input_method = 229;
/** From here on she is told how much is left. */
const tell_from = 1_800;

/**
 * Where a rep answers, or notes something for her colleagues. Enter sends, Shift+Enter breaks the
 * line; a "/" at the beginning opens the canned replies. What is written stays with its
 * conversation. Tells `product` where one is to be chosen.
 */
@customElement("plusone-compose")
export class Compose extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) open!: Open;
  @property({ type: Number }) version = 0;
  /** The customer, as she is called. */
  @property() name = "";
  @state() private draft: Draft = empty;
  @state() private replies: readonly CannedReply[] | null = null;
  @state() private repliesProblem = "";
  @state() private chosen = 0;
  /** Escape shuts the list of canned replies until something else is typed. */
  @state() private shut = false;
  /** The list was asked for over a text that is kept. */
  @state() private over = false;
  @query("textarea") private readonly area!: HTMLTextAreaElement | null;
  @query(".take") private readonly takeButton!: HTMLElement | null;

  /** What goes with the next reply, of each conversation that was open here. */
  private readonly pictures = new Map<string, Attaching>();

  /** Whether a picture would go with the next reply. */
  get takesPictures(): boolean {
    return this.open.mine && this.draft.tab === "reply";
  }

  attach(file: File): void {
    this.attaching.take(file);
    if (matchMedia("(hover: hover)").matches) this.area?.focus();
  }

  private get attaching(): Attaching {
    const { id } = this.open;
    let found = this.pictures.get(id);
    if (found === undefined) {
      const path = `/api/staff/conversations/${encodeURIComponent(id)}/pictures`;
      found = new Attaching(
        () => path,
        () => this.requestUpdate(),
      );
      this.pictures.set(id, found);
    }
    return found;
  }

  /** Opens a tab and puts the focus into it. */
  write(tab: Draft["tab"]): void {
    this.turn(tab);
    // What was just taken is drawn from the page downwards: the field is there with the next picture.
    requestAnimationFrame(() => (this.area ?? this.takeButton)?.focus());
  }

  /**
   * Puts the bot's words where she writes, and what it would show below them, to be read over and
   * sent; false where there are none.
   */
  useDraft(): boolean {
    const { text = null, cards = [], upto = 0 } = this.open.draft ?? {};
    if (text === null) return false;
    const goods = cards.filter(({ kind }) => kind === "product").map(({ id }) => id);
    const products = [...new Set([...this.draft.products, ...goods])].slice(0, most_products);
    const others = cards.filter(({ kind }) => kind !== "product").slice(0, most_products);
    const drafted = others.length === 0 ? this.draft.drafted : { upto, cards: others };
    const before = this.draft.reply.trimEnd();
    const reply = (before === "" ? text : `${before}\n${text}`).slice(0, longest);
    this.shut = true;
    this.keep({ ...this.draft, tab: "reply", reply, products, drafted });
    this.open.dropDraft();
    this.write("reply");
    return true;
  }

  dropDraft(): boolean {
    if (this.open.draft === null) return false;
    this.open.dropDraft();
    this.write("reply");
    return true;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("open")) return;
    this.draft = readDraft(this.open.id);
    this.shut = this.over = false;
    if (this.fitting !== null) void this.loadReplies();
  }

  private turn(tab: Draft["tab"]): void {
    this.keep({ ...this.draft, tab });
  }

  private keep(draft: Draft): void {
    this.draft = draft;
    keepDraft(this.open.id, draft);
  }

  /** The canned replies that fit; null while nobody asks for them. */
  private get fitting(): readonly CannedReply[] | null {
    if (this.draft.tab === "note" || this.shut) return null;
    const words = this.over ? "" : lookedFor(this.draft.reply);
    if (words === null) return null;
    return fitting(this.replies ?? [], words);
  }

  /** Asked for whenever the list opens: a colleague may have written one meanwhile. */
  private async loadReplies(): Promise<void> {
    this.repliesProblem = "";
    try {
      const { replies } = await ask<{ replies: CannedReply[] }>("GET", "/api/staff/replies");
      this.replies = replies;
    } catch (problem) {
      if (this.replies === null) this.repliesProblem = problemWords(problem);
    }
  }

  override render(): TemplateResult {
    const { tab } = this.draft;
    const note = tab === "note";
    const mayWrite = note || this.open.mine;
    return html`<form class="write ${tab}" @submit=${this.submit}>
      ${mayWrite ? this.list() : nothing} ${note ? nothing : this.drafted()}
      <span class="said" role="status">${this.open.draft === null ? "" : d.newDraft}</span>
      <div class="tabs" role="group" aria-label=${d.reply}>
        <button
          type="button"
          aria-pressed=${!note}
          aria-keyshortcuts="r"
          @click=${() => this.write("reply")}
        >
          ${d.reply}
        </button>
        <button
          type="button"
          aria-pressed=${note}
          aria-keyshortcuts="n"
          @click=${() => this.write("note")}
        >
          ${d.note}
        </button>
        ${note || !mayWrite ? nothing : html`<span class="end hint">${d.slashHint}</span>`}
      </div>
      ${mayWrite ? this.field(note) : this.notHers()}
    </form>`;
  }

  /** What the bot would say: hers to use, and gone with the first word that she sends. */
  private drafted(): unknown {
    const { draft } = this.open;
    if (draft === null) return nothing;
    return html`<section class="drafted" aria-label=${d.draft}>
      <div class="row">
        <span class="badge b-note">${bot}${d.draft}</span>
        <span class="acts">
          <button
            type="button"
            class="btn btn-s btn-line"
            aria-keyshortcuts="u"
            @click=${() => this.useDraft()}
          >
            ${d.useDraft}</button
          ><button
            type="button"
            class="btn btn-s"
            aria-keyshortcuts="x"
            @click=${() => this.dropDraft()}
          >
            ${d.dropDraft}
          </button>
        </span>
      </div>
      <p tabindex="0" role="group" aria-label=${d.draft}>${draft.text}</p>
      ${
        draft.cards.length === 0
          ? nothing
          : html`<div class="drafted-cards">${shown(draft.cards, true)}</div>`
      }
    </section>`;
  }

  private notHers(): TemplateResult {
    const { conversed } = this.open;
    const staff = conversed?.staff ?? null;
    return html`<div class="shut">
      <span class="grow"
        >${
          staff !== null
            ? d.hasIt(staff.name ?? "")
            : conversed?.control === "resolved"
              ? d.takeAgain
              : conversed?.control === "bot"
                ? d.takeFromBot
                : d.takeFirst
        }</span
      >${
        // While she is asked whether she really takes it, one button is enough.
        this.open.holder === null
          ? html`<button type="button" class="btn btn-s btn-ink take" @click=${this.take}>
              ${staff === null ? d.take : d.takeOver}
            </button>`
          : nothing
      }
    </div>`;
  }

  private readonly take = async (): Promise<void> => {
    if (await this.open.take()) this.write("reply");
  };

  private field(note: boolean): TemplateResult {
    const text = note ? this.draft.note : this.draft.reply;
    const fits = this.fitting;
    const left = longest - text.length;
    return html`<textarea
        rows="2"
        maxlength=${longest}
        enterkeyhint="send"
        aria-label=${note ? d.note : d.replyTo(this.name)}
        placeholder=${note ? d.noteHint : d.replyTo(this.name)}
        aria-autocomplete=${note ? "none" : "list"}
        aria-controls=${fits === null ? nothing : "replies"}
        aria-activedescendant=${
          fits === null || fits.length === 0 ? nothing : `reply-${this.chosenOf(fits)}`
        }
        .value=${live(text)}
        @input=${this.type}
        @keydown=${this.press}
      ></textarea>
      ${
        note
          ? nothing
          : html`<plusone-picture-draft
                .attached=${this.attaching.current}
                @again=${() => this.attaching.again()}
                @remove=${() => {
                  this.attaching.drop();
                  this.area?.focus();
                }}
              ></plusone-picture-draft>
              ${this.goods()}`
      }
      <div class="row">
        ${
          note
            ? html`${icon("lock", 16)}<span class="t-12 note">${d.noteHint}</span>`
            : html`<button
                  type="button"
                  class="tool"
                  aria-label=${d.chooseGoods}
                  title=${d.chooseGoods}
                  aria-keyshortcuts="g"
                  @click=${() => this.dispatchEvent(new Event("product"))}
                >
                  ${icon("bag", 20)}</button
                ><button
                  type="button"
                  class="tool"
                  aria-label=${d.cannedReplies}
                  title=${d.cannedReplies}
                  aria-expanded=${fits !== null}
                  @click=${this.askReplies}
                >
                  ${icon("bolt", 20)}</button
                ><plusone-picture-button
                  @picture=${({ detail }: CustomEvent<File>) => this.attach(detail)}
                ></plusone-picture-button>`
        }
        <span class="end left t-12 faint" role="status"
          >${text.length >= tell_from ? d.signsLeft(left) : ""}</span
        >
        <button class="btn btn-s btn-ink" ?disabled=${!this.sendable || fits !== null}>
          ${note ? d.keepNote : m.send}
        </button>
      </div>`;
  }

  /** What goes with the reply: products, and what else the bot's draft showed. */
  private goods(): unknown {
    const { products, drafted } = this.draft;
    if (products.length === 0 && drafted === null) return nothing;
    return html`<ul class="goods" aria-label=${d.goesAlong}>
      ${products.map(
        (product) =>
          html`<li>
            <plusone-desk-card small product=${product}></plusone-desk-card>
            ${this.leavesOut(product)}
          </li>`,
      )}${drafted?.cards.map((card) => html`<li>${shown([card], true)}${this.leavesOut(card.id)}</li>`)}
    </ul>`;
  }

  private leavesOut(id: string): TemplateResult {
    return html`<button
      type="button"
      class="tool"
      aria-label=${d.leaveOut}
      title=${d.leaveOut}
      @click=${() => this.leaveOut(id)}
    >
      ${icon("close", 16)}
    </button>`;
  }

  private leaveOut(id: string): void {
    const products = this.draft.products.filter((one) => one !== id);
    const cards = this.draft.drafted?.cards.filter((one) => one.id !== id) ?? [];
    const upto = this.draft.drafted?.upto ?? 0;
    this.keep({ ...this.draft, products, drafted: cards.length === 0 ? null : { upto, cards } });
    this.area?.focus();
  }

  private list(): unknown {
    const fits = this.fitting;
    if (fits === null) return nothing;
    if (this.repliesProblem !== "") {
      return html`<div class="replies" id="replies" role="alert">
        <p>${this.repliesProblem}</p>
      </div>`;
    }
    if (this.replies === null || fits.length === 0) {
      return html`<div class="replies" id="replies" role="status">
        <p>${this.replies === null ? m.loading : d.noReplies}</p>
      </div>`;
    }
    const at = this.chosenOf(fits);
    return html`<ul class="replies" id="replies" role="listbox" aria-label=${d.cannedReplies}>
      ${fits.map(
        (one, n) =>
          html`<li
            role="option"
            id="reply-${n}"
            aria-selected=${n === at}
            @mousedown=${(event: Event) => event.preventDefault()}
            @click=${() => this.insert(one)}
          >
            <b class="name one-line">${one.title}</b
            ><span class="quiet one-line">${this.fill(one.text)}</span>
          </li>`,
      )}
    </ul>`;
  }

  private chosenOf(fits: readonly CannedReply[]): number {
    return Math.min(this.chosen, fits.length - 1);
  }

  private fill(text: string): string {
    const { name } = this;
    const staff = session?.person.name ?? "";
    return filled(text, { name, staff, shop: session?.shop.name ?? "" });
  }

  private insert({ text }: CannedReply): void {
    const before = this.over ? `${this.draft.reply.trimEnd()}\n` : "";
    this.over = false;
    this.keep({ ...this.draft, reply: (before + this.fill(text)).slice(0, longest) });
    this.area?.focus();
  }

  private readonly askReplies = (): void => {
    const { reply } = this.draft;
    const wasOpen = this.fitting !== null;
    this.shut = false;
    this.chosen = 0;
    if (lookedFor(reply) !== null) this.keep({ ...this.draft, reply: "" });
    else if (reply === "") this.keep({ ...this.draft, reply: "/" });
    else this.over = !wasOpen;
    if (!wasOpen) void this.loadReplies();
    this.area?.focus();
  };

  private readonly type = (event: Event): void => {
    const { value } = event.target as HTMLTextAreaElement;
    const { tab } = this.draft;
    const wasOpen = this.fitting !== null;
    this.shut = this.over = false;
    this.chosen = 0;
    this.keep({ ...this.draft, [tab]: value });
    if (tab === "note") return;
    if (this.fitting !== null) {
      if (!wasOpen) void this.loadReplies();
    } else if (value !== "") this.open.talk.typing();
  };

  private readonly press = (event: KeyboardEvent): void => {
    // Enter that ends a choice of the input method sends nothing.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else tells it in Safari
    if (event.isComposing || event.keyCode === taken_by_input_method) return;
    const fits = this.fitting;
    if (fits !== null && this.among(event, fits)) {
      event.preventDefault();
      return;
    }
    if (event.key === "Enter" && !event.shiftKey) this.submit(event);
    else if (event.key === "Escape") this.area?.blur();
  };

  /** What a key does while the canned replies are open; false where it does nothing there. */
  private among(event: KeyboardEvent, fits: readonly CannedReply[]): boolean {
    const at = this.chosenOf(fits);
    switch (event.key) {
      case "ArrowDown":
      case "ArrowUp": {
        const by = event.key === "ArrowDown" ? 1 : fits.length - 1;
        this.chosen = fits.length === 0 ? 0 : (at + by) % fits.length;
        void this.updateComplete.then(() =>
          this.renderRoot
            .querySelector(`#reply-${this.chosen}`)
            ?.scrollIntoView({ block: "nearest" }),
        );
        return true;
      }
      case "Enter": {
        const one = fits[at];
        if (one !== undefined) this.insert(one);
        return !event.shiftKey;
      }
      case "Escape":
        this.shut = !this.over;
        this.over = false;
        return true;
      default:
        return false;
    }
  }

  private get sendable(): boolean {
    const { tab } = this.draft;
    const written = this.draft[tab].trim() !== "";
    if (tab === "note") return written;
    const { busy, current } = this.attaching;
    const { products, drafted } = this.draft;
    return !busy && (written || current !== null || products.length > 0 || drafted !== null);
  }

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    const { tab, products, drafted } = this.draft;
    const text = this.draft[tab].trim();
    if (!this.sendable || this.fitting !== null) return;
    if (tab === "note") this.open.note(text);
    else if (this.open.mine) {
      const picture = this.attaching.give();
      if (this.attaching.busy) return;
      this.open.say({
        ...(text !== "" && { text }),
        ...(picture && { picture: picture.id }),
        ...(products.length > 0 && { products }),
        ...(drafted !== null && {
          drafted: { upto: drafted.upto, cards: drafted.cards.map(({ id }) => id) },
        }),
      });
    } else return;
    const shown = tab === "note" ? { products, drafted } : { products: [], drafted: null };
    this.keep({ ...this.draft, [tab]: "", ...shown });
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-compose": Compose;
  }
}
