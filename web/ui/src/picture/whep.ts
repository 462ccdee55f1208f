import { end, exchange } from "./webrtc";

/** One viewer's WebRTC connection to the picture (WHEP). `gone` is called once, when it is lost. */
export class Whep {
  private readonly peer = new RTCPeerConnection();
  private session: string | null = null;
  private closed = false;

  private constructor(private readonly gone: () => void) {
    this.peer.addEventListener("connectionstatechange", () => {
      if (["failed", "closed", "disconnected"].includes(this.peer.connectionState)) this.lost();
    });
  }

  /** Connects, and has `video` show what comes. Throws where it is refused. */
  static async to(url: string, video: HTMLVideoElement, gone: () => void): Promise<Whep> {
    const whep = new Whep(gone);
    const stream = new MediaStream();
    whep.peer.addEventListener("track", ({ track }) => stream.addTrack(track));
    for (const kind of ["video", "audio"])
      whep.peer.addTransceiver(kind, { direction: "recvonly" });
    try {
      whep.session = await exchange(whep.peer, url);
    } catch (problem) {
      whep.close();
      throw problem;
    }
    video.srcObject = stream;
    return whep;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.peer.close();
    end(this.session);
  }

  private lost(): void {
    if (this.closed) return;
    this.close();
    this.gone();
  }
}
