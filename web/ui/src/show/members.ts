import { html, nothing, type TemplateResult } from "lit";

import { sign } from "../account/icons";
import { icon } from "../design/icons";
import { left } from "../i18n/format";
import { m } from "../i18n/index";
import type { Item } from "../wire/types";
import { door, type Door } from "./reading";

/** For whom an item is that is kept for some, or for whom it is first. */
export function markWords({ early_s }: Item, { tier }: Door): string {
  return early_s === null ? m.membersOnly(tier) : m.membersFirst(tier);
}

/** That as a badge; nothing where it is for all. */
export function membersMark(item: Item, now: number): unknown {
  const shut = door(item, now);
  if (shut === null) return nothing;
  return html`<span class="badge b-note">${sign("award", 16)}${markWords(item, shut)}</span>`;
}

/** How long it is kept for members, to those who are none. */
export function opensIn({ until }: Door, now: number): unknown {
  return until === null
    ? nothing
    : html`<span class="quiet">${m.openToAllIn(left(until - now))}</span>`;
}

/** On the seal in place of the "+1". */
export const shutFace: TemplateResult = html`<span class="shut-face">${icon("lock", 24)}</span>`;
