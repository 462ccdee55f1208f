import pictureSvg from "lucide-static/icons/image-plus.svg?raw";
import { css, html, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { drawing } from "../design/icons";
import { parts } from "../design/parts";
import { attachWords, pix } from "../i18n/attach";
import { kinds } from "./picture-wire";

export const pictureSign = drawing(pictureSvg, 20);

/** Chooses a picture, or takes one where there is a camera. Tells `picture` (the file). */
@customElement("plusone-picture-button")
export class PictureButton extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: inline-grid;
        flex: none;
      }
      .tool {
        inline-size: var(--tool, var(--target));
        block-size: var(--tool, var(--target));
        border-radius: var(--r-control);
        color: var(--ink-2);
      }
      .tool:hover {
        background: var(--fill);
      }
    `,
  ];

  @property({ type: Boolean }) disabled = false;
  @query("input") private readonly input!: HTMLInputElement;

  protected override async scheduleUpdate(): Promise<void> {
    await attachWords;
    await super.scheduleUpdate();
  }

  override render(): TemplateResult {
    return html`<button
        type="button"
        class="tool"
        aria-label=${pix.add}
        title=${pix.add}
        ?disabled=${this.disabled}
        @click=${() => this.input.click()}
      >
        ${pictureSign}</button
      ><input
        type="file"
        hidden
        accept=${kinds.join()}
        aria-label=${pix.add}
        @change=${this.chosen}
      />`;
  }

  private readonly chosen = (): void => {
    const file = this.input.files?.[0];
    // The same one may be chosen again after it was removed.
    this.input.value = "";
    if (file !== undefined) this.dispatchEvent(new CustomEvent<File>("picture", { detail: file }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-picture-button": PictureButton;
  }
}
