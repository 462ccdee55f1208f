import { LitElement } from "lit";

import { onLanguage, ready } from "../i18n/index";
import "./lost";

/** What every component of ours is: waits for the words, and draws again in another language. */
export abstract class PlusoneElement extends LitElement {
  private unhear: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unhear = onLanguage(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unhear?.();
  }

  protected override async scheduleUpdate(): Promise<void> {
    while (ready !== null) await ready;
    await super.scheduleUpdate();
  }
}
