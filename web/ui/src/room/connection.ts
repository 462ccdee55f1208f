import { io, type Socket } from "socket.io-client";

import { offline, Problem, requestId } from "../wire/http";
import type { Answer, Done, Frame, Pulse, Snapshot } from "../wire/types";
import { apply, needsWhole } from "./fold";
import { place } from "./frames";

export type Phase = "joining" | "there" | "lost" | "refused";

/** A command that this page gave and whose effect it has not seen yet. */
export interface Waiting {
  readonly request_id: string;
  readonly event: CommandName;
  readonly body: Readonly<Record<string, unknown>>;
  readonly at_ms: number;
}

export type CommandName = "comment" | "claim" | "give_back" | "run" | "moderate";

interface Unanswered extends Waiting {
  tries: number;
  /** The last offset of what it did, once answered: it stays until the page has come so far. */
  last: number | null;
  keep(done: Done): void;
  fail(problem: Problem): void;
}

type Joined = Answer<{ whole?: Snapshot; missed?: Frame; now_ms: number }>;

interface Options {
  /** Where the service is; the page's own origin where absent. */
  origin?: string;
  /** How long one answer may take before the line is taken for lost. */
  patience_ms?: number;
}

const most_unanswered = 50;
const most_early = 200;
const most_tries = 4;
/** Sent so often without any answer, it is what breaks the line. */
const most_sends = 8;
/** The service cuts the line at 16 KiB a message; what it adds to a command is far below 256. */
const most_octets = 16 * 1024 - 256;

/**
 * One show's room as this page sees it: keeps the snapshot whole by offset and epoch, keeps commands
 * until they are answered and sends them again under the same id, and says plainly when the line is
 * lost. Listeners are called after every change.
 */
export class Room {
  phase: Phase = "joining";
  snapshot: Snapshot | null = null;
  problem: Problem | null = null;
  viewers: number | null = null;

  private readonly socket: Socket;
  private readonly patience_ms: number;
  private readonly listeners = new Set<() => void>();
  private readonly heartbeats = new Set<(hearts: number) => void>();
  private unanswered: Unanswered[] = [];
  private early: Frame[] = [];
  private joining = false;
  private fresh = false;
  private closed = false;
  private anchor = { server_ms: Date.now(), own_ms: performance.now() };
  private timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(
    readonly show: string,
    { origin, patience_ms = 10_000 }: Options = {},
  ) {
    this.patience_ms = patience_ms;
    this.socket = io(`${origin ?? ""}/live`, {
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
    this.socket.on("disconnect", (reason) => this.lose(reason));
    this.socket.on("connect_error", () => this.lose("connect_error"));
    this.socket.on("frame", (frame: Frame) => this.take(frame));
    this.socket.on("pulse", (pulse: Pulse) => this.beat(pulse));
    this.socket.on("catch_up", () => void this.join());
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
  get waiting(): readonly Waiting[] {
    return this.unanswered;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onHearts(listener: (hearts: number) => void): () => void {
    this.heartbeats.add(listener);
    return () => this.heartbeats.delete(listener);
  }

  /**
   * Gives a command; kept and sent again until it is answered. Fails with the server's `Problem`,
   * with `too_many_waiting` where the line is lost and fifty already wait, with `too_large` for
   * what the server would not read, and with `offline` where the line was lost over it eight times.
   */
  send(event: CommandName, body: Record<string, unknown>): Promise<Done> {
    if (this.unanswered.filter(({ last }) => last === null).length >= most_unanswered) {
      return Promise.reject(problem("too_many_waiting", true));
    }
    if (new TextEncoder().encode(JSON.stringify(body)).length > most_octets) {
      return Promise.reject(problem("too_large", false));
    }
    return new Promise((keep, fail) => {
      const command: Unanswered = {
        request_id: requestId(),
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

  heart(count: number): void {
    if (this.phase === "there") this.socket.emit("heart", { count: Math.min(20, count) });
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

  private lose(reason: string): void {
    this.joining = false;
    this.early = [];
    if (this.closed || this.phase === "refused") return;
    // Our own change of person is no loss; what the server ends we open again.
    if (reason === "io client disconnect") return;
    this.phase = "lost";
    if (reason === "io server disconnect") this.later(500, () => this.socket.connect());
    this.changed();
  }

  private async join(): Promise<void> {
    if (this.joining || !this.socket.connected) return;
    this.joining = true;
    const known = this.fresh ? null : this.snapshot;
    const since = known && { epoch: known.epoch, offset: known.offset, at_ms: known.at_ms };
    const asked = performance.now();
    let answer: Joined;
    try {
      answer = (await this.socket
        .timeout(this.patience_ms)
        .emitWithAck("join", { show: this.show, ...(since && { since }) })) as Joined;
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
    this.anchor = { server_ms: answer.now_ms + (answered - asked) / 2, own_ms: answered };
    if (answer.whole !== undefined) this.snapshot = answer.whole;
    else if (answer.missed !== undefined && this.snapshot !== null && !this.follow(answer.missed)) {
      this.fresh = true;
      return this.join();
    }
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

  private take(frame: Frame): void {
    if (this.joining || this.snapshot === null) {
      if (this.early.length < most_early) this.early.push(frame);
      return;
    }
    if (!this.follow(frame)) return void this.join();
    this.settle();
    this.changed();
  }

  /** Applies a frame; false where it does not follow on. */
  private follow(frame: Frame): boolean {
    const own = this.snapshot;
    if (own === null) return false;
    const what = place(own, frame);
    if (what === "old") return true;
    if (what === "gap") return false;
    if (frame.events.some((event) => needsWhole(own, event))) {
      this.fresh = true;
      return false;
    }
    this.snapshot = apply(own, frame);
    return true;
  }

  private beat({ viewers, hearts }: Pulse): void {
    this.viewers = viewers;
    if (hearts > 0) for (const listener of this.heartbeats) listener(hearts);
    this.changed();
  }

  private emit(command: Unanswered): void {
    command.tries += 1;
    this.socket
      .timeout(this.patience_ms)
      .emitWithAck(command.event, { request_id: command.request_id, ...command.body })
      .then(
        (answer: Answer<Done>) => this.answer(command, answer),
        () => this.unheard(command),
      );
  }

  private again(command: Unanswered): void {
    if (command.tries < most_sends) {
      this.emit(command);
      return;
    }
    this.forget(command);
    command.fail(offline());
  }

  private answer(command: Unanswered, answer: Answer<Done>): void {
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

  private unheard(command: Unanswered): void {
    if (this.closed || !this.unanswered.includes(command) || command.last !== null) return;
    this.cut();
  }

  /** Lets go of what was answered and has been seen. */
  private settle(): void {
    const offset = this.snapshot?.offset ?? 0;
    this.unanswered = this.unanswered.filter(({ last }) => last === null || last > offset);
  }

  private forget(command: Unanswered): void {
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

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

function problem(code: string, retryable: boolean): Problem {
  return new Problem({ code, message: "", retryable, data: {} });
}
