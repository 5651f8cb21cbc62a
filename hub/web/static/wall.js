// The wall: takes frames and shows them. What they mean is decided at the hub (hub/web/picture.py).
import { ageAlarms, showAlarms } from "./alarms.js";
import { lacks, showAttention, takeAttention } from "./attention.js";
import * as card from "./card.js";
import { fit } from "./fit.js";
import { walk } from "./keys.js";
import { clockTime, duration, fill, follow, make, now, today, word, words } from "./say.js";
import { Stream } from "./stream.js";

const text = words.text;
const root = document.documentElement;
const main = document.getElementById("towns");
const towns = [...main.querySelectorAll(".town")];
const byId = (id) => document.getElementById(id);

const KINDS = 3;
const MARKED_MS = 4000;
const STRIP_MS = 400;
const marked = new Map();
const townsShown = [];
let at = 0;
let blind = null;
let attentionShown = -Infinity;
let fresh = false; // the strip was told something it does not show yet
let outdated = false; // another page is served by now
let missing = []; // incidents of the hub itself

function onFrame(frame) {
  follow(frame.now);
  at = frame.at;
  showLinked(frame.linked);
  if (frame.page) outdated = frame.page !== root.dataset.page;
  if (frame.cells) {
    for (const [code, ...told] of frame.cells) if (!setCell(code, told, !frame.full)) outdated = true;
    showCounty(frame);
  }
  tick();
}

/** Say whether there is such a cell. */
function setCell(code, [state, why = "", since = null, incident = ""], mark) {
  const cell = byId(`c${code}`);
  if (!cell) return false;
  const differs = cell.dataset.s !== state || (cell.dataset.why ?? "") !== why;
  if (differs) {
    cell.dataset.s = state;
    if (why) cell.dataset.why = why; else delete cell.dataset.why;
    cell.querySelector("b").textContent = why ? word("why", why) : word("state", state);
  }
  setSince(cell, why ? since : null);
  setIncident(cell, incident);
  if (differs) {
    if (mark) {
      cell.setAttribute("data-new", "");
      marked.delete(cell);
      marked.set(cell, performance.now());
    }
  }
  card.changed(cell);
  return true;
}

/** Since when the picture is a fault: shown where the cell has room for it. */
function setSince(cell, since) {
  const there = cell.querySelector("i");
  if (since === null) there?.remove();
  else if (there?.dataset.since !== String(since)) {
    there?.remove();
    cell.append(make("i", { "data-since": since }, `${text.since} ${clockTime(since).slice(0, 5)}`));
  }
}

/** That an incident holds it: a bar below, and said to who cannot see it. */
function setIncident(cell, incident) {
  if ((cell.dataset.incident ?? "") === incident) return;
  if (incident) cell.dataset.incident = incident; else delete cell.dataset.incident;
  if (incident) cell.setAttribute("aria-description", words.incident.in_incident); else cell.removeAttribute("aria-description");
}

/** Take the mark from cells that changed a while ago; the oldest stand first. */
function fade() {
  for (const [cell, since] of marked) {
    if (performance.now() - since < MARKED_MS) return;
    cell.removeAttribute("data-new");
    marked.delete(cell);
  }
}

function showCounty(frame) {
  const counts = frame.counts;
  say("rate", frame.rate === null ? "—" : `${frame.rate.toFixed(1)}%`);
  byId("coverage").hidden = frame.coverage === null || frame.coverage === 100;
  byId("coverage").lastElementChild.textContent = `${frame.coverage}%`;
  for (const name of ["up", "total", "offline", "unknown", "maintenance", "online", "fault"]) say(`n-${name}`, counts[name]);
  say("n-seen", counts.up);
  const kinds = frame.faults.slice(0, KINDS).map(([why, number]) => `${word("why", why)} ${number}`);
  if (frame.faults.length > KINDS) kinds.push("…");
  byId("kinds").replaceChildren(...kinds.map((kind) => make("span", {}, kind)));
  say("visits", frame.visits);
  say("quarantined", frame.quarantined);
  byId("quarantine").hidden = !frame.quarantined;
  const broker = byId("broker");
  broker.dataset.connected = frame.hub.connected;
  broker.querySelector("b").textContent = frame.hub.connected ? text.connected : text.away;
  broker.querySelector("time").textContent = clockTime(frame.hub.since);
  blind = frame.hub.storage ? `${text.storage} (${frame.hub.storage})` : null;
  if (!frame.hub.connected) blind = text.blind;
  missing = frame.lacks;
  frame.towns.forEach(showTown);
  takeAttention(frame, lookAt);
  keepFitted(() => showAlarms(frame.alarms, (station) => lookAt({ code: station })));
  fresh = true;
}

