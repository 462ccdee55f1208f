import type { ReactiveController, ReactiveControllerHost } from "lit";

import { ask } from "../wire/http";
import type { Card } from "./wire";

interface Host extends ReactiveControllerHost {
  card: Card | null;
  /** Changes when something may have become of it. */
  stand: string;
}

/**
 * What a card is about, as it stands now: asked for when the card or its stand is another, and when
 * she comes back to the page. `came` is called after each answer.
 */
export class Standing<T> implements ReactiveController {
  now: T | null = null;
  /** It was asked for and is not known. */
  missing = false;

  private id: string | undefined;
  private stand = "";
  /** Of several answers that of the newest question counts. */
  private asked = 0;

  constructor(
    private readonly host: Host,
    private readonly path: (id: string) => string,
    private readonly came: () => void = () => undefined,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    document.addEventListener("visibilitychange", this.look);
    window.addEventListener("pageshow", this.look);
  }

  hostDisconnected(): void {
    document.removeEventListener("visibilitychange", this.look);
    window.removeEventListener("pageshow", this.look);
  }

  hostUpdate(): void {
    const { card, stand } = this.host;
    if (card?.id === this.id && stand === this.stand) return;
    this.id = card?.id;
    this.stand = stand;
    void this.load();
  }

  async load(): Promise<void> {
    const id = this.host.card?.id;
    if (id === undefined) return;
    const mine = (this.asked += 1);
    try {
      const now = await ask<T>("GET", this.path(encodeURIComponent(id)));
      if (mine !== this.asked) return;
      this.now = now;
      this.came();
    } catch {
      if (mine !== this.asked) return;
      // What is known of it stays; of what never was there, the way to it is enough.
      this.missing = this.now === null;
    }
    this.host.requestUpdate();
  }

  private readonly look = (): void => {
    if (document.visibilityState === "visible") void this.load();
  };
}
