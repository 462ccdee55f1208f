import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/language";
import "../design/sheet";
import "./claims";
import "./curve";
import "./now";
import "./rundown";
import "./talk";
import "./thumb";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { once, part } from "../design/part";
import { parts } from "../design/parts";
import { Media, Ticking } from "../design/ticking";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { s } from "../i18n/staff";
import { Broadcast } from "../picture/broadcast";
import { Room } from "../room/connection";
import { loadSession, session } from "../session/session";
import { itemOf } from "../show/reading";
import { Problem } from "../wire/http";
import type { Item, Show, Snapshot, Staff, StaffClaim } from "../wire/types";
import { type Acts, actsIn, may } from "./acts";
import { audience, gift, pinbox } from "./audience";
import { head } from "./head";
import look from "./studio.css?inline";

type SheetName =
  | "picture"
  | "add"
  | "item"
  | "by-hand"
  | "waiters"
  | "moderation"
  | "end"
  | "go-live"
  | "gift"
  | "show"
  | "claims"
  | "comments";

const loads: Partial<Record<SheetName, () => Promise<unknown>>> = {
  picture: () => Promise.all([import("../picture/camera"), import("../picture/keeping")]),
  add: () => import("./sheets/add"),
  item: () => import("./sheets/item"),
  "by-hand": () => import("./sheets/by-hand"),
  waiters: () => import("./sheets/waiters"),
  moderation: () => import("./sheets/moderation"),
  gift: () => import("./sheets/gift"),
  show: () => import("./sheets/show"),
};

