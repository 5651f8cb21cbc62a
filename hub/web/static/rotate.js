// The views in turn, as this screen was set; a new alarm interrupts, and holds the grid until it is acknowledged or 60 s.
import { isOverlaid } from "./alarms.js";
import { fill, make, put, words } from "./say.js";
import * as views from "./views.js";

const said = words.wall;
const HOLD_S = 60;
const FIRST_S = 20;
const KEYS = { every: "cuncuntong.rotate_s", parts: "cuncuntong.rotate_views" };
const button = document.getElementById("rotate");
const held = document.getElementById("held");
let since = performance.now(); // of this view
let paused = false;
let hold = null; // what interrupts: { key, text, until, before, lookAt }

const kept = (key) => localStorage.getItem(key);
export const every = () => Number(kept(KEYS.every) ?? 0);
export const parts = () => (kept(KEYS.parts)?.split(",") ?? views.NAMES).filter((name) => views.NAMES.includes(name));

export function setEvery(seconds) {
  localStorage.setItem(KEYS.every, String(seconds));
  paused = false;
  since = performance.now();
  tell();
}

export function setParts(names) { localStorage.setItem(KEYS.parts, names.join(",")); }

/** Start, pause or go on. */
export function toggle() {
  if (!every()) setEvery(FIRST_S);
  else {
    paused = !paused;
    since = performance.now();
    tell();
  }
}

/** Somebody chose a view by hand: it stays for a whole turn. */
export function chosen() { since = performance.now(); }

/** Show the grid at once for what is new; it stays until `release` of the same key, or 60 s. */
export function interrupt(key, text, lookAt) {
  hold = { key, text, until: performance.now() + HOLD_S * 1000, before: hold?.before ?? views.current() };
  views.show("grid");
  lookAt?.();
  tick();
}

/** What no longer waits for anybody interrupts no more. */
export function release(stands) { if (hold && !stands(hold.key)) goOn(); }

function goOn() {
  const { before } = hold;
  hold = null;
  held.hidden = true;
  since = performance.now();
  if (every() && !paused) views.show(before);
  tell();
}

export function tick() {
  if (isOverlaid()) since = performance.now(); // what lies over everything is read first
  if (hold) {
    const left = Math.ceil((hold.until - performance.now()) / 1000);
    if (left <= 0) goOn();
    else showHold(left);
  } else if (every() && !paused && performance.now() - since > every() * 1000 && !document.querySelector("dialog[open]")) {
    const turn = parts();
    since = performance.now();
    if (turn.length) views.show(turn[(turn.indexOf(views.current()) + 1) % turn.length]);
  }
  tell();
}

function showHold(left) {
  const text = fill(said.held, hold.text);
  if (held.hidden || held.firstElementChild?.textContent !== text) {
    const seen = make("button", { type: "button" }, said.seen);
    seen.addEventListener("click", goOn);
    held.replaceChildren(make("b", {}, text), " ", make("small", { "aria-hidden": "true" }), seen);
    held.hidden = false;
  }
  held.querySelector("small").textContent = fill(said.held_until, left);
}

function tell() {
  const state = !every() ? "off" : paused ? "paused" : "on";
  const label = state === "on" ? `${said.rotating} ${every()} s` : state === "paused" ? said.paused : said.rotate;
  button.hidden = views.NAMES.length < 2;
  button.dataset.rotate = state;
  button.setAttribute("aria-pressed", String(state === "on"));
  put(button, label);
}

button.addEventListener("click", toggle);
tell();
