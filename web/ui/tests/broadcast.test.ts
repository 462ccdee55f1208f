import { beforeEach, describe, expect, test, vi } from "vitest";

import { Broadcast } from "../src/picture/broadcast";

interface Dialled {
  keep(): void;
  fail(): void;
  gone(): void;
  close: ReturnType<typeof vi.fn>;
}

const { dialled } = vi.hoisted(() => ({ dialled: [] as Dialled[] }));

vi.mock("../src/picture/whip", () => ({
  sendsH264: () => true,
  Whip: {
    to: (_url: string, _key: string, _stream: unknown, gone: () => void) =>
      new Promise((keep, refuse) => {
        const close = vi.fn();
        const whip = { close, health: () => Promise.resolve(null) };
        const fail = (): void => refuse(new TypeError("not reached"));
        dialled.push({ keep: () => keep(whip), fail, gone, close });
      }),
  },
}));

let on: Broadcast;

async function nth(n: number): Promise<Dialled> {
  await vi.waitFor(() => {
    expect(dialled.length).toBeGreaterThanOrEqual(n);
  });
  return dialled[n - 1] ?? expect.unreachable();
}

beforeEach(() => {
  dialled.length = 0;
  const said = JSON.stringify({ publish: "/whip", key: "k", keeps: true });
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("fetch", () =>
    Promise.resolve({ ok: true, status: 200, text: () => Promise.resolve(said) }),
  );
  on = new Broadcast("shw_1");
  on.stream = { getTracks: () => [], getAudioTracks: () => [] } as unknown as MediaStream;
});

describe("who stops while her picture is brought back", () => {
  async function lost(): Promise<Dialled> {
    void on.send();
    const first = await nth(1);
    first.keep();
    await vi.waitFor(() => {
      expect(on.phase).toBe("sending");
    });
    first.gone();
    expect(on.phase).toBe("lost");
    return nth(2);
  }

  test("is not on the air again once that has worked", async () => {
    const { keep, close } = await lost();
    on.halt();
    keep();
    await vi.waitFor(() => {
      expect(close).toHaveBeenCalledTimes(1);
    });
    expect(on.phase).toBe("ready");
  });

  test("is not tried again once that has failed", async () => {
    const { fail } = await lost();
    on.halt();
    vi.useFakeTimers();
    fail();
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    expect(on.phase).toBe("ready");
    expect(dialled).toHaveLength(2);
  });

  test("may send again", async () => {
    await lost();
    on.halt();
    void on.send();
    (await nth(3)).keep();
    await vi.waitFor(() => {
      expect(on.phase).toBe("sending");
    });
    on.halt();
  });
});
