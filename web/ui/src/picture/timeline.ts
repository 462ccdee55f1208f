interface Piece {
  /** Seconds into the recording. */
  start: number;
  seconds: number;
  at_ms: number;
}

const answer_ms = 10_000;

/** Which time of day is where in a recording, by its playlist: the same for whoever plays it. */
export class Timeline {
  /** Rejects where the playlist cannot be had. */
  static async of(address: string): Promise<Timeline> {
    const answer = await fetch(address, { signal: AbortSignal.timeout(answer_ms) });
    if (!answer.ok) throw new Error(`no playlist: ${answer.status}`);
    return new Timeline(await answer.text());
  }

  private readonly pieces: Piece[] = [];

  constructor(playlist: string) {
    let start = 0;
    let at_ms = NaN;
    for (const line of playlist.split("\n")) {
      const [, tag, value] = /^#(EXT-X-PROGRAM-DATE-TIME|EXTINF):([^,\r]+)/.exec(line) ?? [];
      if (value === undefined) continue;
      if (tag === "EXTINF") {
        const seconds = Number(value);
        if (!Number.isNaN(at_ms)) this.pieces.push({ start, seconds, at_ms });
        start += seconds;
        at_ms += seconds * 1_000; // until a date says otherwise
      } else at_ms = Date.parse(value);
    }
  }

  /**
   * Seconds into the recording at which it was `at_ms`. What happened while nothing was kept is at
   * the place where it goes on; null for what came after its end.
   */
  placeOf(at_ms: number): number | null {
    const piece = this.pieces.find((one) => at_ms < one.at_ms + one.seconds * 1_000);
    return piece === undefined ? null : piece.start + Math.max(0, at_ms - piece.at_ms) / 1_000;
  }

  /** What time it was at `seconds` into the recording, its end at most; null without any dates. */
  momentOf(seconds: number): number | null {
    const piece =
      this.pieces.find((one) => seconds < one.start + one.seconds) ?? this.pieces.at(-1);
    if (piece === undefined) return null;
    return piece.at_ms + Math.min(seconds - piece.start, piece.seconds) * 1_000;
  }
}
