import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type bookings from "./zh-Hant/bookings";

export type BookingMessages = typeof bookings;

/** The words of bookings; only the pages where one books carry them. */
export let b: BookingMessages;

const catalogues: Record<Locale, () => Promise<{ default: BookingMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/bookings"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/bookings"),
  "zh-Hans": () => import("./zh-Hans/bookings"),
  en: () => import("./en/bookings"),
};

void alsoLoad(async (wanted) => {
  b = (await catalogues[wanted]()).default;
});
