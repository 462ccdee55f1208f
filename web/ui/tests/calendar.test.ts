import { expect, test } from "vitest";

import { calendarFile } from "../src/show/calendar";
import { snapshot } from "./snapshot";

test("a show becomes a calendar entry in UTC, its title kept as text", () => {
  const show = { ...snapshot().show, title: "Jars, open; night\nEND:VEVENT", starts_at: 0 };
  const lines = calendarFile(show, "Shop", "https://shop.test/shows/1").split("\r\n");
  expect(lines).toContain("DTSTART:19700101T000000Z");
  expect(lines).toContain("DTEND:19700101T020000Z");
  expect(lines).toContain("SUMMARY:Jars\\, open\\; night\\nEND:VEVENT · Shop");
});
