import { beforeAll, expect, test, vi } from "vitest";

import type { Room } from "../src/room/connection";
import type { Acts } from "../src/studio/acts";
import type { RoomEvent } from "../src/wire/events";
import { event } from "./snapshot";

let acts: Acts;
let answered: RoomEvent[];
const say = vi.fn<(words: string) => void>();

beforeAll(async () => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  const { actsIn } = await import("../src/studio/acts");
  await (
    await import("../src/i18n/index")
  ).ready;
  const send = (): Promise<unknown> => Promise.resolve({ events: answered });
  acts = actsIn({ send } as unknown as Room, say);
});

const slot = { by: "gst_me", item: "i1", variant: null };

function refused(quantity: number, reason: string): RoomEvent {
  return event(20, "claim.refused", { ...slot, quantity, reason, comment: null, tier: null });
}

function held(quantity: number, wait: string | null = null): RoomEvent {
  const [claim, price, until, comment] = ["c1", 100, 9_000, null] as const;
  const wait_left = wait === null ? null : 0;
  const data = { ...slot, quantity, claim, price, until, comment, wait, wait_left };
  return event(21, "claim.held", data);
}

function waiting(quantity: number): RoomEvent {
  return event(22, "claim.waiting", { ...slot, quantity, wait: "w1", place: 1, comment: null });
}

test.each(["claim.add", "claim.change"])(
  "staff are told what %s got of what they asked",
  async (type) => {
    answered = [refused(2, "limit_reached"), refused(1, "sold_out"), held(2)];
    expect(await acts.moderate({ type })).toBe(false);
    expect(say).toHaveBeenLastCalledWith("2 of 5 granted: over the limit, sold out.");
  },
);

test("what waits counts once, though it is served in the same breath", async () => {
  answered = [refused(2, "limit_reached"), held(1), waiting(2), held(2, "w1")];
  await acts.moderate({ type: "claim.add" });
  expect(say).toHaveBeenLastCalledWith("3 of 5 granted: over the limit.");
});

test("nothing is said where all was granted", async () => {
  say.mockClear();
  answered = [held(5)];
  expect(await acts.moderate({ type: "claim.add" })).toBe(true);
  expect(say).not.toHaveBeenCalled();
});
