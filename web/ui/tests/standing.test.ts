import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Standing } from "../src/chat/standing";
import type { Card } from "../src/chat/wire";

interface Question {
  path: string;
  answer: (state: string | null) => Promise<void>;
}

let asked: Question[];
let page: EventTarget & { visibilityState: string };
const came = vi.fn();

class Host {
  card: Card | null = null;
  stand = "";
  readonly addController = vi.fn();
  readonly removeController = vi.fn();
  readonly requestUpdate = vi.fn();
  readonly updateComplete = Promise.resolve(true);
}

beforeEach(() => {
  came.mockClear();
  asked = [];
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("fetch", (path: string) => {
    return new Promise<Response>((resolve) => {
      const answer = async (state: string | null): Promise<void> => {
        const [ok, status] = state === null ? [false, 404] : [true, 200];
        const text = JSON.stringify({ state });
        resolve({ ok, status, text: () => Promise.resolve(text) } as Response);
        await new Promise((done) => setImmediate(done));
      };
      asked.push({ path, answer });
    });
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function shown(id: string): { host: Host; standing: Standing<{ state: string }> } {
  const host = new Host();
  const standing = new Standing<{ state: string }>(host, (one) => `/api/orders/${one}`, came);
  host.card = { kind: "order", id, title: null } as unknown as Card;
  standing.hostConnected();
  standing.hostUpdate();
  return { host, standing };
}

test("it is asked for once, and drawn when it is known", async () => {
  const { host, standing } = shown("ord/1");
  standing.hostUpdate();
  expect(asked.map(({ path }) => path)).toEqual(["/api/orders/ord%2F1"]);
  await asked[0]?.answer("paid");
  expect(standing.now).toEqual({ state: "paid" });
  expect(came).toHaveBeenCalledOnce();
  expect(host.requestUpdate).toHaveBeenCalled();
});

test("it is asked for anew when something has become of it", async () => {
  const { host, standing } = shown("ord_1");
  await asked[0]?.answer("paid");
  host.stand = "sent";
  standing.hostUpdate();
  await asked[1]?.answer("sent");
  expect(standing.now).toEqual({ state: "sent" });
});

test("it is asked for anew when she comes back, and not while she is away", () => {
  const { standing } = shown("ord_1");
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  expect(asked).toHaveLength(1);
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
  window.dispatchEvent(new Event("pageshow"));
  expect(asked).toHaveLength(3);
  standing.hostDisconnected();
  page.dispatchEvent(new Event("visibilitychange"));
  window.dispatchEvent(new Event("pageshow"));
  expect(asked).toHaveLength(3);
});

test("what is told of another card is passed over", async () => {
  const { host, standing } = shown("ord_1");
  host.card = { kind: "order", id: "ord_2", title: null } as unknown as Card;
  standing.hostUpdate();
  await asked[1]?.answer("sent");
  await asked[0]?.answer("paid");
  expect(standing.now).toEqual({ state: "sent" });
});

test("what was known stays where it cannot be asked for; what never was is missing", async () => {
  const { standing } = shown("ord_1");
  await asked[0]?.answer(null);
  expect(standing.missing).toBe(true);

  const other = shown("ord_2").standing;
  await asked[1]?.answer("paid");
  void other.load();
  await asked[2]?.answer(null);
  expect(other.missing).toBe(false);
  expect(other.now).toEqual({ state: "paid" });
});
