import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../src");
const catalogues = [
  "shop",
  "staff",
  "picture",
  "desk",
  "chat",
  "office",
  "reps",
  "articles",
  "help",
  "attach",
  "bookings",
  "consult",
  "loyalty",
  "loyalty-staff",
] as const;
const languages = ["zh-Hant", "zh-Hant-HK", "zh-Hans", "en"] as const;
const han = /\p{Script=Han}/u;

/** Signs that are written otherwise in Simplified Chinese: a catalogue with one was not read. */
const traditionalOnly =
  /[書門開關說話語請謝訂單買賣價錢數貨還這個嗎們來時間現後會過從將無電網頁碼號寄給額總計運費選擇確認聯繫務顯設備註儲變動]/u;
/** Signs of a catalogue that was taken over from the mainland. */
const simplifiedOnly =
  /[书门开关说话语请谢订单买卖价钱数货还这个吗们来时间现后会过从将无电网页码号给额总计运费选择确认显设备变动]/u;

type Messages = Record<string, unknown>;

async function load(language: string, catalogue: string): Promise<Messages> {
  const path = `../src/i18n/${language}/${catalogue}.ts`;
  return ((await import(path)) as { default: Messages }).default;
}

/** Every sentence of a catalogue; functions with figures, and with names, put in. */
function sentences(messages: Messages, path = ""): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(messages)) {
    const name = path + key;
    if (typeof value === "string") all.set(name, value);
    else if (typeof value === "function") {
      const say = value as (...args: unknown[]) => string;
      const said = Array.from({ length: say.length }, (_, n) => n + 2);
      all.set(name, say(...said));
      all.set(`${name} (zero)`, say(...said.map(() => 0)));
    } else if (Array.isArray(value)) {
      all.set(name, value.join("…"));
    } else for (const [k, v] of sentences(value as Messages, `${name}.`)) all.set(k, v);
  }
  return all;
}

describe.each(catalogues)("the catalogue %s", (catalogue) => {
  test.each(languages.slice(1))("has the same keys in %s as in zh-Hant", async (language) => {
    const [first, other] = [await load("zh-Hant", catalogue), await load(language, catalogue)];
    expect([...sentences(other).keys()].sort()).toEqual([...sentences(first).keys()].sort());
  });

  test.each(languages)(
    "says something under every key in %s, or nothing in all",
    async (language) => {
      const first = sentences(await load("zh-Hant", catalogue));
      for (const [key, said] of sentences(await load(language, catalogue))) {
        const mayBeEmpty = first.get(key) === "" || (language === "en" && key === "claimsUnit");
        if (!mayBeEmpty) expect(said.trim(), `${language} ${key}`).not.toBe("");
      }
    },
  );

  test("leaves no Chinese in English", async () => {
    for (const [key, said] of sentences(await load("en", catalogue))) {
      expect(said, key).not.toMatch(han);
    }
  });

  test("is written in Simplified signs for zh-Hans, and in Traditional ones for the others", async () => {
    for (const [key, said] of sentences(await load("zh-Hans", catalogue))) {
      expect(said, key).not.toMatch(traditionalOnly);
    }
    for (const language of ["zh-Hant", "zh-Hant-HK"]) {
      for (const [key, said] of sentences(await load(language, catalogue))) {
        expect(said, `${language} ${key}`).not.toMatch(simplifiedOnly);
      }
    }
  });

  test("speaks as Hong Kong does in zh-Hant-HK", async () => {
    for (const [key, said] of sentences(await load("zh-Hant-HK", catalogue))) {
      expect(said, key).not.toMatch(/下單|喊單|超商|門號|信箱|宅配|主播|售完/);
    }
  });

  test("has no key that no page uses", () => {
    const name = {
      shop: "m",
      staff: "s",
      picture: "p",
      desk: "d",
      chat: "c",
      office: "o",
      reps: "r",
      articles: "a",
      help: "h",
      attach: "pix",
      consult: "v",
      loyalty: "l",
      "loyalty-staff": "y",
      calls: "k",
      bookings: "b",
    }[catalogue];
    const code = sources()
      .map(([, text]) => text)
      .join("\n");
    const keys = readFileSync(join(root, `i18n/zh-Hant/${catalogue}.ts`), "utf8").matchAll(
      /^ {2}(\w+):/gm,
    );
    const unused = [...keys]
      .map(([, key]) => key)
      .filter((key) => !new RegExp(`\\b${name}\\.${key ?? ""}\\b`).test(code));
    expect(unused).toEqual([]);
  });
});

test("no sentence stands outside the catalogues", () => {
  for (const [path, text] of sources()) {
    const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "");
    expect(/.*\p{Script=Han}.*/u.exec(code)?.[0], path).toBeUndefined();
  }
});

/** The pages' own code, without the catalogues and the languages' own names. */
function sources(): [path: string, text: string][] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .filter((path) => !/^i18n\/(zh-|en\/|locales)/.test(path))
    .map((path) => [path, readFileSync(join(root, path), "utf8")]);
}
