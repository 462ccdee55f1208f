import { readFileSync } from "node:fs";
import { resolve } from "node:path";

import { describe, expect, test } from "vitest";

import type { HandoverCause } from "../src/chat/wire";

const languages = ["zh-Hant", "zh-Hant-HK", "zh-Hans", "en"] as const;
const service = resolve(import.meta.dirname, "../../..");

type Chat = typeof import("../src/i18n/zh-Hant/chat").default;
type Desk = typeof import("../src/i18n/zh-Hant/desk").default;

async function words<T>(language: string, catalogue: string): Promise<T> {
  return ((await import(`../src/i18n/${language}/${catalogue}.ts`)) as { default: T }).default;
}

/** The names that stand between brackets after `name` in the service's own source. */
function named(file: string, name: string): string[] {
  const source = readFileSync(resolve(service, file), "utf8");
  const [, inside = ""] = new RegExp(`^${name}[^\\n]*[[(]([^\\])]*)[\\])]`, "m").exec(source) ?? [];
  return [...inside.matchAll(/"(\w+)"/g)].map(([, value = ""]) => value);
}

const causes: HandoverCause[] = [
  "asked",
  "missed",
  "feelings",
  "policy",
  "failed",
  "callback",
  "off",
];
/** As `bot/changes.py` and the tools say them. */
const codes = [
  "unknown_product",
  "out_of_stock",
  "not_enough",
  "cart_full",
  "not_in_cart",
  "unknown_order",
  "order_state",
  "not_cancellable",
  "not_undoable",
];

test("the causes are those that the service knows", () => {
  const known = named("core/tools.py", "HandoverReason");
  expect(known.length).toBeGreaterThan(0);
  expect(causes).toEqual([...known, "callback", "off"]);
});

describe.each(languages)("in %s", (language) => {
  test("a customer reads why a person goes on, and why something was not done", async () => {
    const chat = await words<Chat>(language, "chat");
    const said = causes.map((cause) => chat.handedOver[cause]);
    expect(new Set(said).size).toBe(causes.length);
    for (const code of codes) expect(chat.whyNot[code], code).toBeTruthy();
    expect(chat.pieces("樹子", 2)).toBe("樹子 × 2");
  });

  test("what is typed stays as it is in what is said of a change", async () => {
    const chat = await words<Chat>(language, "chat");
    const title = "<b>$&</b> `x`";
    for (const kind of ["cart.add", "cart.remove", "order.cancel"] as const) {
      for (const say of Object.values(chat.changes[kind])) expect(say(title)).toContain(title);
    }
    expect(chat.putBy(title, "y")).toContain(title);
  });

  test("a rep reads every wish that the bot knows", async () => {
    const desk = await words<Desk>(language, "desk");
    const intents = named("bot/intents.py", "INTENTS");
    expect(intents.length).toBeGreaterThan(30);
    for (const intent of intents) expect(desk.intents[intent], intent).toBeTruthy();
    for (const code of codes) expect(desk.whyNot[code], code).toBeTruthy();
    for (const one of languages) expect(desk.languages[one], one).toBeTruthy();
  });
});
