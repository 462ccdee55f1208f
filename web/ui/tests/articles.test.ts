import { describe, expect, test } from "vitest";

import {
  asDraft,
  counted,
  empty,
  faultsOf,
  nearestTo,
  questionsOf,
  same,
  subjects,
} from "../src/articles/draft";
import type { Head } from "../src/articles/wire";
import type { Locale } from "../src/i18n/locales";

const good = { slug: "returns", title: "退貨", body: "七天。", questions: "可以退嗎" };

function head(slug: string, locale: Locale, title: string): Head {
  return { slug, locale, title, questions: 0, published: true, changed_at: 1 };
}

describe("a draft", () => {
  test("has nothing wrong where everything is there", () => {
    expect(faultsOf(good)).toEqual(new Map());
    expect(faultsOf({ ...good, questions: "" })).toEqual(new Map());
  });

  test("is wrong where the service would refuse it", () => {
    expect([...faultsOf(empty).keys()]).toEqual(["slug", "title", "body"]);
    for (const slug of ["Returns", "退貨", "a--b", "-a", "a-", "a b", "a".repeat(61)]) {
      expect(faultsOf({ ...good, slug }).get("slug"), slug).toBe("slug");
    }
    // 20,000 octets, of which a Chinese sign takes three.
    expect(faultsOf({ ...good, body: "字".repeat(6_666) }).size).toBe(0);
    expect(faultsOf({ ...good, body: "字".repeat(6_667) }).get("body")).toBe("bodyLong");
    expect(faultsOf({ ...good, questions: "問".repeat(201) }).has("questions")).toBe(true);
    const many = Array.from({ length: 51 }, (_, n) => `問 ${n}`).join("\n");
    expect(faultsOf({ ...good, questions: many }).has("questions")).toBe(true);
  });

  test("has a question in each line, once, without the space around it", () => {
    expect(questionsOf(" 可以退嗎 \n\n想  退貨\r\n可以退嗎\n")).toEqual(["可以退嗎", "想 退貨"]);
  });

  test("is what was saved until something is typed", () => {
    const saved = {
      id: "art_1",
      locale: "en" as const,
      published: true,
      changed_at: 1,
      ...good,
      questions: ["a", "b"],
    };
    expect(same(asDraft(saved), asDraft(saved))).toBe(true);
    for (const field of ["slug", "title", "body", "questions"]) {
      expect(same(asDraft(saved), { ...asDraft(saved), [field]: "other" }), field).toBe(false);
    }
  });
});

describe("the list", () => {
  const heads = [
    head("returns", "en", "Returns"),
    head("returns", "zh-Hant", "退貨"),
    head("storage", "en", "Storage"),
  ];

  test("has each subject once, called in the reader's language or the nearest", () => {
    const titles = (locale: Locale): string[] => subjects(heads, locale).map((one) => one.title);
    expect(titles("zh-Hant")).toEqual(["退貨", "Storage"]);
    expect(titles("zh-Hant-HK")).toEqual(["退貨", "Storage"]);
    expect(titles("zh-Hans")).toEqual(["退貨", "Storage"]);
    expect(titles("en")).toEqual(["Returns", "Storage"]);
  });

  test("names languages in the one order", () => {
    expect([...(subjects(heads, "en")[0]?.heads.keys() ?? [])]).toEqual(["zh-Hant", "en"]);
  });

  test("opens a subject in the reader's language where there is none in any", () => {
    expect(nearestTo("zh-Hans", new Map())).toBe("zh-Hans");
  });
});

test("what a file does is counted", () => {
  const one = { slug: "a", locale: "en" as const, title: "a" };
  expect(
    counted([
      { ...one, does: "add" },
      { ...one, does: "same" },
      { ...one, does: "add" },
    ]),
  ).toEqual({ add: 2, change: 0, same: 1 });
});
