import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/sheet";
import "./header";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { firstSign, parts } from "../design/parts";
import { fullMoment } from "../i18n/format";
import { y } from "../i18n/loyalty-staff";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { s } from "../i18n/staff";
import { onSession, session } from "../session/session";
import { actWords, may } from "../studio/acts";
import { Terms, tierChoice } from "../studio/sheets/tier";
import { ask } from "../wire/http";
import type { ShowCard, ShowStatus } from "../wire/types";
import { lists } from "./lists";
import { newShow } from "./new-show";

const looks: Record<ShowStatus, string> = {
  draft: "b-plain",
  scheduled: "b-note",
  live: "b-plain",
  ended: "b-plain",
};

/** All shows of the shop, for those who run them, and a new one. */
@customElement("plusone-studio-shows")
export class StudioShows extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    lists,
    css`
      main {
        max-inline-size: 880px;
        margin-inline: auto;
        padding: var(--s-6) var(--s-4) var(--s-16);
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s-4);
      }
      h1 {
        font-size: var(--t-22);
        line-height: var(--l-22);
      }
      a.card {
        display: flex;
        align-items: center;
        gap: var(--s-4);
        padding: var(--s-3) var(--s-4);
        border-radius: var(--r-card);
        background: var(--sheet);
        box-shadow: inset 0 0 0 1px var(--line);
        text-decoration: none;
        min-block-size: 76px;
      }
      .poster {
        inline-size: 72px;
        block-size: 52px;
        border-radius: var(--r-control);
        overflow: hidden;
        background: var(--stage);
        flex: none;
      }
      .sign {
        display: grid;
        place-items: center;
        block-size: 100%;
        color: var(--stage-ink-2);
        font-size: var(--t-22);
        font-weight: var(--w-strong);
      }
      .poster img {
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
        object-position: 50% 26%;
      }
      form {
        display: grid;
        gap: var(--s-4);
      }
    `,
  ];

  @state() private shows: ShowCard[] | null = null;
  @state() private problem: unknown = null;
  @state() private making = false;
  @state() private busy = false;
  @state() private wrong = "";

  private forget: (() => void) | null = null;
  private readonly terms = new Terms(this, () => false);

  override connectedCallback(): void {
    super.connectedCallback();
    this.forget = onSession(() => this.requestUpdate());
    void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget?.();
  }

  private async load(): Promise<void> {
    this.problem = null;
    try {
      this.shows = (await ask<{ shows: ShowCard[] }>("GET", "/api/staff/shows")).shows;
    } catch (problem) {
      this.problem = problem;
    }
  }

  override render(): TemplateResult {
    document.title = s.shows;
    return html`<plusone-staff-header current="shows"></plusone-staff-header>
      <main>
        <div class="row">
          <h1 class="grow">${s.shows}</h1>
          ${
            may(session, "host", "operator")
              ? html`<button class="btn btn-ink" @click=${this.begin}>
                  ${icon("plus", 18)}${s.newShow}
                </button>`
              : nothing
          }
        </div>
        ${this.content()}
      </main>
      ${this.making ? this.form() : nothing}`;
  }

  private content(): TemplateResult {
    if (this.problem !== null) {
      return html`<div class="empty" role="alert">
        <p>${problemWords(this.problem)}</p>
        <button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (this.shows === null) return html`<p class="empty" role="status">${m.loading}</p>`;
    if (this.shows.length === 0) {
      return html`<div class="empty">
        <p class="name">${s.noShowsYet}</p>
        <p class="quiet">${s.noShowsYetWords}</p>
      </div>`;
    }
    return html`<ul class="list">
      ${this.shows.map((show) => html`<li>${this.card(show)}</li>`)}
    </ul>`;
  }

  private card({
    id,
    title,
    status,
    starts_at,
    host_name,
    items,
    poster,
    tier,
    tier_name,
  }: ShowCard): TemplateResult {
    const facts = [
      tier === null ? null : y.fromTier(tier_name ?? tier),
      starts_at === null ? null : fullMoment(starts_at),
      host_name === null || host_name === "" ? null : m.hostedBy(host_name),
      m.kindsOnShelf(items),
    ];
    return html`<a class="card" href="/studio/${encodeURIComponent(id)}">
      <span class="poster"
        >${
          poster === null
            ? html`<span class="sign" aria-hidden="true">${firstSign(title)}</span>`
            : html`<img src=${poster} alt="" />`
        }</span
      ><span class="col grow"
        ><span class="row"
          ><b class="one-line">${title}</b>${
            status === "live"
              ? html`<span class="on-air">${m.onAir}</span>`
              : html`<span class="badge ${looks[status]}">${s.showStates[status]}</span>`
          }</span
        ><span class="t-13 quiet one-line">${facts.filter(Boolean).join(m.comma)}</span></span
      >${icon("right", 18)}
    </a>`;
  }

  private readonly begin = (): void => {
    this.making = true;
    this.terms.ask();
  };

  private form(): TemplateResult {
    return html`<plusone-sheet heading=${s.newShow} @close=${() => (this.making = false)}>
      <form @submit=${this.make}>
        <label class="ask-for"
          ><span class="label">${s.showTitle}</span
          ><span class="field"
            ><input name="title" maxlength="80" required autofocus autocomplete="off" /></span
        ></label>
        <div class="pair">
          <label class="ask-for"
            ><span class="label">${s.hostName}</span
            ><span class="field"
              ><input
                name="host_name"
                maxlength="80"
                autocomplete="off"
                .defaultValue=${session?.person.name ?? ""} /></span
          ></label>
          <label class="ask-for"
            ><span class="label">${s.startsAt}</span
            ><span class="field"><input name="starts_at" type="datetime-local" /></span
          ></label>
        </div>
        <label class="ask-for"
          ><span class="label">${s.poster}</span
          ><span class="field"
            ><input
              name="poster"
              maxlength="200"
              autocomplete="off"
              placeholder="/demo/host.svg"
              pattern="/[\\w.\\/\\-]+" /></span
        ></label>
        <label class="ask-for"
          ><span class="label">${s.strictness}</span
          ><span class="field"
            ><select name="strictness">
              <option value="exact">${s.exact}</option>
              <option value="contains">${s.contains}</option>
            </select></span
          ></label
        >
        ${tierChoice(this.terms, y.whoMayEnter, { tier: null, tier_name: null }, () => undefined)}
        ${this.terms.tiers.length === 0 ? nothing : html`<p class="t-13 quiet">${y.showTierWords}</p>`}
        ${this.wrong === "" ? nothing : html`<p class="wrong" role="alert">${this.wrong}</p>`}
        <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>${s.create}</button>
      </form>
    </plusone-sheet>`;
  }

  private async make(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (this.busy) return;
    const asked = newShow(new FormData(event.target as HTMLFormElement));
    this.busy = true;
    this.wrong = "";
    try {
      const { id } = await ask<{ id: string }>("POST", "/api/staff/shows", asked);
      location.assign(`/studio/${encodeURIComponent(id)}`);
    } catch (problem) {
      this.wrong = actWords(problem);
      this.busy = false;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-studio-shows": StudioShows;
  }
}
