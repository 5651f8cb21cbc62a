// A sound that says somebody calls for help: two tones, every two seconds, made here; silent until the browser allows it.
const EVERY_MS = 2000;
const TONES = [[880, 0], [660, 0.35]];
const TONE_S = 0.3;
const LOUD = 0.25;
let context = null;
let timer = 0;

/** Sound from now on, or be silent. */
export function sound(on) {
  if (!on) {
    clearInterval(timer);
    timer = 0;
  } else if (!timer) {
    ring();
    timer = setInterval(ring, EVERY_MS);
  }
}

/** Whether it cannot be heard although it sounds: the browser waits for a touch of the page. */
export function isHushed() { return timer !== 0 && (context === null || context.state !== "running"); }

function ring() {
  if (context === null || context.state !== "running") return;
  for (const [hz, after] of TONES) {
    const tone = context.createOscillator();
    const volume = context.createGain();
    const from = context.currentTime + after;
    tone.frequency.value = hz;
    volume.gain.setValueAtTime(LOUD, from);
    volume.gain.exponentialRampToValueAtTime(0.001, from + TONE_S);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + TONE_S);
  }
}

// Made at the first touch: made before it, browsers keep it silent and complain.
function allow() {
  if (!globalThis.AudioContext) return; // the alert says that nothing is heard
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume();
}
for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, allow, { capture: true });
