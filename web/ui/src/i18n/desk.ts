import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type desk from "./zh-Hant/desk";

export type DeskMessages = typeof desk;

/** The words of the reps' desk; only that page carries them. */
export let d: DeskMessages;

const catalogues: Record<Locale, () => Promise<{ default: DeskMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/desk"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/desk"),
  "zh-Hans": () => import("./zh-Hans/desk"),
  en: () => import("./en/desk"),
};

void alsoLoad(async (wanted) => {
  d = (await catalogues[wanted]()).default;
});
