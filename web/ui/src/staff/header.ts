import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import "../design/language";
import { PlusoneElement } from "../design/element";
import { mark, parts, who } from "../design/parts";
import { m } from "../i18n/index";
import { s } from "../i18n/staff";
import { leave } from "../session/leaving";
import { loadSession, onSession, session } from "../session/session";
import { may } from "../studio/acts";

/** The head of the pages for staff; sends who is not staff to sign in. */
@customElement("plusone-staff-header")
export class StaffHeader extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--s-6);
        min-block-size: 64px;
        padding: 0 var(--s-4);
        background: var(--sheet);
        border-block-end: 1px solid var(--line);
        font-size: var(--t-14);
      }
      nav {
        display: flex;
        gap: var(--s-5);
        color: var(--ink-2);
      }
      nav a,
      .leave {
        text-decoration: none;
        padding-block: 11px;
        white-space: nowrap;
      }
      [aria-current] {
        color: var(--ink);
        font-weight: var(--w-name);
        box-shadow: inset 0 -4px 0 -2px var(--ink);
      }
      .called {
        max-inline-size: 10em;
      }
      @media (max-width: 719px) {
        nav {
          order: 3;
          flex-basis: 100%;
          min-inline-size: 0;
          overflow-x: auto;
          scrollbar-width: none;
          padding-inline: var(--s-4);
          margin-inline: calc(-1 * var(--s-4));
        }
        .called {
          display: none;
        }
      }
    `,
  ];

  @property() current: "shows" | "orders" | "articles" | "loyalty" = "shows";
  private forget: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.forget = onSession(() => this.requestUpdate());
    loadSession().then(
      ({ person }) => {
        if (person.kind === "staff") this.requestUpdate();
        else location.assign(`/staff/sign-in?next=${encodeURIComponent(location.pathname)}`);
      },
      () => undefined,
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget?.();
  }

  override render(): TemplateResult {
    const called = session?.person.name ?? session?.person.email ?? "";
    const here = (one: string): unknown => (this.current === one ? "page" : nothing);
    return html`<header>
      <a href="/studio" aria-label="plusone ${s.shows}">${mark}</a>
      <nav aria-label=${s.studio}>
        <a href="/studio" aria-current=${here("shows")}>${s.shows}</a>
        ${may(session, "rep", "operator") ? html`<a href="/desk">${s.desk}</a>` : nothing}
        ${
          may(session, "host", "rep", "operator")
            ? html`<a href="/staff/orders" aria-current=${here("orders")}>${s.staffOrders}</a>`
            : nothing
        }
        ${
          may(session, "rep", "operator")
            ? html`<a href="/staff/articles" aria-current=${here("articles")}>${s.articles}</a>`
            : nothing
        }
        ${
          may(session, "host", "operator")
            ? html`<a href="/staff/loyalty" aria-current=${here("loyalty")}>${s.loyalty}</a>`
            : nothing
        }
        ${session?.notices === true ? html`<a href="/notices">${m.notices}</a>` : nothing}
        <a href="/">${session?.shop.name}</a>
      </nav>
      <span class="row end"
        ><plusone-language></plusone-language>${
          called === ""
            ? nothing
            : html`${who(called)}<span class="name one-line called">${called}</span
                ><button class="leave quiet hit" @click=${() => void leave("/staff/sign-in")}>
                  ${m.signOut}
                </button>`
        }</span
      >
    </header>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-staff-header": StaffHeader;
  }
}
