import {
  asTrouble,
  choices,
  devices as browser,
  fromScreen,
  NoInput,
  stop,
  type Trouble,
} from "../picture/inputs";

export type Kind = "camera" | "microphone";
/** What sounds: a picture with its sound, or sound alone. */
export type Player = Pick<HTMLMediaElement, "sinkId" | "setSinkId">;
export type { Trouble };

type Facing = "user" | "environment";

/**
 * Her camera, her microphone, her screen and her loudspeaker: what she chose, what is missing and
 * why. Lives before a call and during it, so that the browser asks her once. Listeners are called
 * after every change.
 */
export class Devices {
  phase: "off" | "asking" | "ready" = "off";
  camera: MediaStreamTrack | null = null;
  microphone: MediaStreamTrack | null = null;
  screen: MediaStreamTrack | null = null;
  /** Why one of them, or both, could not be had; `lacks` says which. */
  trouble: Trouble | null = null;
  lacks: readonly Kind[] = [];
  cameras: readonly MediaDeviceInfo[] = [];
  microphones: readonly MediaDeviceInfo[] = [];
  /** Empty where the browser lets nobody choose. */
  speakers: readonly MediaDeviceInfo[] = [];
  /** The id of the loudspeaker that she chose; "" for the browser's own choice. */
  speaker = "";
  /** Whether she wants to be heard and seen. */
  heard = true;
  seen = true;

  private chosen: Record<Kind, string> = { camera: "", microphone: "" };
  private facing: Facing = "user";
  private turn = 0;
  /** Of several wishes for a camera, or a microphone, the newest counts. */
  private readonly wishes: Record<Kind, number> = { camera: 0, microphone: 0 };
  private readonly listeners = new Set<() => void>();

  /** What she sees of herself; one stream for each picture, since a player keeps to its own. */
  get own(): MediaStream | null {
    const tracks = [this.screen ?? this.camera, this.microphone].filter((track) => track !== null);
    if (tracks.length === 0) this.kept = null;
    else if (this.kept === null || !sameTracks(this.kept, tracks)) {
      this.kept = new MediaStream(tracks);
    }
    return this.kept;
  }

  private kept: MediaStream | null = null;

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Asks for what she wants to be heard and seen by. What she lacks is told, not thrown. */
  async start(): Promise<void> {
    if (this.phase !== "off") return;
    const turn = (this.turn += 1);
    this.phase = "asking";
    this.changed();
    await this.ask(turn);
    if (turn !== this.turn) return;
    this.phase = "ready";
    this.media()?.addEventListener("devicechange", this.relist);
    this.changed();
    await this.list();
  }

  /** Once more for what could not be had: she has allowed it now, or plugged it in. */
  async again(): Promise<void> {
    this.stop();
    await this.start();
  }

  stop(): void {
    this.turn += 1;
    this.phase = "off";
    this.media()?.removeEventListener("devicechange", this.relist);
    for (const track of [this.camera, this.microphone, this.screen]) track?.stop();
    this.camera = this.microphone = this.screen = null;
    this.trouble = null;
    this.lacks = [];
    this.changed();
  }

  hush(heard = !this.heard): void {
    this.heard = heard;
    if (this.microphone !== null) this.microphone.enabled = heard;
    this.changed();
  }

  /** Without a camera its light is out too: it is given back, and asked for again. */
  async cover(seen = !this.seen): Promise<void> {
    this.seen = seen;
    if (!seen) {
      this.camera?.stop();
      this.camera = null;
      this.changed();
    } else if (this.camera === null && this.phase === "ready") {
      this.changed();
      await this.take("camera");
    }
  }

  /** Shares the screen, or no longer. False where she thought better of it. */
  async share(): Promise<boolean> {
    if (this.screen !== null) {
      this.unshare();
      return true;
    }
    const stream = await fromScreen().catch((problem: unknown) => {
      if (problem instanceof NoInput && problem.trouble === "denied") return null;
      throw problem;
    });
    const [track] = stream?.getVideoTracks() ?? [];
    for (const sound of stream?.getAudioTracks() ?? []) sound.stop();
    if (track === undefined) return false;
    // The browser has its own button for this.
    track.addEventListener("ended", () => {
      if (this.screen === track) this.unshare();
    });
    this.screen = track;
    this.changed();
    return true;
  }

  get mayShare(): boolean {
    const media = this.media();
    return media !== undefined && "getDisplayMedia" in media;
  }

  async choose(kind: Kind, id: string): Promise<void> {
    this.chosen[kind] = id;
    if (kind === "camera" && !this.seen) return;
    await this.take(kind);
  }

  /** Has others sound by another loudspeaker from now on. */
  listen(id: string): void {
    this.speaker = id;
    this.changed();
  }

  /** Has `player` sound where she chose; by the browser's own choice where that cannot be. */
  async route(player: Player): Promise<void> {
    const { speaker } = this;
    if (!mayRoute() || player.sinkId === speaker) return;
    try {
      await player.setSinkId(speaker);
    } catch {
      // Pulled out, or not allowed to this page: what she sees chosen is what sounds.
      if (speaker !== "" && this.speaker === speaker) this.listen("");
    }
  }

  /** The id of what is used now. */
  using(kind: Kind): string {
    return this[kind]?.getSettings().deviceId ?? this.chosen[kind];
  }

  /** The camera of a phone that looks the other way. */
  async turnAround(): Promise<void> {
    this.facing = this.facing === "user" ? "environment" : "user";
    this.chosen.camera = "";
    await this.take("camera");
  }

