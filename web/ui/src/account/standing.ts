import type { ReactiveController, ReactiveControllerHost } from "lit";

import { loadSession, onSession, session } from "../session/session";
import { ask } from "../wire/http";
import type { Loyalty } from "../wire/loyalty";

/** Her points and tier, asked for once a page and kept here; null before that, and for nobody. */
export let loyalty: Loyalty | null = null;

const listeners = new Set<() => void>();
let asked = 0;
/** For whom it was asked. */
let of: string | null = null;

/** Asks for them anew: something was bought, given or taken. Nothing where nobody is known. */
export async function loadLoyalty(): Promise<void> {
  const mine = (asked += 1);
  const { kind, id } = (await loadSession()).person;
  of = id;
  const now =
    kind === "guest" || kind === "customer" ? await ask<Loyalty>("GET", "/api/loyalty") : null;
  if (mine !== asked) return;
  loyalty = now;
  for (const listener of listeners) listener();
}

/**
 * The place of her tier among all, 1 for the first; 0 without one, and before it is known. The
 * service decides by its own, this only says what to expect.
 */
export function rankOf(standing: Loyalty | null, key: string | null | undefined): number {
  if (standing === null || key == null) return 0;
  return standing.tiers.findIndex((tier) => tier.key === key) + 1;
}

/** Whether she may have what is for the members of `tier` and above; true where it is for all. */
export function belongs(standing: Loyalty | null, tier: string | null): boolean {
  if (tier === null || session?.person.kind === "staff") return true;
  const needed = rankOf(standing, tier);
  return needed > 0 && rankOf(standing, standing?.tier?.key) >= needed;
}

/** Draws its host again when her points or tier are known or change. */
export class Standing implements ReactiveController {
  private forget: (() => void)[] = [];

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostConnected(): void {
    const draw = (): void => this.host.requestUpdate();
    listeners.add(draw);
    this.forget = [() => listeners.delete(draw), onSession(look)];
    loadSession().then(look, () => undefined);
  }

  hostDisconnected(): void {
    for (const one of this.forget) one();
  }
}

/** What only adorns a page may be missing: it is asked for again when she is somebody else. */
function look(): void {
  const id = session?.person.id ?? null;
  if (id === of) return;
  of = id;
  loadLoyalty().catch(() => undefined);
}
