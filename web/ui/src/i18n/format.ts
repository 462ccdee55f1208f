import { locale } from "./index";
import { type Locale, locales } from "./locales";

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

function numbers(key: string, tag: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  let made = cache.get(key) as Intl.NumberFormat | undefined;
  if (made === undefined) cache.set(key, (made = new Intl.NumberFormat(tag, options)));
  return made;
}

function dates(options: Intl.DateTimeFormatOptions, of: Locale = locale): Intl.DateTimeFormat {
  const key = of + JSON.stringify(options);
  let made = cache.get(key) as Intl.DateTimeFormat | undefined;
  if (made === undefined) {
    cache.set(key, (made = new Intl.DateTimeFormat(locales[of].intl, options)));
  }
  return made;
}

/**
 * A sum as its sign and its figure: `["NT$", "1,080"]`. Minor units as ISO 4217 counts them; whole
 * sums show no decimals, as shops here write prices. The sign always names the country.
 */
export function amount(minor: number, currency: string): [symbol: string, figure: string] {
  const form = numbers(`money ${currency}`, "en", {
    style: "currency",
    currency,
    trailingZeroDisplay: "stripIfInteger",
  });
  const places = numbers(`places ${currency}`, "en", { style: "currency", currency });
  const value = minor / 10 ** (places.resolvedOptions().maximumFractionDigits ?? 2);
  let symbol = "";
  let figure = "";
  for (const { type, value: text } of form.formatToParts(value)) {
    if (type === "currency") symbol = text;
    else if (type !== "literal") figure += text;
  }
  return [symbol, figure];
}

/** `NT$1,080`; a sign of letters alone keeps a space: `SGD 12.50`. */
export function money(minor: number, currency: string): string {
  const [symbol, figure] = amount(minor, currency);
  return /[A-Za-z]$/.test(symbol) ? `${symbol} ${figure}` : symbol + figure;
}

/** Major units as typed by staff ("288", "12.5") to minor ones; null where it is no sum. */
export function toMinor(typed: string, currency: string): number | null {
  const plain = typed.normalize("NFKC").replaceAll(",", "").trim();
  if (!/^\d{1,9}(\.\d{1,3})?$/.test(plain)) return null;
  const places = numbers(`places ${currency}`, "en", { style: "currency", currency });
  return Math.round(Number(plain) * 10 ** (places.resolvedOptions().maximumFractionDigits ?? 2));
}

export function toMajor(minor: number, currency: string): string {
  return amount(minor, currency)[1].replaceAll(",", "");
}

/** 1,284 */
export function count(n: number): string {
  return numbers("count", "en", {}).format(n);
}

/** 21:40 */
export function clock(at: number, seconds = false): string {
  return dates({
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(seconds ? { second: "2-digit" } : {}),
  }).format(at);
}

/** Only the time where it is today, else the day too. */
export function moment(at: number, now: number): string {
  const time = clock(at);
  if (dayOf(at) === dayOf(now)) return time;
  return `${dates({ month: "numeric", day: "numeric" }).format(at)} ${time}`;
}

/** The day in the reader's own time, to be compared with others. */
export function dayOf(at: number): string {
  return dates({ year: "numeric", month: "numeric", day: "numeric" }, "en").format(at);
}

/** 11月20日（五）20:30 */
export function longMoment(at: number): string {
  return `${longDay(at)}${locale.startsWith("zh-Hant") ? "" : " "}${clock(at)}`;
}

/** 11月20日（五） */
export function longDay(at: number): string {
  if (locale.startsWith("zh-Hant")) {
    const day = dates({ month: "long", day: "numeric" }).format(at);
    return `${day}（${dates({ weekday: "narrow" }).format(at)}）`;
  }
  return dates({ month: "long", day: "numeric", weekday: "short" }).format(at);
}

/** 2026/11/20 20:30 */
export function fullMoment(at: number): string {
  return `${fullDay(at)} ${clock(at)}`;
}

/** 2026/11/20; in English the month is a word, since readers differ in the order of figures. */
export function fullDay(at: number): string {
  return dates(
    locale === "en"
      ? { year: "numeric", month: "short", day: "numeric" }
      : { year: "numeric", month: "2-digit", day: "2-digit" },
  ).format(at);
}

/** What is left as 1:42 or 1:02:05; never below zero. */
export function left(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`;
}
