import { css, html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import "../consult/check";
import "../design/sheet";
import { Devices } from "../consult/devices";
import { PlusoneElement } from "../design/element";
import { parts } from "../design/parts";
import { k } from "../i18n/calls";

/** A rep tries her camera and microphone. Tells `tried` once they could be had, and `close`. */
@customElement("plusone-check-sheet")
export class CheckSheet extends PlusoneElement {
  static override styles = [
    parts,
    css`
      plusone-sheet {
        --sheet-width: 560px;
      }
    `,
  ];

  private readonly devices = new Devices();
  private forget: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.forget = this.devices.subscribe(() => {
      if (this.devices.phase === "ready") this.dispatchEvent(new Event("tried"));
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget?.();
    this.devices.stop();
  }

  override render(): TemplateResult {
    return html`<plusone-sheet
      heading=${k.check}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <plusone-check .devices=${this.devices}></plusone-check>
    </plusone-sheet>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-check-sheet": CheckSheet;
  }
}
