import award from "lucide-static/icons/award.svg?raw";
import gift from "lucide-static/icons/gift.svg?raw";
import points from "lucide-static/icons/circle-parking.svg?raw";
import send from "lucide-static/icons/send.svg?raw";
import ticket from "lucide-static/icons/ticket-percent.svg?raw";
import type { TemplateResult } from "lit";

import { drawing, type IconSize } from "../design/icons";

const drawings = { award, gift, points, send, ticket };

const made = new Map<string, TemplateResult>();

/** A sign of points, tiers and coupons; the words beside it say what it means. */
export function sign(name: keyof typeof drawings, size: IconSize = 20): TemplateResult {
  const key = `${name} ${size}`;
  let drawn = made.get(key);
  if (drawn === undefined) made.set(key, (drawn = drawing(drawings[name], size)));
  return drawn;
}
