import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Devices } from "../src/consult/devices";

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
