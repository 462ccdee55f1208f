import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Server } from "socket.io";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Looking } from "../src/consult/looking";
import type { Queue } from "../src/consult/wire";

const nobody: Queue = {
  open: true,
  opens_at: null,
  desks: { open: 0, free: 0 },
  free: false,
  waiting: 0,
  least_ms: null,
  most_ms: null,
};

let http: HttpServer;
let io: Server;
let line: Looking;
const told = vi.fn();

beforeEach(async () => {
  told.mockClear();
  http = createServer();
  io = new Server(http);
  io.of("/consult").on("connection", (socket) => {
    socket.on("lobby", (_: unknown, reply: (answer: unknown) => void) => {
      reply({ ok: true, lobby: nobody });
    });
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  const { port } = http.address() as AddressInfo;
  line = new Looking(told, { origin: `http://127.0.0.1:${port}` });
  line.open();
  await vi.waitFor(() => {
    expect(line.phase).toBe("there");
  });
});

afterEach(async () => {
  line.close();
  await io.close();
});

test("who looks on from the lobby sees the line at once, and each time that it is another", async () => {
  expect(line.queue).toEqual(nobody);
  const busy = { ...nobody, desks: { open: 2, free: 0 }, waiting: 1 };
  io.of("/consult").emit("lobby", busy);
  await vi.waitFor(() => {
    expect(line.queue).toEqual(busy);
  });
  expect(told).toHaveBeenCalledTimes(2);
});
