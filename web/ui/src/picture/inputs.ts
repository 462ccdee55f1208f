/** A host's picture and sound: asked of the browser, told apart by what went wrong. */

export type Trouble = "denied" | "missing" | "in-use" | "insecure";

export class NoInput extends Error {
  constructor(readonly trouble: Trouble) {
    super(trouble);
  }
}

const wished = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };

/** The camera and the microphone; those chosen, or the browser's own choice. Throws `NoInput`. */
export async function fromCamera(camera: string, microphone: string): Promise<MediaStream> {
  const media = devices();
  const video = { ...wished, ...(camera === "" ? {} : { deviceId: { exact: camera } }) };
  const audio = microphone === "" ? true : { deviceId: { exact: microphone } };
  try {
    return await media.getUserMedia({ video, audio });
  } catch (problem) {
    if (nameOf(problem) !== "NotFoundError") throw asTrouble(problem);
  }
  try {
    // A camera without a microphone is a picture all the same.
    return withSound(await media.getUserMedia({ video }));
  } catch (problem) {
    throw asTrouble(problem);
  }
}

/** The screen, with its own sound where the browser gives it. Throws `NoInput`. */
export async function fromScreen(): Promise<MediaStream> {
  try {
    const stream = await devices().getDisplayMedia({ video: wished, audio: true });
    const [picture] = stream.getVideoTracks();
    if (picture !== undefined) picture.contentHint = "detail";
    return withSound(stream);
  } catch (problem) {
    throw asTrouble(problem);
  }
}

/** Devices of a kind by their ids and names; names only after she allowed their use. */
export async function choices(kind: MediaDeviceKind): Promise<MediaDeviceInfo[]> {
  const all = await devices().enumerateDevices();
  return all.filter((one) => one.kind === kind && one.deviceId !== "");
}

export function stop(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** How loud a stream's sound is, 0 to 1, each time it is asked; `close` ends it. */
export class Level {
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private readonly samples = new Uint8Array(new ArrayBuffer(256));

  constructor(stream: MediaStream) {
    this.analyser.fftSize = 256;
    this.context.createMediaStreamSource(stream).connect(this.analyser);
  }

  now(): number {
    this.analyser.getByteTimeDomainData(this.samples);
    const loudest = this.samples.reduce((most, one) => Math.max(most, Math.abs(one - 128)), 0);
    return Math.min(1, loudest / 96);
  }

  close(): void {
    void this.context.close();
  }
}

/** The stream with silence for its sound, where it has none: what is sent has always both. */
function withSound(stream: MediaStream): MediaStream {
  if (stream.getAudioTracks().length > 0) return stream;
  const [silence] = new AudioContext().createMediaStreamDestination().stream.getAudioTracks();
  if (silence !== undefined) stream.addTrack(silence);
  return stream;
}

export function devices(): MediaDevices {
  // Missing on pages that did not come over https.
  const found = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (found === undefined) throw new NoInput("insecure");
  return found;
}

function nameOf(problem: unknown): string {
  return problem instanceof DOMException ? problem.name : "";
}

export function asTrouble(problem: unknown): NoInput {
  if (problem instanceof NoInput) return problem;
  switch (nameOf(problem)) {
    case "NotAllowedError":
    case "SecurityError":
      return new NoInput("denied");
    case "NotReadableError":
    case "AbortError":
      return new NoInput("in-use");
    default:
      return new NoInput("missing");
  }
}
