import { closest, isLocale, type Locale, locales } from "./locales";
import type shop from "./zh-Hant/shop";

export type ShopMessages = typeof shop;

/**
 * The words of the pages in the reader's language; a live binding, whole once `ready` is kept.
 * Keys and what goes into a sentence are typed, so a language that lacks one does not compile.
 */
export let m: ShopMessages;

/** The language now read. */
export let locale: Locale;

type Load = (locale: Locale) => Promise<void>;

const stored = "plusone.language";
const loads: Load[] = [loadShop];
const readers = new Set<() => void>();

const shops: Record<Locale, () => Promise<{ default: ShopMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/shop"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/shop"),
  "zh-Hans": () => import("./zh-Hans/shop"),
  en: () => import("./en/shop"),
};

async function loadShop(wanted: Locale): Promise<void> {
  m = (await shops[wanted]()).default;
}

/** The first language: what she chose before, else what her browser asks for. */
function first(): Locale {
  const chosen = readStored();
  if (isLocale(chosen)) return chosen;
  return closest(navigator.languages) ?? "zh-Hant";
}

function readStored(): string | null {
  try {
    return localStorage.getItem(stored);
  } catch {
    return null; // storage is refused in some embedded browsers; the language is then not kept
  }
}

async function change(wanted: Locale): Promise<void> {
  await Promise.all(loads.map((load) => load(wanted)));
  locale = wanted;
  document.documentElement.lang = locales[wanted].lang;
}

/** Kept when the first language is there; every component waits for it before it draws. */
export let ready: Promise<void> | null = change(first()).then(() => {
  ready = null;
});

/** Adds a catalogue that only some pages carry; called while modules load. */
export function alsoLoad(load: Load): void {
  loads.push(load);
  const before = ready;
  const wanted = first();
  ready = Promise.all([before, load(wanted)]).then(() => {
    ready = null;
  });
}

export async function speak(wanted: Locale): Promise<void> {
  await change(wanted);
  try {
    localStorage.setItem(stored, wanted);
  } catch {
    // see readStored
  }
  for (const reader of readers) reader();
}

export function onLanguage(reader: () => void): () => void {
  readers.add(reader);
  return () => readers.delete(reader);
}
