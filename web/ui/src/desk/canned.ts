import type { CannedReply } from "./wire";

export interface Names {
  name: string;
  staff: string;
  shop: string;
}

/** A canned reply with its variables filled; what is no variable stays as it is. */
export function filled(text: string, names: Names): string {
  return text.replaceAll(/\{(name|staff|shop)\}/g, (_, key: keyof Names) => names[key]);
}

/** What is looked for among the canned replies; null where the text is an ordinary one. */
export function lookedFor(text: string): string | null {
  return /^\/[^\n]{0,60}$/.test(text) ? text.slice(1).trim() : null;
}

/** Those that fit what was typed: by their titles first, then by their words. */
export function fitting(replies: readonly CannedReply[], words: string): CannedReply[] {
  const wanted = plain(words);
  const inTitle = replies.filter(({ title }) => plain(title).includes(wanted));
  const inText = replies.filter(
    (one) => !inTitle.includes(one) && plain(one.text).includes(wanted),
  );
  return [...inTitle, ...inText];
}

function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
