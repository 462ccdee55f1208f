import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { fullDay, fullMoment } from "../i18n/format";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import { problemWords } from "../i18n/problems";
import { ask } from "../wire/http";
import type { History, Posting } from "../wire/loyalty";
import look from "./section.css?inline";
import { postingFacts, postingWords, signed } from "./words";

/** What became of her points, the newest first, a page at a time. */
@customElement("plusone-points-history")
export class PointsHistory extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  /** Changes when something may have come to it. */
  @property() stand = "";
  @state() private rows: readonly Posting[] | null = null;
  @state() private problem: unknown = null;
  private next: string | null = null;
  private asked = 0;

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("stand")) void this.load();
  }

  /** The newest page, or the one `before` what is shown. */
  private async load(before: string | null = null): Promise<void> {
    const mine = (this.asked += 1);
    this.problem = null;
    try {
      const where = before === null ? "" : `?before=${encodeURIComponent(before)}`;
      const { rows, next } = await ask<History>("GET", `/api/loyalty/history${where}`);
      if (mine !== this.asked) return;
      this.rows = before === null ? rows : [...(this.rows ?? []), ...rows];
      this.next = next;
    } catch (problem) {
      if (mine === this.asked) this.problem = problem;
    }
  }

  override render(): TemplateResult {
    return html`<section class="sect" aria-label=${l.history}>
      <h2>${l.history}</h2>
      ${this.content()}
      ${
        this.problem === null
          ? nothing
          : html`<div class="again" role="alert">
              <p class="blank">${problemWords(this.problem)}</p>
              <button class="btn btn-s btn-line hit" @click=${() => void this.load()}>
                ${m.retry}
              </button>
            </div>`
      }
    </section>`;
  }

  private content(): unknown {
    const { rows } = this;
    if (rows === null) {
      return this.problem === null
        ? html`<p class="blank" role="status">${m.loading}</p>`
        : nothing;
    }
    if (rows.length === 0) return html`<p class="blank">${l.noHistory}</p>`;
    return html`<ul class="rows">
        ${repeat(
          rows,
          ({ id }) => id,
          (row) => this.row(row),
        )}
      </ul>
      ${
        this.next === null
          ? nothing
          : html`<button class="btn btn-line" @click=${() => void this.load(this.next)}>
              ${l.more}
            </button>`
      }`;
  }

  private row(row: Posting): TemplateResult {
    const facts = postingFacts(row);
    return html`<li>
      <div class="grow">
        <p class="name t-14">${postingWords(row)}</p>
        <p class="t-13 quiet one-line">
          ${
            row.order === null
              ? facts
              : html`<a class="in" href="/orders/${encodeURIComponent(row.order.id)}">${facts}</a>`
          }
        </p>
        <p class="t-12 faint">
          <time datetime=${new Date(row.at).toISOString()}>${fullMoment(row.at)}</time>
        </p>
      </div>
      <div class="col fate">
        <span class="amount ${row.points > 0 ? "plus" : ""}">${signed(row.points)}</span>
        ${
          row.due_at === null
            ? nothing
            : html`<span class="badge b-wait"
                >${icon("clock", 16)}${l.dueAt(fullDay(row.due_at))}</span
              >`
        }
      </div>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-points-history": PointsHistory;
  }
}
