import { alsoLoad, locale, ready } from "./index";
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

async function load(wanted: Locale): Promise<void> {
  o = (await catalogues[wanted]()).default;
}

alsoLoad(load);
// This module may come long after the first language did.
export const officeWords = Promise.resolve(ready).then(() => load(locale));
