/** Two soft notes, again and again, in Hz and seconds. */
const notes = [
  [659.25, 0],
  [987.77, 0.22],
] as const;
const note_s = 0.9;
const every_ms = 2_400;
const loud = 0.16;

/**
 * The sound of a call that rings. A browser lets a page sound only after somebody has touched it:
 * before that it stays silent, and the banner and the title say it.
 */
export class Ringer {
  private context: AudioContext | null = null;
  private again: ReturnType<typeof setInterval> | undefined;

  /** To be called within a press: from then on this page may sound. */
  readonly unlock = (): void => {
    this.context ??= new AudioContext();
    if (this.context.state === "suspended") void this.context.resume();
  };

  start(): void {
    if (this.again !== undefined) return;
    this.sound();
    this.again = setInterval(() => this.sound(), every_ms);
  }

  stop(): void {
    clearInterval(this.again);
    this.again = undefined;
  }

  close(): void {
    this.stop();
    void this.context?.close();
    this.context = null;
  }

  private sound(): void {
    const { context } = this;
    if (context?.state !== "running") return;
    for (const [pitch, after] of notes) {
      const at = context.currentTime + after;
      const tone = new OscillatorNode(context, { type: "sine", frequency: pitch });
      const loudness = new GainNode(context, { gain: 0 });
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(loud, at + 0.03);
      loudness.gain.exponentialRampToValueAtTime(0.001, at + note_s);
      tone.connect(loudness).connect(context.destination);
      tone.start(at);
      tone.stop(at + note_s);
    }
  }
}
