import { afterEach, beforeEach, expect, test, vi } from "vitest";

type Listener = (event: string, data: unknown) => void;

/** Stands for hls.js: what a test has happen to it, and what it was asked for. */
class Player {
  static readonly made: Player[] = [];
  static readonly Events = { ERROR: "error", MANIFEST_PARSED: "parsed" };
  static readonly ErrorTypes = { MEDIA_ERROR: "media" };
  static isSupported = (): boolean => true;

  url = "";
  destroyed = false;
  private readonly listeners = new Map<string, Listener>();

  constructor(readonly options: { startPosition?: number }) {
    Player.made.push(this);
  }

  on(event: string, listener: Listener): void {
    this.listeners.set(event, listener);
  }

  once(event: string, listener: Listener): void {
    this.on(event, listener);
  }

  happens(event: string, data: unknown = {}): void {
    this.listeners.get(event)?.(event, data);
  }

  fails(code: number): void {
    this.happens(Player.Events.ERROR, { fatal: true, type: "network", response: { code } });
  }

  loadSource(url: string): void {
    this.url = url;
  }

  attachMedia = vi.fn();

  destroy(): void {
    this.destroyed = true;
  }
}

vi.mock("hls.js/light", () => ({ default: Player }));

const { Hls } = await import("../src/picture/hls");

let video: { readyState: number; currentTime: number; paused: boolean; play: () => Promise<void> };
let renew: ReturnType<typeof vi.fn<() => Promise<string | null>>>;

function plays(live: boolean): InstanceType<typeof Hls> {
  return new Hls("/a", video as unknown as HTMLVideoElement, live, renew);
}

const current = (): Player => Player.made.at(-1) ?? expect.unreachable("nothing plays");

beforeEach(() => {
  vi.useFakeTimers();
  Player.made.length = 0;
  renew = vi.fn(() => Promise.resolve<string | null>("/b"));
  video = { readyState: 0, currentTime: 0, paused: true, play: vi.fn(() => Promise.resolve()) };
});

afterEach(() => {
  vi.useRealTimers();
});

test("what does not come is asked for again where it was", async () => {
  plays(true);
  current().fails(404);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(Player.made.map(({ url }) => url)).toEqual(["/a", "/a"]);
  expect(Player.made[0]?.destroyed).toBe(true);
  expect(renew).not.toHaveBeenCalled();
});

test("refused, a live picture goes on where it is by now", async () => {
  plays(true);
  current().fails(403);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(Player.made.map(({ url }) => url)).toEqual(["/a", "/b"]);
  current().fails(404);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(current().url).toBe("/b");
});

test("refused, a recording goes on from where it was, and runs if it ran", async () => {
  plays(false);
  Object.assign(video, { readyState: 4, currentTime: 61.5, paused: false });
  current().fails(403);
  // Without its source the element has forgotten both.
  Object.assign(video, { readyState: 0, currentTime: 0, paused: true });
  await vi.advanceTimersByTimeAsync(2_000);
  current().fails(404);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(current().options.startPosition).toBe(61.5);
  current().happens(Player.Events.MANIFEST_PARSED);
  expect(video.play).toHaveBeenCalledOnce();
});

test("who may see it no longer asks now and then, until she may again", async () => {
  renew.mockRejectedValueOnce(new Error("not allowed")).mockResolvedValueOnce(null);
  plays(true);
  current().fails(403);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(renew).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(22_000);
  expect(renew).toHaveBeenCalledTimes(3);
  expect(current().url).toBe("/b");
});

test("closed meanwhile, it begins no more", async () => {
  const hls = plays(true);
  current().fails(403);
  await vi.advanceTimersByTimeAsync(1_400);
  let keep: (url: string) => void = () => undefined;
  renew.mockReturnValueOnce(new Promise((go) => (keep = go)));
  await vi.advanceTimersByTimeAsync(200);
  hls.close();
  keep("/b");
  await vi.advanceTimersByTimeAsync(30_000);
  expect(Player.made).toHaveLength(1);
});
