import { html, nothing, type TemplateResult } from "lit";

import { icon, type IconName, plusOne } from "../design/icons";
import { who } from "../design/parts";
import { k } from "../i18n/calls";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { s } from "../i18n/staff";
import { leave } from "../session/leaving";
import { session } from "../session/session";
import { may } from "../studio/acts";

export type RailSheet = "replies" | "hours" | "profile" | "figures" | "keys";

interface Around {
  waiting: number;
  /** How many want to talk face to face. */
  calling: number;
  /** Where she is. */
  at: "conversations" | "calls";
  /** Whether the line is there: the dot at her own face. */
  there: boolean;
  /** Whether she said that she is away. */
  away: boolean;
  turn: () => void;
  open: (sheet: RailSheet) => void;
  /** Goes there without loading the page anew. */
  go: (to: "conversations" | "calls") => void;
}

/** The ways out of the desk, and what belongs to all of it: at its side, on a phone above the list. */
export function rail(around: Around): TemplateResult {
  const { waiting, calling, at, there, away, turn, open, go } = around;
  const called = session?.person.name ?? session?.person.email ?? "";
  const act = (sheet: RailSheet, sign: IconName, words: string): TemplateResult =>
    html`<button
      class="way ${sheet}"
      aria-label=${words}
      title=${words}
      @click=${() => open(sheet)}
    >
      ${icon(sign, 24)}
    </button>`;
  const way = (to: "conversations" | "calls", sign: IconName, label: string, count: number) =>
    html`<a
      class="way ${to}"
      href=${to === "calls" ? "/desk/calls" : "/desk"}
      aria-current=${at === to ? "page" : nothing}
      aria-label=${label}
      title=${to === "calls" ? k.calls : d.conversations}
      @click=${(event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(to);
      }}
      >${icon(sign, 24)}${count === 0 ? nothing : html`<span class="count">${count}</span>`}</a
    >`;
  return html`<nav class="rail" aria-label=${d.desk}>
    <span class="mark" aria-hidden="true"><b>${plusOne}</b></span>
    ${way(
      "conversations",
      "chat",
      waiting === 0 ? d.conversations : `${d.conversations} ${waiting}`,
      waiting,
    )}
    ${way("calls", "video", calling === 0 ? k.calls : k.callsOf(calling), calling)}
    <a class="way" href="/staff/orders" aria-label=${s.staffOrders} title=${s.staffOrders}
      >${icon("receipt", 24)}</a
    >
    <a class="way" href="/staff/articles" aria-label=${s.articles} title=${s.articles}
      >${icon("book", 24)}</a
    >
    ${
      may(session, "host", "moderator", "operator")
        ? html`<a class="way" href="/studio" aria-label=${s.studio} title=${s.studio}
            >${icon("megaphone", 24)}</a
          >`
        : nothing
    }
    ${act("replies", "bolt", d.cannedReplies)}
    ${may(session, "operator") ? act("hours", "clock", d.openingHours) : nothing}
    ${act("figures", "chart", d.figures)} ${act("profile", "person", d.profile)}
    <span class="last">
      ${act("keys", "keyboard", d.keys)}
      <plusone-language></plusone-language>
      <button
        class="way"
        aria-label=${m.signOut}
        title=${m.signOut}
        @click=${() => void leave("/staff/sign-in?next=/desk")}
      >
        ${icon("leave", 24)}
      </button>
      ${takesNew(called, { there, away, turn })}
    </span>
  </nav>`;
}

/** Her own face, and whether she is given new conversations; a press turns it. */
function takesNew(
  called: string,
  { there, away, turn }: Pick<Around, "there" | "away" | "turn">,
): TemplateResult {
  return html`<button
    class="me ${away ? "is-away" : there ? "on" : ""}"
    role="switch"
    aria-checked=${!away}
    aria-label=${d.takesNew}
    aria-keyshortcuts="a"
    title=${`${called} ${away ? d.awayWords : d.takesNew}`}
    @click=${turn}
  >
    ${who(called, false)}${away ? html`<span class="pause">${icon("pause", 16)}</span>` : nothing}
  </button>`;
}
