import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";

import { Server } from "socket.io";
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { CallsBoard } from "../src/calls/board";
import { ringActOf } from "../src/calls/keys";
import {
  comingOf,
  inOrder,
  lastOf,
  longestFirst,
  type News,
  newsOf,
  refusedOf,
  since,
  wanting,
} from "../src/calls/rows";
import { settled } from "../src/consult/basket";
import type { Board, CallRow, Changed } from "../src/consult/wire";

function row(id: string, more: Partial<CallRow> = {}): CallRow {
  return {
    id,
    customer: `cus_${id}`,
    name: id,
    phase: "waiting",
    asked_at: 0,
    answered_at: null,
    ended_at: null,
    staff: null,
    staff_name: null,
    until: null,
    wanted: null,
    topic: null,
    locale: "zh-Hant",
    about: null,
    booking: null,
    text: null,
    ...more,
  };
}

function board(more: Partial<Board> = {}): Board {
  return { rings: null, mine: null, waiting: [], callbacks: [], there: [], ...more };
}

function changed(offset: number, more: Partial<Changed> = {}): Changed {
  const change = {
    kind: "cart.add" as const,
    title: "Plum",
    variant: "var_1",
    quantity: 1,
    order: null,
  };
  const rest = { at_ms: offset, by: "staff" as const, name: "Fang", state: "done" as const };
  return { offset, ...rest, code: null, change, ...more };
}

const ids = (rows: readonly CallRow[]): string[] => rows.map(({ id }) => id);

describe("who waits", () => {
  test("stands by when she asked, before all whom it is booked with this rep", () => {
    const rows = [
      row("late", { asked_at: 30 }),
      row("hers", { asked_at: 40, wanted: "stf_me" }),
      row("early", { asked_at: 10 }),
      row("others", { asked_at: 20, wanted: "stf_other" }),
    ];
    expect(ids(inOrder(rows, "stf_me"))).toEqual(["hers", "early", "others", "late"]);
  });

  test("to be called back stands by since when", () => {
    const rows = [row("b", { ended_at: 9 }), row("a", { ended_at: 5, asked_at: 1 })];
    expect(ids(longestFirst(rows))).toEqual(["a", "b"]);
  });

  test("is counted once, also while it rings", () => {
    const rings = row("a", { phase: "ringing" });
    expect(wanting(null)).toBe(0);
    expect(wanting(board({ waiting: [row("b")] }))).toBe(1);
    expect(wanting(board({ rings, waiting: [rings, row("b")] }))).toBe(2);
  });

  test("has waited whole seconds, and never less than none", () => {
    expect(since(1_000, 3_900)).toBe(2_000);
    expect(since(5_000, 3_900)).toBe(0);
  });
});

describe("what is new on a board", () => {
  const ringing = (until: number): Board =>
    board({ rings: row("a", { phase: "ringing", until }), waiting: [row("a")] });

  test("is nothing of the first one but what rings", () => {
    expect(newsOf(null, board({ waiting: [row("a")] }))).toEqual({
      rings: null,
      silent: false,
      waits: [],
      over: null,
    });
    expect(newsOf(null, ringing(20)).rings?.id).toBe("a");
  });

  test("is a ring once, a second ring of the same call again, and its end", () => {
    expect(newsOf(ringing(20), ringing(20))).toEqual({
      rings: null,
      silent: false,
      waits: [],
      over: null,
    });
    const again = newsOf(ringing(20), ringing(60));
    expect(again.rings?.id).toBe("a");
    expect(again.silent).toBe(true);
    expect(newsOf(ringing(20), board()).silent).toBe(true);
  });

  test("is who begins to wait; not who rang here and waits on", () => {
    const before = board({ waiting: [row("a")] });
    expect(ids(newsOf(before, board({ waiting: [row("a"), row("b")] })).waits)).toEqual(["b"]);
    const rang = board({ rings: row("c", { phase: "ringing" }) });
    expect(newsOf(rang, board({ waiting: [row("c")] })).waits).toEqual([]);
  });
});

test("her own call is over once it is hers no more, and not when it begins to talk", () => {
  const invited = board({ mine: row("a", { phase: "invited" }) });
  const talking = board({ mine: row("a", { phase: "talking" }) });
  expect(newsOf(invited, talking).over).toBeNull();
  expect(newsOf(talking, board()).over?.id).toBe("a");
  expect(newsOf(null, talking).over).toBeNull();
});

