import { html, nothing, type TemplateResult } from "lit";

import { icon } from "../design/icons";
import { firstSign } from "../design/parts";
import { m } from "../i18n/index";
import type { Item, Show } from "../wire/types";
import { air, lostLine, notes } from "./over-picture";
import { current } from "./reading";

/** What stands on the viewer's page, drawn; the two layouts say where. */
export interface Parts {
  show: Show;
  shop: string;
  /** Null while the line is there; else how to try it at once. */
  retry: (() => void) | null;
  picture: unknown;
  watching: unknown;
  sound: unknown;
  bag: unknown;
  /** The way to the shop's people; `nothing` for themselves. */
  team: unknown;
  /** Her points and tier; `nothing` where there are none. */
  points: unknown;
  gift: (look: "stage" | "panel") => unknown;
  /** What the show promises her; `nothing` where it promises nothing. */
  promise: unknown;
  slip: unknown;
  /** Whether she alone is asked or told something, and that. */
  asked: boolean;
  answer: unknown;
  saidNow: string;
  ordersOnly: boolean;
  /** Where the show has ended and a replay of it was kept: that stands in the cover's place. */
  replay: boolean;
  cover: (promise?: unknown) => unknown;
  talk: (look: "stage" | "panel", tight: boolean) => unknown;
  entry: (look: "stage" | "panel") => unknown;
  onSale: (look: "card" | "panel", tight: boolean) => unknown;
  shelf: (items: Item[]) => unknown;
  love: () => void;
  share: () => void;
  sift: () => void;
  openShelf: () => void;
}

/** The picture over the whole page, and everything on it. */
export function phone(on: Parts): TemplateResult {
  const { show, promise, answer } = on;
  const live = show.status === "live";
  const tight = answer !== nothing || promise !== nothing;
  return html`<main class="stage">
    ${on.picture}
    <header class="head on-stage">
      <div class="row title">
        <span class="who logo" aria-hidden="true">${firstSign(on.shop)}</span>
        <div class="grow">
          <h1 class="one-line">${show.title}</h1>
          <p class="t-12 one-line">${on.shop}</p>
        </div>
        <plusone-language stage></plusone-language>
        <button class="tool" aria-label=${m.share} @click=${on.share}>${icon("share")}</button>
        <a class="tool" href="/" aria-label=${m.leaveShow}>${icon("close", 24)}</a>
      </div>
      <div class="row facts">
        ${air(show, on.retry !== null)}${on.watching}<span class="grow"></span>
        ${on.sound}${on.team} ${on.replay ? on.bag : nothing}
        ${
          live && show.items.length > 1
            ? html`<button class="pill-glass hit" @click=${on.openShelf}>
                ${icon("list", 16)}${m.kinds(show.items.length)}
              </button>`
            : nothing
        }
      </div>
      ${on.points === nothing ? nothing : html`<div class="row facts">${on.points}</div>`}
    </header>
    ${on.retry === null ? nothing : lostLine(on.retry)}
    <plusone-hearts aria-hidden="true"></plusone-hearts>
    ${
      live
        ? html`<div class=${tight ? "promise-on" : ""}>
            <div class="shade"></div>
            <div class="foot">
              ${tight ? nothing : notes(show)} ${on.talk("stage", tight)} ${on.gift("stage")}
              <p class="said-now" role="status">${on.saidNow}</p>
              ${on.asked ? answer : html`${promise}${on.onSale("card", tight)}`}
              <div class="entry on-stage">
                ${on.entry("stage")}
                <button class="tool glass" aria-label=${m.sendHeart} @click=${on.love}>
                  ${icon("heart", 24)}
                </button>
                ${on.bag}
              </div>
            </div>
          </div>`
        : html`${on.cover(promise)}
          ${promise === nothing || on.replay ? nothing : html`<div class="foot">${promise}</div>`}`
    }
  </main>`;
}

/** Three columns: what is sold, the picture, and the talk above her slip. */
export function desktop(on: Parts): TemplateResult {
  const { show } = on;
  const live = show.status === "live";
  return html`<div class="d-page">
    <plusone-header current="shows">${on.points}</plusone-header>
    <main class="d-main ${on.replay ? "again" : ""}">
      ${on.replay ? nothing : items(on)}
      <section class="d-stage on-stage" aria-label=${m.picture}>
        ${on.picture}
        <div class="d-top row">
          ${air(show, on.retry !== null)}${on.watching}
          <h1 class="one-line grow">${show.title}</h1>
          ${on.team}
        </div>
        ${on.retry === null ? nothing : lostLine(on.retry)}
        <plusone-hearts aria-hidden="true"></plusone-hearts>
        ${
          live
            ? html`<div class="shade"></div>
                <div class="d-foot">
                  ${notes(show)}
                  <div class="row">
                    ${on.sound}<span class="grow"></span>
                    <button class="tool" aria-label=${m.share} @click=${on.share}>
                      ${icon("share", 24)}
                    </button>
                    <button class="tool" aria-label=${m.sendHeart} @click=${on.love}>
                      ${icon("heart", 24)}
                    </button>
                  </div>
                </div>`
            : on.cover()
        }
      </section>
      <aside class="d-right">
        <section class="d-talk" aria-label=${m.talk}>
          <h2 class="row">
            ${m.talk}<button
              class="btn btn-s end quiet"
              aria-pressed=${on.ordersOnly}
              @click=${on.sift}
            >
              ${on.ordersOnly ? icon("check", 16) : nothing}${m.ordersOnly}
            </button>
          </h2>
          ${on.talk("panel", false)} ${live ? on.gift("panel") : nothing} ${on.answer}
          <p class="said-now" role="status">${on.saidNow}</p>
          ${on.entry("panel")}
        </section>
        ${on.slip}
      </aside>
    </main>
  </div>`;
}

/** What is on sale, and the show's other items; a replay has its own list of them. */
function items(on: Parts): TemplateResult {
  const { show } = on;
  const live = show.status === "live";
  const item = current(show);
  const others = show.items.filter(({ id }) => id !== item?.id || !live);
  return html`<aside class="d-left" aria-label=${m.items}>
    ${live ? on.onSale("panel", false) : nothing}
    <section class="d-shelf" aria-label=${m.runDown}>
      <h2 class="row">
        ${m.runDown}<span class="t-13 faint end">${m.kinds(show.items.length)}</span>
      </h2>
      <div class="scroll" tabindex="0" role="group" aria-label=${m.runDown}>
        ${on.shelf(others)}
      </div>
    </section>
  </aside>`;
}
