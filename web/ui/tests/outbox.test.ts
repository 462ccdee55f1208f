import { beforeEach, expect, test, vi } from "vitest";

import type { ChatDone, Conversation, Words } from "../src/chat/conversation";
import { Outbox } from "../src/chat/outbox";
import { Problem } from "../src/wire/http";

interface Said {
  words: Words;
  request_id: string | undefined;
  keep: (last: number | null) => void;
  fail: (code: string) => void;
}

/** A conversation that notes what it is given; the test says how each is answered. */
class Talk {
  said: Said[] = [];
  snapshot = { offset: 10 };

  say(words: Words, request_id?: string): Promise<ChatDone> {
    return new Promise((keep, fail) => {
      this.said.push({
        words,
        request_id,
        keep: (last) => keep({ ok: true, first: last, last, events: [], repeated: false }),
        fail: (code) => fail(new Problem({ code, message: "", retryable: false, data: {} })),
      });
    });
  }

  get conversation(): Conversation {
    return this as unknown as Conversation;
  }
}

let kept: Map<string, string>;
let talk: Talk;
let unknown: number;

function outbox(): Outbox {
  return new Outbox(
    "zh-Hant",
    () => undefined,
    () => (unknown += 1),
  );
}

beforeEach(() => {
  kept = new Map();
  talk = new Talk();
  unknown = 0;
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => kept.set(name, text),
    removeItem: (name: string) => kept.delete(name),
  });
});

const texts = (box: Outbox): string[] => box.items.map(({ text }) => text);

test("what is written before there is a conversation is said in it, in order", () => {
  const box = outbox();
  box.put("a", { show: "shw_1", item: "i3", product: null, title: "Oolong" });
  box.put("b", null);
  expect(talk.said).toEqual([]);
  box.use(talk.conversation, "gst_1");
  expect(talk.said.map(({ words }) => words)).toEqual([
    { text: "a", about: { show: "shw_1", item: "i3", product: null }, locale: "zh-Hant" },
    { text: "b", locale: "zh-Hant" },
  ]);
});

test("a message stays in sight until the thread has come as far as it", async () => {
  const box = outbox();
  box.use(talk.conversation, "gst_1");
  box.put("a", null);
  talk.said[0]?.keep(12);
  await vi.waitFor(() => {
    expect(kept.size).toBe(0);
  });
  expect(texts(box)).toEqual(["a"]);
  box.seen(11);
  expect(texts(box)).toEqual(["a"]);
  box.seen(12);
  expect(texts(box)).toEqual([]);
});

test("a page that is loaded anew says again what was not answered, under the same name", () => {
  const before = outbox();
  before.use(talk.conversation, "gst_1");
  before.put("a", null);
  before.draft = "half a sen";

  const [after, line] = [outbox(), new Talk()];
  expect(after.draft).toBe("half a sen");
  after.use(line.conversation, "gst_1");
  expect(line.said[0]?.words.text).toBe("a");
  expect(line.said[0]?.request_id).toBe(talk.said[0]?.request_id);
});

test("nobody else's page says it", () => {
  const before = outbox();
  before.use(talk.conversation, "gst_1");
  before.put("a", null);

  const [after, line] = [outbox(), new Talk()];
  after.use(line.conversation, "cst_2");
  expect(line.said).toEqual([]);
  expect(after.items[0]?.problem).not.toBeNull();
  after.again(after.items[0]?.request_id ?? "");
  expect(line.said).toHaveLength(1);
});

test("what was refused waits for her: said again, or taken back", async () => {
  const box = outbox();
  box.use(talk.conversation, "gst_1");
  box.put("a", null);
  talk.said[0]?.fail("rate_limited");
  await vi.waitFor(() => {
    expect(box.items[0]?.problem).not.toBeNull();
  });
  const name = box.items[0]?.request_id ?? "";
  box.again(name);
  expect(talk.said.map(({ request_id }) => request_id)).toEqual([name, name]);
  expect(box.take(name)).toBe("a");
  expect(box.items).toEqual([]);
  expect(kept.size).toBe(0);
});

test("who is no longer known is asked for her name, and nothing is lost", async () => {
  const box = outbox();
  box.use(talk.conversation, "gst_1");
  box.put("a", null);
  talk.said[0]?.fail("not_signed_in");
  await vi.waitFor(() => {
    expect(unknown).toBe(1);
  });
  expect(box.items[0]?.problem).toBeNull();
});

test("a line that is given up for another hands over what it did not say", async () => {
  const box = outbox();
  box.use(talk.conversation, "gst_1");
  box.put("a", null);
  box.rest();
  talk.said[0]?.fail("offline");
  const line = new Talk();
  box.use(line.conversation, "gst_1");
  await Promise.resolve();
  expect(box.items[0]?.problem).toBeNull();
  expect(line.said[0]?.request_id).toBe(talk.said[0]?.request_id);
});

test("without storage it lives as long as the page", () => {
  vi.stubGlobal("sessionStorage", undefined);
  const box = outbox();
  box.put("a", null);
  box.draft = "b";
  expect(texts(box)).toEqual(["a"]);
});

test("a picture is said with its words or alone, and again after the page was loaded anew", () => {
  const picture = { id: "pic_1", width: 8, height: 6 };
  const before = outbox();
  before.use(talk.conversation, "gst_1");
  before.put("look", null, picture);
  before.put("", null, picture);
  expect(talk.said.map(({ words }) => words)).toEqual([
    { text: "look", picture: "pic_1", locale: "zh-Hant" },
    { picture: "pic_1", locale: "zh-Hant" },
  ]);

  const [after, line] = [outbox(), new Talk()];
  expect(after.items.map((one) => one.picture)).toEqual([picture, picture]);
  after.use(line.conversation, "gst_1");
  expect(line.said.map(({ words }) => words)).toEqual(talk.said.map(({ words }) => words));
});
