import type { ReactiveController, ReactiveControllerHost } from "lit";

import type { Broadcast } from "./broadcast";

/** Draws its host again with every change of a broadcast, as long as it is on the page. */
export class Following implements ReactiveController {
  private stop: (() => void) | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly broadcast: () => Broadcast,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.requestUpdate();
  }

  hostUpdate(): void {
    // Not earlier: an element that was loaded late has its properties only now.
    this.stop ??= this.broadcast().subscribe(() => this.host.requestUpdate());
  }

  hostDisconnected(): void {
    this.stop?.();
    this.stop = null;
  }
}
