import { ask } from "../wire/http";
import type { Session } from "../wire/types";

/** Who sits here and whose shop this is; asked once a page, then kept here. */
export let session: Session | null = null;

const listeners = new Set<() => void>();
let asked: Promise<Session> | null = null;

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export async function loadSession(): Promise<Session> {
  if (session !== null) return session;
  asked ??= ask<Session>("GET", "/api/session").then(
    // Who has become somebody since it was asked is known already.
    (now) => session ?? took(now),
    (error: unknown) => {
      asked = null;
      throw error;
    },
  );
  return asked;
}

export async function becomeGuest(name: string): Promise<Session> {
  return took(await ask<Session>("POST", "/api/session/guest", { name }));
}

export interface CodeSent {
  email: string;
  expires_at: number;
  resend_at: number;
}

export function sendCode(email: string): Promise<CodeSent> {
  return ask<CodeSent>("POST", "/api/session/code", { email });
}

export async function verifyCode(email: string, code: string, name?: string): Promise<Session> {
  const body = name === undefined ? { email, code } : { email, code, name };
  return took(await ask<Session>("POST", "/api/session/verify", body));
}

export async function signInStaff(email: string, password: string): Promise<Session> {
  return took(await ask<Session>("POST", "/api/session/staff", { email, password }));
}

/** Leaves; the page is loaded anew, so that nothing of the person stays in it. */
export async function signOut(next = "/"): Promise<void> {
  await ask("DELETE", "/api/session");
  try {
    sessionStorage.clear();
  } catch {
    // no storage, and so nothing of hers in it
  }
  location.assign(next);
}

function took(now: Session): Session {
  session = now;
  for (const listener of listeners) listener();
  return now;
}

/** A path of our own that a page may go on to; anything else leads home. */
export function safeNext(next: string | null, otherwise = "/"): string {
  if (next === null || !/^\/(?![/\\])/.test(next)) return otherwise;
  const there = new URL(next, location.origin);
  return there.origin === location.origin ? there.pathname + there.search : otherwise;
}
