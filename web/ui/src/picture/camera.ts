import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { p, pictureWords } from "../i18n/picture";
import { m } from "../i18n/index";
import { ask } from "../wire/http";
import type { PictureState } from "../wire/types";
import { choices, fromCamera, fromScreen, Level, NoInput, stop, type Trouble } from "./inputs";
import "./obs";
import { Refused } from "./webrtc";
import { type Health, sendsH264, Whip } from "./whip";

/** Where and with what a host sends, and how it fares at the other end. */
export interface Sending {
  state: PictureState;
  keeps: boolean;
  replay: boolean;
  publish: string | null;
  rtmp: string | null;
  key: string;
}

type Phase = "idle" | "asking" | "ready" | "connecting" | "sending" | "lost";

const looked_ms = 2_000;
const again_ms = [500, 1_000, 2_000, 4_000] as const;

/** The host's picture: what she sends, how loud she is, how it fares; or how to send it with OBS. */
@customElement("plusone-camera")
export class Camera extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: grid;
        align-content: start;
        gap: var(--s-3);
      }
      .view[hidden] {
        display: none;
      }
      .view {
        position: relative;
        aspect-ratio: 16 / 9;
        border-radius: var(--r-card, 14px);
        overflow: hidden;
        background: var(--stage);
      }
      video {
        inline-size: 100%;
        block-size: 100%;
        object-fit: contain;
        display: block;
      }
      video.own {
        transform: scaleX(-1);
      }
      .words {
        position: absolute;
        inset: 0;
        display: grid;
        place-content: center;
        justify-items: center;
        gap: var(--s-2);
        padding: var(--s-4);
        text-align: center;
        color: var(--stage-ink);
        background: rgb(10 11 14 / 0.55);
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-2);
      }
      .tools .btn {
        flex: 1 1 auto;
      }
      select {
        inline-size: 100%;
      }
      meter {
        inline-size: 100%;
        block-size: 8px;
      }
      .health {
        display: grid;
        gap: 2px;
      }
      .good {
        color: var(--held);
      }
      .bad {
        color: var(--wait);
      }
    `,
  ];

  /** The show's id. */
  @property() show = "";
  /** What the room says of the picture. */
  @property() picture: PictureState = "off";
  @state() private phase: Phase = "idle";
  @state() private trouble: Trouble | "no_h264" | "refused" | null = null;
  @state() private health: Health | null = null;
  @state() private cameras: MediaDeviceInfo[] = [];
  @state() private microphones: MediaDeviceInfo[] = [];
  @state() private from: "camera" | "screen" = "camera";
  @state() private mute = false;
  @state() private sending: Sending | null = null;
  @state() private ready = false;
  @query("video") private readonly video!: HTMLVideoElement | null;
  @query("meter") private readonly meter!: HTMLMeterElement | null;

  private camera = "";
  private microphone = "";
  private stream: MediaStream | null = null;
  private whip: Whip | null = null;
  private level: Level | null = null;
  private failures = 0;
  private looking: ReturnType<typeof setInterval> | undefined;
  private hearing: ReturnType<typeof setInterval> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void pictureWords.then(() => (this.ready = true));
    void this.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  private get address(): string {
    return `/api/staff/shows/${encodeURIComponent(this.show)}/picture`;
  }

  private async look(): Promise<void> {
    this.sending = await ask<Sending>("GET", this.address).catch(() => this.sending);
  }

  // What she does

  private async open(from: "camera" | "screen"): Promise<void> {
    const before = this.phase;
    this.trouble = null;
    if (!sendsH264()) {
      this.trouble = "no_h264";
      return;
    }
    if (before === "idle") this.phase = "asking";
    try {
      const stream =
        from === "camera" ? await fromCamera(this.camera, this.microphone) : await fromScreen();
      this.from = from;
      await this.use(stream);
      if (before === "idle") this.phase = "ready";
      [this.cameras, this.microphones] = await Promise.all([
        choices("videoinput"),
        choices("audioinput"),
      ]);
    } catch (problem) {
      this.phase = before;
      this.trouble = problem instanceof NoInput ? problem.trouble : "missing";
    }
  }

  private async use(stream: MediaStream): Promise<void> {
    const old = this.stream;
    this.stream = stream;
    for (const track of stream.getAudioTracks()) track.enabled = !this.mute;
    if (this.video !== null) this.video.srcObject = stream;
    this.level?.close();
    this.level = new Level(stream);
    clearInterval(this.hearing);
    this.hearing = setInterval(() => {
      if (this.meter !== null) this.meter.value = this.mute ? 0 : (this.level?.now() ?? 0);
    }, 100);
    // She may end the sharing of her screen from the browser's own bar.
    stream.getVideoTracks()[0]?.addEventListener("ended", () => {
      if (this.stream === stream) void this.open("camera");
    });
    for (const track of stream.getTracks()) await this.whip?.replace(track);
    stop(old);
  }

  private readonly send = async (): Promise<void> => {
    clearTimeout(this.again);
    if (this.stream === null) await this.open(this.from);
    const { stream } = this;
    if (stream === null) return;
    this.phase = this.failures === 0 ? "connecting" : "lost";
    try {
      await this.look();
      const { publish, key } = this.sending ?? {};
      if (publish == null || key === undefined) throw new Refused(0, "no_engine");
      const whip = await Whip.to(publish, key, stream, this.lost);
      this.whip = whip;
      this.failures = 0;
      this.phase = "sending";
      this.trouble = null;
      clearInterval(this.looking);
      this.looking = setInterval(() => void this.check(), looked_ms);
    } catch (problem) {
      const final = problem instanceof Refused && problem.status >= 400 && problem.status < 500;
      if (final) {
        this.phase = "ready";
        this.trouble = problem.code === "no_h264" ? "no_h264" : "refused";
      } else this.lost();
    }
  };

  private readonly lost = (): void => {
    clearInterval(this.looking);
    this.whip = null;
    this.health = null;
    this.phase = "lost";
    const wait = again_ms[Math.min(this.failures, again_ms.length - 1)];
    this.failures += 1;
    this.again = setTimeout(() => void this.send(), wait);
  };

  private readonly halt = (): void => {
    clearTimeout(this.again);
    clearInterval(this.looking);
    this.whip?.close();
    this.whip = null;
    this.health = null;
    this.failures = 0;
    this.phase = "ready";
  };

  private async check(): Promise<void> {
    this.health = (await this.whip?.health()) ?? null;
    await this.look();
  }

  private end(): void {
    this.halt();
    clearInterval(this.hearing);
    this.level?.close();
    stop(this.stream);
    this.level = this.stream = null;
    this.phase = "idle";
  }

  private readonly hush = (): void => {
    this.mute = !this.mute;
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !this.mute;
  };

  // What is drawn

  override render(): unknown {
    if (!this.ready) return nothing;
    const dark = this.phase === "idle" && this.trouble === null;
    return html`<div class="view" ?hidden=${dark}>
        <video
          muted
          autoplay
          playsinline
          class=${this.from === "camera" ? "own" : ""}
          aria-label=${p.preview}
        ></video>
        ${this.over()}
      </div>
      ${this.inputs()} ${this.fares()} ${this.tools()}
      <plusone-obs
        .sending=${this.sending}
        address=${this.address}
        @changed=${() => void this.look()}
      ></plusone-obs>`;
  }

  private over(): unknown {
    const words = (first: string, more: string): TemplateResult =>
      html`<div class="words" role="alert">
        <p class="strong">${first}</p>
        ${more === "" ? nothing : html`<p class="t-13">${more}</p>`}
      </div>`;
    switch (this.trouble) {
      case "denied":
        return words(p.denied, p.deniedWords);
      case "missing":
        return words(p.noCamera, p.noCameraWords);
      case "in-use":
        return words(p.inUse, "");
      case "insecure":
        return words(p.notSecure, "");
      case "no_h264":
        return words(p.noH264, "");
      case "refused":
        return words(p.refused, "");
      case null:
        break;
    }
    if (this.phase === "asking") return words(p.asking, "");
    if (this.phase === "lost") {
      return html`<div class="words" role="status">
        ${icon("spin", 24, "turn")}
        <p>${p.lostAgain}</p>
      </div>`;
    }
    return nothing;
  }

  private inputs(): unknown {
    if (this.phase === "idle" || this.phase === "asking") return nothing;
    const choose = (
      label: string,
      all: MediaDeviceInfo[],
      named: (n: number) => string,
      chosen: (id: string) => void,
    ): unknown =>
      all.length < 2
        ? nothing
        : html`<select
            aria-label=${label}
            @change=${({ target }: Event) => {
              chosen((target as HTMLSelectElement).value);
              void this.open("camera");
            }}
          >
            ${all.map(
              ({ deviceId, label: name }, index) =>
                html`<option value=${deviceId}>${name === "" ? named(index + 1) : name}</option>`,
            )}
          </select>`;
    return html`${choose(p.chooseCamera, this.cameras, p.cameraN, (id) => (this.camera = id))}
      ${choose(p.chooseMicrophone, this.microphones, p.microphoneN, (id) => (this.microphone = id))}
      <meter min="0" max="1" low="0.05" aria-label=${p.level}></meter>`;
  }

  private fares(): unknown {
    if (this.sending?.keeps === false) {
      return html`<p class="bad t-13" role="alert">${icon("warn", 16)} ${p.notKept}</p>`;
    }
    const { health } = this;
    if (this.phase !== "sending" || health === null) return nothing;
    const [look, first, more] = advice(health);
    const rate = `${(health.bitsPerSecond / 1_000_000).toFixed(1)} Mbps`;
    return html`<div class="health t-13" role="status">
      <p class="${look} strong">
        ${first}${this.picture === "on" ? html`${m.comma}${p.audienceSeesIt}` : nothing}
      </p>
      <p class="faint">${more === "" ? p.facts(`${health.width}×${health.height}`, rate) : more}</p>
    </div>`;
  }

  private tools(): TemplateResult {
    const on = this.phase === "sending" || this.phase === "lost";
    const other = this.from === "camera" ? "screen" : "camera";
    return html`<div class="tools">
      ${
        on
          ? html`<button class="btn btn-stop" @click=${this.halt}>${p.stopSending}</button>`
          : html`<button
              class="btn btn-live"
              ?disabled=${this.phase === "connecting" || this.phase === "asking"}
              @click=${() => void this.send()}
            >
              ${this.phase === "connecting" ? p.connecting : p.sendPicture}
            </button>`
      }
      ${
        this.phase === "idle" || this.phase === "asking"
          ? nothing
          : html`<button class="btn btn-line" aria-pressed=${this.mute} @click=${this.hush}>
              ${this.mute ? p.microphoneOn : p.microphoneOff}
            </button>`
      }
      <button class="btn btn-line" @click=${() => void this.open(other)}>
        ${other === "screen" ? p.useScreen : p.useCamera}
      </button>
    </div>`;
  }
}

/** What the figures mean for her: a look, a word, and what to do about it. */
function advice({ limit, lost }: Health): [look: "good" | "bad", first: string, more: string] {
  if (limit === "cpu") return ["bad", p.signalBusy, p.signalBusyWords];
  if (lost > 0.05) return ["bad", p.signalLoss, p.signalLossWords];
  if (limit === "bandwidth") return ["bad", p.signalWeak, p.signalWeakWords];
  return ["good", p.signalGood, ""];
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-camera": Camera;
  }
}
