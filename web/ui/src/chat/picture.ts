import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { attachWords, pix } from "../i18n/attach";
import { m } from "../i18n/index";
import { pathOf, placeOf } from "./picture-wire";
import type { Card } from "./wire";

/**
 * A picture in a thread. Its place is kept from the beginning; pressed, it is shown as large as the
 * screen allows.
 */
@customElement("plusone-chat-picture")
export class ChatPicture extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
        max-inline-size: 100%;
      }
      .shot {
        display: grid;
        place-items: center;
        min-inline-size: var(--target);
        min-block-size: var(--target);
        max-inline-size: 100%;
        inline-size: fit-content;
        border-radius: var(--r-card);
        overflow: hidden;
        background: var(--fill);
        box-shadow: inset 0 0 0 1px var(--line);
        cursor: zoom-in;
      }
      .shot img {
        display: block;
        max-inline-size: 100%;
        block-size: auto;
      }
      .gone {
        cursor: default;
        padding: var(--s-2) var(--s-3);
        color: var(--ink-2);
        font-size: var(--t-13);
        line-height: var(--l-13);
      }
      dialog {
        position: fixed;
        inset: 0;
        margin: 0;
        padding: 0;
        border: 0;
        inline-size: 100%;
        block-size: 100%;
        max-inline-size: none;
        max-block-size: none;
        background: rgb(10 11 14 / 0.92);
        color: #fff;
        overflow: hidden;
      }
      dialog img {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        object-fit: contain;
        padding: env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom)
          env(safe-area-inset-left);
        cursor: zoom-out;
      }
      dialog .tool {
        position: absolute;
        z-index: 1;
        inset: calc(var(--s-2) + env(safe-area-inset-top)) var(--s-2) auto auto;
        background: rgb(10 11 14 / 0.6);
        color: #fff;
      }
      dialog :focus-visible {
        outline-color: #fff;
      }
    `,
  ];

  @property({ attribute: false }) card!: Card;
  @state() private large = false;
  @state() private gone = false;
  @query("dialog") private readonly dialog!: HTMLDialogElement | null;

  protected override async scheduleUpdate(): Promise<void> {
    await attachWords;
    await super.scheduleUpdate();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("card") && changed.get("card")?.id !== this.card.id) this.gone = false;
  }

  override updated(): void {
    if (this.large && this.dialog?.open === false) this.dialog.showModal();
  }

  override render(): TemplateResult {
    const { id } = this.card;
    if (this.gone) return html`<p class="shot gone">${pix.gone}</p>`;
    const [width, height] = placeOf(this.card);
    return html`<button
        type="button"
        class="shot"
        aria-label=${pix.enlarge}
        aria-haspopup="dialog"
        @click=${() => (this.large = true)}
      >
        <img
          src=${pathOf(id, true)}
          width=${width}
          height=${height}
          alt=${pix.picture}
          loading="lazy"
          decoding="async"
          @error=${() => (this.gone = true)}
        /></button
      >${this.large ? this.whole(id) : nothing}`;
  }

  private whole(id: string): TemplateResult {
    return html`<dialog
      aria-label=${pix.picture}
      @close=${this.shut}
      @keydown=${this.key}
      @click=${() => this.dialog?.close()}
    >
      <button type="button" class="tool" aria-label=${m.close}>${icon("close", 20)}</button>
      <img src=${pathOf(id)} alt=${pix.picture} />
    </dialog>`;
  }

  private readonly shut = (event: Event): void => {
    event.stopPropagation();
    this.large = false;
  };

  /** Escape shuts the picture alone, and not what it was opened in. */
  private readonly key = (event: KeyboardEvent): void => {
    event.stopPropagation();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-chat-picture": ChatPicture;
  }
}
