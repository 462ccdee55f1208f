import type { Queue } from "../chat/wire";
import { isQueue } from "./rows";

/** What the desk shows, as its address says it. */
export interface Place {
  queue: Queue;
  conversation: string | null;
  /** A call; "" for the list of them, null where she is at conversations. */
  calls: string | null;
  /** Whether the customer is looked at, where thread and customer have no room beside each other. */
  customer: boolean;
}

export function placeOf({ pathname, search, hash }: Location): Place {
  const [, , first = "", second = ""] = pathname.split("/");
  const calls = first === "calls" ? decode(second) : null;
  const id = calls === null ? first : "";
  const queue = new URLSearchParams(search).get("queue");
  return {
    queue: isQueue(queue) ? queue : "waiting",
    conversation: id === "" ? null : decode(id),
    calls,
    customer: id !== "" && hash === "#customer",
  };
}

export function addressOf({ queue, conversation, calls, customer }: Place): string {
  const at = [calls === null ? conversation : "calls", calls].filter((part) => part);
  const path = ["/desk", ...at.map((part) => encodeURIComponent(part ?? ""))].join("/");
  const query = queue === "waiting" ? "" : `?queue=${queue}`;
  return path + query + (customer && conversation !== null && calls === null ? "#customer" : "");
}

/** What is no address of ours is a conversation that nobody has. */
function decode(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
