import type { Sample } from "./quality";

interface Packets {
  lost: number;
  received: number;
}

interface Report {
  id: string;
  type: string;
  state?: string;
  nominated?: boolean;
  currentRoundTripTime?: number;
  availableOutgoingBitrate?: number;
  fractionLost?: number;
  packetsLost?: number;
  packetsReceived?: number;
}

/** Few packets say little about how many get lost. */
const enough = 20;

/** A connection's own figures, look by look. */
export class Figures {
  private before = new Map<string, Packets>();

  /** null where the connection has nothing to say yet. */
  read(stats: RTCStatsReport, at_ms: number): Sample | null {
    const reports = [...(stats as unknown as Map<string, Report>).values()];
    const pair = reports.find(
      ({ type, state, nominated }) =>
        type === "candidate-pair" && state === "succeeded" && nominated === true,
    );
    if (pair === undefined) return null;
    const { currentRoundTripTime: rtt, availableOutgoingBitrate: bits } = pair;
    const there = reports
      .filter(({ type }) => type === "remote-inbound-rtp")
      .map(({ fractionLost }) => fractionLost ?? 0);
    const here = reports.filter(({ type }) => type === "inbound-rtp").map((one) => this.since(one));
    return {
      at_ms,
      rtt_ms: rtt === undefined ? null : rtt * 1000,
      lost: Math.max(0, ...there, ...here),
      kbps: bits === undefined ? null : bits / 1000,
    };
  }

  private since({ id, packetsLost: lost = 0, packetsReceived: received = 0 }: Report): number {
    const before = this.before.get(id) ?? { lost: 0, received: 0 };
    this.before.set(id, { lost, received });
    const missed = Math.max(0, lost - before.lost);
    const all = missed + Math.max(0, received - before.received);
    return all < enough ? 0 : missed / all;
  }
}
