import HlsJs from "hls.js/light";

const again_ms = 1_500;

/** Whether hls.js can play here; where it cannot (older iPhones), the browser does by itself. */
export const supported = HlsJs.isSupported();

/** One viewer's HLS playback by hls.js: starts over by itself as long as it is not closed. */
export class Hls {
  private hls: HlsJs | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly url: string,
    private readonly video: HTMLVideoElement,
    private readonly live: boolean,
  ) {
    this.begin();
  }

  close(): void {
    clearTimeout(this.timer);
    this.hls?.destroy();
    this.hls = null;
  }

  /**
   * Seconds into the recording at which it was `at_ms`. What happened while nothing was kept is at
   * the place where it goes on; null for what came after its end.
   */
  placeOf(at_ms: number): number | null {
    for (const part of this.hls?.latestLevelDetails?.fragments ?? []) {
      const begun = part.programDateTime;
      if (begun !== null && at_ms < begun + part.duration * 1_000) {
        return part.start + Math.max(0, at_ms - begun) / 1_000;
      }
    }
    return null;
  }

  /** What time it was at `seconds` into the recording. */
  momentOf(seconds: number): number | null {
    for (const part of this.hls?.latestLevelDetails?.fragments ?? []) {
      if (part.programDateTime !== null && seconds < part.start + part.duration) {
        return part.programDateTime + (seconds - part.start) * 1_000;
      }
    }
    return null;
  }

  private begin(): void {
    // Workers come from blob: addresses, which the pages' policy does not allow.
    const common = { enableWorker: false, backBufferLength: 30 };
    const hls = new HlsJs(
      this.live
        ? { ...common, lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.5 }
        : { ...common, lowLatencyMode: false },
    );
    this.hls = hls;
    hls.on(HlsJs.Events.ERROR, (_event, { fatal, type }) => {
      if (!fatal) return;
      if (type === HlsJs.ErrorTypes.MEDIA_ERROR && this.hls === hls) hls.recoverMediaError();
      else this.again();
    });
    hls.loadSource(this.url);
    hls.attachMedia(this.video);
  }

  private again(): void {
    this.close();
    this.timer = setTimeout(() => this.begin(), again_ms);
  }
}
