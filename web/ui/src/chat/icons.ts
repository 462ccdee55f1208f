import bookSvg from "lucide-static/icons/book-open.svg?raw";
import botSvg from "lucide-static/icons/bot.svg?raw";
import moonSvg from "lucide-static/icons/moon.svg?raw";
import { html, type TemplateResult } from "lit";

import { drawing } from "../design/icons";

export const book: TemplateResult = drawing(bookSvg, 18);
export const bot: TemplateResult = drawing(botSvg, 18);
export const moon: TemplateResult = drawing(moonSvg, 20);

/** The bot where a person has the first sign of her name. */
export function botFace(small = true): TemplateResult {
  return html`<span class="who ${small ? "who-28" : ""} bot-face" aria-hidden="true">${bot}</span>`;
}
