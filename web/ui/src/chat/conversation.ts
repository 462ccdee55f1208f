import { Line, type Options } from "../room/line";
import type { Done, Frame } from "../wire/types";
import { apply, needsWhole } from "./fold";
import type {
  About,
  ChatEvent,
  ChatSnapshot,
  Entry,
  Older,
  Side,
  Speaker,
  StaffAct,
  Typing,
} from "./wire";

export type ChatCommand = "say" | "read" | "rate" | "act";

export type ChatDone = Done<ChatEvent>;

export interface Words {
  text?: string;
  product?: string;
  /** The service itself says what that is called. */
  about?: Omit<About, "title">;
}

interface Typist {
  name: string | null;
  until: number;
}

const shown_ms = 5_000;
/** So often a page says that somebody writes on it; the service takes no more than one a second. */
const every_ms = 2_000;

/** One conversation as the page of one side sees it. */
export class Conversation extends Line<ChatSnapshot, ChatEvent, ChatCommand> {
  /** Entries from before the snapshot's, as far as they were asked for. */
  private older: Entry[] = [];
  private olderMore: boolean | null = null;
  /** The last snapshot that followed on; another one came whole, and what was older is stale. */
  private followed: ChatSnapshot | null = null;
  private readonly typists = new Map<Speaker, Typist>();
  private typed_at = -every_ms;
  private saidRead = 0;

  constructor(
    readonly id: string,
    readonly side: Side,
    options: Options = {},
  ) {
    super({
      ...options,
      namespace: "/chat",
      join: { conversation: id },
      apply: (snapshot, frame) => this.follows(snapshot, frame),
      needsWhole,
    });
    this.on("typing", (typing: Typing) => this.writes(typing));
  }

  /** The thread as far as it is known here, oldest first. */
  get lines(): readonly Entry[] {
    this.forgetStale();
    return [...this.older, ...(this.snapshot?.conversation.lines ?? [])];
  }

  /** Whether there is more before `lines`. */
  get more(): boolean {
    this.forgetStale();
    return this.olderMore ?? this.snapshot?.conversation.more ?? false;
  }

  /** Who of the other side is writing now; "" where nobody said a name. */
  get writer(): string | null {
    const typist = this.typists.get(this.side === "customer" ? "staff" : "customer");
    if (typist === undefined || typist.until <= performance.now()) return null;
    return typist.name ?? "";
  }

  /** Under the name it had, where it is said again. */
  say(words: Words, request_id?: string): Promise<ChatDone> {
    this.typed_at = -every_ms;
    return this.send("say", { ...words }, request_id);
  }

  rate(score: number, text = ""): Promise<ChatDone> {
    return this.send("rate", { score, ...(text !== "" && { text }) });
  }

  act(act: StaffAct): Promise<ChatDone> {
    return this.send("act", { do: act });
  }

  /** Says how far this side has read; nothing where that is known already. */
  read(upto: number): void {
    const known = this.snapshot?.conversation.read[this.side] ?? 0;
    if (this.phase !== "there" || upto <= Math.max(known, this.saidRead)) return;
    this.saidRead = upto;
    this.send("read", { upto }).catch(() => {
      this.saidRead = 0;
    });
  }

  typing(): void {
    const now = performance.now();
    if (now - this.typed_at < every_ms) return;
    this.typed_at = now;
    this.cast("typing", {});
  }

  /** Puts what `fetch` finds before the oldest entry known. */
  async ask(fetch: (offset: number) => Promise<Older>): Promise<void> {
    const first = this.lines[0]?.offset;
    if (first === undefined || !this.more) return;
    const epoch = this.snapshot?.epoch;
    const { lines, more } = await fetch(first);
    // Another history may have come meanwhile, or another answer.
    if (this.snapshot?.epoch !== epoch || this.lines[0]?.offset !== first) return;
    this.older = [...lines, ...this.older];
    this.olderMore = more;
    this.changed();
  }

  private follows(snapshot: ChatSnapshot, frame: Frame<ChatEvent>): ChatSnapshot {
    this.forgetStale();
    const after = apply(snapshot, frame);
    const first = after.conversation.lines[0]?.offset ?? 0;
    // What a long thread pushes out of its snapshot stays on the page.
    const out = snapshot.conversation.lines.filter(({ offset }) => offset < first);
    if (out.length > 0) {
      this.olderMore ??= snapshot.conversation.more;
      this.older = [...this.older, ...out];
    }
    this.followed = after;
    for (const event of frame.events) {
      if (event.type === "message.sent") this.typists.delete(event.data.from);
    }
    return after;
  }

  private forgetStale(): void {
    if (this.followed === this.snapshot) return;
    this.followed = this.snapshot;
    this.older = [];
    this.olderMore = null;
    this.saidRead = 0;
  }

  private writes({ side, name }: Typing): void {
    if (side === this.side) return;
    this.typists.set(side, { name, until: performance.now() + shown_ms });
    this.changed();
    setTimeout(() => this.changed(), shown_ms + 50);
  }
}
