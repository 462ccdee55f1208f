import type { Show } from "../wire/types";

const usual_ms = 2 * 3_600_000;

/** The show as a calendar entry (RFC 5545); two hours long, since nobody knows when it ends. */
export function calendarFile({ id, title, starts_at }: Show, shop: string, link: string): string {
  const start = starts_at ?? 0;
  const text = (words: string): string =>
    words.replaceAll("\\", "\\\\").replaceAll(/[,;]/g, "\\$&").replaceAll(/\r?\n/g, "\\n");
  return [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//plusone//shows//EN",
    "BEGIN:VEVENT",
    `UID:${id}@plusone`,
    `DTSTAMP:${stamp(start)}`,
    `DTSTART:${stamp(start)}`,
    `DTEND:${stamp(start + usual_ms)}`,
    `SUMMARY:${text(`${title} · ${shop}`)}`,
    `URL:${link}`,
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ].join("\r\n");
}

function stamp(at: number): string {
  return new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, "");
}
