import { html, nothing, type ReactiveControllerHost } from "lit";

import { part } from "../design/part";
import { m } from "../i18n/index";
import type { Room } from "../room/connection";

export type SheetName = "name" | "sign-in" | "checkout" | "shelf";

const loads: Record<SheetName, () => Promise<unknown>> = {
  name: () => import("../session/name-sheet"),
  "sign-in": () => import("../session/sign-in-sheet"),
  checkout: () => import("../checkout/sheet"),
  shelf: () => import("../design/sheet"),
};

interface Told {
  /** A sheet could not be had. */
  missing: () => void;
  /** She has another name or account now. */
  signedIn: () => void;
  /** The checkout was closed, whatever became of the cart there. */
  checkedOut: () => void;
}

/** The one sheet over the page, and what she meant to do before she was asked who she is. */
export class Sheets {
  private name: SheetName | null = null;
  /** `undo` where she will not say one. */
  private meant: { then: () => void; undo: () => void } | null = null;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly tell: Told,
  ) {}

  isOpen(name: SheetName): boolean {
    return this.name === name;
  }

  open(name: SheetName): void {
    this.show(name);
    void part(loads[name]).then((there) => {
      if (there || this.name !== name) return;
      this.close();
      this.tell.missing();
    });
  }

  /** Asks for her name, and then does what she meant to do. */
  askName(then: () => void, undo: () => void = () => undefined): void {
    this.meant = { then, undo };
    this.open("name");
  }

  /** Has her sign in, and then does what she meant to do. */
  signIn(then: () => void): void {
    this.meant = { then, undo: () => undefined };
    this.open("sign-in");
  }

  readonly close = (): void => this.show(null);

  /** The sheet that is open, if any; `shelf` is the run-down. */
  draw(room: Room, shelf: () => unknown): unknown {
    switch (this.name) {
      case "name":
        return html`<plusone-name-sheet
          @named=${this.signedIn}
          @sign-in=${() => this.open("sign-in")}
          @close=${this.leave}
        ></plusone-name-sheet>`;
      case "sign-in":
        return html`<plusone-sign-in-sheet
          @signed-in=${this.signedIn}
          @close=${this.leave}
        ></plusone-sign-in-sheet>`;
      case "checkout":
        return html`<plusone-checkout
          .room=${room}
          @sign-in=${() => this.open("sign-in")}
          @close=${() => {
            this.close();
            this.tell.checkedOut();
          }}
        ></plusone-checkout>`;
      case "shelf":
        return html`<plusone-sheet heading=${m.runDown} @close=${this.close}>
          ${shelf()}
        </plusone-sheet>`;
      case null:
        return nothing;
    }
  }

  /** She will not say who she is. */
  private readonly leave = (): void => {
    this.meant?.undo();
    this.meant = null;
    this.close();
  };

  private readonly signedIn = (): void => {
    const { meant } = this;
    this.meant = null;
    this.close();
    this.tell.signedIn();
    meant?.then();
  };

  private show(name: SheetName | null): void {
    this.name = name;
    this.host.requestUpdate();
  }
}
