import calendar from "lucide-static/icons/calendar-days.svg?raw";
import camera from "lucide-static/icons/video.svg?raw";
import cameraOff from "lucide-static/icons/video-off.svg?raw";
import hangUp from "lucide-static/icons/phone-off.svg?raw";
import mic from "lucide-static/icons/mic.svg?raw";
import micOff from "lucide-static/icons/mic-off.svg?raw";
import phone from "lucide-static/icons/phone.svg?raw";
import screen from "lucide-static/icons/monitor-up.svg?raw";
import screenOff from "lucide-static/icons/monitor-x.svg?raw";
import signal from "lucide-static/icons/signal.svg?raw";
import signalBad from "lucide-static/icons/signal-low.svg?raw";
import signalWeak from "lucide-static/icons/signal-medium.svg?raw";
import small from "lucide-static/icons/picture-in-picture-2.svg?raw";
import turn from "lucide-static/icons/switch-camera.svg?raw";
import type { TemplateResult } from "lit";

import { drawing, type IconSize } from "../design/icons";

const drawings = {
  calendar,
  camera,
  cameraOff,
  hangUp,
  mic,
  micOff,
  phone,
  screen,
  screenOff,
  signal,
  signalBad,
  signalWeak,
  small,
  turn,
};

export type CallIcon = keyof typeof drawings;

const made = new Map<string, TemplateResult>();

/** A drawing that only calls know of. */
export function sign(name: CallIcon, size: IconSize = 24): TemplateResult {
  const key = `${name} ${size}`;
  let drawn = made.get(key);
  if (drawn === undefined) {
    drawn = drawing(drawings[name], size);
    made.set(key, drawn);
  }
  return drawn;
}