/** How many pairs of villages could hold a video call, and of how many that is known. */
function showLinked({ share, coverage }) {
  say("linked", share === null ? "—" : `${share.toFixed(1)}%`);
  byId("linked-coverage").hidden = coverage === null || coverage === 100;
  byId("linked-coverage").lastElementChild.textContent = `${coverage}%`;
}

function refreshAttention() {
  attentionShown = performance.now();
  fresh = false;
  showAttention();
}

/** What stands above the towns may take more or less room: then their cells are fitted anew. */
function keepFitted(change) {
  const top = main.offsetTop;
  change();
  if (main.offsetTop !== top) fit(main);
}

function showTown(figures, index) {
  const town = towns[index];
  const same = JSON.stringify(figures);
  if (!town || townsShown[index] === same) return;
  townsShown[index] = same;
  town.dataset.trouble = figures.trouble;
  town.querySelector("em").textContent = `${figures.up}/${figures.total}`;
  const chips = Object.entries(figures.troubles).map(([state, n]) => make("i", { "data-s": state }, String(n)));
  town.querySelector(".chips").replaceChildren(...chips);
}

function lookAt(item) {
  const cell = byId(`c${item.code}`);
  if (!cell) return;
  cell.scrollIntoView({ block: "nearest" });
  cell.focus({ focusVisible: false });
  card.pin(cell);
}

function say(id, value) {
  const element = byId(id);
  const said = String(value);
  if (element.textContent !== said) element.textContent = said;
}

/** Once a second, and with each frame: clock, age, and whether what is shown can be believed. */
function tick() {
  if (outdated) reload();
  fade();
  if (fresh && performance.now() - attentionShown > STRIP_MS) keepFitted(refreshAttention);
  const cut = stream.isCut;
  say("day", today());
  say("clock", clockTime(now()));
  root.dataset.live = cut ? "cut" : at ? "on" : "wait";
  say("pulse", cut || !at ? text.connecting : text.live);
  if (at) {
    const age = now() - at;
    say("at", clockTime(at));
    say("age", fill(text.ago, duration(age)));
    root.toggleAttribute("data-late", age > 10000);
    if (age > 10000) root.dataset.live = "cut"; // the stream lives, what feeds it does not
  }
  const banner = byId("banner");
  if (root.dataset.live === "cut") {
    const seconds = Math.floor(Math.max(stream.silentMs, at ? now() - at : 0) / 1000);
    banner.replaceChildren(fill(text.cut, seconds), make("small", {}, text.cut_note));
  } else if (blind || missing.length) banner.replaceChildren(...told(blind, lacks(missing)));
  const hidden = root.dataset.live !== "cut" && !blind && !missing.length;
  if (banner.hidden !== hidden) {
    banner.hidden = hidden;
    fit(main);
  }
}

function told(first, more) {
  const parts = [first, ...more].filter(Boolean);
  return parts.map((part, index) => (index ? make("small", {}, part) : part));
}

/** At most twice a minute, should something on the way keep the old page. */
function reload() {
  const last = Number(sessionStorage.getItem("reloaded") ?? 0);
  if (Date.now() - last < 30000) return;
  sessionStorage.setItem("reloaded", String(Date.now()));
  location.reload();
}

byId("theme").addEventListener("click", () => {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  fetch(`/?theme=${root.dataset.theme}`, { method: "HEAD" }).catch(() => {}); // to be remembered
});
byId("fullscreen").addEventListener("click", () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen().catch(() => {});
});
let rest;
document.addEventListener("pointermove", () => {
  root.classList.remove("resting");
  clearTimeout(rest);
  rest = setTimeout(() => root.classList.toggle("resting", Boolean(document.fullscreenElement)), 5000);
});

card.attach(main);
walk(main);
fit(main);
addEventListener("resize", () => fit(main));
if (location.hash.startsWith("#c")) lookAt({ code: location.hash.slice(2) }); // from an incident's page
const stream = new Stream("/live", onFrame);
setInterval(tick, 500);
setInterval(() => { if (at) keepFitted(refreshAttention); ageAlarms(); }, 2000);
