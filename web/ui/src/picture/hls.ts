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
    // Not before there is something to play: a start that is given up at once would leave the
    // element asking for an address that is gone.
    hls.once(HlsJs.Events.MANIFEST_PARSED, () => hls.attachMedia(this.video));
    hls.loadSource(this.url);
  }

  private again(): void {
    this.close();
    this.timer = setTimeout(() => this.begin(), again_ms);
  }
}
