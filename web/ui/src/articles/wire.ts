import type { Locale } from "../i18n/locales";

/** What goes over the wire about articles. */

export interface Head {
  slug: string;
  locale: Locale;
  title: string;
  questions: number;
  published: boolean;
  changed_at: number;
}

export interface Article {
  id: string;
  slug: string;
  locale: Locale;
  title: string;
  body: string;
  questions: string[];
  published: boolean;
  changed_at: number;
}

export type Facts = Record<Locale, Record<string, string>>;

export interface Listed {
  articles: Head[];
  facts: Facts;
}

export type Does = "add" | "change" | "same";

export interface Planned {
  slug: string;
  locale: Locale;
  title: string;
  does: Does;
}

export interface Fault {
  row: number;
  column: string;
  code: string;
  what: string;
}

export interface Report {
  written: boolean;
  articles: Planned[];
  faults: Fault[];
}

const staff = "/api/staff/articles";

export const paths = {
  all: (words: string): string =>
    words === "" ? staff : `${staff}?${new URLSearchParams({ q: words }).toString()}`,
  one: (slug: string, locale: Locale): string => `${staff}/${encodeURIComponent(slug)}/${locale}`,
  preview: `${staff}/preview`,
  import: (check: boolean, publish: boolean): string =>
    `${staff}/import?check=${check ? 1 : 0}&publish=${publish ? 1 : 0}`,
};
