import type { ReactiveControllerHost } from "lit";

import { ask } from "./http";

/**
 * What its host has asked our server for: of several answers that of the newest question counts,
 * whichever comes first. Draws the host again as they come.
 */
export class Asking<T> {
  /** The last answer; null before there is one. It stays while something else is asked for. */
  answer: T | null = null;
  /** What was wrong with the newest question, until another is asked. */
  problem: unknown = null;

  private asked = 0;

  constructor(private readonly host: ReactiveControllerHost) {}

  async ask(path: string): Promise<void> {
    const mine = (this.asked += 1);
    this.problem = null;
    this.host.requestUpdate();
    try {
      const answer = await ask<T>("GET", path);
      if (mine !== this.asked) return;
      this.answer = answer;
    } catch (problem) {
      if (mine !== this.asked) return;
      this.problem = problem;
    }
    this.host.requestUpdate();
  }
}
