import { customElement } from "lit/decorators.js";

import { HoursSheet } from "../desk/hours";
import { k } from "../i18n/calls";

/** When customers may book a call with this rep: as opening hours are set, but her own. */
@customElement("plusone-availability")
export class AvailabilitySheet extends HoursSheet {
  protected override path = "/api/staff/consult/availability";

  protected override get fixed(): boolean {
    return false;
  }

  protected override get texts(): { heading: string; unset: string; saved: string } {
    return { heading: k.yourHours, unset: k.hoursUnset, saved: k.hoursSaved };
  }

  protected override stand(): string {
    return k.yourHoursWords;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "plusone-availability": AvailabilitySheet;
  }
}
