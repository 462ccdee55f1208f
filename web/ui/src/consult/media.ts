import { Problem } from "../wire/http";
import { Devices, type Kind, type Trouble } from "./devices";
import { Peer } from "./peer";
import { Post } from "./post";
import { first, judge, type Judged, type Quality } from "./quality";
import { Figures } from "./stats";
import type { Ice, SentState, Side, Signal, Signalled } from "./wire";

export type { Kind, Quality, Trouble };

/**
 * `off` before she allowed anything; `ready` with what she has, which may be nothing, while there is
 * nobody to see; `failed` where the pictures cannot be brought across, which is still tried.
 */
export type MediaPhase =
  "off" | "asking" | "ready" | "connecting" | "connected" | "reconnecting" | "failed";

/** What the media needs of the call. */
export interface Way {
  readonly side: Side;
  /** Whether the other seat got it. Fails with a `Problem`. */
  signal(to: string, signal: Signal): Promise<boolean>;
  ice(): Promise<Ice>;
  now(): number;
  /** Begins anew on both pages. */
  reseat(): void;
}

export interface MediaOptions {
  devices?: Devices;
  /** Only by way of the relay, for tests. */
  relay?: boolean;
  make?: (config: RTCConfiguration) => RTCPeerConnection;
}

const look_ms = 2_000;
const failed_ms = 15_000;
const most_fresh = 3;
const most_early = 60;
const ice_again_ms = 2_000;
/** Relay names are renewed so long before they lapse. */
const ahead_ms = 60_000;
const most_state = 200;

/**
 * The pictures and the sound of one page: what it sends, what it gets, and how good the line is.
 * Goes on without the room; the room is needed to begin, and to find other ways.
 */
export class Media {
  readonly devices: Devices;
  phase: MediaPhase = "off";
  other: MediaStream | null = null;
  otherState: SentState | null = null;
  /** null while nothing is measured. */
  quality: Quality | null = null;
  /** Her own line is too bad for pictures: sound alone goes out. */
  alone = false;

  private readonly listeners = new Set<() => void>();
  private seat: string | null = null;
  private peer: Peer | null = null;
  private post: Post | null = null;
  private channel: RTCDataChannel | null = null;
  private senders: Partial<Record<"audio" | "video", RTCRtpSender>> = {};
  private syncing: Promise<void> = Promise.resolve();
  private early: Signalled[] = [];
  private judged: Judged = first;
  private figures = new Figures();
  private servers: Ice | null = null;
  private said = "";
  private fresh = 0;
  private there = false;
  private failed = false;
  private looking: ReturnType<typeof setInterval> | undefined;
  private failing: ReturnType<typeof setTimeout> | undefined;
  private renewing: ReturnType<typeof setTimeout> | undefined;
  private asking: ReturnType<typeof setTimeout> | undefined;
  private forget: (() => void) | null = null;

  constructor(
    private readonly way: Way,
    private readonly options: MediaOptions = {},
  ) {
    this.devices = options.devices ?? new Devices();
    this.listen();
  }

  // What she sends

  get own(): MediaStream | null {
    return this.devices.own;
  }

  /** Whether she is heard: there is a microphone, and it is on. */
  get mic(): boolean {
    return this.devices.microphone !== null && this.devices.heard;
  }

  get camera(): boolean {
    return this.devices.camera !== null;
  }

  get sharing(): boolean {
    return this.devices.screen !== null;
  }

  /** Pictures of the page opposite have come. */
  get began(): boolean {
    return this.peer?.stood === true;
  }

  get trouble(): Trouble | null {
    return this.devices.trouble;
  }

  get cameras(): readonly MediaDeviceInfo[] {
    return this.devices.cameras;
  }

  get microphones(): readonly MediaDeviceInfo[] {
    return this.devices.microphones;
  }

  /** Asks for camera and microphone; then meets the other side, with what could be had. */
  async start(): Promise<void> {
    this.listen();
    await this.devices.start();
  }

  stop(): void {
    this.leave();
    this.seat = null;
    this.forget?.();
    this.forget = null;
    this.devices.stop();
    this.settle();
  }

  hush(): void {
    this.devices.hush();
  }

  async cover(): Promise<void> {
    await this.devices.cover();
  }

  async share(): Promise<void> {
    await this.devices.share();
  }

