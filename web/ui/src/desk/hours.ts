import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { live } from "lit/directives/live.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { m } from "../i18n/index";
import { o, officeWords } from "../i18n/office";
import { problemWords } from "../i18n/problems";
import { session } from "../session/session";
import { may } from "../studio/acts";
import { ask, Problem } from "../wire/http";
import { ownZone, weekday, words, zones } from "./hours-words";
import look from "./hours.css?inline";
import {
  asForm,
  asSent,
  dateAt,
  type Fault,
  faultsOf,
  type Holiday,
  type Hours,
  inOrder,
  most,
  proposed,
  put,
  type Span,
  type SpecialDay,
} from "./opening";
import { Spans } from "./spans";

const looked_every_ms = 15_000;

/**
 * When the shop answers: its week, its holidays, its special days, and what they come to just now.
 * Operators change it, others look. Tells `changed` once it was saved, and `close`.
 */
@customElement("plusone-hours")
export class HoursSheet extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @state() private form: Hours | null = null;
  /** None were set yet: what is shown is a proposal. */
  @state() private unset = false;
  @state() private touched = false;
  /** Faults are shown from the first attempt on. */
  @state() private tried = false;
  /** What the service found wrong, by its names for the fields. */
  @state() private refused: ReadonlySet<string> = new Set();
  @state() private busy = false;
  @state() private problem = "";
  @state() private done = "";

  private faults: ReadonlyMap<string, Fault> = new Map();
  private looking: ReturnType<typeof setInterval> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.looking = setInterval(() => this.requestUpdate(), looked_every_ms);
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.looking !== null) clearInterval(this.looking);
  }

  protected override async scheduleUpdate(): Promise<void> {
    await officeWords;
    await super.scheduleUpdate();
  }

  /** Whose hours these are. */
  protected path = "/api/staff/hours";

  /** What is said of them, in the reader's language. */
  protected get texts(): { heading: string; unset: string; saved: string } {
    return { heading: o.openingHours, unset: o.notSetYet, saved: o.saved };
  }

  /** What they come to just now. */
  protected stand(form: Hours): string {
    return words(form);
  }

  private async load(): Promise<void> {
    this.problem = "";
    try {
      const found = await ask<Hours | null>("GET", this.path);
      this.unset = found === null;
      this.form = asForm(found ?? proposed(session?.shop.time_zone ?? ownZone()));
    } catch (problem) {
      this.problem = problemWords(problem);
    }
  }

  protected get fixed(): boolean {
    return !may(session, "operator");
  }

  override render(): TemplateResult {
    this.faults = this.form === null ? new Map() : faultsOf(this.form);
    return html`<plusone-sheet
      heading=${this.texts.heading}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      ${this.form === null ? this.waiting() : this.all(this.form)}
      ${this.form === null || this.fixed ? nothing : this.foot()}
    </plusone-sheet>`;
  }

  private waiting(): TemplateResult {
    if (this.problem === "") return html`<p class="quiet">${m.loading}</p>`;
    return html`<p class="wrong" role="alert">${this.problem}</p>
      <button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>`;
  }

  private all(form: Hours): TemplateResult {
    if (this.unset && this.fixed) return html`<p class="quiet">${o.noneSet} ${o.onlyOperators}</p>`;
    return html`<form id="hours" novalidate @submit=${this.save}>
      ${this.stands(form)}
      ${this.unset ? html`<p class="t-14 quiet">${this.texts.unset}</p>` : nothing}
      ${this.fixed ? html`<p class="t-14 quiet">${o.onlyOperators}</p>` : nothing}
      ${this.week(form)} ${this.zone(form)} ${this.holidays(form)} ${this.specials(form)}
    </form>`;
  }

  private stands(form: Hours): TemplateResult {
    const unsaved = this.touched || this.unset;
    return html`<p class="stands">
      <span role="status">${this.faults.size > 0 ? o.notRightYet : this.stand(form)}</span>${
        unsaved ? html`<span class="badge b-wait">${o.notSavedYet}</span>` : nothing
      }
    </p>`;
  }

  private foot(): TemplateResult {
    return html`<div slot="foot" class="foot">
      ${
        this.problem === ""
          ? nothing
          : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.problem}</p>`
      }
      <p class="t-13 quiet" role="status">${this.done}</p>
      <button class="btn btn-ink btn-wide" form="hours" ?disabled=${this.busy}>${o.save}</button>
    </div>`;
  }

  // The week

  private week(form: Hours): TemplateResult {
    return html`<section>
      <h3>${o.week}</h3>
      <ul class="lines">
        ${form.week.map((spans, n) => this.day(spans, n))}
      </ul>
      <p class="t-13 quiet">${o.weekWords}</p>
    </section>`;
  }

  private day(spans: Span[], n: number): TemplateResult {
    const name = weekday(n);
    return html`<li>
      <div class="row day">
        <span class="name">${name}</span>${
          spans.length === 0 ? html`<span class="quiet">${o.rest}</span>` : nothing
        }${
          this.fixed
            ? nothing
            : html`<button
                type="button"
                class="btn btn-s end"
                aria-label=${o.copyAllFrom(name)}
                @click=${() => this.copy(n)}
              >
                ${icon("copy", 16)}${o.copyToAll}
              </button>`
        }
      </div>
      ${this.spans(name, `week.${n}`, spans, (now, form) => ({
        ...form,
        week: put(form.week, n, now),
      }))}
    </li>`;
  }

  private copy(n: number): void {
    const { form } = this;
    const spans = form?.week[n];
    if (form === null || spans === undefined) return;
    this.become({ ...form, week: form.week.map(() => spans) });
    this.done = o.copied(weekday(n));
  }

  private spans(
    of: string,
    field: string,
    spans: Span[],
    set: (now: Span[], form: Hours) => Hours,
  ): TemplateResult {
    const wrong = new Map<number, string>();
    spans.forEach((_, n) => {
      const said = this.wrong(`${field}.${n}`);
      if (said !== "") wrong.set(n, said);
    });
    return html`<plusone-spans
      of=${of}
      .spans=${spans}
      .wrong=${wrong}
      ?fixed=${this.fixed}
      @set=${({ detail }: CustomEvent<Span[]>) => {
        if (this.form !== null) this.become(set(detail, this.form));
      }}
    ></plusone-spans>`;
  }

  private zone(form: Hours): TemplateResult {
    const { time_zone } = form;
    const said = this.wrong("time_zone");
    return html`<label class="ask-for"
      ><span class="label">${o.timeZone}</span
      ><span class="field"
        ><select
          aria-invalid=${said !== ""}
          ?disabled=${this.fixed}
          @change=${({ target }: Event) =>
            this.become({ ...form, time_zone: (target as HTMLSelectElement).value })}
        >
          ${guard([time_zone], () =>
            zones(time_zone).map(
              (one) =>
                html`<option value=${one} ?selected=${one === time_zone}>
                  ${one.replaceAll("_", " ")}
                </option>`,
            ),
          )}
        </select></span
      >${this.said(said)}</label
    >`;
  }

  // Holidays and special days

  private holidays(form: Hours): TemplateResult {
    const { closed } = form;
    const add = (): void => {
      const date = dateAt(form.time_zone, Date.now());
      this.become({ ...form, closed: [...closed, { from: date, to: date, name: "" }] });
      void this.reach("holidays");
    };
    return html`<section id="holidays">
      <h3>${o.holidays}</h3>
      <p class="t-13 quiet">${o.holidaysWords}</p>
      ${
        closed.length === 0
          ? nothing
          : html`<ul class="lines">
              ${closed.map((one, n) => this.holiday(form, one, n))}
            </ul>`
      }
      ${this.addButton(o.addHoliday, closed.length, add)}
    </section>`;
  }

  private holiday(form: Hours, { from, to, name }: Holiday, n: number): TemplateResult {
    const set = (news: Partial<Holiday>): void =>
      this.become({ ...form, closed: put(form.closed, n, { from, to, name, ...news }) });
    // A holiday that is moved is moved whole, as long as nobody said how long it is.
    const begin = (date: string): void =>
      set(to === from ? { from: date, to: date } : { from: date });
    return html`<li>
      <div class="row">
        <span class="t-13 quiet">${o.holidayN(n + 1)}</span>${this.removeButton(
          o.removeHoliday(n + 1),
          () => this.become({ ...form, closed: form.closed.filter((_, other) => other !== n) }),
          "holidays",
        )}
      </div>
      <div class="holiday">
        ${this.field(o.from, `closed.${n}.from`, from, begin)}
        ${this.field(o.to, `closed.${n}.to`, to, (date) => set({ to: date }))}
        ${this.field(o.holidayName, `closed.${n}.name`, name, (said) => set({ name: said }), "text")}
      </div>
    </li>`;
  }

  private specials(form: Hours): TemplateResult {
    const { special } = form;
    const add = (): void => {
      const spans: Span[] = [["10:00", "18:00"]];
      this.become({
        ...form,
        special: [...special, { date: dateAt(form.time_zone, Date.now()), spans }],
      });
      void this.reach("specials");
    };
    return html`<section id="specials">
      <h3>${o.specialDays}</h3>
      <p class="t-13 quiet">${o.specialWords}</p>
      ${
        special.length === 0
          ? nothing
          : html`<ul class="lines">
              ${special.map((one, n) => this.special(form, one, n))}
            </ul>`
      }
      ${this.addButton(o.addSpecial, special.length, add)}
    </section>`;
  }

  private special(form: Hours, { date, spans }: SpecialDay, n: number): TemplateResult {
    const name = o.specialN(n + 1);
    return html`<li>
      <div class="row">
        <span class="t-13 quiet">${name}</span>${
          spans.length === 0 ? html`<span class="quiet">${o.rest}</span>` : nothing
        }${this.removeButton(
          o.removeSpecial(n + 1),
          () => this.become({ ...form, special: form.special.filter((_, other) => other !== n) }),
          "specials",
        )}
      </div>
      <div class="holiday">
        ${this.field(o.date, `special.${n}.date`, date, (now) =>
          this.become({ ...form, special: put(form.special, n, { date: now, spans }) }),
        )}
      </div>
      ${this.spans(name, `special.${n}.spans`, spans, (now, before) => ({
        ...before,
        special: put(before.special, n, { date, spans: now }),
      }))}
    </li>`;
  }

  // What they are made of

  private field(
    label: string,
    name: string,
    value: string,
    set: (value: string) => void,
    type: "date" | "text" = "date",
  ): TemplateResult {
    const said = this.wrong(name);
    return html`<label class="ask-for"
      ><span class="label">${label}</span
      ><span class="field"
        ><input
          type=${type}
          maxlength=${most.name}
          autocomplete="off"
          aria-invalid=${said !== ""}
          ?disabled=${this.fixed}
          .value=${live(value)}
          @input=${({ target }: Event) => set((target as HTMLInputElement).value)} /></span
      >${this.said(said)}</label
    >`;
  }

  private said(words: string): unknown {
    return words === "" ? nothing : html`<span class="wrong">${icon("warn", 18)}${words}</span>`;
  }

  private addButton(label: string, count: number, add: () => void): unknown {
    if (this.fixed) return nothing;
    return html`<div>
      <button
        type="button"
        class="btn btn-s btn-line"
        ?disabled=${count >= most.days}
        @click=${add}
      >
        ${icon("plus", 16)}${label}
      </button>
    </div>`;
  }

  private removeButton(label: string, remove: () => void, section: string): unknown {
    if (this.fixed) return nothing;
    return html`<button
      type="button"
      class="tool tool-s hit end"
      aria-label=${label}
      @click=${async () => {
        remove();
        await this.updateComplete;
        this.renderRoot.querySelector<HTMLElement>(`#${section} > div:last-child button`)?.focus();
      }}
    >
      ${icon("trash", 18)}
    </button>`;
  }

  /** Sets the focus to the first field of the line that was added last. */
  private async reach(section: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#${section} li:last-child input`)?.focus();
  }

  private become(form: Hours): void {
    this.form = form;
    this.touched = true;
    this.refused = new Set();
    this.problem = "";
    this.done = "";
  }

  /** What to say of a field; nothing before the first attempt, nor where it is right. */
  private wrong(name: string): string {
    const fault = this.faults.get(name);
    if (fault !== undefined) return this.tried ? o.faults[fault] : "";
    const refused = [...this.refused].some((one) => one === name || one.startsWith(`${name}.`));
    return refused ? o.faults.other : "";
  }

  private readonly save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.form === null || this.busy || this.fixed) return;
    this.form = inOrder(this.form);
    this.tried = true;
    this.done = "";
    this.problem = "";
    if (faultsOf(this.form).size > 0) {
      this.problem = o.checkFields;
      return this.showWrong();
    }
    this.busy = true;
    try {
      this.form = asForm(await ask<Hours>("PUT", this.path, asSent(this.form)));
      this.touched = this.unset = this.tried = false;
      this.done = this.texts.saved;
      this.dispatchEvent(new Event("changed"));
    } catch (problem) {
      this.refused = fieldsOf(problem);
      this.problem = this.refused.size > 0 ? o.checkFields : problemWords(problem);
    }
    this.busy = false;
    await this.showWrong();
  };

  private async showWrong(): Promise<void> {
    await this.updateComplete;
    const fields = this.renderRoot.querySelectorAll<HTMLElement>("input, select, plusone-spans");
    for (const one of fields) {
      if (one instanceof Spans) await one.updateComplete;
      const wrong = one instanceof Spans ? one.firstWrong : one;
      if (wrong?.getAttribute("aria-invalid") !== "true") continue;
      wrong.focus();
      return;
    }
  }
}

function fieldsOf(problem: unknown): Set<string> {
  if (!(problem instanceof Problem) || problem.code !== "bad_request") return new Set();
  const { fields } = problem.data;
  return new Set(typeof fields === "object" && fields !== null ? Object.keys(fields) : []);
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-hours": HoursSheet;
  }
}
