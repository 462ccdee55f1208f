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
