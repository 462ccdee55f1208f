import { ask, Problem } from "../wire/http";
import type { Product } from "../wire/types";

const asked = new Map<string, Promise<Product | null>>();

/** A product of the shop, asked for once a page; null where the shop has it no more. */
export function productOf(id: string): Promise<Product | null> {
  const before = asked.get(id);
  if (before !== undefined) return before;
  const now = ask<Product>("GET", `/api/products/${encodeURIComponent(id)}`).catch(
    (problem: unknown) => {
      if (problem instanceof Problem && problem.code === "not_found") return null;
      asked.delete(id); // not reached: the next one who shows it asks again
      throw problem;
    },
  );
  asked.set(id, now);
  return now;
}
