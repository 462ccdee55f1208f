import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type reps from "./zh-Hant/reps";

export type RepsMessages = typeof reps;

/** The words of reps' profiles and of figures; only their sheets carry them. */
export let r: RepsMessages;

const catalogues: Record<Locale, () => Promise<{ default: RepsMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/reps"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/reps"),
  "zh-Hans": () => import("./zh-Hans/reps"),
  en: () => import("./en/reps"),
};

/** Kept once they are there: this module may come long after the first language did. */
export const repsWords = alsoLoad(async (wanted) => {
  r = (await catalogues[wanted]()).default;
});
