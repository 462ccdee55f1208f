import type { Locale } from "../i18n/locales";
import { Line, type Options } from "../room/line";
import type { Done, Frame } from "../wire/types";
import { apply, needsWhole, settled } from "./fold";
import type {
  About,
  ChatEvent,
  ChatSnapshot,
  Entry,
  Older,
  Side,
  Speaker,
  StaffAct,
  Streaming,
  Typing,
} from "./wire";

export type ChatCommand = "say" | "press" | "undo" | "read" | "rate" | "act";

export type ChatDone = Done<ChatEvent>;

export interface Words {
  text?: string;
  product?: string;
  /** At most five, of staff; they go with anything else. */
  products?: readonly string[];
  order?: string;
  picture?: string;
  /** Of staff: what the bot's draft to what was said up to there shows, but for goods. */
  drafted?: { upto: number; cards: readonly string[] };
  /** The service itself says what that is called. */
  about?: Omit<About, "title">;
  locale?: Locale;
}

interface Pressed {
  offset: number;
  key: string;
}

interface Typist {
  name: string | null;
  until: number;
}

const shown_ms = 5_000;
/** So long a page shows that the bot is at an answer; one that takes longer may never come. */
const bot_ms = 30_000;
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
  private stream: Streaming | null = null;
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
    this.on("streaming", (stream: Streaming) => {
      this.stream = stream;
      this.changed();
    });
    this.subscribe(() => {
      // What was said meanwhile is not known: the words so far may never be finished.
      if (this.phase !== "there") this.stream = null;
    });
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

  /**
   * The bot's words so far, "" while it has said none; null where it is not at an answer. They go by
   * what stands in the thread: an answer that has come, a person who took over, or another question
   * ends them, whatever came late over the line.
   */
  get botWords(): string | null {
    if (this.phase !== "there" || this.snapshot === null) return null;
    const { control, waiting_since, lines } = this.snapshot.conversation;
    const newest = lines.findLast((line) => line.kind === "message");
    if (control !== "bot" || newest?.kind !== "message" || newest.from !== "customer") return null;
    if (this.stream?.upto === newest.offset && this.stream.text) return this.stream.text;
    const typist = this.typists.get("bot");
    if (typist !== undefined && typist.until > performance.now()) return "";
    return waiting_since !== null && this.now() - waiting_since < bot_ms ? "" : null;
  }

  /** Under the name it had, where it is said again. */
  say(words: Words, request_id?: string): Promise<ChatDone> {
    this.typed_at = -every_ms;
    return this.send("say", { ...words }, request_id);
  }

  /** What is pressed and not in the thread yet. */
  get pressing(): readonly Pressed[] {
    return this.waiting.flatMap(({ event, body }) =>
      event === "press" ? [body as unknown as Pressed] : [],
    );
  }

  /** Which changes she wants undone, as long as the thread does not say so. */
  get undoing(): readonly number[] {
    return this.waiting.flatMap(({ event, body }) =>
      event === "undo" ? [(body as { offset: number }).offset] : [],
    );
  }

  press(offset: number, key: string): Promise<ChatDone> {
    return this.send("press", { offset, key });
  }

  undo(offset: number): Promise<ChatDone> {
    return this.send("undo", { offset });
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
      this.older = settled(this.older, event);
      if (event.type !== "message.sent") continue;
      this.typists.delete(event.data.from);
      if (event.data.from === "customer") setTimeout(() => this.changed(), bot_ms + 50);
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
