import type { About } from "./wire";

/** The way to a talk face to face, about what she is looking at; `book` for a time of her choice. */
export function consultPath(about: Partial<About> | null = null, book = false): string {
  const asked = new URLSearchParams();
  for (const name of ["product", "show", "item"] as const) {
    const id = about?.[name];
    if (id != null) asked.set(name, id);
  }
  if (book) asked.set("book", "");
  return asked.size === 0 ? "/consult" : `/consult?${asked.toString()}`;
}
