import { css, html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";

import "./design/header";
import { PlusoneElement } from "./design/element";
import { plusOne } from "./design/icons";
import { parts } from "./design/parts";
import { m } from "./i18n/index";

/** Where no page is: a shelf tag without an item, and the way back. */
@customElement("plusone-not-found")
export class NotFound extends PlusoneElement {
  static override styles = [
    parts,
    css`
      main {
        display: grid;
        place-items: center;
        place-content: center;
        gap: var(--s-4);
        min-block-size: calc(100dvh - 128px);
        padding: var(--s-6);
        text-align: center;
      }
      .seal {
        scale: 1.3;
        margin: var(--s-6);
      }
      .seal .face {
        color: var(--ink-2);
      }
    `,
  ];

  override render(): TemplateResult {
    document.title = m.noSuchPage;
    return html`<plusone-header></plusone-header>
      <main>
        <span class="seal seal-off" aria-hidden="true"><span class="face">${plusOne}</span></span>
        <h1 class="t-28">${m.noSuchPage}</h1>
        <p class="quiet">${m.noSuchPageWords}</p>
        <a class="btn btn-ink" href="/">${m.toShows}</a>
      </main>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-not-found": NotFound;
  }
}
