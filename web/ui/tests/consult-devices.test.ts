import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Devices } from "../src/consult/devices";
import { FakeStream } from "./rtc";

const info = (kind: MediaDeviceKind, deviceId: string): MediaDeviceInfo =>
  ({ kind, deviceId, label: deviceId }) as MediaDeviceInfo;

/** A player of the browser's: it knows these loudspeakers, and no others. */
class Player {
  sinkId = "";
  asked: string[] = [];

  setSinkId(id: string): Promise<void> {
    this.asked.push(id);
    if (id !== "" && !there.some(({ deviceId }) => deviceId === id)) {
      return Promise.reject(new DOMException("gone", "NotFoundError"));
    }
    this.sinkId = id;
    return Promise.resolve();
  }
}

let there: MediaDeviceInfo[];
let media: EventTarget;
let devices: Devices;
let player: Player;

async function started(): Promise<void> {
  await devices.start();
  expect(devices.phase).toBe("ready");
}

function plugged(...now: MediaDeviceInfo[]): void {
  there = now;
  media.dispatchEvent(new Event("devicechange"));
}

beforeEach(() => {
  there = [info("audioinput", "mic"), info("audiooutput", "desk"), info("audiooutput", "ears")];
  const stream = { getVideoTracks: () => [], getAudioTracks: () => [], getTracks: () => [] };
  media = Object.assign(new EventTarget(), {
    getUserMedia: () => Promise.resolve(stream),
    enumerateDevices: () => Promise.resolve(there),
  });
  vi.stubGlobal("navigator", { mediaDevices: media });
  vi.stubGlobal("HTMLMediaElement", Player);
  devices = new Devices();
  player = new Player();
});

afterEach(() => {
  devices.stop();
  vi.unstubAllGlobals();
});

describe("the loudspeaker", () => {
  test("is the browser's own choice until she chooses one, and then that one", async () => {
    await started();
    expect(devices.speakers.map(({ deviceId }) => deviceId)).toEqual(["desk", "ears"]);
    await devices.route(player);
    expect(player.asked).toEqual([]);
    const changed = vi.fn();
    devices.subscribe(changed);
    devices.listen("ears");
    expect(changed).toHaveBeenCalledTimes(1);
    await devices.route(player);
    await devices.route(player);
    expect(player.asked).toEqual(["ears"]);
    expect(player.sinkId).toBe("ears");
  });

  test("stays chosen from the check into the call", async () => {
    await started();
    devices.listen("ears");
    devices.stop();
    await started();
    expect(devices.speaker).toBe("ears");
  });

  test("is the browser's own choice again once it was pulled out", async () => {
    await started();
    devices.listen("ears");
    plugged(info("audioinput", "mic"), info("audiooutput", "desk"));
    await vi.waitFor(() => {
      expect(devices.speaker).toBe("");
    });
    await devices.route(player);
    expect(player.sinkId).toBe("");
  });

  test("that cannot be had sounds by the browser's own choice, and is seen so", async () => {
    await started();
    devices.listen("ears");
    there = [info("audiooutput", "desk")];
    await devices.route(player);
    expect(devices.speaker).toBe("");
    expect(player.sinkId).toBe("");
  });

  test("is not offered where the browser lets nobody choose", async () => {
    vi.stubGlobal("HTMLMediaElement", Object);
    await started();
    expect(devices.speakers).toEqual([]);
    devices.listen("ears");
    await devices.route(player);
    expect(player.asked).toEqual([]);
  });
});

describe("the camera and the microphone", () => {
  interface Wish {
    keep(...kinds: ("video" | "audio")[]): Track[];
    refuse(name: string): void;
  }

  class Track extends EventTarget {
    enabled = true;
    stop = vi.fn();

    constructor(readonly kind: string) {
      super();
    }

    getSettings(): MediaTrackSettings {
      return {};
    }
  }

  let wishes: Wish[];

  const stopped = (tracks: readonly Track[]): boolean[] =>
    tracks.map(({ stop }) => stop.mock.calls.length > 0);

  async function nth(n: number): Promise<Wish> {
    await vi.waitFor(() => {
      expect(wishes.length).toBeGreaterThanOrEqual(n);
    });
    return wishes[n - 1] ?? expect.unreachable();
  }

  beforeEach(() => {
    wishes = [];
    vi.stubGlobal("MediaStream", FakeStream);
    const getUserMedia = (): Promise<MediaStream> =>
      new Promise((give, refuse) => {
        wishes.push({
          keep: (...kinds) => {
            const tracks = kinds.map((kind) => new Track(kind));
            give(new FakeStream(tracks as unknown as MediaStreamTrack[]) as unknown as MediaStream);
            return tracks;
          },
          refuse: (name) => refuse(new DOMException("no", name)),
        });
      });
    Object.assign(media, { getUserMedia });
  });

  async function begun(): Promise<Track[]> {
    const start = devices.start();
    const tracks = (await nth(1)).keep("video", "audio");
    await start;
    return tracks;
  }

  test("are let go of, however often she covers the camera and shows herself again", async () => {
    const [first] = await begun();
    await devices.cover();
    expect(stopped([first ?? expect.unreachable()])).toEqual([true]);
    const one = devices.cover();
    await devices.cover();
    const other = devices.cover();
    const early = (await nth(2)).keep("video");
    const late = (await nth(3)).keep("video");
    await Promise.all([one, other]);
    expect(stopped([...early, ...late])).toEqual([true, false]);
    expect(devices.camera).toBe(late[0]);
    devices.stop();
    expect(stopped(late)).toEqual([true]);
  });

  test("are those that she chose last, however late the ones before come", async () => {
    await begun();
    const [slow, last] = [devices.choose("microphone", "a"), devices.choose("microphone", "b")];
    const second = (await nth(3)).keep("audio");
    await last;
    const first = (await nth(2)).keep("audio");
    await slow;
    expect(devices.microphone).toBe(second[0]);
    expect(stopped([...first, ...second])).toEqual([true, false]);
  });

  test("stay dark where she covers the camera before the browser has answered", async () => {
    const start = devices.start();
    const wish = await nth(1);
    await devices.cover();
    const tracks = wish.keep("video", "audio");
    await start;
    expect(stopped(tracks)).toEqual([true, false]);
    expect(devices.camera).toBeNull();
    expect(devices.lacks).toEqual([]);
  });

  test("go on where another one cannot be had: who is heard is not told that she is not", async () => {
    const [, microphone] = await begun();
    const chosen = devices.choose("microphone", "broken");
    (await nth(2)).refuse("NotReadableError");
    await chosen;
    expect(devices.microphone).toBe(microphone);
    expect([devices.lacks, devices.trouble]).toEqual([[], null]);
  });
});
