import { beforeEach, expect, test, vi } from "vitest";

import type { Player } from "../src/picture/player";

vi.hoisted(() => {
  vi.stubGlobal("navigator", { languages: ["en"] });
  vi.stubGlobal("document", { documentElement: { lang: "" }, createTreeWalker: () => null });
  vi.stubGlobal("window", { RTCPeerConnection: Object });
});

const { lines } = vi.hoisted(() => ({
  lines: [] as { keep(): void; close: ReturnType<typeof vi.fn> }[],
}));

vi.mock("../src/picture/whep", () => ({
  Whep: {
    to: () =>
      new Promise((keep) => {
        const close = vi.fn();
        lines.push({ keep: () => keep({ close }), close });
      }),
  },
}));

let player: Pick<Player, "way"> & { begin(): Promise<void>; stop(): void };

beforeEach(async () => {
  lines.length = 0;
  const said = JSON.stringify({ whep: "/whep", hls: null, replay: null });
  vi.stubGlobal("fetch", () =>
    Promise.resolve({ ok: true, status: 200, text: () => Promise.resolve(said) }),
  );
  const { Player } = await import("../src/picture/player");
  const one = new Player();
  Object.defineProperty(one, "video", { value: { play: () => Promise.resolve() } });
  player = one as unknown as typeof player;
});

test("a picture that ends while it is being fetched leaves no line behind", async () => {
  const begun = player.begin();
  await vi.waitFor(() => {
    expect(lines).toHaveLength(1);
  });
  player.stop();
  lines[0]?.keep();
  await begun;
  expect(lines[0]?.close).toHaveBeenCalledTimes(1);
  expect(player.way).toBe("");
});
