import type { Locale } from "../i18n/locales";

/** An article in the list of all that there is to read. */
export interface Entry {
  slug: string;
  locale: Locale;
  title: string;
}

/** An article as it is read. */
export interface Page extends Entry {
  html: string;
  changed_at: number;
}
