import { offline, Problem } from "../wire/http";
import type { Card } from "./wire";

/** A picture that the service has taken, in pixels. */
export interface Sent {
  id: string;
  width: number;
  height: number;
}

/** In a thread, in pixels of the page. */
const widest = 260;
const highest = 300;

/** As the service takes them. */
export const kinds = ["image/jpeg", "image/png", "image/webp"];
export const most_octets = 10 * 1024 * 1024;
/** No longer side is kept; what is heavier than this is made as small before it is sent. */
const longest = 2_048;
const light_octets = 1_000_000;

const patience_ms = 90_000;

export function pathOf(id: string, small = false): string {
  return `/api/chat/pictures/${encodeURIComponent(id)}${small ? "/small" : ""}`;
}

/** Those that were sent from this page, by their ids. */
const taken = new Map<string, Sent>();

/** Of one that is about to be said; its size is known where it was sent from this page. */
export function cardNamed(id: string): Card {
  const { width = null, height = null } = taken.get(id) ?? {};
  return { kind: "image", id, title: null, width, height };
}

export function cardOf({ id, width, height }: Sent): Card {
  return { kind: "image", id, title: null, width, height };
}

/** Sends a file; `told` hears which share of it is gone out. Rejects with a Problem. */
export function upload(
  path: string,
  file: Blob,
  told: (share: number) => void,
  signal: AbortSignal,
): Promise<Sent> {
  return new Promise((keep, fail) => {
    // `fetch` does not tell how far a body has gone out.
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.timeout = patience_ms;
    request.setRequestHeader("X-Plusone", "1");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => told(total === 0 ? 0 : loaded / total);
    request.onload = () => {
      const answer = answered(request.status, request.responseText);
      if (answer instanceof Problem) fail(answer);
      else {
        taken.set(answer.id, answer);
        keep(answer);
      }
    };
    request.onerror = request.ontimeout = request.onabort = () => fail(offline());
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
}

/** What the service said of it. */
export function answered(status: number, text: string): Sent | Problem {
  let said: unknown;
  try {
    said = JSON.parse(text) as unknown;
  } catch {
    said = null; // a proxy's own page
  }
  const picture = (said as { picture?: Partial<Sent> } | null)?.picture;
  if (status === 201 && typeof picture?.id === "string") return picture as Sent;
  const { code, message, retryable, data } = (said ?? {}) as Partial<Problem>;
  // Proxies have bounds of their own.
  const unsaid = status === 413 ? "too_large" : status >= 500 ? "unavailable" : "bad_request";
  return new Problem({
    code: code ?? unsaid,
    message: message ?? `HTTP ${status}`,
    retryable: retryable ?? status >= 500,
    data: data ?? {},
  });
}

/** The size of a picture once its longest side is no longer than `most`. */
export function within(width: number, height: number, most: number): [number, number] {
  const scale = Math.min(1, most / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

/** Its place in the thread, no larger than the picture is. */
export function placeOf({ width, height }: Pick<Card, "width" | "height">): [number, number] {
  const [wide, high] = [width ?? widest, height ?? highest];
  const scale = Math.min(1, widest / wide, highest / high);
  return [Math.max(1, Math.round(wide * scale)), Math.max(1, Math.round(high * scale))];
}

/**
 * The file, smaller where that saves much: a phone's picture goes out in a second and without what
 * the camera wrote into it. As it is where the browser cannot read it.
 */
export async function lighter(file: Blob): Promise<Blob> {
  if (file.size <= light_octets) return file;
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return file; // the service says what is wrong with it
  }
  try {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = within(picture.width, picture.height, longest);
    const pen = canvas.getContext("2d");
    if (pen === null) return file;
    // What shines through in a JPEG would be black.
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const drawn = await new Promise<Blob | null>((keep) => canvas.toBlob(keep, "image/jpeg", 0.9));
    return drawn !== null && drawn.size < file.size ? drawn : file;
  } finally {
    picture.close();
  }
}
