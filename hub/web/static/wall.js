// The wall: takes frames and shows them. What they mean is decided at the hub (hub/web/picture.py).
import { ageAlarms, showAlarms } from "./alarms.js";
import { again, heed } from "./alert.js";
import { lacks, showAttention, takeAttention, turn } from "./attention.js";
import { Canvas } from "./canvas.js";
import * as card from "./card.js";
import { Grid } from "./grid.js";
import { colourAreas, moveDots } from "./map.js";
import { showRows } from "./rows.js";
import * as rotate from "./rotate.js";
import "./settings.js";
import { announce, clockTime, duration, fill, follow, make, now, put, running, today, word, words } from "./say.js";
import * as sound from "./sound.js";
import { Stream } from "./stream.js";
import * as views from "./views.js";

const text = words.text;
const said = words.wall;
const root = document.documentElement;
const main = document.querySelector("main");
const room = document.getElementById("towns");
const towns = [...room.querySelectorAll(".town")];
const byId = (id) => document.getElementById(id);

const KINDS = 3;
const STRIP_MS = 400;
const STALE_MS = 10000;
const LONG_S = 120;
const GONE_MS = 5000;
let county = {}; // parts of frames, the newest of each
let at = 0;
let blind = null;
let attentionShown = -Infinity;
let fresh = false; // the strip was told something it does not show yet
let leaving;
let outdated = false; // another page is served by now

function onFrame({ cells, towns: changed, ...parts }) {
  follow(parts.now);
  at = parts.at;
  if (parts.linked.share !== county.linked?.share || parts.linked.coverage !== county.linked?.coverage) showLinked(parts.linked);
  if (parts.page) outdated = parts.page !== root.dataset.page;
  county = { ...county, ...parts };
  if (cells) {
    for (const [code, ...told] of cells) if (!grid.set(code, told, !parts.full)) outdated = true;
    if (!views.current().startsWith("grid")) moveDots(cells);
  }
  if (changed) {
    for (const [index, figures] of changed) showTown(figures, index);
    colourAreas(changed);
    showRows(changed);
  }
  if (cells) showCounty(parts);
  tick();
}

/** Show the parts that were told anew. */
function showCounty(parts) {
  const { counts, faults, hub } = county;
  if ("rate" in parts) say("rate", parts.rate === null ? "—" : `${parts.rate.toFixed(1)}%`);
  if ("coverage" in parts) {
    byId("coverage").hidden = parts.coverage === null || parts.coverage === 100;
    byId("coverage").lastElementChild.textContent = `${parts.coverage}%`;
  }
  if (parts.counts) {
    for (const name of ["up", "total", "offline", "unknown", "maintenance", "online", "fault"]) say(`n-${name}`, counts[name]);
    say("n-seen", counts.up);
  }
  if (parts.faults) {
    const kinds = faults.slice(0, KINDS).map(([why, number]) => `${word("why", why)} ${number}`);
    if (faults.length > KINDS) kinds.push("…");
    byId("kinds").replaceChildren(...kinds.map((kind) => make("span", {}, kind)));
  }
  say("visits", county.visits);
  say("quarantined", county.quarantined);
  byId("quarantine").hidden = !county.quarantined;
  if (parts.hub) {
    const broker = byId("broker");
    broker.dataset.connected = hub.connected;
    broker.querySelector("b").textContent = hub.connected ? text.connected : text.away;
    broker.querySelector("time").textContent = clockTime(hub.since);
  }
  blind = hub.storage ? `${text.storage} (${hub.storage})` : null;
  if (!hub.connected) blind = text.blind;
  takeAttention(county, lookAt);
  if (parts.alarms) keepFitted(() => showAlarms(parts.alarms, (station) => lookAt({ code: station })));
  if (parts.alarms || parts.incidents) heed(county, lookAt);
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
  if (main.offsetTop !== top) grid.fit();
}

function showTown(figures, index) {
  const town = towns[index];
  if (!town) return;
  town.dataset.trouble = figures.trouble;
  town.querySelector("em").textContent = `${figures.up}/${figures.total}`;
  const chips = Object.entries(figures.troubles).map(([state, n]) => make("i", { "data-s": state }, String(n)));
  town.querySelector(".chips").replaceChildren(...chips);
}

function lookAt({ code }) {
  views.show("grid");
  rotate.chosen();
  grid.lookAt(code);
}

function say(id, value) { put(byId(id), String(value)); }

/** Once a second, and with each frame: clock, age, and whether what is shown can be believed. */
function tick() {
  if (outdated) reload();
  grid.fade();
  if (fresh && performance.now() - attentionShown > STRIP_MS) keepFitted(refreshAttention);
  say("day", today());
  say("clock", clockTime(now()));
  const age = at ? now() - at : 0;
  // The stream may live while what feeds it does not.
  set("live", stream.isCut || age > STALE_MS ? "cut" : at ? "on" : "wait");
  say("pulse", stream.isCut || !at ? text.connecting : text.live);
  if (at) {
    say("at", clockTime(at));
    say("age", fill(text.ago, duration(age)));
    root.toggleAttribute("data-late", age > STALE_MS);
  }
  showBanner(bannerOf(age));
}

function set(name, value) { if (root.dataset[name] !== value) root.dataset[name] = value; }

/** What the banner says: a sentence, and smaller ones after it; empty when all is well. */
function bannerOf(age) {
  if (stream.gone) {
    // Then to where it is paired, or somebody signs in: who may not see any more is shown nothing for long.
    leaving ??= setTimeout(() => { leaving = undefined; if (stream.gone) location.reload(); }, GONE_MS);
    const link = make("a", { href: "/" }, said.gone_link);
    return [said.gone, make("small", {}, `${said.gone_note} `, link)];
  }
  if (root.dataset.live === "cut") {
    const seconds = Math.floor(Math.max(stream.silentMs, age) / 1000);
    return [running(text.cut, seconds), make("small", {}, seconds < LONG_S ? text.cut_note : said.long_cut)];
  }
  return [blind, ...lacks(county.lacks ?? [])].filter(Boolean).map((part, index) => (index ? make("small", {}, part) : part));
}

function showBanner(parts) {
  const banner = byId("banner");
  announce(banner, parts);
  if (banner.hidden === !parts.length) return;
  banner.hidden = !parts.length;
  grid.fit();
}

/** At most twice a minute, should something on the way keep the old page. */
function reload() {
  const last = Number(sessionStorage.getItem("reloaded") ?? 0);
  if (Date.now() - last < 30000) return;
  sessionStorage.setItem("reloaded", String(Date.now()));
  location.reload();
}

let rest;
document.addEventListener("pointermove", () => {
  root.classList.remove("resting");
  clearTimeout(rest);
  rest = setTimeout(() => root.classList.toggle("resting", Boolean(document.fullscreenElement)), 5000);
});

card.attach(main);
const grid = byId("drawn") ? new Canvas(room) : new Grid(room);
views.whenDrawn((view) => { if (view === "grid") grid.fit(); card.redrawn(); });
addEventListener("resize", () => grid.fit());
let above = main.offsetTop;
new ResizeObserver(() => { if (main.offsetTop !== above) { above = main.offsetTop; grid.fit(); } }).observe(document.querySelector("header"));
if (location.hash.startsWith("#c")) lookAt({ code: location.hash.slice(2) }); // from an incident's page
const stream = new Stream(onFrame);
setInterval(tick, 500);
setInterval(() => { rotate.tick(); views.refresh(); again(); sound.tell(); }, 1000);
setInterval(() => { if (at) keepFitted(() => { turn(); refreshAttention(); }); ageAlarms(); }, 2000);
