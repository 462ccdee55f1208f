import { css, html, svg, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { parts } from "../design/parts";
import { vars } from "../design/vars";
import { clock, count } from "../i18n/format";
import { s } from "../i18n/staff";
import type { Item, Staff } from "../wire/types";

const width = 268;
const height = 64;
const label_share = 11;

/** How many watched over time, and when each item went on sale. */
@customElement("plusone-curve")
export class Curve extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      h2 {
        font-size: var(--t-14);
        line-height: 28px;
      }
      .plot {
        position: relative;
        padding-block-end: 22px;
      }
      svg.curve {
        inline-size: 100%;
        block-size: 72px;
        display: block;
        overflow: visible;
      }
      .fill {
        fill: var(--fill);
      }
      .ln {
        fill: none;
        stroke: var(--ink);
        stroke-width: 1.5;
        vector-effect: non-scaling-stroke;
      }
      .lane {
        position: absolute;
        inset-block-end: 0;
        inset-inline-start: var(--at);
        border-block-start: 3px solid var(--ink-3);
        min-inline-size: 6px;
        font-size: var(--t-11);
        line-height: 16px;
        padding-block-start: 2px;
        font-weight: var(--w-strong);
        color: var(--ink-2);
        white-space: nowrap;
      }
      .lane.on {
        border-color: var(--live);
        color: var(--live-ink);
      }
    `,
  ];

  @property({ attribute: false }) samples: Staff["viewers"] = [];
  @property({ attribute: false }) items: readonly Item[] = [];
  @property({ type: Number }) peak = 0;

  override render(): TemplateResult {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || this.samples.length < 2) {
      return html`<h2>${s.viewersOverTime}</h2>
        <p class="t-12 faint">${s.noSamples}</p>`;
    }
    const from = first[0];
    const long = Math.max(1, last[0] - from);
    const most = Math.max(1, this.peak, ...this.samples.map(([, n]) => n));
    const at = (ms: number): number => ((ms - from) / long) * width;
    const points = this.samples.map(
      ([ms, n]) => `${at(ms).toFixed(1)} ${(height - (n / most) * (height - 6)).toFixed(1)}`,
    );
    const line = `M${points.join(" ")}`;
    return html`<h2 class="row">
        ${s.viewersOverTime}<span class="t-12 faint end">${s.sinceTime(clock(from))}</span>
      </h2>
      <div class="plot">
        <svg
          class="curve"
          viewBox="0 0 ${width} ${height}"
          preserveAspectRatio="none"
          role="img"
          aria-label=${s.curveSays(count(last[1]), count(most))}
        >
          ${svg`<path class="fill" d="${line} L${width} ${height} 0 ${height}Z" /><path class="ln" d=${line} />`}
        </svg>
        ${this.lanes(from, long).map(
          ({ code, on, share }) =>
            html`<span class="lane ${on ? "on" : ""}" ${vars({ "--at": `${share}%` })}
              >${code}</span
            >`,
        )}
      </div>`;
  }

  /** When each item went on sale; of two that would lie over each other, the later one. */
  private lanes(from: number, long: number): { code: string; on: boolean; share: number }[] {
    const all = this.items
      .flatMap(({ code, opened_at, status }) =>
        opened_at === null || opened_at < from
          ? []
          : [{ code, on: status === "open", share: ((opened_at - from) / long) * 100 }],
      )
      .sort((one, other) => one.share - other.share)
      .map((lane) => ({ ...lane, share: Math.min(90, lane.share) }));
    return all.filter(({ share }, n) => (all[n + 1]?.share ?? Infinity) - share > label_share);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-curve": Curve;
  }
}
