import { html } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { PlusoneElement } from "../design/element";
import { parts } from "../design/parts";
import { Ticking } from "../design/ticking";
import type { Mine, Show } from "../wire/types";
import { promised, Spoken } from "./spoken";

/**
 * Reads to her what she is promised. Apart from what is seen, where deadlines run down and places
 * move by the second; and always there, since a live region is heard only when it changes.
 */
@customElement("plusone-aloud")
export class Aloud extends PlusoneElement {
  static override styles = parts;

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) mine!: Mine;

  private readonly spoken = new Spoken();

  constructor() {
    super();
    new Ticking(this, () => this.mine.waits.length > 0);
  }

  override render(): unknown {
    const said = this.spoken.say(promised(this.show, this.mine), performance.now());
    return html`<div class="said" role="status" aria-atomic="false">
      ${repeat(
        said,
        ({ about }) => about,
        ({ words }) => html`<p>${words}</p>`,
      )}
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-aloud": Aloud;
  }
}
