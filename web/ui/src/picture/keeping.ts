import { css, html, nothing } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { parts } from "../design/parts";
import { p, pictureWords } from "../i18n/picture";
import { problemWords } from "../i18n/problems";
import type { Acts } from "../studio/acts";
import { ask } from "../wire/http";
import type { Show } from "../wire/types";
import type { Sending } from "./broadcast";

/** What staff decide about a replay: whether it sells, and whether it is kept. */
@customElement("plusone-keeping")
export class Keeping extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: grid;
        gap: var(--s-3);
      }
      label {
        display: flex;
        gap: var(--s-2);
        align-items: center;
        min-block-size: 44px;
      }
    `,
  ];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) acts!: Acts;
  @state() private ready = false;
  @state() private kept: boolean | null = null;
  @state() private sure = false;
  @state() private problem = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void pictureWords.then(() => (this.ready = true));
  }

  override firstUpdated(): void {
    void this.look();
  }

  private get address(): string {
    return `/api/staff/shows/${encodeURIComponent(this.show.id)}`;
  }

  private async look(): Promise<void> {
    const found = await ask<Sending>("GET", `${this.address}/picture`).catch(() => null);
    this.kept = found?.replay ?? this.kept;
  }

  private async erase(): Promise<void> {
    try {
      await ask("DELETE", `${this.address}/replay`);
      this.sure = false;
      this.kept = false;
    } catch (problem) {
      this.problem = problemWords(problem);
    }
  }

  override render(): unknown {
    if (!this.ready || this.kept === null) return nothing;
    if (!this.kept) return html`<p class="t-13 faint">${p.noReplay}</p>`;
    return html`<label class="t-14"
        ><input
          type="checkbox"
          .checked=${this.show.replay_sells}
          @change=${({ target }: Event) =>
            void this.acts.run({
              type: "show.change",
              replay_sells: (target as HTMLInputElement).checked,
            })}
        />${p.maySell}</label
      >
      ${
        this.sure
          ? html`<p class="t-13">${p.deleteWords}</p>
              <button class="btn btn-s btn-stop" @click=${() => void this.erase()}>
                ${p.deleteReplay}
              </button>`
          : html`<button class="btn btn-s btn-line" @click=${() => (this.sure = true)}>
              ${p.deleteReplay}
            </button>`
      }
      <p class="t-13" role="alert">${this.problem}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-keeping": Keeping;
  }
}
