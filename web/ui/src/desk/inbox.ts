import type { Counts, Inbox as Page, Queue, Row } from "../chat/wire";
import { Line, type Stand } from "../room/line";
import { ask } from "../wire/http";
import { isIn, moved, newlyMine, newlyWaiting, waits, waitsSince } from "./rows";

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
  /** Which of them said that they are away. */
  away: ReadonlySet<string> = new Set();

  private own = "";
  private before: Queue = "waiting";
  private asked = 0;
  /** For which queue and words `rows` came. */
  private rowsFor = "";
  private readonly waitingNow = new Set<string>();
  /** Who waits has been read once: what is new since then is told. */
  private knows = false;
  private wasThere = false;
  private readonly mineNow = new Set<string>();
  /** What she has was read once: what she is given since then is told. */
  private knowsMine = false;

  /**
   * While this desk is open `told` is called for every conversation that begins to wait, and `given`
   * for every one that becomes hers without her doing.
   */
  constructor(
    private readonly told: (row: Row) => void,
    private readonly given: (row: Row) => void = () => undefined,
  ) {
    super({
      namespace: "/chat",
      join: {},
      by: "watch",
      apply: (snapshot) => snapshot,
      needsWhole: () => false,
    });
    this.on("inbox", (news: { rows: Row[]; counts: Counts }) => this.hear(news));
    this.on("presence", ({ here, away }: { here: string[]; away: string[] }) => {
      this.here = new Set(here);
      this.away = new Set(away);
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
      this.more = conversations.length >= a_page;
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
      const { conversations } = await this.page(
        this.queue === "waiting" ? waitsSince(last) : last.last_at,
      );
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
    this.knowMine(rows);
    this.counts = counts;
    if (this.rows !== null) {
      const { queue, own } = this;
      this.rows = moved(this.rows, rows, { queue, own, searching: this.words !== "" });
    }
    this.changed();
  }

  /** She has taken it herself, or looks at it: nobody needs to tell her that it is hers. */
  holds(conversation: string): void {
    this.mineNow.add(conversation);
  }

  /** What she said of herself, before it comes around. */
  setAway(away: boolean): void {
    const all = new Set(this.away);
    if (away) all.add(this.own);
    else all.delete(this.own);
    this.away = all;
    this.changed();
  }

  get isAway(): boolean {
    return this.away.has(this.own);
  }

  private knowMine(rows: readonly Row[]): void {
    if (this.knowsMine) for (const row of newlyMine(rows, this.mineNow, this.own)) this.given(row);
    for (const row of rows) {
      if (isIn(row, "mine", this.own)) this.mineNow.add(row.id);
      else this.mineNow.delete(row.id);
    }
  }

  private async readMine(): Promise<void> {
    try {
      const path = "/api/staff/conversations?queue=mine";
      this.knowMine((await ask<Page>("GET", path)).conversations);
      this.knowsMine = true;
    } catch {
      // Not reached: it is read again when the line is back.
    }
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
    if (!there) return;
    void this.load();
    void this.readMine();
  }
}
