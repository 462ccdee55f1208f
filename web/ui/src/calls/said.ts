import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { Call } from "../consult/call";
import type { Said } from "../consult/wire";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { k } from "../i18n/calls";
import { d } from "../i18n/desk";
import { clock } from "../i18n/format";
import { m } from "../i18n/index";
import { requestId } from "../wire/http";
import { side } from "./side-look";
import { callWords } from "./words";

const most = 2_000;

/** What a rep and her customer write to each other during a call. Tells `told`. */
@customElement("plusone-call-said")
export class CallSaid extends PlusoneElement {
  static override styles = [
    parts,
    side,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-block-size: 0;
        flex: 1;
      }
      .scroll {
        flex: 1;
        min-block-size: 120px;
        overflow: auto;
        overscroll-behavior: contain;
        display: flex;
        flex-direction: column-reverse;
        padding: var(--s-2) var(--s-1);
      }
      .scroll .empty {
        margin-block: auto;
      }
      ol {
        display: grid;
        gap: 10px;
      }
      li {
        max-inline-size: 84%;
        justify-self: start;
      }
      li p {
        color: var(--ink-3);
        font-size: var(--t-12);
        line-height: var(--l-12);
        margin-block-end: 3px;
      }
      .bub {
        padding: 8px 12px;
        border-radius: 4px 14px 14px 14px;
        background: var(--fill);
        font-size: var(--t-14);
        line-height: var(--l-14);
        inline-size: fit-content;
        white-space: pre-wrap;
      }
      .ours {
        justify-self: end;
      }
      .ours p {
        text-align: end;
      }
      .ours .bub {
        background: var(--voice);
        border-radius: 14px 4px 14px 14px;
        margin-inline-start: auto;
      }
      .going .bub {
        opacity: 0.8;
      }
      form {
        display: flex;
        gap: var(--s-2);
        padding-block-start: var(--s-2);
      }
      .field {
        flex: 1;
      }
    `,
  ];

  @property({ attribute: false }) call!: Call;
  @property({ type: Number }) version = 0;
  @state() private empty = true;
  @query("input") private readonly field!: HTMLInputElement | null;

  override render(): TemplateResult {
    const said = this.call.call?.said ?? [];
    const going = this.call.doing.flatMap((act) => (act.type === "say" ? [act.text] : []));
    return html`<div class="scroll" tabindex="0" role="log" aria-label=${k.tabs.words}>
        ${
          said.length + going.length === 0
            ? html`<p class="empty"><b>${k.noWords}</b>${k.noWordsWords}</p>`
            : html`<ol>
                ${repeat(
                  said,
                  ({ offset }) => offset,
                  (one) => this.line(one),
                )}
                ${going.map(
                  (text) =>
                    html`<li class="ours going">
                      <p>${d.sending}</p>
                      <div class="bub">${text}</div>
                    </li>`,
                )}
              </ol>`
        }
      </div>
      ${
        this.call.call?.phase === "talking"
          ? html`<form @submit=${this.say}>
              <label class="field"
                ><input
                  aria-label=${k.write}
                  placeholder=${k.write}
                  autocomplete="off"
                  maxlength=${most}
                  @input=${this.type} /></label
              ><button class="tool" aria-label=${k.send} title=${k.send} ?disabled=${this.empty}>
                ${icon("arrowUp", 20)}
              </button>
            </form>`
          : nothing
      }`;
  }

  private line({ from, name, at_ms, text }: Said): TemplateResult {
    const ours = from === "staff";
    return html`<li class=${ours ? "ours" : ""}>
      <p>${ours ? m.you : (name ?? d.noName)} ${clock(at_ms)}</p>
      <div class="bub">${text ?? d.erased}</div>
    </li>`;
  }

  private type(): void {
    this.empty = this.field?.value.trim() === "";
  }

  private say(event: Event): void {
    event.preventDefault();
    const { field } = this;
    const text = field?.value.trim() ?? "";
    if (field === null || text === "") return;
    field.value = "";
    this.empty = true;
    this.call.act({ type: "say", text }, requestId()).catch((problem: unknown) => {
      // It stands where it was written, to be sent again.
      if (field.value === "") field.value = text;
      this.empty = false;
      this.dispatchEvent(new CustomEvent("told", { detail: callWords(problem) }));
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-call-said": CallSaid;
  }
}
