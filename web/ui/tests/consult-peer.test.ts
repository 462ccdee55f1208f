import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Peer, type PeerOptions } from "../src/consult/peer";
import type { Candidate, Signal } from "../src/consult/wire";
import { FakeConnection, FakeStream } from "./rtc";

interface Side {
  peer: Peer;
  connection: FakeConnection;
  sent: Signal[];
  broken: number;
  links: string[];
}

function side(polite: boolean, send?: (signal: Signal) => void): Side {
  const sent: Signal[] = [];
  const one = { sent, broken: 0, links: [] as string[] } as unknown as Side;
  const options: PeerOptions = {
    config: {},
    polite,
    send: (signal) => {
      sent.push(signal);
      send?.(signal);
    },
    changed: () => {
      if (one.links.at(-1) !== one.peer.link) one.links.push(one.peer.link);
    },
    broken: () => (one.broken += 1),
    make: () => {
      one.connection = new FakeConnection(polite ? "customer" : "staff");
      return one.connection as unknown as RTCPeerConnection;
    },
  };
  one.peer = new Peer(options);
  return one;
}

/** Two that hear each other, each signal in its own time. */
function pair(): [customer: Side, staff: Side] {
  const later = (to: () => Side) => (signal: Signal) =>
    void setTimeout(() => void to().peer.take(signal), 5);
  const customer: Side = side(
    true,
    later(() => staff),
  );
  const staff: Side = side(
    false,
    later(() => customer),
  );
  return [customer, staff];
}

function track(kind: "audio" | "video"): MediaStreamTrack {
  return { kind } as MediaStreamTrack;
}

const candidate = (n: number): Candidate => ({
  candidate: `candidate:${n}`,
  sdpMid: "0",
  sdpMLineIndex: 0,
  usernameFragment: "u",
});

const settle = (ms = 100): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("MediaStream", FakeStream);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("an agreement", () => {
  test("is reached where one offers", async () => {
    const [customer, staff] = pair();
    staff.peer.add(track("video"), new MediaStream());
    await settle();
    expect(customer.connection.signalingState).toBe("stable");
    expect(staff.connection.signalingState).toBe("stable");
    expect(staff.connection.remoteDescription?.sdp).toBe("answer to staff 1");
  });

  test("is begun by the rep, where both have something to send", async () => {
    const [customer, staff] = pair();
    customer.peer.add(track("audio"), new MediaStream());
    staff.peer.add(track("audio"), new MediaStream());
    await settle(10_000);
    expect(customer.connection.rolledBack).toBe(0);
    expect(customer.connection.agreedWith(staff.connection)).toBe(true);
  });

  test("is begun by the customer, where the rep does not in time", async () => {
    const [customer, staff] = pair();
    customer.peer.add(track("audio"), new MediaStream());
    await settle(3_900);
    expect(customer.sent).toEqual([]);
    await settle(200);
    expect(staff.connection.remoteDescription?.sdp).toBe("customer 1");
    expect(customer.connection.agreedWith(staff.connection)).toBe(true);
  });

  test("is reached where both offer at once: the customer gives way", async () => {
    const [customer, staff] = pair();
    customer.peer.add(track("audio"), new MediaStream());
    await settle(3_999);
    staff.peer.add(track("audio"), new MediaStream());
    await settle();
    expect(customer.connection.rolledBack).toBe(1);
    expect(staff.connection.rolledBack).toBe(0);
    expect(customer.connection.remoteDescription?.sdp).toBe("staff 1");
    expect(staff.connection.remoteDescription?.sdp).toBe("answer to staff 1");
    expect([customer.broken, staff.broken]).toEqual([0, 0]);
  });

  test("is reached again and again, with either side beginning", async () => {
    const [customer, staff] = pair();
    staff.peer.add(track("audio"), new MediaStream());
    await settle();
    for (const one of [customer, staff, customer, staff]) {
      one.connection.restartIce();
      await settle();
    }
    customer.connection.restartIce();
    staff.connection.restartIce();
    await settle();
    expect(customer.connection.signalingState).toBe("stable");
    expect(staff.connection.signalingState).toBe("stable");
    expect(customer.connection.agreedWith(staff.connection)).toBe(true);
    expect([customer.broken, staff.broken]).toEqual([0, 0]);
  });

  test("comes about although the first offer was lost", async () => {
    let lost = 0;
    const customer: Side = side(true, (signal) => void staff.peer.take(signal));
    const staff: Side = side(false, (signal) => {
      if (signal.description?.type === "offer" && lost++ === 0) return;
      void customer.peer.take(signal);
    });
    staff.peer.add(track("video"), new MediaStream());
    await settle(1_000);
    expect(staff.connection.signalingState).toBe("have-local-offer");
    await settle(4_000);
    expect(staff.connection.signalingState).toBe("stable");
    expect(customer.connection.agreedWith(staff.connection)).toBe(true);
  });

  test("comes about although the answer was lost", async () => {
    let lost = 0;
    const customer: Side = side(true, (signal) => {
      if (signal.description?.type === "answer" && lost++ === 0) return;
      void staff.peer.take(signal);
    });
    const staff: Side = side(false, (signal) => void customer.peer.take(signal));
    staff.peer.add(track("video"), new MediaStream());
    await settle(5_000);
    expect(staff.connection.signalingState).toBe("stable");
    expect(staff.broken).toBe(0);
  });

  test("is said once more by whoever waits for one, once the room is back", async () => {
    const staff = side(false);
    staff.peer.add(track("video"), new MediaStream());
    await settle(10);
    const [offer] = staff.sent;
    staff.sent.length = 0;
    staff.peer.again();
    expect(staff.sent).toEqual([offer]);
  });

  test("that cannot be is told, so that all begins anew", async () => {
    const staff = side(false);
    await staff.peer.take({ description: { type: "offer", sdp: "nonsense" } });
    expect(staff.broken).toBe(1);
  });

  test("is not spoilt by an answer that nobody waits for", async () => {
    const [customer, staff] = pair();
    staff.peer.add(track("video"), new MediaStream());
    await settle();
    await staff.peer.take({ description: { type: "answer", sdp: "answer to staff 1" } });
    expect(staff.broken).toBe(0);
    expect(customer.connection.agreedWith(staff.connection)).toBe(true);
  });
});

