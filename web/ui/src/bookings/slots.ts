import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { b } from "../i18n/bookings";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { ask } from "../wire/http";
import look from "./slots.css?inline";
import {
  clockIn,
  dateIn,
  days,
  type Day,
  leaf,
  onTheHalf,
  ownZone,
  type PartOfDay,
  partOfDay,
  sameClock,
  zoneName,
} from "./times";
import type { Minutes, Slots } from "./wire";

const page_days = 14;
/** Of a day with more times than these, full and half hours are shown first. */
const many = 12;
const day_ms = 86_400_000;
/** Nothing further ahead may be booked. */
const ahead_ms = 30 * day_ms;

/**
 * The times at which a talk of so many minutes may begin, in the visitor's own time zone; where the
 * shop's clocks say something else, that too. Tells `pick` (an instant, or null when the one that was
 * chosen is there no more).
 */
@customElement("plusone-slots")
export class SlotPicker extends PlusoneElement {
  static override styles = [parts, forms, unsafeCSS(look)];

  @property({ type: Number }) minutes: Minutes = 30;
  @property() topic: string | null = null;
  @property() language = "";
  /** What is wrong with the choice. */
  @property() wrong = "";
  @state() private found: number[] | null = null;
  @state() private shopZone = "";
  @state() private problem: unknown = null;
  @state() private day: string | null = null;
  @state() private chosen: number | null = null;
  /** Every quarter is shown. */
  @state() private all = false;
  /** Offered instead of a time that was taken; null while none was. */
  @state() private offered: readonly number[] | null = null;
  @state() private busy = false;
  /** What stands there is of another length or topic, until it is known anew. */
  @state() private stale = false;
  private readonly zone = ownZone();
  private since = 0;
  private upto = 0;
  private asked = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("minutes") || changed.has("topic") || changed.has("language")) {
      this.offered = null;
      void this.load();
    }
  }

  /** Somebody was faster: says so, offers `others`, and looks again what is free. */
  async taken(others: readonly number[]): Promise<void> {
    this.offered = others;
    this.choose(null);
    await this.load();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(".taken")?.focus();
  }

  override focus(): void {
    const find = (what: string): HTMLElement | null => this.renderRoot.querySelector(what);
    (find('[name="time"]:checked') ?? find('[name="time"]') ?? find("button"))?.focus();
  }

  private async load(): Promise<void> {
    const mine = (this.asked += 1);
    this.problem = null;
    this.busy = false;
    this.stale = true;
    try {
      const found = await this.ask(null);
      if (mine !== this.asked) return;
      this.since = Date.now();
      this.upto = this.since + page_days * day_ms;
      this.found = found.slots;
      this.shopZone = found.time_zone;
      if (this.chosen !== null && !found.slots.includes(this.chosen)) this.choose(null);
      const all = days(found.slots, this.zone);
      if (!all.some(({ key }) => key === this.day)) this.day = all[0]?.key ?? null;
      // Nothing in these days: she is not asked to look further herself.
      if (all.length === 0) await this.later();
    } catch (problem) {
      if (mine === this.asked) this.problem = problem;
    } finally {
      if (mine === this.asked) this.stale = false;
    }
  }

  private async later(): Promise<void> {
    if (this.busy) return;
    const mine = this.asked;
    this.busy = true;
    try {
      let more: number[] = [];
      while (more.length === 0 && this.mayBeLater && mine === this.asked) {
        more = (await this.ask(this.upto)).slots;
        this.upto += page_days * day_ms;
      }
      if (mine !== this.asked) return;
      this.found = [...(this.found ?? []), ...more];
      this.day = days(more, this.zone)[0]?.key ?? this.day;
    } catch (problem) {
      if (mine === this.asked) this.problem = problem;
    } finally {
      if (mine === this.asked) this.busy = false;
    }
  }

  private get mayBeLater(): boolean {
    return this.upto < this.since + ahead_ms;
  }

  private ask(from: number | null): Promise<Slots> {
    const query = new URLSearchParams({ minutes: String(this.minutes), days: String(page_days) });
    if (this.topic !== null) query.set("topic", this.topic);
    if (this.language !== "") query.set("locale", this.language);
    if (from !== null) query.set("from", String(from));
    return ask<Slots>("GET", `/api/consult/slots?${query.toString()}`);
  }

  private choose(at: number | null): void {
    if (at === this.chosen) return;
    this.chosen = at;
    if (at !== null) this.offered = null;
    this.dispatchEvent(new CustomEvent<number | null>("pick", { detail: at }));
  }

  override render(): unknown {
    if (this.problem !== null) {
      return html`<div class="none" role="alert">
        <p>${problemWords(this.problem)}</p>
        <button type="button" class="btn btn-s btn-line hit" @click=${() => void this.load()}>
          ${m.retry}
        </button>
      </div>`;
    }
    const { found } = this;
    if (found === null) {
      return html`<div class="ghosts" aria-busy="true" aria-label=${m.loading}>
        ${Array.from({ length: 5 }, () => html`<i></i>`)}
      </div>`;
    }
    const all = days(found, this.zone);
    const day = all.find(({ key }) => key === this.day);
    return html`${this.takenWords()}${this.wrongWords()}${
      all.length === 0
        ? html`<div class="none" role="status">
            <b>${this.busy ? m.loading : b.noTimes}</b>
            ${this.busy ? nothing : html`<p class="t-14">${this.noneWords()}</p>`}
          </div>`
        : html`<p class="zone">${this.zoneWords(day?.at ?? all[0]?.at ?? 0)}</p>
            <div class="free ${this.stale ? "stale" : ""}" ?inert=${this.stale}>
              ${this.leaves(all)}${day === undefined ? nothing : this.times(day)}
            </div>`
    } `;
  }

  private wrongWords(): unknown {
    if (this.wrong === "") return nothing;
    return html`<p class="wrong" id="wrong-time" role="alert">${icon("warn", 18)}${this.wrong}</p>`;
  }

  private noneWords(): string {
    return this.mayBeLater || this.minutes > 15 ? b.noTimesWords : b.noTimesAtAll;
  }

  private zoneWords(at: number): string {
    const own = b.inZone(zoneName(at, this.zone));
    return this.shopDiffers(at)
      ? `${own}${m.comma}${b.shopZone(zoneName(at, this.shopZone))}`
      : own;
  }

  private shopDiffers(at: number): boolean {
    return this.shopZone !== "" && !sameClock(at, this.zone, this.shopZone);
  }

  private takenWords(): unknown {
    if (this.offered === null) return nothing;
    return html`<div class="taken" role="alert" tabindex="-1">
      <b>${b.justTaken}</b>
      <p class="t-14">${this.offered.length === 0 ? b.chooseOther : b.stillFree}</p>
      <div class="offers">
        ${this.offered.map(
          (at) =>
            html`<button type="button" class="chip hit" @click=${() => this.offer(at)}>
              ${dateIn(at, this.zone)} ${clockIn(at, this.zone)}
            </button>`,
        )}
      </div>
    </div>`;
  }

  private offer(at: number): void {
    this.day = days([at], this.zone)[0]?.key ?? this.day;
    this.choose(at);
    void this.updateComplete.then(() => this.focus());
  }

  private leaves(all: readonly Day[]): TemplateResult {
    return html`<div class="days" role="radiogroup" aria-label=${b.day}>
      ${all.map(({ key, at }) => {
        const { month, day, week } = leaf(at, this.zone);
        return html`<label class="day"
          ><input
            class="said"
            type="radio"
            name="day"
            aria-label=${dateIn(at, this.zone)}
            .checked=${key === this.day}
            @change=${() => (this.day = key)}
          /><span aria-hidden="true">${week}</span><b aria-hidden="true">${day}</b
          ><span aria-hidden="true">${month}</span></label
        >`;
      })}
      ${
        this.mayBeLater
          ? html`<button
              type="button"
              class="btn btn-s btn-line more hit"
              ?disabled=${this.busy}
              @click=${() => void this.later()}
            >
              ${b.later}${icon("right", 16)}
            </button>`
          : nothing
      }
    </div>`;
  }

  private times({ slots: whole }: Day): TemplateResult {
    const halves = whole.filter((at) => onTheHalf(at, this.zone) || at === this.chosen);
    const few = !this.all && whole.length > many && halves.length > 1;
    const slots = few ? halves : whole;
    const named: [PartOfDay, string][] = [
      ["morning", b.morning],
      ["afternoon", b.afternoon],
      ["evening", b.evening],
    ];
    return html`<div class="times">
      ${named.map(([part, label]) => {
        const here = slots.filter((at) => partOfDay(at, this.zone) === part);
        if (here.length === 0) return nothing;
        return html`<fieldset>
          <legend>${label}</legend>
          <div class="grid">${here.map((at) => this.time(at))}</div>
        </fieldset>`;
      })}
      ${
        few
          ? html`<button
              type="button"
              class="btn btn-s btn-line hit every"
              @click=${() => (this.all = true)}
            >
              ${b.everyTime}
            </button>`
          : nothing
      }
    </div>`;
  }

  private time(at: number): TemplateResult {
    return html`<label class="time"
      ><input
        class="said"
        type="radio"
        name="time"
        aria-describedby=${this.wrong === "" ? nothing : "wrong-time"}
        .checked=${at === this.chosen}
        @change=${() => this.choose(at)}
      />${clockIn(at, this.zone)}${
        this.shopDiffers(at)
          ? html`<small>${b.atShop(clockIn(at, this.shopZone))}</small>`
          : nothing
      }</label
    >`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-slots": SlotPicker;
  }
}
