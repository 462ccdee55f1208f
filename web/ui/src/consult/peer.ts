import type { Candidate, Description, Signal } from "./wire";

/** So many candidates go in one signal. */
const most_together = 20;
const batch_ms = 60;
/** An offer that has no answer by then is said again: it, or its answer, was lost. */
const unanswered_ms = 4_000;
/** So long a line may be silent until other ways are looked for. */
const silent_ms = 2_000;
/** So long a search may take until the next one begins. */
const search_ms = 6_000;
/**
 * Who gives way lets the other begin: two offers that meet cost a round trip, and Chromium may gather
 * no candidates at all once it has taken back the first offer of a connection.
 */
const behind_ms = 1_500;
const first_ms = 4_000;

export type Link = "connecting" | "connected" | "reconnecting";

export interface PeerOptions {
  config: RTCConfiguration;
  /** Gives way where both offer at once: one of the two, never both. */
  polite: boolean;
  /** Says something to the other page; in order, but it may be lost. */
  send(signal: Signal): void;
  /** What the other sends has come, or the link is another. */
  changed(): void;
  /** What the other said cannot be taken: only a fresh connection helps. */
  broken(): void;
  make?: (config: RTCConfiguration) => RTCPeerConnection;
}

/**
 * The connection to one page of the other side: perfect negotiation as WebRTC §10.7 shows it, so
 * that either may offer at any time. What was lost on the way is said again, and other ways are
 * looked for where the line falls silent. Needs the room only for that: pictures go on without it.
 */
export class Peer {
  readonly connection: RTCPeerConnection;
  readonly stream = new MediaStream();
  link: Link = "connecting";
  /** It stood once, whatever became of it. */
  stood = false;

