import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import "../show/talk";
import "../wishes/heart";
import { PlusoneElement } from "../design/element";
import { icon, plusOne } from "../design/icons";
import { parts, tag, thumb } from "../design/parts";
import { left as clockOf, money } from "../i18n/format";
import { m } from "../i18n/index";
import { p, pictureWords } from "../i18n/picture";
import { ask } from "../wire/http";
import type { Item, Show, Variant } from "../wire/types";
import { Hls, supported } from "./hls";
import { Retold } from "./retold";
import { Timeline } from "./timeline";
import { watched } from "./watched";

interface Moment {
  at_ms: number;
  kind: "live" | "opened" | "price" | "ended";
  item: string | null;
  price: number | null;
}

/** What the shop has of a variant now, and for how much. */
interface Stocked {
  price: number;
  available: number;
}

const lines_shown = 2;
const again_ms = 3_000;

/**
 * A show that is over: its picture, a time line with what happened when, the talk as it stood, and
 * what the shop still has of it. Tells `buy` (a variant's id).
 */
@customElement("plusone-replay")
export class Replay extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        position: absolute;
        inset: 0;
        z-index: var(--z-talk);
        display: flex;
        flex-direction: column;
        justify-content: flex-end;
        gap: var(--s-3);
        padding: 0 var(--s-3) calc(var(--s-3) + env(safe-area-inset-bottom));
        color: var(--stage-ink);
      }
      video {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
        z-index: -1;
        background: var(--stage);
      }
      .dark {
        position: absolute;
        inset: 35% 0 0;
        z-index: -1;
        background: var(--stage-shade);
        pointer-events: none;
      }
      .controls {
        display: grid;
        gap: var(--s-2);
        flex: none;
      }
      .play {
        inline-size: 52px;
        block-size: 52px;
        border-radius: var(--r-full);
        background: #fdfcfa;
        color: #17181c;
        display: grid;
        place-content: center;
        flex: none;
      }
      .time {
        position: relative;
        block-size: 24px;
      }
      input[type="range"] {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        margin: 0;
        accent-color: #fff;
      }
      .marks {
        position: absolute;
        inset: auto 8px 0;
        block-size: 4px;
        pointer-events: none;
      }
      .marks i {
        position: absolute;
        inline-size: 2px;
        block-size: 6px;
        background: #fff;
      }
      plusone-talk {
        max-block-size: 112px;
      }
      .shelf {
        background: var(--raised);
        color: var(--ink);
        border-radius: 20px;
        padding: var(--s-3) var(--s-4);
        flex: 0 1 auto;
        max-block-size: 38%;
        overflow: auto;
      }
      .shelf li {
        display: flex;
        align-items: center;
        gap: var(--s-3);
        padding-block: var(--s-2);
        border-block-end: 1px solid var(--line);
      }
      .pic {
        position: relative;
        flex: none;
      }
      .pic plusone-wish {
        position: absolute;
        inset: -8px auto auto -8px;
      }
      .shelf li:last-child {
        border: 0;
      }
      .at {
        min-inline-size: 52px;
        min-block-size: 44px;
        text-align: start;
      }
      .now .at {
        font-weight: var(--w-strong);
      }
      select {
        max-inline-size: 7em;
      }
      /* Where there is room, the whole picture, and the list beside what is said. */
      @media (min-width: 960px) {
        :host {
          display: grid;
          grid-template: 1fr auto / minmax(0, 1fr) minmax(320px, 400px);
          align-items: end;
          gap: var(--s-3) var(--s-6);
          padding: 72px var(--s-5) var(--s-4);
        }
        video {
          object-fit: contain;
        }
        .shelf {
          max-block-size: 100%;
          align-self: end;
          overflow: auto;
          order: 1;
        }
        .controls {
          order: 2;
          grid-column: 1 / -1;
        }
      }
    `,
  ];

  @property({ attribute: false }) show!: Show;
  /** The recording's playlist. */
  @property() address = "";
  @state() private ready = false;
  @state() private playing = false;
  @state() private at = 0;
  @state() private length = 0;
  @state() private moments: Moment[] = [];
  @state() private stock = new Map<string, Stocked>();
  @state() private timeline: Timeline | null = null;
  @query("video") private readonly video!: HTMLVideoElement;

  private hls: Hls | null = null;
  private retold: Retold | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void pictureWords.then(() => (this.ready = true));
  }

  override firstUpdated(): void {
    void this.learn();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.hls?.close();
    this.hls = this.retold = null;
  }

  private async learn(): Promise<void> {
    const show = `/api/shows/${encodeURIComponent(this.show.id)}/moments`;
    const [moments, products] = await Promise.allSettled([
      ask<{ moments: Moment[] }>("GET", show),
      ask<{ products: { variants: ({ id: string } & Stocked)[] }[] }>("GET", "/api/products"),
    ]);
    if (moments.status === "fulfilled") this.moments = moments.value.moments;
    if (products.status === "fulfilled") {
      const all = products.value.products.flatMap(({ variants }) => variants);
      this.stock = new Map(all.map(({ id, price, available }) => [id, { price, available }]));
    }
  }

  override updated(): void {
    if (!this.ready || this.retold !== null || this.address === "") return;
    this.retold = new Retold(this.show, () => this.requestUpdate());
    if (supported) this.hls = new Hls(this.address, this.video, false, () => this.renew());
    else this.video.src = this.address;
  }

  /** Where it is by now: the address of a members' show opens for some hours. */
  private async renew(): Promise<string | null> {
    const { replay } = await watched(this.show.id);
    if (replay !== null) this.address = replay;
    return replay;
  }

  /** Where the browser plays by itself: it goes on from here, if it is at another address by now. */
  private readonly failed = async (): Promise<void> => {
    if (supported) return;
    const { address, at, playing, video } = this;
    try {
      const now = await this.renew();
      if (now === null || now === address || !this.isConnected) return;
    } catch {
      return; // she may not see it any more
    }
    video.src = this.address;
    video.currentTime = at;
    if (playing) void video.play().catch(() => undefined);
  };

  // What she does

  private readonly toggle = (): void => {
    if (this.video.paused) void this.video.play().catch(() => undefined);
    else this.video.pause();
  };

  private readonly loaded = (): void => {
    this.moved();
    clearTimeout(this.timer);
    void this.place();
  };

  /** It plays without its time line and moments; they are asked for until they are there. */
  private async place(): Promise<void> {
    try {
      this.timeline = await Timeline.of(this.address);
      if (this.moments.length === 0) await this.learn();
    } catch {
      this.timeline = null;
    }
    const whole = this.timeline !== null && this.moments.length > 0;
    if (!whole && this.isConnected) this.timer = setTimeout(() => void this.place(), again_ms);
  }

  private readonly moved = (): void => {
    this.at = this.video.currentTime;
    this.length = Number.isFinite(this.video.duration) ? this.video.duration : 0;
    const moment = this.timeline?.momentOf(this.at) ?? null;
    if (moment !== null) this.retold?.at(moment);
  };

  private readonly seek = ({ target }: Event): void => {
    this.video.currentTime = Number((target as HTMLInputElement).value);
  };

  private jump(at_ms: number): void {
    const place = this.timeline?.placeOf(at_ms) ?? null;
    if (place === null) return;
    this.video.currentTime = place;
    void this.video.play().catch(() => undefined);
  }

  private buy(variant: string): void {
    this.dispatchEvent(new CustomEvent<string>("buy", { detail: variant }));
  }

  // What is drawn

  override render(): unknown {
    if (!this.ready) return nothing;
    return html`<video
        playsinline
        preload="metadata"
        aria-label=${p.pictureOf(this.show.title)}
        @timeupdate=${this.moved}
        @seeked=${this.moved}
        @loadedmetadata=${this.loaded}
        @durationchange=${this.moved}
        @error=${this.failed}
        @play=${() => (this.playing = true)}
        @pause=${() => (this.playing = false)}
      ></video>
      <div class="dark"></div>
      <plusone-talk
        look="stage"
        .comments=${this.retold?.comments.slice(-lines_shown) ?? []}
        .items=${this.show.items}
      ></plusone-talk>
      ${this.controls()}<slot></slot>${this.shelf()}`;
  }

  private controls(): TemplateResult {
    const opened = this.latest();
    const item = this.show.items.find(({ id }) => id === opened?.item);
    return html`<div class="controls">
      <div class="row">
        <button class="play" aria-label=${this.playing ? p.pause : p.play} @click=${this.toggle}>
          ${icon(this.playing ? "pause" : "play", 24)}
        </button>
        <p class="grow one-line strong">
          ${item === undefined ? this.show.title : html`${tag(item.code)} ${item.title}`}
        </p>
      </div>
      <div class="time">
        <input
          type="range"
          min="0"
          max=${Math.max(1, Math.floor(this.length))}
          step="1"
          .value=${String(Math.floor(this.at))}
          aria-label=${p.timeLine}
          aria-valuetext=${clockOf(this.at * 1_000)}
          @input=${this.seek}
        />
        <span class="marks" aria-hidden="true">${this.marks()}</span>
      </div>
      <p class="row t-13">
        <span>${clockOf(this.at * 1_000)}</span
        ><span class="end">${clockOf(this.length * 1_000)}</span>
      </p>
    </div>`;
  }

  private marks(): unknown {
    if (this.length === 0) return nothing;
    return this.moments.map(({ at_ms }) => {
      const place = this.timeline?.placeOf(at_ms) ?? null;
      return place === null
        ? nothing
        : html`<i .style=${`inset-inline-start: ${(place / this.length) * 100}%`}></i>`;
    });
  }

  /** The item that was opened last before the moment that is shown. */
  private latest(): Moment | undefined {
    const now = this.timeline?.momentOf(this.at) ?? null;
    if (now === null) return undefined;
    return this.moments.filter(({ kind, at_ms }) => kind === "opened" && at_ms <= now).at(-1);
  }

  private shelf(): unknown {
    const { items, replay_sells } = this.show;
    if (items.length === 0) return nothing;
    const current = this.latest()?.item;
    return html`<section class="shelf" aria-label=${m.runDown}>
      <h2 class="row t-16">
        ${replay_sells ? p.replaySells : m.runDown}${
          replay_sells ? html`<span class="t-13 faint end">${p.shopPrice}</span>` : nothing
        }
      </h2>
      <ol>
        ${items.map((item) => this.line(item, item.id === current))}
      </ol>
    </section>`;
  }

  private line(item: Item, now: boolean): TemplateResult {
    const opened = this.moments.find(({ kind, item: id }) => kind === "opened" && id === item.id);
    const place = opened === undefined ? null : (this.timeline?.placeOf(opened.at_ms) ?? null);
    return html`<li class=${now ? "now" : ""}>
      ${
        opened === undefined || place === null
          ? html`<span class="at"></span>`
          : html`<button
              class="at t-13"
              aria-label=${p.jumpTo(item.code, clockOf(place * 1_000))}
              @click=${() => this.jump(opened.at_ms)}
            >
              ${icon("play", 16)}<br />${clockOf(place * 1_000)}
            </button>`
      }
      <span class="pic"
        >${thumb(item.picture, 48)}<plusone-wish
          look="corner"
          via="show"
          product=${item.product}
          name=${item.title}
        ></plusone-wish
      ></span>
      <div class="grow">
        <p class="row name t-14">${tag(item.code)}<span class="one-line">${item.title}</span></p>
        <p class="t-13">${this.offer(item)}</p>
      </div>
      ${this.show.replay_sells ? this.act(item) : nothing}
    </li>`;
  }

  private offer(item: Item): unknown {
    const [first] = this.sold(item);
    if (first === undefined) return html`<span class="faint">${p.notInShop}</span>`;
    const { price, available } = first.stocked;
    return html`<b>${money(price, this.show.currency)}</b> ${
        available > 0 ? m.left(available) : m.soldOut
      }`;
  }

  /** The variants that the shop still sells, with what it has of them. */
  private sold(item: Item): { variant: Variant; stocked: Stocked }[] {
    return item.variants.flatMap((variant) => {
      const stocked = this.stock.get(variant.variant_id);
      return stocked === undefined ? [] : [{ variant, stocked }];
    });
  }

  private act(item: Item): unknown {
    const there = this.sold(item).filter(({ stocked }) => stocked.available > 0);
    const [first] = there;
    if (first === undefined) return nothing;
    const choice = there.length > 1;
    return html`${
        choice
          ? html`<select aria-label=${p.chooseVariant(item.code)} data-item=${item.id}>
              ${there.map(
                ({ variant }) =>
                  html`<option value=${variant.variant_id}>${variant.title}</option>`,
              )}
            </select>`
          : nothing
      }<button
        class="mini-seal mini-ring"
        aria-label=${p.addOne(item.code)}
        @click=${() => this.buy(this.chosen(item) ?? first.variant.variant_id)}
      >
        ${plusOne}
      </button>`;
  }

  private chosen(item: Item): string | null {
    const select = this.renderRoot.querySelector<HTMLSelectElement>(
      `select[data-item="${item.id}"]`,
    );
    return select?.value ?? null;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-replay": Replay;
  }
}
