import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { parts } from "../design/parts";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { becomeGuest } from "./session";

export const longest_name = 40;

/** Asks a newcomer for a name before her first word. Tells `named`, `sign-in` or `close`. */
@customElement("plusone-name-sheet")
export class NameSheet extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    css`
      form {
        display: grid;
        gap: var(--s-3);
      }
    `,
  ];

  @property() name = "";
  @state() private busy = false;
  @state() private wrong = "";

  override render(): TemplateResult {
    return html`<plusone-sheet heading=${m.yourName} clear @close=${this.close}>
      <form @submit=${this.take}>
        <label class="ask-for"
          ><span class="t-13 quiet">${m.nameIsShown}</span>
          <span class="field"
            ><input
              name="name"
              autocomplete="nickname"
              maxlength=${longest_name}
              required
              autofocus
              aria-label=${m.yourName}
              .value=${this.name}
              aria-invalid=${this.wrong !== ""}
          /></span>
        </label>
        ${this.wrong === "" ? nothing : html`<p class="wrong" role="alert">${this.wrong}</p>`}
        <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>${m.goOn}</button>
        <button
          type="button"
          class="btn btn-wide t-14"
          @click=${() => this.dispatchEvent(new Event("sign-in"))}
        >
          ${m.signInInstead}
        </button>
      </form>
    </plusone-sheet>`;
  }

  private readonly close = (): void => {
    this.dispatchEvent(new Event("close"));
  };

  private async take(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const name = (new FormData(event.target as HTMLFormElement).get("name") as string).trim();
    if (name === "" || this.busy) return;
    this.busy = true;
    try {
      await becomeGuest(name);
      this.dispatchEvent(new Event("named"));
    } catch (problem) {
      this.wrong = problemWords(problem);
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-name-sheet": NameSheet;
  }
}
