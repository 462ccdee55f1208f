import { foldShow } from "../room/fold-show";
import { ask } from "../wire/http";
import type { RoomEvent } from "../wire/events";
import type { Comment, Show } from "../wire/types";

interface Told {
  events: RoomEvent[];
  next: number | null;
}

/** Ahead of the picture by as much, more is asked for. */
const ahead_ms = 20_000;

/** The talk of a show that is over, as it stood at the moment that the picture shows. */
export class Retold {
  private show: Show;
  private events: RoomEvent[] = [];
  private folded = 0;
  private next: number | null = null;
  private asking = false;
  private from = Infinity;

  constructor(
    private readonly ended: Show,
    private readonly changed: () => void,
  ) {
    this.show = blank(ended);
  }

  get comments(): readonly Comment[] {
    return this.show.comments;
  }

  /** The picture shows this moment now: a step on, or a jump to anywhere. */
  at(at_ms: number): void {
    const first = this.events[0];
    const last = this.events.at(-1);
    const known = first !== undefined && last !== undefined && at_ms >= this.from;
    if (!known || (at_ms > last.at_ms + ahead_ms && this.next !== null)) {
      void this.jump(at_ms);
      return;
    }
    this.fold(at_ms);
    if (last.at_ms - at_ms < ahead_ms && this.next !== null) void this.onward(this.next);
  }

  private fold(at_ms: number): void {
    const before = this.events[this.folded - 1];
    if (before !== undefined && before.at_ms > at_ms) {
      this.show = blank(this.ended);
      this.folded = 0;
    }
    const start = this.folded;
    for (
      let event = this.events[this.folded];
      event !== undefined && event.at_ms <= at_ms;
      event = this.events[this.folded]
    ) {
      // Only the talk is told again: the items stand as they were at the end.
      this.show = { ...foldShow(this.show, event), items: this.ended.items };
      this.folded += 1;
    }
    if (this.folded !== start || before === undefined) this.changed();
  }

  private async jump(at_ms: number): Promise<void> {
    await this.read(`at_ms=${Math.round(at_ms)}`, ({ events, next }) => {
      this.events = events;
      this.next = next;
      this.from = at_ms;
      this.show = blank(this.ended);
      this.folded = 0;
      this.fold(at_ms);
    });
  }

  private async onward(after: number): Promise<void> {
    await this.read(`after=${after}`, ({ events, next }) => {
      this.events = [...this.events, ...events];
      this.next = next;
    });
  }

  private async read(query: string, then: (told: Told) => void): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      const path = `/api/shows/${encodeURIComponent(this.ended.id)}/told?${query}`;
      then(await ask<Told>("GET", path));
    } catch {
      // the picture goes on without the talk, and asks again
    } finally {
      this.asking = false;
    }
  }
}

function blank(show: Show): Show {
  return { ...show, comments: [], pinned_comment: null };
}
