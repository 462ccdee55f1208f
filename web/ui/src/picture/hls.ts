import HlsJs from "hls.js/light";

const again_ms = 1_500;
const refused_ms = 10_000;

/** Whether hls.js can play here; where it cannot (older iPhones), the browser does by itself. */
export const supported = HlsJs.isSupported();

/**
 * One viewer's HLS playback by hls.js: starts over by itself as long as it is not closed. `renew`
 * says where it is by now, for an address that opens no longer.
 */
export class Hls {
  private hls: HlsJs | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private closed = false;
  /** Where a recording goes on, and whether it was running: it has lost both when it starts over. */
  private at = 0;
  private ran = false;

  constructor(
    private url: string,
    private readonly video: HTMLVideoElement,
    private readonly live: boolean,
    private readonly renew: () => Promise<string | null>,
  ) {
    this.begin();
  }

  close(): void {
    this.closed = true;
    this.stop();
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.hls?.destroy();
    this.hls = null;
  }

  private begin(): void {
    // Workers come from blob: addresses, which the pages' policy does not allow.
    const common = { enableWorker: false, backBufferLength: 30 };
    const hls = new HlsJs(
      this.live
        ? { ...common, lowLatencyMode: true, maxLiveSyncPlaybackRate: 1.5 }
        : { ...common, lowLatencyMode: false, startPosition: this.at },
    );
    this.hls = hls;
    hls.on(HlsJs.Events.ERROR, (_event, { fatal, type, response }) => {
      if (!fatal) return;
      if (type === HlsJs.ErrorTypes.MEDIA_ERROR && this.hls === hls) hls.recoverMediaError();
      else this.again(response?.code === 403);
    });
    // Not before there is something to play: a start that is given up at once would leave the
    // element asking for an address that is gone.
    hls.once(HlsJs.Events.MANIFEST_PARSED, () => {
      hls.attachMedia(this.video);
      if (this.ran) void this.video.play().catch(() => undefined);
    });
    hls.loadSource(this.url);
  }

  private again(refused: boolean): void {
    if (!this.live && this.video.readyState > 0) {
      this.at = this.video.currentTime;
      this.ran = !this.video.paused;
    }
    this.stop();
    this.timer = setTimeout(() => (refused ? void this.elsewhere() : this.begin()), again_ms);
  }

  private async elsewhere(): Promise<void> {
    let url: string | null = null;
    try {
      url = await this.renew();
    } catch {
      // she may not see it any more, or the line is lost: asked again, but not all the time
    }
    if (this.closed) return;
    if (url === null) {
      this.timer = setTimeout(() => void this.elsewhere(), refused_ms);
      return;
    }
    this.url = url;
    this.begin();
  }
}
