import { css, html, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { locale, m, speak } from "../i18n/index";
import { isLocale, localeNames, locales } from "../i18n/locales";
import { PlusoneElement } from "./element";
import { icon } from "./icons";
import { part } from "./part";
import { parts } from "./parts";

/** The language switch: a plain select, so that every phone shows its own list. */
@customElement("plusone-language")
export class LanguageSwitch extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: inline-block;
      }
      label {
        position: relative;
        display: inline-flex;
        align-items: center;
        gap: 5px;
        min-inline-size: var(--target);
        min-block-size: var(--target);
        justify-content: center;
        border-radius: var(--r-full);
        font-size: var(--t-14);
      }
      select {
        position: absolute;
        inset: 0;
        inline-size: 100%;
        block-size: 100%;
        opacity: 0;
        cursor: pointer;
        font-size: var(--t-16);
      }
      option {
        color: CanvasText;
        background: Canvas;
      }
      label:has(:focus-visible) {
        outline: 2.5px solid var(--focus);
        outline-offset: 1px;
      }
      :host([stage]) label:has(:focus-visible) {
        outline-color: #fff;
      }
    `,
  ];

  /** Lies over the picture: the short name only. */
  @property({ type: Boolean, reflect: true }) stage = false;

  override render(): TemplateResult {
    return html`<label
      >${icon("language", 20)}<span aria-hidden="true"
        >${this.stage ? "" : locales[locale].short}</span
      ><select aria-label=${m.language} @change=${this.choose}>
        ${localeNames.map(
          (name) =>
            html`<option value=${name} lang=${locales[name].lang} ?selected=${name === locale}>
              ${locales[name].name}
            </option>`,
        )}
      </select></label
    >`;
  }

  private async choose({ target }: Event): Promise<void> {
    const select = target as HTMLSelectElement;
    const { value } = select;
    // Where its words cannot be had, the page stays in the language that it has.
    if (isLocale(value) && !(await part(() => speak(value)))) select.value = locale;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-language": LanguageSwitch;
  }
}
