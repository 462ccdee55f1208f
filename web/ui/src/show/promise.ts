import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { Ticking } from "../design/ticking";
import { clock, left, money } from "../i18n/format";
import { m } from "../i18n/index";
import type { Claim, Mine, Show, Wait } from "../wire/types";
import { deadline, itemOf, pieces, unpaid, variantOf, worth } from "./reading";

const fresh_ms = 20_000;

/**
 * What the show promises her: held until a deadline, or a place in line. Whole while it is new,
 * one line afterwards; never gone while something is held. Read aloud by `plusone-aloud`. Tells
 * `checkout`, `more` (one more of a wait), `leave` (a wait).
 */
@customElement("plusone-promise")
export class PromiseSlip extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      .lift {
        filter: drop-shadow(0 1px 2px rgb(0 0 0 / 0.2)) drop-shadow(0 8px 20px rgb(0 0 0 / 0.28));
      }
      .promise {
        --notch: 68px;
        display: flex;
        align-items: center;
        gap: var(--s-3);
        padding: 14px 14px 14px 0;
        border-radius: 16px;
        animation: rise var(--m-sheet) var(--ease-out);
      }
      .promise h2 {
        font-size: var(--t-16);
        line-height: 1.5rem;
      }
      .stub {
        inline-size: 68px;
        flex: none;
        display: grid;
        place-items: center;
        align-self: stretch;
      }
      .stamp {
        display: grid;
        place-items: center;
        inline-size: 40px;
        block-size: 40px;
        border-radius: 50%;
        color: var(--held);
        background: var(--held-wash);
        animation: stamp var(--m-sheet) var(--ease-out);
      }
      .in-line {
        color: var(--wait);
        background: var(--wait-wash);
        font-size: var(--t-22);
        line-height: 1;
      }
      .acts {
        gap: var(--s-4);
        margin-block-start: 4px;
      }
      .acts button {
        text-decoration: underline;
        text-underline-offset: 0.25em;
        text-decoration-color: var(--edge);
        font-weight: var(--w-name);
        padding-block: 4px;
      }
      .slim {
        padding-block: 6px;
        border-radius: 14px;
        --r: 5px;
        animation: none;
      }
      .slim .stamp {
        inline-size: 30px;
        block-size: 30px;
        font-size: var(--t-16);
        animation: none;
      }
      .slim .btn {
        min-block-size: 36px;
        position: relative;
      }
      .slim .btn::after {
        content: "";
        position: absolute;
        inset: -4px 0;
      }
      .until {
        display: flex;
        flex-wrap: wrap;
        column-gap: 0.75em;
        white-space: nowrap;
      }
      /* What finds no room beside the deadline is left out whole. */
      .one {
        block-size: var(--l-12);
        overflow: hidden;
      }
      @keyframes rise {
        from {
          transform: translateY(24px);
          opacity: 0;
        }
      }
      @keyframes stamp {
        from {
          transform: scale(1.5);
          opacity: 0;
        }
      }
      @media (max-width: 375px) {
        .promise {
          gap: var(--s-2);
        }
        .promise .btn {
          padding: 0 14px;
        }
      }
    `,
  ];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) mine!: Mine;
  @property({ attribute: false }) now: () => number = Date.now;

  /** An old promise that she looks at again. */
  @property({ type: Boolean }) whole = false;

  constructor() {
    super();
    new Ticking(this, () => true);
  }

  override render(): unknown {
    const held = unpaid(this.mine);
    const waits = this.mine.waits;
    const lastHeld = held.reduce((last, { at_ms }) => Math.max(last, at_ms), 0);
    const lastWait = waits.reduce((last, { at_ms }) => Math.max(last, at_ms), 0);
    if (held.length === 0 && waits.length === 0) return nothing;
    const now = this.now();
    if (lastWait > lastHeld) {
      const wait = waits.find(({ at_ms }) => at_ms === lastWait);
      if (wait !== undefined && (held.length === 0 || now - lastWait < fresh_ms)) {
        return this.waitSlip(wait, this.whole || now - lastWait < fresh_ms);
      }
    }
    if (held.length === 0) return nothing;
    const together = held.filter(({ at_ms }) => at_ms === lastHeld);
    return now - lastHeld < fresh_ms ? this.heldSlip(together, now) : this.slimSlip(held, now);
  }

  private heldSlip(claims: Claim[], now: number): TemplateResult {
    const until = deadline(claims);
    const names = claims.map(({ item, variant }) => {
      const one = itemOf(this.show, item);
      const kind = one === null ? null : variantOf(one, variant)?.title;
      return claims.length > 1
        ? (one?.code ?? "")
        : [one?.code, one?.title, kind].filter(Boolean).join(" ");
    });
    const sum = money(worth(claims), this.show.currency);
    return this.slip(
      html`<span class="stamp">${icon("check", 24)}</span>`,
      html`<h2>${m.heldForYou(pieces(claims))}</h2>
        <p class="t-13 quiet">${m.namesAndSum(names.join(m.comma), sum)}</p>
        ${this.untilLine(until, now)}`,
      this.checkout(),
    );
  }

  private slimSlip(claims: Claim[], now: number): TemplateResult {
    const until = deadline(claims);
    return this.slip(
      html`<span class="stamp">${icon("check", 18)}</span>`,
      html`<p class="t-14 one-line">
          <b class="strong">${m.youHave(pieces(claims))}</b>
          <span class="quiet">${money(worth(claims), this.show.currency)}</span>
        </p>
        ${
          until === null
            ? nothing
            : html`<p class="t-12 quiet until one">
                <span>${m.payBefore(clock(until))}</span
                ><span>${m.timeLeft(left(until - now))}</span>
              </p>`
        }`,
      this.checkout(),
      "slim",
    );
  }

  private waitSlip(wait: Wait, whole: boolean): TemplateResult {
    const item = itemOf(this.show, wait.item);
    const name = [item?.code, item?.title].filter(Boolean).join(" ");
    const stub = html`<span class="stamp in-line"><b>${wait.place}</b></span>`;
    const acts = html`<button class="hit" @click=${() => this.tell("leave", wait)}>
      ${m.leaveLine}
    </button>`;
    if (!whole) {
      return this.slip(
        stub,
        html`<p class="t-14 one-line"><b class="strong">${m.placeInLine(wait.place)}</b></p>
          <p class="t-12 quiet one-line">${name}</p>`,
        html`<span class="row t-13 acts">${acts}</span>`,
        "slim",
      );
    }
    return this.slip(
      stub,
      html`<h2>${m.youArePlace(wait.place)}</h2>
        <p class="t-13 quiet">${m.howTheLineMoves}</p>
        <p class="row t-13 acts">
          <button class="hit" @click=${() => this.tell("more", wait)}>
            ${m.waitForMore(wait.quantity + 1)}</button
          >${acts}
        </p>`,
      nothing,
    );
  }

  private untilLine(until: number | null, now: number): unknown {
    if (until === null) return nothing;
    const [before, after] = m.payBeforeParts;
    return html`<p class="t-13 until">
      <span>${before}<b class="strong">${clock(until)}</b>${after}</span
      ><span class="faint">${m.timeLeft(left(until - now))}</span>
    </p>`;
  }

  private checkout(): TemplateResult {
    return html`<button class="btn btn-ink" @click=${() => this.tell("checkout")}>
      ${m.checkout}
    </button>`;
  }

  private slip(stub: unknown, words: unknown, act: unknown, look = ""): TemplateResult {
    return html`<div class="lift">
      <section class="slip promise ${look}" role="group" aria-label=${m.yourSlip}>
        <span class="stub">${stub}</span>
        <div class="grow col">${words}</div>
        ${act}
      </section>
    </div>`;
  }

  private tell(what: string, detail?: Wait): void {
    this.dispatchEvent(new CustomEvent(what, { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-promise": PromiseSlip;
  }
}
