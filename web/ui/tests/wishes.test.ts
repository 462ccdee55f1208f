import { beforeEach, expect, test, vi } from "vitest";

import { loadWishes, wish, Wishes } from "../src/wishes/wishes";

interface Asked {
  method: string;
  path: string;
}

let asked: Asked[];
let status: number;
const host = {
  addController: vi.fn(),
  removeController: vi.fn(),
  requestUpdate: vi.fn(),
  updateComplete: Promise.resolve(true),
};
const wishes = new Wishes(host);

beforeEach(async () => {
  asked = [];
  status = 200;
  vi.stubGlobal("fetch", (path: string, { method }: { method: string }) => {
    asked.push({ method, path });
    const text = JSON.stringify({ wishes: [{ product: "prd_1" }], code: "wishes_full" });
    return Promise.resolve({ ok: status < 400, status, text: () => Promise.resolve(text) });
  });
  await loadWishes();
});

test("a heart is filled at once, and the service told where she saw it", async () => {
  const done = wish("prd_2", "chat", true);
  expect(["prd_1", "prd_2", "prd_3"].map((one) => wishes.has(one))).toEqual([true, true, false]);
  await done;
  expect(asked.at(-1)).toEqual({ method: "PUT", path: "/api/wishes/prd_2" });
  expect(wishes.has("prd_2")).toBe(true);
});

test("a heart is taken back where it could not be kept", async () => {
  status = 409;
  await expect(wish("prd_2", "show", true)).rejects.toMatchObject({ code: "wishes_full" });
  await expect(wish("prd_1", "show", false)).rejects.toMatchObject({ code: "wishes_full" });
  expect([wishes.has("prd_2"), wishes.has("prd_1")]).toEqual([false, true]);
});
