import { html, type ReactiveController, type ReactiveControllerHost } from "lit";

import { m } from "../i18n/index";
import { problemWords } from "../i18n/problems";
import { Asking } from "../wire/asking";
import type { Product } from "../wire/types";

const typing_pause_ms = 200;

/**
 * Products of the shop that answer to what is typed: all at first, then asked for when she rests.
 * `path` is where they are asked for; staff may see more of them than customers.
 */
export class Finding implements ReactiveController {
  /** What is looked for, "" for everything. */
  words = "";

  private readonly asking: Asking<{ products: Product[] }>;
  private typing: ReturnType<typeof setTimeout> | undefined;

  constructor(
    host: ReactiveControllerHost,
    private readonly path = "/api/products",
  ) {
    this.asking = new Asking(host);
    host.addController(this);
  }

  hostConnected(): void {
    void this.find();
  }

  hostDisconnected(): void {
    clearTimeout(this.typing);
  }

  /** null before the first answer. */
  get products(): readonly Product[] | null {
    return this.asking.answer?.products ?? null;
  }

  get problem(): unknown {
    return this.asking.problem;
  }

  /** For the field's `input`. */
  readonly type = (event: Event): void => {
    this.words = (event.target as HTMLInputElement).value.trim();
    clearTimeout(this.typing);
    this.typing = setTimeout(() => void this.find(), typing_pause_ms);
  };

  find(words = this.words): Promise<void> {
    clearTimeout(this.typing);
    this.words = words;
    return this.asking.ask(`${this.path}?q=${encodeURIComponent(words)}`);
  }

  /** What was found, as `list` draws it; else why nothing is there, `none` where nothing answers. */
  results(
    none: string,
    list: (products: readonly Product[]) => unknown,
    retry = "btn-s btn-line",
  ): unknown {
    const { problem, products } = this;
    if (problem !== null) {
      return html`<div class="empty" role="alert">
        <p>${problemWords(problem)}</p>
        <button class="btn ${retry}" @click=${() => void this.find()}>${m.retry}</button>
      </div>`;
    }
    if (products === null) return html`<p class="empty" role="status">${m.loading}</p>`;
    if (products.length === 0) return html`<p class="empty" role="status">${none}</p>`;
    return list(products);
  }
}
