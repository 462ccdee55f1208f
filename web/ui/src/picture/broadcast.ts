import { ask } from "../wire/http";
import type { PictureState } from "../wire/types";
import { choices, fromCamera, fromScreen, Level, NoInput, stop, type Trouble } from "./inputs";
import { Refused } from "./webrtc";
import { type Health, sendsH264, Whip } from "./whip";

/** Where a host sends, and how it fares at the other end. */
export interface Sending {
  state: PictureState;
  keeps: boolean;
  replay: boolean;
  publish: string | null;
  rtmp: string | null;
  key: string;
}

export type Phase = "idle" | "asking" | "ready" | "connecting" | "sending" | "lost";
export type Input = "camera" | "screen";

const looked_ms = 2_000;
const again_ms = [500, 1_000, 2_000, 4_000] as const;

/**
 * What a host sends from this page, and to where: it goes on whatever of the page is shown, until
 * `end`. Who subscribes is told of every change.
 */
export class Broadcast {
  phase: Phase = "idle";
  trouble: Trouble | "no_h264" | "refused" | null = null;
  /** Of the last look, while it is sent. */
  health: Health | null = null;
  /** Those chosen, by their ids; "" for the browser's own choice. */
  camera = "";
  microphone = "";
  cameras: MediaDeviceInfo[] = [];
  microphones: MediaDeviceInfo[] = [];
  from: Input = "camera";
  mute = false;
  sending: Sending | null = null;
  stream: MediaStream | null = null;
  /** Of the staff's side of the show's picture. */
  readonly address: string;

  private readonly listeners = new Set<() => void>();
  private whip: Whip | null = null;
  private level: Level | null = null;
  private failures = 0;
  /** Goes up when she stops: what is under way then is not gone on with. */
  private turn = 0;
  private looking: ReturnType<typeof setInterval> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;

  constructor(show: string) {
    this.address = `/api/staff/shows/${encodeURIComponent(show)}/picture`;
  }

  /** Returns what ends the subscription. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private become(values: Partial<Pick<Broadcast, "phase" | "trouble" | "health">> = {}): void {
    Object.assign(this, values);
    for (const listener of this.listeners) listener();
  }

  /** Whether she is on, or about to be again. */
  get isOn(): boolean {
    return this.phase === "sending" || this.phase === "lost";
  }

  /** How loud she is, 0 to 1. */
  get loudness(): number {
    return this.mute ? 0 : (this.level?.now() ?? 0);
  }

  async look(): Promise<void> {
    this.sending = await ask<Sending>("GET", this.address).catch(() => this.sending);
    this.become();
  }

  choose(kind: "camera" | "microphone", device: string): void {
    this[kind] = device;
    void this.open("camera");
  }

  async open(from: Input): Promise<void> {
    const before = this.phase;
    if (!sendsH264()) {
      this.become({ trouble: "no_h264" });
      return;
    }
    this.become({ trouble: null, phase: before === "idle" ? "asking" : before });
    try {
      const stream =
        from === "camera" ? await fromCamera(this.camera, this.microphone) : await fromScreen();
      this.from = from;
      await this.use(stream);
      [this.cameras, this.microphones] = await Promise.all([
        choices("videoinput"),
        choices("audioinput"),
      ]);
      this.become(before === "idle" ? { phase: "ready" } : {});
    } catch (problem) {
      this.become({
        phase: before,
        trouble: problem instanceof NoInput ? problem.trouble : "missing",
      });
    }
  }

  private async use(stream: MediaStream): Promise<void> {
    const old = this.stream;
    this.stream = stream;
    for (const track of stream.getAudioTracks()) track.enabled = !this.mute;
    this.level?.close();
    this.level = new Level(stream);
    // She may end the sharing of her screen from the browser's own bar.
    stream.getVideoTracks()[0]?.addEventListener("ended", () => {
      if (this.stream === stream) void this.open("camera");
    });
    for (const track of stream.getTracks()) await this.whip?.replace(track);
    stop(old);
  }

  readonly send = async (): Promise<void> => {
    clearTimeout(this.again);
    const { turn } = this;
    if (this.stream === null) await this.open(this.from);
    const { stream } = this;
    if (stream === null || turn !== this.turn) return;
    this.become({ phase: this.failures === 0 ? "connecting" : "lost" });
    try {
      await this.look();
      const { publish, key } = this.sending ?? {};
      if (publish == null || key === undefined) throw new Refused(0, "no_engine");
      const whip = await Whip.to(publish, key, stream, this.lost);
      if (turn !== this.turn) {
        whip.close();
        return;
      }
      this.whip = whip;
      this.failures = 0;
      window.addEventListener("beforeunload", askFirst);
      clearInterval(this.looking);
      this.looking = setInterval(() => void this.check(), looked_ms);
      this.become({ phase: "sending", trouble: null });
    } catch (problem) {
      if (turn !== this.turn) return;
      const final = problem instanceof Refused && problem.status >= 400 && problem.status < 500;
      if (!final) this.lost();
      else {
        const trouble = problem.code === "no_h264" ? "no_h264" : "refused";
        this.become({ phase: "ready", trouble });
      }
    }
  };

  private readonly lost = (): void => {
    clearInterval(this.looking);
    this.whip = null;
    const wait = again_ms[Math.min(this.failures, again_ms.length - 1)];
    this.failures += 1;
    clearTimeout(this.again);
    this.again = setTimeout(() => void this.send(), wait);
    this.become({ phase: "lost", health: null });
  };

  /** Sends no more; what she sends it with stays open. */
  readonly halt = (): void => {
    this.turn += 1;
    clearTimeout(this.again);
    clearInterval(this.looking);
    window.removeEventListener("beforeunload", askFirst);
    this.whip?.close();
    this.whip = null;
    this.failures = 0;
    this.become({ phase: "ready", health: null });
  };

  private async check(): Promise<void> {
    const health = (await this.whip?.health()) ?? null;
    if (this.phase === "sending") this.health = health;
    await this.look();
  }

  /** Sends no more, and lets go of camera and microphone. */
  end(): void {
    this.halt();
    this.level?.close();
    stop(this.stream);
    this.level = this.stream = null;
    this.become({ phase: "idle" });
  }

  readonly hush = (): void => {
    this.mute = !this.mute;
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !this.mute;
    this.become();
  };
}

/** Her audience goes dark when she leaves the page: the browser asks whether she means it. */
function askFirst(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
