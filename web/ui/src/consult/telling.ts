import type { IconName } from "../design/icons";
import { v } from "../i18n/consult";
import type { Call } from "./call";

/** One thing to be known of the line. */
export interface Told {
  words: string;
  look: IconName | "turn";
  /** It may be tried again by hand. */
  retry: boolean;
}

export interface Telling {
  lines: Told[];
  /** What stands where the picture of the other is missing. */
  instead: { words: string; busy: boolean } | null;
  /** There is no picture, whatever the last one was. */
  alone: boolean;
}

/** A page that went and came back within so long was never missed. */
const missed_ms = 3_000;

/** What the stage says of both lines, in the order of how much it matters; never two of one cause. */
export function telling(of: CallLike, name: string): Telling {
  const { call, phase, media, otherSide } = of;
  const lines: Told[] = [];
  const say = (words: string, look: Told["look"], retry = false): void => {
    lines.push({ words, look, retry });
  };
  const there = media.phase === "connected";
  const gone = call === null ? null : call.gone[otherSide];
  const away = !there && gone !== null && of.now() - gone > missed_ms;
  const met = media.other !== null;

  if (phase === "lost") say(there ? v.lineLost : v.lineLostAll, "turn");
  else if (away && met) say(v.goneAway(name), "turn");
  else if (media.phase === "failed") say(v.failed, "warn", true);
  else if (media.phase === "reconnecting") say(v.reconnecting, "turn");
  if (media.alone) say(v.alone, "offline");

  const state = media.otherState;
  let instead: Telling["instead"] = null;
  if (media.phase === "failed") instead = { words: "", busy: false };
  else if (state?.weak === true) instead = { words: v.theirWeak(name), busy: false };
  else if (state !== null && !state.camera && !state.screen) {
    instead = { words: v.theirCameraOff(name), busy: false };
  } else if (!there) {
    instead = { words: away ? v.notCome(name) : v.connecting, busy: true };
  }
  if (there && state?.mic === false) say(v.theirMicOff(name), "silent");
  return { lines, instead, alone: state?.weak === true && !state.screen };
}

type CallLike = Pick<Call, "call" | "phase" | "otherSide" | "now"> & {
  media: Pick<Call["media"], "phase" | "other" | "otherState" | "alone">;
};
