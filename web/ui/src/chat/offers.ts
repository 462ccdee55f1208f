import type { Button, Entry, Message } from "./wire";

/** A button as it stands now: to be pressed, on its way, what was pressed, or of before. */
export interface Choice {
  button: Button;
  state: "free" | "going" | "pressed" | "off";
}

/** Until when its proposal may be confirmed; `over` once it has run out without an answer. */
export interface Offer {
  choices: Choice[];
  until: number | null;
  over: boolean;
}

/** A press that was given and is not in the thread yet. */
export interface Going {
  offset: number;
  key: string;
}

/**
 * What may still be pressed of a message: all of it while nothing came after it, nothing afterwards;
 * of a proposal that has run out neither the yes nor the no. null where it has no buttons.
 */
export function offer(
  message: Message,
  lines: readonly Entry[],
  going: readonly Going[],
  now: number,
): Offer | null {
  if (message.buttons.length === 0) return null;
  const { offset, expires_at } = message;
  const pressed = lines.flatMap((line) =>
    line.kind === "message" && line.pressed?.offset === offset ? [line.pressed.key] : [],
  );
  const given = going.filter((one) => one.offset === offset).map(({ key }) => key);
  const after = lines.some((line) => line.offset > offset && ends(line));
  const over = expires_at !== null && expires_at <= now;
  const choices = message.buttons.map((button): Choice => {
    if (pressed.includes(button.key)) return { button, state: "pressed" };
    if (given.includes(button.key) && !after) return { button, state: "going" };
    const asked = button.kind === "confirm" || button.kind === "decline";
    const off = after || given.length > 0 || (asked && over);
    return { button, state: off ? "off" : "free" };
  });
  const open = !after && given.length === 0;
  return { choices, until: open && !over ? expires_at : null, over: open && over };
}

/** Whether what was offered before is no longer on the table. */
function ends(line: Entry): boolean {
  switch (line.kind) {
    case "message":
    case "taken":
    case "resolved":
      return true;
    case "handed_over":
      return line.callback_at === null;
    default:
      return false;
  }
}

/** When the first proposal of these runs out that has not yet; null where none does. */
export function nextOver(lines: readonly Entry[], now: number): number | null {
  const ends = lines.flatMap((line) =>
    line.kind === "message" && line.expires_at !== null && line.expires_at > now
      ? [line.expires_at]
      : [],
  );
  return ends.length === 0 ? null : Math.min(...ends);
}
