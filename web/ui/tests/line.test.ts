import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Server, type Socket } from "socket.io";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Line, type Stand } from "../src/room/line";

interface Counted extends Stand {
  sum: number;
}

interface Added {
  n: number;
}

type Reply = (answer: unknown) => void;

let http: HttpServer;
let io: Server;
let sockets: Socket[];
let entered: { name: string; body: unknown }[];
let heard: unknown[];
let lines: Line<Counted, Added>[];

beforeEach(async () => {
  [sockets, entered, heard, lines] = [[], [], [], []];
  http = createServer();
  io = new Server(http);
  io.of("/sums").on("connection", (socket) => {
    sockets.push(socket);
    for (const name of ["join", "watch"]) {
      socket.on(name, (body: unknown, reply: Reply) => {
        entered.push({ name, body });
        const whole = { epoch: "e", offset: 4, at_ms: 1, sum: 10 };
        reply(name === "join" ? { ok: true, whole, now_ms: 1_000 } : { ok: true });
      });
    }
    socket.on("hint", (body: unknown) => heard.push(body));
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const line of lines) line.close();
  await io.close();
});

function line(by?: string): Line<Counted, Added> {
  const { port } = http.address() as AddressInfo;
  const made = new Line<Counted, Added>({
    namespace: "/sums",
    join: { sum: "sum_1" },
    origin: `http://127.0.0.1:${port}`,
    apply: (own, { events, to, at_ms }) => ({
      ...own,
      offset: to,
      at_ms,
      sum: events.reduce((sum, { n }) => sum + n, own.sum),
    }),
    needsWhole: (_, { n }) => n < 0,
    ...(by !== undefined && { by }),
  });
  lines.push(made);
  made.open();
  return made;
}

async function there(one: Line<Counted, Added>): Promise<void> {
  await vi.waitFor(() => {
    expect(one.phase).toBe("there");
  });
}

function add(from: number, n: number): void {
  io.of("/sums").emit("frame", { epoch: "e", from, to: from, at_ms: 2, events: [{ n }] });
}

test("a room of any kind is followed by what its own fold makes of its events", async () => {
  const sum = line();
  await there(sum);
  add(5, 7);
  await vi.waitFor(() => {
    expect(sum.snapshot?.sum).toBe(17);
  });
  add(6, -1);
  await vi.waitFor(() => {
    expect(entered).toHaveLength(2);
  });
  expect(entered).toEqual([
    { name: "join", body: { sum: "sum_1" } },
    { name: "join", body: { sum: "sum_1" } },
  ]);
});

test("what comes beside the log is heard by its name until one no longer listens", async () => {
  const sum = line();
  const told: number[] = [];
  const stop = sum.on("tick", (n: number) => told.push(n));
  await there(sum);
  io.of("/sums").emit("tick", 1);
  await vi.waitFor(() => {
    expect(told).toEqual([1]);
  });
  stop();
  io.of("/sums").emit("tick", 2);
  add(5, 1);
  await vi.waitFor(() => {
    expect(sum.snapshot?.sum).toBe(11);
  });
  expect(told).toEqual([1]);
});

function restarted(socket: Socket): void {
  const { transport } = socket.conn as unknown as {
    transport: { socket: { close(code: number): void } };
  };
  transport.socket.close(1012);
}

test("asked to come back it goes over at a moment of its own, and nothing was lost", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const sum = line();
  await there(sum);
  const phases = new Set<string>();
  sum.subscribe(() => phases.add(sum.phase));
  const told = performance.now();
  sockets[0]?.emit("come_back", { within_ms: 400 });
  sockets[0]?.emit("come_back", { within_ms: 0 });
  await vi.waitFor(() => {
    expect(entered).toHaveLength(2);
  });
  expect(performance.now() - told).toBeGreaterThanOrEqual(199);
  expect(entered[1]?.body).toEqual({ sum: "sum_1", since: { epoch: "e", offset: 4, at_ms: 1 } });
  await there(sum);
  expect(phases).not.toContain("lost");
});

