import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { count, fullMoment } from "../i18n/format";
import { l } from "../i18n/loyalty";
import { ask, requestId } from "../wire/http";
import type { Transfer } from "../wire/loyalty";
import { sign } from "./icons";
import look from "./offers.css?inline";
import { loyaltyProblem } from "./words";

/**
 * Points that friends have sent her and that wait for her answer: each a slip, since they are a
 * promise. Tells `answered`.
 */
@customElement("plusone-points-offers")
export class PointsOffers extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @property({ attribute: false }) offers: readonly Transfer[] = [];
  @state() private busy = false;
  @state() private wrong = "";
  @state() private done = "";
  /** One attempt each, however often it is pressed. */
  private readonly attempts = new Map<string, string>();

  override render(): unknown {
    return html`${repeat(
        this.offers,
        ({ id }) => id,
        (one) => this.slip(one),
      )}
      <p class="said" role="status">${this.done}</p>
      ${
        this.wrong === ""
          ? nothing
          : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.wrong}</p>`
      }`;
  }

  private slip(one: Transfer): TemplateResult {
    const name = one.from ?? l.someone;
    const words = l.offered(name, count(one.points));
    return html`<div class="lift">
      <section class="slip" role="group" aria-label=${words}>
        <span class="stub">${sign("points", 24)}</span>
        <div class="grow">
          <h2>${words}</h2>
          <p class="t-13 quiet">${l.until(fullMoment(one.until))}</p>
          <div class="row acts">
            <button
              class="btn btn-ink"
              ?disabled=${this.busy}
              @click=${() => void this.answer(one, "accept")}
            >
              ${l.accept}
            </button>
            <button
              class="btn btn-line"
              ?disabled=${this.busy}
              @click=${() => void this.answer(one, "decline")}
            >
              ${l.decline}
            </button>
          </div>
        </div>
      </section>
    </div>`;
  }

  private async answer({ id, points }: Transfer, how: "accept" | "decline"): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.wrong = "";
    const key = `${id} ${how}`;
    const request_id = this.attempts.get(key) ?? requestId();
    this.attempts.set(key, request_id);
    try {
      await ask("POST", `/api/loyalty/transfers/${encodeURIComponent(id)}/${how}`, { request_id });
      this.done = how === "accept" ? l.accepted(count(points)) : l.declined;
    } catch (problem) {
      this.wrong = loyaltyProblem(problem);
    } finally {
      this.busy = false;
      this.dispatchEvent(new Event("answered"));
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-points-offers": PointsOffers;
  }
}
