import { unsafeCSS } from "lit";

import sheet from "./sheet.css?inline";

/** The looks that the studio's sheets share. */
export const sheetLook = unsafeCSS(sheet);

/** What a form says under a name, trimmed; empty where it has no such field. */
export function said(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}

/** A whole number of at least `least`, or NaN. */
export function whole(text: string, least = 0): number {
  const plain = text.normalize("NFKC");
  return /^\d{1,7}$/.test(plain) && Number(plain) >= least ? Number(plain) : Number.NaN;
}
