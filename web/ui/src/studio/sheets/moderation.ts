import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../../design/sheet";
import { PlusoneElement } from "../../design/element";
import { forms } from "../../design/forms";
import { parts, who } from "../../design/parts";
import { clock } from "../../i18n/format";
import { s } from "../../i18n/staff";
import type { Show, Staff } from "../../wire/types";
import type { Acts } from "../acts";
import { said, sheetLook } from "./look";

const paces = [0, 3, 5, 10, 30, 60];

/** Announcement, slow mode, blocked words, and who was muted or blocked. Tells `close`. */
@customElement("plusone-moderation-sheet")
export class ModerationSheet extends PlusoneElement {
  static override styles = [parts, forms, sheetLook];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) staff!: Staff;
  @property({ attribute: false }) acts!: Acts;
  @property() said = "";
  @state() private busy = false;

  override render(): TemplateResult {
    const { announcement, slow_mode_s } = this.show;
    const steps = paces.includes(slow_mode_s)
      ? paces
      : [...paces, slow_mode_s].sort((a, b) => a - b);
    return html`<plusone-sheet
      heading=${s.moderation}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <div class="stack">
        <form @submit=${this.announce}>
          <label class="ask-for"
            ><span class="label">${s.announcement}</span
            ><span class="field"
              ><input
                name="text"
                maxlength="200"
                autocomplete="off"
                placeholder=${s.announceHint}
                .defaultValue=${announcement?.text ?? ""} /></span
          ></label>
          <div class="row">
            <button class="btn btn-s btn-ink" ?disabled=${this.busy}>${s.save}</button>
            ${
              announcement === null
                ? nothing
                : html`<button
                    type="button"
                    class="btn btn-s btn-line"
                    @click=${() => void this.act({ type: "announce", text: null })}
                  >
                    ${s.takeDown}
                  </button>`
            }
          </div>
        </form>
        <label class="ask-for"
          ><span class="label">${s.slowMode}</span
          ><span class="field"
            ><select
              @change=${(event: Event) => {
                const seconds = Number((event.target as HTMLSelectElement).value);
                void this.act({ type: "slow_mode.set", seconds });
              }}
            >
              ${steps.map(
                (one) =>
                  html`<option value=${one} .selected=${one === slow_mode_s}>
                    ${one === 0 ? s.off : s.seconds(one)}
                  </option>`,
              )}
            </select></span
          ><span class="hint">${s.slowModeWords}</span></label
        >
        <form @submit=${this.setWords}>
          <label class="ask-for"
            ><span class="label">${s.blockedWords}</span
            ><span class="field">
              <textarea
                name="words"
                rows="3"
                .defaultValue=${this.staff.words.join("\n")}
              ></textarea></span
            ><span class="hint">${s.blockedWordsWords}</span></label
          >
          <div class="row">
            <button class="btn btn-s btn-ink" ?disabled=${this.busy}>${s.save}</button>
          </div>
        </form>
        ${this.said === "" ? nothing : html`<p class="wrong" role="alert">${this.said}</p>`}
        ${this.people(
          s.mutedPeople,
          this.staff.muted.map((one) => ({
            ...one,
            fact: one.until === null ? s.noEnd : s.until(clock(one.until)),
          })),
          s.unmute,
          "person.unmute",
        )}
        ${this.people(
          s.blockedPeople,
          this.staff.blocked.map((one) => ({ ...one, fact: "" })),
          s.unblock,
          "person.unblock",
        )}
      </div>
    </plusone-sheet>`;
  }

  private people(
    heading: string,
    people: { person: string; name: string | null; fact: string }[],
    undo: string,
    type: string,
  ): TemplateResult {
    return html`<section>
      <h3>${heading}</h3>
      ${
        people.length === 0
          ? html`<p class="hint">${s.nobody}</p>`
          : html`<ul class="list">
              ${people.map(
                ({ person, name, fact }) =>
                  html`<li>
                    ${who(name ?? "")}<span class="grow col"
                      ><span class="name t-14 one-line">${name}</span
                      ><span class="t-13 quiet">${fact}</span></span
                    ><button
                      class="btn btn-s btn-line"
                      aria-label="${undo} ${name ?? ""}"
                      @click=${() => void this.act({ type, person })}
                    >
                      ${undo}
                    </button>
                  </li>`,
              )}
            </ul>`
      }
    </section>`;
  }

  private announce(event: SubmitEvent): void {
    event.preventDefault();
    const text = said(new FormData(event.target as HTMLFormElement), "text");
    void this.act({ type: "announce", text: text === "" ? null : text });
  }

  private setWords(event: SubmitEvent): void {
    event.preventDefault();
    const words = said(new FormData(event.target as HTMLFormElement), "words")
      .split(/\n/)
      .map((word) => word.trim())
      .filter((word) => word !== "");
    void this.act({ type: "words.set", words: [...new Set(words)] });
  }

  private async act(what: Record<string, unknown> & { type: string }): Promise<void> {
    this.busy = true;
    await this.acts.moderate(what);
    this.busy = false;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-moderation-sheet": ModerationSheet;
  }
}
