import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type office from "./zh-Hant/office";

export type OfficeMessages = typeof office;

/** The words of opening hours and ready replies; only their sheets carry them. */
export let o: OfficeMessages;

const catalogues: Record<Locale, () => Promise<{ default: OfficeMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/office"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/office"),
  "zh-Hans": () => import("./zh-Hans/office"),
  en: () => import("./en/office"),
};

/** Kept once they are there: this module may come long after the first language did. */
export const officeWords = alsoLoad(async (wanted) => {
  o = (await catalogues[wanted]()).default;
});
