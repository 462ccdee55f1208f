import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts, who } from "../design/parts";
import { m } from "../i18n/index";
import type { Waiting } from "../room/connection";
import { session } from "../session/session";
import type { Comment, Item } from "../wire/types";
import { fate, fateLook } from "./fate";

/** The comments: newest at the foot; a claim is a line with a fate. Over the picture or in a panel. */
@customElement("plusone-talk")
export class Talk extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: flex;
        flex-direction: column-reverse;
        min-block-size: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-width: none;
        font-size: var(--t-14);
        line-height: var(--l-14);
      }
      ol {
        display: flex;
        flex-direction: column;
      }
      b {
        font-weight: var(--w-name);
      }
      .typed {
        font-weight: var(--w-strong);
      }
      .fate {
        display: inline-flex;
        align-items: center;
        gap: 3px;
        font-weight: var(--w-name);
        white-space: nowrap;
      }
      .role {
        padding: 0 5px;
        border-radius: var(--r-tag);
        font-size: var(--t-11);
        line-height: 16px;
        display: inline-block;
        vertical-align: 1px;
        font-weight: var(--w-strong);
        text-shadow: none;
      }

      /* Over the picture */
      .stage {
        align-items: flex-start;
        gap: 6px;
        color: var(--stage-ink);
        padding-inline: 4px;
      }
      .stage li {
        text-shadow: 0 1px 2px rgb(0 0 0 / 0.55);
        padding-inline: var(--s-1);
        max-inline-size: 100%;
        animation: come var(--m-move) var(--ease-out);
      }
      .stage li:not(.claim):not(.after) {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 4;
        overflow: hidden;
      }
      @keyframes come {
        from {
          transform: translateY(8px);
          opacity: 0;
        }
      }
      .stage b {
        color: var(--stage-ink-2);
        margin-inline-end: 8px;
      }
      .stage .role {
        background: #f5f4f0;
        color: #17181c;
        margin: 0 8px 0 -2px;
      }
      .stage .claim {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 6px;
        padding: 2px 10px;
        margin-inline-start: -4px;
        border-radius: 14px;
        background: var(--stage-glass);
        text-shadow: none;
      }
      .stage .claim b {
        margin: 0;
      }
      .stage .claim > .i {
        opacity: 0.6;
      }
      .stage .fate-got {
        color: #a5e3bf;
      }
      .stage .fate-line {
        color: #f0cd8a;
      }
      .stage .fate-back,
      .stage .fate-later {
        color: #e3e3e0;
      }
      .stage .mine.claim {
        background: #fdfcfa;
        color: #17181c;
      }
      .stage .mine.claim b {
        color: #494b52;
      }
      .stage .mine .fate-got {
        color: #1d6843;
      }
      .stage .mine .fate-line {
        color: #7d5108;
      }
      .stage .mine .fate-back,
      .stage .mine .fate-later {
        color: #494b52;
      }
      .stage .after {
        color: var(--stage-ink-2);
        font-size: var(--t-13);
        margin-block-start: -2px;
        padding-inline-start: 10px;
      }
      :host([tight]) .stage li:not(.claim):not(.after) {
        background: var(--stage-glass-2);
        border-radius: 14px;
        padding: 2px 10px;
        text-shadow: none;
      }

      /* In a panel */
      .panel {
        gap: var(--s-3);
        padding-block: var(--s-3) var(--s-4);
      }
      .panel li {
        display: flex;
        gap: 10px;
        align-items: flex-start;
      }
      .panel p {
        padding-block-start: 3px;
      }
      .panel b {
        color: var(--ink-2);
        margin-inline-end: 8px;
      }
      .panel .role {
        background: var(--ink);
        color: var(--on-ink);
        margin: 0 8px 0 -2px;
      }
      .panel .fates {
        display: flex;
        flex-direction: column;
        padding-block-start: 4px;
        font-size: var(--t-13);
        line-height: var(--l-13);
      }
      .panel .fate-got {
        color: var(--held);
      }
      .panel .fate-line {
        color: var(--wait);
      }
      .panel .fate-back,
      .panel .fate-later {
        color: var(--ink-2);
      }
      .panel .mine {
        background: var(--held-wash);
        margin-inline: -8px;
        padding: 6px 8px;
        border-radius: 10px;
      }
      .panel .mine.plain-talk {
        background: var(--fill);
      }
      .empty {
        color: var(--ink-3);
        text-align: center;
        padding-block: var(--s-8);
      }
    `,
  ];

  @property({ attribute: false }) comments: readonly Comment[] = [];
  @property({ attribute: false }) items: readonly Item[] = [];
  @property({ attribute: false }) waiting: readonly Waiting[] = [];
  @property({ attribute: false }) own: readonly string[] = [];
  @property() look: "stage" | "panel" = "panel";
  @property({ type: Boolean }) lost = false;
  /** Only comments that became claims. */
  @property({ type: Boolean }) orders = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.tabIndex = 0; // what scrolls must be reachable by keyboard
    this.setAttribute("role", "log");
    this.setAttribute("aria-live", "off");
  }

  override render(): TemplateResult {
    this.setAttribute("aria-label", m.comments);
    const lines = this.comments.filter(
      ({ hidden, text, outcomes }) =>
        !hidden && text !== null && (!this.orders || outcomes.length > 0),
    );
    const shown = this.look === "stage" ? lines.slice(-24) : lines;
    if (shown.length === 0 && this.waiting.length === 0 && this.look === "panel") {
      return html`<p class="empty">${m.noComments}</p>`;
    }
    return html`<ol class=${this.look} role="presentation">
      ${repeat(
        shown,
        ({ offset }) => offset,
        (comment) => this.line(comment),
      )}
      ${repeat(
        this.waiting,
        ({ request_id }) => request_id,
        (one) => this.waitingLine(one),
      )}
      ${
        this.lost && this.waiting.length > 0 && this.look === "stage"
          ? html`<li class="after">${m.sentOnce}</li>`
          : nothing
      }
    </ol>`;
  }

  private line({ by, role, name, text, outcomes }: Comment): TemplateResult {
    const own = this.own.includes(by);
    const [first] = outcomes;
    const claim = first !== undefined;
    const called = own ? m.you : (name ?? "");
    const badge =
      role === "viewer"
        ? nothing
        : html`<span class="role">${role === "host" ? m.host : m.moderator}</span>`;
    if (this.look === "stage") {
      if (!claim) return html`<li><b>${called}</b>${badge}${text}</li>`;
      return html`<li class="claim ${own ? "mine" : ""} ${fateLook(first)}">
        <b>${called}</b><span class="typed">${text}</span>${icon("arrowRight", 16)}${fate(outcomes)}
      </li>`;
    }
    return html`<li class="${own ? "mine" : ""} ${claim ? "" : "plain-talk"}">
      ${who(name ?? "")}
      <p class="grow"><b>${called}</b>${badge}<span class=${claim ? "typed" : ""}>${text}</span></p>
      ${claim ? html`<span class="fates">${fate(outcomes)}</span>` : nothing}
    </li>`;
  }

  private waitingLine({ event, body }: Waiting): unknown {
    let typed: string;
    if (event === "comment") typed = body.text as string;
    else if (event === "claim") {
      const item = this.items.find(({ id }) => id === body.item);
      typed = `${item?.code ?? ""}+${body.quantity as number}`;
    } else return nothing;
    const state = this.lost
      ? html`<span class="fate fate-later">${icon("clock", 16)}${m.toBeSent}</span>`
      : nothing;
    if (this.look === "stage") {
      return html`<li class="claim mine later">
        <b>${m.you}</b
        ><span class="typed">${typed}</span> ${this.lost ? icon("arrowRight", 16) : nothing}${state}
      </li>`;
    }
    return html`<li class="mine plain-talk">
      ${who(session?.person.name ?? m.you)}
      <p class="grow"><b>${m.you}</b>${typed}</p>
      <span class="fates">${state}</span>
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-talk": Talk;
  }
}
