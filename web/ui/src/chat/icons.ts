import moonSvg from "lucide-static/icons/moon.svg?raw";
import type { TemplateResult } from "lit";

import { drawing } from "../design/icons";

export const moon: TemplateResult = drawing(moonSvg, 20);
