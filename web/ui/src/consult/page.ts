import { html, nothing, type TemplateResult, unsafeCSS } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/header";
import "./after";
import "./lobby";
import "./waiting";
import { Chatting } from "../chat/chatting";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { part } from "../design/part";
import { parts } from "../design/parts";
import { consultWords, v } from "../i18n/consult";
import { locale, m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { loadSession, onSession, session } from "../session/session";
import { ask, Problem } from "../wire/http";
import { Call } from "./call";
import { Devices } from "./devices";
import type { Wish } from "./lobby";
import look from "./page.css?inline";
import { addressOf, type Place, placeOf } from "./place";
import { sound } from "./tone";
import { consultPath } from "./ways";
import type { CallAct, Phase } from "./wire";

/** To be asked before anything is done in her name. */
type Asked = "name" | "sign-in";

/** The customer's page of video calls: the lobby, the line, the call, and what is left of it. */
@customElement("plusone-consult-page")
export class ConsultPage extends PlusoneElement {
  static override styles = [parts, unsafeCSS(look)];

  @state() private ready = false;
  @state() private place: Place = placeOf(location);
  @state() private call: Call | null = null;
  @state() private asked: Asked | null = null;
  @state() private busy = false;
  @state() private said = "";
  @state() private talks = false;
  @state() private turn = 0;

  private devices = new Devices();
  /** What she meant to do before she was asked who she is. */
  private meant: (() => void) | null = null;
  private person: string | null | undefined = undefined;
  private phase: Phase | null = null;
  /** The talk itself, a part of its own, was asked for. */
  private asksTalk = false;
  private forget: (() => void) | null = null;
  private readonly chat = new Chatting(this, () => (this.said = m.notReached));

  override connectedCallback(): void {
    super.connectedCallback();
    void consultWords.then(() => (this.ready = true));
    this.forget = onSession(() => this.meet());
    addEventListener("popstate", this.travelled);
    loadSession().then(
      () => this.meet(),
      () => undefined,
    );
    this.go(this.place);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget?.();
    removeEventListener("popstate", this.travelled);
    this.call?.close();
    this.devices.stop();
  }

  // Where she is

  private readonly travelled = (): void => this.go(placeOf(location));

  private move(call: string | null): void {
    history.pushState(null, "", addressOf(call, location.search));
    this.go(placeOf(location));
  }

  private go(place: Place): void {
    this.place = place;
    this.said = "";
    if (place.call === (this.call?.id ?? null)) return;
    if (this.call !== null) {
      this.call.close();
      // A call lets go of camera and microphone; the next one asks again.
      this.devices = new Devices();
    }
    this.call = null;
    this.phase = null;
    if (place.call === null) return;
    const call = new Call(place.call, "customer", { devices: this.devices });
    call.subscribe(() => {
      if (this.call === call) this.moved(call);
    });
    this.call = call;
    call.open();
  }

  /** Another person sits here now: the socket is opened anew. */
  private meet(): void {
    const id = session?.person.id ?? null;
    if (this.person !== undefined && this.person !== id) this.call?.reopen();
    this.person = id;
    this.requestUpdate();
  }

  private moved(call: Call): void {
    this.turn += 1;
    const before = this.phase;
    const now = call.call?.phase ?? null;
    this.phase = now;
    const here = now === "talking" && !call.elsewhere;
    // Also where it began on another page of hers, and goes on on this one.
    if (here && !this.asksTalk) this.talk();
    if (now === before) return;
    if (here) {
      // She has been waiting, perhaps in another window.
      if (before === "ringing" || before === "waiting") void sound("came", call.media.devices);
      void call.media.start();
    }
    if (now === "ended" && before !== null) this.ended(call);
  }

  private readonly talk = (): void => {
    this.asksTalk = true;
    this.said = "";
    void part(() => import("./talking")).then((there) => {
      this.talks = there;
      if (!there) this.said = m.notReached;
    });
  };

  private ended(call: Call): void {
    this.devices = new Devices();
    if (call.call?.cause === "chat") this.chat.show(call.call.about);
    void this.updateComplete.then(() => {
      // What she pressed last is gone.
      const after = this.renderRoot.querySelector("plusone-consult-after");
      void after?.updateComplete.then(() =>
        after.shadowRoot?.querySelector<HTMLElement>("h1")?.focus(),
      );
    });
  }

  // What she does

  private readonly asks = ({ detail }: CustomEvent<Wish>): void => void this.begin(detail, null);

  private readonly callsBack = ({ detail }: CustomEvent<Wish>): void => {
    const { text } = detail;
    void this.begin(detail, { type: "callback", ...(text !== undefined && { text }) });
  };

  /** Asks for a call; `instead`: and at once for something else in its place. */
  private async begin(wish: Wish, instead: CallAct | null): Promise<void> {
    if (this.busy) return;
    if (session === null || session.person.kind === "nobody") {
      this.askName(() => void this.begin(wish, instead));
      return;
    }
    this.busy = true;
    this.said = "";
    try {
      const { about } = this.place;
      const body = { ...wish, locale, ...(about !== null && { about }) };
      const { call } = await ask<{ call: string }>("POST", "/api/consult/calls", body);
      this.move(call);
      if (instead !== null) this.act({ detail: instead } as CustomEvent<CallAct>);
    } catch (problem) {
      if (problem instanceof Problem && problem.code === "not_signed_in") {
        this.askName(() => void this.begin(wish, instead));
      } else this.said = problemWords(problem);
    } finally {
      this.busy = false;
    }
  }

  private readonly act = ({ detail }: CustomEvent<CallAct>): void => {
    const { call } = this;
    this.said = "";
    call?.act(detail).catch((problem: unknown) => {
      if (this.call === call) this.said = problemWords(problem);
    });
  };

  /** Leaves the line for a time of her choice. */
  private readonly book = async (): Promise<void> => {
    const { call } = this;
    if (call === null) return;
    try {
      await call.act({ type: "leave" });
    } catch (problem) {
      if (this.call === call) this.said = problemWords(problem);
      return;
    }
    if (this.call !== call) return;
    history.pushState(null, "", consultPath(call.call?.about ?? null, true));
    this.go(placeOf(location));
  };

  private readonly write = (): void => {
    this.chat.show(this.call?.call?.about ?? this.place.about);
  };

  // Who she is

  private askName(then: () => void): void {
    this.meant = then;
    this.asking("name");
  }

  private asking(what: Asked): void {
    this.asked = what;
    const load =
      what === "name"
        ? () => import("../session/name-sheet")
        : () => import("../session/sign-in-sheet");
    void part(load).then((there) => {
      if (there) return;
      this.asked = null;
      this.said = m.notReached;
    });
  }

  private readonly named = (): void => {
    const { meant } = this;
    this.asked = this.meant = null;
    meant?.();
  };

  private readonly unnamed = (): void => {
    this.asked = this.meant = null;
  };

  // What is drawn

  override render(): unknown {
    if (!this.ready) return nothing;
    const { call } = this;
    document.title = [this.called(call), session?.shop.name].filter(Boolean).join("｜");
    const talking = call?.call?.phase === "talking" && !call.elsewhere;
    return html`${talking ? nothing : html`<plusone-header></plusone-header>`}
    ${call === null ? this.lobby() : this.inCall(call)} ${this.sheets()} ${this.chat.draw()}`;
  }

  private called(call: Call | null): string {
    const view = call?.call ?? null;
    if (call === null || view === null) return v.title;
    switch (view.phase) {
      case "waiting": {
        const place = call.place?.place;
        return place === undefined ? v.inLine : `(${place}) ${v.inLine}`;
      }
      case "ringing":
        return v.ringingSomeone;
      case "invited":
        return v.invited(view.staff?.name ?? v.staff);
      case "talking":
        return v.talkingWith(view.staff?.name ?? v.staff);
      case "ended":
        return v.over;
    }
  }

  private lobby(): TemplateResult {
    return html`<plusone-consult-lobby
      .devices=${this.devices}
      .about=${this.place.about}
      ?books=${this.place.books}
      ?busy=${this.busy}
      said=${this.said}
      @ask=${this.asks}
      @callback=${this.callsBack}
      @write=${this.write}
      @go-on=${({ detail }: CustomEvent<string>) => this.move(detail)}
    ></plusone-consult-lobby>`;
  }

  private inCall(call: Call): TemplateResult {
    if (call.phase === "refused") return this.refused(call.problem);
    const view = call.call;
    if (view === null) return this.loading(call);
    if (call.elsewhere && view.phase !== "ended") return this.elsewhere(call);
    switch (view.phase) {
      case "talking":
        return this.talks
          ? html`<plusone-consult-talking
              .call=${call}
              version=${this.turn}
            ></plusone-consult-talking>`
          : this.said === ""
            ? this.loading(call)
            : this.withoutTalk();
      case "ended":
        return html`<plusone-consult-after
          .call=${view}
          said=${this.said}
          @act=${this.act}
          @write=${this.write}
          @anew=${() => this.move(null)}
        ></plusone-consult-after>`;
      default:
        return html`<plusone-consult-waiting
          .call=${call}
          version=${this.turn}
          said=${this.said}
          @act=${this.act}
          @book=${this.book}
        ></plusone-consult-waiting>`;
    }
  }

  private loading(call: Call): TemplateResult {
    return html`<main class="middle" role="status" aria-busy="true">
      ${icon("spin", 24, "turn")}
      <p>${call.phase === "lost" ? m.reconnecting : m.loading}</p>
    </main>`;
  }

  private withoutTalk(): TemplateResult {
    return html`<main class="middle" role="alert">
      <p>${this.said}</p>
      <div class="acts">
        <button class="btn btn-ink" @click=${this.talk}>${m.retry}</button>
      </div>
    </main>`;
  }

  private elsewhere(call: Call): TemplateResult {
    return html`<main class="middle" role="status">
      <h1>${v.elsewhere}</h1>
      <p class="quiet">${v.elsewhereWords}</p>
      <div class="acts">
        <button class="btn btn-ink" @click=${() => call.goOnHere()}>${v.goOnHere}</button>
      </div>
    </main>`;
  }

  private refused(problem: Problem | null): TemplateResult {
    const unknown =
      problem !== null && ["not_found", "bad_request", "not_signed_in"].includes(problem.code);
    const nobody = session?.person.kind !== "customer";
    return html`<main class="middle">
      <h1>${unknown ? v.noSuchCall : problemWords(problem)}</h1>
      ${unknown ? html`<p class="quiet">${v.noSuchCallWords}</p>` : nothing}
      <div class="acts">
        <button class="btn btn-ink" @click=${() => this.move(null)}>${v.toLobby}</button>
        ${
          unknown && nobody
            ? html`<button class="btn btn-line" @click=${() => this.signIn()}>${m.signIn}</button>`
            : nothing
        }
      </div>
    </main>`;
  }

  private signIn(): void {
    this.meant = () => this.call?.reopen();
    this.asking("sign-in");
  }

  private sheets(): unknown {
    switch (this.asked) {
      case null:
        return nothing;
      case "name":
        return html`<plusone-name-sheet
          @named=${this.named}
          @sign-in=${() => this.asking("sign-in")}
          @close=${this.unnamed}
        ></plusone-name-sheet>`;
      case "sign-in":
        return html`<plusone-sign-in-sheet
          @signed-in=${this.named}
          @close=${this.unnamed}
        ></plusone-sign-in-sheet>`;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-consult-page": ConsultPage;
  }
}
