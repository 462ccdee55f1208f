import type { Frame } from "../wire/types";

/** Where a page stands in a room's log. */
export interface Position {
  epoch: string;
  offset: number;
}

/**
 * What to do with a frame: `apply` where it follows on without a gap, `old` where all of it is
 * known, `gap` where something is missing or the history is another one: then the page asks again.
 * `to` may lie past the last event, since what was for others leaves no event here.
 */
export function place(own: Position, frame: Frame<unknown>): "apply" | "old" | "gap" {
  if (frame.epoch !== own.epoch) return "gap";
  if (frame.to <= own.offset) return "old";
  return frame.from === own.offset + 1 ? "apply" : "gap";
}
