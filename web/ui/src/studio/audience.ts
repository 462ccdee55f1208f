import { html, nothing, type TemplateResult } from "lit";

import { sign } from "../account/icons";
import { icon } from "../design/icons";
import { vars } from "../design/vars";
import { count } from "../i18n/format";
import { y } from "../i18n/loyalty-staff";
import { m } from "../i18n/index";
import { s } from "../i18n/staff";
import type { Show, Staff } from "../wire/types";

/** What viewers see: the picture, or the poster until there is one. */
export function audience(show: Show): TemplateResult {
  return html`<div class="prev on-stage">
    <div class="picture">
      ${
        show.poster === null
          ? nothing
          : html`<img src=${show.poster} alt=${m.pictureOf(show.host_name ?? show.title)} />`
      }
      ${
        show.picture === "off"
          ? nothing
          : html`<plusone-player
              show=${show.id}
              title=${show.title}
              picture=${show.picture}
              muted
            ></plusone-player>`
      }
    </div>
    <div class="row p-top">
      <a class="pill-s" href="/shows/${encodeURIComponent(show.id)}" target="_blank"
        >${s.audienceSees}</a
      >
    </div>
  </div>`;
}

/** The give-away that is on: what to write, how many are left, who was last. Nothing without one. */
export function gift({ gift: now }: Show, { winners }: Staff, open: () => void): unknown {
  if (now === null) return nothing;
  const last = winners.findLast((one) => one.gift === now.id);
  return html`<section class="panel gift" aria-label=${y.gift}>
    <h2 class="row">
      ${sign("gift", 18)}${y.giftNow(now.keyword)}<button
        class="tool tool-s end hit"
        aria-label="${s.edit} ${y.gift}"
        @click=${open}
      >
        ${icon("edit", 16)}
      </button>
    </h2>
    <div class="bar" aria-hidden="true">
      <i ${vars({ "--part": now.left / now.most })}></i>
    </div>
    <p class="row t-13">
      <b>${y.giftLeft(count(now.left), count(now.most))}</b
      ><span class="end quiet one-line">${last?.name ?? ""}</span>
    </p>
  </section>`;
}

/** What stands over the picture: the announcement and the pinned comment. */
export function pinbox(
  { announcement, pinned_comment }: Show,
  edit: () => void,
  unpin: () => void,
): TemplateResult {
  const none = announcement === null && pinned_comment === null;
  return html`<section class="panel pinbox" aria-label=${s.pinned}>
    <h2 class="row">
      ${s.pinned}<button
        class="tool tool-s end hit"
        aria-label="${s.edit} ${s.announcement}"
        @click=${edit}
      >
        ${icon("edit", 16)}</button
      >${
        pinned_comment === null
          ? nothing
          : html`<button class="tool tool-s hit" aria-label=${s.unpin} @click=${unpin}>
              ${icon("close", 16)}
            </button>`
      }
    </h2>
    ${none ? html`<p class="t-13">${s.nothingPinned}</p>` : nothing}
    ${
      announcement === null
        ? nothing
        : html`<p class="t-13">${icon("megaphone", 16)}<span>${announcement.text}</span></p>`
    }
    ${
      pinned_comment === null
        ? nothing
        : html`<p class="t-13">
            ${icon("pin", 16)}<span><b>${pinned_comment.name}</b> ${pinned_comment.text}</span>
          </p>`
    }
  </section>`;
}
