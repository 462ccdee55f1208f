import { css, html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { PlusoneElement } from "../design/element";
import { icon } from "../design/icons";
import { parts } from "../design/parts";
import { vars } from "../design/vars";

const most = 24;
const at_once = 8;

/** Hearts that rise over the picture; decoration, gone in two seconds, none where motion is off. */
@customElement("plusone-hearts")
export class Hearts extends PlusoneElement {
  static override styles = [
    parts,
    css`
      :host {
        position: absolute;
        inset: auto 0 190px;
        block-size: 320px;
        pointer-events: none;
        color: #fff;
        z-index: var(--z-talk);
      }
      i {
        position: absolute;
        inset-inline-end: var(--x);
        inset-block-end: 0;
        scale: var(--size);
        opacity: 0;
        animation: float 2.2s ease-out var(--wait) both;
      }
      @keyframes float {
        10% {
          opacity: 0.95;
        }
        100% {
          transform: translate(var(--sway), -280px);
          opacity: 0;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        :host {
          display: none;
        }
      }
    `,
  ];

  @state() private flying: { id: number; x: number; size: number; sway: number; wait: number }[] =
    [];
  private made = 0;

  rise(count: number): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden) return;
    const more = Array.from({ length: Math.min(count, at_once) }, (_, index) => ({
      id: (this.made += 1),
      x: 18 + Math.random() * 30,
      size: 0.7 + Math.random() * 0.5,
      sway: Math.random() * 28 - 14,
      wait: index * 110,
    }));
    this.flying = [...this.flying, ...more].slice(-most);
  }

  override render(): TemplateResult {
    return html`${repeat(
      this.flying,
      ({ id }) => id,
      ({ id, x, size, sway, wait }) =>
        html`<i
          ${vars({ "--x": `${x}px`, "--size": size, "--sway": `${sway}px`, "--wait": `${wait}ms` })}
          @animationend=${() => this.land(id)}
          >${icon("heart", 24)}</i
        >`,
    )}`;
  }

  private land(id: number): void {
    this.flying = this.flying.filter((one) => one.id !== id);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-hearts": Hearts;
  }
}
