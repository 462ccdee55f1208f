import { html, nothing, type TemplateResult } from "lit";

import { icon } from "../design/icons";
import { count } from "../i18n/format";
import { m } from "../i18n/index";
import type { Show } from "../wire/types";

/** What the page knows of the picture that moves: whether it does, and whether it is heard. */
export interface Moving {
  playing: boolean;
  muted: boolean;
  plays: () => void;
  hush: () => void;
}

/**
 * The host's picture: her poster until pictures move. `up` while a sheet lies over its lower half,
 * grey where the line is lost.
 */
export function picture(show: Show, lost: boolean, up: boolean, moving: Moving): TemplateResult {
  const { poster, title, host_name, status } = show;
  const look = lost ? "frozen" : status === "live" ? "" : "dim";
  return html`<div class="picture ${look} ${up ? "up" : ""}">
    ${
      poster === null
        ? nothing
        : html`<img src=${poster} alt=${m.pictureOf(host_name ?? title)} fetchpriority="high" />`
    }
    ${
      status === "live" && show.picture !== "off"
        ? html`<plusone-player
            show=${show.id}
            title=${title}
            picture=${show.picture}
            ?muted=${moving.muted}
            @playing=${moving.plays}
          ></plusone-player>`
        : nothing
    }
  </div>`;
}

/** Whether she hears the host: browsers let a picture begin on its own only without its sound. */
export function sound({ picture: state }: Show, moving: Moving): unknown {
  if (state === "off" || !moving.playing) return nothing;
  return html`<button class="pill-glass hit" aria-pressed=${!moving.muted} @click=${moving.hush}>
    ${icon(moving.muted ? "silent" : "loud", 16)}${moving.muted ? m.soundOn : m.soundOff}
  </button>`;
}

/** Red only where the picture is live; it goes out with the line. */
export function air({ status }: Show, lost: boolean): TemplateResult {
  if (lost) return html`<span class="on-air off-air">${m.lineLost}</span>`;
  if (status === "live") return html`<span class="on-air">${m.onAir}</span>`;
  return html`<span class="on-air off-air"
    >${status === "ended" ? m.showEnded : m.notStarted}</span
  >`;
}

export function watching({ status }: Show, viewers: number): unknown {
  if (status === "ended") return nothing;
  return html`<span class="pill-glass"
    >${icon("eye", 16)}<span aria-hidden="true">${count(viewers)}</span
    ><span class="said">${m.watching(viewers)}</span></span
  >`;
}

export function lostLine(retry: () => void): TemplateResult {
  return html`<div class="lost on-stage" role="status">
    ${icon("spin", 20, "turn")}
    <p class="strong t-14 grow">${m.reconnecting}</p>
    <button class="t-13" @click=${retry}>${m.retryNow}</button>
  </div>`;
}

/** What the shop announces, and the comment that is pinned. */
export function notes({ announcement, pinned_comment }: Show): TemplateResult {
  return html`${
    announcement === null
      ? nothing
      : html`<div class="note-line" role="note" aria-label=${m.announcement}>
          ${icon("megaphone", 16)}
          <p class="grow">${announcement.text}</p>
        </div>`
  }
  ${
    pinned_comment === null
      ? nothing
      : html`<div class="note-line" role="note" aria-label=${m.pinned}>
          ${icon("pin", 16)}
          <p class="grow"><b>${pinned_comment.name}</b>${pinned_comment.text}</p>
        </div>`
  }`;
}
