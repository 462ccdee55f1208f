import type { RoomEvent } from "../wire/events";
import type { Frame, Snapshot } from "../wire/types";
import { foldMine } from "./fold-mine";
import { foldShow } from "./fold-show";
import { foldStaff } from "./fold-staff";

/** Who looks: all ids that count as this person; staff see more. */
export interface Who {
  ids: readonly string[];
  staff: boolean;
}

/**
 * The view after one more event. Pure: snapshot at a, folded over the events of (a, b] that the
 * person may see, is her snapshot at b. An event of a kind not known here only moves the place.
 */
export function fold(snapshot: Snapshot, event: RoomEvent, who: Who): Snapshot {
  const after: Snapshot = {
    ...snapshot,
    offset: event.offset,
    at_ms: event.at_ms,
    show: foldShow(snapshot.show, event),
    mine: foldMine(snapshot.mine, event, who.ids),
  };
  if (snapshot.staff !== undefined) after.staff = foldStaff(snapshot.staff, event, snapshot.show);
  return after;
}

/** The view after a frame that follows on; events of other people leave no trace but its end. */
export function apply(snapshot: Snapshot, frame: Frame, who: Who): Snapshot {
  const after = frame.events.reduce((view, event) => fold(view, event, who), snapshot);
  return { ...after, offset: frame.to, at_ms: frame.at_ms };
}
