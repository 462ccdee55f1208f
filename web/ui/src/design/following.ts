import type { ReactiveController, ReactiveControllerHost } from "lit";

interface Changing {
  /** Returns what ends the subscription. */
  subscribe(listener: () => void): () => void;
}

/** Draws its host again with every change of what it is given, as long as it is on the page. */
export class Following implements ReactiveController {
  private followed: Changing | null = null;
  private stop: (() => void) | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly given: () => Changing | null,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.host.requestUpdate();
  }

  hostUpdate(): void {
    // Not earlier: an element that was loaded late has its properties only now.
    const given = this.given();
    if (given === this.followed) return;
    this.stop?.();
    this.followed = given;
    this.stop = given?.subscribe(() => this.host.requestUpdate()) ?? null;
  }

  hostDisconnected(): void {
    this.stop?.();
    this.stop = this.followed = null;
  }
}
