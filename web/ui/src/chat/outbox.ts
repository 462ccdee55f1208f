import type { Locale } from "../i18n/locales";
import { Problem, requestId } from "../wire/http";
import type { Conversation, Words } from "./conversation";
import { keep, recall, subject, type Unsent } from "./kept";
import type { Sent } from "./picture-wire";
import type { About } from "./wire";

/** A message on its way; with `problem` it stays until she decides. */
export interface Outgoing extends Unsent {
  at_ms: number;
  problem: unknown;
  /** Where in the log it is, once the service has said so. */
  last: number | null;
  given: boolean;
}

/**
 * Her messages from the moment she sent them until they stand in the thread. They are kept over a
 * lost line and a page that is loaded anew, and given again under the same name: each happens once.
 */
export class Outbox {
  items: readonly Outgoing[] = [];
  private talk: Conversation | null = null;
  private drafted: string;
  private owner: string | null;
  private readonly titles: Record<string, string>;

  constructor(
    private readonly locale: Locale,
    private readonly changed: () => void,
    /** The service no longer knows who she is. */
    private readonly unknown: () => void,
  ) {
    const { draft, unsent, person, titles } = recall();
    this.titles = titles;
    this.drafted = draft;
    this.owner = person;
    this.items = unsent.map((one) => ({ ...fresh(one), given: false }));
  }

  get draft(): string {
    return this.drafted;
  }

  set draft(text: string) {
    this.drafted = text;
    this.store();
  }

  put(text: string, about: About | null, picture: Sent | null = null): void {
    if (about?.title != null) this.titles[subject(about)] = about.title;
    const shown = picture === null ? {} : { picture };
    this.items = [...this.items, fresh({ request_id: requestId(), text, about, ...shown })];
    this.move();
  }

  /** What she asked about, by its name: the thread holds its ids alone. */
  called(about: About): string | null {
    return about.title ?? this.titles[subject(about)] ?? null;
  }

  /** From now on messages go to `talk`, as `person`. */
  use(talk: Conversation, person: string): void {
    this.talk = talk;
    // What somebody else left behind here is not said in her name; she may still send it herself.
    const foreign = this.owner !== null && this.owner !== person;
    this.owner = person;
    this.items = this.items.map((one) => ({
      ...one,
      given: false,
      problem: foreign && !one.given ? new Error("left behind") : one.problem,
    }));
    this.move();
  }

  /** There is no line for now; what is not answered is given again on the next one. */
  rest(): void {
    this.talk = null;
    this.items = this.items.map((one) => ({ ...one, given: false }));
  }

  /** The thread has come so far: what stands in it is no longer on its way. */
  seen(offset: number): void {
    const left = this.items.filter(({ last }) => last === null || last > offset);
    if (left.length === this.items.length) return;
    this.items = left;
    this.move();
  }

  again(request_id: string): void {
    this.change(request_id, { problem: null, given: false });
    this.move();
  }

  /** Takes it back; returns what was typed. */
  take(request_id: string): string {
    const found = this.items.find((one) => one.request_id === request_id);
    this.items = this.items.filter((one) => one !== found);
    this.move();
    return found?.text ?? "";
  }

  private move(): void {
    this.store();
    const { talk } = this;
    if (talk !== null) {
      for (const one of this.items) {
        if (!one.given && one.problem === null && one.last === null) this.give(talk, one);
      }
    }
    this.changed();
  }

  private give(talk: Conversation, { request_id, text, about, picture }: Outgoing): void {
    this.change(request_id, { given: true });
    const words: Words = {
      ...(text !== "" && { text }),
      ...(picture !== undefined && { picture: picture.id }),
      ...(about !== null && asked(about)),
      locale: this.locale,
    };
    talk.say(words, request_id).then(
      ({ last }) => {
        if (last === null) this.items = this.items.filter((one) => one.request_id !== request_id);
        else this.change(request_id, { last });
        this.seen(talk.snapshot?.offset ?? 0);
        this.store();
        this.changed();
      },
      (problem: unknown) => {
        // The page went over to another line, which gives it again.
        if (talk !== this.talk) return;
        if (problem instanceof Problem && problem.code === "not_signed_in") {
          this.change(request_id, { given: false });
          this.talk = null;
          this.unknown();
          return;
        }
        this.change(request_id, { problem });
        this.changed();
      },
    );
  }

  private change(request_id: string, what: Partial<Outgoing>): void {
    this.items = this.items.map((one) =>
      one.request_id === request_id ? { ...one, ...what } : one,
    );
  }

  private store(): void {
    const unsent = this.items
      .filter(({ last }) => last === null)
      .map(({ request_id, text, about, picture }) => ({
        request_id,
        text,
        about,
        ...(picture !== undefined && { picture }),
      }));
    keep({ draft: this.drafted, unsent, person: this.owner, titles: this.titles });
  }
}

function asked({ show, item, product }: About): Pick<Words, "about"> {
  return { about: { show, item, product } };
}

function fresh(one: Unsent): Outgoing {
  return { ...one, at_ms: Date.now(), problem: null, last: null, given: false };
}
