/** Opening hours as they are set: what is wrong with them, and what they come to at an instant. */

export type Span = [since: string, until: string];

export interface Holiday {
  from: string;
  to: string;
  name: string;
}

export interface SpecialDay {
  date: string;
  spans: Span[];
}

/** As the service has them; the week begins with Monday. */
export interface Hours {
  time_zone: string;
  week: Span[][];
  closed: Holiday[];
  special: SpecialDay[];
}

/** What may be wrong with a field; `other` is what only the service knows. */
export type Fault =
  "time" | "same" | "order" | "night" | "date" | "before" | "twice" | "zone" | "other";

/** When what is now ends: `days` from today by the clocks of the place, 0 for today. */
export interface Turn {
  date: string;
  days: number;
  time: string;
}

/** `turn` is null where nothing changes within 60 days. */
export interface Standing {
  open: boolean;
  turn: Turn | null;
}

export const most = { spans: 6, days: 100, name: 40 } as const;

const day_min = 24 * 60;
const day_ms = 86_400_000;
const ahead_days = 60;

/** As a form holds them: a field for a time knows no 24:00, so a day ends at 00:00 there. */
export function asForm(hours: Hours): Hours {
  return withEnds(hours, "24:00", "00:00");
}

/** As the service takes them, days in their order. */
export function asSent(form: Hours): Hours {
  const closed = form.closed.map((one) => ({ ...one, name: one.name.trim() }));
  return { ...withEnds(form, "00:00", "24:00"), closed };
}

/** The same with its days in their order, so that what is said of the third is of the third. */
export function inOrder(form: Hours): Hours {
  return {
    ...form,
    closed: [...form.closed].sort((a, b) => compare(a.from, b.from)),
    special: [...form.special].sort((a, b) => compare(a.date, b.date)),
  };
}

