import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { count } from "../i18n/format";
import { y } from "../i18n/loyalty-staff";
import { ask, requestId } from "../wire/http";
import look from "./form.css?inline";
import { most_corrected, whole } from "./rules";
import { paths } from "./wire";
import { loyaltyProblem } from "./words";

const most_reason = 200;

/** An operator puts a customer's points right, and says why. Tells `saved`, and `close`. */
@customElement("plusone-points-correction")
export class PointsCorrection extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @property() customer = "";
  @property({ type: Number }) available = 0;

  @state() private adds = true;
  @state() private typed = "";
  @state() private reason = "";
  @state() private tried = false;
  @state() private busy = false;
  @state() private problem = "";
  /** The same for the same correction, so that one that is sent again is made once. */
  private attempt = requestId();

  private get points(): number | null {
    return whole(this.typed, 1, most_corrected);
  }

  private get reasoned(): boolean {
    const { length } = Array.from(this.reason.trim());
    return length > 0 && length <= most_reason;
  }

  override render(): TemplateResult {
    const { points } = this;
    const noPoints = this.tried && points === null;
    const noReason = this.tried && !this.reasoned;
    const after = this.available + (points ?? 0) * (this.adds ? 1 : -1);
    return html`<plusone-sheet
      heading=${y.correct}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <form class="gaps" novalidate @submit=${this.submit}>
        <div class="line">
          ${[true, false].map(
            (adds) =>
              html`<label class="check"
                ><input
                  type="radio"
                  name="adds"
                  .checked=${this.adds === adds}
                  @change=${() => this.put({ adds })}
                /><span>${adds ? y.addPoints : y.takePoints}</span></label
              >`,
          )}
        </div>
        <label class="ask-for"
          ><span class="label">${y.points}</span
          ><span class="field"
            ><input
              name="points"
              inputmode="numeric"
              maxlength="9"
              autocomplete="off"
              autofocus
              aria-invalid=${noPoints}
              @input=${(event: Event) =>
                this.put({ typed: (event.target as HTMLInputElement).value })} /></span
          >${
            noPoints
              ? html`<span class="wrong"
                  >${icon("warn", 18)}${y.faults.whole("1", count(most_corrected))}</span
                >`
              : nothing
          }</label
        >
        ${
          points === null
            ? nothing
            : html`<p class="eg" role="status">
                ${y.becomes(count(this.available), count(after))}
              </p>`
        }
        <label class="ask-for"
          ><span class="label">${y.reason}</span
          ><span class="field"
            ><input
              name="reason"
              maxlength=${most_reason}
              autocomplete="off"
              aria-invalid=${noReason}
              @input=${(event: Event) =>
                this.put({ reason: (event.target as HTMLInputElement).value })} /></span
          ><span class="t-13 quiet">${y.reasonWords}</span>${
            noReason
              ? html`<span class="wrong">${icon("warn", 18)}${y.faults.reason}</span>`
              : nothing
          }</label
        >
        ${
          this.problem === ""
            ? nothing
            : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.problem}</p>`
        }
        <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>${y.correctNow}</button>
      </form>
    </plusone-sheet>`;
  }

  private put({ adds, typed, reason }: { adds?: boolean; typed?: string; reason?: string }): void {
    this.adds = adds ?? this.adds;
    this.typed = typed ?? this.typed;
    this.reason = reason ?? this.reason;
    this.problem = "";
    this.attempt = requestId();
  }

  private readonly submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    this.tried = true;
    const { points } = this;
    if (points === null || !this.reasoned) {
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      return;
    }
    this.busy = true;
    this.problem = "";
    try {
      await ask("POST", paths.corrections(this.customer), {
        points: this.adds ? points : -points,
        reason: this.reason.trim(),
        request_id: this.attempt,
      });
      this.dispatchEvent(new Event("saved"));
    } catch (problem) {
      this.problem = loyaltyProblem(problem);
    }
    this.busy = false;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-points-correction": PointsCorrection;
  }
}