describe("the cart in common", () => {
  const done = changed(3);
  const more = changed(5, { by: "customer", name: "Mei" });
  const asked = changed(7, { state: "asked", change: { ...done.change, quantity: 2 } });
  const undoing = changed(8, { state: "undoing" });
  const refused = changed(9, { state: "refused", code: "out_of_stock" });

  test("is read anew when something was done or undone", () => {
    expect(settled([done, asked])).toBe("3 done");
    expect(settled([done, changed(4, { state: "undone" })])).toBe("3 done,4 undone");
  });

  test("says who made a line what it is", () => {
    expect(lastOf([done, more, asked], "var_1")).toBe(more);
    expect(lastOf([done], "var_2")).toBeNull();
  });

  test("shows at once what is on its way", () => {
    const less = changed(10, {
      state: "asked",
      change: { ...done.change, kind: "cart.remove", variant: "var_2" },
    });
    expect([...comingOf([done, asked, undoing, less])]).toEqual([
      ["var_1", 1],
      ["var_2", -1],
    ]);
  });

  test("tells what was not done, newest first", () => {
    const kept = changed(11, { state: "kept", code: "not_in_cart" });
    expect(refusedOf([refused, done, kept])).toEqual([kept, refused]);
  });
});

describe("keys while it rings", () => {
  const press = (more: object): KeyboardEvent =>
    ({
      key: "Enter",
      altKey: true,
      ctrlKey: false,
      metaKey: false,
      shiftKey: false,
      isComposing: false,
      repeat: false,
      ...more,
    }) as unknown as KeyboardEvent;

  test("answer and decline with Alt, and are nothing else", () => {
    expect(ringActOf(press({}))).toBe("answer");
    expect(ringActOf(press({ shiftKey: true }))).toBe("decline");
    expect(ringActOf(press({ altKey: false }))).toBeNull();
    expect(ringActOf(press({ key: "a" }))).toBeNull();
    expect(ringActOf(press({ ctrlKey: true }))).toBeNull();
    expect(ringActOf(press({ isComposing: true }))).toBeNull();
    expect(ringActOf(press({ repeat: true }))).toBeNull();
  });
});

describe("words", () => {
  beforeAll(async () => {
    vi.stubGlobal("navigator", { languages: ["en"] });
    vi.stubGlobal("document", { documentElement: { lang: "" } });
    await Promise.all([import("../src/i18n/calls"), import("../src/i18n/desk")]);
    await (
      await import("../src/i18n/index")
    ).ready;
  });

  test("say who put a line in, and how many pieces it was made", async () => {
    const { whoPut } = await import("../src/calls/words");
    expect(whoPut([], "var_1", 1, "Fang")).toBe("Already in the cart");
    expect(whoPut([changed(3)], "var_1", 1, "Fang")).toBe("Put in by you");
    expect(whoPut([changed(3, { name: "Ji" })], "var_1", 1, "Fang")).toBe("Put in by Ji");
    expect(whoPut([changed(3, { by: "customer" })], "var_1", 2, "Fang")).toBe(
      "The customer just made it 2",
    );
  });

  test("say what a call is about, by its goods before its topic", async () => {
    const { aboutWords } = await import("../src/calls/words");
    const about = { show: null, item: null, product: "prd_1", title: "Plum" };
    expect(aboutWords({ about, topic: "Gifts" })).toBe("Looking at “Plum”");
    expect(aboutWords({ about: null, topic: "Gifts" })).toBe("Gifts");
    expect(aboutWords({ about: null, topic: null })).toBe("");
  });

  test("say who was faster", async () => {
    const { callWords } = await import("../src/calls/words");
    const { Problem } = await import("../src/wire/http");
    const taken = { code: "taken", message: "", retryable: false, data: { name: "Ji" } };
    expect(callWords(new Problem(taken))).toBe("Ji was faster");
  });
});

describe("the board over the line", () => {
  let http: HttpServer;
  let io: Server;
  let heard: { event: string; body: unknown }[];
  let news: News[];
  let line: CallsBoard;

  beforeEach(async () => {
    heard = [];
    news = [];
    http = createServer();
    io = new Server(http);
    io.of("/consult").on("connection", (socket) => {
      socket.onAny((event: string, body: unknown, reply?: (answer: unknown) => void) => {
        heard.push({ event, body });
        if (event === "watch") reply?.({ ok: true, board: board({ waiting: [row("a")] }) });
        else reply?.({ ok: true, first: 1, last: 1, events: [] });
      });
    });
    await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
    const { port } = http.address() as AddressInfo;
    line = new CallsBoard((one) => news.push(one), { origin: `http://127.0.0.1:${port}` });
    line.open();
    await vi.waitFor(() => {
      expect(line.phase).toBe("there");
    });
  });

  afterEach(async () => {
    line.close();
    await io.close();
  });

  test("is there with the first answer, and moves with each word", async () => {
    expect(ids(line.board?.waiting ?? [])).toEqual(["a"]);
    io.of("/consult").emit("calls", board({ rings: row("a", { phase: "ringing" }) }));
    await vi.waitFor(() => {
      expect(line.board?.rings?.id).toBe("a");
    });
    expect(news.at(-1)?.rings?.id).toBe("a");
  });

  test("answers a call by its name, without following it first", async () => {
    await line.pick("cll_1");
    await line.pass("cll_2");
    const done = heard.filter(({ event }) => event === "do").map(({ body }) => body);
    expect(done).toMatchObject([
      { call: "cll_1", do: { type: "answer" } },
      { call: "cll_2", do: { type: "decline" } },
    ]);
  });
});
