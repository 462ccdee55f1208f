import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { bot as botSign } from "../chat/icons";
import type { Queue, Row } from "../chat/wire";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, who } from "../design/parts";
import { clock, moment } from "../i18n/format";
import { pix } from "../i18n/attach";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { Problem } from "../wire/http";
import type { Inbox } from "./inbox";
import look from "./queue.css?inline";
import { queues, waits as waitsForPerson, waitsSince } from "./rows";
import { howLong, soon } from "./times";

const late_ms = 10 * 60_000;
const most_tags = 2;
const typing_pause_ms = 250;
const a_tick_ms = 15_000;

/**
 * The conversations of one queue, and the search over them. Tells `choose` with the queue that is
 * wanted, and `open` with the id of a conversation.
 */
@customElement("plusone-desk-queue")
export class DeskQueue extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) inbox!: Inbox;
  /** The conversation that is open beside the list. */
  @property() current: string | null = null;
  @property({ type: Boolean }) singles = true;
  @query("input") private readonly field!: HTMLInputElement;

  private typing: ReturnType<typeof setTimeout> | undefined;
  private ticking: ReturnType<typeof setInterval> | undefined;
  private unwatch: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = this.inbox.subscribe(() => this.requestUpdate());
    this.ticking = setInterval(() => this.requestUpdate(), a_tick_ms);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
    clearTimeout(this.typing);
    clearInterval(this.ticking);
  }

  /** Moves the focus to the next row or, with -1, to the one before. */
  move(by: 1 | -1): void {
    const links = [...this.renderRoot.querySelectorAll<HTMLElement>("li a")];
    if (links.length === 0) return;
    const focused = this.shadowRoot?.activeElement;
    const from = links.findIndex((link) => link === focused);
    const open = links.findIndex((link) => link.hasAttribute("aria-current"));
    const at = from >= 0 ? from : open;
    const to = at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by;
    links[Math.max(0, Math.min(links.length - 1, to))]?.focus();
  }

  seek(): void {
    this.field.focus();
    this.field.select();
  }

  /** Puts the focus on a conversation: this one, else the one that is open, else the first. */
  focusOn(id: string | null = this.current): void {
    const links = [...this.renderRoot.querySelectorAll<HTMLAnchorElement>("li a")];
    const wanted = links.find((link) => id !== null && link.pathname === `/desk/${id}`);
    (wanted ?? links[0])?.focus();
  }

  override render(): TemplateResult {
    const { inbox } = this;
    return html`<div class="head">
        <h2>${d.conversations}</h2>
        <label class="field"
          >${icon("search", 18)}<input
            type="search"
            aria-label=${d.search}
            placeholder=${d.search}
            maxlength="100"
            autocomplete="off"
            enterkeyhint="search"
            @input=${this.type}
            @keydown=${this.leave}
        /></label>
        <div role="tablist" aria-label=${d.conversations} @keydown=${this.alongTabs}>
          ${queues.map((queue) => this.tab(queue))}
        </div>
      </div>
      ${this.state()}
      <div
        role="tabpanel"
        id="rows"
        aria-labelledby="tab-${inbox.queue}"
        aria-busy=${inbox.rows === null && inbox.failed === null}
      >
        ${this.content()}
      </div>`;
  }

  private tab(queue: Queue): TemplateResult {
    const { counts } = this.inbox;
    const chosen = this.inbox.queue === queue;
    const n = queue === "waiting" || queue === "mine" ? counts[queue] : null;
    return html`<button
      role="tab"
      id="tab-${queue}"
      aria-selected=${chosen}
      aria-controls="rows"
      tabindex=${chosen ? 0 : -1}
      @click=${() => this.choose(queue)}
    >
      ${d.queues[queue]}${n === null ? nothing : html`<b>${n}</b>`}
    </button>`;
  }

  private choose(queue: Queue): void {
    this.dispatchEvent(new CustomEvent<Queue>("choose", { detail: queue }));
  }

  private alongTabs(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const at = queues.indexOf(this.inbox.queue);
    const to = queues[(at + by + queues.length) % queues.length];
    if (to === undefined) return;
    this.choose(to);
    this.renderRoot.querySelector<HTMLElement>(`#tab-${to}`)?.focus();
  }

  /** What is wrong with the line or with the list, in one line over it. */
  private state(): unknown {
    const { inbox } = this;
    if (inbox.phase === "lost") {
      return html`<div class="strip" role="status">
        ${icon("offline", 16)}<span class="grow">${m.reconnecting}</span
        ><button @click=${inbox.retry}>${m.retryNow}</button>
      </div>`;
    }
    if (inbox.failed === null || inbox.rows === null) return nothing;
    return html`<div class="strip" role="alert">
      ${icon("warn", 16)}<span class="grow">${this.why(inbox.failed, d.cannotLoad)}</span
      ><button @click=${() => void inbox.load()}>${m.retry}</button>
    </div>`;
  }

  /** Why nothing could be read; `offline` where the service was not reached and nothing is searched. */
  private why(failed: unknown, offline: string): string {
    if (!(failed instanceof Problem) || failed.code !== "offline") return problemWords(failed);
    return this.inbox.words === "" ? offline : d.cannotSearch;
  }

  private content(): TemplateResult {
    const { rows, failed, queue, words, more } = this.inbox;
    if (rows === null) {
      if (failed === null) {
        return html`<p class="said" role="status">${m.loading}</p>
          ${[1, 2, 3, 4].map(() => html`<div class="ghost"></div>`)}`;
      }
      return html`<div class="empty" role="alert">
        <b>${this.why(failed, m.notReached)}</b
        ><button class="btn btn-s btn-line" @click=${() => void this.inbox.load()}>
          ${m.retry}
        </button>
      </div>`;
    }
    if (rows.length === 0) {
      const [head = "", rest = ""] = words === "" ? d.empty[queue] : [d.nothingFound(words)];
      return html`<div class="empty" role="status">
        <b>${head}</b>${rest}${
          words !== "" && queue !== "resolved"
            ? html`<button class="btn btn-s btn-line" @click=${() => this.choose("resolved")}>
                ${d.findInResolved}
              </button>`
            : nothing
        }
      </div>`;
    }
    return html`<ol>
        ${repeat(
          rows,
          ({ id }) => id,
          (row) => this.row(row),
        )}
      </ol>
      ${
        more
          ? html`<p class="hint">
              <button class="btn btn-s btn-line" @click=${() => void this.inbox.loadMore()}>
                ${d.more}
              </button>
            </p>`
          : this.singles
            ? html`<p class="hint">${d.queueKeys}</p>`
            : nothing
      }`;
  }

  private row(row: Row): TemplateResult {
    const name = row.name ?? d.noName;
    const now = this.inbox.now();
    // Whom the bot answers, or who is to be called back, waits for nobody at this moment.
    const waits = row.control !== "bot" && (waitsForPerson(row) || row.waiting_since !== null);
    const waited = now - waitsSince(row);
    const late = waits && waited >= late_ms;
    // What the bot answers is nobody's to read.
    const unread = row.control === "bot" ? 0 : row.unread;
    const look = `${waits ? "waits" : ""} ${late ? "late" : ""} ${unread > 0 ? "unread" : ""}`;
    return html`<li class=${look}>
      <a
        href="/desk/${encodeURIComponent(row.id)}"
        aria-current=${row.id === this.current ? "true" : nothing}
        @click=${(event: MouseEvent) => this.open(event, row.id)}
      >
        ${who(name, false)}
        <span class="grow col"
          ><span class="row"
            ><b class="one-line">${name}</b>${
              row.control === "human" && row.staff_name !== null && this.inbox.queue !== "mine"
                ? html`<span class="holder t-12 faint one-line">${row.staff_name}</span>`
                : row.control === "bot"
                  ? html`<span class="holder t-12 faint row">${botSign}${d.bot}</span>`
                  : nothing
            }<time class="end"
              >${
                waits
                  ? html`<span class="said">${d.waitsFor(howLong(waited))}</span
                      ><span aria-hidden="true">${howLong(waited)}</span>`
                  : moment(row.last_at, now)
              }</time
            ></span
          ><span class="row snip"
            ><span class="one-line grow">${snippet(row)}</span>${
              unread > 0
                ? html`<span class="count" aria-hidden="true">${unread}</span
                    ><span class="said">${d.unread(unread)}</span>`
                : nothing
            }</span
          ><span class="facts">${this.facts(row, now)}</span></span
        >
      </a>
    </li>`;
  }

  private facts({ promised_at, callback_at, about, tags, control }: Row, now: number): unknown {
    return html`${
      callback_at === null
        ? nothing
        : html`<span class="badge ${callback_at <= now ? "b-wait" : "b-note"}"
            >${icon("clock", 16)}${d.callBack(soon(callback_at, now))}</span
          >`
    }${
      promised_at !== null && control === "queued"
        ? html`<span class="badge b-plain"
            >${icon("clock", 16)}${d.promised(
              promised_at - now < 12 * 3_600_000 ? clock(promised_at) : moment(promised_at, now),
            )}</span
          >`
        : nothing
    }${
      about?.title == null
        ? nothing
        : html`<span class="badge b-plain"><span class="one-line">${about.title}</span></span>`
    }${tags.slice(0, most_tags).map((tag) => html`<span class="badge b-note">${tag}</span>`)}${
      tags.length > most_tags
        ? html`<span class="badge b-note">+${tags.length - most_tags}</span>`
        : nothing
    }`;
  }

  /** A press with a modifier opens another tab, as with every link. */
  private open(event: MouseEvent, id: string): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.dispatchEvent(new CustomEvent<string>("open", { detail: id }));
  }

  private type(): void {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.inbox.search(this.field.value.trim()), typing_pause_ms);
  }

  /** Escape empties the field, then leaves it for the list. */
  private leave(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === "Enter" || (event.key === "Escape" && this.field.value === "")) {
      event.preventDefault();
      this.focusOn();
    }
  }
}

function snippet({ last }: Row): string {
  if (last === null) return "";
  const text = last.text ?? pix.wordless;
  switch (last.from) {
    case "staff":
      return d.shopSaid(text);
    case "bot":
      return d.botSaid(text);
    case "customer":
      return text;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-desk-queue": DeskQueue;
  }
}
