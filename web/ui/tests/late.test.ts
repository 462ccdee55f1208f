import { beforeEach, describe, expect, test, vi } from "vitest";

vi.hoisted(() => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: { lang: "" }, createTreeWalker: () => null });
  vi.stubGlobal("location", { pathname: "/bookings/tok", search: "" });
});

interface Question {
  method: string;
  path: string;
  answer(said: unknown): void;
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
    return new Promise((keep) => {
      const answer = (said: unknown): void =>
        keep({ ok: true, status: 200, text: () => Promise.resolve(JSON.stringify(said)) });
      asked.push({ method, path, answer });
    });
  });
});

describe("an answer that comes late", () => {
  test("is not what the lobby shows", async () => {
    const { Lobby } = await import("../src/consult/lobby");
    const lobby = new Lobby() as unknown as {
      consult: { call: string | null } | null;
      look(): Promise<void>;
    };
    const looks = [lobby.look(), lobby.look()];
    const said = { open: true, bookable: false };
    (await nth(2)).answer({ ...said, call: "cll_1" });
    (await nth(1)).answer({ ...said, call: null });
    await Promise.all(looks);
    expect(lobby.consult?.call).toBe("cll_1");
  });

  test("does not bring back a booking that was cancelled meanwhile", async () => {
    const { BookingPage } = await import("../src/bookings/page");
    const page = new BookingPage() as unknown as {
      booking: { state: string } | null;
      load(): Promise<void>;
      cancel(): Promise<void>;
    };
    const load = page.load();
    const cancel = page.cancel();
    (await nth(2)).answer({ booking: { state: "cancelled" } });
    await cancel;
    (await nth(1)).answer({ booking: { state: "booked" } });
    await load;
    expect(page.booking?.state).toBe("cancelled");
  });

  test("is not how a card stands", async () => {
    const { Standing } = await import("../src/chat/standing");
    const host = {
      card: { id: "cll_1" },
      stand: "",
      addController: vi.fn(),
      requestUpdate: vi.fn(),
    };
    const came = vi.fn();
    const standing = new Standing<{ phase: string }>(
      host as unknown as ConstructorParameters<typeof Standing>[0],
      (id) => `/api/${id}`,
      came,
    );
    const loads = [standing.load(), standing.load()];
    (await nth(2)).answer({ phase: "ended" });
    (await nth(1)).answer({ phase: "talking" });
    await Promise.all(loads);
    expect(standing.now?.phase).toBe("ended");
    expect(came).toHaveBeenCalledTimes(1);
  });

  test("does not empty a heart that she has filled meanwhile", async () => {
    const { loadWishes, wish, Wishes } = await import("../src/wishes/wishes");
    const wishes = new Wishes({ addController: vi.fn() } as unknown as ConstructorParameters<
      typeof Wishes
    >[0]);
    const load = loadWishes();
    const done = wish("prd_2", "chat", true);
    (await nth(2)).answer({});
    await done;
    (await nth(1)).answer({ wishes: [{ product: "prd_1" }] });
    await load;
    expect(["prd_1", "prd_2"].map((one) => wishes.has(one))).toEqual([true, true]);
  });

  test("does not make an order unpaid again that was cancelled meanwhile", async () => {
    const { OrderPage } = await import("../src/orders/order");
    const page = new OrderPage() as unknown as {
      order: { state: string } | null;
      load(): Promise<void>;
      cancel(): Promise<void>;
    };
    const load = page.load();
    const cancel = page.cancel();
    (await nth(2)).answer({ state: "cancelled" });
    await cancel;
    (await nth(1)).answer({ state: "awaiting_payment" });
    await load;
    expect(page.order?.state).toBe("cancelled");
    expect(asked.map(({ method }) => method)).toEqual(["GET", "POST"]);
  });
});
