import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type picture from "./zh-Hant/picture";

export type PictureMessages = typeof picture;

/** The words of the moving picture; only what shows or sends one carries them. */
export let p: PictureMessages;

const catalogues: Record<Locale, () => Promise<{ default: PictureMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/picture"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/picture"),
  "zh-Hans": () => import("./zh-Hans/picture"),
  en: () => import("./en/picture"),
};

/** Kept once they are there: this module may come long after the first language did. */
export const pictureWords = alsoLoad(async (wanted) => {
  p = (await catalogues[wanted]()).default;
});
