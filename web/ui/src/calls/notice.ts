/** Whether the system may show what rings while the desk is not looked at. */
export type Leave = "given" | "refused" | "open" | "impossible";

export function leaveNow(): Leave {
  if (!("Notification" in window)) return "impossible";
  const { permission } = Notification;
  return permission === "granted" ? "given" : permission === "denied" ? "refused" : "open";
}

/** Asks her; only within a press, as browsers want it. */
export async function askLeave(): Promise<Leave> {
  if (leaveNow() === "open") await Notification.requestPermission();
  return leaveNow();
}

/**
 * Shows what rings, where she allowed it and does not look at the desk. Returns what takes it away
 * again.
 */
export function show(title: string, body: string, look: () => void): () => void {
  if (leaveNow() !== "given" || document.visibilityState === "visible") return () => undefined;
  let notice: Notification;
  try {
    notice = new Notification(title, { body, tag: "plusone-call", requireInteraction: true });
  } catch {
    // Android's browsers show such things from a service worker alone: the ring tone has to do.
    return () => undefined;
  }
  notice.addEventListener("click", () => {
    window.focus();
    notice.close();
    look();
  });
  return () => notice.close();
}
