import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { p } from "../i18n/picture";
import type { Broadcast } from "./broadcast";
import { Following } from "../design/following";

/** What a host sends, as she has it in front of her; and what stands in the way of it. */
@customElement("plusone-own")
export class Own extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        position: relative;
        display: block;
        overflow: hidden;
        background: var(--stage);
      }
      video {
        inline-size: 100%;
        block-size: 100%;
        object-fit: contain;
        display: block;
      }
      :host([cover]) {
        position: absolute;
        inset: 0;
      }
      :host([cover]) video {
        object-fit: cover;
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
    `,
  ];

  @property({ attribute: false }) on!: Broadcast;
  @query("video") private readonly video!: HTMLVideoElement;

  constructor() {
    super();
    new Following(this, () => this.on);
  }

  override updated(): void {
    if (this.video.srcObject !== this.on.stream) this.video.srcObject = this.on.stream;
  }

  override render(): TemplateResult {
    return html`<video
        muted
        autoplay
        playsinline
        class=${this.on.from === "camera" ? "own" : ""}
        aria-label=${p.preview}
      ></video>
      ${this.over()}`;
  }

  private over(): unknown {
    const words = (first: string, more = ""): TemplateResult =>
      html`<div class="words" role="alert">
        <p class="strong">${first}</p>
        ${more === "" ? nothing : html`<p class="t-13">${more}</p>`}
      </div>`;
    switch (this.on.trouble) {
      case "denied":
        return words(p.denied, p.deniedWords);
      case "missing":
        return words(p.noCamera, p.noCameraWords);
      case "in-use":
        return words(p.inUse);
      case "insecure":
        return words(p.notSecure);
      case "no_h264":
        return words(p.noH264);
      case "refused":
        return words(p.refused);
      case null:
        break;
    }
    if (this.on.phase === "asking") return words(p.asking);
    if (this.on.phase === "lost") {
      return html`<div class="words" role="status">
        ${icon("spin", 24, "turn")}
        <p>${p.lostAgain}</p>
      </div>`;
    }
    return nothing;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-own": Own;
  }
}
