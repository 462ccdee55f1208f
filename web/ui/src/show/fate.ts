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

function words({ kind, later, quantity, place }: Outcome): string {
  if (kind === "given_back") return m.gaveBack(quantity);
  if (later === "given_back") return m.wentBack;
  if (later === "sold") return m.paidFor(quantity);
  if (kind === "held") return m.held(quantity);
  if (later === "held") return m.cameUp(quantity);
  return place == null ? m.waitingFor(quantity) : m.placeInLine(place);
}

const signs = { got: "check", line: "hourglass", back: "undo" } as const;

/** What became of a claim: an icon and a word, never the colour alone. */
export function fate(outcomes: readonly Outcome[]): TemplateResult[] {
  return outcomes.slice(0, 3).map((outcome) => {
    const look = fateLook(outcome);
    return html`<span class="fate fate-${look}">${icon(signs[look], 16)}${words(outcome)}</span>`;
  });
}