describe("candidates", () => {
  test("go together, twenty at most", async () => {
    const staff = side(false);
    for (let n = 0; n < 45; n++) staff.connection.find(candidate(n));
    await settle(500);
    expect(staff.sent.map(({ candidates }) => candidates?.length)).toEqual([20, 20, 5]);
    expect(staff.sent.flatMap(({ candidates }) => candidates ?? [])).toHaveLength(45);
  });

  test("of the same moment go in one signal", async () => {
    const staff = side(false);
    staff.connection.find(candidate(1));
    await settle(30);
    staff.connection.find(candidate(2));
    expect(staff.sent).toEqual([]);
    await settle(60);
    expect(staff.sent).toEqual([{ candidates: [candidate(1), candidate(2)] }]);
  });

  test("that come before the description wait for it", async () => {
    const customer = side(true);
    await customer.peer.take({ candidates: [candidate(1), candidate(2)] });
    expect(customer.connection.candidates).toEqual([]);
    await customer.peer.take({ description: { type: "offer", sdp: "staff 1" } });
    expect(customer.connection.candidates).toEqual([candidate(1), candidate(2)]);
    await customer.peer.take({ candidates: [candidate(3)] });
    expect(customer.connection.candidates).toHaveLength(3);
  });

  test("of an offer that was ignored do no harm", async () => {
    const staff = side(false);
    staff.peer.add(track("audio"), new MediaStream());
    await settle(10);
    await staff.peer.take({ description: { type: "offer", sdp: "customer 1" } });
    await staff.peer.take({ candidates: [candidate(1)] });
    expect(staff.connection.signalingState).toBe("have-local-offer");
    expect(staff.broken).toBe(0);
  });
});

