import { closest, isLocale, type Locale, locales } from "./locales";
import type shop from "./zh-Hant/shop";

export type ShopMessages = typeof shop;

type Load = (locale: Locale) => Promise<void>;

const stored = "plusone.language";
const readers = new Set<() => void>();
/** Every catalogue of this page. */
const loads: Load[] = [];
/** Catalogues that were lost on the way, each with what tells that it is there. */
const lost = new Map<Load, () => void>();

/** How many are on their way, and all that ever were. */
let coming = 0;
let all: Promise<unknown> = Promise.resolve();
/** The first words were there: what is lost from then on is missed in its own place alone. */
let begun = false;
let go = (): void => undefined;

/** Pending while words are on their way; every component waits for it before it draws. Never fails. */
export let ready: Promise<void> | null = null;

/** The language now read. */
export let locale: Locale = first();

/**
 * The words of the pages in the reader's language; a live binding, whole once `ready` is kept.
 * Keys and what goes into a sentence are typed, so a language that lacks one does not compile.
 */
export let m: ShopMessages;

const shops: Record<Locale, () => Promise<{ default: ShopMessages }>> = {
  "zh-Hant": () => import("./zh-Hant/shop"),
  "zh-Hant-HK": () => import("./zh-Hant-HK/shop"),
  "zh-Hans": () => import("./zh-Hans/shop"),
  en: () => import("./en/shop"),
};

void alsoLoad(async (wanted) => {
  m = (await shops[wanted]()).default;
  document.documentElement.lang = locales[wanted].lang;
});

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

/** Adds a catalogue that only some pages carry; called while modules load. Kept once it is there. */
export function alsoLoad(load: Load): Promise<void> {
  loads.push(load);
  return new Promise((there) => {
    all = Promise.all([all, bring(load, there)]);
  });
}

async function bring(load: Load, there: () => void): Promise<void> {
  coming += 1;
  ready ??= new Promise((keep) => (go = keep));
  try {
    await load(locale);
    lost.delete(load);
    there();
  } catch {
    lost.set(load, there);
  }
  coming -= 1;
  if (coming > 0 || (lost.size > 0 && !begun)) return;
  begun = true;
  ready = null;
  go();
}

/** Whether all words are there, once none is on its way; what was lost is asked for once more. */
export async function whole(): Promise<boolean> {
  let seen: Promise<unknown>;
  do {
    seen = all;
    await seen;
  } while (seen !== all);
  await Promise.all([...lost].map(([load, there]) => bring(load, there)));
  return lost.size === 0;
}

let speaking: Promise<unknown> = Promise.resolve();

/** Goes over to another language. Fails where its words cannot be had: then all stays as it was. */
export function speak(wanted: Locale): Promise<void> {
  // One after another: what she chose last is what stays.
  const spoken = speaking.then(() => change(wanted));
  speaking = spoken.catch(() => undefined);
  return spoken;
}

async function change(wanted: Locale): Promise<void> {
  const read = (one: Locale): Promise<PromiseSettledResult<void>[]> =>
    Promise.allSettled(loads.map((load) => load(one)));
  if ((await read(wanted)).some(({ status }) => status === "rejected")) {
    await read(locale);
    throw new Error(`no words in ${wanted}`);
  }
  locale = wanted;
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
