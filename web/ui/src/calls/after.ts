import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { until } from "lit/directives/until.js";

import type { Summary } from "../consult/wire";
import { productOf } from "../desk/products";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { k } from "../i18n/calls";
import { d } from "../i18n/desk";
import { moment, money } from "../i18n/format";
import { m } from "../i18n/index";
import look from "./after.css?inline";
import { goodsLine } from "./person";
import { side } from "./side-look";
import { lastedWords, pieces } from "./words";

/**
 * What a call came to, for whoever had it and for her colleagues. Tells `talk` where the
 * conversation is wanted, `invite` for another call, and `back`.
 */
@customElement("plusone-call-after")
export class CallAfter extends PlusoneElement {
  static override styles = [parts, side, unsafeCSS(look)];

  @property({ attribute: false }) summary!: Summary;
  /** The customer's conversation is known. */
  @property({ type: Boolean }) talks = false;
  /** Her notes stand beside, where she can still write them. */
  @property({ type: Boolean }) writes = false;
  /** The rep took her invitation back. */
  @property({ type: Boolean }) recalled = false;
  @state() private lines: TemplateResult[] = [];
  private products = "";

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("summary")) return;
    const { cards } = this.summary;
    if (cards.join() === this.products) return;
    this.products = cards.join();
    this.lines = cards.map((id) => {
      const line = productOf(id).then(
        (one) => goodsLine(one?.pictures[0] ?? null, one?.title ?? d.gone),
        () => goodsLine(null, d.productCard),
      );
      return html`<li>${until(line, goodsLine(null, m.loading))}</li>`;
    });
  }

  override render(): TemplateResult {
    const { name, cause, answered_at, ended_at, staff, text, phase } = this.summary;
    const talked = answered_at !== null && ended_at !== null;
    return html`<header>
        <h2 tabindex="-1">
          ${
            phase !== "ended" || cause === null
              ? k.othersCall(staff?.name ?? "")
              : this.recalled && cause === "unanswered"
                ? k.takenBack
                : k.ended[cause]
          }
        </h2>
        <p class="quiet t-14">
          ${[
            name ?? d.noName,
            talked ? k.lasted(lastedWords(answered_at, ended_at)) : null,
            moment(ended_at ?? this.summary.asked_at, Date.now()),
            staff?.name,
          ]
            .filter(Boolean)
            .join(m.comma)}
        </p>
      </header>
      ${
        text === null
          ? nothing
          : html`<section class="box">
              <h3>${k.herWords}</h3>
              <p class="said-by">${text}</p>
            </section>`
      }
      ${talked ? this.did() : nothing}
      <div class="ways">
        ${
          this.talks
            ? html`<button class="btn btn-ink" @click=${() => this.tell("talk")}>
                  ${icon("chat", 18)}${k.goOn}</button
                ><button class="btn btn-line" @click=${() => this.tell("invite")}>
                  ${icon("video", 18)}${k.inviteOf(name ?? d.noName)}
                </button>`
            : nothing
        }
        <button class="btn btn-line" @click=${() => this.tell("back")}>${k.toCalls}</button>
      </div>`;
  }

  private did(): TemplateResult {
    const { orders, changes, rated, notes } = this.summary;
    const done = changes.filter(({ state }) => state === "done" || state === "kept");
    return html`<section class="box">
        <h3>${k.orders}</h3>
        ${
          orders.length === 0
            ? html`<p class="quiet">${k.noOrder}</p>`
            : html`<ul class="plain">
                ${orders.map(
                  ({ number, total, currency }) =>
                    html`<li>
                      <a href="/staff/orders?q=${encodeURIComponent(number)}">${number}</a
                      ><b class="end">${money(total, currency)}</b>
                    </li>`,
                )}
              </ul>`
        }
      </section>
      ${
        this.lines.length === 0
          ? nothing
          : html`<section class="box">
              <h3>${k.shownGoods}</h3>
              <ul class="goods">
                ${this.lines}
              </ul>
            </section>`
      }
      <section class="box">
        <h3>${k.changed}</h3>
        ${
          done.length === 0
            ? html`<p class="quiet">${k.nothingChanged}</p>`
            : html`<ul class="plain">
                ${done.map(
                  (one) =>
                    html`<li>
                      <span class="grow"
                        >${
                          one.change.kind === "cart.remove"
                            ? k.taken(pieces(one))
                            : k.added(pieces(one))
                        }</span
                      ><span class="quiet"
                        >${one.by === "staff" ? (one.name ?? "") : k.tabs.customer}</span
                      >
                    </li>`,
                )}
              </ul>`
        }
      </section>
      ${
        rated === null
          ? nothing
          : html`<section class="box">
              <h3>${k.rated(rated.score)}</h3>
              ${rated.text === null ? nothing : html`<p class="said-by">${rated.text}</p>`}
            </section>`
      }
      ${
        this.writes || notes?.text == null || notes.text === ""
          ? nothing
          : html`<section class="box">
              <h3 class="row">${icon("lock", 16)}${k.notes}</h3>
              <p class="said-by">${notes.text}</p>
            </section>`
      }`;
  }

  private tell(type: "talk" | "invite" | "back"): void {
    this.dispatchEvent(new Event(type));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-call-after": CallAfter;
  }
}
