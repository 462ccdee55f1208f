import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Devices } from "../src/consult/devices";
import { Media } from "../src/consult/media";
import type { Ice } from "../src/consult/wire";
import { FakeConnection, FakeStream } from "./rtc";

/** Camera and microphone as the page has them, without a browser. */
class FakeDevices {
  phase = "ready";
  camera: unknown = { kind: "video", enabled: true };
  microphone: unknown = { kind: "audio", enabled: true };
  screen = null;
  heard = true;
  changed: () => void = () => undefined;

  subscribe(listener: () => void): () => void {
    this.changed = listener;
    return () => undefined;
  }

  stop(): void {
    this.phase = "off";
  }
}

let devices: FakeDevices;
let made: FakeConnection[];
let now: number;
let ices: ((ice: Ice) => void)[];
let media: Media;

const soon = (expires_at: number): Ice => ({ servers: [], expires_at });

beforeEach(async () => {
  vi.useFakeTimers();
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal("navigator", {});
  devices = new FakeDevices();
  made = [];
  now = 0;
  ices = [];
  media = new Media(
    {
      side: "staff",
      signal: () => Promise.resolve(true),
      ice: () => new Promise((keep) => ices.push(keep)),
      now: () => now,
      reseat: vi.fn(),
    },
    {
      devices: devices as unknown as Devices,
      make: () => {
        const connection = new FakeConnection(`staff ${made.length}`);
        made.push(connection);
        return connection as unknown as RTCPeerConnection;
      },
    },
  );
  media.line(true);
  media.meet("seat-1");
  ices[0]?.(soon(61_000));
  await vi.advanceTimersByTimeAsync(0);
  expect(made).toHaveLength(1);
});

afterEach(() => {
  media.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("relays are asked for no more once the call is over, also where they were just then", async () => {
  now = 2_000;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(ices).toHaveLength(2);
  media.stop();
  ices[1]?.(soon(122_000));
  now = 600_000;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(ices).toHaveLength(2);
});

test("what was not done on one connection keeps nothing from the next", async () => {
  const [sender] = made[0]?.senders ?? [];
  if (sender === undefined) expect.unreachable();
  // As browsers do on a connection that is closed meanwhile.
  sender.replaceTrack = () => new Promise(() => undefined);
  devices.microphone = { kind: "audio", enabled: true };
  devices.changed();
  await vi.advanceTimersByTimeAsync(0);
  media.meet("seat-2");
  await vi.advanceTimersByTimeAsync(0);
  ices[1]?.(soon(61_000));
  await vi.advanceTimersByTimeAsync(0);
  expect(made).toHaveLength(2);
  expect(made[1]?.senders.map(({ track }) => track)).toEqual([devices.microphone, devices.camera]);
});
