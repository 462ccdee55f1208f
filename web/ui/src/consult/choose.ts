import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";

import { PlusoneElement } from "../design/element";
import { Following } from "../design/following";
import { forms } from "../design/forms";
import { parts } from "../design/parts";
import { consultWords, v } from "../i18n/consult";
import type { Devices } from "./devices";

/** Media Capture and Streams §9.2.1: the device of the browser's own choice. */
const browsers_own = "default";

/** Which camera, microphone and loudspeaker: of each what there is, and nothing where nothing is. */
@customElement("plusone-devices")
export class ChooseDevices extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s-3);
      }
      /* One that stands alone in the last row fills it. */
      label {
        flex: 1 1 200px;
        min-inline-size: 0;
      }
      .field select {
        inline-size: 100%;
        text-overflow: ellipsis;
        font-size: var(--t-14);
      }
    `,
  ];

  @property({ attribute: false }) devices: Devices | null = null;

  @state() private ready = false;

  constructor() {
    super();
    new Following(this, () => this.devices);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void consultWords.then(() => (this.ready = true));
  }

  override render(): unknown {
    const { devices } = this;
    if (!this.ready || devices === null) return nothing;
    const { cameras, microphones, speakers } = devices;
    return [
      this.choice(v.chooseCamera, cameras, devices.using("camera"), (id) => {
        void devices.choose("camera", id);
      }),
      this.choice(v.chooseMic, microphones, devices.using("microphone"), (id) => {
        void devices.choose("microphone", id);
      }),
      this.speaker(devices, speakers),
    ];
  }

  private speaker(devices: Devices, speakers: readonly MediaDeviceInfo[]): unknown {
    // Some browsers have a device for their own choice, the others nothing to choose it by.
    const own = speakers.some(({ deviceId }) => deviceId === browsers_own);
    const all =
      own || speakers.length === 0
        ? speakers
        : [{ deviceId: "", label: v.ownSpeaker }, ...speakers];
    const using = devices.speaker === "" && own ? browsers_own : devices.speaker;
    return this.choice(v.chooseSpeaker, all, using, (id) => devices.listen(id));
  }

  private choice(
    label: string,
    all: readonly Pick<MediaDeviceInfo, "deviceId" | "label">[],
    using: string,
    choose: (id: string) => void,
  ): unknown {
    if (all.length === 0) return nothing;
    return html`<label class="ask-for"
      ><span class="label">${label}</span
      ><span class="field"
        ><select @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
          ${all.map(
            (one, n) =>
              html`<option value=${one.deviceId} .selected=${live(one.deviceId === using)}>
                ${one.label || v.deviceN(n + 1)}
              </option>`,
          )}
        </select></span
      ></label
    >`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-devices": ChooseDevices;
  }
}
