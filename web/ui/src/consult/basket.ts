import type { ReactiveController, ReactiveControllerHost } from "lit";

import { ask } from "../wire/http";
import type { Call } from "./call";
import type { CallView, Changed, SharedCart } from "./wire";

/** The cart of a call as both see it; asked for anew whenever one of them has changed it. */
export class Basket implements ReactiveController {
  cart: SharedCart | null = null;
  problem: unknown = null;

  private seen: string | null = null;
  private asked = 0;
  private forget: (() => void) | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly call: () => Call,
  ) {
    host.addController(this);
  }

  hostConnected(): void {
    const call = this.call();
    const one = call.subscribe(() => this.follow(call.call));
    const other = call.onCart(() => void this.load());
    this.forget = () => {
      one();
      other();
    };
    this.follow(call.call);
  }

  hostDisconnected(): void {
    this.forget?.();
  }

  get pieces(): number {
    const all = [...(this.cart?.lines ?? []), ...(this.cart?.claims ?? [])];
    return all.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  /** Variants that lie in it. */
  get variants(): readonly string[] {
    return this.cart?.lines.map(({ variant_id }) => variant_id) ?? [];
  }

  async load(): Promise<void> {
    const mine = (this.asked += 1);
    try {
      const path = `/api/consult/calls/${encodeURIComponent(this.call().id)}/cart`;
      const cart = await ask<SharedCart>("GET", path);
      if (mine !== this.asked) return;
      this.cart = cart;
      this.problem = null;
    } catch (problem) {
      if (mine !== this.asked) return;
      this.problem = problem;
      // With the call's next word it is asked for again.
      this.seen = null;
    }
    this.host.requestUpdate();
  }

  private follow(call: CallView | null): void {
    if (call?.phase !== "talking") return;
    const now = `${call.id} ${settled(call.changes)} ${call.orders.length}`;
    if (now === this.seen) return;
    this.seen = now;
    void this.load();
  }
}

/** What was changed so far, as one text: another one means that the cart is another. */
export function settled(changes: readonly Changed[]): string {
  return changes
    .filter(({ state }) => state === "done" || state === "undone")
    .map(({ offset, state }) => `${offset} ${state}`)
    .join();
}

/** The variants that a page of this side is putting in, and the room has not said so yet. */
export function putting({ doing, call }: Call): readonly string[] {
  const sent = doing.flatMap((act) =>
    act.type === "change" && act.kind === "cart.add" ? [act.variant] : [],
  );
  const asked = (call?.changes ?? []).flatMap(({ state, change: { kind, variant } }) =>
    state === "asked" && kind === "cart.add" && variant !== null ? [variant] : [],
  );
  return [...sent, ...asked];
}
