import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";

import "../design/header";
import { sign } from "../account/icons";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { firstSign, parts } from "../design/parts";
import { count, longMoment } from "../i18n/format";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { loadSession, session } from "../session/session";
import { ask } from "../wire/http";
import type { ShowCard } from "../wire/types";

interface Shows {
  live: ShowCard[];
  scheduled: ShowCard[];
  ended: ShowCard[];
}

/** The shop's shows: what is on, what comes, what was. */
@customElement("plusone-home")
export class Home extends PlusoneElement {
  static override styles = [
    parts,
    css`
      main {
        max-inline-size: 1240px;
        margin-inline: auto;
        padding: var(--s-6) var(--s-6) var(--s-16);
        display: grid;
        gap: var(--s-10);
      }
      h1,
      h2 {
        font-size: var(--t-22);
        line-height: var(--l-22);
        padding-block-end: var(--s-4);
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 270px), 1fr));
        gap: var(--s-6);
      }
      a.card {
        display: flex;
        flex-direction: column;
        text-decoration: none;
        background: var(--sheet);
        border-radius: 18px;
        overflow: hidden;
        box-shadow:
          inset 0 0 0 1px var(--line),
          var(--shadow-rest);
        block-size: 100%;
        transition: transform var(--m-move) var(--ease-out);
      }
      a.card:hover {
        transform: translateY(-2px);
      }
      .poster {
        position: relative;
        aspect-ratio: 4 / 5;
        background: var(--stage);
        overflow: hidden;
      }
      .poster img {
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
        object-position: 50% 26%;
        display: block;
      }
      .sign {
        position: absolute;
        inset: 0;
        display: grid;
        place-items: center;
        color: var(--stage-ink-2);
        font-size: var(--t-44);
        font-weight: var(--w-strong);
      }
      .scheduled .poster,
      .ended .poster {
        aspect-ratio: 16 / 9;
      }
      .ended img {
        filter: saturate(0.6);
      }
      .top {
        position: absolute;
        inset: var(--s-3) var(--s-3) auto;
        gap: var(--s-2);
        color: var(--stage-ink);
      }
      .pill-glass {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        block-size: 22px;
        padding: 0 9px;
        border-radius: var(--r-full);
        background: var(--stage-glass-2);
        font-size: var(--t-12);
        font-weight: var(--w-name);
      }
      .words {
        padding: var(--s-4);
        display: grid;
        gap: 2px;
        align-content: start;
      }
      .words h3 {
        font-size: var(--t-18);
        line-height: var(--l-18);
      }
      .live ul {
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 320px), 1fr));
      }
      .go {
        margin-block-start: var(--s-3);
        justify-self: start;
      }
      @media (min-width: 900px) {
        .live li:only-child {
          grid-column: 1 / -1;
        }
        .live li:only-child a.card {
          flex-direction: row;
        }
        .live li:only-child .poster {
          flex: 1.5;
          aspect-ratio: auto;
          block-size: min(520px, 60dvh);
        }
        .live li:only-child .words {
          flex: 1;
          align-content: center;
          gap: var(--s-2);
          padding: var(--s-10);
        }
        .live li:only-child h3 {
          font-size: var(--t-44);
          line-height: 1.25;
          text-wrap: balance;
        }
      }
      .empty {
        display: grid;
        gap: var(--s-2);
        justify-items: center;
        text-align: center;
        padding: var(--s-16) var(--s-6);
        border-radius: 18px;
        background: var(--sheet);
        box-shadow: inset 0 0 0 1px var(--line);
      }
      .way {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--s-4);
        padding: var(--s-5) var(--s-6);
        border-radius: 18px;
        background: var(--sheet);
        box-shadow: inset 0 0 0 1px var(--line);
      }
      .way > .i {
        align-self: start;
      }
      .way .grow {
        flex-basis: 200px;
      }
      .way h2 {
        font-size: var(--t-18);
        line-height: var(--l-18);
        padding: 0;
      }
      .ghost {
        aspect-ratio: 4 / 5;
        border-radius: 18px;
        background: var(--sunken);
      }
      @media (max-width: 719px) {
        main {
          padding-inline: var(--s-4);
        }
      }
    `,
  ];