test("what is given while it goes over is done once, and by the next", async () => {
  const done: unknown[] = [];
  io.of("/sums").on("connection", (socket) => {
    socket.on("add", (body: unknown, reply: Reply) => {
      // The first never answers: it is leaving.
      if (socket !== sockets[0]) {
        done.push(body);
        reply({ ok: true, first: null, last: null, events: [], repeated: false });
      }
    });
  });
  const sum = line();
  await there(sum);
  const before = sum.send("add", { n: 1 });
  const meanwhile = new Promise((keep) => {
    const stop = sum.subscribe(() => {
      if (sum.phase !== "joining") return;
      stop();
      keep(sum.send("add", { n: 2 }));
    });
  });
  sockets[0]?.emit("come_back", { within_ms: 0 });
  await Promise.all([before, meanwhile]);
  expect(done).toMatchObject([{ n: 1 }, { n: 2 }]);
});

test("what is no time to come back in is not heeded", async () => {
  const sum = line();
  await there(sum);
  for (const within_ms of [-1, Number.NaN, "5", null]) sockets[0]?.emit("come_back", { within_ms });
  sockets[0]?.emit("come_back");
  add(5, 1);
  await vi.waitFor(() => {
    expect(sum.snapshot?.sum).toBe(11);
  });
  expect(sockets).toHaveLength(1);
});

test("after a restart each page comes back at a moment of its own", async () => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  const [soon, later] = [line(), line()];
  await Promise.all([there(soon), there(later)]);
  const closed = performance.now();
  random.mockReturnValueOnce(0).mockReturnValueOnce(0.4);
  sockets.slice(0, 2).forEach(restarted);
  await vi.waitFor(() => {
    expect(soon.phase === "lost" || later.phase === "lost").toBe(true);
  });
  await vi.waitFor(
    () => {
      expect(entered).toHaveLength(4);
    },
    { timeout: 4_000 },
  );
  expect(performance.now() - closed).toBeGreaterThanOrEqual(599);
  await Promise.all([there(soon), there(later)]);
});

test("who polls comes back at a moment of her own too, since the next knows no session", async () => {
  const { opts, clients } = io.engine as unknown as {
    opts: { transports: string[] };
    clients: Record<string, unknown>;
  };
  opts.transports = ["polling"];
  vi.spyOn(Math, "random").mockReturnValue(0.3);
  const sum = line();
  await there(sum);
  const phases = new Set<string>();
  sum.subscribe(() => phases.add(sum.phase));
  const [socket] = sockets;
  const conn = socket?.conn as unknown as { id: string; transport: { writable: boolean } };
  // The poll that waits brings the word, once it waits; the next one goes to who serves instead.
  await vi.waitFor(() => {
    expect(conn.transport.writable).toBe(true);
  });
  const told = performance.now();
  socket?.emit("come_back", { within_ms: 60_000 });
  Reflect.deleteProperty(clients, conn.id);
  await vi.waitFor(
    () => {
      expect(entered).toHaveLength(2);
    },
    { timeout: 4_000 },
  );
  expect(performance.now() - told).toBeGreaterThanOrEqual(449);
  expect(entered[1]?.body).toEqual({ sum: "sum_1", since: { epoch: "e", offset: 4, at_ms: 1 } });
  await there(sum);
  expect(phases).not.toContain("lost");
});

test("one may be let in by another command, without a snapshot, and again after a loss", async () => {
  const list = line("watch");
  await there(list);
  expect(list.snapshot).toBeNull();
  sockets[0]?.conn.close();
  await vi.waitFor(() => {
    expect(entered.map(({ name }) => name)).toEqual(["watch", "watch"]);
  });
  await there(list);
});

test("what may be lost is said while the line is there, and dropped while it is not", async () => {
  const sum = line();
  sum.cast("hint", { n: 1 });
  await there(sum);
  sum.cast("hint", { n: 2 });
  await vi.waitFor(() => {
    expect(heard).toEqual([{ n: 2 }]);
  });
});
