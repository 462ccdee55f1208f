import { whole } from "../i18n/index";

const reloaded = "plusone.reloaded";
const at_most_every_ms = 60_000;

/**
 * Loads a part of the page, and its words, when it is first wanted. After a new release the old part
 * is gone: then the page is loaded anew, at most once a minute. False where it could not be had.
 */
export async function part(load: () => Promise<unknown>): Promise<boolean> {
  try {
    // Once more, where it was lost on the way.
    await load().catch(load);
    if (await whole()) return true;
  } catch {
    // gone, or not reached
  }
  if (navigator.onLine && mayReload()) location.reload();
  return false;
}

/**
 * The same for what is wanted again and again: it is asked for once, and told through `missing` where
 * it could not be had. What was lost with the line is asked for with the next wish.
 */
export function once(load: () => Promise<unknown>, missing: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    void part(load).then((there) => {
      if (there) return;
      asked = navigator.onLine;
      missing();
    });
  };
}

function mayReload(): boolean {
  try {
    const last = Number(sessionStorage.getItem(reloaded) ?? 0);
    if (Date.now() - last < at_most_every_ms) return false;
    sessionStorage.setItem(reloaded, String(Date.now()));
    return true;
  } catch {
    return false; // without storage a broken release would be loaded again and again
  }
}