describe("the line", () => {
  async function connected(): Promise<[Side, Side]> {
    const [customer, staff] = pair();
    staff.peer.add(track("video"), new MediaStream());
    await settle();
    customer.connection.become("connected", "connected");
    staff.connection.become("connected", "connected");
    return [customer, staff];
  }

  test("is told once it stands", async () => {
    const [, staff] = await connected();
    expect(staff.peer.link).toBe("connected");
    expect(staff.links).toEqual(["connected"]);
  });

  test("that is silent for a moment is let be", async () => {
    const [, staff] = await connected();
    staff.connection.become("disconnected", "connected");
    await settle(1_500);
    staff.connection.become("connected", "connected");
    await settle(5_000);
    expect(staff.connection.restarts).toBe(0);
    expect(staff.links).toEqual(["connected"]);
  });

  test("that stays silent has another way looked for", async () => {
    const [customer, staff] = await connected();
    staff.connection.become("disconnected", "connected");
    await settle(2_100);
    expect(staff.peer.link).toBe("reconnecting");
    expect(staff.connection.restarts).toBe(1);
    expect(customer.connection.agreedWith(staff.connection)).toBe(true);
    staff.connection.become("connected", "connected");
    expect(staff.peer.link).toBe("connected");
  });

  test("that failed has another way looked for at once, and again until there is one", async () => {
    const [, staff] = await connected();
    staff.connection.become("failed", "failed");
    await settle(50);
    expect(staff.connection.restarts).toBe(1);
    await settle(6_000);
    expect(staff.connection.restarts).toBe(2);
    staff.connection.become("connected", "connected");
    await settle(20_000);
    expect(staff.connection.restarts).toBe(2);
  });

  test("that both see fail at once comes back all the same", async () => {
    const [customer, staff] = await connected();
    customer.connection.become("failed", "failed");
    staff.connection.become("failed", "failed");
    await settle(1_000);
    expect(customer.connection.signalingState).toBe("stable");
    expect(staff.connection.signalingState).toBe("stable");
    expect(customer.connection.agreedWith(staff.connection)).toBe(true);
  });

  test("that failed for both is mended by the rep, without two offers that meet", async () => {
    const [customer, staff] = await connected();
    customer.connection.become("failed", "failed");
    staff.connection.become("failed", "failed");
    await settle(100);
    customer.connection.become("connected", "connected");
    staff.connection.become("connected", "connected");
    await settle(10_000);
    expect([customer.connection.restarts, staff.connection.restarts]).toEqual([0, 1]);
    expect(customer.connection.rolledBack).toBe(0);
  });

  test("that failed for the customer alone is mended by her page", async () => {
    const [customer, staff] = await connected();
    customer.connection.become("failed", "failed");
    await settle(2_000);
    expect(customer.connection.restarts).toBe(1);
    expect(customer.connection.agreedWith(staff.connection)).toBe(true);
  });

  test("that does not come about although both agree has another way looked for", async () => {
    const [customer, staff] = pair();
    staff.peer.add(track("video"), new MediaStream());
    await settle();
    expect(staff.connection.signalingState).toBe("stable");
    await settle(6_100);
    expect(staff.connection.restarts + customer.connection.restarts).toBeGreaterThan(0);
    expect(customer.connection.agreedWith(staff.connection)).toBe(true);
    for (const { connection } of [customer, staff]) connection.become("connected", "connected");
    const tried = staff.connection.restarts;
    await settle(20_000);
    expect(staff.connection.restarts).toBe(tried);
  });

  test("that stands needs nothing once the room is back", async () => {
    const [customer] = await connected();
    customer.sent.length = 0;
    customer.peer.again();
    await settle(1_000);
    expect(customer.sent).toEqual([]);
    expect(customer.connection.restarts).toBe(0);
  });

  test("is done with once it is closed", async () => {
    const [customer, staff] = await connected();
    customer.peer.close();
    customer.sent.length = 0;
    await customer.peer.take({ description: { type: "offer", sdp: "staff 9" } });
    customer.peer.restart();
    await settle(10_000);
    expect(customer.sent).toEqual([]);
    expect(customer.broken).toBe(0);
    staff.peer.close();
  });
});

test("what comes is one picture and one sound", async () => {
  const customer = side(true);
  const [first, second] = [track("video"), track("video")];
  customer.connection.bring(first);
  customer.connection.bring(track("audio"));
  expect(customer.peer.stream.getTracks()).toHaveLength(2);
  customer.connection.bring(second);
  await settle();
  expect(customer.peer.stream.getTracks()).toContain(second);
  expect(customer.peer.stream.getTracks()).not.toContain(first);
});
