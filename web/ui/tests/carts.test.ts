import { beforeEach, describe, expect, test, vi } from "vitest";

import type { Room } from "../src/room/connection";
import type { Cart } from "../src/wire/types";

vi.hoisted(() => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: { lang: "" }, createTreeWalker: () => null });
});

interface Question {
  method: string;
  path: string;
  answer(quantity: number): void;
}

let asked: Question[];

async function nth(n: number): Promise<Question> {
  await vi.waitFor(() => {
    expect(asked.length).toBeGreaterThanOrEqual(n);
  });
  return asked[n - 1] ?? expect.unreachable();
}

beforeEach(() => {
  asked = [];
  vi.stubGlobal("fetch", (path: string, { method }: { method: string }) => {
    if (path === "/api/session") return answered({ person: { kind: "guest" } });
    return new Promise((keep) => {
      const answer = (quantity: number): void => {
        const remembered = { contact: null, fulfilment: null };
        const lines = [{ id: "lin_1", quantity, unit_price: 100 }];
        keep(answered({ claims: [], lines, deliveries: [], remembered }));
      };
      asked.push({ method, path, answer });
    });
  });
});

function answered(said: unknown): Promise<unknown> {
  return Promise.resolve({
    ok: true,
    status: 200,
    text: () => Promise.resolve(JSON.stringify(said)),
  });
}

const quantityIn = (cart: Cart | null): number | undefined => cart?.lines[0]?.quantity;

describe("the cart in the checkout", () => {
  interface Subject {
    cart: Cart | null;
    load(): Promise<void>;
    setLine(line: { id: string }, quantity: number): Promise<void>;
  }

  let checkout: Subject;

  beforeEach(async () => {
    const { Checkout } = await import("../src/checkout/sheet");
    checkout = new Checkout() as unknown as Subject;
  });

  test("is as it was asked for last, however late an answer comes", async () => {
    const loads = [checkout.load(), checkout.load()];
    (await nth(2)).answer(2);
    (await nth(1)).answer(1);
    await Promise.all(loads);
    expect(quantityIn(checkout.cart)).toBe(2);
  });

  test("is looked at again where it was changed after it was asked for", async () => {
    const set = checkout.setLine({ id: "lin_1" }, 3);
    const load = checkout.load();
    (await nth(2)).answer(2);
    await load;
    (await nth(1)).answer(3);
    (await nth(3)).answer(3);
    await set;
    expect(quantityIn(checkout.cart)).toBe(3);
    expect(asked.map(({ method }) => method)).toEqual(["PATCH", "GET", "GET"]);
  });
});

describe("the bag of a show", () => {
  test("holds what was asked for last, and looks again after it has put something in", async () => {
    const { Bag } = await import("../src/show/bag");
    const host = { requestUpdate: vi.fn() } as unknown as ConstructorParameters<typeof Bag>[0];
    const bag = new Bag(host, { snapshot: null } as unknown as Room);
    const loads = [bag.load(), bag.load()];
    (await nth(2)).answer(2);
    (await nth(1)).answer(1);
    await Promise.all(loads);
    expect(quantityIn(bag.cart)).toBe(2);
    const added = bag.add("var_1");
    const load = bag.load();
    (await nth(4)).answer(2);
    await load;
    (await nth(3)).answer(3);
    (await nth(5)).answer(3);
    await added;
    expect(quantityIn(bag.cart)).toBe(3);
  });
});
