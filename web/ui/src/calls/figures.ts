import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property } from "lit/decorators.js";

import look from "../desk/figures.css?inline";
import { duration, score } from "../desk/figures-words";
import { PlusoneElement } from "../design/element";
import { parts } from "../design/parts";
import { k } from "../i18n/calls";
import { count, money } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { r, repsWords } from "../i18n/reps";
import { Asking } from "../wire/asking";
import type { CallFigures, CallFiguresOf } from "./wire";

/** How calls go, within the sheet of figures: her own; for operators, everybody's. */
@customElement("plusone-call-figures")
export class CallFiguresPart extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @property({ type: Number }) days = 7;
  private readonly asking = new Asking<CallFigures>(this);
  private askedFor = 0;

  protected override async scheduleUpdate(): Promise<void> {
    await repsWords;
    await super.scheduleUpdate();
  }

  override willUpdate(): void {
    if (this.days === this.askedFor) return;
    this.askedFor = this.days;
    void this.load();
  }

  private load(): Promise<void> {
    return this.asking.ask(`/api/staff/consult/figures?days=${this.days}`);
  }

  override render(): TemplateResult {
    return html`<section>
      <h3>${k.figures}</h3>
      ${this.content()}
    </section>`;
  }

  private content(): TemplateResult {
    const { answer: figures, problem } = this.asking;
    if (problem !== null) {
      return html`<div class="middle" role="alert">
        <p>${problemWords(problem)}</p>
        <button class="btn btn-s btn-line" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (figures === null) return html`<p class="quiet" role="status">${m.loading}</p>`;
    const leads = figures.reps.length > 0;
    const shown = leads ? figures.team : figures.mine;
    if (shown.calls === 0 && shown.missed === 0 && figures.lost === 0) {
      return html`<p class="quiet">${k.noCalls}</p>`;
    }
    return html`${this.sums(shown, figures)} ${leads ? this.byRep(figures) : nothing}`;
  }

  private sums(of: CallFiguresOf, { lost, team }: CallFigures): TemplateResult {
    const beside = (words: string): unknown =>
      of === team ? nothing : html`<dd class="t-12 quiet">${r.team(words)}</dd>`;
    return html`<dl class="sums">
      <div>
        <dt>${k.count}</dt>
        <dd class="figure">${count(of.calls)}</dd>
        <dd class="t-12 quiet">${k.missed} ${count(of === team ? lost : of.missed)}</dd>
      </div>
      <div>
        <dt>${k.wait}</dt>
        <dd class="figure">${duration(of.wait_p50_ms)}</dd>
        ${
          of.wait_p90_ms === null
            ? nothing
            : html`<dd class="t-12 quiet">${k.within(duration(of.wait_p90_ms))}</dd>`
        }
        ${beside(duration(team.wait_p50_ms))}
      </div>
      <div>
        <dt>${k.length}</dt>
        <dd class="figure">${duration(of.length_p50_ms)}</dd>
        ${beside(duration(team.length_p50_ms))}
      </div>
      <div>
        <dt>${r.score}</dt>
        <dd class="figure">${score(of.rated.mean)}</dd>
        <dd class="t-12 quiet">${r.raters(of.rated.count)}</dd>
      </div>
      <div>
        <dt>${k.converted}</dt>
        <dd class="figure">${share(of)}</dd>
        <dd class="t-12 quiet">${k.convertedWords(of.ordered, of.calls)}</dd>
      </div>
      <div>
        <dt>${k.sold}</dt>
        <dd class="figure">${sold(of)}</dd>
      </div>
    </dl>`;
  }

  private byRep({ reps }: CallFigures): TemplateResult {
    const sorted = [...reps].sort((a, b) => b.calls - a.calls);
    return html`<div class="wide" tabindex="0" role="region" aria-label="${k.figures} ${r.byRep}">
      <table>
        <thead>
          <tr>
            <th scope="col">${r.name}</th>
            <th scope="col">${k.count}</th>
            <th scope="col">${k.missed}</th>
            <th scope="col">${k.wait}</th>
            <th scope="col">${k.length}</th>
            <th scope="col">${r.score}</th>
            <th scope="col">${k.converted}</th>
            <th scope="col">${k.sold}</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.map(
            (one) =>
              html`<tr>
                <th scope="row">${one.name ?? r.none}</th>
                <td>${count(one.calls)}</td>
                <td>${count(one.missed)}</td>
                <td>${duration(one.wait_p50_ms)}</td>
                <td>${duration(one.length_p50_ms)}</td>
                <td>${score(one.rated.mean)}</td>
                <td>${share(one)}</td>
                <td>${sold(one)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

function share({ converted }: CallFiguresOf): string {
  return converted === null ? r.none : `${Math.round(converted)}%`;
}

function sold({ totals }: CallFiguresOf): string {
  const all = Object.entries(totals).map(([currency, minor]) => money(minor, currency));
  return all.length === 0 ? r.none : all.join("＋");
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-call-figures": CallFiguresPart;
  }
}
