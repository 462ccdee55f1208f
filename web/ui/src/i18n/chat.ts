import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type chat from "./zh-Hant/chat";

export type ChatMessages = typeof chat;

/** The words of the chat; only its panel carries them. */
export let c: ChatMessages;

const catalogues: Record<Locale, () => Promise<{ default: ChatMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/chat"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/chat"),
  "zh-Hans": () => import("./zh-Hans/chat"),
  en: () => import("./en/chat"),
};

/** Kept once they are there: this module may come long after the first language did. */
export const chatWords = alsoLoad(async (wanted) => {
  c = (await catalogues[wanted]()).default;
});
