import { alsoLoad } from "./index";
import type { Locale } from "./locales";
import type attach from "./zh-Hant/attach";

export type AttachMessages = typeof attach;

/** The words of pictures in conversations; only what sends or shows one carries them. */
export let pix: AttachMessages;

const catalogues: Record<Locale, () => Promise<{ default: AttachMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/attach"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/attach"),
  "zh-Hans": () => import("./zh-Hans/attach"),
  en: () => import("./en/attach"),
};

/** Kept once they are there: this module may come long after the first language did. */
export const attachWords = alsoLoad(async (wanted) => {
  pix = (await catalogues[wanted]()).default;
});
