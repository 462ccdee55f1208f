import { beforeEach, expect, test, vi } from "vitest";

type Answer = (kind: string, ok?: boolean) => void;

let asked: { method: string; answer: Answer }[];
let sessions: typeof import("../src/session/session");

async function nth(n: number): Promise<Answer> {
  await vi.waitFor(() => {
    expect(asked.length).toBeGreaterThanOrEqual(n);
  });
  return asked[n - 1]?.answer ?? expect.unreachable();
}

beforeEach(async () => {
  asked = [];
  vi.stubGlobal("fetch", (_: string, { method }: { method: string }) => {
    return new Promise((keep) => {
      const answer: Answer = (kind, ok = true) => {
        const text = JSON.stringify(ok ? { person: { kind } } : { code: "unavailable" });
        keep({ ok, status: ok ? 200 : 503, text: () => Promise.resolve(text) });
      };
      asked.push({ method, answer });
    });
  });
  vi.resetModules();
  sessions = await import("../src/session/session");
});

test("who has said a name is not nobody again by what was asked before", async () => {
  const listener = vi.fn();
  sessions.onSession(listener);
  const [one, other] = [sessions.loadSession(), sessions.loadSession()];
  const named = sessions.becomeGuest("Mei");
  (await nth(2))("guest");
  await named;
  (await nth(1))("nobody");
  expect([(await one).person.kind, (await other).person.kind]).toEqual(["guest", "guest"]);
  expect(sessions.session?.person.kind).toBe("guest");
  expect(listener).toHaveBeenCalledTimes(1);
});

test("it is asked once a page, however many want to know, and told once", async () => {
  const listener = vi.fn();
  sessions.onSession(listener);
  const all = [sessions.loadSession(), sessions.loadSession(), sessions.loadSession()];
  (await nth(1))("customer");
  await Promise.all(all);
  expect((await sessions.loadSession()).person.kind).toBe("customer");
  expect(asked).toHaveLength(1);
  expect(listener).toHaveBeenCalledTimes(1);
});

test("what was refused is asked for anew", async () => {
  const first = sessions.loadSession();
  (await nth(1))("", false);
  await expect(first).rejects.toMatchObject({ code: "unavailable" });
  const again = sessions.loadSession();
  (await nth(2))("guest");
  expect((await again).person.kind).toBe("guest");
});
