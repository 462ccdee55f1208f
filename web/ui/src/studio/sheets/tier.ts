import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";

import { y } from "../../i18n/loyalty-staff";
import { problemWords } from "../../i18n/problems";
import { paths, type RulesVersion } from "../../loyalty/wire";
import { Asking } from "../../wire/asking";
import type { Tier } from "../../wire/loyalty";
import { sheetField } from "./field";
import { said, whole } from "./look";

/** The shop's rules of points and tiers, asked for when a sheet that needs them opens. */
export class Terms implements ReactiveController {
  private readonly asking: Asking<RulesVersion>;

  constructor(
    host: ReactiveControllerHost,
    /** Whether she who sits here may see them. */
    private readonly wanted: () => boolean,
  ) {
    this.asking = new Asking(host);
    host.addController(this);
  }

  hostConnected(): void {
    // What says whether they are wanted is set by now, but only drawn with the first update.
    queueMicrotask(() => {
      if (this.wanted()) this.ask();
    });
  }

  ask(): void {
    void this.asking.ask(paths.rules);
  }

  /** null before they are there. */
  get there(): RulesVersion | null {
    return this.asking.answer;
  }

  /** Those that somebody can have: none as long as the rules are off. */
  get tiers(): readonly Tier[] {
    return this.there?.rules.on === true ? this.there.rules.tiers : [];
  }

  get problem(): unknown {
    return this.asking.problem;
  }
}

interface Reserved {
  tier: string | null;
  tier_name: string | null;
  early_s?: number | null;
}

/** Who may buy an item, or enter a show: everyone, or whoever has a tier or one above it. */
export function tierChoice(
  terms: Terms,
  label: string,
  now: Reserved,
  choose: (tier: string) => void,
): unknown {
  const { tiers } = terms;
  // A tier that is no more stays in sight as what it was, until another is chosen.
  const gone =
    now.tier !== null && !tiers.some(({ key }) => key === now.tier)
      ? [{ key: now.tier, name: now.tier_name ?? now.tier }]
      : [];
  const all = [...tiers, ...gone];
  return html`${
    all.length === 0
      ? nothing
      : html`<label class="ask-for"
          ><span class="label">${label}</span
          ><span class="field"
            ><select
              name="tier"
              @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}
            >
              <option value="" .selected=${now.tier === null}>${y.everyone}</option>
              ${all.map(
                ({ key, name }) =>
                  html`<option value=${key} .selected=${key === now.tier}>
                    ${y.fromTier(name)}
                  </option>`,
              )}
            </select></span
          ></label
        >`
  }${
    terms.problem === null
      ? nothing
      : html`<p class="wrong" role="alert">${problemWords(terms.problem)}</p>`
  }`;
}

/** The seconds for which an item is its members' alone; nothing where it is for everyone. */
export function earlyField(tier: string, early_s: number | null, wrong: boolean): unknown {
  if (tier === "") return nothing;
  return sheetField("early", y.earlySeconds, {
    value: early_s,
    inputmode: "numeric",
    wrong,
    hint: y.earlyWords,
  });
}

const most_early_s = 3_600;

/** What a form says of both; NaN for seconds that are none. Without a tier there are no seconds. */
export function reservedIn(form: FormData): { tier: string | null; early_s: number | null } {
  const tier = said(form, "tier");
  const early = said(form, "early");
  if (tier === "" || early === "") return { tier: tier === "" ? null : tier, early_s: null };
  const early_s = whole(early, 1);
  return { tier, early_s: early_s > most_early_s ? Number.NaN : early_s };
}

/** For whom an item is, in a few words; null where it is for everyone. */
export function reservedWords({ tier_name, tier, early_s }: Reserved): string | null {
  if (tier === null) return null;
  const name = tier_name ?? tier;
  return early_s == null ? y.fromTier(name) : y.earlyFor(name, early_s);
}
