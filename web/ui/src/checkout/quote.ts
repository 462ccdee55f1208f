import type { ReactiveController, ReactiveControllerHost } from "lit";

import { ask } from "../wire/http";
import type { Asked, Quote, Refused } from "../wire/loyalty";

/** So many codes an order takes at most. */
export const most_codes = 5;

/** What she wants to use: so many points, or as many as she may. */
export type Wanted = number | "most";

/**
 * What the order comes to with what she takes off: asked for anew whenever the cart, the delivery,
 * a code or the points are others. Of several answers that of the newest question counts.
 */
export class Quoting implements ReactiveController {
  /** The last answer; stays while another is asked for. */
  quote: Quote | null = null;
  problem: unknown = null;
  /** What she has chosen, as she typed it or as her wallet knows it. */
  codes: readonly string[] = [];
  wanted: Wanted = 0;
  /** Why what she chose last does not count. */
  refused: readonly Refused[] = [];
  pending = false;

  private readonly titles = new Map<string, string>();
  private key = "";
  private turn = 0;

  constructor(
    private readonly host: ReactiveControllerHost,
    /** What is ordered, and how it reaches her; null while there is nothing to ask about. */
    private readonly order: () => Omit<Asked, "coupons" | "points"> | null,
    /** How it would be said in figures: pieces and prices too. */
    private readonly stand: () => string,
  ) {
    host.addController(this);
  }

  hostUpdated(): void {
    this.follow();
  }

  /** Asks anew where something is another than at the last question. */
  follow(anyway = false): void {
    const order = this.order();
    if (order === null) return;
    const asked: Asked = { ...order, coupons: [...this.codes], points: this.points };
    const key = this.keyOf(asked);
    if (key === this.key && !anyway) return;
    this.key = key;
    void this.ask(asked);
  }

  /** A code as she typed it, or the id of a coupon in her wallet that has none. */
  use(code: string): void {
    const chosen = code.startsWith("cpn_")
      ? code
      : code.normalize("NFKC").replaceAll(/\s/g, "").toUpperCase();
    if (chosen === "") return;
    this.refused = [];
    this.codes = [...this.codes.filter((one) => one !== chosen), chosen];
    this.host.requestUpdate();
  }

  drop(code: string): void {
    this.refused = [];
    this.codes = this.codes.filter((one) => one !== code);
    this.host.requestUpdate();
  }

  spend(wanted: Wanted): void {
    this.wanted = wanted;
    this.host.requestUpdate();
  }

  /** The service refused a code in the last moment. */
  refuse(one: Refused): void {
    this.drop(one.code);
    this.refused = [one];
    this.follow(true);
  }

  /** What a coupon is called that the service names by its code or id. */
  called(code: string): string {
    return this.titles.get(code) ?? code;
  }

  private get points(): number {
    return this.wanted === "most" ? (this.quote?.points.most ?? 0) : this.wanted;
  }

  private keyOf(asked: Asked): string {
    return JSON.stringify([asked, this.stand()]);
  }

  private async ask(asked: Asked): Promise<void> {
    const mine = (this.turn += 1);
    this.pending = true;
    this.problem = null;
    this.host.requestUpdate();
    try {
      const quote = await ask<Quote>("POST", "/api/checkout/quote", asked);
      if (mine !== this.turn) return;
      this.quote = quote;
      for (const { id, title } of quote.offers) this.titles.set(id, title);
      this.forget(quote.refused);
    } catch (problem) {
      if (mine !== this.turn) return;
      this.problem = problem;
      // What could not be looked at is not asked for with the order either.
      const known = new Set(this.quote?.discounts.flatMap(({ code, coupon }) => [code, coupon]));
      const codes = this.codes.filter((code) => known.has(code));
      // Without them it is as before, and need not be asked again.
      if (codes.length < this.codes.length) this.key = this.keyOf({ ...asked, coupons: codes });
      this.codes = codes;
    }
    this.pending = false;
    this.host.requestUpdate();
  }

  /** What was refused is told once and not asked for again. */
  private forget(refused: readonly Refused[]): void {
    if (refused.length === 0) return;
    this.refused = refused;
    const codes = new Set(refused.map(({ code }) => code));
    this.codes = this.codes.filter((code) => !codes.has(code));
  }
}

/** All that is taken off: by coupons and by points. */
export function takenOff({ discounts, points }: Pick<Quote, "discounts" | "points">): number {
  return discounts.reduce((all, { amount }) => all + amount, points.value);
}
