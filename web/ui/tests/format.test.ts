import { beforeAll, describe, expect, test, vi } from "vitest";

import type * as Format from "../src/i18n/format";

let f: typeof Format;

beforeAll(async () => {
  vi.stubGlobal("navigator", { languages: ["zh-TW"] });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  const i18n = await import("../src/i18n/index");
  await i18n.ready;
  f = await import("../src/i18n/format");
});

describe("sums", () => {
  test("a Taiwan dollar is whole in sight and names its country", () => {
    expect(f.money(28_800, "TWD")).toBe("NT$288");
    expect(f.money(108_000, "TWD")).toBe("NT$1,080");
  });

  test("other currencies keep what is not whole", () => {
    expect(f.money(1_250, "HKD")).toBe("HK$12.50");
    expect(f.money(1_250, "SGD")).toBe("SGD 12.50");
    expect(f.money(500, "JPY")).toBe("¥500");
  });

  test("what staff type becomes minor units, or nothing where it is no sum", () => {
    expect(f.toMinor("288", "TWD")).toBe(28_800);
    expect(f.toMinor("１,０８０", "TWD")).toBe(108_000);
    expect(f.toMinor("12.5", "HKD")).toBe(1_250);
    expect(f.toMinor("-1", "TWD")).toBeNull();
    expect(f.toMinor("1e9", "TWD")).toBeNull();
    expect(f.toMinor("", "TWD")).toBeNull();
  });

  test("a sum goes into a field and comes back the same", () => {
    expect(f.toMinor(f.toMajor(108_000, "TWD"), "TWD")).toBe(108_000);
  });
});

describe("time", () => {
  test("what is left counts whole seconds down to nothing and never below", () => {
    expect(f.left(102_000)).toBe("1:42");
    expect(f.left(101_001)).toBe("1:42");
    expect(f.left(3_725_000)).toBe("1:02:05");
    expect(f.left(-5)).toBe("0:00");
  });
});
