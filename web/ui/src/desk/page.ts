import { html, nothing, type PropertyValues, type TemplateResult, unsafeCSS } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import "../design/language";
import "./customer";
import "./queue";
import "./thread";
import { DeskCalls } from "../calls/desk-calls";
import type { About, Queue, Row } from "../chat/wire";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { parts } from "../design/parts";
import { Media } from "../design/ticking";
import { k } from "../i18n/calls";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { s } from "../i18n/staff";
import { loadSession, session } from "../session/session";
import { may } from "../studio/acts";
import { ask } from "../wire/http";
import type { DeskCustomer } from "./customer";
import look from "./desk.css?inline";
import { Inbox } from "./inbox";
import type { Put } from "./goods-row";
import { actOf, keepSingles, type KeyAct, singlesOn } from "./keys";
import { Open } from "./open";
import { addressOf, type Place, placeOf } from "./place";
import type { DeskQueue } from "./queue";
import { rail } from "./rail";
import type { DeskThread } from "./thread";

type SheetName =
  | "transfer"
  | "product"
  | "keys"
  | "replies"
  | "hours"
  | "profile"
  | "figures"
  | "availability"
  | "check";

const loads: Record<SheetName, () => Promise<unknown>> = {
  transfer: () => import("./transfer"),
  product: () => import("./product"),
  keys: () => import("./keys-sheet"),
  replies: () => import("./replies"),
  hours: () => import("./hours"),
  profile: () => import("./profile"),
  figures: () => import("./figures"),
  availability: () => import("../calls/availability"),
  check: () => import("../calls/check-sheet"),
};

const given_shown_ms = 20_000;

/**
 * The reps' desk: who waits, what is said, and who says it, beside each other on a desktop and one
 * after another on a phone. What is open stands in the address; everything can be done by keys.
 */
