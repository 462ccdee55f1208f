import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { session } from "../session/session";
import type { Via } from "../wire/loyalty";
import { wish, Wishes } from "./wishes";

/**
 * The heart of a product: pressed, it is on her list of wishes. Tells `who` (then what she meant to
 * do) where nobody knows her yet, and `wished` with what is to be said of it.
 */
@customElement("plusone-wish")
export class WishHeart extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: inline-grid;
        flex: none;
      }
      .heart {
        display: inline-grid;
        place-items: center;
        inline-size: 32px;
        block-size: 32px;
        border-radius: 50%;
        color: var(--ink-2);
        transition: transform var(--m-press);
      }
      .heart:active {
        transform: scale(0.9);
      }
      .heart:hover {
        background: var(--fill);
      }
      .on .i {
        fill: currentColor;
      }
      .on {
        color: var(--ink);
      }
      /* On the corner of a picture. */
      :host([look="corner"]) .heart {
        background: light-dark(rgb(255 255 255 / 0.92), rgb(35 37 43 / 0.92));
        box-shadow: 0 0 0 1px var(--line);
        inline-size: 28px;
        block-size: 28px;
      }
      .words {
        color: var(--ink-2);
      }
    `,
  ];

  @property() product = "";
  /** What it is called, for who does not see it. */
  @property() name = "";
  @property() via: Via = "shop";
  @property({ reflect: true }) look: "bare" | "corner" | "words" = "bare";
  @state() private busy = false;
  private readonly wishes = new Wishes(this);

  override render(): TemplateResult | typeof nothing {
    if (session?.person.kind === "staff") return nothing;
    const on = this.wishes.has(this.product);
    const words = this.look === "words";
    return html`<button
      class="${words ? "btn btn-s words" : "heart"} hit ${on ? "on" : ""}"
      aria-pressed=${on}
      aria-label=${m.wishFor(this.name)}
      title=${on ? m.wishedFor : m.wishIt}
      @click=${() => void this.press(!on)}
    >
      ${icon("heart", words ? 16 : 18)}${words ? m.wish : nothing}
    </button>`;
  }

  private async press(on: boolean): Promise<void> {
    if (this.busy) return;
    if (session?.person.kind === "nobody") {
      const detail = (): void => void this.press(on);
      this.dispatchEvent(
        new CustomEvent<() => void>("who", { detail, bubbles: true, composed: true }),
      );
      return;
    }
    this.busy = true;
    try {
      await wish(this.product, this.via, on);
      this.say(on ? m.wishNoted : m.wishTaken);
    } catch (problem) {
      this.say(problemWords(problem));
    } finally {
      this.busy = false;
    }
  }

  private say(detail: string): void {
    this.dispatchEvent(
      new CustomEvent<string>("wished", { detail, bubbles: true, composed: true }),
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-wish": WishHeart;
  }
}
