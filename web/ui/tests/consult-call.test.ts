import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Server, type Socket } from "socket.io";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Call } from "../src/consult/call";
import type { Devices } from "../src/consult/devices";
import type { CallEvent, CallSnapshot, CallView, Signal } from "../src/consult/wire";
import { FakeConnection, FakeStream } from "./rtc";

type Reply = (answer: unknown) => void;

let http: HttpServer;
let io: Server;
let call: Call;
let view: CallSnapshot;
let heard: { event: string; body: Record<string, unknown> }[];
let made: FakeConnection[];
let devices: FakeDevices;
let delivered: boolean;

/** Camera and microphone as the page has them, without a browser. */
class FakeDevices {
  phase = "off";
  camera: unknown = null;
  microphone: unknown = null;
  screen: unknown = null;
  own = null;
  heard = true;
  seen = true;
  trouble = null;
  private readonly listeners = new Set<() => void>();

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): Promise<void> {
    this.phase = "ready";
    this.camera = { kind: "video", enabled: true };
    this.microphone = { kind: "audio", enabled: true };
    this.changed();
    return Promise.resolve();
  }

  stop(): void {
    this.phase = "off";
    this.camera = this.microphone = this.screen = null;
    this.changed();
  }

  hush(): void {
    this.heard = !this.heard;
    this.changed();
  }

  changed(): void {
    for (const listener of this.listeners) listener();
  }
}

function whole(changes: Partial<CallView> = {}): CallSnapshot {
  return {
    epoch: "e1",
    offset: 10,
    at_ms: 1_000,
    call: {
      id: "cll_1",
      customer: "gst_1",
      name: "Mei",
      phase: "talking",
      by: "customer",
      asked_at: 1,
      locale: "en",
      about: null,
      topic: null,
      text: null,
      booking: null,
      staff: { id: "stf_1", name: "Wen" },
      wanted: null,
      until: null,
      answered_at: 500,
      ended_at: null,
      cause: null,
      ended_by: null,
      seats: { customer: null, staff: "wen-seat-1" },
      gone: { customer: null, staff: null },
      card: null,
      shown: [],
      changes: [],
      said: [],
      order: null,
      orders: [],
      rated: null,
      ...changes,
    },
    mine: {},
  };
}

/** What the room says next, to the page that is there. */
function tell(type: string, data: Record<string, unknown>): void {
  const { offset } = view;
  const event = { offset: offset + 1, at_ms: 2_000, type, data } as unknown as CallEvent;
  if (type === "call.joined") {
    const { side, seat } = data as { side: "customer" | "staff"; seat: string };
    view.call = { ...view.call, seats: { ...view.call.seats, [side]: seat } };
  }
  view = { ...view, offset: offset + 1 };
  const frame = { epoch: "e1", from: offset + 1, to: offset + 1, at_ms: 2_000, events: [event] };
  io.of("/consult").emit("frame", frame);
}

function sat(): string[] {
  return heard.filter(({ event }) => event === "sit").map(({ body }) => body.seat as string);
}

function signals(): (Signal & { to: string; seat: string })[] {
  return heard
    .filter(({ event }) => event === "signal")
    .map(({ body }) => body as unknown as Signal & { to: string; seat: string });
}

async function open(side: "customer" | "staff" = "customer"): Promise<Call> {
  const { port } = http.address() as AddressInfo;
  devices = new FakeDevices();
  const one = new Call("cll_1", side, {
    origin: `http://127.0.0.1:${port}`,
    devices: devices as unknown as Devices,
    make: () => {
      const connection = new FakeConnection(`${side} ${made.length}`);
      made.push(connection);
      return connection as unknown as RTCPeerConnection;
    },
  });
  call = one;
  one.open();
  await vi.waitFor(() => {
    expect(one.phase).toBe("there");
  });
  return one;
}

