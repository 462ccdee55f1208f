export type RingAct = "answer" | "decline";

/**
 * What a key press says to a call that rings; heard everywhere, also while she writes, hence with
 * Alt: a letter alone would answer out of the middle of a word.
 */
export function ringActOf(event: KeyboardEvent): RingAct | null {
  const { key, altKey, ctrlKey, metaKey, shiftKey, isComposing, repeat } = event;
  if (key !== "Enter" || !altKey || ctrlKey || metaKey || isComposing || repeat) return null;
  return shiftKey ? "decline" : "answer";
}
