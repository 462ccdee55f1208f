import { describe, expect, test } from "vitest";

import { nextOver, offer } from "../src/chat/offers";
import type { Button, Entry, Message, Speaker } from "../src/chat/wire";

const yes: Button = { key: "yes", label: "Yes", kind: "confirm", means: "intent:yes" };
const no: Button = { key: "no", label: "No", kind: "decline", means: "intent:no" };
const more: Button = { key: "1", label: "More", kind: "say", means: null };

function said(offset: number, from: Speaker, rest: Partial<Message> = {}): Message {
  const shown = { about: null, cards: [], buttons: [], pressed: null, expires_at: null };
  const base = { by: from, name: null, text: "x", ...shown };
  return { offset, at_ms: offset, kind: "message", from, ...base, ...rest };
}

const proposal = said(5, "bot", { buttons: [yes, no], expires_at: 1_000 });

function states(after: Entry[], going: { offset: number; key: string }[] = [], now = 500) {
  const found = offer(proposal, [said(4, "customer"), proposal, ...after], going, now);
  return found?.choices.map(({ state }) => state);
}

describe("what may be pressed", () => {
  test("is all of the newest message, and says until when", () => {
    expect(offer(proposal, [proposal], [], 500)).toEqual({
      choices: [
        { button: yes, state: "free" },
        { button: no, state: "free" },
      ],
      until: 1_000,
      over: false,
    });
  });

  test("is nothing of a message without buttons", () => {
    expect(offer(said(5, "bot"), [], [], 0)).toBeNull();
  });

  test("is shown as on its way, and nothing else can be pressed meanwhile", () => {
    expect(states([], [{ offset: 5, key: "yes" }])).toEqual(["going", "off"]);
    expect(states([], [{ offset: 3, key: "yes" }])).toEqual(["free", "free"]);
  });

  test("is shown as pressed once the thread says so", () => {
    const pressed = said(6, "customer", { pressed: { offset: 5, key: "no" } });
    expect(states([pressed])).toEqual(["off", "pressed"]);
    // The answer to it may be seen before its own acknowledgement.
    expect(states([pressed], [{ offset: 5, key: "no" }])).toEqual(["off", "pressed"]);
  });

  test.each([
    ["she wrote more", said(6, "customer")],
    ["somebody answered", said(6, "staff")],
    ["the bot said something else", said(6, "bot")],
    ["a person took over", { offset: 6, at_ms: 6, kind: "taken", staff: "stf_1", name: "Ji" }],
    ["it is over", { offset: 6, at_ms: 6, kind: "resolved", cause: "idle", name: null }],
    [
      "it was left to people",
      { offset: 6, at_ms: 6, kind: "handed_over", cause: "asked", callback_at: null },
    ],
  ] as [string, Entry][])("is nothing after %s", (_, entry) => {
    expect(states([entry])).toEqual(["off", "off"]);
    const found = offer(proposal, [proposal, entry], [], 5_000);
    expect(found).toMatchObject({ until: null, over: false });
  });

  test("stays where a person is only promised: the bot goes on until then", () => {
    const promised = { kind: "handed_over", cause: "asked", callback_at: 9_000 } as const;
    expect(states([{ offset: 6, at_ms: 6, ...promised }])).toEqual(["free", "free"]);
  });

  test("is neither yes nor no once a proposal has run out, and that is said", () => {
    expect(states([], [], 1_000)).toEqual(["off", "off"]);
    expect(offer(proposal, [proposal], [], 1_000)).toMatchObject({ until: null, over: true });
  });

  test("has no end where nothing is proposed", () => {
    const choice = said(5, "bot", { buttons: [more] });
    expect(offer(choice, [choice], [], 9_999)).toMatchObject({ until: null, over: false });
    expect(offer(choice, [choice], [], 9_999)?.choices[0]?.state).toBe("free");
  });
});

test("the next proposal to run out is the first of those that have not", () => {
  const lines = [
    said(1, "bot", { expires_at: 100 }),
    said(2, "bot", { expires_at: 300 }),
    said(3, "bot", { expires_at: 200 }),
  ];
  expect(nextOver(lines, 150)).toBe(200);
  expect(nextOver(lines, 300)).toBeNull();
});
