import { html, nothing, type TemplateResult } from "lit";

import { vars } from "../design/vars";
import { count, fullDay, money } from "../i18n/format";
import { m } from "../i18n/index";
import { l } from "../i18n/loyalty";
import type { Loyalty, Tier } from "../wire/loyalty";
import { sign } from "./icons";
import { benefits, progress } from "./words";

/** Her tier, how far the next one is, and what each of them gives. */
export function tierCard(of: Loyalty): TemplateResult {
  const { tier, next, spend, window_days, currency, tiers } = of;
  const way = progress(of);
  const good = benefits(of.benefits);
  return html`<section class="card tier" aria-label=${l.yours}>
    <div class="row top">
      <span class="medal ${tier === null ? "none" : ""}">${sign("award", 24)}</span>
      <div class="grow">
        <p class="t-13 quiet">${l.yours}</p>
        <h2 class="t-22">${tier?.name ?? l.noTier}</h2>
      </div>
      ${good.length === 0 ? nothing : html`<p class="t-13 good-words">${good.join(m.comma)}</p>`}
    </div>
    ${
      next === null || way === null
        ? html`<p class="t-14 quiet">${tier === null ? nothing : l.topTier}</p>`
        : html`<div class="way">
            <div
              class="track"
              role="progressbar"
              aria-label=${l.progressTo(next.name)}
              aria-valuenow=${way}
              aria-valuemin="0"
              aria-valuemax="100"
            >
              <i ${vars({ "--share": `${way}%` })}></i>
            </div>
            <p class="t-14 strong">${l.nextTier(money(next.missing, currency), next.name)}</p>
          </div>`
    }
    <p class="t-13 quiet">${l.spentSoFar(money(spend, currency), window_days)}</p>
    ${
      of.until === null
        ? nothing
        : html`<p class="t-13 quiet">${l.tierUntil(fullDay(of.until))}</p>`
    }
    ${tiers.length === 0 ? nothing : ladder(of)}
  </section>`;
}

function ladder({ tiers, tier, currency }: Loyalty): TemplateResult {
  return html`<ol class="ladder" aria-label=${l.allTiers}>
    ${tiers.map((one) => rung(one, one.key === tier?.key, currency))}
  </ol>`;
}

function rung(one: Tier, hers: boolean, currency: string): TemplateResult {
  const good = benefits(one);
  return html`<li aria-current=${hers ? "true" : nothing}>
    <b class="t-14">${one.name}</b
    ><span class="t-13 quiet">${l.tierFrom(money(one.from, currency))}</span
    ><span class="t-13 end">${good.join(m.comma)}</span>
  </li>`;
}

/** Her points: what she may use, what is on its way, and what is lost when. */
export function pointsCard(of: Loyalty): TemplateResult {
  const { points, point_value, currency, expire_days, earn } = of;
  const { available, pending, held, expiring, due_at } = points;
  return html`<section class="card" aria-label=${l.pointsWord}>
    <div class="row top">
      <span class="medal">${sign("points", 24)}</span>
      <div class="grow">
        <p class="t-13 quiet">${l.pointsWord}</p>
        <h2 class="figure">${l.points(count(available))}</h2>
      </div>
      ${
        available > 0
          ? html`<p class="t-14 quiet">${l.worth(money(available * point_value, currency))}</p>`
          : nothing
      }
    </div>
    ${available < 0 ? html`<p class="t-13 wait">${l.owed}</p>` : nothing}
    ${
      pending === 0
        ? nothing
        : html`<p class="fact">
            <b>${l.pending(count(pending))}</b
            ><span class="quiet"
              >${due_at === null ? nothing : l.pendingUntil(fullDay(due_at))}</span
            >
          </p>`
    }
    ${held === 0 ? nothing : html`<p class="fact"><b>${l.heldBack(count(held))}</b></p>`}
    ${
      expiring.length === 0
        ? html`<p class="t-13 quiet">${l.noneExpiring(expire_days)}</p>`
        : html`<div class="expiring">
            <h3 class="t-13 quiet">${l.expiring}</h3>
            <ul>
              ${expiring.map(
                ({ points: some, at }) => html`<li>${l.expires(count(some), fullDay(at))}</li>`,
              )}
            </ul>
          </div>`
    }
    <p class="t-13 quiet">${l.earnRate(money(earn.spend, currency), earn.points)}</p>
  </section>`;
}
