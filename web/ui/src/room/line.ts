import { io, type Socket } from "socket.io-client";

import { offline, Problem, requestId } from "../wire/http";
import type { Answer, Done, Frame } from "../wire/types";
import { place, type Position } from "./frames";

export type Phase = "joining" | "there" | "lost" | "refused";

/** A command that this page gave and whose effect it has not seen yet. */
export interface Waiting<C extends string = string> {
  readonly request_id: string;
  readonly event: C;
  readonly body: Readonly<Record<string, unknown>>;
  readonly at_ms: number;
}

interface Unanswered<E, C extends string> extends Waiting<C> {
  tries: number;
  /** The last offset of what it did, once answered: it stays until the page has come so far. */
  last: number | null;
  keep(done: Done<E>): void;
  fail(problem: Problem): void;
}

/** What every room's snapshot says of itself. */
export interface Stand extends Position {
  at_ms: number;
}

type Joined<S, E> = Answer<{ whole?: S; missed?: Frame<E>; now_ms?: number }>;

export interface Options {
  /** Where the service is; the page's own origin where absent. */
  origin?: string;
  /** How long one answer may take before the line is taken for lost. */
  patience_ms?: number;
}

export interface LineOptions<S, E> extends Options {
  namespace: string;
  /** What one says to be let in; `since` is added where the room is known already. */
  join: Record<string, unknown>;
  /** The command that lets one in, where it is another; its answer need not hold a snapshot. */
  by?: string;
  /** Hears what the answer that lets one in says beside. */
  beside?(answer: Readonly<Record<string, unknown>>): void;
  /** The snapshot after a frame that follows on. */
  apply(snapshot: S, frame: Frame<E>): S;
  /** Whether only a fresh snapshot will do after `event`. */
  needsWhole(snapshot: S, event: E): boolean;
}

const most_unanswered = 50;
const most_early = 200;
const most_tries = 4;
/** Sent so often without any answer, it is what breaks the line. */
const most_sends = 8;
/** The service cuts the line at 16 KiB a message; what it adds to a command is far below 256. */
const most_octets = 16 * 1024 - 256;
/** The WebSocket close code "service restart" (IANA's registry of RFC 6455). */
const restart = 1012;
/** How the service answers a poll of a session that it does not know: of a worker that has gone. */
const unknown_session = 400;
/** Over how long the pages come back that a restart was not announced to. */
const spread_ms = 1_500;
const most_spread_ms = 60_000;

/**
 * The line to one room as a page sees it, whatever the room is for: keeps the snapshot whole by
 * offset and epoch, keeps commands until they are answered and sends them again under the same id,
 * and says plainly when the line is lost. Listeners are called after every change.
 */
export class Line<S extends Stand, E extends object, C extends string = string> {
  phase: Phase = "joining";
  snapshot: S | null = null;
  problem: Problem | null = null;

  private readonly socket: Socket;
  private readonly patience_ms: number;
  private readonly listeners = new Set<() => void>();
  private unanswered: Unanswered<E, C>[] = [];
  private early: Frame<E>[] = [];
  private joining = false;
  private fresh = false;
  private closed = false;
  private leaving = false;
  private anchor = { server_ms: Date.now(), own_ms: performance.now() };
  private timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(private readonly options: LineOptions<S, E>) {
    this.patience_ms = options.patience_ms ?? 10_000;
    this.socket = io(`${options.origin ?? ""}${options.namespace}`, {
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      withCredentials: true,
      forceNew: true,
      reconnectionDelay: 250,
      reconnectionDelayMax: 1_500,
      randomizationFactor: 0.4,
      timeout: 8_000,
      autoConnect: false,
    });
    this.socket.on("connect", () => void this.join());
    this.socket.on("disconnect", (reason, details) => this.lose(reason, details));
    this.socket.on("connect_error", () => this.lose("connect_error"));
    this.socket.on("frame", (frame: Frame<E>) => this.take(frame));
    this.socket.on("catch_up", () => void this.join());
    this.socket.on("come_back", (told?: { within_ms?: unknown }) => this.comeBack(told?.within_ms));
    if (typeof window !== "undefined") {
      window.addEventListener("offline", this.cut);
      window.addEventListener("online", this.retry);
    }
  }

  open(): void {
    this.socket.connect();
  }

  /** The server's clock as well as it can be told from here. */
  now(): number {
    return this.anchor.server_ms + (performance.now() - this.anchor.own_ms);
  }

