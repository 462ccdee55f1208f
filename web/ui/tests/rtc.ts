/** A stand-in for the browser's connection: it negotiates as WebRTC §4.4 says, and carries nothing. */

import type { Candidate } from "../src/consult/wire";

export class FakeStream {
  private tracks: MediaStreamTrack[];

  constructor(tracks: MediaStreamTrack[] = []) {
    this.tracks = [...tracks];
  }

  getTracks(): MediaStreamTrack[] {
    return [...this.tracks];
  }

  getVideoTracks(): MediaStreamTrack[] {
    return this.tracks.filter(({ kind }) => kind === "video");
  }

  getAudioTracks(): MediaStreamTrack[] {
    return this.tracks.filter(({ kind }) => kind === "audio");
  }

  addTrack(track: MediaStreamTrack): void {
    this.tracks.push(track);
  }

  removeTrack(track: MediaStreamTrack): void {
    this.tracks = this.tracks.filter((one) => one !== track);
  }
}

export class FakeSender {
  constructor(public track: MediaStreamTrack | null) {}

  replaceTrack(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
    return Promise.resolve();
  }
}

export class FakeChannel extends EventTarget {
  readyState: RTCDataChannelState = "connecting";
  readonly sent: string[] = [];

  send(text: string): void {
    this.sent.push(text);
  }

  open(): void {
    this.readyState = "open";
    this.dispatchEvent(new Event("open"));
  }

  hear(data: unknown): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
}

type Described = Pick<RTCSessionDescription, "type" | "sdp">;

export class FakeConnection extends EventTarget {
  signalingState: RTCSignalingState = "stable";
  iceConnectionState: RTCIceConnectionState = "new";
  connectionState: RTCPeerConnectionState = "new";
  localDescription: Described | null = null;
  remoteDescription: Described | null = null;

  rolledBack = 0;
  restarts = 0;
  closed = false;
  readonly candidates: Candidate[] = [];
  readonly senders: FakeSender[] = [];
  readonly channels: FakeChannel[] = [];
  config: RTCConfiguration = {};

  private offers = 0;
  private needed = false;
  private stableLocal: Described | null = null;

  constructor(readonly name: string) {
    super();
  }

  addTrack(track: MediaStreamTrack): FakeSender {
    const sender = new FakeSender(track);
    this.senders.push(sender);
    this.need();
    return sender;
  }

  createDataChannel(): FakeChannel {
    const channel = new FakeChannel();
    this.channels.push(channel);
    this.need();
    return channel;
  }

  setConfiguration(config: RTCConfiguration): void {
    this.config = config;
  }

  restartIce(): void {
    this.restarts += 1;
    this.need();
  }

  getStats(): Promise<Map<string, unknown>> {
    return Promise.resolve(new Map<string, unknown>());
  }

  async setLocalDescription(): Promise<void> {
    await this.work();
    if (this.signalingState === "have-remote-offer") {
      this.localDescription = {
        type: "answer",
        sdp: `answer to ${this.remoteDescription?.sdp ?? ""}`,
      };
      this.sign("stable");
      return;
    }
    if (this.signalingState !== "stable") throw named("InvalidStateError");
    this.needed = false;
    this.stableLocal = this.localDescription;
    this.offers += 1;
    this.localDescription = { type: "offer", sdp: `${this.name} ${this.offers}` };
    this.sign("have-local-offer");
  }

  async setRemoteDescription({ type, sdp }: Described): Promise<void> {
    await this.work();
    if (sdp === "nonsense") throw named("OperationError");
    if (type === "offer") {
      if (this.signalingState === "have-local-offer") {
        this.rolledBack += 1;
        this.localDescription = this.stableLocal;
        this.needed = true;
      }
      this.remoteDescription = { type, sdp };
      this.sign("have-remote-offer");
      return;
    }
    if (this.signalingState !== "have-local-offer") throw named("InvalidStateError");
    if (sdp !== `answer to ${this.localDescription?.sdp ?? ""}`) throw named("OperationError");
    this.remoteDescription = { type, sdp };
    this.sign("stable");
  }

  async addIceCandidate(candidate: Candidate): Promise<void> {
    await this.work();
    if (this.remoteDescription === null) throw named("InvalidStateError");
    this.candidates.push(candidate);
  }

  close(): void {
    this.closed = true;
    this.signalingState = "closed";
  }

  // What tests do with it

  become(ice: RTCIceConnectionState, connection: RTCPeerConnectionState): void {
    this.iceConnectionState = ice;
    this.connectionState = connection;
    this.dispatchEvent(new Event("iceconnectionstatechange"));
    this.dispatchEvent(new Event("connectionstatechange"));
  }

  find(candidate: Candidate): void {
    this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate }));
  }

  bring(track: MediaStreamTrack): void {
    this.dispatchEvent(Object.assign(new Event("track"), { track }));
  }

  /** Whether both hold the same offer and its answer. */
  agreedWith(other: FakeConnection): boolean {
    const [mine, theirs] = [this.localDescription, other.localDescription];
    return (
      this.remoteDescription?.sdp === theirs?.sdp && other.remoteDescription?.sdp === mine?.sdp
    );
  }

  private need(): void {
    this.needed = true;
    this.ask();
  }

  private ask(): void {
    queueMicrotask(() => {
      if (!this.needed || this.closed || this.signalingState !== "stable") return;
      this.dispatchEvent(new Event("negotiationneeded"));
    });
  }

  private sign(state: RTCSignalingState): void {
    const answered = state === "stable" && this.localDescription?.type === "answer";
    this.signalingState = state;
    // An answer holds all tracks; a search that was rolled back is made by the one that took over.
    if (answered) this.needed = false;
    if (state === "stable") this.ask();
  }

  /** Each operation takes its time, and none is done on a connection that was closed meanwhile. */
  private async work(): Promise<void> {
    await Promise.resolve();
    if (this.closed) throw named("InvalidStateError");
  }
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}
