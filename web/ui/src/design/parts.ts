import { html, nothing, type TemplateResult, unsafeCSS } from "lit";

import { amount } from "../i18n/format";
import { plusOne } from "./icons";
import sheet from "./parts.css?inline";

/** The shared parts as one stylesheet, adopted by every component. */
export const parts = unsafeCSS(sheet);

/** An item's code, everywhere the same: a shelf tag. */
export function tag(code: string): TemplateResult {
  return html`<span class="tag">${code}</span>`;
}

/** The item's picture; decoration, since its name stands beside it. */
export function thumb(address: string | null, size: 32 | 40 | 48 | 64 = 64): TemplateResult {
  return html`<span class="thumb thumb-${size}">
    ${address === null ? nothing : html`<img src=${address} alt="" decoding="async" />`}
  </span>`;
}

/** The first sign of a name; a dot where there is none. */
export function firstSign(name: string): string {
  return Array.from(name.trim())[0] ?? "·";
}

/** A person as the first sign of the name, on a ground that stays hers. */
export function who(name: string, small = true): TemplateResult {
  let sum = 0;
  for (const part of name) sum = (sum + (part.codePointAt(0) ?? 0)) % 5;
  return html`<span class="who ${small ? "who-28" : ""} w-${sum + 1}" aria-hidden="true"
    >${firstSign(name)}</span
  >`;
}

/** A price with its currency small. `minor` in minor units. */
export function price(minor: number, currency: string, look = ""): TemplateResult {
  const [symbol, figure] = amount(minor, currency);
  return html`<span class="price ${look}"><small>${symbol}</small>${figure}</span>`;
}

/** The price before; says so to a screen reader. */
export function was(minor: number | null, currency: string, label: string): unknown {
  if (minor === null) return nothing;
  return html`<s class="was"><span class="said">${label}</span>${amount(minor, currency)[1]}</s>`;
}

/** The product's mark. */
export const mark = html`<span class="mark"><b>${plusOne}</b>plusone</span>`;
