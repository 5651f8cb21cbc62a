// Calls for help and for staff: how many, which villages, since when. A call for help lies over the whole wall until a
// person of the centre took it; put aside, it comes back after a minute, and at once when somebody calls or it escalates.
import { duration, fill, make, moment, now, put, words } from "./say.js";

const text = words.text;
const said = words.call_overlay;
const KINDS = [["emergencies", text.emergency], ["staff", text.staff_called]];
const SHOWN_AGAIN_MS = 60_000;
let told = null;
let look = () => {};
let known = "";
let asideUntil = -Infinity; // by the clock that nobody sets

/** Take a frame's calls and show them; `lookAt` is called with the station that somebody clicks. */
export function showAlarms(alarms, lookAt) {
  told = alarms;
  look = lookAt;
  for (const [kind, label] of KINDS) {
    const section = document.getElementById(kind);
    const { count, newest } = alarms[kind];
    section.hidden = !count;
    const heading = section.querySelector("h2");
    put(heading, count ? `${label} ${count}` : ""); // said aloud once, not with every second
    const items = newest.map((call) => {
      const button = make("button", { type: "button" }, sentence(call));
      button.addEventListener("click", () => look(call.station));
      return make("li", {}, button);
    });
    if (count > newest.length) items.push(make("li", {}, fill(text.more, count - newest.length)));
    const list = section.querySelector("ul");
    if (list.dataset.shown === JSON.stringify(newest) && list.childElementCount === items.length) continue;
    list.dataset.shown = JSON.stringify(newest);
    list.replaceChildren(...items);
  }
  showOverlay();
}

/** Bring the times up to now; the buttons stay, so that one can be pressed at any moment. */
export function ageAlarms() {
  if (!told) return;
  for (const [kind] of KINDS) {
    const buttons = document.querySelectorAll(`#${kind} button`);
    told[kind].newest.forEach((call, index) => {
      if (buttons[index]) put(buttons[index], sentence(call));
    });
  }
  showOverlay();
}

/** Whether a call for help lies over the wall: what rotates below waits. */
export function isOverlaid() { return document.getElementById("call-overlay") !== null; }

function sentence({ village, at, withdrawn }) {
  const line = `${village} ${text.since} ${moment(at)} (${duration(now() - at)})`;
  return withdrawn ? `${line} · ${said.withdrawn}` : line;
}

function showOverlay() {
  const { count, waits, newest } = told.emergencies;
  const calls = JSON.stringify([count, waits, newest]);
  if (calls !== known) {
    if (waits && isNews(known, told.emergencies)) asideUntil = -Infinity;
    known = calls;
  }
  const there = document.getElementById("call-overlay");
  if (!waits || performance.now() < asideUntil) lift(there);
  else if (there?.dataset.calls !== calls) {
    lift(there);
    const whole = overlay(calls);
    document.body.append(whole);
    whole.showModal();
  }
  document.querySelectorAll("#call-overlay li").forEach((line, index) => {
    const call = newest[index];
    if (call) put(line.querySelector("span"), waited(call));
  });
}

/** Take it away; what had the keyboard before has it again. */
function lift(there) {
  there?.close();
  there?.remove();
}

/** Whether more wait than before, or somebody has waited so long that others are told. */
function isNews(before, { count, newest }) {
  if (!before) return true;
  const [counted, , calls] = JSON.parse(before);
  const weight = (list) => list.reduce((sum, call) => sum + 1 + (call.level ?? 0) + (call.presses ?? 0), 0);
  return count > counted || weight(newest) > weight(calls);
}

function overlay(calls) {
  const { count, newest } = told.emergencies;
  const items = newest.map((call) => make("li", call.withdrawn ? { class: "back" } : {}, make("b", {}, call.village), make("span")));
  if (count > newest.length) items.push(make("li", {}, make("b", {}, fill(text.more, count - newest.length))));
  const later = make("button", { type: "button", id: "call-later" }, said.later);
  later.addEventListener("click", aside);
  const whole = make("dialog", { id: "call-overlay", role: "alertdialog", "aria-labelledby": "call-overlay-title", "data-calls": calls },
    make("h2", { id: "call-overlay-title" }, `${text.emergency} ${count}`), make("ul", {}, ...items), make("p", {}, later));
  whole.addEventListener("cancel", (event) => { event.preventDefault(); aside(); });
  return whole;
}

function waited(call) {
  const parts = [`${text.since} ${moment(call.at)}`, fill(said.waited, duration(now() - call.at))];
  if (call.presses) parts.push(fill(said.times, call.presses + 1));
  if (call.level) parts.push(fill(said.level, call.level));
  if (call.withdrawn) parts.push(said.withdrawn);
  return parts.join(" · ");
}

function aside() {
  asideUntil = performance.now() + SHOWN_AGAIN_MS;
  showOverlay();
}