  /** It looks at her: shown to herself as in a mirror. */
  get mirrored(): boolean {
    if (this.screen !== null) return false;
    const facing = this.camera?.getSettings().facingMode;
    return facing === undefined || facing === "user";
  }

  private async ask(turn: number): Promise<void> {
    const video = this.seen ? this.wish("camera") : false;
    const audio = this.wish("microphone");
    let why: Trouble;
    try {
      const stream = await browser().getUserMedia({ video, audio });
      if (turn === this.turn) this.hold(stream);
      else stop(stream);
      return;
    } catch (problem) {
      why = asTrouble(problem).trouble;
    }
    // One of the two may be there: her voice is worth more than her picture.
    for (const kind of (await this.worthAsking(why)) satisfies Kind[]) {
      if (turn !== this.turn) return;
      if (kind === "camera" && !this.seen) continue;
      const one = kind === "camera" ? { video } : { audio };
      const stream = await browser()
        .getUserMedia(one)
        .catch(() => null);
      if (turn === this.turn) this.hold(stream);
      else stop(stream);
    }
    if (turn !== this.turn) return;
    this.lacks = lacking(this.microphone, this.camera, this.seen);
    this.trouble = this.lacks.length > 0 ? why : null;
  }

  /** What to ask for alone. Where she said no to both, she is not asked once more at once. */
  private async worthAsking(why: Trouble): Promise<Kind[]> {
    if (why === "insecure") return [];
    if (why !== "denied") return ["microphone", "camera"];
    const [camera, microphone] = await Promise.all([allowed("camera"), allowed("microphone")]);
    if (camera === "denied" && microphone !== "denied") return ["microphone"];
    if (microphone === "denied" && camera !== "denied") return ["camera"];
    return [];
  }

  /** One of the two anew, as it is chosen now; the other stays as it is. */
  private async take(kind: Kind): Promise<void> {
    const { turn } = this;
    const mine = (this.wishes[kind] += 1);
    const passed = (): boolean => turn !== this.turn || mine !== this.wishes[kind];
    // Phones lend one camera at a time.
    if (kind === "camera") this.camera?.stop();
    const wish = kind === "camera" ? { video: this.wish(kind) } : { audio: this.wish(kind) };
    try {
      const stream = await browser().getUserMedia(wish);
      if (passed()) {
        stop(stream);
        return;
      }
      if (kind === "microphone") this.microphone?.stop();
      this.hold(stream);
      this.lacks = this.lacks.filter((one) => one !== kind);
      if (this.lacks.length === 0) this.trouble = null;
    } catch (problem) {
      if (passed()) return;
      if (kind === "camera") this.camera = null;
      // The microphone that she has goes on where another one cannot be had.
      if (this[kind] !== null) this.chosen[kind] = "";
      else {
        this.trouble = asTrouble(problem).trouble;
        this.lacks = [...new Set([...this.lacks, kind])];
      }
    }
    this.changed();
    await this.list();
  }

  private wish(kind: Kind): MediaTrackConstraints {
    const id = this.chosen[kind];
    const deviceId = id === "" ? {} : { deviceId: { exact: id } };
    if (kind === "microphone") {
      return { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...deviceId };
    }
    return {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
      ...(id === "" ? { facingMode: { ideal: this.facing } } : deviceId),
    };
  }

  private hold(stream: MediaStream | null): void {
    const [camera] = stream?.getVideoTracks() ?? [];
    const [microphone] = stream?.getAudioTracks() ?? [];
    // She may have covered it while the browser was asked.
    if (!this.seen) camera?.stop();
    else if (camera !== undefined) {
      this.camera = camera;
      this.watch(camera, "camera");
    }
    if (microphone !== undefined) {
      microphone.enabled = this.heard;
      this.microphone = microphone;
      this.watch(microphone, "microphone");
    }
    this.changed();
  }

  /** Pulled out, or taken by another program: the browser's own choice takes its place. */
  private watch(track: MediaStreamTrack, kind: Kind): void {
    track.addEventListener("ended", () => {
      if (this[kind] !== track) return;
      this[kind] = null;
      this.chosen[kind] = "";
      this.changed();
      void this.take(kind);
    });
  }

  private unshare(): void {
    this.screen?.stop();
    this.screen = null;
    this.changed();
  }

  private readonly relist = (): void => void this.list();

  private async list(): Promise<void> {
    if (this.media() === undefined) return;
    [this.cameras, this.microphones, this.speakers] = await Promise.all([
      choices("videoinput"),
      choices("audioinput"),
      mayRoute() ? choices("audiooutput") : [],
    ]);
    if (this.speakers.every(({ deviceId }) => deviceId !== this.speaker)) this.speaker = "";
    this.changed();
  }

  private media(): MediaDevices | undefined {
    return (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Whether the browser lets a page choose by what it sounds. */
function mayRoute(): boolean {
  return "setSinkId" in HTMLMediaElement.prototype;
}

/** "granted", "denied" or "prompt"; the last also where the browser does not say. */
export async function allowed(kind: Kind): Promise<PermissionState> {
  try {
    return (await navigator.permissions.query({ name: kind })).state;
  } catch {
    return "prompt"; // not every browser knows these two by name
  }
}

function lacking(microphone: unknown, camera: unknown, seen: boolean): Kind[] {
  const without: Kind[] = [];
  if (microphone === null) without.push("microphone");
  if (camera === null && seen) without.push("camera");
  return without;
}

function sameTracks(stream: MediaStream, tracks: readonly MediaStreamTrack[]): boolean {
  const has = stream.getTracks();
  return has.length === tracks.length && tracks.every((track) => has.includes(track));
}