  /** What was given and is not seen yet, in order. */
  get waiting(): readonly Waiting<C>[] {
    return this.unanswered;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Hears what comes beside the room's log, such as a pulse; it may be lost and is never repeated. */
  on(name: string, listener: (data: never) => void): () => void {
    const heard = listener as (data: unknown) => void;
    this.socket.on(name, heard);
    return () => this.socket.off(name, heard);
  }

  /**
   * Gives a command; kept and sent again until it is answered. Fails with the server's `Problem`,
   * with `too_many_waiting` where the line is lost and fifty already wait, with `too_large` for
   * what the server would not read, and with `offline` where the line was lost over it eight times.
   * One that was given up may be given again under the name that it had: it then happens once.
   */
  send(event: C, body: Record<string, unknown>, request_id = requestId()): Promise<Done<E>> {
    if (this.unanswered.filter(({ last }) => last === null).length >= most_unanswered) {
      return Promise.reject(problem("too_many_waiting", true));
    }
    if (new TextEncoder().encode(JSON.stringify(body)).length > most_octets) {
      return Promise.reject(problem("too_large", false));
    }
    return new Promise((keep, fail) => {
      const command: Unanswered<E, C> = {
        request_id,
        event,
        body,
        at_ms: this.now(),
        tries: 0,
        last: null,
        keep,
        fail,
      };
      this.unanswered = [...this.unanswered, command];
      this.changed();
      if (this.phase === "there") this.emit(command);
    });
  }

  /** Says something that may be lost: nothing is kept, and no answer is waited for. */
  cast(name: string, body: Record<string, unknown>): void {
    if (this.phase === "there") this.socket.emit(name, body);
  }

  /** Asks something beside the log, once and only while the line is there. Fails with a `Problem`. */
  async request<T>(name: string, body: Record<string, unknown>): Promise<T> {
    if (this.phase !== "there") throw offline();
    let answer: Answer<T>;
    try {
      answer = (await this.socket.timeout(this.patience_ms).emitWithAck(name, body)) as Answer<T>;
    } catch {
      throw offline();
    }
    if (!answer.ok) throw new Problem(answer.error);
    return answer;
  }

  /** Try the line at once. */
  readonly retry = (): void => {
    if (this.closed || this.phase === "there") return;
    if (this.socket.connected) void this.join();
    else this.socket.disconnect().connect();
  };

  /** Another person now sits here: the socket is opened anew, since its cookie was read then. */
  reopen(): void {
    this.fresh = true;
    this.phase = "joining";
    this.socket.disconnect().connect();
    this.changed();
  }

  close(): void {
    this.closed = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    if (typeof window !== "undefined") {
      window.removeEventListener("offline", this.cut);
      window.removeEventListener("online", this.retry);
    }
    this.socket.disconnect();
    for (const command of this.unanswered) if (command.last === null) command.fail(offline());
    this.unanswered = [];
  }

  private readonly cut = (): void => {
    if (this.socket.connected) this.socket.io.engine.close();
  };

  /**
   * Goes over to whoever serves instead, at a moment of its own: thousands are told this at once.
   * What is given meanwhile is kept, and nobody is told that the line is lost, since it is not.
   */
  private comeBack(within_ms: unknown): void {
    if (typeof within_ms !== "number" || !(within_ms >= 0) || this.leaving) return;
    this.leaving = true;
    this.later(Math.random() * Math.min(within_ms, most_spread_ms), () => {
      if (!this.leaving || this.phase === "refused") return;
      this.phase = "joining";
      this.socket.disconnect().connect();
      this.changed();
    });
  }

  private lose(reason: string, details?: unknown): void {
    const { leaving } = this;
    this.leaving = false;
    this.joining = false;
    this.early = [];
    if (this.closed || this.phase === "refused") return;
    // Our own change of person is no loss; what the server ends we open again.
    if (reason === "io client disconnect") return;
    // Who polls cannot stay until her moment: already her next poll meets the successor.
    this.phase = leaving ? "joining" : "lost";
    if (reason === "io server disconnect") this.later(500, () => this.socket.connect());
    else if (restarted(details)) {
      // All others are told the same in this moment: not by the backoff, which begins alike for all.
      this.socket.disconnect();
      this.later(Math.random() * spread_ms, () => this.socket.connect());
    }
    this.changed();
  }

  private async join(): Promise<void> {
    if (this.joining || !this.socket.connected) return;
    this.joining = true;
    const known = this.fresh ? null : this.snapshot;
    const since = known && { epoch: known.epoch, offset: known.offset, at_ms: known.at_ms };
    const asked = performance.now();
    let answer: Joined<S, E>;
    try {
      answer = (await this.socket.timeout(this.patience_ms).emitWithAck(this.options.by ?? "join", {
        ...this.options.join,
        ...(since && { since }),
      })) as Joined<S, E>;
    } catch {
      this.joining = false;
      this.cut();
      return;
    }
    this.joining = false;
    if (!answer.ok) {
      this.refuse(new Problem(answer.error));
      return;
    }
    const answered = performance.now();
    if (answer.now_ms !== undefined) {
      this.anchor = { server_ms: answer.now_ms + (answered - asked) / 2, own_ms: answered };
    }
    if (answer.whole !== undefined) this.snapshot = answer.whole;
    else if (answer.missed !== undefined && this.snapshot !== null && !this.follow(answer.missed)) {
      this.fresh = true;
      return this.join();
    }
    this.options.beside?.(answer);
    this.fresh = false;
    const early = this.early;
    this.early = [];
    this.phase = "there";
    this.problem = null;
    for (const frame of early) if (!this.follow(frame)) return this.join();
    this.settle();
    for (const command of this.unanswered) if (command.last === null) this.again(command);
    this.changed();
  }

  private refuse(problem: Problem): void {
    if (problem.retryable) {
      this.phase = "lost";
      this.later(1_000, () => void this.join());
    } else {
      this.phase = "refused";
      this.problem = problem;
    }
    this.changed();
  }

  private take(frame: Frame<E>): void {
    if (this.joining || this.snapshot === null) {
      if (this.early.length < most_early) this.early.push(frame);
      return;
    }
    if (!this.follow(frame)) return void this.join();
    this.settle();
    this.changed();
  }

  /** Applies a frame; false where it does not follow on. */
  private follow(frame: Frame<E>): boolean {
    const own = this.snapshot;
    if (own === null) return false;
    const what = place(own, frame);
    if (what === "old") return true;
    if (what === "gap") return false;
    if (frame.events.some((event) => this.options.needsWhole(own, event))) {
      this.fresh = true;
      return false;
    }
    this.snapshot = this.options.apply(own, frame);
    return true;
  }

  private emit(command: Unanswered<E, C>): void {
    command.tries += 1;
    this.socket
      .timeout(this.patience_ms)
      .emitWithAck(command.event, { request_id: command.request_id, ...command.body })
      .then(
        (answer: Answer<Done<E>>) => this.answer(command, answer),
        () => this.unheard(command),
      );
  }

  private again(command: Unanswered<E, C>): void {
    if (command.tries < most_sends) {
      this.emit(command);
      return;
    }
    this.forget(command);
    command.fail(offline());
  }

  private answer(command: Unanswered<E, C>, answer: Answer<Done<E>>): void {
    if (!this.unanswered.includes(command)) return;
    if (!answer.ok) {
      const { retryable, code } = answer.error;
      if (retryable && code !== "rate_limited" && command.tries < most_tries) {
        this.later(400 * 2 ** command.tries, () => {
          if (this.phase === "there" && command.last === null) this.emit(command);
        });
        return;
      }
      this.forget(command);
      command.fail(new Problem(answer.error));
      return;
    }
    if (answer.last === null) this.forget(command);
    command.last = answer.last;
    command.keep(answer);
    this.settle();
    this.changed();
    // Its frame follows within a tick of the room; where it does not, ask.
    this.later(3_000, () => {
      if (command.last !== null && this.unanswered.includes(command)) void this.join();
    });
  }

  private unheard(command: Unanswered<E, C>): void {
    if (this.closed || !this.unanswered.includes(command) || command.last !== null) return;
    this.cut();
  }

  /** Lets go of what was answered and has been seen. */
  private settle(): void {
    const offset = this.snapshot?.offset ?? 0;
    this.unanswered = this.unanswered.filter(({ last }) => last === null || last > offset);
  }

  private forget(command: Unanswered<E, C>): void {
    this.unanswered = this.unanswered.filter((one) => one !== command);
    this.changed();
  }

  private later(ms: number, what: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      if (!this.closed) what();
    }, ms);
    this.timers.add(timer);
  }

  protected changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** Whether the line ended because who served it is being restarted. */
function restarted(details: unknown): boolean {
  const told = (details ?? {}) as { context?: { code?: number }; description?: unknown };
  return told.context?.code === restart || told.description === unknown_session;
}

function problem(code: string, retryable: boolean): Problem {
  return new Problem({ code, message: "", retryable, data: {} });
}
