import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { forms } from "../design/forms";
import { parts } from "../design/parts";
import { p, pictureWords } from "../i18n/picture";
import { m } from "../i18n/index";
import type { PictureState } from "../wire/types";
import type { Broadcast } from "./broadcast";
import { Following } from "../design/following";
import "./obs";
import "./own";
import type { Health } from "./whip";

const heard_ms = 100;

/** The host's picture: what she sends, how loud she is, how it fares; or how to send it with OBS. */
@customElement("plusone-camera")
export class Camera extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    css`
      :host {
        display: grid;
        align-content: start;
        gap: var(--s-3);
      }
      plusone-own {
        aspect-ratio: 16 / 9;
        border-radius: var(--r-card, 14px);
      }
      plusone-own[hidden] {
        display: none;
      }
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-2);
      }
      .tools .btn {
        flex: 1 1 auto;
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

  @property({ attribute: false }) on!: Broadcast;
  /** What the room says of the picture. */
  @property() picture: PictureState = "off";
  @state() private ready = false;
  @query("meter") private readonly meter!: HTMLMeterElement | null;

  private hearing: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    new Following(this, () => this.on);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void pictureWords.then(() => (this.ready = true));
    this.hearing = setInterval(() => {
      if (this.meter !== null) this.meter.value = this.on.loudness;
    }, heard_ms);
  }

  override firstUpdated(): void {
    void this.on.look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.hearing);
  }

  override render(): unknown {
    if (!this.ready) return nothing;
    const { phase, trouble, sending, address } = this.on;
    const dark = phase === "idle" && trouble === null;
    return html`<plusone-own ?hidden=${dark} .on=${this.on}></plusone-own>
      ${this.inputs()} ${this.fares()} ${this.tools()}
      <plusone-obs
        .sending=${sending}
        address=${address}
        @changed=${() => void this.on.look()}
      ></plusone-obs>`;
  }

  private inputs(): unknown {
    const { phase, cameras, microphones } = this.on;
    if (phase === "idle" || phase === "asking") return nothing;
    const choose = (
      kind: "camera" | "microphone",
      label: string,
      all: MediaDeviceInfo[],
      named: (n: number) => string,
    ): unknown =>
      all.length < 2
        ? nothing
        : html`<span class="field"
            ><select
              aria-label=${label}
              @change=${({ target }: Event) =>
                this.on.choose(kind, (target as HTMLSelectElement).value)}
            >
              ${all.map(
                ({ deviceId, label: name }, index) =>
                  html`<option value=${deviceId} ?selected=${deviceId === this.on[kind]}>
                    ${name === "" ? named(index + 1) : name}
                  </option>`,
              )}
            </select></span
          >`;
    return html`${choose("camera", p.chooseCamera, cameras, p.cameraN)}
      ${choose("microphone", p.chooseMicrophone, microphones, p.microphoneN)}
      <meter min="0" max="1" low="0.05" aria-label=${p.level}></meter>`;
  }

  private fares(): unknown {
    const { health, phase, sending } = this.on;
    if (sending?.keeps === false) {
      return html`<p class="bad t-13" role="alert">${icon("warn", 16)} ${p.notKept}</p>`;
    }
    if (phase !== "sending" || health === null) return nothing;
    const [look, first, more] = advice(health);
    return html`<div class="health t-13" role="status">
      <p class="${look} strong">
        ${first}${this.picture === "on" ? html`${m.comma}${p.audienceSeesIt}` : nothing}
      </p>
      <p class="faint">${more === "" ? facts(health) : more}</p>
    </div>`;
  }

  private tools(): TemplateResult {
    const { phase, mute, from, isOn, halt, send, hush } = this.on;
    const other = from === "camera" ? "screen" : "camera";
    return html`<div class="tools">
      ${
        isOn
          ? html`<button class="btn btn-stop" @click=${halt}>${p.stopSending}</button>`
          : html`<button
              class="btn btn-live"
              ?disabled=${phase === "connecting" || phase === "asking"}
              @click=${() => void send()}
            >
              ${phase === "connecting" ? p.connecting : p.sendPicture}
            </button>`
      }
      ${
        phase === "idle" || phase === "asking"
          ? nothing
          : html`<button class="btn btn-line" aria-pressed=${mute} @click=${hush}>
              ${mute ? p.microphoneOn : p.microphoneOff}
            </button>`
      }
      <button class="btn btn-line" @click=${() => void this.on.open(other)}>
        ${other === "screen" ? p.useScreen : p.useCamera}
      </button>
    </div>`;
  }
}

function facts({ width, height, bitsPerSecond }: Health): string {
  const size = `${width}×${height}`;
  return bitsPerSecond === null
    ? size
    : p.facts(size, `${(bitsPerSecond / 1_000_000).toFixed(1)} Mbps`);
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
