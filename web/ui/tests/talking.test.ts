import { expect, test, vi } from "vitest";

import { Problem } from "../src/wire/http";

vi.hoisted(() => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: { lang: "" }, createTreeWalker: () => null });
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
});

test("words that could not be said stand where they were written, beside why", async () => {
  const { Talking } = await import("../src/consult/talking");
  await (
    await import("../src/i18n/index")
  ).ready;
  const talking = new Talking() as unknown as {
    call: unknown;
    said: { good: boolean } | null;
    do(act: unknown): void;
  };
  const putBack = vi.fn();
  const refused = new Problem({ code: "rate_limited", message: "", retryable: true, data: {} });
  talking.call = { act: () => Promise.reject(refused) };
  Object.defineProperty(talking, "written", { value: { putBack } });
  talking.do({ type: "say", text: "The blue one" });
  await vi.waitFor(() => {
    expect(talking.said?.good).toBe(false);
  });
  expect(putBack).toHaveBeenCalledExactlyOnceWith("The blue one");
  talking.do({ type: "hide" });
  await vi.waitFor(() => {
    expect(talking.said?.good).toBe(false);
  });
  expect(putBack).toHaveBeenCalledTimes(1);
});
