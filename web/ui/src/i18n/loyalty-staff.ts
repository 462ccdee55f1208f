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

void alsoLoad(async (wanted) => {
  y = (await catalogues[wanted]()).default;
});
