import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Draws its host again twice a second while `wanted` says that something there counts down. */
export class Ticking implements ReactiveController {
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly wanted: () => boolean,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.timer = setInterval(() => {
      if (this.wanted()) this.host.requestUpdate();
    }, 500);
  }

  hostDisconnected(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}

/** Draws its host again when a media query's answer changes. */
export class Media implements ReactiveController {
  private readonly list: MediaQueryList;

  constructor(
    private readonly host: ReactiveControllerHost,
    query: string,
  ) {
    this.list = matchMedia(query);
    host.addController(this);
  }

  get matches(): boolean {
    return this.list.matches;
  }

  hostConnected(): void {
    this.list.addEventListener("change", this.changed);
  }

  hostDisconnected(): void {
    this.list.removeEventListener("change", this.changed);
  }

  private readonly changed = (): void => this.host.requestUpdate();
}
