import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "./choose";
import { PlusoneElement } from "../design/element";
import { Following } from "../design/following";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { vars } from "../design/vars";
import { consultWords, v } from "../i18n/consult";
import { Level } from "../picture/inputs";
import look from "./check.css?inline";
import { allowed, type Devices, type Kind } from "./devices";
import { plays } from "./plays";
import { sign } from "./icons";
import { sound } from "./tone";

const every_ms = 90;

/**
 * She sees herself, and whether she can be heard, before anybody else does; chooses her camera,
 * microphone and loudspeaker; is told plainly what is missing. Asks the browser only once she says so, or where she
 * has allowed it before.
 */
@customElement("plusone-check")
export class Check extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ attribute: false }) devices: Devices | null = null;

  @state() private ready = false;
  @state() private loud = 0;
  @state() private playing = false;

  /** There is room for what one seldom needs. */
  private readonly wide = matchMedia("(min-width: 900px)").matches;
  private level: Level | null = null;
  private measured: MediaStreamTrack | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    new Following(this, () => this.devices);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void consultWords.then(() => (this.ready = true));
    this.timer = setInterval(() => this.measure(), every_ms);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    this.deaf();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("devices")) return;
    if (this.devices?.phase === "off") void this.startIfAllowed(this.devices);
  }

  private async startIfAllowed(devices: Devices): Promise<void> {
    const [camera, microphone] = await Promise.all([allowed("camera"), allowed("microphone")]);
    if (camera === "granted" && microphone === "granted" && this.isConnected) {
      await devices.start();
    }
  }

  override render(): unknown {
    const { devices } = this;
    if (!this.ready || devices === null) return nothing;
    return html`<section class="box" aria-label=${v.check}>
      <div class="view">${this.view(devices)}</div>
      ${devices.phase === "ready" ? this.rest(devices) : nothing}
    </section>`;
  }

  private view(devices: Devices): TemplateResult {
    if (devices.phase === "off") {
      return html`<div class="none">
        ${sign("camera")}
        <p class="strong">${v.check}</p>
        <p>${v.checkWords}</p>
        <button class="btn" @click=${() => void devices.start()}>${v.checkStart}</button>
      </div>`;
    }
    if (devices.phase === "asking") {
      return html`<div class="none" role="status">
        ${icon("spin", 24, "turn")}
        <p>${v.checkAsking}</p>
      </div>`;
    }
    return html`${
        devices.camera === null
          ? html`<div class="none">${sign("cameraOff")}</div>`
          : html`<video
              class=${devices.mirrored ? "mirrored" : ""}
              autoplay
              playsinline
              .muted=${true}
              aria-label=${v.you}
              ${plays(devices.own)}
            ></video>`
      }
      <div class="tools">${this.tool("microphone", devices)}${this.tool("camera", devices)}</div>`;
  }

  private tool(kind: Kind, devices: Devices): unknown {
    if (devices.lacks.includes(kind)) return nothing;
    const mic = kind === "microphone";
    const on = mic ? devices.heard : devices.seen;
    const words = mic ? (on ? v.micOff : v.micOn) : on ? v.cameraOff : v.cameraOn;
    const drawn = mic ? (on ? "mic" : "micOff") : on ? "camera" : "cameraOff";
    return html`<button
      class="tool ${on ? "" : "off"}"
      aria-label=${words}
      aria-pressed=${on}
      @click=${() => {
        if (mic) devices.hush();
        else void devices.cover();
      }}
    >
      ${sign(drawn, 20)}
    </button>`;
  }

  private rest(devices: Devices): TemplateResult {
    return html`${devices.trouble === null ? nothing : this.help(devices)}
    ${devices.microphone === null ? nothing : this.hears(devices)}
    ${
      devices.cameras.length + devices.microphones.length + devices.speakers.length === 0
        ? nothing
        : html`<details ?open=${this.wide}>
            <summary>
              ${icon("sliders", 18)}${
                devices.speakers.length === 0 ? v.changeDevices : v.changeAllDevices
              }
            </summary>
            <plusone-devices .devices=${devices}></plusone-devices>
          </details>`
    }`;
  }

  private help({ trouble, lacks }: Devices): unknown {
    if (trouble === null) return nothing;
    const [one] = lacks;
    const without = lacks.length > 1 || one === undefined ? v.lacks.both : v.lacks[one];
    return html`<div class="help" role="alert">
      ${icon("warn", 20)}
      <div class="grow">
        <p class="name">${v.troubles[trouble]}</p>
        <p>${v.advice[trouble]}</p>
        <p>${without}</p>
        <button class="btn btn-s btn-line" @click=${() => void this.devices?.again()}>
          ${v.tryAgain}
        </button>
      </div>
    </div>`;
  }

  private hears(devices: Devices): TemplateResult {
    return html`<div class="hears">
      ${sign(devices.heard ? "mic" : "micOff", 20)}
      <div>
        <p class="t-13 quiet">${devices.heard ? v.speak : v.micIsOff}</p>
        <div
          class="meter"
          role="meter"
          aria-label=${v.level}
          aria-valuemin="0"
          aria-valuemax="100"
          aria-valuenow=${Math.round(this.loud * 100)}
        >
          <i ${vars({ "--level": this.loud.toFixed(2) })}></i>
        </div>
      </div>
      <button
        class="btn btn-s btn-line"
        ?disabled=${this.playing}
        @click=${() => void this.play(devices)}
      >
        ${icon("loud", 16)}${this.playing ? v.speakerPlays : v.trySpeaker}
      </button>
    </div>`;
  }

  private async play(devices: Devices): Promise<void> {
    this.playing = true;
    try {
      await sound("test", devices);
    } finally {
      this.playing = false;
    }
  }

  private measure(): void {
    const track = this.devices?.microphone ?? null;
    if (track !== this.measured) {
      this.deaf();
      this.measured = track;
      if (track !== null) this.level = new Level(new MediaStream([track]));
    }
    const loud = this.devices?.heard === true ? (this.level?.now() ?? 0) : 0;
    if (Math.abs(loud - this.loud) > 0.01) this.loud = loud;
  }

  private deaf(): void {
    this.level?.close();
    this.level = this.measured = null;
    this.loud = 0;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-check": Check;
  }
}
