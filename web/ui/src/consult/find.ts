import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { PlusoneElement } from "../design/element";
import { Finding } from "../design/finding";
import { icon } from "../design/icons";
import { parts, thumb } from "../design/parts";
import { v } from "../i18n/consult";
import { money } from "../i18n/format";
import { m } from "../i18n/index";
import { session } from "../session/session";
import type { Product } from "../wire/types";

const longest_query = 100;

/** She looks for a product and shows it: "this one, please". Tells `show` with its id. */
@customElement("plusone-call-find")
export class CallFind extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      ul {
        min-block-size: 300px;
        padding-block-start: var(--s-2);
      }
      li {
        display: flex;
        align-items: center;
        gap: var(--s-3);
        min-block-size: 64px;
        padding-block: 6px;
        border-block-end: 1px solid var(--line);
      }
      li:last-child {
        border: 0;
      }
      .btn {
        min-block-size: 40px;
      }
      .empty {
        min-block-size: 300px;
        display: grid;
        place-content: center;
        justify-items: center;
        gap: var(--s-3);
        text-align: center;
      }
    `,
  ];

  /** What is shown now. */
  @property() shown = "";
  /** What was shown before. */
  @property({ attribute: false }) seen: readonly string[] = [];
  private readonly finding = new Finding(this);

  override render(): TemplateResult {
    return html`<label class="field"
        >${icon("search", 18)}<input
          type="search"
          aria-label=${v.find}
          placeholder=${v.findHint}
          maxlength=${longest_query}
          autocomplete="off"
          @input=${this.finding.type}
      /></label>
      ${this.finding.results(v.noneFound, this.list, "btn-line")}`;
  }

  private readonly list = (products: readonly Product[]): TemplateResult =>
    html`<ul>
      ${repeat(
        this.inOrder(products),
        ({ id }) => id,
        (one) => this.row(one),
      )}
    </ul>`;

  /** Where nothing is looked for, what was shown before comes first. */
  private inOrder(products: readonly Product[]): readonly Product[] {
    if (this.finding.words !== "") return products;
    const first = products.filter(({ id }) => this.seen.includes(id));
    return [...first, ...products.filter(({ id }) => !this.seen.includes(id))];
  }

  private row({ id, title, pictures, variants }: Product): TemplateResult {
    const [one] = variants;
    const shown = id === this.shown;
    return html`<li>
      ${thumb(pictures[0] ?? null, 48)}
      <div class="grow">
        <p class="name t-14 one-line">${title}</p>
        <p class="t-13 quiet">
          ${one === undefined ? nothing : money(one.price, session?.shop.currency ?? "TWD")}
        </p>
      </div>
      <button
        class="btn btn-s ${shown ? "held" : "btn-line"}"
        ?disabled=${shown}
        aria-label=${shown ? v.showing : `${v.showThis}${m.comma}${title}`}
        @click=${() => this.dispatchEvent(new CustomEvent<string>("show", { detail: id }))}
      >
        ${shown ? v.showing : v.showThis}
      </button>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-call-find": CallFind;
  }
}
