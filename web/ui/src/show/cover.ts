import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, thumb } from "../design/parts";
import { Ticking } from "../design/ticking";
import { amount, longMoment } from "../i18n/format";
import { m } from "../i18n/index";
import type { Show } from "../wire/types";
import { calendarFile } from "./calendar";

const most_shown = 5;
const longest_big = 20;

/** Over the dimmed picture before the show begins and after it ended. */
@customElement("plusone-cover")
export class Cover extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        position: absolute;
        inset: 0;
        z-index: var(--z-talk);
        display: flex;
        flex-direction: column;
        justify-content: space-between;
        gap: var(--s-6);
        padding: clamp(120px, 21vh, 176px) var(--s-3) calc(30px + env(safe-area-inset-bottom));
        overflow: auto;
      }
      .cover {
        color: var(--stage-ink);
        padding-inline: var(--s-3);
      }
      h2.big-title {
        font-size: 40px;
        line-height: 52px;
        letter-spacing: 0.02em;
        margin-block: 6px 8px;
        text-wrap: balance;
      }
      h2.long {
        font-size: var(--t-28);
        line-height: var(--l-28);
      }
      .lead {
        color: var(--stage-ink-2);
        line-height: 1.5rem;
      }
      .until {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--s-5);
        margin-block-start: var(--s-6);
      }
      .until span {
        font-size: var(--t-14);
        color: var(--stage-ink-2);
      }
      .until b {
        font-size: var(--t-44);
        line-height: var(--l-44);
        color: #fff;
        margin-inline-end: 6px;
        letter-spacing: -0.01em;
      }
      .plain {
        background: var(--raised);
        color: var(--ink);
        border-radius: 20px;
        padding: var(--s-4);
        display: grid;
        gap: var(--s-3);
        inline-size: 100%;
        max-inline-size: 440px;
        margin-inline: auto;
      }
      .preview {
        justify-content: space-evenly;
      }
      .preview li {
        display: grid;
        justify-items: center;
        gap: 2px;
      }
      .preview .thumb {
        inline-size: 58px;
        block-size: 58px;
      }
      .preview .name {
        margin-block-start: 4px;
        color: var(--ink-2);
      }
    `,
  ];

  @property({ attribute: false }) show!: Show;
  @property() shop = "";
  @property({ attribute: false }) now: () => number = Date.now;

  constructor() {
    super();
    new Ticking(this, () => this.show.status !== "ended");
  }

  override render(): TemplateResult {
    return this.show.status === "ended" ? this.ended() : this.soon();
  }

  private soon(): TemplateResult {
    const { starts_at, title, host_name } = this.show;
    return html`<div class="cover">
        <p class="t-14">${starts_at === null ? m.notStarted : longMoment(starts_at)}</p>
        ${this.heading(title)}
        ${host_name === null ? nothing : html`<p class="t-14 lead">${m.hostedBy(host_name)}</p>`}
        ${starts_at === null ? nothing : this.until(starts_at)}
      </div>
      ${this.preview()}`;
  }

  /** As big as its length allows: what comes below it stays in sight on a phone. */
  private heading(title: string): TemplateResult {
    return html`<h2 class="big-title ${title.length > longest_big ? "long" : ""}">${title}</h2>`;
  }

  private until(starts_at: number): TemplateResult {
    const seconds = Math.max(0, Math.ceil((starts_at - this.now()) / 1000));
    if (seconds === 0) return html`<p class="lead until">${m.anyMoment}</p>`;
    const days = Math.floor(seconds / 86_400);
    const hours = Math.floor(seconds / 3600) % 24;
    const minutes = Math.floor(seconds / 60) % 60;
    const shown: [number, string][] = [
      ...(days > 0 ? [[days, m.days] as [number, string]] : []),
      [hours, m.hours],
      [minutes, m.minutes],
      ...(days > 0 ? [] : [[seconds % 60, m.seconds] as [number, string]]),
    ];
    return html`<div class="until" role="timer" aria-label=${m.startsIn(days, hours, minutes)}>
      ${shown.map(([n, unit]) => html`<span><b>${String(n).padStart(2, "0")}</b>${unit}</span>`)}
    </div>`;
  }

  private preview(): unknown {
    const { items, currency, starts_at } = this.show;
    if (items.length === 0 && starts_at === null) return nothing;
    return html`<section class="plain">
      ${
        items.length === 0
          ? nothing
          : html`<div class="row">
                <h2 class="t-16">${m.willBeSold}</h2>
                <span class="t-13 faint end">${m.kinds(items.length)}</span>
              </div>
              <ul class="row preview">
                ${items
                  .slice(0, most_shown)
                  .map(
                    ({ code, picture, price, title }) =>
                      html`<li title=${title}>
                        ${thumb(picture)}<span class="t-12 name">${code}</span
                        ><span class="t-13">${amount(price, currency)[1]}</span>
                      </li>`,
                  )}
              </ul>`
      }
      ${
        starts_at === null
          ? nothing
          : html`<button class="btn btn-line btn-wide" @click=${this.toCalendar}>
              ${icon("clock", 18)}${m.addToCalendar}
            </button>`
      }
    </section>`;
  }

  private ended(): TemplateResult {
    return html`<div class="cover">
      <p class="t-14">
        ${this.show.ended_at === null ? nothing : m.endedAt(longMoment(this.show.ended_at))}
      </p>
      ${this.heading(this.show.title)}
      <p class="t-14 lead">${m.thanksForWatching}</p>
    </div>`;
  }

  private toCalendar(): void {
    const file = calendarFile(this.show, this.shop, location.href);
    const address = URL.createObjectURL(new Blob([file], { type: "text/calendar" }));
    const link = Object.assign(document.createElement("a"), {
      href: address,
      download: "show.ics",
    });
    link.click();
    URL.revokeObjectURL(address);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-cover": Cover;
  }
}
