import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { PlusoneElement } from "../design/element";
import { icon, type IconName } from "../design/icons";
import { parts } from "../design/parts";
import { clock, count } from "../i18n/format";
import { y } from "../i18n/loyalty-staff";
import { s } from "../i18n/staff";
import type { Show, Staff, StaffClaim } from "../wire/types";

/** Reasons that a person can mend: she wanted something, and it was not clear what. */
const mendable = ["unknown_item", "ambiguous_item", "needs_variant", "unknown_variant"];

/** The claims as they come, the newest first. Tells `by-hand` (a StaffClaim) to mend or change. */
@customElement("plusone-claims")
export class Claims extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-block-size: 0;
        font-size: var(--t-13);
        line-height: var(--l-13);
      }
      h2 {
        font-size: var(--t-14);
        line-height: 28px;
        gap: 6px;
        flex: none;
      }
      :host([bare]) h2 > .called {
        display: none;
      }
      ol {
        flex: 1;
        min-block-size: 0;
        overflow: auto;
        margin-inline: -8px;
        padding-inline: 8px;
      }
      .seg {
        gap: 0;
        padding: 2px;
        border-radius: 8px;
        background: var(--sunken);
        font-weight: var(--w-read);
        font-size: var(--t-12);
      }
      .seg button {
        padding: 2px 8px;
        border-radius: 6px;
        color: var(--ink-2);
        min-block-size: 26px;
      }
      .seg [aria-pressed="true"] {
        background: var(--raised);
        color: var(--ink);
        font-weight: var(--w-name);
        box-shadow: var(--shadow-rest);
      }
      li {
        display: flex;
        gap: 10px;
        align-items: flex-start;
        padding-block: 7px;
        border-block-end: 1px solid var(--line);
      }
      .tm {
        font-size: var(--t-11);
        line-height: var(--l-13);
        color: var(--ink-3);
        inline-size: 4.6em;
        flex: none;
      }
      b {
        font-weight: var(--w-name);
      }
      .typed {
        font-weight: var(--w-strong);
        margin-inline-start: auto;
        max-inline-size: 60%;
      }
      li .btn {
        align-self: center;
        min-block-size: 28px;
        padding: 0 8px;
        font-size: var(--t-12);
      }
      .fate {
        display: flex;
        gap: 4px;
        align-items: flex-start;
        color: var(--held);
      }
      .fate .i {
        margin-block-start: 1px;
        inline-size: 15px;
        block-size: 15px;
      }
      .line .fate,
      .part .fate,
      .bad .fate {
        color: var(--wait);
      }
      .plain .fate,
      .back .fate {
        color: var(--ink-3);
      }
      .bad {
        background: var(--wait-wash);
        margin-inline: -8px;
        padding-inline: 8px;
        border-radius: 8px;
        border-color: transparent;
      }
      .empty {
        padding: var(--s-8) 0;
        text-align: center;
        color: var(--ink-3);
      }
    `,
  ];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) staff!: Staff;
  /** In a sheet, which bears the heading already. */
  @property({ type: Boolean, reflect: true }) bare = false;
  @state() private onlyOpen = false;

  override render(): TemplateResult {
    const open = this.open();
    const newest = [...this.staff.claims].reverse();
    const shown = this.onlyOpen ? newest.filter((one) => open.has(one)) : newest;
    const choose = (only: boolean): (() => void) => {
      return () => {
        this.onlyOpen = only;
      };
    };
    return html`<h2 class="row">
        <span class="called">${s.claims}</span
        ><span class="count">${count(this.staff.totals.claims)}</span
        ><span class="row end seg"
          ><button aria-pressed=${!this.onlyOpen} @click=${choose(false)}>${s.all}</button
          ><button aria-pressed=${this.onlyOpen} @click=${choose(true)}>
            ${s.toHandle(open.size)}
          </button></span
        >
      </h2>
      ${
        shown.length === 0
          ? html`<p class="empty">${this.onlyOpen ? s.nothingToHandle : s.noClaims}</p>`
          : html`<ol tabindex="0" aria-label=${s.claims}>
              ${repeat(
                shown,
                ({ offset }) => offset,
                (one) => this.line(one, open.has(one)),
              )}
            </ol>`
      }`;
  }

  /** What somebody should look at: not understood, and nothing granted to its writer since. */
  private open(): Set<StaffClaim> {
    const open = new Set<StaffClaim>();
    const later = new Set<string>();
    for (const one of [...this.staff.claims].reverse()) {
      if (one.kind === "held" || one.kind === "waiting") later.add(one.by);
      const mend = one.reason?.split(",").some((reason) => mendable.includes(reason)) ?? false;
      if (one.kind === "unread" && mend && !later.has(one.by)) open.add(one);
    }
    return open;
  }

  private line(one: StaffClaim, open: boolean): TemplateResult {
    const [look, sign, words] = this.fate(one);
    const held = one.kind === "held" && one.state === "held";
    return html`<li class=${open ? "bad" : look}>
      <span class="tm">${clock(one.at_ms, true)}</span>
      <div class="grow">
        <p class="row">
          <b class="one-line">${one.name ?? "–"}</b
          ><span class="typed one-line">${one.typed ?? this.named(one)}</span>
        </p>
        <p class="fate t-12">${icon(sign, 16)}${words}</p>
      </div>
      ${
        open || held
          ? html`<button
              class="btn btn-s btn-line"
              aria-label="${open ? s.fixForHer : s.edit} ${one.name ?? ""}"
              @click=${() =>
                this.dispatchEvent(new CustomEvent<StaffClaim>("by-hand", { detail: one }))}
            >
              ${open ? s.fixForHer : s.edit}
            </button>`
          : nothing
      }
    </li>`;
  }

  /** A claim by button has no words of its own. */
  private named({ item, variant, quantity, kind }: StaffClaim): string {
    const one = this.show.items.find(({ id }) => id === item);
    if (one === undefined) return "";
    const title = one.variants.find(({ key }) => key === variant)?.title;
    const sign = kind === "given_back" ? "−" : "+";
    return [one.code, variant === null ? "" : title, `${sign}${quantity ?? 1}`]
      .filter(Boolean)
      .join(" ");
  }

  /** Who is not let have an item that is for members, and is not blocked, lacks the tier. */
  private why(code: string, { item, by }: StaffClaim): string {
    const tier = this.show.items.find(({ id }) => id === item)?.tier_name ?? null;
    const blocked = this.staff.blocked.some(({ person }) => person === by);
    return code === "not_allowed" && tier !== null && !blocked
      ? y.refusedForTier(tier)
      : (s.refusals[code] ?? code);
  }

  private fate(one: StaffClaim): [look: string, sign: IconName, words: string] {
    const n = one.quantity ?? 0;
    const { reason } = one;
    const why = (reason ?? "").split(",").map((code) => this.why(code, one));
    switch (one.kind) {
      case "held":
        if (one.state === "sold") return ["got", "check", s.soldNow(n)];
        if (one.state === "paying") return ["got", "clock", s.payingNow(n)];
        if (one.state === "held") {
          return [
            "got",
            "check",
            one.until === null ? s.heldNow(n) : s.heldUntil(n, clock(one.until)),
          ];
        }
        return ["back", "undo", s.goneNow(n)];
      case "waiting":
        return ["line", "hourglass", s.waitsFor(n)];
      case "given_back":
        return ["back", "undo", s.gaveBack(n, s.causes[reason ?? ""] ?? "")];
      case "refused":
        return ["part", "warn", s.refused(n, why.join(" "))];
      case "unread":
        return ["plain", "warn", [...new Set(why)].join(" ")];
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-claims": Claims;
  }
}
