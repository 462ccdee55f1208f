import type { Summary } from "../consult/wire";

/** How a call stands, for whoever sees it in the thread. */
export type CallStand =
  | { kind: "invited"; until: number }
  /** It may still come to a talk, or goes on. */
  | { kind: "open"; talking: boolean }
  | { kind: "talked"; minutes: number }
  | { kind: "callback" }
  /** An invitation that was not taken. */
  | { kind: "missed" }
  /** It did not come to a talk. */
  | { kind: "nobody" };

/** `now` decides whether an invitation may still be taken. */
export function callStand(call: Summary, now: number): CallStand {
  const { phase, cause, until, answered_at, ended_at } = call;
  switch (phase) {
    case "invited":
      return until !== null && until > now ? { kind: "invited", until } : { kind: "missed" };
    case "waiting":
    case "ringing":
      return { kind: "open", talking: false };
    case "talking":
      return { kind: "open", talking: true };
    case "ended":
      if (answered_at !== null) {
        return { kind: "talked", minutes: minutes((ended_at ?? answered_at) - answered_at) };
      }
      if (cause === "callback") return { kind: "callback" };
      return { kind: cause === "declined" || cause === "unanswered" ? "missed" : "nobody" };
  }
}

/** At least one: nobody is told of a talk of no minutes. */
function minutes(ms: number): number {
  return Math.max(1, Math.round(ms / 60_000));
}
