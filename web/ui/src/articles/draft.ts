import { type Locale, localeNames } from "../i18n/locales";
import type { Article, Does, Head, Planned } from "./wire";

export const most = { slug: 60, title: 120, octets: 20_000, questions: 50, question: 200 };

/** An article as it is being written. */
export interface Draft {
  slug: string;
  title: string;
  body: string;
  /** One in each line. */
  questions: string;
}

export type Field = keyof Draft;
export type Wrong = Field | "bodyLong" | "taken";

export const empty: Draft = { slug: "", title: "", body: "", questions: "" };

export function asDraft({ slug, title, body, questions }: Article): Draft {
  return { slug, title, body, questions: questions.join("\n") };
}

/** Each line once, without the space around it. */
export function questionsOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim().replaceAll(/\s+/g, " "));
  return [...new Set(lines.filter((line) => line !== ""))];
}

export function same(one: Draft, other: Draft): boolean {
  return (
    one.slug === other.slug &&
    one.title === other.title &&
    one.body === other.body &&
    one.questions === other.questions
  );
}

/** What keeps a draft from being saved, by field. */
export function faultsOf({ slug, title, body, questions }: Draft): Map<Field, Wrong> {
  const faults = new Map<Field, Wrong>();
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug) || slug.length > most.slug) faults.set("slug", "slug");
  if (title.trim() === "") faults.set("title", "title");
  if (body.trim() === "") faults.set("body", "body");
  else if (new TextEncoder().encode(body).length > most.octets) faults.set("body", "bodyLong");
  const asked = questionsOf(questions);
  if (asked.length > most.questions || asked.some((one) => Array.from(one).length > most.question))
    faults.set("questions", "questions");
  return faults;
}

/** The articles of one subject, by language. */
export interface Subject {
  slug: string;
  title: string;
  heads: Map<Locale, Head>;
}

const nearest: Record<Locale, Locale[]> = {
  "zh-Hant": ["zh-Hant", "zh-Hant-HK", "zh-Hans", "en"],
  "zh-Hant-HK": ["zh-Hant-HK", "zh-Hant", "zh-Hans", "en"],
  "zh-Hans": ["zh-Hans", "zh-Hant", "zh-Hant-HK", "en"],
  en: ["en", "zh-Hant", "zh-Hant-HK", "zh-Hans"],
};

/** Of the languages there are, the one for a reader of `locale`; hers where there are none. */
export function nearestTo(locale: Locale, there: ReadonlyMap<Locale, unknown>): Locale {
  return nearest[locale].find((one) => there.has(one)) ?? locale;
}

/** Articles by subject, in the order of the service, each called as a reader of `locale` reads it. */
export function subjects(heads: readonly Head[], locale: Locale): Subject[] {
  const found = new Map<string, Map<Locale, Head>>();
  for (const head of heads) {
    const of = found.get(head.slug) ?? new Map<Locale, Head>();
    found.set(head.slug, of.set(head.locale, head));
  }
  return [...found].map(([slug, of]) => ({
    slug,
    title: of.get(nearestTo(locale, of))?.title ?? slug,
    heads: new Map(localeNames.flatMap((one) => [...of].filter(([other]) => other === one))),
  }));
}

export function counted(planned: readonly Planned[]): Record<Does, number> {
  const counts = { add: 0, change: 0, same: 0 };
  for (const { does } of planned) counts[does] += 1;
  return counts;
}
