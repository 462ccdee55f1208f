import type { ReactiveControllerHost } from "lit";
import { expect, test, vi } from "vitest";

import { Following } from "../src/design/following";

/** What changes when it is told to. */
class Changing {
  readonly listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  change(): void {
    for (const listener of this.listeners) listener();
  }
}

test("a host is drawn with each change of what it is given now, and only while it is there", () => {
  const requestUpdate = vi.fn();
  const [one, other] = [new Changing(), new Changing()];
  let given: Changing | null = one;
  const host = { addController: vi.fn(), requestUpdate } as unknown as ReactiveControllerHost;
  const following = new Following(host, () => given);
  const draw = (): void => following.hostUpdate();

  draw();
  draw();
  one.change();
  expect(requestUpdate).toHaveBeenCalledTimes(1);
  given = other;
  draw();
  one.change();
  other.change();
  expect(requestUpdate).toHaveBeenCalledTimes(2);
  following.hostDisconnected();
  expect([one.listeners.size, other.listeners.size]).toEqual([0, 0]);
  // Back on the page with what it had.
  following.hostConnected();
  draw();
  other.change();
  expect(requestUpdate).toHaveBeenCalledTimes(4);
  given = null;
  draw();
  expect(other.listeners.size).toBe(0);
});