  private readonly polite: boolean;
  private makingOffer = false;
  private ignoreOffer = false;
  private closed = false;
  /** The other has offered, or was given the time to. */
  private met: boolean;
  private batch: Candidate[] = [];
  /** Candidates that came before the description that they belong to. */
  private early: Candidate[] = [];
  private before: Promise<void> = Promise.resolve();
  private batching: ReturnType<typeof setTimeout> | undefined;
  private asking: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private holding: ReturnType<typeof setTimeout> | undefined;
  private searching: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: PeerOptions) {
    this.polite = options.polite;
    this.met = !options.polite;
    const make = options.make ?? ((config) => new RTCPeerConnection(config));
    this.connection = make(options.config);
    const { connection } = this;
    connection.addEventListener("negotiationneeded", () => void this.offer());
    connection.addEventListener("icecandidate", ({ candidate }) => this.found(candidate));
    connection.addEventListener("iceconnectionstatechange", () => this.look());
    connection.addEventListener("connectionstatechange", () => this.look());
    connection.addEventListener("track", ({ track }) => this.comes(track));
  }

  /** Begins to send a track; what takes its place later goes by `RTCRtpSender.replaceTrack`. */
  add(track: MediaStreamTrack, stream: MediaStream): RTCRtpSender {
    return this.connection.addTrack(track, stream);
  }

  /** What the other page said; one after another, as they came. */
  take({ description, candidates }: Signal): Promise<void> {
    this.before = this.before.then(async () => {
      if (this.closed) return;
      if (description !== undefined) await this.described(description);
      for (const candidate of candidates ?? []) await this.reachable(candidate);
    });
    return this.before;
  }

  /** The room is there again, or the other page is: what may not have come is said once more. */
  again(): void {
    if (this.closed) return;
    const { signalingState, localDescription } = this.connection;
    if (signalingState === "have-local-offer" && localDescription !== null) {
      this.say(localDescription);
    } else if (this.link !== "connected" && this.connection.remoteDescription !== null) {
      this.soon(0);
    }
  }

  /** Looks for another way to the other page, with `config` where the servers are others now. */
  restart(config?: RTCConfiguration): void {
    if (this.closed) return;
    if (config !== undefined) this.connection.setConfiguration(config);
    this.search();
  }

  close(): void {
    this.closed = true;
    const { batching, asking, silence, searching, holding } = this;
    for (const timer of [batching, asking, silence, searching, holding]) clearTimeout(timer);
    this.connection.close();
  }

  private async offer(): Promise<void> {
    if (this.closed || !this.mayOffer()) return;
    try {
      this.makingOffer = true;
      await this.connection.setLocalDescription();
      const { localDescription } = this.connection;
      if (localDescription !== null) this.say(localDescription);
    } catch (problem) {
      if (!this.over(problem)) this.options.broken();
    } finally {
      this.makingOffer = false;
    }
  }

  private mayOffer(): boolean {
    if (this.met) return true;
    this.holding ??= setTimeout(() => {
      this.met = true;
      if (this.connection.signalingState === "stable") void this.offer();
    }, first_ms);
    return false;
  }

  private async described(description: Description): Promise<void> {
    const { connection } = this;
    const ready = !this.makingOffer && connection.signalingState === "stable";
    const collides = description.type === "offer" && !ready;
    this.ignoreOffer = !this.polite && collides;
    if (this.ignoreOffer) return;
    // An answer to what was rolled back, or said twice, has nothing to answer.
    if (description.type === "answer" && connection.signalingState !== "have-local-offer") return;
    this.met = true;
    clearTimeout(this.holding);
    try {
      await connection.setRemoteDescription(description);
      clearTimeout(this.asking);
      clearTimeout(this.silence);
      this.silence = undefined;
      this.expect();
      for (const candidate of this.early.splice(0)) await this.reachable(candidate);
      if (description.type !== "offer") return;
      await connection.setLocalDescription();
      if (connection.localDescription !== null) this.say(connection.localDescription);
    } catch (problem) {
      if (!this.over(problem)) this.options.broken();
    }
  }

  private async reachable(candidate: Candidate): Promise<void> {
    if (this.connection.remoteDescription === null) {
      if (!this.ignoreOffer) this.early.push(candidate);
      return;
    }
    try {
      await this.connection.addIceCandidate(candidate);
    } catch {
      // Of an offer that was ignored, or of a search that another one took the place of.
    }
  }

  private over(problem: unknown): boolean {
    return this.closed || (problem instanceof Error && problem.name === "InvalidStateError");
  }

  private say({ type, sdp }: RTCSessionDescription): void {
    if (type === "pranswer") return;
    // The description holds what was found so far.
    this.batch = [];
    this.options.send({ description: { type, sdp } });
    clearTimeout(this.asking);
    if (type !== "offer") return;
    this.asking = setTimeout(() => {
      if (this.connection.signalingState === "have-local-offer") this.again();
    }, unanswered_ms);
  }

  private found(candidate: RTCIceCandidate | null): void {
    if (candidate === null || this.closed) return;
    const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    this.batch.push({ candidate: line, sdpMid, sdpMLineIndex, usernameFragment });
    if (this.batch.length >= most_together) this.flush();
    else this.batching ??= setTimeout(() => this.flush(), batch_ms);
  }

  private flush(): void {
    clearTimeout(this.batching);
    this.batching = undefined;
    if (this.closed || this.batch.length === 0) return;
    this.options.send({ candidates: this.batch.splice(0, most_together) });
    if (this.batch.length > 0) this.batching = setTimeout(() => this.flush(), batch_ms);
  }

  private comes(track: MediaStreamTrack): void {
    for (const old of this.stream.getTracks()) {
      if (old.kind === track.kind && old !== track) this.stream.removeTrack(old);
    }
    this.stream.addTrack(track);
    this.options.changed();
  }

  /** What became of the line. */
  private look(): void {
    if (this.closed) return;
    const { iceConnectionState, connectionState } = this.connection;
    if (this.stands) {
      this.stood = true;
      this.become("connected");
      clearTimeout(this.silence);
      clearTimeout(this.searching);
      this.silence = this.searching = undefined;
      return;
    }
    if (iceConnectionState === "failed" || connectionState === "failed") {
      this.become(this.stood ? "reconnecting" : "connecting");
      // A search that is under way is given its time.
      if (this.searching === undefined) this.soon(0);
    } else if (iceConnectionState === "disconnected") {
      this.soon(silent_ms);
    }
  }

  /** Looks for another way, if there is still none by then; whoever gives way does so later. */
  private soon(wait_ms: number): void {
    const wait = wait_ms + (this.polite ? behind_ms : 0);
    if (wait === 0) {
      this.search();
      return;
    }
    this.silence ??= setTimeout(() => {
      this.silence = undefined;
      if (this.stands) return;
      this.become(this.stood ? "reconnecting" : "connecting");
      this.search();
    }, wait);
  }

  private get stands(): boolean {
    const { iceConnectionState, connectionState } = this.connection;
    return connectionState === "connected" && iceConnectionState !== "disconnected";
  }

  /** Where no way is found by then, one more is looked for. */
  private expect(): void {
    if (this.connection.connectionState === "connected") return;
    this.searching ??= setTimeout(
      () => {
        this.searching = undefined;
        if (this.connection.connectionState !== "connected") this.search();
      },
      search_ms + (this.polite ? behind_ms : 0),
    );
  }

  private search(): void {
    clearTimeout(this.searching);
    this.searching = undefined;
    this.expect();
    // An offer without an answer is looked after by itself; one on top of it would only be ignored.
    if (this.connection.signalingState === "stable") this.connection.restartIce();
    else this.again();
  }

  private become(link: Link): void {
    if (this.link === link) return;
    this.link = link;
    this.options.changed();
  }
}
