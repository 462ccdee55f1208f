import { expect, test } from "vitest";

import { closest } from "../src/i18n/locales";

test.each([
  [["zh-TW"], "zh-Hant"],
  [["zh-HK"], "zh-Hant-HK"],
  [["zh-Hant-MO"], "zh-Hant-HK"],
  [["yue"], "zh-Hant-HK"],
  [["zh-CN"], "zh-Hans"],
  [["zh-Hans-SG"], "zh-Hans"],
  [["zh"], "zh-Hant"],
  [["th-TH", "en-GB"], "en"],
  [["th-TH"], null],
])("a browser that asks for %j is answered in %s", (asked, expected) => {
  expect(closest(asked)).toBe(expected);
});
