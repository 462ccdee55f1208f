import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import "../design/header";
import "./sign-in";
import { PlusoneElement } from "../design/element";
import { parts } from "../design/parts";
import { m } from "../i18n/index";
import { card } from "./card";
import { safeNext } from "./session";

/** The sign-in page for customers; goes on to `?next=`. */
@customElement("plusone-sign-in-page")
export class SignInPage extends PlusoneElement {
  static override styles = [parts, card];

  override render(): TemplateResult {
    document.title = m.signIn;
    return html`<plusone-header></plusone-header>
      <main>
        <section class="card">
          <h1>${m.signIn}</h1>
          <p class="quiet t-14">${m.whySignIn}</p>
          <plusone-sign-in @signed-in=${this.goOn}></plusone-sign-in>
        </section>
      </main>`;
  }

  private goOn(): void {
    location.assign(safeNext(new URLSearchParams(location.search).get("next")));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-sign-in-page": SignInPage;
  }
}
