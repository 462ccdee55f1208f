import type { RoomEvent } from "../wire/events";
import type { Frame, Snapshot } from "../wire/types";
import { foldMine, isHers } from "./fold-mine";
import { foldShow } from "./fold-show";
import { foldStaff } from "./fold-staff";

/**
 * Whether only a fresh snapshot will do after `event`: when what was typed was erased, when two
 * people became one, and when one who has several ids is muted or blocked, since the snapshot says
 * what all of hers come to together.
 */
export function needsWhole({ mine }: Snapshot, event: RoomEvent): boolean {
  if (event.type === "person.merged" || event.type === "talk.erased") return true;
  return mine.ids.length > 1 && event.type.startsWith("person.") && isHers(mine, event);
}

/**
 * The view after one more event, none that `needsWhole`. Pure: snapshot at a, folded over the events
 * of (a, b] that the person may see, is her snapshot at b. An event of a kind not known here only
 * moves the place.
 */
export function fold(snapshot: Snapshot, event: RoomEvent): Snapshot {
  const after: Snapshot = {
    ...snapshot,
    offset: event.offset,
    at_ms: event.at_ms,
    show: foldShow(snapshot.show, event),
    mine: foldMine(snapshot.mine, event),
  };
  if (snapshot.staff !== undefined) after.staff = foldStaff(snapshot.staff, event, snapshot.show);
  return after;
}

/** The view after a frame that follows on; events of other people leave no trace but its end. */
export function apply(snapshot: Snapshot, frame: Frame): Snapshot {
  const after = frame.events.reduce(fold, snapshot);
  return { ...after, offset: frame.to, at_ms: frame.at_ms };
}
