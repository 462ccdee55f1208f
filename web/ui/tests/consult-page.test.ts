import { beforeEach, expect, test, vi } from "vitest";

import type { Phase } from "../src/consult/wire";

interface Page {
  call: unknown;
  talks: boolean;
  moved(call: unknown): void;
}

vi.hoisted(() => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: { lang: "" }, createTreeWalker: () => null });
  vi.stubGlobal("location", { pathname: "/consult", search: "" });
});

let page: Page;

beforeEach(async () => {
  const { ConsultPage } = await import("../src/consult/page");
  page = new ConsultPage() as unknown as Page;
});

test("a call that began on another page of hers is there once it goes on on this one", async () => {
  const start = vi.fn(() => Promise.resolve());
  const one = { elsewhere: true, call: { phase: "waiting" as Phase }, media: { start } };
  page.call = one;
  page.moved(one);
  one.call.phase = "talking";
  page.moved(one);
  expect(start).not.toHaveBeenCalled();
  // As `goOnHere` does, which starts the pictures itself.
  one.elsewhere = false;
  page.moved(one);
  await vi.waitFor(() => {
    expect(page.talks).toBe(true);
  });
});
