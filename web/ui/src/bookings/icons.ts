import calendarSvg from "lucide-static/icons/calendar-days.svg?raw";
import type { TemplateResult } from "lit";

import { drawing } from "../design/icons";

export const calendar: TemplateResult = drawing(calendarSvg, 20);
