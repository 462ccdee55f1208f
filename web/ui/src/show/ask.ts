import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, tag, thumb } from "../design/parts";
import { money } from "../i18n/format";
import { m } from "../i18n/index";
import { session } from "../session/session";
import type { Loyalty } from "../wire/loyalty";
import type { Item, Refusal, Show } from "../wire/types";
import { itemOf, left, type Told, variantOf } from "./reading";
import { missingWords, refusalWords, rejectionWords } from "./reasons";

/** What she may have meant: an item, a variant where that is the question, and how many. */
export interface Choice {
  item: string;
  variant: string | null;
  quantity: number;
}

/**
 * What she alone is told of her comment, with what she may have meant as buttons; or, for an item
 * with variants, the question which one. Tells `choose` (a Choice), `dismiss`, and `sign-in` (the
 * Choices that are hers once her e-mail address is known).
 */
@customElement("plusone-ask")
export class Ask extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      .ask {
        background: var(--raised);
        color: var(--ink);
        border-radius: 20px;
        padding: var(--s-3);
        animation: rise var(--m-sheet) var(--ease-out);
      }
      :host([panel]) .ask {
        box-shadow:
          var(--shadow-lift),
          inset 0 0 0 1px var(--line-2);
      }
      @keyframes rise {
        from {
          transform: translateY(24px);
          opacity: 0;
        }
      }
      header {
        padding: 0 0 0 var(--s-1);
        align-items: flex-start;
      }
      header:has(+ ul),
      header:has(+ .btn) {
        padding-block-end: var(--s-2);
      }
      h2 {
        font-size: var(--t-16);
        line-height: 1.5rem;
      }
      header .tool {
        margin: -8px -8px -8px 0;
      }
      ul {
        display: grid;
        gap: var(--s-2);
        max-block-size: min(300px, 38dvh);
        overflow: auto;
        margin: -3px;
        padding: 3px;
      }
      .pick {
        display: flex;
        align-items: center;
        gap: var(--s-3);
        inline-size: 100%;
        min-block-size: 64px;
        padding: var(--s-2) var(--s-3) var(--s-2) var(--s-2);
        border-radius: 14px;
        box-shadow: inset 0 0 0 1px var(--edge);
        text-align: start;
        background: var(--raised);
      }
      .pick .row {
        gap: 6px;
      }
      .pick:disabled {
        opacity: 0.55;
        cursor: not-allowed;
      }
    `,
  ];

  @property({ attribute: false }) show!: Show;
  /** What she is told; or `which`, the item whose variant is asked for. */
  @property({ attribute: false }) told: Told | null = null;
  @property({ attribute: false }) which: Item | null = null;
  @property({ attribute: false }) standing: Loyalty | null = null;
  @property({ type: Boolean, reflect: true }) panel = false;

  override render(): unknown {
    if (this.which !== null) {
      const { id, code, variants } = this.which;
      return this.card(
        m.whichVariant(code),
        this.which.title,
        variants.map(({ key }) => ({ item: id, variant: key, quantity: 1 })),
      );
    }
    const { told } = this;
    if (told === null) return nothing;
    if (told.kind === "refused") {
      const [first, ...more] = told.what.map((one) => refusalWords(one, this.show));
      const tier = told.what.find((one) => one.tier !== null)?.tier ?? null;
      if (tier !== null) more.push(missingWords(this.standing, tier));
      const words = more.filter(Boolean).join(m.comma);
      return this.card(first ?? "", words, [], this.ways(told.what, tier));
    }
    const { rejections, typed, quiet } = told.what;
    const [first] = rejections;
    if (first === undefined) {
      const item = itemOf(this.show, quiet);
      if (item === null) return nothing;
      const choices = item.variants.map(({ key }) => ({
        item: item.id,
        variant: key,
        quantity: 1,
      }));
      return this.card(m.orderThis(item.code), m.onlyYouSee, choices);
    }
    return this.card(
      rejectionWords(first, typed?.split("\n")[0] ?? "", this.show),
      m.onlyYouSee,
      rejections.flatMap(({ nearest, quantity }) =>
        nearest.map(({ item, variant }) => ({ item, variant, quantity: quantity ?? 1 })),
      ),
    );
  }

  /** By which way she may have it after all. */
  private ways(refusals: readonly Refusal[], tier: string | null): unknown {
    if (tier === null) return this.signIn(refusals, "contact_needed", m.signInAndOrder);
    if (session?.person.kind !== "customer") {
      return this.signIn(refusals, "not_allowed", m.signInForTier);
    }
    return html`<a class="btn btn-line btn-wide" href="/account">${m.toAccount}</a>`;
  }

  private signIn(refusals: readonly Refusal[], why: string, words: string): unknown {
    const detail = refusals.flatMap(({ reason, item, variant, quantity }) =>
      reason === why && item !== null ? [{ item, variant, quantity: quantity ?? 1 }] : [],
    );
    if (detail.length === 0) return nothing;
    return html`<button
      class="btn btn-ink btn-wide"
      @click=${() => this.dispatchEvent(new CustomEvent<Choice[]>("sign-in", { detail }))}
    >
      ${words}
    </button>`;
  }

  private card(
    heading: string,
    words: string,
    choices: Choice[],
    act: unknown = nothing,
  ): TemplateResult {
    return html`<section class="ask" role="group" aria-label=${heading}>
      <header class="row">
        <div class="grow" role="status">
          <h2>${heading}</h2>
          ${words === "" ? nothing : html`<p class="t-12 faint">${words}</p>`}
        </div>
        <button
          class="tool"
          aria-label=${choices.length > 0 ? m.noneOfThese : m.close}
          @click=${() => this.dispatchEvent(new Event("dismiss"))}
        >
          ${icon("close", 20)}
        </button>
      </header>
      ${
        choices.length === 0
          ? nothing
          : html`<ul>
              ${choices.map((choice) => this.pick(choice))}
            </ul>`
      }
      ${act}
    </section>`;
  }

  private pick(choice: Choice): unknown {
    const item = itemOf(this.show, choice.item);
    if (item === null) return nothing;
    const variant = choice.variant === null ? null : variantOf(item, choice.variant);
    const free = variant === null ? left(item) : variant.left;
    const facts = [
      m.piecesFor(choice.quantity, money(item.price * choice.quantity, this.show.currency)),
    ];
    if (free > 0) facts.push(m.left(free));
    else if (item.waiting_list) facts.push(m.willWait);
    else facts.push(m.soldOut);
    const name = [item.title, variant?.title].filter(Boolean).join(" ");
    return html`<li>
      <button
        class="pick"
        ?disabled=${free === 0 && !item.waiting_list}
        @click=${() => this.dispatchEvent(new CustomEvent<Choice>("choose", { detail: choice }))}
      >
        ${thumb(item.picture, 48)}
        <span class="grow col"
          ><span class="row name t-14">${tag(item.code)}<span class="one-line">${name}</span></span
          ><span class="t-13 quiet">${facts.join(m.comma)}</span></span
        >
        <span class="mini-seal ${free > 0 ? "" : "mini-wait"}"
          >${free > 0 ? `+${choice.quantity}` : m.wait}</span
        >
      </button>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-ask": Ask;
  }
}
