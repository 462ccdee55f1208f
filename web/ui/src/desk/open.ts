import { Conversation, type Words } from "../chat/conversation";
import type { About, Conversed, Draft, Older, StaffAct } from "../chat/wire";
import { d } from "../i18n/desk";
import { problemWords } from "../i18n/problems";
import { ask, Problem, requestId } from "../wire/http";

/** Something that did not go out, and may be tried again under the name that it had. */
export interface Failed {
  readonly request_id: string;
  readonly note: boolean;
  readonly words: Words;
  readonly why: string;
}

/** Something on its way. */
export interface Going {
  readonly request_id: string;
  readonly note: boolean;
  readonly words: Words;
  readonly at_ms: number;
}

/** Who has the conversation that somebody wants to take. */
export interface Holder {
  staff: string;
  name: string;
  /** She was faster just now; otherwise she had it before. */
  faster: boolean;
}

interface Own {
  id: string;
  /** May act on what others have. */
  leads: boolean;
}

/**
 * The conversation that is open at the desk: what has been said, what is on its way, what did not
 * go out, and what one of the staff does with it. `changed` is called after every change; what could
 * not be done is told through `tell`.
 */
export class Open {
  readonly talk: Conversation;
  failed: readonly Failed[] = [];
  /** Asked for a yes before it is taken from a colleague. */
  holder: Holder | null = null;
  loading = false;
  /** How far the thread had come when something was given. */
  private readonly given = new Map<string, number>();
  /** Up to where the draft goes that was thrown away, or used. */
  private dropped: number | null = null;
  /** What she asks about, with its name; null until that is known. */
  about: About | null = null;

  constructor(
    readonly id: string,
    private readonly own: Own,
    private readonly changed: () => void,
    private readonly tell: (words: string) => void,
  ) {
    this.talk = new Conversation(id, "staff");
    this.talk.subscribe(changed);
    this.talk.open();
  }

  close(): void {
    this.talk.close();
  }

  knows(about: About | null): void {
    this.about = about;
    this.changed();
  }

  get conversed(): Conversed | null {
    return this.talk.snapshot?.conversation ?? null;
  }

  /** Whether it is hers to answer. */
  get mine(): boolean {
    return this.conversed?.control === "human" && this.conversed.staff?.id === this.own.id;
  }

  /** Whether she may hand it over and resolve it. */
  get mayEnd(): boolean {
    const { conversed } = this;
    if (conversed === null || conversed.control === "resolved" || conversed.control === "new") {
      return false;
    }
    return this.mine || this.own.leads;
  }

  /** What is on its way; what the thread shows already is no more, though its answer is to come. */
  get going(): readonly Going[] {
    const failed = new Set(this.failed.map(({ request_id }) => request_id));
    return this.talk.waiting.flatMap(({ request_id, event, body, at_ms }): Going[] => {
      if (failed.has(request_id)) return [];
      const act = event === "act" ? (body.do as StaffAct) : null;
      const words = act?.type === "note" ? { text: act.text } : body;
      if (event !== "say" && act?.type !== "note") return [];
      const going = { request_id, note: act !== null, words, at_ms };
      return this.isSeen(going) ? [] : [going];
    });
  }

  /** Whether the thread has it since it was given: the room may tell of it before it is answered. */
  private isSeen({ request_id, note, words }: Going): boolean {
    const given = this.given.get(request_id) ?? Number.POSITIVE_INFINITY;
    const { talk, own } = this;
    if (note) {
      const notes = talk.snapshot?.staff?.notes ?? [];
      return notes.some(
        ({ offset, staff, text }) => offset > given && staff === own.id && text === words.text,
      );
    }
    const { text = null } = words;
    const { product, products, order, picture, drafted } = words;
    const shown = product ?? products?.[0] ?? order ?? picture ?? drafted?.cards[0] ?? null;
    return talk.lines.some(
      (line) =>
        line.offset > given &&
        line.kind === "message" &&
        line.by === own.id &&
        line.text === text &&
        (line.cards[0]?.id ?? null) === shown,
    );
  }

  say(words: Words, request_id = requestId()): void {
    this.given.set(request_id, this.talk.snapshot?.offset ?? 0);
    this.talk.say(words, request_id).catch((problem: unknown) => {
      this.fail({ request_id, note: false, words, why: deskWords(problem) });
    });
  }

