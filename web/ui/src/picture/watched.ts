import { ask } from "../wire/http";

/** Where a show's picture is seen; null for what there is not. */
export interface Watched {
  whep: string | null;
  hls: string | null;
  replay: string | null;
}

/** Asked again by whoever is refused there: the addresses of a members' show open for some hours. */
export function watched(show: string): Promise<Watched> {
  return ask<Watched>("GET", `/api/shows/${encodeURIComponent(show)}/picture`);
}
