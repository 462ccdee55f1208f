import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type loyalty from "./zh-Hant/loyalty-staff";

export type LoyaltyStaffMessages = typeof loyalty;

/** The words of points, tiers and coupons for staff: their own page, studio and desk carry them. */
export let y: LoyaltyStaffMessages;

const catalogues: Record<Locale, () => Promise<{ default: LoyaltyStaffMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/loyalty-staff"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/loyalty-staff"),
  "zh-Hans": () => import("./zh-Hans/loyalty-staff"),
  en: () => import("./en/loyalty-staff"),
};

alsoLoad(async (locale) => {
  y = (await catalogues[locale]()).default;
});
