import { ask, Problem } from "../wire/http";
import type { Product } from "../wire/types";

/** A shown product is asked for once in so long: what is left of it changes. */
const fresh_ms = 20_000;

const known = new Map<string, { at: number; asked: Promise<Product | null> }>();

/** null where the shop no longer has it. Fails with a `Problem`. */
export function product(id: string, anew = false): Promise<Product | null> {
  const before = known.get(id);
  const now = performance.now();
  if (before !== undefined && !anew && now - before.at < fresh_ms) return before.asked;
  const asked = ask<Product>("GET", `/api/products/${encodeURIComponent(id)}`).catch(
    (problem: unknown) => {
      if (problem instanceof Problem && problem.code.startsWith("unknown_")) return null;
      if (problem instanceof Problem && problem.code === "not_found") return null;
      known.delete(id);
      throw problem;
    },
  );
  known.set(id, { at: now, asked });
  return asked;
}
