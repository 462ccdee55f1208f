import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import "./language";
import { m } from "../i18n/index";
import { leave } from "../session/leaving";
import { loadSession, onSession, session } from "../session/session";
import { PlusoneElement } from "./element";
import { firstSign, parts, who } from "./parts";

/**
 * The head of every page for customers: the shop, the places to go, and who sits here; what is put
 * into it stands before her name.
 */
@customElement("plusone-header")
export class Header extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
        flex: none;
      }
      header {
        display: flex;
        align-items: center;
        gap: var(--s-2) var(--s-8);
        min-block-size: 64px;
        padding: 0 var(--s-6);
      }
      .shop {
        text-decoration: none;
        min-block-size: var(--target);
      }
      .logo {
        background: var(--ink);
        color: var(--on-ink);
        font-weight: var(--w-strong);
        font-size: 17px;
      }
      nav {
        display: flex;
        gap: var(--s-6);
        color: var(--ink-2);
        font-size: var(--t-14);
      }
      nav a,
      .end a,
      .end button {
        text-decoration: none;
        padding-block: 11px;
        white-space: nowrap;
      }
      [aria-current] {
        color: var(--ink);
        font-weight: var(--w-name);
        box-shadow: inset 0 -4px 0 -2px var(--ink);
      }
      .end {
        gap: var(--s-3);
        font-size: var(--t-14);
      }
      .called {
        max-inline-size: 10em;
      }
      .leave {
        color: var(--ink-2);
      }
      @media (max-width: 719px) {
        header {
          flex-wrap: wrap;
          padding: var(--s-2) var(--s-4) 0;
          gap: 0 var(--s-5);
        }
        nav {
          order: 3;
          flex: 1 0 calc(100% + 2 * var(--s-4));
          border-block-end: 1px solid var(--line);
          margin-inline: calc(-1 * var(--s-4));
          padding-inline: var(--s-4);
        }
        .called {
          display: none;
        }
      }
    `,
  ];

  @property() current: "shows" | "orders" | "help" | "account" | "" = "";
  private forget: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.forget = onSession(() => this.requestUpdate());
    loadSession().then(
      () => this.requestUpdate(),
      () => undefined,
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget?.();
  }

  override render(): TemplateResult {
    const shop = session?.shop.name ?? "";
    return html`<header>
      <a class="row shop" href="/"
        ><span class="who logo" aria-hidden="true">${firstSign(shop)}</span><b>${shop}</b></a
      >
      <nav aria-label=${m.mainWays}>
        <a href="/" aria-current=${this.current === "shows" ? "page" : nothing}>${m.shows}</a>
        <a href="/orders" aria-current=${this.current === "orders" ? "page" : nothing}
          >${m.myOrders}</a
        >
        <a href="/help" aria-current=${this.current === "help" ? "page" : nothing}>${m.help}</a>
        ${session?.notices === true ? html`<a href="/notices">${m.notices}</a>` : nothing}
      </nav>
      <span class="row end"
        ><plusone-language></plusone-language><slot></slot>${this.person()}</span
      >
    </header>`;
  }

  private person(): unknown {
    if (session === null) return nothing;
    const { kind, name, email } = session.person;
    const next = encodeURIComponent(location.pathname);
    if (kind === "nobody") return html`<a href="/sign-in?next=${next}">${m.signIn}</a>`;
    const called = name ?? email ?? "";
    const words = html`<span class="name one-line called">${called}</span>`;
    return html`${
      kind === "staff"
        ? html`<span class="row">${who(called)}${words}</span>`
        : html`<a
            class="row hit"
            href="/account"
            aria-current=${this.current === "account" ? "page" : nothing}
            >${who(called)}<span class="said">${m.myAccount}</span>${words}</a
          >`
    }${
      kind === "guest"
        ? html`<a href="/sign-in?next=${next}">${m.signIn}</a>`
        : html`<button class="leave hit" @click=${() => void leave()}>${m.signOut}</button>`
    }`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-header": Header;
  }
}
