import type { WireProblem } from "./types";

/** What a server says is wrong, or that it was not reached (`code` "offline"). */
export class Problem extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly data: Record<string, unknown>;

  constructor({ code, message, retryable, data }: WireProblem) {
    super(message);
    this.name = "Problem";
    this.code = code;
    this.retryable = retryable;
    this.data = data;
  }
}

export function offline(): Problem {
  return new Problem({ code: "offline", message: "not reached", retryable: true, data: {} });
}

type Method = "GET" | "PUT" | "POST" | "PATCH" | "DELETE";

const patience_ms = 15_000;

/**
 * One request to our own server; a body is sent as JSON, and a file as the type that it says. Reads,
 * what is put in place of something, and writes that carry a `request_id` are sent once more when the
 * network failed: the server answers a repeat with the first outcome.
 */
export async function ask<T>(method: Method, path: string, body?: object): Promise<T> {
  const repeatable =
    method === "GET" || method === "PUT" || (body !== undefined && "request_id" in body);
  try {
    return await once<T>(method, path, body);
  } catch (error) {
    if (repeatable && error instanceof Problem && error.code === "offline") {
      return once<T>(method, path, body);
    }
    throw error;
  }
}

async function once<T>(method: Method, path: string, body?: object): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["X-Plusone"] = "1";
  if (body !== undefined)
    headers["Content-Type"] = body instanceof Blob ? body.type : "application/json";
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      signal: AbortSignal.timeout(patience_ms),
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
    });
    text = await response.text();
  } catch {
    throw offline();
  }
  const said = parse(text);
  if (!response.ok) throw new Problem(asProblem(said, response.status));
  return said as T;
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function asProblem(said: unknown, status: number): WireProblem {
  const given = (typeof said === "object" && said !== null ? said : {}) as Partial<WireProblem>;
  return {
    code: given.code ?? (status >= 500 ? "unavailable" : "bad_request"),
    message: given.message ?? `HTTP ${status}`,
    retryable: given.retryable ?? status >= 500,
    data: given.data ?? {},
  };
}

/** A fresh UUID for a command or a request; also where the page is not served securely. */
export function requestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
