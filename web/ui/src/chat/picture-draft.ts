import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { attachWords, pix } from "../i18n/attach";
import { m } from "../i18n/index";
import { Problem } from "../wire/http";
import type { Attached } from "./picture-attach";
import { pictureSign } from "./picture-button";
import { pictureWords } from "./picture-words";

/**
 * The picture that goes with the next message, and how far it is. Tells `again`, `remove`,
 * and `name` where she is to say hers first.
 */
@customElement("plusone-picture-draft")
export class PictureDraft extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      .one {
        display: flex;
        align-items: center;
        gap: var(--s-3);
        padding-block: var(--s-1) var(--s-2);
        font-size: var(--t-13);
        line-height: var(--l-13);
      }
      .btn {
        margin-inline-start: -12px;
      }
      .none {
        display: grid;
        place-items: center;
        color: var(--ink-3);
      }
      img,
      .none {
        inline-size: 56px;
        block-size: 56px;
        flex: none;
        border-radius: var(--r-control);
        object-fit: cover;
        background: var(--fill);
      }
      progress {
        appearance: none;
        display: block;
        inline-size: 100%;
        max-inline-size: 200px;
        block-size: 4px;
        margin-block-start: 6px;
        border: 0;
        border-radius: 2px;
        background: var(--line-2);
        overflow: hidden;
      }
      progress::-webkit-progress-bar {
        background: none;
      }
      progress::-webkit-progress-value {
        background: var(--ink);
      }
      progress::-moz-progress-bar {
        background: var(--ink);
      }
    `,
  ];

  @property({ attribute: false }) attached: Attached | null = null;

  protected override async scheduleUpdate(): Promise<void> {
    await attachWords;
    await super.scheduleUpdate();
  }

  override render(): unknown {
    const { attached } = this;
    if (attached === null) return nothing;
    const { view, problem } = attached;
    return html`<div class="one" role="group" aria-label=${pix.picture}>
      ${view === null ? html`<span class="none">${pictureSign}</span>` : html`<img src=${view} alt="" />`}
      <div class="grow">${problem === null ? this.stand(attached) : this.failed(attached)}</div>
      <button
        type="button"
        class="tool"
        aria-label=${pix.remove}
        title=${pix.remove}
        @click=${() => this.tell("remove")}
      >
        ${icon("close", 20)}
      </button>
    </div>`;
  }

  private stand({ sent, share, waits }: Attached): TemplateResult {
    const percent = Math.round(share * 100);
    const words = waits ? pix.waits : sent !== null ? pix.there : share >= 1 ? pix.nearly : null;
    return html`<p class="quiet" role="status">${words ?? pix.sending(percent)}</p>
      ${
        waits
          ? html`<button type="button" class="btn btn-s hit" @click=${() => this.tell("name")}>
              ${pix.sayName}
            </button>`
          : sent !== null
            ? nothing
            : html`<progress
                max="100"
                value=${percent}
                aria-label=${pix.sending(percent)}
              ></progress>`
      }`;
  }

  private failed({ problem, file }: Attached): TemplateResult {
    // What is no picture will not become one.
    const hopeful = file !== null && (!(problem instanceof Problem) || problem.retryable);
    return html`<p class="stop" role="alert">${pictureWords(problem)}</p>
      ${
        hopeful
          ? html`<button type="button" class="btn btn-s hit" @click=${() => this.tell("again")}>
              ${m.retry}
            </button>`
          : nothing
      }`;
  }

  private tell(what: "again" | "name" | "remove"): void {
    this.dispatchEvent(new Event(what));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-picture-draft": PictureDraft;
  }
}
