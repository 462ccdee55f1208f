import type { ReactiveController, ReactiveControllerHost } from "lit";

import { loadSession, onSession, session } from "../session/session";
import { ask } from "../wire/http";
import type { Via, Wish } from "../wire/loyalty";

/** What she wishes for, by product; asked for once a page and person, then kept here. */
let wished: ReadonlySet<string> = new Set();
let of: string | null = null;
/** What she has pressed since they were asked for last. */
let pressed = new Map<string, boolean>();

const listeners = new Set<() => void>();

function took(now: ReadonlySet<string>): void {
  wished = now;
  for (const listener of listeners) listener();
}

export async function loadWishes(): Promise<Wish[]> {
  const since = (pressed = new Map<string, boolean>());
  const { wishes } = await ask<{ wishes: Wish[] }>("GET", "/api/wishes");
  const now = new Set(wishes.map(({ product }) => product));
  for (const [product, on] of since) turn(now, product, on);
  took(now);
  return wishes;
}

/** Puts a product on her list, or takes it off; seen at once, and undone where it fails. */
export async function wish(product: string, via: Via, on: boolean): Promise<void> {
  took(changed(product, on));
  const path = `/api/wishes/${encodeURIComponent(product)}`;
  try {
    await (on ? ask("PUT", path, { via }) : ask("DELETE", path));
  } catch (problem) {
    took(changed(product, !on));
    throw problem;
  }
}

function changed(product: string, on: boolean): ReadonlySet<string> {
  pressed.set(product, on);
  return turn(new Set(wished), product, on);
}

function turn(all: Set<string>, product: string, on: boolean): ReadonlySet<string> {
  if (on) all.add(product);
  else all.delete(product);
  return all;
}

/** Draws its host again when what she wishes for is known or changes. */
export class Wishes implements ReactiveController {
  private forget: (() => void)[] = [];

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  has(product: string): boolean {
    return wished.has(product);
  }

  hostConnected(): void {
    const draw = (): void => this.host.requestUpdate();
    listeners.add(draw);
    this.forget = [() => listeners.delete(draw), onSession(look), onSession(draw)];
    loadSession().then(look, () => undefined);
  }

  hostDisconnected(): void {
    for (const one of this.forget) one();
  }
}

/** A heart that is not filled yet says too little, but nothing wrong: pressed, it is filled. */
function look(): void {
  if (session === null || session.person.id === of) return;
  const { kind, id } = session.person;
  of = id;
  if (kind === "guest" || kind === "customer") loadWishes().catch(() => undefined);
}
