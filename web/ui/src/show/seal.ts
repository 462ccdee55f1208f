import { html, nothing, type TemplateResult } from "lit";

import { plusOne } from "../design/icons";
import { left } from "../i18n/format";
import { m } from "../i18n/index";

const arc = "M29.5 88.4A44.5 44.5 0 1 1 66.5 88.4";

interface SealLook {
  /** on: red, on sale. wait: the waiting list. off: not now (closed, lost line). */
  look: "on" | "wait" | "off";
  label: string;
  /** What stands on the face in place of the "+1". */
  words?: [string, string] | undefined;
  /** Or a sign there. */
  face?: TemplateResult | undefined;
  until: number | null;
  from: number | null;
  now: number;
  /** The line is lost: the time is not known. */
  lost?: boolean;
  disabled?: boolean;
  press: () => void;
}

/** The "+1": round, red while the item is on sale; the gauge round it is the time left. */
export function seal(one: SealLook): TemplateResult {
  const { look, label, words, face, until, from, now, lost = false, disabled = false, press } = one;
  const whole = until === null ? 0 : Math.max(1, until - (from ?? until - 60_000));
  const share = until === null || lost ? 0 : Math.min(1, Math.max(0, (until - now) / whole));
  const kind = look === "on" ? "" : `seal-${look}`;
  return html`<button
    class="seal ${kind}"
    aria-label=${label}
    ?disabled=${disabled}
    @click=${press}
  >
    <svg class="gauge" viewBox="0 0 96 96" aria-hidden="true">
      <path class="track" d=${arc} pathLength="100" />
      <path
        class="left"
        d=${arc}
        pathLength="100"
        stroke-dasharray="${Math.round(share * 100)} 100"
      />
    </svg>
    <span class="face"
      >${
        words === undefined
          ? (face ?? plusOne)
          : html`<span class="face-words"><b>${words[0]}</b>${words[1]}</span>`
      }</span
    >
    ${
      until === null
        ? nothing
        : html`<span class="time" aria-hidden="true"
            >${lost ? m.timeUnknown : left(until - now)}</span
          >`
    }
  </button>`;
}
