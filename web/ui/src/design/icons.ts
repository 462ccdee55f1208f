import arrowLeft from "lucide-static/icons/arrow-left.svg?raw";
import arrowRight from "lucide-static/icons/arrow-right.svg?raw";
import arrowUp from "lucide-static/icons/arrow-up.svg?raw";
import ban from "lucide-static/icons/ban.svg?raw";
import bag from "lucide-static/icons/shopping-bag.svg?raw";
import bolt from "lucide-static/icons/zap.svg?raw";
import book from "lucide-static/icons/book-open-text.svg?raw";
import card from "lucide-static/icons/credit-card.svg?raw";
import chart from "lucide-static/icons/chart-column.svg?raw";
import chat from "lucide-static/icons/message-circle.svg?raw";
import check from "lucide-static/icons/check.svg?raw";
import clock from "lucide-static/icons/clock.svg?raw";
import close from "lucide-static/icons/x.svg?raw";
import convenience from "lucide-static/icons/building-2.svg?raw";
import copy from "lucide-static/icons/copy.svg?raw";
import down from "lucide-static/icons/chevron-down.svg?raw";
import edit from "lucide-static/icons/pencil.svg?raw";
import eye from "lucide-static/icons/eye.svg?raw";
import eyeOff from "lucide-static/icons/eye-off.svg?raw";
import grip from "lucide-static/icons/grip-vertical.svg?raw";
import heart from "lucide-static/icons/heart.svg?raw";
import hourglass from "lucide-static/icons/hourglass.svg?raw";
import keyboard from "lucide-static/icons/keyboard.svg?raw";
import language from "lucide-static/icons/languages.svg?raw";
import leave from "lucide-static/icons/log-out.svg?raw";
import list from "lucide-static/icons/list.svg?raw";
import lock from "lucide-static/icons/lock.svg?raw";
import mail from "lucide-static/icons/mail.svg?raw";
import megaphone from "lucide-static/icons/megaphone.svg?raw";
import minus from "lucide-static/icons/minus.svg?raw";
import more from "lucide-static/icons/ellipsis.svg?raw";
import offline from "lucide-static/icons/wifi-off.svg?raw";
import person from "lucide-static/icons/user.svg?raw";
import pause from "lucide-static/icons/pause.svg?raw";
import play from "lucide-static/icons/play.svg?raw";
import pin from "lucide-static/icons/pin.svg?raw";
import place from "lucide-static/icons/map-pin.svg?raw";
import plus from "lucide-static/icons/plus.svg?raw";
import printer from "lucide-static/icons/printer.svg?raw";
import receipt from "lucide-static/icons/receipt.svg?raw";
import right from "lucide-static/icons/chevron-right.svg?raw";
import search from "lucide-static/icons/search.svg?raw";
import loud from "lucide-static/icons/volume-2.svg?raw";
import silent from "lucide-static/icons/volume-x.svg?raw";
import swap from "lucide-static/icons/arrow-left-right.svg?raw";
import video from "lucide-static/icons/video.svg?raw";
import share from "lucide-static/icons/share.svg?raw";
import sliders from "lucide-static/icons/sliders-horizontal.svg?raw";
import spin from "lucide-static/icons/loader-circle.svg?raw";
import store from "lucide-static/icons/store.svg?raw";
import transfer from "lucide-static/icons/landmark.svg?raw";
import trash from "lucide-static/icons/trash-2.svg?raw";
import truck from "lucide-static/icons/truck.svg?raw";
import undo from "lucide-static/icons/undo-2.svg?raw";
import up from "lucide-static/icons/chevron-up.svg?raw";
import warn from "lucide-static/icons/triangle-alert.svg?raw";
import { html, type TemplateResult } from "lit";

const drawings = {
  arrowLeft,
  arrowRight,
  arrowUp,
  bag,
  ban,
  bolt,
  book,
  card,
  chart,
  chat,
  check,
  clock,
  close,
  convenience,
  copy,
  down,
  edit,
  eye,
  eyeOff,
  grip,
  heart,
  hourglass,
  keyboard,
  language,
  leave,
  list,
  lock,
  loud,
  mail,
  megaphone,
  minus,
  more,
  offline,
  pause,
  person,
  pin,
  place,
  play,
  plus,
  printer,
  receipt,
  right,
  search,
  share,
  silent,
  sliders,
  spin,
  store,
  swap,
  transfer,
  trash,
  truck,
  undo,
  up,
  video,
  warn,
};

export type IconName = keyof typeof drawings;
export type IconSize = 16 | 18 | 20 | 24;

const made = new Map<string, TemplateResult>();

/** An icon as part of a line; the word beside it (or the button's label) says what it means. */
export function icon(name: IconName, size: IconSize = 20, extra = ""): TemplateResult {
  const key = `${name} ${size} ${extra}`;
  let drawn = made.get(key);
  if (drawn === undefined) {
    drawn = drawing(drawings[name], size, extra);
    made.set(key, drawn);
  }
  return drawn;
}

/** An icon of which only some pages know: `raw` as the package has it. Drawn once, then kept. */
export function drawing(raw: string, size: IconSize, extra = ""): TemplateResult {
  const inside = raw.slice(raw.indexOf(">", raw.indexOf("<svg")) + 1, raw.lastIndexOf("</svg>"));
  return constant(
    `<svg class="i i-${size} ${extra}" viewBox="0 0 24 24" aria-hidden="true">${inside}</svg>`,
  );
}

/** The "+1" of the seal and the mark. */
export const plusOne: TemplateResult = constant(
  '<svg class="plus" aria-hidden="true" viewBox="0 0 46 30">' +
    '<path d="M10.5 6.5h5v7h7v5h-7v7h-5v-7h-7v-5h7Z"/>' +
    '<path d="M28 8.8 36.3 3H41v24.5h-5.6V10.2L30.6 13.5Z"/></svg>',
);

/** One template for one drawing of our own, however often it is shown: parsed once. */
function constant(markup: string): TemplateResult {
  return html(Object.assign([markup], { raw: [markup] }));
}
