/** How good the line is, and whether pictures are worth sending: decided from numbers over time. */

export type Quality = "good" | "weak" | "bad";

/** What one look at the line's figures says. */
export interface Sample {
  at_ms: number;
  /** There and back; null where nothing was measured. */
  rtt_ms: number | null;
  /** Part of the packets that did not arrive since the last look, there or here: the worse, 0 to 1. */
  lost: number;
  /** What the browser thinks that it may send; null where it does not say. */
  kbps: number | null;
}

export interface Judged {
  quality: Quality;
  /** Sound alone is sent. */
  alone: boolean;
  /** Since when the samples have said something else than `quality`, and the mildest of it. */
  turning: { to: Quality; since: number } | null;
  /** Since when it has been bad, or, sent alone, good. */
  steady: number | null;
  /** When pictures were sent again last, and how long they must stay off should it not hold. */
  resumed: number | null;
  rest_ms: number;
}

export const first: Judged = {
  quality: "good",
  alone: false,
  turning: null,
  steady: null,
  resumed: null,
  rest_ms: 10_000,
};

const order: readonly Quality[] = ["good", "weak", "bad"];

/** Worse is believed soon, better only once it has lasted. */
const worse_ms = 3_000;
const better_ms = 6_000;
/** So long it stays bad until pictures are let go. */
const alone_ms = 8_000;
/** Pictures that had to go again so soon come back later. */
const relapse_ms = 60_000;
/** So long the browser needs to find out anew what fits. */
const grow_ms = 12_000;
const most_rest_ms = 120_000;

export function judge(before: Judged, sample: Sample): Judged {
  return pictures(level(before, sample), sample.at_ms);
}

/** What a sample by itself says. Without pictures the browser has no idea of what would fit. */
export function read({ rtt_ms, lost, kbps }: Sample, blind: boolean): Quality {
  const rtt = rtt_ms ?? 0;
  const fits = blind || kbps === null ? Infinity : kbps;
  if (lost >= 0.15 || rtt >= 900 || fits < 100) return "bad";
  if (lost >= 0.05 || rtt >= 400 || fits < 250) return "weak";
  return "good";
}

function level(before: Judged, sample: Sample): Judged {
  const growing = before.resumed !== null && sample.at_ms - before.resumed < grow_ms;
  const now = read(sample, before.alone || growing);
  if (now === before.quality) return { ...before, turning: null };
  const worse = order.indexOf(now) > order.indexOf(before.quality);
  const same = before.turning !== null && sameWay(before, now);
  const turning = {
    // The step that all samples since agree on.
    to: same && before.turning !== null ? milder(before.turning.to, now, worse) : now,
    since: same && before.turning !== null ? before.turning.since : sample.at_ms,
  };
  if (sample.at_ms - turning.since < (worse ? worse_ms : better_ms)) return { ...before, turning };
  return { ...before, quality: turning.to, turning: null, steady: null };
}

function sameWay({ quality, turning }: Judged, now: Quality): boolean {
  const from = order.indexOf(quality);
  return turning !== null && order.indexOf(turning.to) > from === order.indexOf(now) > from;
}

/** Of two steps away from where it is, the smaller one. */
function milder(one: Quality, other: Quality, worse: boolean): Quality {
  const [a, b] = [order.indexOf(one), order.indexOf(other)];
  return order[worse ? Math.min(a, b) : Math.max(a, b)] ?? other;
}

function pictures(now: Judged, at_ms: number): Judged {
  if (!now.alone) {
    if (now.quality !== "bad") return { ...now, steady: null };
    const steady = now.steady ?? at_ms;
    if (at_ms - steady < alone_ms) return { ...now, steady };
    const relapsed = now.resumed !== null && at_ms - now.resumed < relapse_ms;
    const rest_ms = relapsed ? Math.min(most_rest_ms, now.rest_ms * 2) : first.rest_ms;
    return { ...now, alone: true, steady: null, rest_ms };
  }
  if (now.quality !== "good") return { ...now, steady: null };
  const steady = now.steady ?? at_ms;
  if (at_ms - steady < now.rest_ms) return { ...now, steady };
  return { ...now, alone: false, steady: null, resumed: at_ms };
}
