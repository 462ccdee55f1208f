import { Problem } from "../wire/http";
import { kinds, lighter, most_octets, type Sent, upload } from "./picture-wire";

/** A picture beside what is being written. */
export interface Attached {
  /** null for one that was sent before and taken back. */
  readonly file: Blob | null;
  /** Where the page shows it from; null for what is hardly a picture. */
  readonly view: string | null;
  /** Which part of it has gone out, 0 to 1. */
  readonly share: number;
  readonly sent: Sent | null;
  readonly problem: unknown;
  /** It goes out once somebody has said who she is. */
  readonly waits: boolean;
}

/** The service forgets after an hour what was not shown. */
const kept_ms = 50 * 60_000;

interface Ways {
  upload: typeof upload;
  lighter: typeof lighter;
  now: () => number;
}

/**
 * One picture that goes with the next message: it is sent to the service as soon as it is chosen, so
 * that it is there when the words are. `path` is where to; null while nobody knows who she is.
 */
export class Attaching {
  current: Attached | null = null;
  private sent_at = 0;
  private stopping = new AbortController();

  constructor(
    private readonly path: () => string | null,
    private readonly changed: () => void,
    private readonly ways: Ways = { upload, lighter, now: () => Date.now() },
  ) {}

  /** Whether the message has to wait for it. */
  get busy(): boolean {
    return this.current !== null && this.current.sent === null;
  }

  take(file: Blob): void {
    this.drop();
    this.current = {
      file,
      view: kinds.includes(file.type) ? URL.createObjectURL(file) : null,
      share: 0,
      sent: null,
      problem: null,
      waits: false,
    };
    void this.send();
  }

  /** One that was taken back from a message. */
  putBack(sent: Sent, view: string): void {
    this.drop();
    this.current = { file: null, view, share: 1, sent, problem: null, waits: false };
    this.sent_at = this.ways.now();
    this.changed();
  }

  drop(): void {
    this.stopping.abort();
    const { current } = this;
    this.current = null;
    if (current?.file != null && current.view !== null) URL.revokeObjectURL(current.view);
    this.changed();
  }

  /** Sends once more what was not taken, or could not be sent yet. */
  again(): void {
    if (this.busy) void this.send();
  }

  /**
   * What goes with the message that is sent now; null for none. One that lay here for so long that
   * the service has forgotten it is sent anew, and `busy` until then.
   */
  give(): Sent | null {
    const { current } = this;
    if (current?.sent == null) return null;
    if (current.file !== null && this.ways.now() - this.sent_at > kept_ms) {
      this.current = { ...current, sent: null };
      void this.send();
      return null;
    }
    this.drop();
    return current.sent;
  }

  private async send(): Promise<void> {
    const file = this.current?.file;
    if (file == null) return;
    const path = this.path();
    this.change({ share: 0, problem: null, waits: path === null });
    if (path === null) return;
    this.stopping.abort();
    const { signal } = (this.stopping = new AbortController());
    const over = (): boolean => signal.aborted;
    try {
      const light = await this.ways.lighter(file);
      if (over()) return;
      if (light.size > most_octets) throw heavy();
      const told = (share: number): void => {
        if (!over()) this.change({ share });
      };
      const sent = await this.ways.upload(path, light, told, signal);
      if (over()) return;
      this.sent_at = this.ways.now();
      this.change({ share: 1, sent });
    } catch (problem) {
      if (!over()) this.change({ problem });
    }
  }

  private change(what: Partial<Attached>): void {
    if (this.current === null) return;
    this.current = { ...this.current, ...what };
    this.changed();
  }
}

function heavy(): Problem {
  return new Problem({ code: "too_large", message: "too large", retryable: false, data: {} });
}
