/** Figures as the service tells them, and as they are drawn. */

export interface Spread {
  count: number;
  median_ms: number | null;
  p90_ms: number | null;
}

export interface Scores {
  count: number;
  mean: number | null;
  each: [number, number, number, number, number];
}

export interface FiguresOf {
  rounds: number;
  answered: number;
  resolved: number;
  first: Spread;
  resolution: Spread;
  scores: Scores;
}

export interface DayOf {
  date: string;
  rounds: number;
  answered: number;
  resolved: number;
  first_ms: number | null;
  score: number | null;
}

/** What a rep is told of all together. */
export interface Team {
  first: Pick<Spread, "median_ms" | "p90_ms">;
  resolution: Pick<Spread, "median_ms">;
  scores: Pick<Scores, "mean">;
}

export interface Figures {
  days: number;
  time_zone: string;
  /** No hours are set: times count day and night. */
  always: boolean;
  /** All rounds of these days were counted. */
  whole: boolean;
  team: FiguresOf | Team;
  mine: FiguresOf;
  by_day: DayOf[];
  /** For operators alone. */
  reps: ({ id: string; name: string | null } & FiguresOf)[];
}

export type Measure = "rounds" | "first" | "score";

/** What a day's column stands for; null where there is nothing to measure. */
export function valueOf(day: DayOf, measure: Measure): number | null {
  return measure === "rounds" ? day.rounds : measure === "first" ? day.first_ms : day.score;
}

/** How high each column is, 0 to 100; the highest fills the chart. A score is out of five. */
export function heights(values: readonly (number | null)[], measure: Measure): number[] {
  const top = measure === "score" ? 5 : Math.max(0, ...values.map((value) => value ?? 0));
  return values.map((value) => (top === 0 ? 0 : Math.round(((value ?? 0) / top) * 100)));
}

/** Hours, minutes and seconds as far as they say something: no seconds past the first minute. */
export function lasted(ms: number): { h: number; m: number; s: number } {
  if (ms < 59_500) return { h: 0, m: 0, s: Math.round(ms / 1_000) };
  const minutes = Math.round(ms / 60_000);
  return { h: Math.floor(minutes / 60), m: minutes % 60, s: 0 };
}
