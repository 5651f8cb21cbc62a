// The wall: takes frames and shows them. What they mean is decided at the hub (hub/web/picture.py).
import { ageAlarms, showAlarms } from "./alarms.js";
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

const GAP_PX = 8;
const KINDS = 3;
const MARKED_MS = 4000;
const marked = new Map();
const townsShown = [];
let at = 0;
let blind = null;
let attentionShown = -Infinity;
let outdated = false; // another page is served by now
let attention = { items: [], more: 0, counts: { unknown: 0, noview: 0 } };

function onFrame(frame) {
  follow(frame.now);
  at = frame.at;
  if (frame.page) outdated = frame.page !== root.dataset.page;
  if (frame.cells) {
    for (const [code, ...told] of frame.cells) if (!setCell(code, told, !frame.full)) outdated = true;
    showCounty(frame);
  }
  tick();
}

/** Say whether there is such a cell. */
function setCell(code, [state, why = "", since = null], mark) {
  const cell = byId(`c${code}`);
  if (!cell) return false;
  const differs = cell.dataset.s !== state || (cell.dataset.why ?? "") !== why;
  if (differs) {
    cell.dataset.s = state;
    if (why) cell.dataset.why = why; else delete cell.dataset.why;
    cell.querySelector("b").textContent = why ? word("why", why) : word("state", state);
  }
  setSince(cell, why ? since : null);
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
  frame.towns.forEach(showTown);
  const top = main.offsetTop;
  showAlarms(frame.alarms, (station) => lookAt({ code: station }));
  if (main.offsetTop !== top) fit(main);
  attention = { items: frame.attention, more: frame.more, counts };
  if (performance.now() - attentionShown > 1000) showAttention();
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

function showAttention() {
  attentionShown = performance.now();
  const items = attention.items.map((item) => {
    const whole = item.code === null;
    const what = whole ? `${item.town} ${item.down}/${item.of}` : `${item.town} ${item.name}`;
    const button = make("button", { type: "button", "data-s": item.state, class: whole ? "whole" : "one" },
      `${what} ${item.why ? word("why", item.why) : word("state", item.state)} ${duration(now() - item.since_ms)}`);
    button.addEventListener("click", () => lookAt(item));
    return make("li", {}, button);
  });
  const list = byId("attention");
  const rest = make("li");
  list.replaceChildren(...items, rest);
  rest.textContent = restOf(attention.more + items.length, items.length, attention.counts);
  if (getComputedStyle(list).overflowY !== "hidden") {
    rest.textContent = restOf(attention.more, items.length, attention.counts);
    return;
  }
  // One line on a wall: what has no room is counted. Measured once, for it is asked often.
  const room = list.clientWidth - rest.offsetWidth - GAP_PX;
  const ends = items.map((item) => item.offsetLeft + item.offsetWidth);
  const line = items[0]?.offsetTop;
  const fitting = items.filter((item, index) => item.offsetTop === line && ends[index] <= room).length;
  for (const item of items.slice(fitting)) item.remove();
  rest.textContent = restOf(attention.more + items.length - fitting, fitting, attention.counts);
}

/** Never calm while anything is not known. */
function restOf(more, shown, { unknown, noview }) {
  const parts = [more ? fill(text.more, more) : "", unknown ? `${word("state", "unknown")} ${unknown}` : "",
    noview ? `${word("state", "noview")} ${noview}` : ""].filter(Boolean);
  return parts.length || shown ? parts.join(" · ") : text.calm;
}

function lookAt(item) {
  const town = towns.find((candidate) => candidate.querySelector("h2 span").textContent === item.town);
  const cell = item.code === null ? town?.querySelector('[data-s="offline"]') : byId(`c${item.code}`);
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
  } else if (blind) banner.replaceChildren(blind);
  const hidden = root.dataset.live !== "cut" && !blind;
  if (banner.hidden !== hidden) {
    banner.hidden = hidden;
    fit(main);
  }
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
const stream = new Stream("/live", onFrame);
setInterval(tick, 500);
setInterval(() => { if (at) showAttention(); ageAlarms(); }, 2000);