  @state() private shows: Shows | null = null;
  @state() private problem: unknown = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
    loadSession().then(
      () => this.requestUpdate(),
      () => undefined,
    );
  }

  private async load(): Promise<void> {
    this.problem = null;
    try {
      this.shows = await ask<Shows>("GET", "/api/shows");
    } catch (problem) {
      this.problem = problem;
    }
  }

  override render(): TemplateResult {
    document.title = session === null ? m.shows : `${m.shows}｜${session.shop.name}`;
    return html`<plusone-header current="shows"></plusone-header>
      <main>
        <h1 class="said">${m.shows}</h1>
        ${this.content()}${this.way()}
      </main>`;
  }

  private content(): unknown {
    if (this.problem !== null) {
      return html`<div class="empty" role="alert">
        ${icon("offline", 24)}
        <p>${problemWords(this.problem)}</p>
        <button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>
      </div>`;
    }
    if (this.shows === null) {
      return html`<section class="live" aria-busy="true" aria-label=${m.loading}>
        <ul>
          <li class="ghost"></li>
        </ul>
      </section>`;
    }
    const { live, scheduled, ended } = this.shows;
    if (live.length + scheduled.length + ended.length === 0) {
      return html`<div class="empty">
        <h2>${m.noShows}</h2>
        <p class="quiet">${m.noShowsWords}</p>
      </div>`;
    }
    return html`${this.section("live", m.onNow, live)}
    ${this.section("scheduled", m.comingUp, scheduled)} ${this.section("ended", m.pastShows, ended)}`;
  }

  /** To the shop's people, face to face; its page says whether somebody is there. */
  private way(): unknown {
    if (this.shows === null || session?.person.kind === "staff") return nothing;
    return html`<section class="way" aria-label=${m.faceToFace}>
      ${icon("video", 24)}
      <div class="grow">
        <h2>${m.faceToFace}</h2>
        <p class="quiet t-14">${m.faceToFaceWords}</p>
      </div>
      <a class="btn btn-line" href="/consult">${m.faceToFaceGo}</a>
    </section>`;
  }

  private section(kind: string, heading: string, shows: ShowCard[]): unknown {
    if (shows.length === 0) return nothing;
    return html`<section class=${kind} aria-label=${heading}>
      <h2>${heading}</h2>
      <ul>
        ${shows.map((show) => html`<li>${this.card(show)}</li>`)}
      </ul>
    </section>`;
  }

  private card(show: ShowCard): TemplateResult {
    const live = show.status === "live";
    const at = live ? null : (show.ended_at ?? show.starts_at);
    return html`<a class="card" href="/shows/${encodeURIComponent(show.id)}">
      <div class="poster">
        ${
          show.poster === null
            ? html`<span class="sign" aria-hidden="true">${firstSign(show.title)}</span>`
            : html`<img src=${show.poster} alt="" />`
        }
        ${
          live
            ? html`<div class="row top">
                <span class="on-air">${m.onAir}</span
                ><span class="pill-glass"
                  >${icon("eye", 16)}<span aria-hidden="true">${count(show.viewers)}</span
                  ><span class="said">${m.watching(show.viewers)}</span></span
                >
              </div>`
            : nothing
        }
      </div>
      <div class="words">
        ${
          at === null
            ? nothing
            : html`<p class="t-13 quiet">
                ${show.status === "ended" ? m.endedAt(longMoment(at)) : longMoment(at)}
              </p>`
        }
        <h3>${show.title}</h3>
        ${
          show.tier === null
            ? nothing
            : html`<p>
                <span class="badge b-note"
                  >${sign("award", 16)}${m.membersShow(show.tier_name ?? show.tier)}</span
                >
              </p>`
        }
        <p class="t-13 quiet">
          ${[
            show.host_name === null ? null : m.hostedBy(show.host_name),
            show.items > 0 ? m.kindsOnShelf(show.items) : null,
          ]
            .filter(Boolean)
            .join(m.comma)}
        </p>
        ${live ? html`<span class="btn btn-ink go">${m.watchNow}</span>` : nothing}
      </div>
    </a>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-home": Home;
  }
}
