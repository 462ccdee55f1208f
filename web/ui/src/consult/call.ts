import { Line, type Options } from "../room/line";
import type { Done } from "../wire/types";
import type { Devices } from "./devices";
import { apply, needsWhole } from "./fold";
import { Media, type Way } from "./media";
import type {
  CallAct,
  CallEvent,
  CallSnapshot,
  CallView,
  Ice,
  Place,
  Side,
  Signal,
  Signalled,
} from "./wire";

export type CallCommand = "sit" | "do";

export interface CallOptions extends Options {
  /** Camera and microphone that she has tried already. */
  devices?: Devices;
  /** Pictures by way of the relay alone; `?relay` of the page where absent. */
  relay?: boolean;
  make?: (config: RTCConfiguration) => RTCPeerConnection;
}

/**
 * One call as the page of one side sees it. The page sits down once it is there, and again on each
 * new line; where a newer page of the same side has sat down, it steps back: `elsewhere`.
 */
export class Call extends Line<CallSnapshot, CallEvent, CallCommand> {
  /** The name that this page sits under. */
  seat = newSeat();
  /** Where she stands in the line; null where that is not known, or no longer so. */
  place: Place | null = null;
  /** This call goes on on another page of the same side. */
  elsewhere = false;
  readonly media: Media;

  /** On this line the seat was taken; `sat`: on one before. */
  private seated = false;
  private sat = false;
  /** Seats that this page had: their events are its own. */
  private readonly seats = new Set<string>([this.seat]);
  private readonly carts = new Set<() => void>();

  constructor(
    readonly id: string,
    readonly side: Side,
    { devices, relay, make, ...options }: CallOptions = {},
  ) {
    super({ ...options, namespace: "/consult", join: { call: id }, apply, needsWhole });
    const way: Way = {
      side,
      signal: (to, signal) => this.signal(to, signal),
      ice: () => this.request<Ice>("ice", {}),
      now: () => this.now(),
      reseat: () => this.reseat(),
    };
    this.media = new Media(way, {
      ...(devices !== undefined && { devices }),
      relay: relay ?? (typeof location !== "undefined" && relayed(location)),
      ...(make !== undefined && { make }),
    });
    this.on("signal", (signal: Signalled) => this.media.hear(signal));
    this.on("queue", (place: Place) => {
      this.place = place;
      this.changed();
    });
    this.on("cart", () => this.tellCart());
    this.on("connect", () => {
      // The socket's own word: what sat on the one before sits no more.
      this.seated = false;
      // That the cart was changed past the call is never said twice, and may have been missed.
      this.tellCart();
    });
    this.subscribe(() => this.heed());
  }

  get call(): CallView | null {
    return this.snapshot?.call ?? null;
  }

  get otherSide(): Side {
    return this.side === "customer" ? "staff" : "customer";
  }

  act(act: CallAct, request_id?: string): Promise<Done<CallEvent>> {
    return this.send("do", { do: act }, request_id);
  }

  /** What this page does and has not seen yet. */
  get doing(): readonly CallAct[] {
    return this.waiting.flatMap(({ event, body }) =>
      event === "do" ? [(body as { do: CallAct }).do] : [],
    );
  }

  /** The cart was changed past the call; the other page looks at it anew. */
  cartChanged(): void {
    this.cast("cart", {});
  }

  /** Hears that the cart was changed past the call, or may have been. */
  onCart(listener: () => void): () => void {
    this.carts.add(listener);
    return () => this.carts.delete(listener);
  }

  private tellCart(): void {
    for (const listener of this.carts) listener();
  }

  /** Goes on here, wherever it went on until now. */
  goOnHere(): void {
    this.elsewhere = false;
    this.reseat();
    void this.media.start();
    this.changed();
  }

  override close(): void {
    this.media.stop();
    super.close();
  }

  /** Sits under another name: for the page opposite this is another page, and all begins anew. */
  private reseat(): void {
    this.seat = newSeat();
    this.seats.add(this.seat);
    this.sit();
  }

  private async signal(to: string, signal: Signal): Promise<boolean> {
    const { delivered } = await this.request<{ delivered?: boolean }>("signal", {
      seat: this.seat,
      to,
      ...signal,
    });
    return delivered !== false;
  }

  private heed(): void {
    const { call } = this;
    this.media.line(this.phase === "there");
    if (call === null) return;
    if (call.phase !== "waiting" && call.phase !== "ringing") this.place = null;
    if (call.phase === "ended") {
      this.media.meet(null);
      if (this.media.phase !== "off") this.media.stop();
      return;
    }
    this.sitDown(call);
    if (this.elsewhere || call.phase !== "talking") {
      this.media.meet(null);
      return;
    }
    const other = call.seats[this.otherSide];
    // A page that is only gone has its pictures still, where its own line to us holds.
    if (other !== null) this.media.meet(other);
  }

  private sitDown(call: CallView): void {
    const now = call.seats[this.side];
    const another = now !== null && !this.seats.has(now);
    if (this.sat && another && !this.elsewhere && this.phase === "there" && !this.sitting) {
      this.elsewhere = true;
      this.media.stop();
      return;
    }
    if (this.phase !== "there" || this.seated || this.elsewhere) return;
    this.sit();
  }

  /** It has asked for the seat, and the room has not said so yet. */
  private get sitting(): boolean {
    return this.waiting.some(({ event }) => event === "sit");
  }

  private sit(): void {
    this.seated = true;
    const { seat } = this;
    this.send("sit", { seat }).then(
      () => (this.sat = true),
      () => {
        // Refused, or never heard: the next line tries again.
        if (this.seat === seat) this.seated = false;
      },
    );
  }
}

function newSeat(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function relayed({ search }: Location): boolean {
  return new URLSearchParams(search).has("relay");
}
