import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import "../show/entry";
import { PlusoneElement } from "../design/element";
import { icon, type IconName } from "../design/icons";
import { parts, who } from "../design/parts";
import { m } from "../i18n/index";
import { s } from "../i18n/staff";
import type { Entry } from "../show/entry";
import type { Comment, Show, Staff } from "../wire/types";
import type { Acts } from "./acts";

/** The comments as staff see them: each can be pinned, hidden, its writer muted or blocked. */
@customElement("plusone-studio-talk")
export class StudioTalk extends PlusoneElement {
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
      .scroll {
        flex: 1;
        min-block-size: 0;
        overflow: auto;
        display: flex;
        flex-direction: column-reverse;
        margin-inline: -8px;
        padding-inline: 8px;
      }
      ol {
        display: flex;
        flex-direction: column;
        gap: 2px;
        padding-block-end: var(--s-2);
      }
      li {
        display: flex;
        gap: 8px;
        padding: 6px 8px;
        margin-inline: -8px;
        border-radius: 10px;
        position: relative;
      }
      li p {
        padding-block-start: 4px;
      }
      b {
        font-weight: var(--w-name);
        color: var(--ink-2);
        margin-inline-end: 6px;
      }
      .typed {
        font-weight: var(--w-strong);
      }
      .sel {
        background: var(--raised);
        box-shadow:
          0 0 0 1px var(--line-2),
          var(--shadow-rest);
      }
      .mods {
        gap: 4px;
        padding-block-start: 6px;
        flex-wrap: wrap;
      }
      .mods .btn {
        padding: 0 7px;
        min-block-size: 30px;
        font-size: var(--t-12);
        gap: 3px;
      }
      .hid .who {
        opacity: 0.5;
      }
      .more {
        position: absolute;
        inset: 4px 4px auto auto;
        opacity: 0;
        background: var(--sheet);
      }
      li:hover .more,
      li:focus-within .more,
      .sel .more {
        opacity: 1;
      }
      @media (hover: none) {
        .more {
          opacity: 1;
        }
      }
      .badge-host {
        padding: 0 5px;
        border-radius: var(--r-tag);
        background: var(--ink);
        color: var(--on-ink);
        font-size: var(--t-11);
        font-weight: var(--w-strong);
        line-height: 16px;
        display: inline-block;
        margin-inline-end: 6px;
        vertical-align: 1px;
      }
      .badge-host.mod {
        background: var(--note-wash);
        color: var(--note);
      }
      .empty {
        flex: 1;
        padding: var(--s-8) 0;
        text-align: center;
        color: var(--ink-3);
      }
      plusone-entry {
        flex: none;
        margin-block-end: 4px;
      }
    `,
  ];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) staff!: Staff;
  @property({ attribute: false }) acts!: Acts;
  @property() own: string | null = null;
  /** In a sheet, which bears the heading already. */
  @property({ type: Boolean, reflect: true }) bare = false;
  @state() private chosen: number | null = null;

  override render(): TemplateResult {
    const { comments, slow_mode_s } = this.show;
    return html`<h2 class="row">
        <span class="called">${s.comments}</span
        ><span class="row end"
          >${
            slow_mode_s > 0
              ? html`<span class="badge b-plain">${s.slowFor(slow_mode_s)}</span>`
              : nothing
          }<button
            class="tool tool-s hit"
            aria-label=${s.moderation}
            @click=${() => this.dispatchEvent(new Event("moderation"))}
          >
            ${icon("sliders", 18)}
          </button></span
        >
      </h2>
      ${
        comments.length === 0
          ? html`<p class="empty">${s.noComments}</p>`
          : html`<div
              class="scroll"
              tabindex="0"
              role="log"
              aria-live="off"
              aria-label=${s.comments}
            >
              <ol role="presentation">
                ${repeat(
                  comments,
                  ({ offset }) => offset,
                  (comment) => this.line(comment),
                )}
              </ol>
            </div>`
      }
      <plusone-entry
        label=${s.sayLabel}
        hint=${this.show.status === "ended" ? m.showEnded : s.sayAs}
        ?shut=${this.show.status === "ended"}
        @say=${this.say}
      ></plusone-entry>`;
  }

  private async say({ target, detail }: CustomEvent<string>): Promise<void> {
    if (!(await this.acts.comment(detail))) (target as Entry).putBack(detail);
  }

  private line(comment: Comment): TemplateResult {
    const { offset, name, text, role, hidden, outcomes, by } = comment;
    const sel = this.chosen === offset;
    const called = name ?? "";
    const mine = by === this.own || role !== "viewer";
    return html`<li class="${sel ? "sel" : ""} ${hidden ? "hid" : ""}">
      ${who(called)}
      <div class="grow">
        <p>
          <b>${called}</b>${
            role === "viewer"
              ? nothing
              : html`<span class="badge-host ${role === "moderator" ? "mod" : ""}"
                  >${role === "host" ? m.host : m.moderator}</span
                >`
          }${
            hidden
              ? html`<span class="faint">${s.hidden}</span>`
              : html`<span class=${outcomes.length > 0 ? "typed" : ""}>${text}</span>`
          }
        </p>
        ${sel ? this.mods(comment, mine) : nothing}
      </div>
      <button
        class="tool tool-s more hit"
        aria-label=${s.actsOn(called)}
        aria-expanded=${sel}
        @click=${() => (this.chosen = sel ? null : offset)}
      >
        ${icon("more", 18)}
      </button>
    </li>`;
  }

  private mods({ offset, by, hidden }: Comment, mine: boolean): TemplateResult {
    const act = (
      sign: IconName,
      words: string,
      what: Record<string, unknown> & { type: string },
    ): TemplateResult =>
      html`<button
        class="btn btn-s btn-soft"
        @click=${() => {
          this.chosen = null;
          void this.acts.moderate(what);
        }}
      >
        ${icon(sign, 16)}${words}
      </button>`;
    const pinned = this.show.pinned_comment?.offset === offset;
    const muted = this.staff.muted.some(({ person }) => person === by);
    const blocked = this.staff.blocked.some(({ person }) => person === by);
    return html`<div class="row mods">
      ${
        hidden
          ? act("undo", s.restore, { type: "comment.restore", comment: offset })
          : html`${
              pinned
                ? act("pin", s.unpin, { type: "comment.pin", comment: null })
                : act("pin", s.pin, { type: "comment.pin", comment: offset })
            }
            ${act("eyeOff", s.hide, { type: "comment.hide", comment: offset })}`
      }
      ${
        mine
          ? nothing
          : html`${
              muted
                ? act("undo", s.unmute, { type: "person.unmute", person: by })
                : act("clock", s.mute10, { type: "person.mute", person: by, seconds: 600 })
            }
            ${
              blocked
                ? act("undo", s.unblock, { type: "person.unblock", person: by })
                : act("ban", s.block, { type: "person.block", person: by })
            }`
      }
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-studio-talk": StudioTalk;
  }
}
