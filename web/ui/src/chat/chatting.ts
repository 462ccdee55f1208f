import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";

import { part } from "../design/part";
import { loadSession, onSession } from "../session/session";
import { ask } from "../wire/http";
import type { About, Chat } from "./wire";

const every_ms = 60_000;

/** The chat as a page knows it: whether it is open, and how much in it is unread. */
export class Chatting implements ReactiveController {
  /** Staff answer at the desk; for them there is no chat. */
  there = false;
  unread = 0;
  open = false;

  /** Once loaded the panel stays, and hears what is said while it is folded. */
  private loaded = false;
  private about: About | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private forget: (() => void) | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    /** The panel could not be had. */
    private readonly missing: () => void = () => undefined,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    this.forget = onSession(() => void this.look());
    this.timer = setInterval(this.glance, every_ms);
    document.addEventListener("visibilitychange", this.glance);
    void this.look();
  }

  hostDisconnected(): void {
    this.forget?.();
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.glance);
  }

  /** Opens it; `about` is what she is looking at. */
  show(about: About | null = null): void {
    this.about = about;
    this.open = true;
    this.host.requestUpdate();
    void part(() => import("./panel")).then((there) => {
      this.loaded = there;
      if (!there) {
        this.open = false;
        this.missing();
      }
      this.host.requestUpdate();
    });
  }

  draw(): unknown {
    if (!this.loaded) return nothing;
    return html`<plusone-chat-panel
      ?open=${this.open}
      .about=${this.about}
      @shut=${this.shut}
      @unread=${this.count}
    ></plusone-chat-panel>`;
  }

  readonly shut = (): void => {
    this.open = false;
    this.host.requestUpdate();
  };

  private readonly count = ({ detail }: CustomEvent<number>): void => {
    if (this.unread === detail) return;
    this.unread = detail;
    entitle(detail);
    this.host.requestUpdate();
  };

  private readonly glance = (): void => {
    if (document.visibilityState === "visible") void this.look();
  };

  private async look(): Promise<void> {
    if (this.loaded) return;
    try {
      const { kind } = (await loadSession()).person;
      this.there = kind !== "staff";
      this.host.requestUpdate();
      // Who has not even said a name was not answered either.
      if (kind === "nobody" || kind === "staff") return;
      const { unread } = await ask<Chat>("GET", "/api/chat");
      this.count({ detail: unread } as CustomEvent<number>);
    } catch {
      // looked at again in a minute
    }
  }
}

/** Who has the page in a tab behind others sees in its title that something was said. */
function entitle(unread: number): void {
  const title = document.title.replace(/^\(\d+\+?\) /u, "");
  document.title = unread === 0 ? title : `(${unread > 99 ? "99+" : unread}) ${title}`;
}
