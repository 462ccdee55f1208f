import { beforeEach, expect, test, vi } from "vitest";

vi.hoisted(() => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: { lang: "" }, createTreeWalker: () => null });
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
});

interface View {
  callId: string;
  summary: unknown;
  missing: unknown;
  sumUp(now: string): Promise<void>;
}

let status: number;
let asked: number;
let view: View;

beforeEach(async () => {
  status = 200;
  asked = 0;
  vi.stubGlobal("fetch", () => {
    asked += 1;
    const said = JSON.stringify(
      status < 400 ? { phase: "ended" } : { code: "unavailable", retryable: status >= 500 },
    );
    return Promise.resolve({ ok: status < 400, status, text: () => Promise.resolve(said) });
  });
  const { DeskCall } = await import("../src/calls/view");
  view = new DeskCall() as unknown as View;
  view.callId = "cll_1";
});

test("what a call came to is asked for again where the service was not there for it", async () => {
  status = 503;
  await view.sumUp("0");
  expect(view.missing).not.toBeNull();
  status = 200;
  await view.sumUp("0");
  expect([view.summary, view.missing]).toEqual([{ phase: "ended" }, null]);
  await view.sumUp("0");
  expect(asked).toBe(2);
});

test("what is not hers to know is not asked for again and again", async () => {
  status = 404;
  await view.sumUp("refused");
  await view.sumUp("refused");
  expect(asked).toBe(1);
  expect(view.missing).not.toBeNull();
});
