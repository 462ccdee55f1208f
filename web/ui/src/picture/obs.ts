import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { p } from "../i18n/picture";
import { problemWords } from "../i18n/problems";
import { ask } from "../wire/http";
import type { Sending } from "./broadcast";

/** How to send with OBS: where to, and the key. Tells `changed` when there is a new key. */
@customElement("plusone-obs")
export class Obs extends PlusoneElement {
  static override styles = [
    parts,
    css`
      summary {
        cursor: pointer;
        padding-block: var(--s-2);
        font-weight: var(--w-name);
      }
      .in {
        display: grid;
        gap: var(--s-3);
      }
      code {
        overflow-wrap: anywhere;
        font-size: var(--t-13);
      }
    `,
  ];

  @property({ attribute: false }) sending: Sending | null = null;
  @property() address = "";
  @state() private shown = false;
  @state() private copied = "";
  @state() private problem = "";

  override render(): unknown {
    if (this.sending === null) return nothing;
    const { publish, rtmp, key } = this.sending;
    const where = publish ?? rtmp;
    if (where === null) return nothing;
    return html`<details>
      <summary>${p.withObs}</summary>
      <div class="in">
        <p class="t-13 quiet">${p.withObsWords}</p>
        ${this.line(p.address, new URL(where, location.href).href, true)}
        ${this.line(p.key, key, this.shown)}
        <div class="row">
          <button
            class="btn btn-s btn-line"
            aria-pressed=${this.shown}
            @click=${() => (this.shown = !this.shown)}
          >
            ${this.shown ? p.hide : p.show}
          </button>
          <button class="btn btn-s btn-line" @click=${() => void this.renew()}>${p.newKey}</button>
        </div>
        <p class="t-12 faint">${p.newKeyWords}</p>
        <p class="t-13" role="alert">${this.problem}</p>
      </div>
    </details>`;
  }

  private line(name: string, value: string, shown: boolean): TemplateResult {
    return html`<div>
      <p class="t-12 faint">${name}</p>
      <p class="row">
        <code class="grow">${shown ? value : "•".repeat(16)}</code>
        <button
          class="tool tool-s hit"
          aria-label="${p.copy} ${name}"
          @click=${() => void this.copy(name, value)}
        >
          ${this.copied === name ? icon("check", 16) : icon("copy", 16)}
        </button>
      </p>
      <p class="said" role="status">${this.copied === name ? p.copied : ""}</p>
    </div>`;
  }

  private async copy(name: string, value: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(value);
      this.copied = name;
    } catch {
      this.shown = true; // to be copied by hand
    }
  }

  private async renew(): Promise<void> {
    try {
      await ask("POST", `${this.address}/key`, {});
      this.problem = "";
      this.copied = "";
      this.dispatchEvent(new Event("changed"));
    } catch (problem) {
      this.problem = problemWords(problem);
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-obs": Obs;
  }
}
