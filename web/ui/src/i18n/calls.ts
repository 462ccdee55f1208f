import { alsoLoad } from "./index";
import { isLocale, type Locale } from "./locales";
import type calls from "./zh-Hant/calls";

export type CallsMessages = typeof calls;

/** The words of video calls at the reps' desk. */
export let k: CallsMessages;

const catalogues: Record<Locale, () => Promise<{ default: CallsMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/calls"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/calls"),
  "zh-Hans": () => import("./zh-Hans/calls"),
  en: () => import("./en/calls"),
};

void alsoLoad(async (wanted) => {
  k = (await catalogues[wanted]()).default;
});

/** The same in a customer's language, for what is said to her. */
export async function callsIn(locale: string): Promise<CallsMessages> {
  return isLocale(locale) ? (await catalogues[locale]()).default : k;
}
