import { html, type TemplateResult } from "lit";

interface FieldLook {
  value?: string | number | null;
  inputmode?: "text" | "numeric" | "decimal";
  wrong?: boolean;
  hint?: string;
  required?: boolean;
  autofocus?: boolean;
}

/** One field of a sheet with its name above and a hint below. */
export function sheetField(name: string, label: string, look: FieldLook = {}): TemplateResult {
  const { value = "", inputmode = "text", wrong = false, hint, required, autofocus } = look;
  return html`<label class="ask-for"
    ><span class="label">${label}</span
    ><span class="field"
      ><input
        name=${name}
        inputmode=${inputmode}
        autocomplete="off"
        .defaultValue=${String(value ?? "")}
        ?required=${required}
        ?autofocus=${autofocus}
        aria-invalid=${wrong} /></span
    >${hint === undefined ? "" : html`<span class="hint">${hint}</span>`}</label
  >`;
}