/** The list with another value in one place; `Array.with` is younger than some phones. */
export function put<T>(list: readonly T[], place: number, value: T): T[] {
  return list.map((one, n) => (n === place ? value : one));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function withEnds(hours: Hours, before: string, after: string): Hours {
  const ends = (spans: readonly Span[]): Span[] =>
    spans.map(([since, until]) => [since, until === before ? after : until]);
  return {
    ...hours,
    week: hours.week.map(ends),
    special: hours.special.map((one) => ({ ...one, spans: ends(one.spans) })),
  };
}

/** What is proposed where none were set yet. */
export function proposed(time_zone: string): Hours {
  const week = Array.from({ length: 7 }, (_, n): Span[] => (n < 5 ? [["10:00", "18:00"]] : []));
  return { time_zone, week, closed: [], special: [] };
}

/**
 * One span more: the first of a day, a break at noon in the only one, or one after the last. Null
 * where the day has no room.
 */
export function withOneMore(spans: readonly Span[]): Span[] | null {
  const [first] = spans;
  const last = spans.at(-1);
  if (first === undefined || last === undefined) return [["10:00", "18:00"]];
  if (spans.length >= most.spans) return null;
  const [since, until] = minutesOf(last);
  if (Number.isNaN(since) || Number.isNaN(until)) return null;
  if (spans.length === 1 && since < 12 * 60 && until > 13 * 60) {
    return [
      [first[0], "12:00"],
      ["13:00", first[1]],
    ];
  }
  if (until > day_min - 120) return null;
  return [...spans, [timeOf(until + 60), timeOf(Math.min(until + 180, day_min))]];
}

/** Minutes from the day's midnight; the end is over 1440 where it is the next day's. NaN: no time. */
export function minutesOf([since, until]: Span): [since: number, until: number] {
  const [begins, ends] = [minutes(since), minutes(until)];
  return [begins, ends > begins || (ends === begins && ends !== 0) ? ends : ends + day_min];
}

function minutes(time: string): number {
  return /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(time)
    ? Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
    : Number.NaN;
}

function timeOf(minutes: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

/** What is wrong in a form, by the names that the service has for the fields. */
export function faultsOf({ week, closed, special, time_zone }: Hours): Map<string, Fault> {
  const found = new Map<string, Fault>();
  if (!knows(time_zone)) found.set("time_zone", "zone");
  week.forEach((spans, n) => {
    spanFaults(found, `week.${n}`, spans);
    const [late, early] = [spans.at(-1), week[(n + 1) % 7]?.[0]];
    if (late === undefined || early === undefined) return;
    const name = `week.${n}.${spans.length - 1}`;
    if (minutesOf(late)[1] - day_min > minutesOf(early)[0] && !found.has(name)) {
      found.set(name, "night");
    }
  });
  closed.forEach(({ from, to }, n) => {
    if (dayOf(from) === null) found.set(`closed.${n}.from`, "date");
    if (dayOf(to) === null) found.set(`closed.${n}.to`, "date");
    else if (to < from) found.set(`closed.${n}.to`, "before");
  });
  const dates = new Set<string>();
  special.forEach(({ date, spans }, n) => {
    if (dayOf(date) === null) found.set(`special.${n}.date`, "date");
    else if (dates.has(date)) found.set(`special.${n}.date`, "twice");
    dates.add(date);
    spanFaults(found, `special.${n}.spans`, spans);
  });
  return found;
}

function spanFaults(found: Map<string, Fault>, name: string, spans: readonly Span[]): void {
  let before = 0;
  spans.forEach((span, n) => {
    const [since, until] = minutesOf(span);
    if (Number.isNaN(since) || Number.isNaN(until)) found.set(`${name}.${n}`, "time");
    else if (since === until) found.set(`${name}.${n}`, "same");
    else if (since < before) found.set(`${name}.${n}`, "order");
    if (!Number.isNaN(until)) before = until;
  });
}

/** Whether this browser knows the zone; the service may know others. */
function knows(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Days since 1970-01-01; null for what is no date. */
export function dayOf(date: string): number | null {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return null;
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(at) || dateOf(at / day_ms) !== date ? null : at / day_ms;
}

function dateOf(day: number): string {
  return new Date(day * day_ms).toISOString().slice(0, 10);
}

/** The day and the minute that the clocks of a place show. */
function clocks(zone: string, now: number): { day: number; minute: number } {
  const form = new Intl.DateTimeFormat("en", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  });
  const part: Record<string, number> = {};
  for (const { type, value } of form.formatToParts(now)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part;
  return { day: Date.UTC(year, month - 1, day) / day_ms, minute: hour * 60 + minute };
}

/** The date that the clocks of a place show, as a field for dates has it. */
export function dateAt(zone: string, now: number): string {
  // A browser may not know every zone that the service does.
  return dateOf(clocks(knows(zone) ? zone : "UTC", now).day);
}

/**
 * Whether it is open at `now`, and until when; of hours in which nothing is wrong. By the clocks
 * alone, as the words are that say it.
 */
export function standingAt(hours: Hours, now: number): Standing {
  const { day: today, minute } = clocks(hours.time_zone, now);
  const at = today * day_min + minute;
  let open = false;
  let ends = 0;
  // The day before may go on past midnight.
  for (let day = today - 1; day <= today + ahead_days; day += 1) {
    for (const span of spansOn(hours, day)) {
      const [since, until] = minutesOf(span).map((one) => day * day_min + one) as [number, number];
      if (open) {
        if (since > ends) return { open, turn: turnAt(ends, today, true) };
        ends = Math.max(ends, until);
      } else if (until > at) {
        if (since > at) return { open, turn: turnAt(since, today, false) };
        open = true;
        ends = until;
      }
    }
  }
  if (!open || ends > (today + ahead_days) * day_min) return { open, turn: null };
  return { open, turn: turnAt(ends, today, true) };
}

/** A day ends at its own 24:00, and the next begins at 00:00. */
function turnAt(minute: number, today: number, ends: boolean): Turn {
  const midnight = ends && minute % day_min === 0;
  const day = Math.floor(minute / day_min) - (midnight ? 1 : 0);
  const time = midnight ? "24:00" : timeOf(minute % day_min);
  return { date: dateOf(day), days: day - today, time };
}

function spansOn({ week, closed, special }: Hours, day: number): readonly Span[] {
  const date = dateOf(day);
  const own = special.find((one) => one.date === date);
  if (own !== undefined) return own.spans;
  if (closed.some(({ from, to }) => from <= date && date <= to)) return [];
  return week[(day + 3) % 7] ?? []; // 1970-01-01 was a Thursday
}
