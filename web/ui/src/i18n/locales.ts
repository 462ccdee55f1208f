/**
 * The languages of the pages: how each is stored, told to the browser, and named by its readers; and
 * what a page says whose words could not be had.
 */
export const locales = {
  "zh-Hant": {
    lang: "zh-Hant-TW",
    intl: "zh-TW",
    name: "繁體中文（台灣）",
    short: "繁",
    lost: "頁面沒有載入完整，請確認網路後再試。",
    again: "重新整理",
  },
  "zh-Hant-HK": {
    lang: "zh-Hant-HK",
    intl: "zh-HK",
    name: "繁體中文（香港）",
    short: "港",
    lost: "頁面未能完整載入，請檢查網絡再試。",
    again: "重新整理",
  },
  "zh-Hans": {
    lang: "zh-Hans-CN",
    intl: "zh-CN",
    name: "简体中文",
    short: "简",
    lost: "页面没有加载完整，请检查网络后再试。",
    again: "刷新",
  },
  en: {
    lang: "en",
    intl: "en",
    name: "English",
    short: "EN",
    lost: "This page did not load completely. Please check your network and try again.",
    again: "Reload",
  },
} as const;

export type Locale = keyof typeof locales;

export const localeNames = Object.keys(locales) as Locale[];

export function isLocale(value: unknown): value is Locale {
  return typeof value === "string" && value in locales;
}

/** The best of our languages for what a browser or a shop asks for; null where none fits. */
export function closest(asked: readonly string[]): Locale | null {
  for (const one of asked) {
    const tag = one.toLowerCase();
    if (tag.startsWith("en")) return "en";
    if (!tag.startsWith("zh") && !tag.startsWith("yue")) continue;
    if (/hant-(hk|mo)|-(hk|mo)\b|^yue/.test(tag)) return "zh-Hant-HK";
    if (/hant|-tw\b/.test(tag)) return "zh-Hant";
    if (/hans|-(cn|sg|my)\b/.test(tag)) return "zh-Hans";
    return "zh-Hant";
  }
  return null;
}
