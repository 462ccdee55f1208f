import { html, type TemplateResult } from "lit";

import { icon } from "../design/icons";
import { m } from "../i18n/index";
import type { Outcome } from "../wire/types";

/** got: hers or paid. line: waits. back: given back. */
export type FateLook = "got" | "line" | "back";

export function fateLook({ kind, later }: Outcome): FateLook {
  if (later === "given_back" || kind === "given_back") return "back";
  return kind === "waiting" && later !== "held" ? "line" : "got";
}

/** What became of a claim, in a word or two. */
export function fateWords({ kind, later, quantity, place }: Outcome): string {
  if (kind === "given_back") return m.gaveBack(quantity);
  if (later === "given_back") return m.wentBack;
  if (later === "sold") return m.paidFor(quantity);
  if (kind === "held") return m.held(quantity);
  if (later === "held") return m.cameUp(quantity);
  return place == null ? m.waitingFor(quantity) : m.placeInLine(place);
}

const signs = { got: "check", line: "hourglass", back: "undo" } as const;

/** Pieces that one comment gave back from several claims are told as one. */
function together(outcomes: readonly Outcome[]): Outcome[] {
  const all: Outcome[] = [];
  for (const one of outcomes) {
    const last = all.at(-1);
    if (last !== undefined && isBackOfSame(last, one)) {
      all[all.length - 1] = { ...last, quantity: last.quantity + one.quantity };
    } else all.push(one);
  }
  return all;
}

function isBackOfSame(one: Outcome, other: Outcome): boolean {
  const back = one.kind === "given_back" && other.kind === "given_back";
  return back && one.item === other.item && one.variant === other.variant;
}

/** What became of a claim: an icon and a word, never the colour alone. */
export function fate(outcomes: readonly Outcome[]): TemplateResult[] {
  return together(outcomes)
    .slice(0, 3)
    .map((outcome) => {
      const look = fateLook(outcome);
      return html`<span class="fate fate-${look}"
        >${icon(signs[look], 16)}${fateWords(outcome)}</span
      >`;
    });
}