/** The studio: one show, run and moderated. Dense on a desktop, one thumb on a phone. */
@customElement("plusone-studio")
export class Studio extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @state() private sheet: SheetName | null = null;
  @state() private item: string | null = null;
  @state() private about: StaffClaim | null = null;
  @state() private told = "";
  @state() private problem: unknown = null;

  private readonly showId = decodeURIComponent(location.pathname.split("/")[2] ?? "");
  private readonly room = new Room(this.showId);
  private readonly broadcast = new Broadcast(this.showId);
  private readonly serverNow = (): number => this.room.now();
  private readonly acts: Acts = actsIn(this.room, (words) => this.say(words));
  private readonly wide = new Media(this, "(min-width: 960px)");
  private quietTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly missing = (): void => this.say(m.notReached);
  private readonly needPlayer = once(() => import("../picture/player"), this.missing);
  private readonly needCamera = once(() => import("../picture/camera"), this.missing);
  private readonly needKeeping = once(() => import("../picture/keeping"), this.missing);

  constructor() {
    super();
    new Ticking(this, () => this.room.snapshot?.show.status === "live");
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.room.subscribe(() => this.moved());
    this.room.open();
    void this.meet();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.room.close();
    this.broadcast.end();
  }

  private moved(): void {
    const show = this.room.snapshot?.show;
    if (show?.status === "ended" && this.broadcast.stream !== null) this.broadcast.end();
    if (show !== undefined && show.picture !== "off") this.needPlayer();
    if (show !== undefined && this.runs && this.wide.matches) {
      if (this.sends(show)) this.needCamera();
      else this.needKeeping();
    }
    this.requestUpdate();
  }

  private async meet(): Promise<void> {
    try {
      const { person } = await loadSession();
      if (person.kind !== "staff") this.toSignIn();
      this.requestUpdate();
    } catch (problem) {
      this.problem = problem;
    }
  }

  private toSignIn(): void {
    location.assign(`/staff/sign-in?next=${encodeURIComponent(location.pathname)}`);
  }

  private say(words: string): void {
    this.told = words;
    clearTimeout(this.quietTimer);
    this.quietTimer = setTimeout(() => (this.told = ""), 7_000);
  }

  private get runs(): boolean {
    return may(session, "host", "operator");
  }

  private open(sheet: SheetName): void {
    this.sheet = sheet;
    this.told = "";
    const load = loads[sheet];
    if (load === undefined) return;
    void part(load).then((there) => {
      if (there || this.sheet !== sheet) return;
      this.sheet = null;
      this.missing();
    });
  }

  private readonly edit = ({ detail }: CustomEvent<Item>): void => {
    this.item = detail.id;
    this.open("item");
  };

  private readonly waiters = ({ detail }: CustomEvent<Item>): void => {
    this.item = detail.id;
    this.open("waiters");
  };

  private readonly byHand = (event: Event): void => {
    this.about = event instanceof CustomEvent ? (event.detail as StaffClaim | null) : null;
    this.open("by-hand");
  };

  override render(): TemplateResult {
    const { snapshot, phase, problem } = this.room;
    if (phase === "refused" || (this.problem !== null && snapshot === null)) {
      return this.nothingHere(problem ?? this.problem);
    }
    if (snapshot === null) {
      return html`<main class="middle" role="status">
        ${icon("spin", 24, "turn")}
        <p>${phase === "lost" ? m.reconnecting : m.loading}</p>
      </main>`;
    }
    const { staff } = snapshot;
    if (staff === undefined) {
      return html`<main class="middle">
        <p>${s.notForYou}</p>
        <button class="btn btn-ink" @click=${this.toSignIn}>${s.signInAgain}</button>
      </main>`;
    }
    document.title = `${snapshot.show.title}｜${s.studio}`;
    return html`${
        this.wide.matches
          ? this.desktop(snapshot, staff)
          : html`<plusone-thumb
              .show=${snapshot.show}
              .staff=${staff}
              .acts=${this.acts}
              .broadcast=${this.broadcast}
              .now=${this.serverNow}
              ?runs=${this.runs}
              ?lost=${phase === "lost"}
              .viewers=${this.room.viewers ?? snapshot.show.viewers}
              @edit=${this.edit}
              @open=${(event: CustomEvent<SheetName>) => this.open(event.detail)}
            ></plusone-thumb>`
      }
      ${this.sheets(snapshot, staff)}
      <p class="told" role="alert">${this.sheet === null ? this.told : ""}</p>`;
  }

  private nothingHere(problem: unknown): TemplateResult {
    // What cannot even be the name of a show is no show either.
    const missing =
      problem instanceof Problem && ["not_found", "bad_request"].includes(problem.code);
    return html`<main class="middle">
      <h1 class="t-22">${missing ? m.noSuchShow : problemWords(problem)}</h1>
      <a class="btn btn-ink" href="/studio">${s.shows}</a>
    </main>`;
  }

  private desktop({ show }: Snapshot, staff: Staff): TemplateResult {
    const lost = this.room.phase === "lost";
    return html`<div class="d-page">
      ${head(show, staff, {
        runs: this.runs,
        lost,
        viewers: this.room.viewers ?? staff.totals.viewers,
        now: this.room.now(),
        open: (sheet) => this.open(sheet),
      })}
      ${
        lost
          ? html`<div class="lost-line" role="status">
              ${icon("spin", 20, "turn")}<span class="grow">${m.reconnecting}</span
              ><button @click=${this.room.retry}>${m.retryNow}</button>
            </div>`
          : nothing
      }
      <main class="s-main">
        <section class="s-left" aria-label=${s.audienceSees}>
          ${audience(show)}
          ${
            this.runs
              ? html`<section class="panel" aria-label=${s.picture}>${this.camera(show)}</section>`
              : nothing
          }
          ${gift(show, staff, () => this.open("gift"))}
          ${pinbox(
            show,
            () => this.open("moderation"),
            () => void this.acts.moderate({ type: "comment.pin", comment: null }),
          )}
          <section class="panel" aria-label=${s.viewersOverTime}>
            <plusone-curve
              .samples=${staff.viewers}
              .items=${show.items}
              .peak=${staff.totals.viewers_peak}
            ></plusone-curve>
          </section>
        </section>
        <div class="s-mid">
          <section class="panel now" aria-label=${s.onSale}>
            <plusone-studio-now
              .show=${show}
              .acts=${this.acts}
              .now=${this.serverNow}
              ?runs=${this.runs && show.status === "live"}
              @edit=${this.edit}
              @by-hand=${this.byHand}
            ></plusone-studio-now>
          </section>
          <section class="panel rundown" aria-label=${s.runDown}>
            <plusone-rundown
              .show=${show}
              .acts=${this.acts}
              ?runs=${this.runs}
              @add=${() => this.open("add")}
              @edit=${this.edit}
              @waiters=${this.waiters}
            ></plusone-rundown>
          </section>
        </div>
        <section class="panel s-claims" aria-label=${s.claims}>${this.claims(show, staff)}</section>
        <section class="panel s-talk" aria-label=${s.comments}>${this.talk(show, staff)}</section>
      </main>
    </div>`;
  }

  private sends(show: Show): boolean {
    return this.runs && show.status !== "ended";
  }

  private camera(show: Show): TemplateResult {
    return this.sends(show)
      ? html`<plusone-camera .on=${this.broadcast} picture=${show.picture}></plusone-camera>`
      : html`<plusone-keeping .show=${show} .acts=${this.acts}></plusone-keeping>`;
  }

  private claims(show: Show, staff: Staff): TemplateResult {
    return html`<plusone-claims
      ?bare=${this.sheet === "claims"}
      .show=${show}
      .staff=${staff}
      @by-hand=${this.byHand}
    ></plusone-claims>`;
  }

  private talk(show: Show, staff: Staff): TemplateResult {
    return html`<plusone-studio-talk
      ?bare=${this.sheet === "comments"}
      .show=${show}
      .staff=${staff}
      .acts=${this.acts}
      .own=${session?.person.id ?? null}
      @moderation=${() => this.open("moderation")}
    ></plusone-studio-talk>`;
  }

  private sheets({ show }: Snapshot, staff: Staff): unknown {
    const close = (): void => {
      this.sheet = null;
      this.told = "";
    };
    const item = itemOf(show, this.item);
    switch (this.sheet) {
      case "add":
        return html`<plusone-add-sheet
          .show=${show}
          .acts=${this.acts}
          said=${this.told}
          @close=${close}
        ></plusone-add-sheet>`;
      case "item":
        return item === null
          ? nothing
          : html`<plusone-item-sheet
              .show=${show}
              .item=${item}
              .acts=${this.acts}
              said=${this.told}
              ?runs=${this.runs}
              @close=${close}
            ></plusone-item-sheet>`;
      case "waiters":
        return item === null
          ? nothing
          : html`<plusone-waiters-sheet
              .item=${item}
              .staff=${staff}
              .acts=${this.acts}
              @close=${close}
            ></plusone-waiters-sheet>`;
      case "by-hand":
        return html`<plusone-by-hand-sheet
          .show=${show}
          .staff=${staff}
          .acts=${this.acts}
          .about=${this.about}
          said=${this.told}
          @close=${close}
        ></plusone-by-hand-sheet>`;
      case "moderation":
        return html`<plusone-moderation-sheet
          .show=${show}
          .staff=${staff}
          .acts=${this.acts}
          said=${this.told}
          @close=${close}
        ></plusone-moderation-sheet>`;
      case "picture":
        return html`<plusone-sheet heading=${s.picture} @close=${close}
          >${this.camera(show)}</plusone-sheet
        >`;
      case "gift":
        return html`<plusone-gift-sheet
          .show=${show}
          .staff=${staff}
          .acts=${this.acts}
          said=${this.told}
          ?runs=${this.runs}
          @close=${close}
        ></plusone-gift-sheet>`;
      case "show":
        return html`<plusone-show-sheet
          .show=${show}
          .acts=${this.acts}
          said=${this.told}
          @close=${close}
        ></plusone-show-sheet>`;
      case "claims":
        return html`<plusone-sheet heading=${s.claims} @close=${close}
          ><div class="in-sheet">${this.claims(show, staff)}</div></plusone-sheet
        >`;
      case "comments":
        return html`<plusone-sheet heading=${s.comments} @close=${close}
          ><div class="in-sheet">${this.talk(show, staff)}</div></plusone-sheet
        >`;
      case "end":
        return this.sure(s.end, s.endWords, "btn-stop", "show.end", close);
      case "go-live":
        return this.sure(s.goLive, s.goLiveWords, "btn-live", "show.go_live", close);
      case null:
        return nothing;
    }
  }

  private sure(
    act: string,
    words: string,
    kind: string,
    type: string,
    close: () => void,
  ): TemplateResult {
    return html`<plusone-sheet heading=${act} @close=${close}>
      <div class="asked">
        <p>${words}</p>
        <button
          class="btn ${kind} btn-wide"
          @click=${() => {
            close();
            void this.acts.run({ type });
          }}
        >
          ${act}
        </button>
        <button class="btn btn-wide" @click=${close}>${s.cancel}</button>
      </div>
    </plusone-sheet>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-studio": Studio;
  }
}
