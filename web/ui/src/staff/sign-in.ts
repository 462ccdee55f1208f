import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/language";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { mark, parts } from "../design/parts";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { card } from "../session/card";
import { safeNext, signInStaff } from "../session/session";

/** The sign-in page for staff: e-mail and password. */
@customElement("plusone-staff-sign-in")
export class StaffSignIn extends PlusoneElement {
  static override styles = [parts, forms, card];

  @state() private busy = false;
  @state() private wrong = "";

  override render(): TemplateResult {
    document.title = m.staffSignIn;
    return html`<main>
      <section class="card">
        <div class="row">
          ${mark}<span class="end"><plusone-language></plusone-language></span>
        </div>
        <h1>${m.staffSignIn}</h1>
        <form class="col" @submit=${this.enter}>
          <div class="col gaps">
            <label class="ask-for"
              ><span class="label">${m.email}</span
              ><span class="field"
                ><input
                  type="email"
                  name="email"
                  autocomplete="username"
                  required
                  autofocus /></span
            ></label>
            <label class="ask-for"
              ><span class="label">${m.password}</span
              ><span class="field"
                ><input
                  type="password"
                  name="password"
                  autocomplete="current-password"
                  required /></span
            ></label>
            ${
              this.wrong === ""
                ? nothing
                : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.wrong}</p>`
            }
            <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>${m.signIn}</button>
          </div>
        </form>
      </section>
    </main>`;
  }

  private async enter(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const form = new FormData(event.target as HTMLFormElement);
    this.busy = true;
    this.wrong = "";
    try {
      await signInStaff(text(form, "email").trim(), text(form, "password"));
      location.assign(safeNext(new URLSearchParams(location.search).get("next"), "/studio"));
    } catch (problem) {
      this.wrong = problemWords(problem);
    } finally {
      this.busy = false;
    }
  }
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-staff-sign-in": StaffSignIn;
  }
}
