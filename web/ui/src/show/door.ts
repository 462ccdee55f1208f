import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { sign } from "../account/icons";
import { loyalty, Standing } from "../account/standing";
import { PlusoneElement } from "../design/element";
import { parts } from "../design/parts";
import { longMoment } from "../i18n/format";
import { m } from "../i18n/index";
import { session } from "../session/session";
import type { Show } from "../wire/types";
import { missingWords } from "./reasons";

/** What a members' show says to who may not come in. */
export interface ShutOut {
  tier: { key: string; name: string };
  show: Pick<Show, "id" | "title" | "poster" | "host_name" | "status" | "starts_at">;
}

/**
 * The closed door of a members' show: what it is, for whom, and what is missing. Tells `sign-in`,
 * and `again` where she may be let in by now.
 */
@customElement("plusone-door")
export class ClosedDoor extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        position: fixed;
        inset: 0;
        overflow: auto;
        background: var(--stage);
        color: var(--stage-ink);
        isolation: isolate;
      }
      img {
        position: fixed;
        inset: 0;
        z-index: var(--z-picture);
        inline-size: 100%;
        block-size: 100%;
        object-fit: cover;
        object-position: 50% 20%;
        filter: saturate(0.6) brightness(0.4) blur(2px);
      }
      main {
        position: relative;
        z-index: var(--z-talk);
        min-block-size: 100dvh;
        display: grid;
        align-content: end;
        justify-items: center;
        gap: var(--s-6);
        padding: var(--s-6) var(--s-4) calc(var(--s-6) + env(safe-area-inset-bottom));
      }
      .cover {
        inline-size: 100%;
        max-inline-size: 440px;
      }
      h1 {
        font-size: var(--t-28);
        line-height: var(--l-28);
        text-wrap: balance;
        margin-block: 4px;
      }
      .lead {
        color: var(--stage-ink-2);
      }
      .plain {
        inline-size: 100%;
        max-inline-size: 440px;
        display: grid;
        gap: var(--s-3);
        padding: var(--s-5) var(--s-4) var(--s-4);
        border-radius: 20px;
        background: var(--raised);
        color: var(--ink);
      }
      .plain h2 {
        font-size: var(--t-18);
        line-height: var(--l-18);
      }
      @media (min-width: 720px) {
        main {
          align-content: center;
        }
      }
    `,
  ];

  @property({ attribute: false }) shut!: ShutOut;

  constructor() {
    super();
    new Standing(this);
  }

  override render(): TemplateResult {
    const { show, tier } = this.shut;
    const missing = missingWords(loyalty, tier.name);
    const known = session?.person.kind === "customer";
    return html`${show.poster === null ? nothing : html`<img src=${show.poster} alt="" />`}
      <main>
        <div class="cover">
          ${
            show.starts_at === null
              ? nothing
              : html`<p class="t-14 lead">${longMoment(show.starts_at)}</p>`
          }
          <h1>${show.title}</h1>
          ${
            show.host_name === null
              ? nothing
              : html`<p class="t-14 lead">${m.hostedBy(show.host_name)}</p>`
          }
        </div>
        <section class="plain" aria-label=${m.membersShow(tier.name)}>
          <div class="row">
            ${sign("award", 24)}
            <h2>${m.membersShow(tier.name)}</h2>
          </div>
          <p class="t-14">${m.membersShowWords(tier.name)}</p>
          ${missing === "" ? nothing : html`<p class="t-14 strong">${missing}</p>`}
          ${
            known
              ? html`<a class="btn btn-ink btn-wide" href="/account">${m.toAccount}</a>
                  <button
                    class="btn btn-line btn-wide"
                    @click=${() => this.dispatchEvent(new Event("again"))}
                  >
                    ${m.retry}
                  </button>`
              : html`<button
                  class="btn btn-ink btn-wide"
                  @click=${() => this.dispatchEvent(new Event("sign-in"))}
                >
                  ${m.signInForTier}
                </button>`
          }
          <a class="btn btn-soft btn-wide" href="/">${m.toShows}</a>
        </section>
      </main>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-door": ClosedDoor;
  }
}
