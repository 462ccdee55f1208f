import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { d } from "../i18n/desk";
import type { Open } from "./open";

/** As many and as long as the service takes them. */
const most_tags = 10;
const longest_tag = 24;

/** What staff call a conversation among themselves; each can be taken off, and others put on. */
@customElement("plusone-desk-tags")
export class DeskTags extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        display: block;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        font-size: var(--t-12);
        line-height: var(--l-12);
      }
      .one {
        display: inline-flex;
        align-items: center;
        min-block-size: 32px;
        padding-inline-start: 10px;
        border-radius: var(--r-full);
        background: var(--note-wash);
        color: var(--note);
        font-weight: var(--w-name);
        max-inline-size: 100%;
      }
      .one button {
        display: grid;
        place-items: center;
        inline-size: 32px;
        block-size: 32px;
        border-radius: 50%;
        flex: none;
      }
      form {
        display: inline-flex;
        align-items: center;
        min-block-size: 32px;
        border-radius: var(--r-full);
        box-shadow: inset 0 0 0 1px var(--edge);
        padding-inline: 8px 10px;
        gap: 4px;
      }
      form:focus-within {
        outline: 2.5px solid var(--focus);
        outline-offset: 1px;
      }
      input {
        inline-size: 8em;
        border: 0;
        outline: 0;
        background: none;
        min-block-size: 32px;
      }
      .full {
        margin-block-start: 6px;
        font-size: var(--t-12);
        line-height: var(--l-12);
      }
      @media (max-width: 799px) {
        input {
          font-size: var(--t-16);
        }
        .one,
        form,
        input {
          min-block-size: 40px;
        }
        .one button {
          inline-size: 40px;
          block-size: 40px;
        }
      }
    `,
  ];

  @property({ attribute: false }) tags: readonly string[] = [];
  @property({ attribute: false }) open!: Open;
  @state() private full = false;
  @query("input") private readonly field!: HTMLInputElement;

  override render(): TemplateResult {
    return html`<ul>
        ${this.tags.map(
          (tag) =>
            html`<li class="one">
              <span class="one-line">${tag}</span
              ><button
                aria-label=${d.removeTag(tag)}
                @click=${() => void this.open.tag(this.tags.filter((other) => other !== tag))}
              >
                ${icon("close", 16)}
              </button>
            </li>`,
        )}
        <li>
          <form @submit=${this.add}>
            ${icon("plus", 16)}<input
              aria-label=${d.addTag}
              placeholder=${d.addTag}
              maxlength=${longest_tag}
              autocomplete="off"
              enterkeyhint="done"
            />
          </form>
        </li>
      </ul>
      ${this.full ? html`<p class="full stop" role="alert">${d.tooManyTags}</p>` : nothing}`;
  }

  private readonly add = async (event: Event): Promise<void> => {
    event.preventDefault();
    const tag = this.field.value.trim();
    this.full = this.tags.length >= most_tags;
    if (tag === "" || this.full) return;
    if (this.tags.includes(tag) || (await this.open.tag([...this.tags, tag]))) {
      this.field.value = "";
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-desk-tags": DeskTags;
  }
}
