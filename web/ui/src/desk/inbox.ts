import type { Counts, Inbox as Page, Queue, Row } from "../chat/wire";
import { Line, type Stand } from "../room/line";
import { ask } from "../wire/http";
import { moved, newlyWaiting, waits } from "./rows";

/** So many the service lists at once. */
const a_page = 50;

/**
 * One queue of conversations, kept as it is at the service: read once, then moved by what the
 * service tells who watches, and read again after the line was lost.
 */
export class Inbox extends Line<Stand, object, never> {
  queue: Queue = "waiting";
  /** What is searched for; the empty text for all of the queue. */
  words = "";
  /** null until they have come. */
  rows: Row[] | null = null;
  counts: Counts = { waiting: 0, mine: 0 };
  /** Why the queue could not be read. */
  failed: unknown = null;
  /** Whether there is more of the queue than `rows`. */
  more = false;
  /** Which of the staff have the desk open, as far as was told. */
  here: ReadonlySet<string> | null = null;

  private own = "";
  private before: Queue = "waiting";
  private asked = 0;
  /** For which queue and words `rows` came. */
  private rowsFor = "";
  private readonly waitingNow = new Set<string>();
  /** Who waits has been read once: what is new since then is told. */
  private knows = false;
  private wasThere = false;

  /** `told` is called for every conversation that begins to wait while this desk is open. */
  constructor(private readonly told: (row: Row) => void) {
    super({
      namespace: "/chat",
      join: {},
      by: "watch",
      apply: (snapshot) => snapshot,
      needsWhole: () => false,
    });
    this.on("inbox", (news: { rows: Row[]; counts: Counts }) => this.hear(news));
    this.on("presence", ({ here }: { here: string[] }) => {
      this.here = new Set(here);
      this.changed();
    });
    this.subscribe(() => this.attend());
  }

  /** Opens the desk for the one of the staff whose id is `own`. */
  begin(own: string): void {
    this.own = own;
    this.open();
    void this.load();
  }

  show(queue: Queue): void {
    if (queue === this.queue) return;
    this.queue = queue;
    this.rows = null;
    void this.load();
  }

  /** Looks in all queues at first; the queue of before comes back when nothing is searched for. */
  search(words: string): void {
    if (words === this.words) return;
    if (this.words === "") {
      this.before = this.queue;
      this.queue = "all";
    } else if (words === "") this.queue = this.before;
    this.words = words;
    void this.load();
  }

  /** Reads the queue anew; what is shown stays until the answer is there. */
  async load(): Promise<void> {
    const mine = (this.asked += 1);
    this.failed = null;
    this.changed();
    try {
      const { conversations, counts } = await this.page(null);
      if (mine !== this.asked) return;
      this.rows = conversations;
      this.rowsFor = `${this.queue} ${this.words}`;
      this.counts = counts;
      // Who waits is listed from the longest on: those behind come up as these are taken.
      this.more = this.queue !== "waiting" && conversations.length >= a_page;
      if (this.queue === "waiting" && this.words === "") this.knowWaiting(conversations);
    } catch (problem) {
      if (mine !== this.asked) return;
      this.failed = problem;
      // What came for other words is no answer to these.
      if (this.rowsFor !== `${this.queue} ${this.words}`) this.rows = null;
    }
    this.changed();
  }

  async loadMore(): Promise<void> {
    const last = this.rows?.at(-1);
    if (last === undefined) return;
    const mine = this.asked;
    try {
      const { conversations } = await this.page(last.last_at);
      if (mine !== this.asked) return;
      const known = new Set(this.rows?.map(({ id }) => id));
      this.rows = [...(this.rows ?? []), ...conversations.filter(({ id }) => !known.has(id))];
      this.more = conversations.length >= a_page;
    } catch (problem) {
      if (mine === this.asked) this.failed = problem;
    }
    this.changed();
  }

  private page(before: number | null): Promise<Page> {
    const query = new URLSearchParams({ queue: this.queue });
    if (this.words !== "") query.set("q", this.words);
    if (before !== null) query.set("before", String(before));
    return ask<Page>("GET", `/api/staff/conversations?${query.toString()}`);
  }

  private hear({ rows, counts }: { rows: Row[]; counts: Counts }): void {
    for (const row of newlyWaiting(rows, this.waitingNow)) this.told(row);
    for (const row of rows) {
      if (waits(row)) this.waitingNow.add(row.id);
      else this.waitingNow.delete(row.id);
    }
    this.counts = counts;
    if (this.rows !== null) {
      const { queue, own } = this;
      this.rows = moved(this.rows, rows, { queue, own, searching: this.words !== "" });
    }
    this.changed();
  }

  private knowWaiting(rows: readonly Row[]): void {
    if (this.knows) for (const row of newlyWaiting(rows, this.waitingNow)) this.told(row);
    this.knows = true;
    this.waitingNow.clear();
    for (const { id } of rows) this.waitingNow.add(id);
  }

  /** What changed while the line was lost is told by nobody: the queue is read anew. */
  private attend(): void {
    const there = this.phase === "there";
    if (there === this.wasThere) return;
    this.wasThere = there;
    if (there) void this.load();
  }
}
