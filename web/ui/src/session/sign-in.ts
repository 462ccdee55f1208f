import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { Ticking } from "../design/ticking";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { Problem } from "../wire/http";
import { type CodeSent, sendCode, session, verifyCode } from "./session";

/** Signing in by a code sent by e-mail: an address, then six digits. Tells `signed-in`. */
@customElement("plusone-sign-in")
export class SignIn extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    css`
      :host {
        display: block;
      }
      form {
        display: grid;
        gap: var(--s-4);
      }
      .code {
        letter-spacing: 0.4em;
        font-weight: var(--w-strong);
        font-size: var(--t-22) !important;
      }
      .again {
        justify-content: space-between;
        flex-wrap: wrap;
      }
      .link {
        text-decoration: underline;
        text-underline-offset: 0.25em;
        text-decoration-color: var(--edge);
        min-block-size: var(--target);
      }
      .link:disabled {
        color: var(--ink-3);
        text-decoration: none;
        cursor: default;
      }
    `,
  ];

  @state() private sent: CodeSent | null = null;
  @state() private busy = false;
  @state() private wrong = "";
  @query("input") private readonly field!: HTMLInputElement | null;

  constructor() {
    super();
    new Ticking(this, () => this.sent !== null);
  }

  override render(): TemplateResult {
    return this.sent === null ? this.address() : this.code(this.sent);
  }

  private address(): TemplateResult {
    return html`<form @submit=${this.send} novalidate>
      <label class="ask-for"
        ><span class="label">${m.email}</span>
        <span class="field"
          >${icon("mail", 18)}<input
            type="email"
            name="email"
            autocomplete="email"
            inputmode="email"
            required
            autofocus
            aria-invalid=${this.wrong !== ""}
        /></span>
        <span class="t-13 quiet">${m.codeWillCome}</span>
      </label>
      ${this.wrongLine()}
      <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>${m.sendCode}</button>
    </form>`;
  }

  private code({ email, resend_at }: CodeSent): TemplateResult {
    const wait = Math.ceil((resend_at - Date.now()) / 1000);
    return html`<form @submit=${this.verify} novalidate>
      <p>${m.codeSentTo(email)}</p>
      ${
        session?.notices === true
          ? html`<p class="t-13 quiet">
              ${m.codeInNotices} <a href="/notices" target="_blank" rel="noopener">${m.notices}</a>
            </p>`
          : nothing
      }
      <label class="ask-for"
        ><span class="label">${m.code}</span>
        <span class="field"
          ><input
            class="code"
            name="code"
            inputmode="numeric"
            autocomplete="one-time-code"
            maxlength="8"
            required
            autofocus
            aria-invalid=${this.wrong !== ""}
        /></span>
      </label>
      ${this.wrongLine()}
      <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>${m.signIn}</button>
      <div class="row again t-14">
        <button type="button" class="link" @click=${this.startOver}>${m.otherEmail}</button>
        <button
          type="button"
          class="link"
          ?disabled=${wait > 0 || this.busy}
          @click=${() => void this.ask(email)}
        >
          ${wait > 0 ? m.resendIn(wait) : m.resend}
        </button>
      </div>
    </form>`;
  }

  private wrongLine(): unknown {
    if (this.wrong === "") return nothing;
    return html`<p class="wrong" role="alert">${icon("warn", 18)}${this.wrong}</p>`;
  }

  private startOver(): void {
    this.sent = null;
    this.wrong = "";
  }

  private async send(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const email = this.read(event, "email");
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
      this.wrong = m.emailLooksWrong;
      this.field?.focus();
      return;
    }
    await this.ask(email);
    await this.updateComplete;
    this.field?.focus();
  }

  private async ask(email: string): Promise<void> {
    await this.attempt(async () => {
      this.sent = await sendCode(email);
    });
  }

  private async verify(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const code = this.read(event, "code").normalize("NFKC").replaceAll(/\s/g, "");
    const { sent } = this;
    if (code === "" || sent === null) return;
    await this.attempt(async () => {
      await verifyCode(sent.email, code);
      this.dispatchEvent(new Event("signed-in"));
    });
  }

  private read(event: SubmitEvent, name: string): string {
    const value = new FormData(event.target as HTMLFormElement).get(name);
    return typeof value === "string" ? value.trim() : "";
  }

  private async attempt(what: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.wrong = "";
    try {
      await what();
    } catch (problem) {
      const fields = problem instanceof Problem && problem.code === "bad_request";
      this.wrong = fields && this.sent === null ? m.emailLooksWrong : problemWords(problem);
      this.field?.focus();
    } finally {
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-sign-in": SignIn;
  }
}