@customElement("plusone-desk")
export class Desk extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @state() private place: Place = placeOf(location);
  @state() private sheet: SheetName | null = null;
  @state() private told = "";
  @state() private announced = "";
  /** What she was given just now. */
  @state() private given: Row | null = null;
  @state() private problem: unknown = null;
  @state() private allowed: boolean | null = null;
  @state() private singles = singlesOn();
  /** Counts the changes of what is open, for the elements that are handed the same object again. */
  @state() private version = 0;
  @query("plusone-desk-queue") private readonly list!: DeskQueue | null;
  @query("plusone-desk-thread") private readonly thread!: DeskThread | null;
  @query("plusone-desk-customer") private readonly person!: DeskCustomer | null;

  private readonly inbox = new Inbox(
    (row) => this.announce(row),
    (row) => this.give(row),
  );
  private readonly calls = new DeskCalls(this, {
    toCall: (calls) => this.go({ conversation: null, customer: false, calls }),
    toTalk: (conversation) => this.go({ conversation, customer: false, calls: null }),
    back: () => this.back({ calls: "" }),
    say: (words) => this.say(words),
    announce: (words) => (this.announced = words),
    open: (sheet) => this.show(sheet),
  });
  private open: Open | null = null;
  private readonly narrow = new Media(this, "(max-width: 799px)");
  private readonly mid = new Media(this, "(max-width: 1199px)");
  private quietTimer: ReturnType<typeof setTimeout> | undefined;
  private givenTimer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.inbox.subscribe(() => this.heard());
    window.addEventListener("popstate", this.arrive);
    window.addEventListener("keydown", this.press);
    void this.meet();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("popstate", this.arrive);
    window.removeEventListener("keydown", this.press);
    this.inbox.close();
    this.open?.close();
    this.open = null;
  }

  private get own(): string {
    return session?.person.id ?? "";
  }

  private readonly meet = async (): Promise<void> => {
    this.problem = null;
    try {
      const { person } = await loadSession();
      if (person.kind !== "staff") {
        this.toSignIn();
        return;
      }
      this.allowed = may(session, "rep", "operator");
      if (!this.allowed) return;
      this.inbox.queue = this.place.queue;
      this.inbox.begin(this.own);
      this.calls.begin(this.own, person.name ?? "");
      this.calls.settle(this.place.calls);
      this.unfold();
    } catch (problem) {
      this.problem = problem;
    }
  };

  private heard(): void {
    const { phase, problem } = this.inbox;
    // Her session has ended, or the desk is no longer hers.
    if (phase === "refused" && this.allowed === true) {
      this.allowed = false;
      if (problem?.code === "not_signed_in") this.toSignIn();
    }
    this.requestUpdate();
  }

  private toSignIn(): void {
    const next = location.pathname + location.search;
    location.assign(`/staff/sign-in?next=${encodeURIComponent(next)}`);
  }

  private say(words: string): void {
    this.told = words;
    clearTimeout(this.quietTimer);
    this.quietTimer = setTimeout(() => (this.told = ""), 7_000);
  }

  private announce({ name }: Row): void {
    this.announced = d.newOne(name ?? d.noName);
  }

  /**
   * She was given a conversation; of the one that she looks at the thread says so itself, and of
   * the customer with whom she talks face to face she needs no telling.
   */
  private give(row: Row): void {
    if (row.id === this.open?.id || row.customer === this.calls.customer) return;
    this.given = row;
    clearTimeout(this.givenTimer);
    this.givenTimer = setTimeout(() => (this.given = null), given_shown_ms);
  }

  /** Says whether she is there for new conversations, or is away. */
  private readonly turnAway = async (): Promise<void> => {
    const away = !this.inbox.isAway;
    try {
      await ask("PUT", "/api/staff/rep", { away });
      this.inbox.setAway(away);
      this.announced = away ? d.awayWords : d.backWords;
    } catch (problem) {
      this.say(problemWords(problem));
    }
  };

  // Where one is

  /** Goes to another place of the desk; the browser's own back leads here again. */
  private go(change: Partial<Place>, how: "push" | "replace" = "push"): void {
    const place = { ...this.place, ...change };
    const depth = depthNow() + (how === "push" ? 1 : 0);
    if (how === "push") history.pushState({ depth }, "", addressOf(place));
    else history.replaceState({ depth }, "", addressOf(place));
    this.settle(place);
  }

  /** Back to where she came from; where she came from elsewhere, to `otherwise`. */
  private back(otherwise: Partial<Place>): void {
    if (depthNow() > 0) history.back();
    else this.go(otherwise);
  }

  /** From conversations to calls, or back; the call that she has is the first of the calls. */
  private turn(to: "conversations" | "calls"): void {
    const calls = to === "calls" ? (this.calls.board.board?.mine?.id ?? "") : null;
    if (calls !== this.place.calls) this.go({ conversation: null, customer: false, calls });
  }

  private readonly arrive = (): void => this.settle(placeOf(location));

  private settle(place: Place): void {
    this.place = place;
    // While something is searched for, the queue of the address is the one to come back to.
    if (this.inbox.words === "") this.inbox.show(place.queue);
    this.sheet = null;
    if (this.allowed === true) this.calls.settle(place.calls);
    this.unfold();
  }

  /** Opens what the place names, and shuts what was open. */
  private unfold(): void {
    const { conversation } = this.place;
    if (this.allowed !== true || conversation === (this.open?.id ?? null)) return;
    this.open?.close();
    this.open =
      conversation === null
        ? null
        : new Open(
            conversation,
            { id: this.own, leads: may(session, "operator") },
            () => this.moved(),
            (words) => this.say(words),
          );
    this.version += 1;
  }

  private moved(): void {
    if (this.open?.mine === true) this.inbox.holds(this.open.id);
    this.version += 1;
  }

  private get at(): "list" | "thread" | "customer" | "calls" | "call" {
    if (this.place.calls !== null) return this.place.calls === "" ? "calls" : "call";
    if (this.place.conversation === null) return "list";
    return this.place.customer ? "customer" : "thread";
  }

  /** Where one column has taken the place of another, the focus goes with it. */
  override updated(changed: PropertyValues): void {
    const before = changed.get("place") as Place | undefined;
    if (before === undefined || this.allowed !== true) return;
    if (before.calls !== this.place.calls && this.place.calls !== null) {
      this.calls.focus();
      return;
    }
    const moved = this.narrow.matches
      ? before.conversation !== this.place.conversation || before.customer !== this.place.customer
      : this.mid.matches && before.customer !== this.place.customer;
    if (!moved) return;
    const { list, thread, person } = this;
    if (this.at === "list") void list?.updateComplete.then(() => list.focusOn(before.conversation));
    else if (this.at === "thread") void thread?.updateComplete.then(() => thread.focus());
    else void person?.updateComplete.then(() => person.focus());
  }

  // Keys

  private readonly press = (event: KeyboardEvent): void => {
    if (this.allowed !== true || this.sheet !== null) return;
    const path = event.composedPath();
    const inList = path.includes(this.list as EventTarget) || path[0] === document.body;
    const act = actOf(event, { singles: this.singles, inList });
    if (act === null || !this.does(act)) return;
    event.preventDefault();
  };

  /** Does what a key asks for; false where it makes no sense here. */
  private does(act: KeyAct): boolean {
    const { calls } = this.place;
    switch (act) {
      case "calls":
        this.turn(calls === null ? "calls" : "conversations");
        return true;
      case "keys":
        this.show("keys");
        return true;
      case "away":
        void this.turnAway();
        return true;
    }
    if (calls !== null) return false;
    switch (act) {
      case "next":
        this.list?.move(1);
        return true;
      case "previous":
        this.list?.move(-1);
        return true;
      case "search":
        this.list?.seek();
        return true;
    }
    const { open } = this;
    if (open?.conversed == null) return false;
    switch (act) {
      case "reply":
      case "note":
        this.thread?.write(act);
        break;
      case "take":
        void this.thread?.take();
        break;
      case "resolve":
        void open.resolve();
        break;
      case "goods":
        if (open.mine) this.show("product");
        else this.say(d.takeToPut);
        break;
      case "use":
        return this.thread?.useDraft() ?? false;
      case "drop":
        return this.thread?.dropDraft() ?? false;
      case "orders":
        this.toOrders();
        break;
    }
    return true;
  }

  /** To the orders that may be sent; where the customer has no room beside the thread, to her. */
  private toOrders(): void {
    if (this.mid.matches && !this.place.customer) this.go({ customer: true });
    void this.updateComplete.then(() => this.person?.toOrders());
  }

  private show(sheet: SheetName): void {
    this.sheet = sheet;
    this.told = "";
    void part(loads[sheet]).then((there) => {
      if (there || this.sheet !== sheet) return;
      this.sheet = null;
      this.say(m.notReached);
    });
  }

  // What is seen

  override render(): TemplateResult {
    if (this.allowed === false) return this.notYours();
    if (this.problem !== null) {
      return html`<main class="middle whole" role="alert">
        <h1>${problemWords(this.problem)}</h1>
        <button class="btn btn-ink" @click=${() => void this.meet()}>${m.retry}</button>
      </main>`;
    }
    if (this.allowed === null) {
      return html`<main class="middle whole" role="status">
        ${icon("spin", 24, "turn")}
        <p>${m.loading}</p>
      </main>`;
    }
    this.entitle();
    const { counts, phase } = this.inbox;
    return html`<div class="desk at-${this.at}">
        ${rail({
          waiting: counts.waiting,
          calling: this.calls.wanting,
          at: this.place.calls === null ? "conversations" : "calls",
          there: phase === "there",
          away: this.inbox.isAway,
          turn: () => void this.turnAway(),
          open: (sheet) => this.show(sheet),
          go: (to) => this.turn(to),
        })}
        <main class="calls" ?hidden=${this.place.calls === null}>
          <h1 class="said">${d.desk}</h1>
          ${this.calls.draw()}
        </main>
        <main class="columns" ?hidden=${this.place.calls !== null}>
          <h1 class="said">${d.desk}</h1>
          <section class="list" aria-label=${d.conversations}>
            <plusone-desk-queue
              .inbox=${this.inbox}
              .current=${this.place.conversation}
              ?singles=${this.singles}
              @choose=${this.choose}
              @open=${this.unfoldRow}
            ></plusone-desk-queue>
          </section>
          ${this.open === null ? this.nothingOpen() : this.opened(this.open)}
        </main>
      </div>
      ${this.sheets()} ${this.calls.over(this.sheet !== null)}
      <p class="said" role="status">${this.announced}</p>
      <div role="status">${this.givenNow()}</div>
      <p class="told" role="alert">${this.told}</p>`;
  }

  /** What she was given just now, with the way there. */
  private givenNow(): unknown {
    const { given } = this;
    if (given === null || given.id === this.open?.id) return nothing;
    // In a call with her she has the conversation beside the picture.
    if (this.calls.talksTo(given.customer)) return nothing;
    const gone = (): void => {
      this.given = null;
    };
    return html`<div class="told given">
      <span class="grow one-line">${d.givenNow(given.name ?? d.noName)}</span
      ><button
        @click=${() => {
          gone();
          this.go({ conversation: given.id, customer: false, calls: null });
        }}
      >
        ${d.keyActs.open}</button
      ><button aria-label=${m.close} @click=${gone}>${icon("close", 18)}</button>
    </div>`;
  }

  private entitle(): void {
    const { waiting } = this.inbox.counts;
    const mine = this.calls.board.board?.mine ?? null;
    const call = (mine?.id === this.place.calls ? mine.name : null) ?? k.calls;
    const place = this.place.calls === null ? d.conversations : call;
    const name = this.open?.conversed?.name ?? place;
    const rings = this.calls.title;
    if (rings !== null) {
      document.title = rings;
      return;
    }
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${name}｜${d.desk}`;
  }

  private readonly choose = ({ detail }: CustomEvent<Queue>): void => {
    if (this.inbox.words === "") this.go({ queue: detail }, "replace");
    else this.inbox.show(detail);
  };

  private readonly unfoldRow = ({ detail }: CustomEvent<string>): void => {
    if (detail !== this.place.conversation) this.go({ conversation: detail, customer: false });
  };

  private nothingOpen(): TemplateResult {
    return html`<section class="talk middle" aria-label=${d.chooseOne}>
        ${icon("chat", 24)}
        <p>${d.chooseOne}</p>
      </section>
      <section class="person" aria-label=${d.openCustomer}></section>`;
  }

  private opened(open: Open): TemplateResult {
    return html`<section class="talk" aria-label=${open.conversed?.name ?? d.noName}>
        <plusone-desk-thread
          .open=${open}
          .version=${this.version}
          own=${this.own}
          video
          .about=${this.aboutOf(open)}
          @list=${() => this.back({ conversation: null, customer: false })}
          @customer=${() => this.go({ customer: true })}
          @transfer=${() => this.show("transfer")}
          @product=${() => this.show("product")}
          @video=${() => void this.calls.invite(open.id)}
        ></plusone-desk-thread>
      </section>
      <section class="person" aria-label=${d.openCustomer}>
        ${
          open.talk.phase === "refused"
            ? nothing
            : html`<plusone-desk-customer
                .open=${open}
                .version=${this.version}
                @thread=${() => this.back({ customer: false })}
              ></plusone-desk-customer>`
        }
      </section>`;
  }

  /** What it is about now: the list hears of another round before the customer is asked for. */
  private aboutOf({ id, about }: Open): About | null {
    return this.inbox.rows?.find((row) => row.id === id)?.about ?? about;
  }

  private sheets(): unknown {
    const close = (): void => {
      this.sheet = null;
    };
    const { open } = this;
    switch (this.sheet) {
      case "transfer":
        return open === null
          ? nothing
          : html`<plusone-transfer-sheet
              .open=${open}
              own=${this.own}
              .here=${this.inbox.here}
              .gone=${this.inbox.here === null ? null : this.inbox.away}
              @close=${close}
            ></plusone-transfer-sheet>`;
      case "product":
        return html`<plusone-product-sheet
          name=${open?.conversed?.name ?? d.noName}
          @put=${({ detail: { variant, quantity } }: CustomEvent<Put>) => {
            close();
            void open?.put(variant, quantity);
          }}
          @chosen=${({ detail }: CustomEvent<string>) => {
            close();
            open?.say({ product: detail });
          }}
          @close=${close}
        ></plusone-product-sheet>`;
      case "keys":
        return html`<plusone-keys-sheet
          ?singles=${this.singles}
          @singles=${({ detail }: CustomEvent<boolean>) => {
            this.singles = detail;
            keepSingles(detail);
          }}
          @close=${close}
        ></plusone-keys-sheet>`;
      case "profile":
        return html`<plusone-profile-sheet
          own=${this.own}
          .here=${this.inbox.here}
          @saved=${({ detail }: CustomEvent<boolean>) => this.inbox.setAway(detail)}
          @figures=${() => this.show("figures")}
          @close=${close}
        ></plusone-profile-sheet>`;
      case "figures":
        return html`<plusone-figures-sheet
          own=${this.own}
          @close=${close}
        ></plusone-figures-sheet>`;
      case "replies":
        return html`<plusone-replies @close=${close}></plusone-replies>`;
      case "hours":
        return html`<plusone-hours @close=${close}></plusone-hours>`;
      case "availability":
        return html`<plusone-availability @close=${close}></plusone-availability>`;
      case "check":
        return html`<plusone-check-sheet
          @tried=${() => this.calls.tried()}
          @close=${close}
        ></plusone-check-sheet>`;
      case null:
        return nothing;
    }
  }

  private notYours(): TemplateResult {
    return html`<main class="middle whole">
      <h1>${d.notForYou}</h1>
      ${
        may(session, "host", "moderator")
          ? html`<a class="btn btn-ink" href="/studio">${d.toStudio}</a>`
          : nothing
      }
      <button class="btn btn-line" @click=${this.toSignIn}>${s.signInAgain}</button>
    </main>`;
  }
}

/** How many steps within the desk the browser's back would undo. */
function depthNow(): number {
  const kept = history.state as { depth?: unknown } | null;
  return typeof kept?.depth === "number" ? kept.depth : 0;
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-desk": Desk;
  }
}
