import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/language";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { mark, parts, price } from "../design/parts";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { card } from "../session/card";
import { ask } from "../wire/http";

interface Payment {
  number: string;
  amount: number;
  currency: string;
  return_url: string;
}

/** Stands where a card company's page would; says plainly that no money moves. */
@customElement("plusone-pay-test")
export class PayTest extends PlusoneElement {
  static override styles = [
    parts,
    card,
    css`
      .warn {
        display: flex;
        gap: var(--s-3);
        align-items: flex-start;
        padding: var(--s-4);
        border-radius: var(--r-card);
        background: var(--wait-wash);
        color: var(--wait);
        font-weight: var(--w-name);
      }
      .wrong {
        color: var(--stop);
        font-weight: var(--w-name);
      }
    `,
  ];

  @state() private payment: Payment | null = null;
  @state() private busy = false;
  @state() private wrong = "";

  private readonly path = `/api/pay/test/${location.pathname.split("/")[3] ?? ""}`;

  override connectedCallback(): void {
    super.connectedCallback();
    ask<Payment>("GET", this.path).then(
      (payment) => {
        this.payment = payment;
      },
      (problem: unknown) => {
        this.wrong = problemWords(problem);
      },
    );
  }

  override render(): TemplateResult {
    document.title = m.payTest;
    return html`<main>
      <section class="card">
        <div class="row">
          ${mark}<span class="end"><plusone-language></plusone-language></span>
        </div>
        <h1>${m.payTest}</h1>
        <p class="warn">${icon("warn", 24)}<span>${m.payTestWords}</span></p>
        ${
          this.payment === null
            ? nothing
            : html`<p class="row">
                <span class="quiet grow">${m.orderNumber(this.payment.number)}</span
                >${price(this.payment.amount, this.payment.currency)}
              </p>`
        }
        ${this.wrong === "" ? nothing : html`<p class="wrong" role="alert">${this.wrong}</p>`}
        <button
          class="btn btn-ink btn-wide"
          ?disabled=${this.busy || this.payment === null}
          @click=${() => void this.end("paid")}
        >
          ${m.payTestPaid}
        </button>
        <button
          class="btn btn-line btn-wide"
          ?disabled=${this.busy || this.payment === null}
          @click=${() => void this.end("failed")}
        >
          ${m.payTestFailed}
        </button>
      </section>
    </main>`;
  }

  private async end(outcome: "paid" | "failed"): Promise<void> {
    this.busy = true;
    this.wrong = "";
    try {
      const { return_url } = await ask<{ return_url: string }>("POST", this.path, { outcome });
      location.assign(return_url);
    } catch (problem) {
      this.wrong = problemWords(problem);
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-pay-test": PayTest;
  }
}
