import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { p, pictureWords } from "../i18n/picture";
import type { PictureState } from "../wire/types";
import type { Hls } from "./hls";
import { type Watched, watched } from "./watched";
import { Whep } from "./whep";

/** Without a picture by then, WebRTC has failed, whatever it says. */
const pictured_ms = 5_000;
const again_ms = 2_000;

/**
 * The live picture: by WebRTC where the engine has a place, else by HLS; changes over by itself.
 * Lies over the poster, and is seen only once pictures move. Tells `playing` (whether they do).
 */
@customElement("plusone-player")
export class Player extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        position: absolute;
        inset: 0;
        pointer-events: none;
      }
      video {
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
        object-position: 50% 15%; /* where a frame is too low, the face stays */
        display: block;
        opacity: 0;
        transition: opacity var(--m-move);
      }
      :host([playing]) video {
        opacity: 1;
      }
      .away {
        position: absolute;
        inset: 0;
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        gap: var(--s-2);
        color: var(--stage-ink);
        background: rgb(10 11 14 / 0.55);
      }
    `,
  ];

  /** The show's id. */
  @property() show = "";
  @property() override title = "";
  @property() picture: PictureState = "off";
  @property({ type: Boolean }) muted = true;
  /** By which way it comes, for whoever wants to know: `whep`, `hls` or `native`. */
  @property({ reflect: true }) way = "";
  @property({ type: Boolean, reflect: true }) playing = false;
  @state() private ready = false;
  @query("video") private readonly video!: HTMLVideoElement;

  private addresses: Watched | null = null;
  private whep: Whep | null = null;
  private hls: Hls | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Goes up when it stops: what was under way then is not gone on with. */
  private turn = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    void pictureWords.then(() => (this.ready = true));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  override render(): unknown {
    if (!this.ready) return nothing;
    return html`<video
        autoplay
        playsinline
        .muted=${this.muted}
        aria-label=${p.pictureOf(this.title)}
        @playing=${this.moves}
        @timeupdate=${this.moves}
        @error=${this.failed}
      ></video>
      ${this.picture === "away" ? this.away() : nothing}`;
  }

  private away(): TemplateResult {
    return html`<div class="away" role="status">
      ${icon("spin", 24, "turn")}
      <p>${p.backSoon}</p>
    </div>`;
  }

  override updated(): void {
    if (!this.ready) return;
    if (this.picture === "on" && this.way === "") void this.begin();
    else if (this.picture === "off") this.stop();
  }

  private readonly moves = (): void => {
    if (this.playing || this.video.videoWidth === 0) return;
    this.playing = true;
    this.dispatchEvent(new Event("playing"));
  };

  private async begin(): Promise<void> {
    this.way = "whep";
    const { turn } = this;
    try {
      const { whep } = await this.learn();
      if (turn !== this.turn) return;
      if (whep !== null && "RTCPeerConnection" in window) {
        const line = await Whep.to(whep, this.video, () => void this.lost());
        if (turn !== this.turn) {
          line.close();
          return;
        }
        this.whep = line;
        this.timer = setTimeout(() => {
          if (!this.playing) void this.changeOver();
        }, pictured_ms);
        await this.play();
        return;
      }
    } catch {
      // refused, full, or not reached: the other way is there for that
    }
    if (turn === this.turn) await this.changeOver();
  }

  private async learn(): Promise<Watched> {
    return (this.addresses = await watched(this.show));
  }

  /** By HLS from now on; by WebRTC anew where it is at another address by now. */
  private async lost(): Promise<void> {
    clearTimeout(this.timer);
    const before = this.addresses?.whep;
    try {
      await this.learn();
    } catch {
      // the line may be lost as a whole: the old addresses will do
    }
    if (!this.isConnected || this.way !== "whep") return;
    if (this.addresses?.whep === before) await this.changeOver();
    else this.way = "";
  }

  /** From WebRTC to HLS, without a word: the page stays as it is. */
  private async changeOver(): Promise<void> {
    clearTimeout(this.timer);
    this.whep?.close();
    this.whep = null;
    const address = this.addresses?.hls ?? null;
    if (address === null) {
      this.later();
      return;
    }
    this.video.srcObject = null;
    const { turn } = this;
    try {
      const { Hls, supported } = await import("./hls");
      if (turn !== this.turn) return;
      this.hls?.close();
      if (supported) {
        this.hls = new Hls(address, this.video, true, async () => (await this.learn()).hls);
        this.way = "hls";
      } else {
        this.video.src = address;
        this.way = "native";
      }
      await this.play();
    } catch {
      if (turn === this.turn) this.later();
    }
  }

  private async play(): Promise<void> {
    try {
      await this.video.play();
    } catch {
      // a browser that lets nothing play by itself waits for the first touch
    }
  }

  /** A browser that plays HLS by itself says no more than this. */
  private readonly failed = (): void => {
    if (this.way === "native") this.later();
  };

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.way = "";
      this.requestUpdate();
    }, again_ms);
  }

  private stop(): void {
    this.turn += 1;
    clearTimeout(this.timer);
    this.whep?.close();
    this.hls?.close();
    this.whep = this.hls = null;
    this.playing = false;
    this.way = "";
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-player": Player;
  }
}
