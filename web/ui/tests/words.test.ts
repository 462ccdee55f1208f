import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Locale } from "../src/i18n/locales";

interface Asked {
  locale: Locale;
  come(): void;
  fail(): void;
}

let i18n: typeof import("../src/i18n/index");
let reload: ReturnType<typeof vi.fn>;

/** A catalogue that comes, or is lost, when the test says so. */
function catalogue(): { asked: Asked[]; load: (locale: Locale) => Promise<void> } {
  const asked: Asked[] = [];
  const load = (locale: Locale): Promise<void> =>
    new Promise((come, refuse) => {
      asked.push({ locale, come, fail: () => refuse(new Error("404")) });
    });
  return { asked, load };
}

/** Until the `n`th question has been asked. */
async function nth(asked: readonly Asked[], n: number): Promise<Asked> {
  await vi.waitFor(() => {
    expect(asked.length).toBeGreaterThanOrEqual(n);
  });
  return asked[n - 1] ?? expect.unreachable();
}

async function drawn(): Promise<void> {
  await vi.waitFor(() => {
    expect(i18n.ready).toBeNull();
  });
}

beforeEach(async () => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  };
  reload = vi.fn();
  vi.stubGlobal("navigator", { languages: ["en"], onLine: true });
  vi.stubGlobal("document", { documentElement: { lang: "" } });
  vi.stubGlobal("localStorage", storage);
  vi.stubGlobal("sessionStorage", storage);
  vi.stubGlobal("location", { reload });
  vi.resetModules();
  i18n = await import("../src/i18n/index");
  await drawn();
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("words that come late", () => {
  test("keep the page waiting until they are there", async () => {
    const [one, other] = [catalogue(), catalogue()];
    const there = vi.fn();
    void i18n.alsoLoad(one.load).then(there);
    void i18n.alsoLoad(other.load);
    one.asked[0]?.come();
    await vi.waitFor(() => {
      expect(there).toHaveBeenCalledTimes(1);
    });
    expect(i18n.ready).not.toBeNull();
    other.asked[0]?.come();
    await drawn();
  });

  test("and are lost keep nobody else from being drawn, and are asked for again", async () => {
    const { asked, load } = catalogue();
    const there = vi.fn();
    void i18n.alsoLoad(load).then(there);
    expect(i18n.ready).not.toBeNull();
    asked[0]?.fail();
    await drawn();
    expect(there).not.toHaveBeenCalled();
    const whole = i18n.whole();
    (await nth(asked, 2)).come();
    expect(await whole).toBe(true);
    expect(there).toHaveBeenCalledTimes(1);
    expect(asked).toHaveLength(2);
  });
});

describe("a part of the page", () => {
  test("is not there without its words: the page is loaded anew, once a minute", async () => {
    const { part } = await import("../src/design/part");
    const { asked, load } = catalogue();
    const wanted = (): Promise<boolean> =>
      part(() => {
        if (asked.length === 0) void i18n.alsoLoad(load);
        return Promise.resolve();
      });
    const first = wanted();
    (await nth(asked, 1)).fail();
    (await nth(asked, 2)).fail();
    expect(await first).toBe(false);
    expect(reload).toHaveBeenCalledTimes(1);
    const again = wanted();
    (await nth(asked, 3)).fail();
    expect(await again).toBe(false);
    expect(reload).toHaveBeenCalledTimes(1);
    const last = wanted();
    (await nth(asked, 4)).come();
    expect(await last).toBe(true);
  });

  test("that is lost once is asked for once more", async () => {
    const { part } = await import("../src/design/part");
    const load = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new TypeError("404"));
    expect(await part(load)).toBe(true);
    expect(load).toHaveBeenCalledTimes(2);
    expect(reload).not.toHaveBeenCalled();
  });

  test("that is wanted again and again is asked for once, and told of where it is lost", async () => {
    const { once } = await import("../src/design/part");
    const load = vi.fn<() => Promise<void>>().mockRejectedValue(new TypeError("404"));
    const missing = vi.fn();
    const want = once(load, missing);
    want();
    want();
    await vi.waitFor(() => {
      expect(missing).toHaveBeenCalledTimes(1);
    });
    want();
    expect([load.mock.calls.length, reload.mock.calls.length]).toEqual([2, 1]);
    // What was lost with the line is asked for with the next wish.
    vi.stubGlobal("navigator", { languages: ["en"], onLine: false });
    const offline = once(load, missing);
    offline();
    await vi.waitFor(() => {
      expect(missing).toHaveBeenCalledTimes(2);
    });
    load.mockResolvedValue();
    offline();
    await vi.waitFor(() => {
      expect(load).toHaveBeenCalledTimes(5);
    });
    expect(missing).toHaveBeenCalledTimes(2);
  });

  test("waits for its words", async () => {
    const { part } = await import("../src/design/part");
    const { asked, load } = catalogue();
    const there = vi.fn();
    const wanted = part(() => {
      void i18n.alsoLoad(load).then(there);
      return Promise.resolve();
    });
    (await nth(asked, 1)).come();
    expect(await wanted).toBe(true);
    expect(there).toHaveBeenCalledTimes(1);
    expect(reload).not.toHaveBeenCalled();
  });
});

describe("another language", () => {
  test("is the one that she chose last, however late the one before comes", async () => {
    const { asked, load } = catalogue();
    void i18n.alsoLoad(load);
    asked[0]?.come();
    await drawn();
    const [slow, last] = [i18n.speak("zh-Hans"), i18n.speak("zh-Hant")];
    const before = await nth(asked, 2);
    // The next one begins once this one is over.
    expect(asked).toHaveLength(2);
    before.come();
    (await nth(asked, 3)).come();
    await Promise.all([slow, last]);
    expect(asked.map(({ locale }) => locale)).toEqual(["en", "zh-Hans", "zh-Hant"]);
    expect(i18n.locale).toBe("zh-Hant");
    expect(i18n.m.loading).toBe((await import("../src/i18n/zh-Hant/shop")).default.loading);
    expect(document.documentElement.lang).toBe("zh-Hant-TW");
  });

  test("stays away as a whole where some of its words are lost", async () => {
    const { asked, load } = catalogue();
    void i18n.alsoLoad(load);
    asked[0]?.come();
    await drawn();
    const { loading } = i18n.m;
    const reader = vi.fn();
    i18n.onLanguage(reader);
    const spoken = i18n.speak("zh-Hant");
    spoken.catch(() => undefined);
    (await nth(asked, 2)).fail();
    (await nth(asked, 3)).come();
    await expect(spoken).rejects.toThrow("zh-Hant");
    expect(asked.map(({ locale }) => locale)).toEqual(["en", "zh-Hant", "en"]);
    expect([i18n.locale, i18n.m.loading]).toEqual(["en", loading]);
    expect(document.documentElement.lang).toBe("en");
    expect(reader).not.toHaveBeenCalled();
  });
});
