import type { RoomEvent } from "../wire/events";
import type { Pulse, Snapshot } from "../wire/types";
import { apply, needsWhole } from "./fold";
import { Line, type Options, type Waiting as Kept } from "./line";

export type { Phase } from "./line";

export type CommandName = "comment" | "claim" | "give_back" | "run" | "moderate";

export type Waiting = Kept<CommandName>;

/** One show's room as this page sees it, with what is for the eye alone: viewers and hearts. */
export class Room extends Line<Snapshot, RoomEvent, CommandName> {
  viewers: number | null = null;

  private readonly heartbeats = new Set<(hearts: number) => void>();

  constructor(
    readonly show: string,
    options: Options = {},
  ) {
    super({ ...options, namespace: "/live", join: { show }, apply, needsWhole });
    this.on("pulse", (pulse: Pulse) => this.beat(pulse));
  }

  onHearts(listener: (hearts: number) => void): () => void {
    this.heartbeats.add(listener);
    return () => this.heartbeats.delete(listener);
  }

  heart(count: number): void {
    this.cast("heart", { count: Math.min(20, count) });
  }

  private beat({ viewers, hearts }: Pulse): void {
    this.viewers = viewers;
    if (hearts > 0) for (const listener of this.heartbeats) listener(hearts);
    this.changed();
  }
}
