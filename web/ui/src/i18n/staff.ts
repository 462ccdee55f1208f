import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type staff from "./zh-Hant/staff";

export type StaffMessages = typeof staff;

/** The words of the pages for staff; only those pages carry them. */
export let s: StaffMessages;

const catalogues: Record<Locale, () => Promise<{ default: StaffMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/staff"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/staff"),
  "zh-Hans": () => import("./zh-Hans/staff"),
  en: () => import("./en/staff"),
};

void alsoLoad(async (wanted) => {
  s = (await catalogues[wanted]()).default;
});
