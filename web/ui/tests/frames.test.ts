import { expect, test } from "vitest";

import { place } from "../src/room/frames";
import type { Frame } from "../src/wire/types";

const own = { epoch: "e1", offset: 10 };

function frame(from: number, to: number, epoch = "e1"): Frame {
  return { epoch, from, to, at_ms: 0, events: [] };
}

test("a frame that follows on is applied, though it brings nothing for this page", () => {
  expect(place(own, frame(11, 14))).toBe("apply");
});

test("a frame that is known already is passed over", () => {
  expect(place(own, frame(8, 10))).toBe("old");
});

test("a frame with something missing before it makes the page ask again", () => {
  expect(place(own, frame(12, 13))).toBe("gap");
});

test("a frame that overlaps what is known is not half applied", () => {
  expect(place(own, frame(9, 12))).toBe("gap");
});

test("a frame of another history makes the page ask again, even where its numbers fit", () => {
  expect(place(own, frame(11, 12, "e2"))).toBe("gap");
  expect(place(own, frame(1, 2, "e2"))).toBe("gap");
});
