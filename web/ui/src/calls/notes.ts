import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";

import type { Call } from "../consult/call";
import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { k } from "../i18n/calls";
import { clock } from "../i18n/format";
import { Problem } from "../wire/http";
import { side } from "./side-look";

const pause_ms = 700;
const most = 4_000;

/** A rep's notes of a call, kept as she types. They go on after it. */
@customElement("plusone-call-notes")
export class CallNotes extends PlusoneElement {
  static override styles = [
    parts,
    side,
    css`
      textarea {
        display: block;
        inline-size: calc(100% + 2 * var(--s-2));
        margin: var(--s-2) calc(-1 * var(--s-2)) 0;
        padding: var(--s-2);
        min-block-size: 84px;
        field-sizing: content;
        max-block-size: 260px;
        resize: none;
        border: 0;
        border-radius: 10px;
        background: none;
        font-size: var(--t-14);
        line-height: 24px;
        color: var(--ink-2);
      }
      textarea:focus {
        color: var(--ink);
        background: var(--raised);
        outline: 2.5px solid var(--focus);
      }
      .state {
        min-block-size: var(--l-12);
      }
      @media (max-width: 799px) {
        textarea {
          font-size: var(--t-16);
        }
      }
    `,
  ];

  @property({ attribute: false }) call!: Call;
  @property({ type: Number }) version = 0;
  @state() private stands: "" | "saving" | "unsaved" | "long" = "";
  @query("textarea") private readonly field!: HTMLTextAreaElement | null;
  /** What she wrote and is not kept yet. */
  private unsaved: string | null = null;
  private saving = false;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  /** The call whose notes stand in the field. */
  private of: Call | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    void this.keep();
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("call")) this.of = null;
  }

  override updated(): void {
    const { field, call } = this;
    if (field === null || call.snapshot === null) return;
    const kept = call.snapshot.staff?.notes?.text ?? "";
    // What she types is never replaced under her hands.
    if (this.of === call && (this.unsaved !== null || this.saving)) return;
    this.of = call;
    if (field.value !== kept) field.value = kept;
  }

  override render(): TemplateResult {
    return html`<section class="box">
      <h3 class="row">
        ${icon("lock", 16)}<label for="notes">${k.notes}</label
        ><span class="t-12 faint end">${k.notesFor}</span>
      </h3>
      <textarea
        id="notes"
        rows="3"
        placeholder=${k.notesHint}
        @input=${this.type}
        @blur=${() => void this.keep()}
      ></textarea>
      <p
        class="t-12 ${this.stands === "unsaved" || this.stands === "long" ? "wait" : "faint"} state"
        role="status"
      >
        ${this.standWords()}
      </p>
    </section>`;
  }

  private standWords(): string {
    switch (this.stands) {
      case "saving":
        return k.saving;
      case "unsaved":
        return k.notSaved;
      case "long":
        return k.tooLong;
      case "": {
        const notes = this.call.snapshot?.staff?.notes ?? null;
        return notes === null ? "" : k.saved(clock(notes.at_ms));
      }
    }
  }

  private type(event: Event): void {
    this.unsaved = (event.target as HTMLTextAreaElement).value;
    this.stands = long(this.unsaved) ? "long" : "saving";
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => void this.keep(), pause_ms);
  }

  /** Keeps what is new; what she types meanwhile is kept after it. */
  async keep(): Promise<void> {
    clearTimeout(this.waiting);
    const text = this.unsaved;
    if (text === null || this.saving || long(text)) return;
    this.unsaved = null;
    this.saving = true;
    try {
      await this.call.act({ type: "note", text });
      if (!this.more) this.stands = "";
    } catch (problem) {
      if (!this.more) this.unsaved = text;
      this.stands = problem instanceof Problem && problem.code === "too_large" ? "long" : "unsaved";
      return;
    } finally {
      this.saving = false;
    }
    if (this.more) void this.keep();
  }

  /** She has written on meanwhile. */
  private get more(): boolean {
    return this.unsaved !== null;
  }
}

/** By the signs that the service counts. */
function long(text: string): boolean {
  return Array.from(text).length > most;
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-call-notes": CallNotes;
  }
}
