import { html, nothing, type TemplateResult } from "lit";

import { sign } from "../account/icons";
import { icon } from "../design/icons";
import { mark } from "../design/parts";
import { amount, count, left, longMoment } from "../i18n/format";
import { y } from "../i18n/loyalty-staff";
import { m } from "../i18n/index";
import { s } from "../i18n/staff";
import { session } from "../session/session";
import type { Show, Staff } from "../wire/types";

interface Around {
  runs: boolean;
  lost: boolean;
  viewers: number;
  /** The server's clock. */
  now: number;
  open: (sheet: "picture" | "go-live" | "end" | "gift" | "show") => void;
}

/** Over the whole desk: which show, since when it is live, what it comes to, and its two ends. */
export function head(show: Show, { totals }: Staff, around: Around): TemplateResult {
  const { viewers } = around;
  const [sign] = amount(0, show.currency);
  const sum = totals.held_minor + totals.sold_minor;
  const paid = sum === 0 ? "" : `${Math.round((totals.sold_minor / sum) * 100)}%`;
  const peak = s.peak(count(Math.max(viewers, totals.viewers_peak)));
  const facts = [
    show.tier === null ? null : y.fromTier(show.tier_name ?? show.tier),
    session?.shop.name,
    show.starts_at === null ? null : longMoment(show.starts_at),
  ];
  return html`<header class="s-head">
    <div class="row">
      <a href="/studio" aria-label="plusone ${s.shows}">${mark}</a><span class="sep"></span>
      <div class="col names">
        <h1 class="t-14 one-line">${show.title}</h1>
        <p class="t-12 faint one-line">${facts.filter(Boolean).join(m.comma)}</p>
      </div>
    </div>
    <div class="row air">${air(show, around)}</div>
    <dl class="kpis">
      ${figure("", s.viewers, count(viewers), peak)}
      ${figure("", s.claims, count(totals.claims), s.claimsUnit)}
      ${figure("", `${s.heldMoney} ${sign}`, amount(totals.held_minor, show.currency)[1], "")}
      ${figure("k-held", `${s.soldMoney} ${sign}`, amount(totals.sold_minor, show.currency)[1], paid)}
      ${figure("k-wait k-less", s.waiting, count(totals.waiting), s.piecesUnit)}
      ${figure("k-less", s.expired, count(totals.expired), s.piecesUnit)}
    </dl>
    <div class="row end">
      <plusone-language></plusone-language>
      ${
        around.runs
          ? html`<button
              class="tool only-narrow"
              aria-label=${s.picture}
              @click=${() => around.open("picture")}
            >
              ${icon("video", 20)}
            </button>`
          : nothing
      }
      ${runs(around)} ${ends(show, around)}
    </div>
  </header>`;
}

function figure(look: string, name: string, value: string, more: string): TemplateResult {
  return html`<div class="kpi ${look}">
    <dt>${name}</dt>
    <dd>${value}<small>${more}</small></dd>
  </div>`;
}

function air(show: Show, { lost, now }: Around): TemplateResult {
  if (show.status !== "live") {
    return html`<span class="badge b-plain">${s.showStates[show.status]}</span>`;
  }
  const time = left(now - (show.started_at ?? now));
  return html`${
      lost
        ? html`<span class="on-air off-air">${m.lineLost}</span>`
        : html`<span class="on-air">${m.onAir}</span>`
    }<time class="clock" aria-label=${s.onFor(time)}>${time}</time>`;
}

function runs({ runs, open }: Around): unknown {
  if (!runs) return nothing;
  return html`<button
      class="tool"
      aria-label=${y.showSettings}
      title=${y.showSettings}
      @click=${() => open("show")}
    >
      ${sign("award")}</button
    ><button class="btn btn-s btn-line" @click=${() => open("gift")}>
      ${sign("gift", 16)}${y.gift}
    </button>`;
}

function ends({ status }: Show, { runs, open }: Around): unknown {
  if (!runs || status === "ended") return nothing;
  return status === "live"
    ? html`<button class="btn btn-s btn-stop" @click=${() => open("end")}>${s.end}</button>`
    : html`<button class="btn btn-s btn-live" @click=${() => open("go-live")}>${s.goLive}</button>`;
}