beforeEach(async () => {
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal("navigator", {});
  heard = [];
  made = [];
  delivered = true;
  view = whole();
  http = createServer();
  io = new Server(http);
  io.of("/consult").on("connection", (socket: Socket) => {
    socket.on("join", (_: unknown, reply: Reply) => {
      reply({ ok: true, whole: view, now_ms: 5_000 });
    });
    socket.on("ice", (_: unknown, reply: Reply) => {
      heard.push({ event: "ice", body: {} });
      reply({ ok: true, servers: [{ urls: ["turn:t"] }], expires_at: 9_999_999_999_999 });
    });
    socket.on("sit", (body: Record<string, unknown>, reply: Reply) => {
      heard.push({ event: "sit", body });
      const last = view.offset + 1;
      reply({ ok: true, first: last, last, events: [], repeated: false });
      tell("call.joined", { side: call.side, seat: body.seat });
    });
    socket.on("signal", (body: Record<string, unknown>, reply: Reply) => {
      heard.push({ event: "signal", body });
      reply({ ok: true, delivered });
    });
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
});

afterEach(async () => {
  call.close();
  await io.close();
  vi.unstubAllGlobals();
});

describe("the seat", () => {
  test("is taken once the page is there, and once only", async () => {
    await open();
    await vi.waitFor(() => {
      expect(call.call?.seats.customer).toBe(call.seat);
    });
    tell("card.hidden", { by: "staff" });
    await vi.waitFor(() => {
      expect(call.snapshot?.offset).toBe(view.offset);
    });
    expect(sat()).toEqual([call.seat]);
    expect(call.seat).toMatch(/^[A-Za-z0-9_-]{8,64}$/);
  });

  test("is taken again on a new line", async () => {
    await open();
    await vi.waitFor(() => {
      expect(sat()).toHaveLength(1);
    });
    io.of("/consult").disconnectSockets(true);
    await vi.waitFor(() => {
      expect(sat()).toEqual([call.seat, call.seat]);
    });
  });

  test("is left to a newer page of the same side", async () => {
    await open();
    await call.media.start();
    await vi.waitFor(() => {
      expect(call.call?.seats.customer).toBe(call.seat);
      expect(made).toHaveLength(1);
    });
    tell("call.joined", { side: "customer", seat: "another-page" });
    await vi.waitFor(() => {
      expect(call.elsewhere).toBe(true);
    });
    expect(call.media.phase).toBe("off");
    expect(made[0]?.closed).toBe(true);
    // Nor does it take it back by itself.
    io.of("/consult").disconnectSockets(true);
    await vi.waitFor(() => {
      expect(call.phase).toBe("lost");
    });
    await vi.waitFor(() => {
      expect(call.phase).toBe("there");
    });
    expect(sat()).toHaveLength(1);
  });

  test("is taken back under another name where she goes on here", async () => {
    await open();
    const [before] = await vi.waitFor(() => {
      expect(call.call?.seats.customer).toBe(call.seat);
      return sat();
    });
    tell("call.joined", { side: "customer", seat: "another-page" });
    await vi.waitFor(() => {
      expect(call.elsewhere).toBe(true);
    });
    call.goOnHere();
    await vi.waitFor(() => {
      expect(call.call?.seats.customer).toBe(call.seat);
    });
    expect(call.seat).not.toBe(before);
    expect(call.elsewhere).toBe(false);
    await vi.waitFor(() => {
      expect(made).toHaveLength(1);
    });
  });

  test("of a page that was there before is taken over by one that comes", async () => {
    view = whole({ seats: { customer: "an-old-page", staff: "wen-seat-1" } });
    await open();
    await vi.waitFor(() => {
      expect(call.call?.seats.customer).toBe(call.seat);
    });
    expect(call.elsewhere).toBe(false);
  });

  test("is not asked for in a call that is over", async () => {
    view = whole({ phase: "ended", cause: "hung_up", ended_at: 900 });
    await open();
    expect(sat()).toEqual([]);
  });
});

describe("the pictures", () => {
  /** At the desk: the rep's page is the one that begins. */
  async function talking(): Promise<FakeConnection> {
    view = whole({ seats: { customer: "mei-seat-1", staff: null } });
    await open("staff");
    await call.media.start();
    return vi.waitFor(() => {
      const [connection] = made;
      if (connection === undefined) throw new Error("not yet");
      expect(signals().some(({ description }) => description !== undefined)).toBe(true);
      return connection;
    });
  }

  test("are offered to the seat opposite, from this one", async () => {
    const connection = await talking();
    const offer = signals().find(({ description }) => description !== undefined);
    expect(offer).toMatchObject({
      seat: call.seat,
      to: "mei-seat-1",
      description: { type: "offer" },
    });
    expect(connection.senders.map(({ track }) => track?.kind).sort()).toEqual(["audio", "video"]);
    expect(call.media.phase).toBe("connecting");
    connection.become("connected", "connected");
    expect(call.media.phase).toBe("connected");
  });

  test("wait for her yes to the browser", async () => {
    await open();
    await vi.waitFor(() => {
      expect(call.call?.seats.customer).toBe(call.seat);
    });
    expect(made).toEqual([]);
    expect(call.media.phase).toBe("off");
  });

  test("go on while the room is lost, and while the other page is", async () => {
    const connection = await talking();
    connection.become("connected", "connected");
    tell("call.left", { side: "customer", seat: "mei-seat-1" });
    await vi.waitFor(() => {
      expect(call.call?.seats.customer).toBeNull();
    });
    io.of("/consult").disconnectSockets(true);
    await vi.waitFor(() => {
      expect(call.phase).toBe("lost");
    });
    expect(connection.closed).toBe(false);
    expect(call.media.phase).toBe("connected");
    await vi.waitFor(() => {
      expect(call.phase).toBe("there");
    });
    expect(made).toHaveLength(1);
    expect(call.media.phase).toBe("connected");
  });

  test("begin anew with each page that sits down opposite", async () => {
    const connection = await talking();
    tell("call.joined", { side: "customer", seat: "mei-seat-2" });
    await vi.waitFor(() => {
      expect(made).toHaveLength(2);
    });
    expect(connection.closed).toBe(true);
    await vi.waitFor(() => {
      expect(signals().at(-1)?.to).toBe("mei-seat-2");
    });
  });

  test("do not begin anew where the same page comes back", async () => {
    await talking();
    tell("call.left", { side: "customer", seat: "mei-seat-1" });
    tell("call.joined", { side: "customer", seat: "mei-seat-1" });
    await vi.waitFor(() => {
      expect(call.snapshot?.offset).toBe(view.offset);
    });
    expect(made).toHaveLength(1);
  });

  test("are answered although the offer was faster than the room", async () => {
    await open();
    await call.media.start();
    await vi.waitFor(() => {
      expect(made).toHaveLength(1);
    });
    const offer = { type: "offer", sdp: "wen 1" };
    io.of("/consult").emit("signal", { from: "wen-seat-2", description: offer });
    tell("call.joined", { side: "staff", seat: "wen-seat-2" });
    await vi.waitFor(() => {
      const answer = signals().find(({ description }) => description?.type === "answer");
      expect(answer).toMatchObject({
        to: "wen-seat-2",
        description: { sdp: "answer to wen 1" },
      });
    });
  });

  test("heed no page that does not sit opposite", async () => {
    const connection = await talking();
    const before = signals().length;
    io.of("/consult").emit("signal", {
      from: "a-stranger",
      description: { type: "offer", sdp: "x 1" },
    });
    tell("card.hidden", { by: "staff" });
    await vi.waitFor(() => {
      expect(call.snapshot?.offset).toBe(view.offset);
    });
    expect(connection.remoteDescription).toBeNull();
    expect(signals()).toHaveLength(before);
  });

  test("say what is sent, by the room and past it", async () => {
    const connection = await talking();
    await vi.waitFor(() => {
      expect(signals().some(({ state }) => state?.mic === true)).toBe(true);
    });
    const [channel] = connection.channels;
    channel?.open();
    call.media.hush();
    const state = { mic: false, camera: true, screen: false, weak: false };
    expect(JSON.parse(channel?.sent.at(-1) ?? "")).toEqual(state);
    await vi.waitFor(() => {
      expect(signals().findLast((one) => one.state !== undefined)?.state).toEqual(state);
    });
  });

  test("take what the other page says of itself, and nothing else for it", async () => {
    const connection = await talking();
    const [channel] = connection.channels;
    channel?.hear("{}");
    channel?.hear("not json");
    channel?.hear(JSON.stringify({ mic: "yes", camera: true, screen: false, weak: false }));
    channel?.hear(new ArrayBuffer(8));
    expect(call.media.otherState).toBeNull();
    const state = { mic: true, camera: false, screen: false, weak: true };
    channel?.hear(JSON.stringify(state));
    expect(call.media.otherState).toEqual(state);
  });

  test("stop with the call, and give camera and microphone back", async () => {
    const connection = await talking();
    tell("call.ended", { cause: "hung_up", by: "staff" });
    await vi.waitFor(() => {
      expect(call.call?.phase).toBe("ended");
    });
    expect(connection.closed).toBe(true);
    expect(call.media.phase).toBe("off");
    expect(devices.camera).toBeNull();
  });

  test("are tried anew from both ends where the rep asks for it", async () => {
    const connection = await talking();
    const before = call.seat;
    call.media.retry();
    await vi.waitFor(() => {
      expect(made).toHaveLength(2);
    });
    expect(connection.closed).toBe(true);
    expect(call.seat).not.toBe(before);
    expect(call.elsewhere).toBe(false);
    await vi.waitFor(() => {
      expect(call.call?.seats.staff).toBe(call.seat);
    });
    expect(sat()).toEqual([before, call.seat]);
  });
});

test("her place in the line is what the room says, as long as she waits", async () => {
  view = whole({ phase: "waiting", staff: null, answered_at: null });
  await open();
  const place = { place: 2, least_ms: 60_000, most_ms: null, desks: { open: 1, free: 0 } };
  io.of("/consult").emit("queue", place);
  await vi.waitFor(() => {
    expect(call.place).toEqual(place);
  });
  tell("call.answered", { staff: "stf_1" });
  await vi.waitFor(() => {
    expect(call.place).toBeNull();
  });
});

test("whoever wants to know hears that the cart was changed past the call", async () => {
  await open();
  const carts = vi.fn();
  const forget = call.onCart(carts);
  io.of("/consult").emit("cart", {});
  await vi.waitFor(() => {
    expect(carts).toHaveBeenCalledTimes(1);
  });
  forget();
});

test("the cart is looked at again on a new line, since word of it may have been missed", async () => {
  await open();
  const carts = vi.fn();
  const forget = call.onCart(carts);
  io.of("/consult").disconnectSockets(true);
  await vi.waitFor(() => {
    expect(carts).toHaveBeenCalledTimes(1);
  });
  forget();
});
