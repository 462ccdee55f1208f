/** A few soft tones, made here: nothing is loaded, and nothing sounds before she has pressed something. */

import type { Devices } from "./devices";

const soft = 0.12;
const each_s = 0.22;

const tones = { came: [523.25, 659.25, 783.99], test: [440, 554.37, 659.25] } as const;

/** Kept once the tones are over. They sound by the loudspeaker that was chosen. */
export async function sound(name: keyof typeof tones, devices: Devices): Promise<void> {
  const context = new AudioContext();
  let player: HTMLAudioElement | null = null;
  try {
    if (context.state === "suspended") return;
    let out: AudioNode = context.destination;
    // More browsers let a player be told where it sounds than an audio context.
    if (devices.speaker !== "") {
      const stream = context.createMediaStreamDestination();
      player = new Audio();
      player.srcObject = stream.stream;
      await devices.route(player);
      await player.play();
      out = stream;
    }
    const notes = tones[name];
    notes.forEach((hertz, n) => tone(context, out, hertz, context.currentTime + n * each_s));
    await new Promise((over) => setTimeout(over, (notes.length + 1) * each_s * 1000));
  } finally {
    if (player !== null) player.srcObject = null;
    await context.close();
  }
}

function tone(context: AudioContext, out: AudioNode, hertz: number, at: number): void {
  const voice = new OscillatorNode(context, { type: "sine", frequency: hertz });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.linearRampToValueAtTime(soft, at + 0.03);
  volume.gain.setValueAtTime(soft, at + each_s * 0.6);
  volume.gain.linearRampToValueAtTime(0, at + each_s * 1.4);
  voice.connect(volume).connect(out);
  voice.start(at);
  voice.stop(at + each_s * 1.5);
}
