import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import "../design/sheet";
import "./sign-in";
import { PlusoneElement } from "../design/element";
import { m } from "../i18n/index";

/** Signing in without leaving the picture. Tells `signed-in` or `close`. */
@customElement("plusone-sign-in-sheet")
export class SignInSheet extends PlusoneElement {
  override render(): TemplateResult {
    return html`<plusone-sheet
      heading=${m.signIn}
      clear
      @close=${() => this.dispatchEvent(new Event("close"))}
      ><plusone-sign-in
        @signed-in=${() => this.dispatchEvent(new Event("signed-in"))}
      ></plusone-sign-in
    ></plusone-sheet>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-sign-in-sheet": SignInSheet;
  }
}
