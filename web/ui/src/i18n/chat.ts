import { alsoLoad, locale, ready } from "./index";
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

async function load(wanted: Locale): Promise<void> {
  c = (await catalogues[wanted]()).default;
}

alsoLoad(load);
// This module may come long after the first language did.
export const chatWords = Promise.resolve(ready).then(() => load(locale));