  note(text: string, request_id = requestId()): void {
    this.given.set(request_id, this.talk.snapshot?.offset ?? 0);
    this.talk.send("act", { do: { type: "note", text } }, request_id).catch((problem: unknown) => {
      this.fail({ request_id, note: true, words: { text }, why: deskWords(problem) });
    });
  }

  again(one: Failed): void {
    this.forget(one);
    if (one.note) this.note(one.words.text ?? "", one.request_id);
    else this.say(one.words, one.request_id);
  }

  forget(one: Failed): void {
    this.failed = this.failed.filter((other) => other !== one);
    this.changed();
  }

  private fail(one: Failed): void {
    this.failed = [...this.failed, one];
    this.changed();
  }

  /** Takes what nobody has; what a colleague has is asked about first. */
  async take(): Promise<boolean> {
    const { conversed } = this;
    if (conversed === null || this.mine) return false;
    const { staff } = conversed;
    if (staff === null) return this.takeFrom(null);
    this.holder = { staff: staff.id, name: staff.name ?? "", faster: false };
    this.changed();
    return false;
  }

  /**
   * Takes it if `from` has it (null: nobody), as she sees it on her screen. Where another has it
   * meanwhile she is told who, and asked again.
   */
  async takeFrom(from: string | null): Promise<boolean> {
    this.holder = null;
    this.changed();
    try {
      const { last } = await this.talk.act({ type: "take", from });
      await this.come(last);
      return true;
    } catch (problem) {
      const holder = holderOf(problem);
      if (holder === null) this.tell(deskWords(problem));
      else if (holder.staff !== this.own.id) this.holder = holder;
      this.changed();
      return false;
    }
  }

  /** Kept when the thread has come as far as `offset`: what was answered may be seen a moment later. */
  private come(offset: number | null): Promise<void> {
    const { talk } = this;
    return new Promise((keep) => {
      const look = (): boolean => (talk.snapshot?.offset ?? 0) >= (offset ?? 0);
      if (look()) {
        keep();
        return;
      }
      const unhear = talk.subscribe(() => {
        if (!look()) return;
        unhear();
        keep();
      });
    });
  }

  leaveIt(): void {
    this.holder = null;
    this.changed();
  }

  async resolve(): Promise<boolean> {
    if (this.mayEnd) return this.act({ type: "resolve" });
    if (this.conversed?.control !== "resolved") this.tell(d.notYours);
    return false;
  }

  transfer(to: string | null): Promise<boolean> {
    return this.act({ type: "transfer", to });
  }

  /** Puts something into the customer's cart; the thread says what became of it. */
  put(variant: string, quantity: number): Promise<boolean> {
    return this.act({ type: "cart", variant, quantity });
  }

  /** What the bot would have said to her newest words, while that is hers to use. */
  get draft(): Draft | null {
    const draft = this.talk.snapshot?.staff?.draft ?? null;
    return this.mine && draft?.text && draft.upto !== this.dropped ? draft : null;
  }

  /** Of the draft that is shown now, no more. */
  dropDraft(): void {
    this.dropped = this.draft?.upto ?? this.dropped;
    this.changed();
  }

  tag(tags: string[]): Promise<boolean> {
    return this.act({ type: "tag", tags });
  }

  private async act(act: StaffAct): Promise<boolean> {
    try {
      await this.talk.act(act);
      return true;
    } catch (problem) {
      this.tell(deskWords(problem));
      return false;
    }
  }

  /** Asks for what was said before. */
  async loadOlder(): Promise<void> {
    if (this.loading || !this.talk.more) return;
    this.loading = true;
    this.changed();
    const id = encodeURIComponent(this.id);
    try {
      await this.talk.ask((offset) =>
        ask<Older>("GET", `/api/staff/conversations/${id}/before?offset=${offset}`),
      );
    } catch (problem) {
      this.tell(deskWords(problem));
    } finally {
      this.loading = false;
      this.changed();
    }
  }
}

/** Who has it, where a conversation could not be taken because somebody was faster. */
export function holderOf(problem: unknown): Holder | null {
  if (!(problem instanceof Problem) || problem.code !== "taken") return null;
  const { staff, name } = problem.data;
  if (typeof staff !== "string") return null;
  return { staff, name: typeof name === "string" ? name : "", faster: true };
}

/** What went wrong, as it is told at the desk. */
export function deskWords(problem: unknown): string {
  if (problem instanceof Problem) {
    if (problem.code === "not_yours") return d.notYours;
    if (problem.code === "unknown_product") return d.gone;
  }
  return problemWords(problem);
}
