import { describe, expect, test } from "vitest";

import { first, judge, type Judged, type Quality, read, type Sample } from "../src/consult/quality";
import { Figures } from "../src/consult/stats";

const good = { rtt_ms: 60, lost: 0, kbps: 1_800 };
const weak = { rtt_ms: 500, lost: 0.02, kbps: 600 };
const bad = { rtt_ms: 300, lost: 0.3, kbps: 80 };

/** What is decided after so many seconds of each, looked at every two. */
function after(...spans: [seconds: number, figures: Omit<Sample, "at_ms">][]): Judged[] {
  const all: Judged[] = [];
  let at_ms = 0;
  let now = first;
  for (const [seconds, figures] of spans) {
    for (const end = at_ms + seconds * 1_000; at_ms < end; at_ms += 2_000) {
      now = judge(now, { at_ms, ...figures });
      all.push(now);
    }
  }
  return all;
}

const last = (all: Judged[]): Judged => all.at(-1) ?? first;

describe("one look", () => {
  test.each<[Quality, Partial<Sample>]>([
    ["good", {}],
    ["good", { rtt_ms: null, kbps: null }],
    ["weak", { rtt_ms: 450 }],
    ["weak", { lost: 0.06 }],
    ["weak", { kbps: 200 }],
    ["bad", { rtt_ms: 1_200 }],
    ["bad", { lost: 0.2 }],
    ["bad", { kbps: 60 }],
  ])("is %s at %o", (quality, figures) => {
    expect(read({ at_ms: 0, ...good, ...figures }, false)).toBe(quality);
  });

  test("does not mind what would fit while no picture is sent", () => {
    expect(read({ at_ms: 0, ...good, kbps: 40 }, true)).toBe("good");
  });
});

describe("the line", () => {
  test("is good to begin with, and stays so", () => {
    expect(after([20, good]).every(({ quality, alone }) => quality === "good" && !alone)).toBe(
      true,
    );
  });

  test("is not called weak for one bad moment", () => {
    expect(after([6, good], [2, bad], [10, good]).every(({ quality }) => quality === "good")).toBe(
      true,
    );
  });

  test("is called weak, or bad, once that has lasted", () => {
    expect(last(after([4, good], [6, weak])).quality).toBe("weak");
    expect(last(after([4, good], [6, bad])).quality).toBe("bad");
  });

  test("is called what all looks agree on, where they differ", () => {
    expect(last(after([4, good], [2, bad], [4, weak])).quality).toBe("weak");
  });

  test("is called good again later than it was called bad", () => {
    expect(last(after([8, weak], [4, good])).quality).toBe("weak");
    expect(last(after([8, weak], [8, good])).quality).toBe("good");
  });
});

describe("pictures", () => {
  test("are let go where it stays bad", () => {
    expect(last(after([10, bad])).alone).toBe(false);
    expect(last(after([16, bad])).alone).toBe(true);
  });

  test("go on where it is only weak", () => {
    expect(last(after([60, weak])).alone).toBe(false);
  });

  test("come back once sound alone has gone well for a while", () => {
    // What fits is only found out while something is sent.
    const all = after([16, bad], [26, { ...good, kbps: 40 }], [30, good]);
    expect(last(all)).toMatchObject({ quality: "good", alone: false });
    const back = all.findIndex(({ alone }, n) => n > 8 && !alone);
    // Six seconds to be believed, and ten more.
    expect(back).toBeGreaterThanOrEqual(8 + 7);
  });

  test("that did not hold come back later each time", () => {
    const quiet = { ...good, kbps: 40 };
    const all = after([16, bad], [20, quiet], [16, bad], [20, quiet]);
    expect(last(all)).toMatchObject({ alone: true, rest_ms: 20_000 });
    expect(last(after([16, bad], [20, quiet], [16, bad], [30, quiet])).alone).toBe(false);
  });

  test("do not flicker on a line that comes and goes", () => {
    const spans = Array.from({ length: 20 }, (_, n): [number, Omit<Sample, "at_ms">] => [
      4,
      n % 2 === 0 ? bad : good,
    ]);
    const turns = after(...spans).filter(({ alone }, n, all) => alone !== all[n - 1]?.alone);
    expect(turns.length).toBeLessThanOrEqual(2);
  });
});

describe("the figures of a connection", () => {
  const report = (...all: Record<string, unknown>[]): RTCStatsReport =>
    new Map(all.map((one) => [one.id as string, one]));
  const pair = {
    id: "p",
    type: "candidate-pair",
    state: "succeeded",
    nominated: true,
    currentRoundTripTime: 0.12,
    availableOutgoingBitrate: 900_000,
  };
  const inbound = (packetsReceived: number, packetsLost: number): Record<string, unknown> => ({
    id: "i",
    type: "inbound-rtp",
    packetsReceived,
    packetsLost,
  });

  test("say nothing before there is a way", () => {
    expect(new Figures().read(report(), 0)).toBeNull();
  });

  test("are those of the way that is used", () => {
    const other = { ...pair, id: "q", nominated: false, currentRoundTripTime: 9 };
    expect(new Figures().read(report(other, pair), 7)).toEqual({
      at_ms: 7,
      rtt_ms: 120,
      lost: 0,
      kbps: 900,
    });
  });

  test("count what was lost since the last look", () => {
    const figures = new Figures();
    expect(figures.read(report(pair, inbound(900, 100)), 0)?.lost).toBeCloseTo(0.1);
    expect(figures.read(report(pair, inbound(1_000, 100)), 1)?.lost).toBe(0);
    expect(figures.read(report(pair, inbound(1_050, 150)), 2)?.lost).toBeCloseTo(0.5);
  });

  test("take the worse of what is lost here and there", () => {
    const there = { id: "r", type: "remote-inbound-rtp", fractionLost: 0.2 };
    expect(new Figures().read(report(pair, inbound(990, 10), there), 0)?.lost).toBe(0.2);
  });

  test("make nothing of a few packets", () => {
    expect(new Figures().read(report(pair, inbound(5, 5)), 0)?.lost).toBe(0);
  });
});
