import { end, exchange, Refused } from "./webrtc";

const bits = 2_500_000;
const frames = 30;

/** How the sending goes, between two looks. */
export interface Health {
  width: number;
  height: number;
  framesPerSecond: number;
  /** Null at the first look. */
  bitsPerSecond: number | null;
  /** What keeps the picture small, as the browser sees it. */
  limit: "none" | "cpu" | "bandwidth" | "other";
  /** Part of the packets that did not arrive, 0 to 1. */
  lost: number;
}

export const sendsH264 = (): boolean =>
  "RTCRtpSender" in window && h264(RTCRtpSender.getCapabilities("video")).length > 0;

/** One host's connection to the engine (WHIP, RFC 9725). `gone` is called once, when it is lost. */
export class Whip {
  private readonly peer = new RTCPeerConnection();
  private session: string | null = null;
  private closed = false;
  private before = { at: 0, bytes: 0 };

  private constructor(
    private readonly headers: Record<string, string>,
    private readonly gone: () => void,
  ) {
    this.peer.addEventListener("connectionstatechange", () => {
      if (["failed", "closed", "disconnected"].includes(this.peer.connectionState)) this.lost();
    });
  }

  /** Sends `stream`'s picture and sound. Throws `Refused`, and a TypeError where none answers. */
  static async to(url: string, key: string, stream: MediaStream, gone: () => void): Promise<Whip> {
    const whip = new Whip({ Authorization: `Bearer ${key}` }, gone);
    try {
      for (const track of stream.getTracks()) await whip.add(track, stream);
      whip.session = await exchange(whip.peer, url, whip.headers);
    } catch (problem) {
      whip.close();
      throw problem;
    }
    return whip;
  }

  /** Sends another track of the same kind in the place of the one before. */
  async replace(track: MediaStreamTrack): Promise<void> {
    const sender = this.peer.getSenders().find((one) => one.track?.kind === track.kind);
    await sender?.replaceTrack(track);
  }

  async health(): Promise<Health | null> {
    const stats = [...(await this.peer.getStats()).values()] as Record<string, unknown>[];
    const sent = stats.find(({ type, kind }) => type === "outbound-rtp" && kind === "video");
    if (sent === undefined) return null;
    const heard = stats.find(({ type, kind }) => type === "remote-inbound-rtp" && kind === "video");
    const at = number(sent.timestamp);
    const bytes = number(sent.bytesSent);
    const { before } = this;
    this.before = { at, bytes };
    return {
      width: number(sent.frameWidth),
      height: number(sent.frameHeight),
      framesPerSecond: number(sent.framesPerSecond),
      bitsPerSecond:
        before.at === 0 ? null : ((bytes - before.bytes) * 8_000) / Math.max(at - before.at, 1),
      limit: (sent.qualityLimitationReason as Health["limit"] | undefined) ?? "none",
      lost: number(heard?.fractionLost),
    };
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.peer.close();
    end(this.session, this.headers);
  }

  private async add(track: MediaStreamTrack, stream: MediaStream): Promise<void> {
    if (track.kind === "audio") {
      this.peer.addTransceiver(track, { direction: "sendonly", streams: [stream] });
      return;
    }
    // What is shown is people and goods that move; a screen's owner chose its own hint.
    if (track.contentHint === "") track.contentHint = "motion";
    const transceiver = this.peer.addTransceiver(track, {
      direction: "sendonly",
      streams: [stream],
      sendEncodings: [{ maxBitrate: bits, maxFramerate: frames }],
    });
    const codecs = h264(RTCRtpSender.getCapabilities("video"));
    if (codecs.length === 0) throw new Refused(0, "no_h264");
    transceiver.setCodecPreferences(codecs);
    const parameters = transceiver.sender.getParameters();
    parameters.degradationPreference = "maintain-resolution";
    await transceiver.sender.setParameters(parameters);
  }

  private lost(): void {
    if (this.closed) return;
    this.close();
    this.gone();
  }
}

/** H.264, and sending again what was lost: none where this browser has no H.264. */
function h264(known: RTCRtpCapabilities | null): RTCRtpCodec[] {
  const codecs = known?.codecs ?? [];
  const pictures = codecs.filter(({ mimeType }) => mimeType === "video/H264");
  if (pictures.length === 0) return [];
  return [...pictures, ...codecs.filter(({ mimeType }) => mimeType === "video/rtx")];
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
