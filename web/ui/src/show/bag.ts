import type { ReactiveControllerHost } from "lit";

import type { Room } from "../room/connection";
import { loadSession } from "../session/session";
import { ask, requestId } from "../wire/http";
import type { Cart, Snapshot } from "../wire/types";
import * as reading from "./reading";

/** What she has in the cart, of this show and beside it; asked again when her claims change. */
export class Bag {
  cart: Cart | null = null;
  private claims = "";
  /** Of several answers that of the newest question counts. */
  private asked = 0;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly room: Room,
  ) {}

  /** The room has moved on. */
  follow({ mine }: Snapshot): void {
    const claims = mine.claims.map(({ id, quantity, state }) => `${id} ${quantity} ${state}`);
    if (claims.join() === this.claims) return;
    this.claims = claims.join();
    void this.load();
  }

  async load(): Promise<void> {
    if ((await loadSession().catch(() => null))?.person.kind === "nobody") return;
    const mine = (this.asked += 1);
    const cart = await ask<Cart>("GET", "/api/cart").catch(() => null);
    if (cart !== null && mine === this.asked) this.hold(cart);
  }

  /** One piece at the shop's own price. Fails with the server's `Problem`. */
  async add(variant_id: string): Promise<void> {
    const line = { variant_id, quantity: 1, via: "shop", request_id: requestId() };
    const mine = (this.asked += 1);
    const cart = await ask<Cart>("POST", "/api/cart/lines", line);
    if (mine === this.asked) this.hold(cart);
    // What was asked for since may have been answered before this was done.
    else await this.load();
  }

  /** This show's pieces as the room says it, the rest as the shop does. */
  get pieces(): number {
    const { mine, show } = this.room.snapshot ?? {};
    const here = mine === undefined ? 0 : reading.pieces(reading.unpaid(mine));
    const elsewhere = this.cart?.claims.filter((claim) => claim.show !== show?.id) ?? [];
    return here + reading.pieces(elsewhere) + reading.pieces(this.cart?.lines ?? []);
  }

  private hold(cart: Cart): void {
    this.cart = cart;
    this.host.requestUpdate();
  }
}
