import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type help from "./zh-Hant/help";

export type HelpMessages = typeof help;

/** The words of the pages of help; only those pages carry them. */
export let h: HelpMessages;

const catalogues: Record<Locale, () => Promise<{ default: HelpMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/help"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/help"),
  "zh-Hans": () => import("./zh-Hans/help"),
  en: () => import("./en/help"),
};

void alsoLoad(async (wanted) => {
  h = (await catalogues[wanted]()).default;
});
