import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Server } from "socket.io";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Conversation } from "../src/chat/conversation";
import { most_lines } from "../src/chat/fold";
import type { ChatSnapshot, Message } from "../src/chat/wire";

type Reply = (answer: unknown) => void;

let http: HttpServer;
let io: Server;
let talk: Conversation;
let view: ChatSnapshot;
let heard: { event: string; body: Record<string, unknown> }[];

beforeEach(async () => {
  heard = [];
  view = whole(10, 10);
  http = createServer();
  io = new Server(http);
  io.of("/chat").on("connection", (socket) => {
    socket.on("join", (_: unknown, reply: Reply) => {
      reply({ ok: true, whole: view, now_ms: 5_000_000 });
    });
    socket.onAny((event: string, body: Record<string, unknown>, reply?: Reply) => {
      if (event === "join") return;
      heard.push({ event, body });
      reply?.({ ok: true, first: null, last: null, events: [], repeated: false });
    });
  });
  await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
  const { port } = http.address() as AddressInfo;
  talk = new Conversation("cnv_1", "customer", { origin: `http://127.0.0.1:${port}` });
  talk.open();
  await vi.waitFor(() => {
    expect(talk.phase).toBe("there");
  });
});

afterEach(async () => {
  talk.close();
  await io.close();
});

function message(offset: number): Message {
  const text = String(offset);
  const shown = { about: null, cards: [], buttons: [], pressed: null, expires_at: null };
  const rest = { by: "stf_tan", name: "Tan", ...shown };
  return { offset, at_ms: offset, kind: "message", from: "staff", text, ...rest };
}

/** A thread whose last message is at `offset`. */
function whole(offset: number, count: number): ChatSnapshot {
  const lines = Array.from({ length: count }, (_, n) => message(offset - count + 1 + n));
  return {
    epoch: "e1",
    offset,
    at_ms: offset,
    conversation: {
      id: "cnv_1",
      customer: "gst_mei",
      name: "Mei",
      control: "human",
      staff: { id: "stf_tan", name: "Tan" },
      round: 1,
      opened_at: 1,
      waiting_since: null,
      about: null,
      locale: null,
      callback_at: null,
      promised: null,
      read: { customer: 0, staff: 0 },
      rated: null,
      lines,
      more: offset > count,
    },
    mine: {},
  };
}

function send(offset: number): void {
  const shown = { about: null, cards: [], buttons: [], pressed: null };
  const data = { from: "staff", by: "stf_tan", ...shown, upto: null, expires_at: null };
  const event = { offset, at_ms: offset, type: "message.sent", data, text: String(offset) };
  io.of("/chat").emit("frame", {
    epoch: "e1",
    from: offset,
    to: offset,
    at_ms: offset,
    events: [event],
  });
}

const offsets = (): number[] => talk.lines.map(({ offset }) => offset);

test("who writes is shown until she has written", async () => {
  io.of("/chat").emit("typing", { side: "staff", name: "Tan" });
  await vi.waitFor(() => {
    expect(talk.writer).toBe("Tan");
  });
  send(11);
  await vi.waitFor(() => {
    expect(talk.writer).toBeNull();
  });
});

test("that one writes oneself is said seldom, and shown to nobody here", async () => {
  for (let n = 0; n < 5; n += 1) talk.typing();
  io.of("/chat").emit("typing", { side: "customer", name: "Mei" });
  await vi.waitFor(() => {
    expect(heard.map(({ event }) => event)).toEqual(["typing"]);
  });
  expect(talk.writer).toBeNull();
});

test("what is read is said once", async () => {
  talk.read(10);
  talk.read(10);
  talk.read(9);
  await talk.rate(5);
  expect(heard.map(({ event }) => event)).toEqual(["read", "rate"]);
  expect(heard[0]?.body.upto).toBe(10);
});

test("older entries stand before the thread, and what a long thread pushes out stays", async () => {
  view = whole(most_lines + 20, most_lines);
  talk.reopen();
  await vi.waitFor(() => {
    expect(talk.lines).toHaveLength(most_lines);
  });
  const asked: number[] = [];
  await talk.ask((offset) => {
    asked.push(offset);
    return Promise.resolve({ lines: [message(19), message(20)], more: true });
  });
  expect(asked).toEqual([21]);
  expect(talk.more).toBe(true);
  send(most_lines + 21);
  await vi.waitFor(() => {
    expect(talk.lines).toHaveLength(most_lines + 3);
  });
  expect(offsets()[0]).toBe(19);
  expect(new Set(offsets()).size).toBe(most_lines + 3);
  await talk.ask(() => Promise.resolve({ lines: [message(18)], more: false }));
  expect(talk.more).toBe(false);
  expect(offsets()[0]).toBe(18);
});

