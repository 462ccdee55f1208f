import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../calls/figures";
import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { parts } from "../design/parts";
import { vars } from "../design/vars";
import { d } from "../i18n/desk";
import { count } from "../i18n/format";
import { locale, m } from "../i18n/index";
import { locales } from "../i18n/locales";
import { problemWords } from "../i18n/problems";
import { r, repsWords } from "../i18n/reps";
import { Asking } from "../wire/asking";
import look from "./figures.css?inline";
import {
  type DayOf,
  type Figures,
  type FiguresOf,
  heights,
  type Measure,
  valueOf,
} from "./figures-shape";
import { duration, score } from "./figures-words";

const spans = [7, 30, 90] as const;
const measures: readonly Measure[] = ["rounds", "first", "score"];

/** How well customers are answered: her own figures; for operators, everybody's. Tells `close`. */
@customElement("plusone-figures-sheet")
export class FiguresSheet extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property() own = "";
  @state() private days: (typeof spans)[number] = 7;
  @state() private measure: Measure = "rounds";
  private readonly asking = new Asking<Figures>(this);

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override async scheduleUpdate(): Promise<void> {
    await repsWords;
    await super.scheduleUpdate();
  }

  private load(): Promise<void> {
    return this.asking.ask(`/api/staff/figures?days=${this.days}`);
  }

  override render(): TemplateResult {
    return html`<plusone-sheet
      heading=${d.figures}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <div class="all">
        ${chips(r.span, "span", spans, this.days, r.lastDays, (days) => {
          this.days = days;
          void this.load();
        })}
        ${this.content()}
        <plusone-call-figures .days=${this.days}></plusone-call-figures>
      </div>
    </plusone-sheet>`;
  }

  private content(): TemplateResult {
    const { answer: figures, problem } = this.asking;
    if (problem !== null) {
      return html`<div class="middle" role="alert">
        <p>${problemWords(problem)}</p>
        <button class="btn btn-s btn-line" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (figures === null) return html`<p class="middle" role="status">${m.loading}</p>`;
    const shown = "rounds" in figures.team ? figures.team : figures.mine;
    return html`${this.sums(shown, figures)}
      ${shown.rounds === 0 ? html`<p class="quiet">${r.nothing}</p>` : this.byDay(figures.by_day)}
      ${figures.reps.length === 0 ? nothing : this.byRep(figures.reps)}
      <p class="t-12 quiet">
        ${figures.always ? r.countsAll : r.countsOpen}${figures.whole ? nothing : ` ${r.notWhole}`}
      </p>`;
  }

  /** Four figures; for a rep, beside hers what all together come to. */
  private sums(shown: FiguresOf, { team }: Figures): TemplateResult {
    const all = "rounds" in team ? null : team;
    const beside = (words: string): unknown =>
      all === null ? nothing : html`<dd class="t-12 quiet">${r.team(words)}</dd>`;
    const { first, resolution, scores } = shown;
    return html`<dl class="sums">
      <div>
        <dt>${r.first}</dt>
        <dd class="figure">${duration(first.median_ms)}</dd>
        ${
          first.p90_ms === null
            ? nothing
            : html`<dd class="t-12 quiet">${r.within(duration(first.p90_ms))}</dd>`
        }
        ${beside(duration(all?.first.median_ms ?? null))}
      </div>
      <div>
        <dt>${r.resolution}</dt>
        <dd class="figure">${duration(resolution.median_ms)}</dd>
        ${beside(duration(all?.resolution.median_ms ?? null))}
      </div>
      <div>
        <dt>${r.score}</dt>
        <dd class="figure">${score(scores.mean)}</dd>
        <dd class="t-12 quiet">${r.raters(scores.count)}</dd>
        ${beside(score(all?.scores.mean ?? null))}
      </div>
      <div>
        <dt>${r.rounds}</dt>
        <dd class="figure">${count(shown.rounds)}</dd>
        <dd class="t-12 quiet">
          ${r.answered} ${count(shown.answered)}${m.comma}${r.resolved} ${count(shown.resolved)}
        </dd>
      </div>
    </dl>`;
  }

  private byDay(days: readonly DayOf[]): TemplateResult {
    const { measure } = this;
    const values = days.map((day) => valueOf(day, measure));
    const high = heights(values, measure);
    const words = { rounds: r.rounds, first: r.first, score: r.score };
    return html`<section>
      <h3>${r.byDay}</h3>
      ${chips(
        r.measure,
        "measure",
        measures,
        measure,
        (one) => words[one],
        (one) => {
          this.measure = one;
        },
      )}
      <div class="chart" aria-hidden="true">
        ${days.map(
          (day, index) =>
            html`<span title="${dayWords(day.date)} ${said(values[index] ?? null, measure)}"
              ><i ${vars({ "--share": `${high[index] ?? 0}%` })}></i
            ></span>`,
        )}
      </div>
      <p class="row t-12 quiet" aria-hidden="true">
        <span>${dayWords(days[0]?.date ?? "")}</span
        ><span class="end">${dayWords(days.at(-1)?.date ?? "")}</span>
      </p>
      <details>
        <summary>${r.table}</summary>
        <div class="wide" tabindex="0" role="region" aria-label=${r.byDay}>
          <table>
            <thead>
              <tr>
                <th scope="col">${r.day}</th>
                <th scope="col">${r.rounds}</th>
                <th scope="col">${r.answered}</th>
                <th scope="col">${r.resolved}</th>
                <th scope="col">${r.first}</th>
                <th scope="col">${r.score}</th>
              </tr>
            </thead>
            <tbody>
              ${[...days].reverse().map(
                (day) =>
                  html`<tr>
                    <th scope="row">${dayWords(day.date)}</th>
                    <td>${count(day.rounds)}</td>
                    <td>${count(day.answered)}</td>
                    <td>${count(day.resolved)}</td>
                    <td>${duration(day.first_ms)}</td>
                    <td>${score(day.score)}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </details>
    </section>`;
  }

  private byRep(reps: Figures["reps"]): TemplateResult {
    const sorted = [...reps].sort((a, b) => b.rounds - a.rounds);
    const high = heights(
      sorted.map(({ rounds }) => rounds),
      "rounds",
    );
    return html`<section>
      <h3>${r.byRep}</h3>
      <div class="wide" tabindex="0" role="region" aria-label=${r.byRep}>
        <table>
          <thead>
            <tr>
              <th scope="col">${r.name}</th>
              <th scope="col">${r.rounds}</th>
              <th scope="col">${r.first}</th>
              <th scope="col">${r.resolution}</th>
              <th scope="col">${r.score}</th>
            </tr>
          </thead>
          <tbody>
            ${sorted.map(
              (one, index) =>
                html`<tr>
                  <th scope="row">${one.name ?? r.none}</th>
                  <td>
                    <span class="bar"><i ${vars({ "--share": `${high[index] ?? 0}%` })}></i></span
                    >${count(one.rounds)}
                  </td>
                  <td>${duration(one.first.median_ms)}</td>
                  <td>${duration(one.resolution.median_ms)}</td>
                  <td>${score(one.scores.mean)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`;
  }
}

/** One of several, as radio buttons that look like chips. */
function chips<T extends string | number>(
  legend: string,
  name: string,
  all: readonly T[],
  chosen: T,
  words: (one: T) => string,
  choose: (one: T) => void,
): TemplateResult {
  return html`<fieldset>
    <legend class="said">${legend}</legend>
    ${all.map(
      (one) =>
        html`<label class="chip"
          ><input
            class="said"
            type="radio"
            name=${name}
            .checked=${one === chosen}
            @change=${() => choose(one)}
          />${words(one)}</label
        >`,
    )}
  </fieldset>`;
}

function said(value: number | null, measure: Measure): string {
  if (measure === "first") return duration(value);
  return measure === "score" ? score(value) : count(value ?? 0);
}

function dayWords(date: string): string {
  if (date === "") return "";
  const form = { month: "numeric", day: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(locales[locale].intl, form).format(Date.parse(`${date}T00:00Z`));
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-figures-sheet": FiguresSheet;
  }
}
