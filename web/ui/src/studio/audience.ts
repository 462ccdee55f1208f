import { html, nothing, type TemplateResult } from "lit";

import { icon } from "../design/icons";
import { m } from "../i18n/index";
import { s } from "../i18n/staff";
import type { Show } from "../wire/types";

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
