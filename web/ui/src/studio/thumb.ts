import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "../design/language";
import { sign } from "../account/icons";
import { PlusoneElement } from "../design/element";
import { icon, type IconName } from "../design/icons";
import { parts, tag, thumb } from "../design/parts";
import { Ticking } from "../design/ticking";
import { count, left, money } from "../i18n/format";
import { y } from "../i18n/loyalty-staff";
import { m } from "../i18n/index";
import { s } from "../i18n/staff";
import type { Broadcast } from "../picture/broadcast";
import { Following } from "../design/following";
import { fateWords } from "../show/fate";
import * as reading from "../show/reading";
import type { Item, Show, Staff } from "../wire/types";
import type { Acts } from "./acts";
import { later } from "./now";
import look from "./studio.css?inline";

/** The studio for one thumb. Tells `edit` (an item) and `open` (the name of a sheet). */
@customElement("plusone-thumb")
export class Thumb extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) staff!: Staff;
  @property({ attribute: false }) acts!: Acts;
  @property({ attribute: false }) broadcast!: Broadcast;
  @property({ attribute: false }) now: () => number = Date.now;
  @property({ type: Number }) viewers = 0;
  @property({ type: Boolean }) runs = false;
  @property({ type: Boolean }) lost = false;

  constructor() {
    super();
    new Following(this, () => this.broadcast);
    new Ticking(this, () => this.show.status === "live");
  }

  override render(): TemplateResult {
    const { show } = this;
    const live = show.status === "live";
    const time = left(this.now() - (show.started_at ?? this.now()));
    return html`<main class="self on-stage">
      <div class="picture">
        ${
          show.poster === null
            ? nothing
            : html`<img src=${show.poster} alt=${m.pictureOf(show.host_name ?? show.title)} />`
        }
        ${this.picture()}
      </div>
      <header>
        <h1 class="said">${show.title}</h1>
        <div class="row h-top">
          ${
            this.lost
              ? html`<span class="on-air off-air" role="status">${m.lineLost}</span>`
              : live
                ? html`<span class="on-air">${m.onAir}</span>`
                : html`<span class="on-air off-air">${s.showStates[show.status]}</span>`
          }
          <time class="clock">${live ? time : ""}</time>
          <span class="pill-s"
            >${icon("eye", 16)}<span aria-hidden="true">${count(this.viewers)}</span
            ><span class="said">${m.watching(this.viewers)}</span></span
          >
          <plusone-language stage></plusone-language>
        </div>
      </header>
      <div class="side">
        ${this.tool("list", s.claims, "claims", this.staff.totals.claims)}
        ${this.tool("chat", s.comments, "comments")}
        ${this.tool("sliders", s.moderation, "moderation")}
        ${this.runs && show.status !== "ended" ? this.tool("plus", s.addItems, "add") : nothing}
        ${this.runs ? this.tool(sign("gift"), y.gift, "gift", this.staff.winners.length) : nothing}
        ${this.runs ? this.tool(sign("award"), y.showSettings, "show") : nothing}
        ${this.runs ? this.tool("video", s.picture, "picture") : nothing}
        ${this.runs && live ? this.tool("close", s.end, "end") : nothing}
      </div>
      <div class="shade2"></div>
      ${this.ticker()} ${this.pad(live)}
    </main>`;
  }

  /** Her own where she sends it from here, else what the audience sees. */
  private picture(): unknown {
    const { show, broadcast } = this;
    if (broadcast.stream !== null) {
      return html`<plusone-own cover .on=${broadcast}></plusone-own>`;
    }
    return show.picture === "off"
      ? nothing
      : html`<plusone-player
          show=${show.id}
          title=${show.title}
          picture=${show.picture}
          muted
        ></plusone-player>`;
  }

  private tool(
    drawn: IconName | TemplateResult,
    words: string,
    sheet: string,
    n = 0,
  ): TemplateResult {
    return html`<button
      class="tool"
      aria-label=${n > 0 ? `${words} ${n}` : words}
      @click=${() => this.dispatchEvent(new CustomEvent("open", { detail: sheet }))}
    >
      ${typeof drawn === "string" ? icon(drawn, 20) : drawn}${n > 0 ? html`<span class="count">${n}</span>` : nothing}
    </button>`;
  }

  private ticker(): TemplateResult {
    const last = this.show.comments.filter(({ hidden }) => !hidden).slice(-3);
    return html`<ol class="tick" aria-label=${s.comments}>
      ${repeat(
        last,
        ({ offset }) => offset,
        ({ name, text, outcomes }) => {
          const [first] = outcomes;
          if (first === undefined) {
            return html`<li class="one-line"><b>${name}</b>${text}</li>`;
          }
          return html`<li class="c one-line"><b>${name}</b>${text} ${fateWords(first)}</li>`;
        },
      )}
    </ol>`;
  }

  private pad(live: boolean): TemplateResult {
    const item = reading.current(this.show);
    const next = reading.next(this.show);
    return html`<section class="thumbpad" aria-label=${s.runDown}>
      ${
        item === null
          ? html`<div class="row cur"><p class="name t-16 grow">${s.nothingOnSale}</p></div>`
          : this.cur(item)
      }
      ${item === null || !this.runs || !live ? nothing : this.three(item)}
      <div class="row strip" role="group" aria-label=${s.runDown}>
        ${this.show.items
          .filter(({ id }) => id !== item?.id)
          .map((one) => this.chip(one, one === next))}
      </div>
      ${this.runs ? this.go(item, next, live) : nothing}
    </section>`;
  }

  private cur(item: Item): TemplateResult {
    const { countdown_until: until } = item;
    const waiting = reading.waiting(item);
    const facts = [
      `${s.held} ${count(reading.held(item))}`,
      waiting === 0 ? null : `${s.waiting} ${count(waiting)}`,
    ];
    return html`<div class="row cur">
      ${thumb(item.picture)}
      <div class="grow">
        <p class="row">${tag(item.code)}<span class="name one-line t-16">${item.title}</span></p>
        <p class="row t-14">
          <b>${money(item.price, this.show.currency)}</b
          ><span class="quiet one-line">${facts.filter(Boolean).join(m.comma)}</span>
        </p>
      </div>
      <div class="big-left">
        <b>${reading.left(item)}</b><span class="t-13 quiet">${s.left}</span>
      </div>
      ${
        until === null
          ? nothing
          : html`<div class="big-left red">
              <b>${left(until - this.now())}</b><span class="t-13">${s.countdown}</span>
            </div>`
      }
    </div>`;
  }

  private three(item: Item): TemplateResult {
    const edit = (): void => {
      this.dispatchEvent(new CustomEvent<Item>("edit", { detail: item }));
    };
    const [only] = item.variants;
    return html`<div class="row three">
      <button class="btn btn-line" @click=${() => void later(this.acts, item, this.now())}>
        ${s.more30}
      </button>
      <button class="btn btn-line" @click=${edit}>${s.changePrice}</button>
      <button
        class="btn btn-line"
        @click=${() => {
          if (reading.hasVariants(item) || only === undefined) edit();
          else {
            void this.acts.run({
              type: "item.allot",
              item: item.id,
              variant: only.key,
              allotment: only.allotment + 10,
            });
          }
        }}
      >
        ${reading.hasVariants(item) ? s.moreStock : s.more10}
      </button>
    </div>`;
  }

  private chip(item: Item, next: boolean): TemplateResult {
    const waiting = reading.waiting(item);
    const words =
      item.status === "open"
        ? waiting > 0
          ? `${s.waiting} ${count(waiting)}`
          : m.left(reading.left(item))
        : item.code;
    return html`<button
      class="st ${next ? "nextup" : item.status === "ready" ? "" : "done"}"
      aria-label="${s.editItem(item.code)} ${words}"
      @click=${() => this.dispatchEvent(new CustomEvent<Item>("edit", { detail: item }))}
    >
      ${thumb(item.picture, 48)}${words}
    </button>`;
  }

  private go(item: Item | null, next: Item | null, live: boolean): TemplateResult | typeof nothing {
    if (this.show.status === "ended") return nothing;
    if (!live) {
      return html`<button
        class="btn btn-live btn-wide go-next"
        @click=${() => this.dispatchEvent(new CustomEvent("open", { detail: "go-live" }))}
      >
        <b>${s.goLive}</b>${icon("arrowRight", 24)}
      </button>`;
    }
    const [words, facts] =
      next === null
        ? [item === null ? s.runDownEnds : s.closeThis(item.code), ""]
        : [
            item === null ? s.openNext(next.code) : s.closeAndOpen(next.code),
            [next.title, money(next.price, this.show.currency)].join(m.comma),
          ];
    return html`<button
      class="btn btn-ink btn-wide go-next"
      ?disabled=${item === null && next === null}
      @click=${() => void this.goOn(item, next)}
    >
      <span class="col"
        ><b class="one-line">${words}</b><span class="t-13 one-line">${facts}</span></span
      >${icon("arrowRight", 24)}
    </button>`;
  }

  private async goOn(item: Item | null, next: Item | null): Promise<void> {
    if (item !== null && !(await this.acts.run({ type: "item.close", item: item.id }))) return;
    if (next !== null) await this.acts.run({ type: "item.open", item: next.id });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-thumb": Thumb;
  }
}
