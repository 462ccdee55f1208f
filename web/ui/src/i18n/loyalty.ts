import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type loyalty from "./zh-Hant/loyalty";

export type LoyaltyMessages = typeof loyalty;

/** The words of points, tiers, coupons and wishes; only what shows them carries them. */
export let l: LoyaltyMessages;

const catalogues: Record<Locale, () => Promise<{ default: LoyaltyMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/loyalty"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/loyalty"),
  "zh-Hans": () => import("./zh-Hans/loyalty"),
  en: () => import("./en/loyalty"),
};

/** Kept once they are there: this module may come long after the first language did. */
export const loyaltyWords = alsoLoad(async (wanted) => {
  l = (await catalogues[wanted]()).default;
});
