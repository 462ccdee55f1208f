import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type articles from "./zh-Hant/articles";

export type ArticlesMessages = typeof articles;

/** The words of the articles' editor; only its page carries them. */
export let a: ArticlesMessages;

const catalogues: Record<Locale, () => Promise<{ default: ArticlesMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/articles"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/articles"),
  "zh-Hans": () => import("./zh-Hans/articles"),
  en: () => import("./en/articles"),
};

void alsoLoad(async (wanted) => {
  a = (await catalogues[wanted]()).default;
});
