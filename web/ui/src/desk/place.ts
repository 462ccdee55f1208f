import type { Queue } from "../chat/wire";
import { isQueue } from "./rows";

/** What the desk shows, as its address says it. */
export interface Place {
  queue: Queue;
  conversation: string | null;
  /** Whether the customer is looked at, where thread and customer have no room beside each other. */
  customer: boolean;
}

export function placeOf({ pathname, search, hash }: Location): Place {
  const id = pathname.split("/")[2] ?? "";
  const queue = new URLSearchParams(search).get("queue");
  return {
    queue: isQueue(queue) ? queue : "waiting",
    conversation: id === "" ? null : decode(id),
    customer: id !== "" && hash === "#customer",
  };
}

export function addressOf({ queue, conversation, customer }: Place): string {
  const path = conversation === null ? "/desk" : `/desk/${encodeURIComponent(conversation)}`;
  const query = queue === "waiting" ? "" : `?queue=${queue}`;
  return path + query + (customer && conversation !== null ? "#customer" : "");
}

/** What is no address of ours is a conversation that nobody has. */
function decode(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
