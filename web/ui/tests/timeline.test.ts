import { expect, test } from "vitest";

import { Timeline } from "../src/picture/timeline";

const noon = Date.parse("2026-05-01T12:00:00.000Z");

/** Two pieces from noon, ten minutes of nothing, and a third one. */
const broken = new Timeline(
  [
    "#EXTM3U",
    "#EXT-X-PLAYLIST-TYPE:VOD",
    '#EXT-X-MAP:URI="init1.mp4"',
    "#EXT-X-PROGRAM-DATE-TIME:2026-05-01T12:00:00.000Z",
    "#EXTINF:2.000,",
    "seg1.m4s",
    "#EXTINF:1.500,",
    "seg2.m4s",
    "#EXT-X-DISCONTINUITY",
    "#EXT-X-PROGRAM-DATE-TIME:2026-05-01T12:10:00.250Z",
    "#EXTINF:2.000,a title",
    "seg3.m4s",
    "#EXT-X-ENDLIST",
  ].join("\r\n"),
);

test.each([
  ["within the first piece", noon + 500, 0.5],
  ["in a piece without a date of its own", noon + 3_000, 3],
  ["before anything was kept", noon - 60_000, 0],
  ["while nothing was kept", noon + 300_000, 3.5],
  ["after a break", noon + 601_250, 4.5],
  ["after the end", noon + 700_000, null],
])("a moment %s has its place", (_name, at_ms, place) => {
  expect(broken.placeOf(at_ms)).toBe(place);
});

test.each([
  [0.5, noon + 500],
  [3, noon + 3_000],
  [3.5, noon + 600_250],
  [5.5, noon + 602_250],
  [6, noon + 602_250],
])("at %d s it was that time of day", (seconds, at_ms) => {
  expect(broken.momentOf(seconds)).toBe(at_ms);
});

test("a playlist without dates knows no moments", () => {
  const undated = new Timeline("#EXTM3U\n#EXTINF:2.000,\nseg1.m4s\n");
  expect(undated.placeOf(noon)).toBe(null);
  expect(undated.momentOf(1)).toBe(null);
});
