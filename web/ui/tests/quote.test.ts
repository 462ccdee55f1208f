import { beforeEach, expect, test, vi } from "vitest";

import { Quoting, takenOff } from "../src/checkout/quote";
import type { Asked, Quote } from "../src/wire/loyalty";

interface Question {
  body: Asked;
  answer: (more: Partial<Quote>, status?: number) => Promise<void>;
}

let asked: Question[];
let stand: string;
let quoting: Quoting;

const host = {
  addController: vi.fn(),
  removeController: vi.fn(),
  requestUpdate: vi.fn(),
  updateComplete: Promise.resolve(true),
};

const plain: Quote = {
  subtotal: 57_600,
  discounts: [],
  points: { used: 0, value: 0, most: 300, available: 348 },
  delivery_fee: 6_000,
  total: 63_600,
  earns: 5,
  refused: [],
  offers: [],
  currency: "TWD",
};

/** As the host does after each time that it was drawn. */
function drawn(): void {
  quoting.hostUpdated();
}

beforeEach(() => {
  asked = [];
  stand = "2 28800";
  vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => {
    return new Promise<Response>((resolve) => {
      const answer = async (more: Partial<Quote>, status = 200): Promise<void> => {
        const said = status < 400 ? { ...plain, ...more } : { code: "rate_limited" };
        const text = JSON.stringify(said);
        resolve({ ok: status < 400, status, text: () => Promise.resolve(text) } as Response);
        await new Promise((done) => setImmediate(done));
        drawn();
      };
      asked.push({ body: JSON.parse(body) as Asked, answer });
    });
  });
  const order = { claims: ["c1"], lines: [], fulfilment: "store" as const };
  quoting = new Quoting(
    host,
    () => order,
    () => stand,
  );
  drawn();
});

test("asks once for what stands still, and anew when the cart is another", async () => {
  await asked[0]?.answer({});
  expect(asked).toHaveLength(1);
  stand = "3 28800";
  drawn();
  expect(asked).toHaveLength(2);
});

test("of two answers that of the newest question counts", async () => {
  stand = "3 28800";
  drawn();
  await asked[1]?.answer({ total: 92_400 });
  await asked[0]?.answer({ total: 63_600 });
  expect(quoting.quote?.total).toBe(92_400);
  expect(quoting.pending).toBe(false);
});

test("a code is asked for as shops write it, and an id as it is", async () => {
  await asked[0]?.answer({});
  quoting.use(" ａutumn 50 ");
  quoting.use("cpn_01ab");
  drawn();
  expect(asked.at(-1)?.body.coupons).toEqual(["AUTUMN50", "cpn_01ab"]);
});

test("what is refused is told once and no longer asked for", async () => {
  const refused = [{ code: "NOPE", reason: "unknown_coupon", data: {} }];
  await asked[0]?.answer({});
  quoting.use("nope");
  drawn();
  await asked[1]?.answer({ refused });
  expect(quoting.codes).toEqual([]);
  expect(quoting.refused).toEqual(refused);
  // Asked again without it, and why it was refused still stands.
  expect(asked.at(-1)?.body.coupons).toEqual([]);
  await asked.at(-1)?.answer({});
  expect(quoting.refused).toEqual(refused);
});

test("a code that could not be looked at is not asked for with the order", async () => {
  await asked[0]?.answer({});
  quoting.use("guess");
  drawn();
  await asked[1]?.answer({}, 429);
  expect(quoting.problem).toMatchObject({ code: "rate_limited" });
  expect(quoting.codes).toEqual([]);
  expect(quoting.quote).toEqual(plain);
});

test("all that may be used follows what may be used", async () => {
  await asked[0]?.answer({});
  quoting.spend("most");
  drawn();
  expect(asked.at(-1)?.body.points).toBe(300);
  const points = { used: 288, value: 28_800, most: 288, available: 348 };
  await asked.at(-1)?.answer({ points });
  expect(asked.at(-1)?.body.points).toBe(288);
  await asked.at(-1)?.answer({ points });
  expect(asked).toHaveLength(3);
});

test("what is taken off is all coupons and the points", () => {
  const discounts = [
    { coupon: "cpn_1", code: "A", title: "A", amount: 5_000 },
    { coupon: "cpn_2", code: null, title: "B", amount: 1_000 },
  ];
  const points = { used: 20, value: 2_000, most: 300, available: 348 };
  expect(takenOff({ discounts, points })).toBe(8_000);
});
