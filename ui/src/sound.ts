// Three short, soft sounds, made here and the same for everybody who stands at the desk: whatever the price, the standing or the
// state of a card, the queue hears the same.

/** A card was recognised, something was recorded, or the machine has a problem. */
export type Sound = 'card' | 'noted' | 'machine';

type Tone = { hertz: number; from: number; seconds: number };

const TONES: Record<Sound, readonly Tone[]> = {
  card: [{ hertz: 660, from: 0, seconds: 0.09 }],
  noted: [
    { hertz: 660, from: 0, seconds: 0.08 },
    { hertz: 880, from: 0.09, seconds: 0.12 },
  ],
  machine: [{ hertz: 220, from: 0, seconds: 0.28 }],
};

/** At full volume a tone is still no louder than a click of the tongue. */
const LOUDEST = 0.25;
/** So long a tone swells and fades, in seconds: a tone that begins at once clicks. */
const EDGE = 0.015;
/** So long after it was asked a sound still says what happens now, in milliseconds. */
const AT_ONCE_MS = 150;
/** How many sounds are remembered. */
const MEMORY = 50;

/** What was played, the newest last. */
export const played: Sound[] = [];

let on = true;
let loudness = 0.6;
let context: AudioContext | null = null;

/** From now on there are sounds or not, and so loud, in percent. */
export function setSound(is: boolean, percent: number): void {
  on = is;
  loudness = Math.max(0, Math.min(100, percent)) / 100;
}

/** Plays a sound, unless sounds are off. */
export function play(sound: Sound): void {
  if (!on || loudness === 0) return;
  played.push(sound);
  played.splice(0, played.length - MEMORY);
  document.documentElement.dataset.sound = sound;
  // A computer without a sound card is silent, and so is a window that may not sound.
  sing(sound).catch(() => {});
}

async function sing(sound: Sound): Promise<void> {
  if (typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  if (context.state === 'running') return tones(context, sound);
  // Before the first key or press a window may not sound, and its clock stands still: tones would wait, and sound together.
  const asked = performance.now();
  await context.resume();
  if (performance.now() - asked < AT_ONCE_MS) tones(context, sound);
}

function tones(context: AudioContext, sound: Sound): void {
  const begin = context.currentTime;
  for (const { hertz, from, seconds } of TONES[sound]) {
    const [start, end] = [begin + from, begin + from + seconds];
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(loudness * LOUDEST, start + EDGE);
    gain.gain.setValueAtTime(loudness * LOUDEST, end - EDGE);
    gain.gain.linearRampToValueAtTime(0, end);
    const tone = context.createOscillator();
    tone.type = 'sine';
    tone.frequency.value = hertz;
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(end);
  }
}