  async choose(kind: Kind, id: string): Promise<void> {
    await this.devices.choose(kind, id);
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Tries at once to bring the pictures back. */
  readonly retry = (): void => {
    if (this.there) this.begin();
    else this.peer?.restart();
  };

  // What the call says

  /**
   * Who sits opposite; another seat is another page, and another connection. null where there is
   * nobody to talk to: while the other page is only gone for a moment, this is not said.
   */
  meet(seat: string | null): void {
    if (seat === this.seat) return;
    // A page that begins anew because nothing came across has not mended anything yet.
    const failed = this.failed && seat !== null;
    this.leave();
    this.seat = seat;
    this.failed = failed;
    this.meets();
    this.settle();
  }

  /** Whether the room is there. */
  line(there: boolean): void {
    if (there === this.there) return;
    this.there = there;
    if (!there) {
      this.post?.lost();
      return;
    }
    if (this.peer === null) this.meets();
    else {
      this.said = "";
      this.peer.again();
      this.tell();
    }
  }

  hear(signal: Signalled): void {
    if (signal.from !== this.seat || this.peer === null) {
      // It may be ahead of the room's word that somebody else sits there now.
      this.early = [...this.early, signal].slice(-most_early);
      return;
    }
    this.take(this.peer, signal);
  }

  // Inside

  private listen(): void {
    if (this.forget !== null) return;
    const forget = this.devices.subscribe(() => {
      if (this.peer === null) this.meets();
      this.sync();
      this.settle();
    });
    const again = (): void => this.peer?.restart();
    const network = (navigator as { connection?: EventTarget & { type?: string } }).connection;
    let type = network?.type;
    const moved = (): void => {
      // Figures change all the time; another kind of network is another way.
      if (network?.type === type) return;
      type = network?.type;
      again();
    };
    if (typeof window !== "undefined") window.addEventListener("online", again);
    network?.addEventListener("change", moved);
    this.forget = () => {
      forget();
      if (typeof window !== "undefined") window.removeEventListener("online", again);
      network?.removeEventListener("change", moved);
    };
  }

  private meets(): void {
    const { seat } = this;
    if (seat === null || this.peer !== null || this.devices.phase !== "ready") return;
    if (this.asking !== undefined) return;
    this.asking = setTimeout(() => undefined, 0);
    void this.reach(seat);
  }

  private async reach(seat: string): Promise<void> {
    const servers = await this.relays();
    clearTimeout(this.asking);
    this.asking = undefined;
    if (this.seat !== seat || this.devices.phase !== "ready") {
      this.meets();
      return;
    }
    if (servers === null) {
      // The room is away: it is asked again when it is back, or soon.
      this.asking = setTimeout(() => {
        this.asking = undefined;
        this.meets();
      }, ice_again_ms);
      return;
    }
    this.connect(seat, servers);
    this.settle();
  }

  /** The relays to go by; null where they are to be asked for once more. */
  private async relays(): Promise<Ice | null> {
    const known = this.servers;
    if (known !== null && known.expires_at - ahead_ms > this.way.now()) return known;
    try {
      this.servers = await this.way.ice();
      return this.servers;
    } catch (problem) {
      if (problem instanceof Problem && problem.retryable) return null;
      // Without a relay most still find each other.
      return { servers: [], expires_at: 0 };
    }
  }

  private config(servers: Ice): RTCConfiguration {
    return {
      iceServers: servers.servers,
      ...(this.options.relay === true && { iceTransportPolicy: "relay" as const }),
    };
  }

  private connect(seat: string, servers: Ice): void {
    const post = new Post(
      (signal) => this.way.signal(seat, signal),
      () => {
        if (this.there) this.peer?.again();
      },
    );
    const peer = new Peer({
      config: this.config(servers),
      polite: this.way.side === "customer",
      send: (signal) => post.send(signal),
      changed: () => {
        if (this.peer === peer) this.linked(peer);
      },
      broken: () => {
        if (this.peer === peer) this.anew();
      },
      ...(this.options.make !== undefined && { make: this.options.make }),
    });
    this.post = post;
    this.peer = peer;
    this.said = "";
    // What was still to be done on the one before is of no use any more.
    this.syncing = Promise.resolve();
    // There is always something to agree on, even where nobody has a camera or a microphone; and
    // what is muted is known without the room.
    const channel = peer.connection.createDataChannel("state", { negotiated: true, id: 0 });
    channel.addEventListener("open", () => {
      this.said = "";
      this.tell();
    });
    channel.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      const state = asState(data);
      if (state !== null && this.peer === peer) this.told(state);
    });
    this.channel = channel;
    this.sync();
    this.looking = setInterval(() => void this.look(peer), look_ms);
    this.renew(servers);
    this.waitFor(peer);
    for (const signal of this.early.splice(0)) {
      if (signal.from === seat) this.take(peer, signal);
    }
    this.tell();
  }

  private renew({ expires_at }: Ice): void {
    clearTimeout(this.renewing);
    if (expires_at === 0) return;
    const wait = Math.max(ice_again_ms, expires_at - ahead_ms - this.way.now());
    const { peer } = this;
    this.renewing = setTimeout(
      () =>
        void this.relays().then((servers) => {
          if (this.peer !== peer) return;
          if (servers === null) this.renew({ servers: [], expires_at: 1 });
          else {
            this.peer?.connection.setConfiguration(this.config(servers));
            this.renew(servers);
          }
        }),
      Math.min(wait, 2_000_000_000),
    );
  }

  private leave(): void {
    clearInterval(this.looking);
    clearTimeout(this.failing);
    clearTimeout(this.renewing);
    this.failing = undefined;
    this.peer?.close();
    this.post?.lost();
    this.peer = this.post = this.channel = null;
    this.senders = {};
    this.figures = new Figures();
    this.judged = first;
    this.quality = this.other = this.otherState = null;
    this.alone = this.failed = false;
    this.settle();
  }

  private take(peer: Peer, { description, candidates, state }: Signalled): void {
    if (state !== undefined) this.told(state);
    if (description === undefined && candidates === undefined) return;
    void peer.take({
      ...(description !== undefined && { description }),
      ...(candidates !== undefined && { candidates }),
    });
  }

  private told(state: SentState): void {
    this.otherState = state;
    this.changed();
  }

  private linked(peer: Peer): void {
    this.other = peer.stream.getTracks().length > 0 ? peer.stream : null;
    if (peer.link === "connected") {
      clearTimeout(this.failing);
      this.failing = undefined;
      this.failed = false;
      this.fresh = 0;
      this.tell();
    } else {
      this.quality = null;
      this.figures = new Figures();
      this.waitFor(peer);
    }
    this.settle();
  }

  private waitFor(peer: Peer): void {
    this.failing ??= setTimeout(() => {
      this.failing = undefined;
      if (this.peer !== peer || peer.link === "connected") return;
      this.failed = true;
      this.settle();
      // One of the two begins anew, not both at once.
      if (this.way.side === "staff") this.anew();
      if (this.peer === peer) this.waitFor(peer);
    }, failed_ms);
  }

  private anew(): void {
    if (!this.there || this.fresh >= most_fresh) return;
    this.fresh += 1;
    this.begin();
  }

  /** Another seat here is another connection there, and so it is here. */
  private begin(): void {
    const { failed } = this;
    this.leave();
    this.failed = failed;
    this.way.reseat();
    this.meets();
    this.settle();
  }

  /** Sends what there is to send, by what it is sent already where that goes. */
  private sync(): void {
    this.syncing = this.syncing.then(async () => {
      const { peer, devices } = this;
      if (peer === null) return;
      const picture = devices.screen ?? devices.camera;
      await this.put(peer, "audio", devices.microphone);
      await this.put(peer, "video", this.alone ? null : picture);
    });
    this.tell();
  }

  private async put(
    peer: Peer,
    kind: "audio" | "video",
    track: MediaStreamTrack | null,
  ): Promise<void> {
    if (this.peer !== peer) return;
    const sender = this.senders[kind];
    if (sender === undefined) {
      if (track !== null) this.senders[kind] = peer.add(track, new MediaStream([track]));
    } else if (sender.track !== track) {
      await sender.replaceTrack(track);
    }
  }

  /** Says what is sent, to the page opposite: by the room, and past it. */
  private tell(): void {
    if (this.peer === null) return;
    const { mic, camera, sharing: screen, alone: weak } = this;
    const state: SentState = { mic, camera, screen, weak };
    const text = JSON.stringify(state);
    if (text === this.said) return;
    this.said = text;
    if (this.channel?.readyState === "open") this.channel.send(text);
    this.post?.send({ state });
  }

  private async look(peer: Peer): Promise<void> {
    if (peer.link !== "connected") return;
    const sample = this.figures.read(await peer.connection.getStats(), performance.now());
    if (this.peer !== peer || sample === null) return;
    this.judged = judge(this.judged, sample);
    const { quality, alone } = this.judged;
    if (quality === this.quality && alone === this.alone) return;
    this.quality = quality;
    if (alone !== this.alone) {
      this.alone = alone;
      this.sync();
    }
    this.changed();
  }

  private settle(): void {
    this.phase = this.phaseNow();
    this.changed();
  }

  private phaseNow(): MediaPhase {
    if (this.devices.phase !== "ready") return this.devices.phase;
    if (this.seat === null) return "ready";
    if (this.failed) return "failed";
    return this.peer?.link ?? "connecting";
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** What came past the room is checked here, since nobody else has. */
function asState(data: unknown): SentState | null {
  if (typeof data !== "string" || data.length > most_state) return null;
  try {
    const { mic, camera, screen, weak } = JSON.parse(data) as Record<string, unknown>;
    const flags = [mic, camera, screen, weak];
    if (!flags.every((flag) => typeof flag === "boolean")) return null;
    return { mic, camera, screen, weak } as SentState;
  } catch {
    return null;
  }
}
