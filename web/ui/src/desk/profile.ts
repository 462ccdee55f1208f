import { css, html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../design/sheet";
import { PlusoneElement } from "../design/element";
import { forms } from "../design/forms";
import { icon } from "../design/icons";
import { parts, who } from "../design/parts";
import { d } from "../i18n/desk";
import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { r, repsWords } from "../i18n/reps";
import { session } from "../session/session";
import { may } from "../studio/acts";
import { ask } from "../wire/http";
import { deskSheet } from "./sheet-look";
import { faultOf, skillsOf } from "./skills";
import type { Profile, Rep } from "./wire";

const languages = ["zh-Hant", "zh-Hant-HK", "zh-Hans", "en"] as const;
const most_most = 20;

/**
 * What a rep speaks and knows, and how much she is given; operators see and change their colleagues'
 * too. Tells `saved` with whether she herself is away, `figures` where those are wanted, and `close`.
 */
@customElement("plusone-profile-sheet")
export class ProfileSheet extends PlusoneElement {
  static override styles = [
    parts,
    forms,
    deskSheet,
    css`
      plusone-sheet {
        --sheet-width: 520px;
      }
      form {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--s-4);
      }
      fieldset {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
        gap: 0 var(--s-3);
        border: 0;
        margin: 0;
        padding: 0;
        min-inline-size: 0;
        font-size: var(--t-14);
        line-height: var(--l-14);
      }
      legend {
        padding: 0;
        font-weight: var(--w-name);
      }
      fieldset p {
        grid-column: 1 / -1;
      }
      .number {
        inline-size: 8rem;
      }
      h3 {
        font-size: var(--t-14);
        line-height: var(--l-14);
        padding-block-start: var(--s-4);
        border-block-start: 1px solid var(--line);
      }
      .pick {
        padding-inline: 0;
      }
    `,
  ];

  @property() own = "";
  /** Who has the desk open now; null while that was not told. */
  @property({ attribute: false }) here: ReadonlySet<string> | null = null;
  @state() private profile: Profile | null = null;
  @state() private reps: Rep[] = [];
  /** The colleague whose profile is being changed; null for her own. */
  @state() private colleague: Rep | null = null;
  @state() private wrong: { skills?: string; most?: string } = {};
  @state() private problem = "";
  @state() private busy = false;
  @state() private done = "";

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  protected override async scheduleUpdate(): Promise<void> {
    await repsWords;
    await super.scheduleUpdate();
  }

  private async load(): Promise<void> {
    this.problem = "";
    try {
      const leads = may(session, "operator");
      const [profile, all] = await Promise.all([
        ask<Profile>("GET", "/api/staff/rep"),
        leads ? ask<{ reps: Rep[] }>("GET", "/api/staff/reps") : { reps: [] },
      ]);
      this.profile = profile;
      this.reps = all.reps.filter(({ id }) => id !== this.own);
    } catch (problem) {
      this.problem = problemWords(problem);
    }
  }

  override render(): TemplateResult {
    const { colleague, profile } = this;
    return html`<plusone-sheet
      heading=${colleague === null ? d.profile : r.of(colleague.name)}
      @close=${() => this.dispatchEvent(new Event("close"))}
    >
      <div class="stack">
        ${
          this.problem === ""
            ? nothing
            : html`<p class="wrong" role="alert">${icon("warn", 18)}${this.problem}</p>`
        }
        <p class="said" role="status">${this.done}</p>
        ${profile === null ? this.waiting() : this.form(colleague ?? profile)}
        ${profile === null || colleague !== null ? nothing : this.further()}
      </div>
    </plusone-sheet>`;
  }

  private waiting(): TemplateResult {
    if (this.problem === "") return html`<p class="quiet" role="status">${m.loading}</p>`;
    return html`<button class="btn btn-line" @click=${() => void this.load()}>${m.retry}</button>`;
  }

  private form(shown: Profile): TemplateResult {
    return html`<form
      novalidate
      @submit=${this.save}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key !== "Escape" || event.isComposing || this.colleague === null) return;
        event.preventDefault(); // the sheet would be shut by it
        this.leave();
      }}
    >
      <label class="check"
        ><input type="checkbox" name="takes" .defaultChecked=${!shown.away} /><span
          >${d.takesNew}<br /><span class="t-13 quiet">${r.away}</span></span
        ></label
      >
      <fieldset>
        <legend>${r.languages}</legend>
        ${languages.map(
          (name) =>
            html`<label class="check"
              ><input
                type="checkbox"
                name="languages"
                value=${name}
                .defaultChecked=${shown.languages.includes(name)}
              /><span>${d.languages[name]}</span></label
            >`,
        )}
        <p class="t-13 quiet">${r.anyLanguage}</p>
      </fieldset>
      <label class="ask-for"
        ><span class="label">${r.skills}</span
        ><span class="field"
          ><input
            name="skills"
            autocomplete="off"
            maxlength="300"
            placeholder=${r.skillsHint}
            aria-describedby="about-skills"
            aria-invalid=${this.wrong.skills !== undefined}
            .defaultValue=${shown.skills.join("、")} /></span
        >${this.said(this.wrong.skills)}<span class="t-13 quiet" id="about-skills"
          >${r.skillsWords}</span
        ></label
      >
      <label class="ask-for"
        ><span class="label">${r.most}</span
        ><span class="field number"
          ><input
            name="most"
            type="number"
            inputmode="numeric"
            min="1"
            max=${most_most}
            aria-describedby="about-most"
            aria-invalid=${this.wrong.most !== undefined}
            .defaultValue=${String(shown.most)} /></span
        >${this.said(this.wrong.most)}<span class="t-13 quiet" id="about-most"
          >${r.mostWords}</span
        ></label
      >
      <div class="row">
        <button class="btn btn-ink" ?disabled=${this.busy}>${r.save}</button>${
          this.colleague === null
            ? html`<span class="t-13 held" aria-hidden="true">${this.done}</span>`
            : html`<button type="button" class="btn btn-line" @click=${() => this.leave()}>
                ${r.back}
              </button>`
        }
      </div>
    </form>`;
  }

  private said(words: string | undefined): unknown {
    if (words === undefined) return nothing;
    return html`<span class="wrong">${icon("warn", 18)}${words}</span>`;
  }

  /** What belongs to a rep beside her profile: her figures; for operators, their colleagues. */
  private further(): TemplateResult {
    return html`<button class="pick" @click=${() => this.dispatchEvent(new Event("figures"))}>
        <span class="sign">${icon("chart", 20)}</span
        ><span class="grow name">${d.figures}</span>${icon("right", 18)}
      </button>
      ${
        this.reps.length === 0
          ? nothing
          : html`<h3>${r.colleagues}</h3>
              <ul>
                ${this.reps.map((one) => html`<li>${this.row(one)}</li>`)}
              </ul>`
      }`;
  }

  private row(one: Rep): TemplateResult {
    const here = this.here?.has(one.id) ?? one.here;
    const knows = [...one.languages.map((name) => d.languages[name] ?? name), ...one.skills];
    const stand = here ? (one.away ? r.onBreak : r.here) : r.gone;
    return html`<button
      class="pick"
      id=${one.id}
      aria-label=${r.change(one.name)}
      aria-describedby="of-${one.id}"
      @click=${() => this.change(one)}
    >
      <span class="face ${here && !one.away ? "on" : ""}">${who(one.name, false)}</span
      ><span class="grow col"
        ><span class="name one-line">${one.name}</span
        ><span class="t-13 quiet" id="of-${one.id}"
          ><span class=${here ? (one.away ? "wait" : "held") : ""}>${stand}</span
          >${m.comma}${r.busy(
            one.busy,
            one.most,
          )}${knows.length === 0 ? nothing : html`<br />${knows.join(m.comma)}`}</span
        ></span
      >${icon("edit", 18)}
    </button>`;
  }

  private change(one: Rep): void {
    this.colleague = one;
    this.wrong = {};
    this.done = "";
    void this.reach("form input");
  }

  private leave(): void {
    const id = this.colleague?.id ?? "";
    this.colleague = null;
    this.wrong = {};
    void this.reach(`[id="${id}"]`);
  }

  private async reach(what: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(what)?.focus();
  }

  private readonly save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const form = new FormData(event.target as HTMLFormElement);
    const typed = form.get("skills");
    const skills = skillsOf(typeof typed === "string" ? typed : "");
    const most = Number(form.get("most"));
    this.wrong = this.faults(skills, most);
    if (Object.keys(this.wrong).length > 0) return this.reach('[aria-invalid="true"]');
    const away = form.get("takes") === null;
    const wanted: Profile = { languages: form.getAll("languages").map(String), skills, most, away };
    const { colleague } = this;
    this.busy = true;
    this.problem = this.done = "";
    try {
      const path =
        colleague === null
          ? "/api/staff/rep"
          : `/api/staff/reps/${encodeURIComponent(colleague.id)}`;
      const kept = await ask<Profile>("PUT", path, wanted);
      if (colleague === null) {
        this.profile = kept;
        this.dispatchEvent(new CustomEvent<boolean>("saved", { detail: kept.away }));
      } else {
        this.reps = this.reps.map((one) => (one.id === colleague.id ? { ...one, ...kept } : one));
        this.leave();
      }
      this.done = r.saved;
    } catch (problem) {
      this.problem = problemWords(problem);
    } finally {
      this.busy = false;
    }
  };

  private faults(skills: string[], most: number): { skills?: string; most?: string } {
    const wrong: { skills?: string; most?: string } = {};
    const fault = faultOf(skills);
    if (fault !== null) {
      wrong.skills = fault.kind === "many" ? r.tooManySkills : r.longSkill(fault.skill);
    }
    if (!Number.isInteger(most) || most < 1 || most > most_most) wrong.most = r.mostBetween;
    return wrong;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-profile-sheet": ProfileSheet;
  }
}
