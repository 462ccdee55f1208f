import { Line, type Options, type Stand } from "../room/line";
import type { Queue } from "./wire";

/**
 * The line of those who wait, as anybody may look on: whole each time, so that what was missed is
 * made good by the next word. `told` hears each.
 */
export class Looking extends Line<Stand, object, never> {
  /** null until it has come. */
  queue: Queue | null = null;

  constructor(
    private readonly told: () => void,
    options: Options = {},
  ) {
    super({
      ...options,
      namespace: "/consult",
      join: {},
      by: "lobby",
      beside: ({ lobby }) => this.hear(lobby as Queue),
      apply: (snapshot) => snapshot,
      needsWhole: () => false,
    });
    this.on("lobby", (queue: Queue) => this.hear(queue));
  }

  private hear(queue: Queue): void {
    this.queue = queue;
    this.told();
  }
}
