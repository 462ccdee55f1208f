import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { Finding } from "../design/finding";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts, thumb } from "../design/parts";
import { y } from "../i18n/loyalty-staff";
import type { Product, ShowCard } from "../wire/types";
import look from "./form.css?inline";
import { most, type Special } from "./rules";

type Kind = "products" | "shows";

/** Products and shows that earn otherwise. Tells `change` with the list that changed. */
@customElement("plusone-loyalty-special")
export class LoyaltySpecial extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @property({ attribute: false }) products: readonly Special[] = [];
  @property({ attribute: false }) shows: readonly Special[] = [];
  /** The shop's shows, to be named and chosen. */
  @property({ attribute: false }) known: readonly ShowCard[] = [];
  @property({ attribute: false }) wrong: (path: string) => string = () => "";
  @property({ type: Boolean }) fixed = false;

  @state() private choosing: Kind | null = null;
  /** What is looked for among the shows. */
  @state() private words = "";

  private readonly finding = new Finding(this, "/api/staff/products");
  /** Products seen so far, by id: what was searched for once keeps its name. */
  private readonly goods = new Map<string, Product>();

  protected override willUpdate(): void {
    for (const one of this.finding.products ?? []) this.goods.set(one.id, one);
  }

  override render(): TemplateResult {
    return html`${this.list("products", y.specialProducts, y.addProduct)}
    ${this.list("shows", y.specialShows, y.addShow)}
    ${this.choosing === null ? nothing : this.sheet(this.choosing)}`;
  }

  private list(kind: Kind, heading: string, add: string): TemplateResult | typeof nothing {
    const rows = this[kind];
    if (this.fixed && rows.length === 0) return nothing;
    return html`<section class="special" aria-label=${heading}>
      <h3 class="row">
        ${heading}${
          this.fixed || rows.length >= most.special
            ? nothing
            : html`<button
                type="button"
                class="btn btn-s btn-line end"
                @click=${() => this.choose(kind)}
              >
                ${icon("plus", 16)}${add}
              </button>`
        }
      </h3>
      ${
        rows.length === 0
          ? nothing
          : html`<ul>
              ${repeat(
                rows,
                ({ id }) => id,
                (row) => html`<li>${this.row(kind, row)}</li>`,
              )}
            </ul>`
      }
    </section>`;
  }

  private row(kind: Kind, { id, percent }: Special): TemplateResult {
    const title = this.titleOf(kind, id);
    const wrong = this.wrong(`${kind}.${id}`);
    return html`<div class="row">
        <span class="grow one-line name t-14">${title}</span
        ><span class="field pct"
          ><input
            name="${kind}.${id}"
            inputmode="numeric"
            maxlength="6"
            autocomplete="off"
            aria-label=${y.multiplierOf(title)}
            aria-invalid=${wrong !== ""}
            ?readonly=${this.fixed}
            .value=${live(percent)}
            @input=${(event: Event) =>
              this.put(
                kind,
                this[kind].map((one) =>
                  one.id === id ? { id, percent: (event.target as HTMLInputElement).value } : one,
                ),
              )}
          /><span class="quiet unit">%</span></span
        >${
          this.fixed
            ? nothing
            : html`<button
                type="button"
                class="tool"
                aria-label=${y.removeSpecial(title)}
                title=${y.removeSpecial(title)}
                @click=${() =>
                  this.put(
                    kind,
                    this[kind].filter((one) => one.id !== id),
                  )}
              >
                ${icon("trash", 20)}
              </button>`
        }
      </div>
      ${wrong === "" ? nothing : html`<p class="wrong">${icon("warn", 18)}${wrong}</p>`}`;
  }

  private titleOf(kind: Kind, id: string): string {
    const found = kind === "shows" ? this.known.find((one) => one.id === id) : this.goods.get(id);
    return found?.title ?? id;
  }

  private sheet(kind: Kind): TemplateResult {
    return html`<plusone-sheet
      heading=${kind === "shows" ? y.addShow : y.addProduct}
      @close=${() => (this.choosing = null)}
    >
      <div class="pick-list">
        <label class="field"
          >${icon("search", 18)}<input
            type="search"
            aria-label=${y.search}
            placeholder=${y.search}
            autofocus
            @input=${
              kind === "products"
                ? this.finding.type
                : (event: Event) => (this.words = (event.target as HTMLInputElement).value)
            }
        /></label>
        ${
          kind === "products"
            ? this.finding.results(y.nothingFound, (found) => this.choice(kind, found))
            : this.choice(kind, this.showsFound())
        }
      </div>
    </plusone-sheet>`;
  }

  private showsFound(): readonly ShowCard[] {
    const words = this.words.trim().toLowerCase();
    return this.known.filter(({ title }) => title.toLowerCase().includes(words));
  }

  private choice(kind: Kind, found: readonly { id: string; title: string }[]): TemplateResult {
    const taken = new Set(this[kind].map(({ id }) => id));
    const free = found.filter(({ id }) => !taken.has(id));
    if (free.length === 0) return html`<p class="none" role="status">${y.nothingFound}</p>`;
    return html`<ul>
      ${free.map(
        ({ id, title }) =>
          html`<li>
            <button type="button" class="pick" @click=${() => this.add(kind, id)}>
              ${
                kind === "products" ? thumb(this.goods.get(id)?.pictures[0] ?? null, 40) : nothing
              }<span class="grow one-line name t-14">${title}</span>${icon("plus", 18)}
            </button>
          </li>`,
      )}
    </ul>`;
  }

  private add(kind: Kind, id: string): void {
    this.choosing = null;
    this.put(kind, [...this[kind], { id, percent: "200" }]);
    void this.reach(`[name="${CSS.escape(`${kind}.${id}`)}"]`);
  }

  private choose(kind: Kind): void {
    this.words = "";
    this.choosing = kind;
    if (kind === "products" && this.finding.words !== "") void this.finding.find("");
  }

  private put(kind: Kind, rows: readonly Special[]): void {
    this.dispatchEvent(new CustomEvent("change", { detail: { [kind]: rows } }));
  }

  private async reach(what: string): Promise<void> {
    // The list comes back from above, so it is drawn one turn later.
    await new Promise(requestAnimationFrame);
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>(what)?.select();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-loyalty-special": LoyaltySpecial;
  }
}
