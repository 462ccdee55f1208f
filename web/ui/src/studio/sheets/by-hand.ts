import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";

import "../../design/sheet";
import { PlusoneElement } from "../../design/element";
import { forms } from "../../design/forms";
import { icon } from "../../design/icons";
import { parts, tag } from "../../design/parts";
import { m } from "../../i18n/index";
import { s } from "../../i18n/staff";
import * as reading from "../../show/reading";
import type { Show, Staff, StaffClaim } from "../../wire/types";
import type { Acts } from "../acts";
import { sheetField } from "./field";
import { said, sheetLook, whole } from "./look";

/** Claims for a viewer by hand, and changes or cancels what she holds. Tells `close`. */
@customElement("plusone-by-hand-sheet")
export class ByHandSheet extends PlusoneElement {
  static override styles = [parts, forms, sheetLook];

  @property({ attribute: false }) show!: Show;
  @property({ attribute: false }) staff!: Staff;
  @property({ attribute: false }) acts!: Acts;
  /** The line of the list that it is about; null to start with the choice of a person. */
  @property({ attribute: false }) about: StaffClaim | null = null;
  @property() said = "";
  @state() private item: string | null = null;
  @state() private wrong = false;
  @state() private busy = false;

  override render(): TemplateResult {
    const name = this.about?.name ?? "";
    return html`<plusone-sheet
      heading=${this.about === null ? s.byHand : s.byHandFor(name)}
      @close=${this.close}
    >
      <div class="stack">${this.herClaims()}${this.form()}</div>
    </plusone-sheet>`;
  }

  /** Everybody who spoke or claimed, the latest first. */
  private people(): [id: string, name: string][] {
    const found = new Map<string, string>();
    for (const { by, name } of [...this.staff.claims].reverse()) {
      if (name !== null && !found.has(by)) found.set(by, name);
    }
    for (const { by, name, role } of [...this.show.comments].reverse()) {
      if (name !== null && role === "viewer" && !found.has(by)) found.set(by, name);
    }
    return [...found];
  }

  private herClaims(): unknown {
    const { about } = this;
    if (about === null) return nothing;
    const hers = this.staff.claims.filter(
      ({ kind, state, by }) => kind === "held" && state === "held" && by === about.by,
    );
    if (hers.length === 0) return nothing;
    return html`<section>
      <h3>${s.herClaims(about.name ?? "")}</h3>
      <ul class="list">
        ${hers.map((one) => this.claim(one))}
      </ul>
    </section>`;
  }

  private claim({ claim, item, variant, quantity }: StaffClaim): TemplateResult {
    const one = reading.itemOf(this.show, item);
    const code = one?.code ?? "";
    const kind = one === null ? null : reading.variantOf(one, variant)?.title;
    return html`<li>
      ${tag(code)}<span class="grow one-line t-14">${one?.title} ${kind}</span>
      <form
        class="row"
        @submit=${(event: SubmitEvent) => {
          event.preventDefault();
          const form = new FormData(event.target as HTMLFormElement);
          void this.change(claim, whole(said(form, "quantity"), 1));
        }}
      >
        <span class="field"
          ><input
            name="quantity"
            inputmode="numeric"
            size="2"
            aria-label=${s.changeQuantity(code)}
            .defaultValue=${String(quantity ?? 1)} /></span
        ><button class="btn btn-s btn-line" ?disabled=${this.busy}>${s.save}</button>
      </form>
      <button
        class="tool tool-s hit"
        aria-label="${s.cancelClaim} ${code}"
        ?disabled=${this.busy}
        @click=${() => void this.give({ type: "claim.cancel", claim })}
      >
        ${icon("trash", 18)}
      </button>
    </li>`;
  }

  private form(): TemplateResult {
    const people = this.people();
    const open = this.show.items.filter(({ status }) => status !== "ready");
    const chosen =
      open.find(({ id }) => id === (this.item ?? this.about?.item)) ??
      reading.current(this.show) ??
      open[0];
    if (this.about === null && people.length === 0) {
      return html`<p class="empty">${s.nobodySpoke}</p>`;
    }
    if (chosen === undefined) return html`<p class="empty">${s.nothingOnSale}</p>`;
    return html`<form @submit=${this.order} novalidate>
      ${
        this.about === null
          ? html`<label class="ask-for"
              ><span class="label">${s.whoFor}</span
              ><span class="field"
                ><select name="person" autofocus>
                  ${people.map(([id, name]) => html`<option value=${id}>${name}</option>`)}
                </select></span
              ></label
            >`
          : nothing
      }
      <label class="ask-for"
        ><span class="label">${s.item}</span
        ><span class="field"
          ><select
            name="item"
            @change=${(event: Event) => (this.item = (event.target as HTMLSelectElement).value)}
          >
            ${open.map(
              ({ id, code, title }) =>
                html`<option value=${id} .selected=${id === chosen.id}>${code} ${title}</option>`,
            )}
          </select></span
        ></label
      >
      <div class="pair">
        ${
          reading.hasVariants(chosen)
            ? html`<label class="ask-for"
                ><span class="label">${s.variant}</span
                ><span class="field"
                  ><select name="variant">
                    ${chosen.variants.map(
                      ({ key, title, left }) =>
                        html`<option value=${key ?? ""}>${title}${m.comma}${m.left(left)}</option>`,
                    )}
                  </select></span
                ></label
              >`
            : nothing
        }
        ${sheetField("quantity", s.quantity, {
          value: this.about?.kind === "held" ? 1 : (this.about?.quantity ?? 1),
          inputmode: "numeric",
          wrong: this.wrong,
        })}
      </div>
      ${
        this.wrong || this.said !== ""
          ? html`<p class="wrong" role="alert">
              ${icon("warn", 18)}${this.wrong ? s.checkNumbers : this.said}
            </p>`
          : nothing
      }
      <button class="btn btn-ink btn-wide" ?disabled=${this.busy}>${s.order}</button>
    </form>`;
  }

  private async order(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const quantity = whole(said(form, "quantity"), 1);
    this.wrong = Number.isNaN(quantity);
    if (this.wrong) return;
    const variant = said(form, "variant");
    const ok = await this.give({
      type: "claim.add",
      person: this.about?.by ?? said(form, "person"),
      item: said(form, "item"),
      variant: variant === "" ? null : variant,
      quantity,
    });
    if (ok) this.close();
  }

  private async change(claim: string | null, quantity: number): Promise<void> {
    if (Number.isNaN(quantity)) return;
    await this.give({ type: "claim.change", claim, quantity });
  }

  private async give(act: Record<string, unknown> & { type: string }): Promise<boolean> {
    this.busy = true;
    const ok = await this.acts.moderate(act);
    this.busy = false;
    return ok;
  }

  private close(): void {
    this.dispatchEvent(new Event("close"));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-by-hand-sheet": ByHandSheet;
  }
}
