import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type consult from "./zh-Hant/consult";

export type ConsultMessages = typeof consult;

/** The words of video calls; only their pages, and the desk's view of one, carry them. */
export let v: ConsultMessages;

const catalogues: Record<Locale, () => Promise<{ default: ConsultMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/consult"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/consult"),
  "zh-Hans": () => import("./zh-Hans/consult"),
  en: () => import("./en/consult"),
};

/** Kept once they are there: this module may come long after the first language did. */
export const consultWords = alsoLoad(async (wanted) => {
  v = (await catalogues[wanted]()).default;
});