test("a view that comes anew holds what it says, and nothing older", async () => {
  view = whole(most_lines + 20, most_lines);
  talk.reopen();
  await vi.waitFor(() => {
    expect(talk.lines).toHaveLength(most_lines);
  });
  await talk.ask(() => Promise.resolve({ lines: [message(20)], more: false }));
  view = { ...view, epoch: "e2" };
  talk.reopen();
  await vi.waitFor(() => {
    expect(talk.snapshot?.epoch).toBe("e2");
  });
  expect(talk.lines).toHaveLength(most_lines);
  expect(talk.more).toBe(true);
});

test("a command may be given again under the name that it had", async () => {
  await talk.say({ text: "hello" }, "a-name-of-mine");
  expect(heard[0]?.body).toMatchObject({ request_id: "a-name-of-mine", text: "hello" });
});

describe("the bot's words so far", () => {
  /** The bot has it, and owes an answer to her message at 11. */
  async function asks(): Promise<void> {
    const first = whole(10, 1).conversation;
    view = {
      ...whole(11, 1),
      conversation: {
        ...first,
        control: "bot",
        staff: null,
        waiting_since: 4_999_000,
        lines: [{ ...message(11), from: "customer", by: "gst_mei" }],
      },
    };
    talk.reopen();
    await vi.waitFor(() => {
      expect(talk.snapshot?.offset).toBe(11);
      expect(talk.phase).toBe("there");
    });
  }

  async function stream(upto: number, text: string | null): Promise<void> {
    const heardIt = new Promise<void>((heard) => {
      const forget = talk.on("streaming", () => {
        forget();
        heard();
      });
    });
    io.of("/chat").emit("streaming", { upto, text });
    await heardIt;
  }

  function happened(offset: number, type: string, data: object, text?: string): void {
    io.of("/chat").emit("frame", {
      epoch: "e1",
      from: offset,
      to: offset,
      at_ms: offset,
      events: [{ offset, at_ms: offset, type, data, text }],
    });
  }

  const shown = { about: null, cards: [], buttons: [], pressed: null, expires_at: null };

  test("grow, and are taken back", async () => {
    await asks();
    expect(talk.botWords).toBe("");
    await stream(11, "It ");
    expect(talk.botWords).toBe("It ");
    await stream(11, "It is");
    expect(talk.botWords).toBe("It is");
    await stream(11, null);
    expect(talk.botWords).toBe("");
  });

  test("are no answer to what she did not say last", async () => {
    await asks();
    await stream(9, "stale");
    expect(talk.botWords).toBe("");
    happened(12, "message.sent", { from: "customer", by: "gst_mei", ...shown, upto: null }, "b");
    await vi.waitFor(() => {
      expect(talk.snapshot?.offset).toBe(12);
    });
    await stream(11, "to what came before");
    expect(talk.botWords).toBe("");
  });

  test("end with its message, whatever comes late", async () => {
    await asks();
    await stream(11, "It is");
    happened(12, "message.sent", { from: "bot", by: "bot", ...shown, upto: 11 }, "It is.");
    await vi.waitFor(() => {
      expect(talk.botWords).toBeNull();
    });
    await stream(11, "It is");
    expect(talk.botWords).toBeNull();
  });

  test("end when a person takes over", async () => {
    await asks();
    await stream(11, "It is");
    happened(12, "conversation.taken", { staff: "stf_tan", assigned: false });
    await vi.waitFor(() => {
      expect(talk.botWords).toBeNull();
    });
  });

  test("are gone after the line was lost", async () => {
    await asks();
    await stream(11, "It is");
    talk.reopen();
    expect(talk.botWords).toBeNull();
    await vi.waitFor(() => {
      expect(talk.phase).toBe("there");
    });
    expect(talk.botWords).toBe("");
  });
});

test("what is pressed is known until the thread says so", async () => {
  const done = talk.press(10, "yes");
  expect(talk.pressing).toEqual([{ offset: 10, key: "yes" }]);
  const undone = talk.undo(9);
  expect(talk.undoing).toEqual([9]);
  await Promise.all([done, undone]);
  expect(heard.map(({ event }) => event)).toEqual(["press", "undo"]);
  expect(talk.pressing).toEqual([]);
  expect(talk.undoing).toEqual([]);
});

test("an older line says too what became of the change that it asked for", async () => {
  view = whole(most_lines + 20, most_lines);
  talk.reopen();
  await vi.waitFor(() => {
    expect(talk.lines).toHaveLength(most_lines);
  });
  const change = {
    kind: "cart.add",
    title: "x",
    variant: "var_1",
    quantity: 2,
    order: null,
  } as const;
  const asked = { change, staff: null, name: null, state: "done", code: null } as const;
  const line = { offset: 20, at_ms: 20, kind: "change", ...asked } as const;
  await talk.ask(() => Promise.resolve({ lines: [line], more: false }));
  const offset = most_lines + 21;
  io.of("/chat").emit("frame", {
    epoch: "e1",
    from: offset,
    to: offset,
    at_ms: offset,
    events: [{ offset, at_ms: offset, type: "change.undone", data: { of: 20, code: null } }],
  });
  await vi.waitFor(() => {
    expect(talk.lines[0]).toMatchObject({ offset: 20, state: "undone" });
  });
});
