import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Server, type Socket } from "socket.io";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Room } from "../src/room/connection";
import type { RoomEvent } from "../src/wire/events";
import type { Frame, Snapshot } from "../src/wire/types";
import { event, snapshot } from "./snapshot";

type Reply = (answer: unknown) => void;

interface Heard {
  request_id: string;
  text: string;
}

/** A room of one show behind a real Socket.IO server; each test says how it answers. */
let http: HttpServer;
let io: Server;
let room: Room;
let joins: { since?: { offset: number } }[];
let sockets: Socket[];
let view: Snapshot;
let onJoin: (asked: { since?: { offset: number } }) => unknown;
let onComment: (heard: Heard, reply: Reply, socket: Socket) => void;

beforeEach(async () => {
  joins = [];
  sockets = [];
  view = snapshot();
  onJoin = () => ({ ok: true, whole: view, now_ms: 5_000_000 });
  onComment = () => undefined;
  http = createServer();
  io = new Server(http);
  io.of("/live").on("connection", (socket) => {
    sockets.push(socket);
    socket.on("join", (asked: { since?: { offset: number } }, reply: Reply) => {
      joins.push(asked);
      reply(onJoin(asked));
    });
    socket.on("comment", (heard: Heard, reply: Reply) => {
      onComment(heard, reply, socket);
    });
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  const { port } = http.address() as AddressInfo;
  room = new Room("shw_1", { origin: `http://127.0.0.1:${port}`, patience_ms: 400 });
  room.open();
});

afterEach(async () => {
  room.close();
  await io.close();
});

function said(offset: number, text: string): RoomEvent {
  return event(offset, "comment.posted", { by: "gst_me", role: "viewer" }, { name: "Mei", text });
}

function frame(from: number, events: RoomEvent[]): Frame {
  const to = from + events.length - 1;
  return { epoch: "e1", from, to, at_ms: 2_000, events };
}

function done(first: number, last: number): unknown {
  return { ok: true, first, last, events: [], repeated: false };
}

function texts(): (string | null)[] {
  return room.snapshot?.show.comments.map(({ text }) => text) ?? [];
}

const there = (): Promise<void> =>
  vi.waitFor(() => {
    expect(room.phase).toBe("there");
  });

test("joins, and tells the server's time", async () => {
  await there();
  expect(room.snapshot?.show.id).toBe("shw_1");
  expect(Math.abs(room.now() - 5_000_000)).toBeLessThan(5_000);
});

test("frames move the view on", async () => {
  await there();
  io.of("/live").emit("frame", frame(11, [said(11, "one")]));
  await vi.waitFor(() => {
    expect(texts()).toEqual(["one"]);
  });
});

test("a gap makes it ask for what it missed, since where it stands", async () => {
  await there();
  onJoin = () => ({ ok: true, missed: frame(11, [said(11, "one"), said(12, "two")]), now_ms: 1 });
  io.of("/live").emit("frame", frame(12, [said(12, "two")]));
  await vi.waitFor(() => {
    expect(texts()).toEqual(["one", "two"]);
  });
  expect(joins[1]?.since?.offset).toBe(10);
});

test("a command stays until its effect is seen, then it is gone", async () => {
  await there();
  onComment = (_, reply) => reply(done(11, 11));
  const answer = room.send("comment", { text: "hello" });
  expect(room.waiting).toHaveLength(1);
  expect((await answer).last).toBe(11);
  expect(room.waiting).toHaveLength(1);
  io.of("/live").emit("frame", frame(11, [said(11, "hello")]));
  await vi.waitFor(() => {
    expect(room.waiting).toHaveLength(0);
  });
  expect(texts()).toEqual(["hello"]);
});

test("a command for which nothing had to happen is not waited for", async () => {
  onComment = (_heard, reply) => {
    reply({ ok: true, first: null, last: null, events: [], repeated: false });
  };
  await there();
  expect((await room.send("comment", { text: "again" })).last).toBeNull();
  expect(room.waiting).toEqual([]);
});

test("an unanswered command is sent again under its id after the line comes back", async () => {
  await there();
  const heard: Heard[] = [];
  onComment = (one, reply, socket) => {
    heard.push(one);
    if (heard.length === 1) socket.conn.close();
    else reply(done(11, 11));
  };
  await room.send("comment", { text: "+1" });
  expect(heard).toHaveLength(2);
  expect(heard[1]?.request_id).toBe(heard[0]?.request_id);
});

test("what is given while the line is lost waits, in order, and goes out once it is back", async () => {
  await there();
  const heard: string[] = [];
  onComment = ({ text }, reply) => {
    heard.push(text);
    reply(done(10 + heard.length, 10 + heard.length));
  };
  sockets[0]?.conn.close();
  await vi.waitFor(() => {
    expect(room.phase).toBe("lost");
  });
  const all = [room.send("comment", { text: "a" }), room.send("comment", { text: "b" })];
  await Promise.all(all);
  expect(heard).toEqual(["a", "b"]);
});

test("an answer that never comes is asked for again on a new line", async () => {
  await there();
  let heard = 0;
  onComment = (_, reply) => {
    heard += 1;
    if (heard > 1) reply(done(11, 11));
  };
  await room.send("comment", { text: "+1" });
  expect(heard).toBe(2);
  expect(sockets.length).toBeGreaterThan(1);
});

test("a refusal is told to who gave the command, and not tried again", async () => {
  await there();
  let heard = 0;
  onComment = (_, reply) => {
    heard += 1;
    reply({ ok: false, error: { code: "muted", message: "", retryable: false, data: {} } });
  };
  await expect(room.send("comment", { text: "x" })).rejects.toMatchObject({ code: "muted" });
  expect(heard).toBe(1);
  expect(room.waiting).toHaveLength(0);
});

test("a server that is busy for a moment is asked again under the same id", async () => {
  await there();
  const ids: string[] = [];
  onComment = ({ request_id }, reply) => {
    ids.push(request_id);
    const busy = { code: "unavailable", message: "", retryable: true, data: {} };
    reply(ids.length === 1 ? { ok: false, error: busy } : done(11, 11));
  };
  await room.send("comment", { text: "+1" });
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

test("only fifty commands wait for a lost line; the next is refused at once", async () => {
  await there();
  sockets[0]?.conn.close();
  await vi.waitFor(() => {
    expect(room.phase).toBe("lost");
  });
  const kept = Array.from({ length: 50 }, (_, n) => room.send("comment", { text: String(n) }));
  const rest = Promise.allSettled(kept);
  await expect(room.send("comment", { text: "51" })).rejects.toMatchObject({
    code: "too_many_waiting",
  });
  room.close();
  await rest;
});

test("what the server would cut the line for is not sent at all", async () => {
  await there();
  let heard = 0;
  onComment = (_, reply) => {
    heard += 1;
    reply(done(11, 11));
  };
  const long = "好".repeat(5_400);
  await expect(room.send("comment", { text: long })).rejects.toMatchObject({ code: "too_large" });
  expect(room.waiting).toEqual([]);
  await room.send("comment", { text: long.slice(0, 5_300) });
  expect(heard).toBe(1);
});

test("a command over which the line is lost again and again is given up", async () => {
  await there();
  const heard: string[] = [];
  onComment = ({ text }, reply, socket) => {
    heard.push(text);
    if (text === "broken") socket.conn.close();
    else reply(done(11, 11));
  };
  await expect(room.send("comment", { text: "broken" })).rejects.toMatchObject({ code: "offline" });
  expect(heard).toHaveLength(8);
  await there();
  expect((await room.send("comment", { text: "fine" })).last).toBe(11);
}, 20_000);

test("a show that is not there is told as that, and not asked for again", async () => {
  room.close();
  onJoin = () => ({
    ok: false,
    error: { code: "not_found", message: "", retryable: false, data: {} },
  });
  const { port } = http.address() as AddressInfo;
  room = new Room("shw_2", { origin: `http://127.0.0.1:${port}` });
  room.open();
  await vi.waitFor(() => {
    expect(room.phase).toBe("refused");
  });
  expect(room.problem?.code).toBe("not_found");
});

test("another person takes the whole view anew", async () => {
  await there();
  room.reopen();
  await vi.waitFor(() => {
    expect(joins).toHaveLength(2);
  });
  expect(joins[1]?.since).toBeUndefined();
  await there();
});

test("when two people became one, only a whole view will do", async () => {
  await there();
  const merged = event(11, "person.merged", { from: "gst_old", to: "gst_me" });
  io.of("/live").emit("frame", frame(11, [merged]));
  await vi.waitFor(() => {
    expect(joins).toHaveLength(2);
  });
  expect(joins[1]?.since).toBeUndefined();
});
