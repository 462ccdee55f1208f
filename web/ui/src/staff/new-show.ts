import { said } from "../studio/sheets/look";

/** What the form of a new show asks of the service; what was left empty is left out. */
export function newShow(form: FormData): Record<string, unknown> {
  const [host_name, starts_at] = [said(form, "host_name"), said(form, "starts_at")];
  const [poster, tier] = [said(form, "poster"), said(form, "tier")];
  return {
    title: said(form, "title"),
    ...(host_name === "" ? {} : { host_name }),
    ...(starts_at === "" ? {} : { starts_at: new Date(starts_at).getTime() }),
    ...(poster === "" ? {} : { poster }),
    ...(tier === "" ? {} : { tier }),
    rules: { strictness: said(form, "strictness") },
  };
}
