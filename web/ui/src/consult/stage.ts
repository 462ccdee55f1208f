import { html, LitElement, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import "../design/sheet";
import "./choose";
import { PlusoneElement } from "../design/element";
import { Following } from "../design/following";
import { icon } from "../design/icons";
import { parts, who } from "../design/parts";
import { Ticking } from "../design/ticking";
import { vars } from "../design/vars";
import { v, consultWords } from "../i18n/consult";
import { left } from "../i18n/format";
import type { Call } from "./call";
import { plays } from "./plays";
import { sign, type CallIcon } from "./icons";
import type { Quality } from "./media";
import look from "./stage.css?inline";
import { telling } from "./telling";

const signals: Record<Quality, CallIcon> = { good: "signal", weak: "signalWeak", bad: "signalBad" };
/** A finger that moves less than this has pressed. */
const still_px = 6;

interface Corner {
  block: "top" | "bottom";
  inline: "start" | "end";
}

const round: readonly Corner[] = [
  { block: "top", inline: "end" },
  { block: "bottom", inline: "end" },
  { block: "bottom", inline: "start" },
  { block: "top", inline: "start" },
];

/**
 * Both pictures of a call, and what one does with one's own: the same for the customer and at the
 * desk. Over the picture lies what stands in the slot `over`; in `more`, buttons for the bar; in
 * `top`, beside the name. Tells `hang-up`.
 */
@customElement("plusone-stage")
export class Stage extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: false };

  @property({ attribute: false }) call: Call | null = null;

  @state() private ready = false;
  @state() private corner = 0;
  /** The browser lets nothing sound before she has touched the page. */
  @state() private mute = false;
  @state() private cannotShare = false;
  /** She looks which camera, microphone and loudspeaker are used. */
  @state() private choosing = false;
  @query(".other") private readonly video!: HTMLVideoElement | null;

  private dragged: { x: number; y: number; dx: number; dy: number; moved: boolean } | null = null;

  constructor() {
    super();
    new Following(this, () => this.call);
    new Following(this, () => this.call?.media ?? null);
    new Ticking(this, () => this.call?.call?.phase === "talking");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void consultWords.then(() => (this.ready = true));
  }

  override render(): unknown {
    const { call } = this;
    if (!this.ready || call?.call == null) return html`<slot name="over"></slot>`;
    const { media } = call;
    const name = this.name(call);
    const says = telling(call, name);
    const seen = media.otherState?.camera !== false || media.otherState.screen;
    const comes = media.other !== null && media.other.getVideoTracks().length > 0;
    const picture = seen && comes && media.began && !says.alone;
    const frozen = media.phase === "reconnecting" || media.phase === "failed";
    return html`<section class=${frozen ? "frozen" : ""} aria-label=${v.call}>
      <video
        class="other ${picture ? "" : "gone"} ${media.otherState?.screen === true ? "screen" : ""}"
        autoplay
        playsinline
        aria-label=${media.otherState?.screen === true ? v.screen(name) : v.picture(name)}
        ${plays(media.other)}
        @loadedmetadata=${() => void this.play()}
      ></video>
      ${picture ? nothing : this.face(name, says.instead)}
      <div class="top">
        <span class="pill name"><span class="one-line">${name}</span></span>
        ${this.time(call)} ${this.quality(media.quality)}
        <slot name="top"></slot>
        ${picture ? this.smaller() : nothing} ${this.devices(call)}
      </div>
      <div class="told" role="status">
        ${says.lines.map(
          ({ words, look, retry }) =>
            html`<p>
              ${look === "turn" ? icon("spin", 18, "turn") : icon(look, 18)}<span>${words}</span>${
                retry
                  ? html`<button class="hit" @click=${media.retry}>${v.again}</button>`
                  : nothing
              }
            </p>`,
        )}
        ${this.cannotShare ? html`<p>${icon("warn", 18)}${v.shareFailed}</p>` : nothing}
      </div>
      ${
        this.mute
          ? html`<button class="btn loud" @click=${() => void this.play()}>
              ${icon("loud", 20)}${v.soundOn}
            </button>`
          : nothing
      }
      ${this.own(call)}
      <div class="foot">
        <div class="over"><slot name="over"></slot></div>
        ${this.bar(call)}
      </div>
      ${
        this.choosing
          ? html`<plusone-sheet heading=${v.devices} @close=${() => (this.choosing = false)}>
              <plusone-devices .devices=${media.devices}></plusone-devices>
            </plusone-sheet>`
          : nothing
      }
    </section>`;
  }

  protected override updated(): void {
    const { video } = this;
    if (video === null) return;
    if (video.srcObject !== null && video.paused) void this.play();
    void this.call?.media.devices.route(video);
  }

  private name({ side, call }: Call): string {
    const name = side === "customer" ? call?.staff?.name : call?.name;
    return name ?? (side === "customer" ? v.staff : v.customer);
  }

  private async play(): Promise<void> {
    const { video } = this;
    if (video === null) return;
    try {
      await video.play();
      this.mute = false;
    } catch (problem) {
      // Another stream came meanwhile, which plays by itself.
      if (problem instanceof DOMException && problem.name === "AbortError") return;
      this.mute = true;
    }
  }

  private face(name: string, instead: { words: string; busy: boolean } | null): TemplateResult {
    return html`<div class="face">
      ${who(name, false)}
      <p class="words">
        ${instead?.busy === true ? icon("spin", 20, "turn") : nothing}${instead?.words ?? ""}
      </p>
    </div>`;
  }

  private time(call: Call): unknown {
    const since = call.call?.answered_at ?? null;
    if (since === null) return nothing;
    // Whole seconds that are over.
    const lasts = left(Math.floor(Math.max(0, call.now() - since) / 1000) * 1000);
    return html`<span class="pill"
      ><span class="said">${v.lasts(lasts)}</span
      ><span aria-hidden="true" class="row">${icon("clock", 16)}${lasts}</span></span
    >`;
  }

  private quality(quality: Quality | null): unknown {
    if (quality === null) return nothing;
    const words = { good: v.clear, weak: v.weak, bad: v.bad }[quality];
    return html`<span class="pill">${sign(signals[quality], 16)}${words}</span>`;
  }

  /** The picture in a window of its own over all others, where the browser can. */
  private smaller(): unknown {
    if (!document.pictureInPictureEnabled) return nothing;
    return html`<button class="pill hit" aria-label=${v.small} @click=${() => void this.shrink()}>
      ${sign("small", 18)}
    </button>`;
  }

  private devices({ media }: Call): unknown {
    const { cameras, microphones, speakers } = media.devices;
    if (cameras.length + microphones.length + speakers.length === 0) return nothing;
    return html`<button
      class="pill hit"
      aria-label=${v.devices}
      title=${v.devices}
      aria-haspopup="dialog"
      @click=${() => (this.choosing = true)}
    >
      ${icon("sliders", 18)}
    </button>`;
  }

  private async shrink(): Promise<void> {
    if (document.pictureInPictureElement !== null) await document.exitPictureInPicture();
    else await this.video?.requestPictureInPicture();
  }

  // Her own picture

  private own({ media }: Call): TemplateResult {
    const { block, inline } = round[this.corner] ?? { block: "top", inline: "end" };
    const shown = media.camera || media.sharing;
    const { dx, dy } = this.dragged ?? { dx: 0, dy: 0 };
    return html`<div
      class="own at-${block} at-${inline}"
      ${vars({ "--dx": `${dx}px`, "--dy": `${dy}px` })}
    >
      ${
        shown
          ? html`<video
              class="${media.devices.mirrored ? "mirrored" : ""} ${media.sharing ? "screen" : ""}"
              autoplay
              playsinline
              .muted=${true}
              aria-hidden="true"
              ${plays(media.own)}
            ></video>`
          : html`<span class="none">${sign("cameraOff", 24)}</span>`
      }
      <button
        class="mover"
        aria-label=${v.yourPicture}
        @click=${this.move}
        @pointerdown=${this.grab}
        @pointermove=${this.drag}
        @pointerup=${this.drop}
        @pointercancel=${this.drop}
      ></button>
      <span class="pill">${media.mic ? nothing : sign("micOff", 16)}${v.you}</span>
      ${
        media.camera && !media.sharing && this.turns(media.cameras.length)
          ? html`<button
              class="tool flip hit"
              aria-label=${v.turn}
              @click=${() => void media.devices.turnAround()}
            >
              ${sign("turn", 18)}
            </button>`
          : nothing
      }
    </div>`;
  }

  /** Phones have a camera on either side; what else has two is chosen by its name. */
  private turns(cameras: number): boolean {
    return cameras > 1 && matchMedia("(pointer: coarse)").matches;
  }

  private readonly move = (): void => {
    if (this.dragged?.moved === true) return;
    this.corner = (this.corner + 1) % round.length;
  };

  private readonly grab = (event: PointerEvent): void => {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.dragged = { x: event.clientX, y: event.clientY, dx: 0, dy: 0, moved: false };
  };

  private readonly drag = (event: PointerEvent): void => {
    const { dragged } = this;
    if (
      dragged === null ||
      !(event.currentTarget as HTMLElement).hasPointerCapture(event.pointerId)
    )
      return;
    const dx = event.clientX - dragged.x;
    const dy = event.clientY - dragged.y;
    const moved = dragged.moved || Math.hypot(dx, dy) >= still_px;
    if (!moved) return;
    this.dragged = { ...dragged, dx, dy, moved };
    this.requestUpdate();
  };

  /** It lies in the corner that is nearest to where it was let go. */
  private readonly drop = (event: PointerEvent): void => {
    const { dragged } = this;
    if (dragged === null) return;
    if (dragged.moved) {
      const stage = this.getBoundingClientRect();
      const block = event.clientY < stage.top + stage.height / 2 ? "top" : "bottom";
      const inline = event.clientX < stage.left + stage.width / 2 ? "start" : "end";
      this.corner = round.findIndex((one) => one.block === block && one.inline === inline);
    }
    // The press that follows is no press.
    setTimeout(() => {
      this.dragged = null;
      this.requestUpdate();
    });
    this.dragged = { ...dragged, dx: 0, dy: 0 };
    this.requestUpdate();
  };

  // What may be done

  private bar({ media }: Call): TemplateResult {
    const { lacks, seen } = media.devices;
    const noMic = lacks.includes("microphone");
    const noCamera = lacks.includes("camera") && seen;
    return html`<div class="bar" role="toolbar" aria-label=${v.controls}>
      <button
        class=${noMic ? "none" : media.mic ? "" : "off"}
        aria-pressed=${media.mic}
        aria-label=${noMic ? v.noMic : media.mic ? v.micOff : v.micOn}
        ?disabled=${noMic}
        @click=${() => media.hush()}
      >
        ${sign(media.mic ? "mic" : "micOff")}<span>${v.mic}</span>
      </button>
      <button
        class=${noCamera ? "none" : media.camera ? "" : "off"}
        aria-pressed=${media.camera}
        aria-label=${noCamera ? v.noCamera : media.camera ? v.cameraOff : v.cameraOn}
        @click=${() => void media.cover()}
      >
        ${sign(media.camera ? "camera" : "cameraOff")}<span>${v.camera}</span>
      </button>
      ${
        media.devices.mayShare
          ? html`<button
              class=${media.sharing ? "off" : ""}
              aria-pressed=${media.sharing}
              aria-label=${media.sharing ? v.unshare : v.shareScreen}
              @click=${() => void this.share()}
            >
              ${sign(media.sharing ? "screenOff" : "screen")}<span>${v.share}</span>
            </button>`
          : nothing
      }
      <slot name="more"></slot>
      <button
        class="hang"
        aria-label=${v.hangUpLong}
        @click=${() => this.dispatchEvent(new Event("hang-up"))}
      >
        ${sign("hangUp")}<span>${v.hangUp}</span>
      </button>
    </div>`;
  }

  private async share(): Promise<void> {
    this.cannotShare = false;
    try {
      await this.call?.media.share();
    } catch {
      this.cannotShare = true;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-stage": Stage;
  }
}
