import { html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { parts } from "../design/parts";
import { k } from "../i18n/calls";
import { d } from "../i18n/desk";
import { listed } from "./keys";
import { deskSheet } from "./sheet-look";

const arrows: Partial<Record<string, string>> = { next: "↓", previous: "↑" };

/** The keys of the desk, and whether single ones are heard. Tells `singles` with that, and `close`. */
@customElement("plusone-keys-sheet")
export class KeysSheet extends PlusoneElement {
  static override styles = [parts, deskSheet];

  @property({ type: Boolean }) singles = true;

  override render(): TemplateResult {
    return html`<plusone-sheet
      heading=${d.keys}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <div class="stack">
        <dl>
          <dt><kbd>Enter</kbd></dt>
          <dd>${d.keyActs.open}</dd>
          ${listed.map(
            ([key, act]) =>
              html`<dt>
                  <kbd>${key.toUpperCase()}</kbd>${
                    arrows[act] === undefined ? nothing : html`${d.or}<kbd>${arrows[act]}</kbd>`
                  }
                </dt>
                <dd>${d.keyActs[act]}</dd>`,
          )}
          <dt><kbd>Alt</kbd><kbd>Enter</kbd></dt>
          <dd>${k.answerRing}</dd>
          <dt><kbd>Alt</kbd><kbd>Shift</kbd><kbd>Enter</kbd></dt>
          <dd>${k.declineRing}</dd>
        </dl>
        <label class="check"
          ><input type="checkbox" .checked=${this.singles} autofocus @change=${this.choose} /><span
            >${d.singleKeys}<br /><span class="t-13 quiet">${d.singleKeysWords}</span></span
          ></label
        >
      </div>
    </plusone-sheet>`;
  }

  private choose(event: Event): void {
    const { checked } = event.target as HTMLInputElement;
    this.dispatchEvent(new CustomEvent<boolean>("singles", { detail: checked }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-keys-sheet": KeysSheet;
  }
}
