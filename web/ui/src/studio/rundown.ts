import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, tag, thumb } from "../design/parts";
import { vars } from "../design/vars";
import { amount, clock } from "../i18n/format";
import { m } from "../i18n/index";
import { s } from "../i18n/staff";
import * as reading from "../show/reading";
import type { Item, Show } from "../wire/types";
import type { Acts } from "./acts";
import { reservedWords } from "./sheets/tier";

interface Drag {
  id: string;
  from: number;
  to: number;
  y: number;
  by: number;
}

/**
 * The run-down: what is sold, in which order. Rows move by the grip, with the pointer or the arrow
 * keys. Tells `edit` (an item), `waiters` (an item) and `add`.
 */
@customElement("plusone-rundown")
export class RunDown extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-block-size: 0;
        font-size: var(--t-13);
        line-height: var(--l-13);
      }
      h2 {
        font-size: var(--t-14);
        line-height: 28px;
        gap: 6px;
        flex: none;
      }
      h2 .btn {
        margin-inline-end: -12px;
      }
      .thead,
      li {
        display: grid;
        grid-template-columns: 24px 40px minmax(0, 1fr) 52px 64px 40px 72px;
        column-gap: 8px;
        align-items: center;
      }
      .thead {
        color: var(--ink-3);
        padding-block: 2px 4px;
        border-block-end: 1px solid var(--line-2);
        white-space: nowrap;
        font-size: var(--t-12);
        flex: none;
      }
      .num {
        text-align: end;
        white-space: nowrap;
      }
      li .num {
        font-size: var(--t-14);
        font-weight: var(--w-name);
      }
      .num small {
        font-size: var(--t-12);
        font-weight: var(--w-read);
        color: var(--ink-3);
      }
      ol {
        overflow: auto;
        min-block-size: 0;
        margin-inline: -8px;
        padding: 1px 8px;
        position: relative;
      }
      li {
        padding-block: 8px;
        border-block-end: 1px solid var(--line);
        margin-inline: -8px;
        padding-inline: 8px;
        min-block-size: 57px;
        background: var(--sheet);
      }
      li:last-child {
        border-color: transparent;
      }
      .nm .row {
        gap: 6px;
      }
      .nm button {
        text-align: start;
        min-inline-size: 0;
        max-inline-size: 100%;
      }
      .nm button:hover .name {
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }
      .act {
        display: flex;
        justify-content: flex-end;
      }
      .act .btn {
        padding: 0 10px;
      }
      .grip {
        color: var(--ink-3);
        display: grid;
        place-items: center;
        inline-size: 24px;
        block-size: 40px;
        cursor: grab;
        touch-action: none;
        border-radius: 6px;
      }
      .cur {
        background: var(--raised);
        box-shadow:
          inset 3px 0 0 var(--live),
          inset 0 0 0 1px var(--line-2);
        border-radius: 4px;
        border-color: transparent;
        position: relative;
      }
      .live-b {
        color: var(--live-ink);
        padding: 0;
      }
      .sold .thumb,
      .done .thumb {
        filter: grayscale(1);
        opacity: 0.6;
      }
      .drag {
        background: var(--raised);
        border-radius: 10px;
        box-shadow:
          0 0 0 1px var(--line-2),
          var(--shadow-lift);
        border-color: transparent;
        position: relative;
        transform: translateY(var(--by)) rotate(0.5deg);
      }
      .shift {
        transform: translateY(var(--by));
        transition: transform var(--m-move) var(--ease-out);
      }
      .link {
        color: var(--wait);
        font-weight: var(--w-strong);
        text-decoration: underline;
        text-underline-offset: 0.25em;
        min-block-size: 40px;
      }
      .empty {
        padding: var(--s-8) var(--s-4);
        text-align: center;
        color: var(--ink-2);
      }
    `,
  ];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) acts!: Acts;
  /** Whether this person runs the show, or only watches over it. */
  @property({ type: Boolean }) runs = false;

  @state() private drag: Drag | null = null;
  @state() private said = "";

  private gripped: HTMLElement | null = null;

  protected override willUpdate(): void {
    const active = this.shadowRoot?.activeElement;
    const grip = active instanceof HTMLElement && active.classList.contains("grip");
    this.gripped = grip ? active : null;
  }

  /** A row that moves in the document loses the focus; whoever moves it by key keeps it. */
  protected override updated(): void {
    const { gripped } = this;
    if (gripped?.isConnected === true && this.shadowRoot?.activeElement !== gripped) {
      gripped.focus();
    }
  }

  override render(): TemplateResult {
    const { items } = this.show;
    const open = items.filter(({ status }) => status === "open").length;
    return html`<h2 class="row">
        ${s.runDown}<span class="t-12 faint">${s.kindsAndOpen(items.length, open)}</span>
        ${
          this.runs && this.show.status !== "ended"
            ? html`<button
                class="btn btn-s end quiet"
                @click=${() => this.dispatchEvent(new Event("add"))}
              >
                ${icon("plus", 16)}${s.addItems}
              </button>`
            : nothing
        }
      </h2>
      <p class="said" role="status">${this.said}</p>
      ${
        items.length === 0
          ? html`<div class="empty">
              <p class="name">${s.emptyRunDown}</p>
              <p class="t-13">${s.emptyRunDownWords}</p>
            </div>`
          : html`<div class="thead" aria-hidden="true">
                <span></span><span></span><span>${s.item}</span
                ><span class="num">${s.livePrice}</span><span class="num">${s.leftOfAll}</span
                ><span class="num">${s.waiting}</span><span></span>
              </div>
              <ol aria-label=${s.runDown} tabindex="0">
                ${repeat(
                  items,
                  ({ id }) => id,
                  (item, index) => this.line(item, index),
                )}
              </ol>`
      }`;
  }

  private line(item: Item, index: number): TemplateResult {
    const { currency } = this.show;
    const cur = reading.current(this.show)?.id === item.id;
    const left = reading.left(item);
    const waiting = reading.waiting(item);
    const gone = item.status === "open" && left === 0;
    const look = cur ? "cur" : gone ? "sold" : item.status === "closed" ? "done" : "";
    const planned = item.variants.reduce((all, one) => all + one.planned, 0);
    const all = item.status === "ready" ? planned : reading.allotment(item);
    return html`<li class="${look} ${this.shiftLook(item, index)}" ${vars(this.shift(item, index))}>
      ${
        this.runs
          ? html`<button
              class="grip"
              aria-label=${s.move(item.code)}
              @keydown=${(event: KeyboardEvent) => this.byKey(event, item, index)}
              @pointerdown=${(event: PointerEvent) => this.take(event, item, index)}
            >
              ${icon("grip", 16)}
            </button>`
          : html`<span></span>`
      }
      ${thumb(item.picture, 40)}
      <div class="nm">
        <p class="row">
          ${tag(item.code)}<button
            class="one-line"
            aria-label="${s.editItem(item.code)} ${item.title}"
            @click=${() => this.tell("edit", item)}
          >
            <span class="name">${item.title}</span>
          </button>
        </p>
        <p class="t-12 faint one-line">${this.fact(item)}</p>
      </div>
      <span class="num">${amount(item.price, currency)[1]}</span>
      <span class="num"
        ><b class=${gone ? "wait" : ""}>${item.status === "ready" ? all : left}</b
        ><small>/${all}</small></span
      >
      <span class="num"
        >${
          waiting > 0
            ? html`<button
                class="link"
                aria-label=${s.waitersOf(item.code, waiting)}
                @click=${() => this.tell("waiters", item)}
              >
                ${waiting}
              </button>`
            : 0
        }</span
      >
      <span class="act">${this.act(item, cur)}</span>
    </li>`;
  }

  private fact(item: Item): string {
    const kinds = reading.hasVariants(item) ? s.variantsOf(item.variants.length) : null;
    const where =
      item.status === "open"
        ? reading.left(item) === 0
          ? s.soldOut
          : item.opened_at === null
            ? s.stillOn
            : s.openedAt(clock(item.opened_at))
        : item.status === "closed"
          ? s.closed
          : item === reading.next(this.show)
            ? s.nextOne
            : null;
    return [reservedWords(item), where, kinds].filter(Boolean).join(m.comma);
  }

  private act(item: Item, cur: boolean): unknown {
    if (!this.runs || this.show.status === "ended") return nothing;
    const button = (look: string, words: string, press: () => void): TemplateResult =>
      html`<button class="btn btn-s ${look}" aria-label="${words} ${item.code}" @click=${press}>
        ${words}
      </button>`;
    if (item.status !== "open") {
      const next = item === reading.next(this.show);
      const words = item.status === "closed" ? s.openAgain : s.openItem;
      return button(next ? "btn-ink" : "btn-line", words, () => {
        void this.acts.run({ type: "item.open", item: item.id });
      });
    }
    if (cur) return html`<span class="badge live-b">${s.onSaleBadge}</span>`;
    if (reading.left(item) === 0) {
      return button("btn-soft", s.moreStock, () => this.tell("edit", item));
    }
    return button("btn-soft", s.closeItem, () => {
      void this.acts.run({ type: "item.close", item: item.id });
    });
  }

  // Moving rows

  private byKey(event: KeyboardEvent, item: Item, index: number): void {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    void this.moveTo(item, index, index + step);
  }

  private async moveTo(item: Item, from: number, to: number): Promise<void> {
    const { items } = this.show;
    if (to < 0 || to >= items.length || to === from) return;
    const rest = items.filter(({ id }) => id !== item.id);
    const before = rest[to]?.id ?? null;
    if (await this.acts.run({ type: "item.move", item: item.id, before })) {
      this.said = s.moved(item.code, to + 1);
    }
  }

  private take(event: PointerEvent, { id }: Item, from: number): void {
    if (event.button !== 0) return;
    const grip = event.currentTarget as HTMLElement;
    grip.setPointerCapture(event.pointerId);
    this.drag = { id, from, to: from, y: event.clientY, by: 0 };
    const drop = (): void => {
      grip.removeEventListener("pointermove", this.dragged);
      const { drag } = this;
      this.drag = null;
      const item = this.show.items.find((one) => one.id === drag?.id);
      if (drag !== null && item !== undefined) void this.moveTo(item, drag.from, drag.to);
    };
    grip.addEventListener("pointermove", this.dragged);
    grip.addEventListener("pointerup", drop, { once: true });
    grip.addEventListener("pointercancel", () => (this.drag = null), { once: true });
  }

  private readonly dragged = (event: PointerEvent): void => {
    const { drag } = this;
    if (drag === null) return;
    const by = event.clientY - drag.y;
    const steps = Math.round(by / this.rowHeight);
    const to = Math.min(this.show.items.length - 1, Math.max(0, drag.from + steps));
    this.drag = { ...drag, by, to };
  };

  private get rowHeight(): number {
    return this.renderRoot.querySelector("li")?.offsetHeight ?? 57;
  }

  private shiftLook({ id }: Item, _index: number): string {
    if (this.drag === null) return "";
    return this.drag.id === id ? "drag" : "shift";
  }

  private shift({ id }: Item, index: number): { "--by": string } {
    const { drag } = this;
    if (drag === null) return { "--by": "0px" };
    if (drag.id === id) return { "--by": `${drag.by}px` };
    if (index > drag.from && index <= drag.to) return { "--by": `${-this.rowHeight}px` };
    if (index < drag.from && index >= drag.to) return { "--by": `${this.rowHeight}px` };
    return { "--by": "0px" };
  }

  private tell(what: "edit" | "waiters", item: Item): void {
    this.dispatchEvent(new CustomEvent<Item>(what, { detail: item }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-rundown": RunDown;
  }
}
