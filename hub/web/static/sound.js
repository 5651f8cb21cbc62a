// Sounds by severity, made here: no file. Muted for half an hour at most, and remembered; a browser wants one touch first.
import { clockTime, fill, now, put, words } from "./say.js";

const said = words.wall;
const KEY = "cuncuntong.muted_until";
const MOST_MS = 1_800_000;
const AGAIN_MS = { call: 5000, critical: 30000, warning: Infinity };
// Of each: tones as [Hz, begins s, lasts s]. A call rises thrice, a critical incident beats, a major one sounds once.
const PATTERNS = {
  call: [[660, 0, 0.18], [880, 0.2, 0.18], [1180, 0.4, 0.3], [660, 0.85, 0.18], [880, 1.05, 0.18], [1180, 1.25, 0.3]],
  critical: [[880, 0, 0.16], [880, 0.26, 0.16], [880, 0.52, 0.16]],
  warning: [[523, 0, 0.35]],
};
const LOUD = 0.35;
const button = document.getElementById("sound");
const sounded = new Map(); // severity -> when
let context = null;

button.hidden = false;
button.addEventListener("click", () => {
  if (!ready()) return; // this very click wakes it
  mute(isMuted() ? 0 : MOST_MS / 1000);
});
// After the click, not before: its button may become wider, and what was pressed must not move from under the finger.
for (const event of ["click", "keydown"]) document.addEventListener(event, wake);

export function isMuted() {
  const left = Number(localStorage.getItem(KEY) ?? 0) - now();
  return left > 0 && left <= MOST_MS; // more is left where somebody set the hub's clock back
}

const ready = () => context?.state === "running";

function wake() {
  if (!globalThis.AudioContext) return;
  try {
    context ??= new AudioContext();
    if (context.state !== "running") context.resume().then(tell, () => {});
  } catch { context = null; }
  tell();
}

export function mute(seconds) {
  localStorage.setItem(KEY, String(seconds ? now() + seconds * 1000 : 0));
  tell();
}

/** Sound for the worst of what stands: `standing` are severities of what nobody has acknowledged. */
export function sound(standing, fresh) {
  const worst = ["call", "critical", "warning"].find((one) => standing.has(one));
  for (const one of [...sounded.keys()]) if (!standing.has(one)) sounded.delete(one);
  if (!worst) return;
  const isNew = fresh.has(worst);
  if (!isNew && performance.now() - (sounded.get(worst) ?? performance.now()) < AGAIN_MS[worst]) {
    if (!sounded.has(worst)) sounded.set(worst, performance.now());
    return;
  }
  sounded.set(worst, performance.now());
  if (!isMuted()) play(worst);
}

export function play(severity) {
  if (!ready()) return;
  button.dataset.sounded = severity;
  const start = context.currentTime + 0.02;
  for (const [hertz, begins, lasts] of PATTERNS[severity]) {
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.type = severity === "warning" ? "sine" : "square";
    tone.frequency.value = hertz;
    gain.gain.setValueAtTime(0, start + begins);
    gain.gain.linearRampToValueAtTime(severity === "warning" ? LOUD : LOUD / 2, start + begins + 0.015);
    gain.gain.setValueAtTime(severity === "warning" ? LOUD : LOUD / 2, start + begins + lasts - 0.03);
    gain.gain.linearRampToValueAtTime(0, start + begins + lasts);
    tone.connect(gain).connect(context.destination);
    tone.start(start + begins);
    tone.stop(start + begins + lasts + 0.02);
  }
}

/** Say on the button how it is: a screen that is silent says so. */
export function tell() {
  let state = "on";
  let label = said.sound_on;
  if (!globalThis.AudioContext) [state, label] = ["none", said.no_sound];
  else if (!ready()) [state, label] = ["locked", said.sound_touch];
  else if (isMuted()) [state, label] = ["muted", fill(said.muted_until, clockTime(Number(localStorage.getItem(KEY))).slice(0, 5))];
  button.dataset.sound = state;
  put(button, label);
}

wake();
