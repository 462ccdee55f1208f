import { clock, money } from "../i18n/format";
import { m } from "../i18n/index";
import type { Mine, Show } from "../wire/types";
import { deadline, itemOf, pieces, unpaid, worth } from "./reading";

/** One thing that she is promised, as it is read aloud. `about` changes with what is promised. */
export interface Promised {
  about: string;
  words: string;
}

const place_every_ms = 10_000;

/** What the show promises her: what is held, and each place in line. */
export function promised(show: Show, mine: Mine): Promised[] {
  const held = unpaid(mine);
  const until = deadline(held);
  const code = (item: string): string => itemOf(show, item)?.code ?? "";
  const line = mine.waits.map(({ id, item, quantity, place }) => ({
    about: `${id} ${quantity}`,
    words: [code(item), m.youArePlace(place)].join(m.comma),
  }));
  if (held.length === 0) return line;
  const codes = [...new Set(held.map(({ item }) => code(item)))].join(m.comma);
  const words = [
    m.heldForYou(pieces(held)),
    m.namesAndSum(codes, money(worth(held), show.currency)),
    until === null ? "" : m.payBefore(clock(until)),
  ];
  const about = held.map(({ id, quantity }) => `${id} ${quantity}`).join();
  return [{ about, words: words.filter(Boolean).join(m.comma) }, ...line];
}

/** What has been read aloud: another promise at once, one in other words at most every 10 s. */
export class Spoken {
  said: readonly Promised[] = [];
  private at_ms = Number.NEGATIVE_INFINITY;

  /** The promises as they are to be read at `now`, in milliseconds of any clock. */
  say(promises: readonly Promised[], now: number): readonly Promised[] {
    const same = (one: readonly Promised[], part: keyof Promised): boolean =>
      one.length === promises.length && one.every((said, n) => said[part] === promises[n]?.[part]);
    if (same(this.said, "about")) {
      if (same(this.said, "words") || now - this.at_ms < place_every_ms) return this.said;
    }
    this.said = promises;
    this.at_ms = now;
    return this.said;
  }
}
