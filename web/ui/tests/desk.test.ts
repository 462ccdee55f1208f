import { beforeEach, describe, expect, test, vi } from "vitest";

import type { Entry, Message, Note, Row } from "../src/chat/wire";
import { filled, fitting, lookedFor } from "../src/desk/canned";
import { empty, keepDraft, readDraft } from "../src/desk/drafts";
import { actOf, keepSingles, singlesOn } from "../src/desk/keys";
import { addressOf, placeOf } from "../src/desk/place";
import { isIn, moved, newlyWaiting, ordered } from "../src/desk/rows";
import { newestOf, thread } from "../src/desk/thread-lines";

function row(id: string, more: Partial<Row> = {}): Row {
  return {
    id,
    customer: `cus_${id}`,
    name: id,
    control: "queued",
    staff: null,
    staff_name: null,
    round: 1,
    opened_at: 0,
    waiting_since: null,
    last_at: 0,
    last: null,
    unread: 0,
    tags: [],
    promised_at: null,
    callback_at: null,
    about: null,
    ...more,
  };
}

const ids = (rows: readonly Row[]): string[] => rows.map(({ id }) => id);

describe("the queues", () => {
  const long = row("long", { waiting_since: 10, last_at: 90 });
  const short = row("short", { waiting_since: 50, last_at: 60 });
  const hers = row("hers", { control: "human", staff: "stf_me", last_at: 80 });
  const others = row("others", { control: "human", staff: "stf_other", last_at: 70 });
  const done = row("done", { control: "resolved", last_at: 40 });

  test("have who waited longest first, and elsewhere what moved last", () => {
    expect(ids(ordered([short, long], "waiting"))).toEqual(["long", "short"]);
    expect(ids(ordered([others, long, short, hers], "all"))).toEqual([
      "long",
      "hers",
      "others",
      "short",
    ]);
  });

  test("hold what belongs to them", () => {
    const all = [long, hers, others, done];
    const of = (queue: "waiting" | "mine" | "all" | "resolved"): string[] =>
      ids(all.filter((one) => isIn(one, queue, "stf_me")));
    expect(of("waiting")).toEqual(["long"]);
    expect(of("mine")).toEqual(["hers"]);
    expect(of("resolved")).toEqual(["done"]);
    expect(of("all")).toEqual(["long", "hers", "others"]);
  });

  test("let come what belongs there, and go what does not any more", () => {
    const at = { queue: "waiting", own: "stf_me", searching: false } as const;
    expect(ids(moved([long], [short], at))).toEqual(["long", "short"]);
    const taken = { ...long, control: "human", staff: "stf_me" } as const;
    expect(ids(moved([long, short], [taken], at))).toEqual(["short"]);
    expect(ids(moved([hers], [taken], { ...at, queue: "mine" }))).toEqual(["long", "hers"]);
  });

  test("let nothing new come while somebody searches, and keep what was found", () => {
    const at = { queue: "all", own: "stf_me", searching: true } as const;
    const renamed = { ...long, control: "resolved", last_at: 99 } as const;
    expect(moved([long], [short, renamed], at)).toEqual([renamed]);
  });

  test("tell who begins to wait, once", () => {
    expect(ids(newlyWaiting([long, hers, short], new Set(["short"])))).toEqual(["long"]);
  });
});

describe("the thread", () => {
  const message = (offset: number, at_ms: number, more: Partial<Message> = {}): Message => ({
    kind: "message",
    offset,
    at_ms,
    from: "customer",
    by: "cus_1",
    name: "Lin",
    text: String(offset),
    cards: [],
    buttons: [],
    pressed: null,
    expires_at: null,
    about: null,
    ...more,
  });
  const note = (offset: number, at_ms: number): Note => ({
    offset,
    at_ms,
    staff: "stf_1",
    name: "Ji",
    text: "note",
  });
  const dayOf = (at: number): string => String(Math.floor(at / 1_000_000));

  test("puts notes among what was said, and a line where a day begins", () => {
    const lines: Entry[] = [
      { kind: "opened", offset: 1, at_ms: 10, round: 1, by: "customer" },
      message(2, 20),
      message(5, 1_000_001),
    ];
    const shown = thread(lines, [note(3, 30)], false, dayOf);
    expect(shown.map(({ kind }) => kind)).toEqual([
      "day",
      "entry",
      "message",
      "note",
      "day",
      "message",
    ]);
  });

  test("joins what one person says on and on, but not over a note or another", () => {
    const lines = [message(2, 0), message(3, 10), message(5, 20), message(6, 500_000)];
    const shown = thread(lines, [note(4, 15)], false, dayOf);
    const joined = shown.flatMap((one) => (one.kind === "message" ? [one.joined] : []));
    expect(joined).toEqual([false, true, false, false]);
  });

  test("says once what she asks about, and again when that is something else", () => {
    const about = (item: string): Partial<Message> => ({
      about: { show: "shw_1", item, product: null, title: null },
    });
    const lines = [
      message(2, 0, about("i1")),
      message(3, 1, about("i1")),
      message(4, 2, { from: "staff" }),
      message(5, 3, about("i1")),
      message(6, 4, about("i2")),
    ];
    const shown = thread(lines, [], false, dayOf);
    const asks = shown.flatMap((one) => (one.kind === "message" ? [one.asks] : []));
    expect(asks).toEqual([true, false, false, false, true]);
  });

  test("leaves out notes from before what is known while there is more", () => {
    const shown = (more: boolean): number =>
      thread([message(20, 20)], [note(3, 3)], more, dayOf).length;
    expect(shown(true)).toBe(2);
    expect(shown(false)).toBe(3);
  });

  test("knows the newest message of each side", () => {
    const lines = [message(2, 0), message(3, 1, { from: "staff" }), message(4, 2)];
    expect(newestOf(lines, "staff")?.offset).toBe(3);
    expect(newestOf(lines, "customer")?.offset).toBe(4);
    expect(newestOf([], "staff")).toBeNull();
  });
});

