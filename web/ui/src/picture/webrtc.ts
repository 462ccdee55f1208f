/** What WHIP and WHEP have in common: one offer, one answer, one address that ends it. */

const patience_ms = 10_000;
const gathered_ms = 1_000;

/** A server's answer that was no "yes". */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(`${status} ${code}`);
  }
}

/** Offers `peer` to `url`, and takes the answer; returns the address that ends the connection. */
export async function exchange(
  peer: RTCPeerConnection,
  url: string,
  headers: Record<string, string> = {},
): Promise<string> {
  await peer.setLocalDescription();
  await gathered(peer);
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/sdp", ...headers },
    body: peer.localDescription?.sdp ?? "",
    signal: AbortSignal.timeout(patience_ms),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Refused(response.status, codeOf(text));
  await peer.setRemoteDescription({ type: "answer", sdp: text });
  return new URL(response.headers.get("Location") ?? "", response.url).href;
}

/** Ends a connection at its server; nobody waits for it, nor minds when it was gone already. */
export function end(session: string | null, headers: Record<string, string> = {}): void {
  if (session === null) return;
  fetch(session, { method: "DELETE", headers, keepalive: true }).catch(() => undefined);
}

/** Waits for the addresses that come at once; what comes later is not worth the wait. */
async function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === "complete") return;
  await new Promise<void>((go) => {
    const timer = setTimeout(go, gathered_ms);
    peer.addEventListener("icegatheringstatechange", () => {
      if (peer.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      go();
    });
  });
}

function codeOf(text: string): string {
  try {
    const { code } = JSON.parse(text) as { code?: unknown };
    return typeof code === "string" ? code : "";
  } catch {
    return "";
  }
}
