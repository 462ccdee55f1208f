import { beforeEach, describe, expect, test, vi } from "vitest";

import { Basket } from "../src/consult/basket";
import type { Call } from "../src/consult/call";
import type { CallView } from "../src/consult/wire";

vi.hoisted(() => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: { lang: "" }, createTreeWalker: () => null });
});

let status: number;
let asked: number;

beforeEach(() => {
  status = 200;
  asked = 0;
  vi.stubGlobal("fetch", () => {
    asked += 1;
    const said = JSON.stringify({ lines: [], claims: [], code: "unavailable" });
    return Promise.resolve({
      ok: status < 400,
      status,
      text: () => Promise.resolve(said),
    });
  });
});

describe("the cart of a call", () => {
  const view = { id: "cll_1", phase: "talking", changes: [], orders: [] } as unknown as CallView;

  /** A call that says a word when it is told to. */
  function begun(): { basket: Basket; say: () => void } {
    const listeners = new Set<() => void>();
    const call = {
      id: "cll_1",
      call: view,
      subscribe: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      onCart: () => () => undefined,
    } as unknown as Call;
    const host = { addController: vi.fn(), requestUpdate: vi.fn() };
    const basket = new Basket(
      host as unknown as ConstructorParameters<typeof Basket>[0],
      () => call,
    );
    const say = (): void => {
      for (const listener of listeners) listener();
    };
    return { basket, say };
  }

  test("is asked for again with the call's next word where it could not be had", async () => {
    status = 503;
    const { basket, say } = begun();
    basket.hostConnected();
    await vi.waitFor(() => {
      expect(basket.problem).not.toBeNull();
    });
    status = 200;
    say();
    await vi.waitFor(() => {
      expect(basket.cart).not.toBeNull();
    });
    expect(basket.problem).toBeNull();
    say();
    expect(asked).toBe(2);
  });
});

test("a rep may ask to pay again where the words for it could not be had", async () => {
  const calls = await import("../src/i18n/calls");
  vi.spyOn(calls, "callsIn").mockRejectedValueOnce(new TypeError("404"));
  const { CallCart } = await import("../src/calls/cart");
  await vi.waitFor(async () => {
    expect((await import("../src/i18n/index")).ready).toBeNull();
  });
  const cart = new CallCart() as unknown as {
    call: unknown;
    nudged: boolean;
    nudge(view: { locale: string }): Promise<void>;
    dispatchEvent: unknown;
  };
  const act = vi.fn(() => Promise.resolve());
  const told = vi.fn();
  cart.call = { act };
  cart.dispatchEvent = told;
  await cart.nudge({ locale: "en" });
  expect(cart.nudged).toBe(false);
  expect(act).not.toHaveBeenCalled();
  expect(told).toHaveBeenCalledTimes(1);
});