describe("canned replies", () => {
  const replies = [
    { id: "1", title: "招呼", text: "{name}你好" },
    { id: "2", title: "運費", text: "滿 999 免運，招呼親友" },
  ];

  test("have their variables filled, and nothing else", () => {
    const names = { name: "林 {shop}", staff: "小紀", shop: "禾店" };
    expect(filled("{name}，{staff}在{shop}，{nobody}", names)).toBe(
      "林 {shop}，小紀在禾店，{nobody}",
    );
  });

  test("are looked for by a slash at the beginning of one line", () => {
    expect(lookedFor("/運")).toBe("運");
    expect(lookedFor("/")).toBe("");
    expect(lookedFor("a/b")).toBeNull();
    expect(lookedFor("/one\ntwo")).toBeNull();
  });

  test("fit by title before they fit by text, whatever the width of the signs", () => {
    expect(fitting(replies, "招呼").map(({ id }) => id)).toEqual(["1", "2"]);
    expect(fitting(replies, "９９９").map(({ id }) => id)).toEqual(["2"]);
  });
});

describe("keys", () => {
  const at = { singles: true, inList: false };
  const press = (key: string, more: object = {}): KeyboardEvent =>
    ({ key, composedPath: () => [], ...more }) as unknown as KeyboardEvent;
  const focused = (tagName: string, more: object = {}): object => ({
    composedPath: () => [{ tagName, ...more }],
  });

  test("do what the list of keys says", () => {
    const acts = ["j", "K", "r", "n", "e", "t", "/", "?"].map((key) => actOf(press(key), at));
    expect(acts).toEqual([
      "next",
      "previous",
      "reply",
      "note",
      "resolve",
      "take",
      "search",
      "keys",
    ]);
  });

  test.each(["INPUT", "TEXTAREA", "SELECT", "DIALOG"])("are typing inside a %s", (tag) => {
    expect(actOf(press("e", focused(tag)), at)).toBeNull();
  });

  test("are the browser's with a modifier, and the input method's while it composes", () => {
    expect(actOf(press("r", { ctrlKey: true }), at)).toBeNull();
    expect(actOf(press("r", { metaKey: true }), at)).toBeNull();
    expect(actOf(press("e", { isComposing: true }), at)).toBeNull();
  });

  test("that are single ones can be switched off; arrows in the list stay", () => {
    const off = { singles: false, inList: true };
    expect(actOf(press("e"), off)).toBeNull();
    expect(actOf(press("ArrowDown"), off)).toBe("next");
    expect(actOf(press("ArrowDown"), at)).toBeNull();
  });

  test("are kept switched off", () => {
    const kept = new Map<string, string>();
    vi.stubGlobal("localStorage", {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
    });
    expect(singlesOn()).toBe(true);
    keepSingles(false);
    expect(singlesOn()).toBe(false);
  });
});

describe("the address", () => {
  const at = (address: string): ReturnType<typeof placeOf> =>
    placeOf(new URL(address, "https://shop.test") as unknown as Location);

  test.each([
    ["/desk", {}],
    ["/desk?queue=mine", { queue: "mine" }],
    ["/desk/cnv_1", { conversation: "cnv_1" }],
    ["/desk/cnv_1?queue=all#customer", { queue: "all", conversation: "cnv_1", customer: true }],
    ["/desk/calls", { calls: "" }],
    ["/desk/calls?queue=mine", { calls: "", queue: "mine" }],
    ["/desk/calls/cll_1", { calls: "cll_1" }],
  ] as const)("%s is a place, and the place has that address", (address, place) => {
    const whole = { queue: "waiting", conversation: null, calls: null, customer: false, ...place };
    expect(at(address)).toEqual(whole);
    expect(addressOf(whole as ReturnType<typeof placeOf>)).toBe(address);
  });

  test("that makes no sense is the nearest that does", () => {
    expect(at("/desk/%ff?queue=nonsense#customer")).toEqual({
      queue: "waiting",
      conversation: "%ff",
      calls: null,
      customer: true,
    });
  });
});

describe("drafts", () => {
  const kept = new Map<string, string>();
  beforeEach(() => {
    kept.clear();
    vi.stubGlobal("sessionStorage", {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => kept.set(name, value),
      removeItem: (name: string) => kept.delete(name),
    });
  });

  test("stay with their conversations, and go when they are sent", () => {
    const card = { kind: "order", id: "ord_1", title: "P-1", width: null, height: null } as const;
    const drafted = { upto: 4, cards: [card] };
    const draft = { tab: "note", reply: "r", note: "n", products: ["prd_1"], drafted } as const;
    keepDraft("a", draft);
    expect(readDraft("a")).toEqual(draft);
    expect(readDraft("b")).toEqual(empty);
    keepDraft("a", { ...empty, products: ["prd_1"] });
    expect(readDraft("a").products).toEqual(["prd_1"]);
    keepDraft("a", { ...empty, drafted });
    expect(readDraft("a").drafted).toEqual(drafted);
    keepDraft("a", empty);
    expect(kept.size).toBe(0);
  });

  test("of which nothing can be made are empty ones", () => {
    for (const broken of [
      "{",
      "1",
      '{"reply": 1}',
      '{"products": {"0": "prd_1"}}',
      '{"drafted": 1}',
      '{"drafted": {"upto": 1, "cards": []}}',
      '{"drafted": {"upto": 1, "cards": [null]}}',
    ]) {
      kept.set("plusone.desk.draft.a", broken);
      expect(readDraft("a")).toEqual(empty);
    }
  });
});
