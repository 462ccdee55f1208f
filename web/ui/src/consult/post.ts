import { Problem } from "../wire/http";
import type { Signal } from "./wire";

const again_ms = 2_000;
const most_waiting = 40;

/**
 * Signals on their way to one seat, one after another. Those that were lost are not said again here:
 * by then they may be wrong. `missed` is called where something was, for whoever knows what holds.
 */
export class Post {
  private waiting: Signal[] = [];
  private busy = false;
  private turn = 0;
  private again: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly deliver: (signal: Signal) => Promise<boolean>,
    private readonly missed: () => void,
  ) {}

  send(signal: Signal): void {
    this.waiting = [...this.waiting, signal].slice(-most_waiting);
    if (!this.busy) void this.go();
  }

  /** The line is lost: nothing of this arrives. */
  lost(): void {
    this.turn += 1;
    this.busy = false;
    this.waiting = [];
    clearTimeout(this.again);
  }

  private async go(): Promise<void> {
    const turn = this.turn;
    this.busy = true;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      const outcome = await this.give(next);
      if (turn !== this.turn) return;
      if (typeof outcome === "number") {
        // Too many at once: the same again, once it may.
        this.waiting.unshift(next);
        await new Promise((go) => (this.again = setTimeout(go, outcome)));
        if (turn !== this.turn) return;
      } else if (!outcome && next.state === undefined) {
        this.waiting = this.waiting.filter(({ state }) => state !== undefined);
        clearTimeout(this.again);
        this.again = setTimeout(this.missed, again_ms);
      }
    }
    this.busy = false;
  }

  /** Whether it came there; or after how long it may be tried again. */
  private async give(signal: Signal): Promise<boolean | number> {
    try {
      return await this.deliver(signal);
    } catch (problem) {
      if (problem instanceof Problem && problem.code === "rate_limited") {
        return Math.min(5_000, Math.max(100, Number(problem.data.retry_after_ms ?? 1_000)));
      }
      return false;
    }
  }
}
