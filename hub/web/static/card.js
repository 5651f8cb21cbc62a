// What one cell tells when it is hovered, focused or clicked.
import { clockTime, duration, fill, make, moment, now, word, words } from "./say.js";

const text = words.text;
const card = document.getElementById("card");
const EVERY_MS = 2000;

let shown = null; // the cell
let told = ""; // which one it was: a canvas has one button for all
let pinned = false;
let asking = null;
let pending;

export function attach(main) {
  main.addEventListener("pointerover", (event) => { if (event.pointerType === "mouse" && !pinned) soon(cellOf(event)); });
  main.addEventListener("pointerleave", () => { if (!pinned) hide(); });
  main.addEventListener("focusin", (event) => {
    const cell = cellOf(event);
    if (cell?.matches(":focus-visible")) { pinned = false; show(cell); }
  });
  main.addEventListener("focusout", () => { if (!pinned) hide(); });
  main.addEventListener("click", (event) => {
    const cell = cellOf(event);
    if (!cell) return;
    pinned = !(pinned && isShown(cell));
    if (pinned) show(cell); else hide();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  document.addEventListener("click", (event) => { if (pinned && !card.contains(event.target) && !cellOf(event) && !event.target.closest("#attention, .calls")) hide(); });
  setInterval(() => { if (shown && !document.hidden) load(); }, EVERY_MS);
}

/** Show and keep the card of a cell chosen elsewhere. */
export function pin(cell) { pinned = true; show(cell); }

/** After a view was drawn anew: stay at what is shown, which may be another element by now, or gone. */
export function redrawn() {
  if (!shown || shown.checkVisibility()) return;
  const again = document.getElementById(shown.id);
  if (!again?.checkVisibility()) return hide();
  shown = again;
  mark(shown, true);
}

export const isPinned = () => pinned;

/** Look again at once when what is shown has changed. */
export function changed(cell) { if (cell === shown) load(); }

const cellOf = (event) => event.target.closest?.(".cells button, .dots use");

const isShown = (cell) => cell === shown && cell.id === told;

/** Show the card of a cell that the pointer rests on. */
export function soon(cell) {
  clearTimeout(pending);
  if (!cell || isShown(cell)) return;
  pending = setTimeout(() => show(cell), 90);
}

function show(cell) {
  clearTimeout(pending);
  if (!isShown(cell)) { mark(shown, false); card.hidden = true; }
  shown = cell;
  told = cell.id;
  mark(shown, true);
  load();
}

function hide() {
  clearTimeout(pending);
  mark(shown, false);
  shown = null;
  pinned = false;
  card.hidden = true;
}

/** Say that a cell's card is open; a dot of the map is no control, and is only marked. */
function mark(cell, open) {
  if (!cell) return;
  if (cell.localName === "use") cell.classList.toggle("open", open);
  else if (open) cell.setAttribute("aria-expanded", "true");
  else cell.removeAttribute("aria-expanded");
}

async function load() {
  const cell = shown;
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(`/wall/stations/${cell.id.slice(1)}`, { signal: asking.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const station = await answer.json();
    if (cell === shown) draw(station, cell);
  } catch (error) {
    if (error.name !== "AbortError" && cell === shown) drawGone(cell);
  }
}

function drawGone(cell) {
  card.replaceChildren(heading(cell.firstElementChild?.textContent ?? cell.id.slice(1)), make("p", {}, text.gone));
  place(cell);
}

function draw(station, cell) {
  const rows = make("dl");
  const row = (label, ...values) => rows.append(make("dt", {}, label), make("dd", {}, ...values));
  const since = (at) => (at ? ` ${text.since} ${moment(at)} (${duration(now() - at)})` : "");
  row(text.state, make("span", { class: "key", "data-s": station.state }, word("state", station.state)), since(station.since));
  row(text.reason, word("reason", station.reason));
  row(text.heard, station.heard === null ? text.never : `${clockTime(station.heard)} · ${fill(text.ago, duration(now() - station.heard))}`);
  if (station.cell !== station.state) {
    const why = station.why ? word("why", station.why.kind) : word("state", station.cell);
    row(text.picture, make("span", { class: "key", "data-s": station.cell }, why), since(station.why?.since));
  }
  for (const incident of station.incidents) row(words.incident.title, incidentLink(incident), since(incident.since));
  if (station.line) row(words.line.line, ...leg(station.line));
  const cameras = station.devices.filter((device) => device.device.startsWith("camera/"));
  row(text.cameras, ...(cameras.length ? cameras.map(camera) : [text.no_cameras]));
  if (station.faults.length) row(text.last_faults, ...station.faults.map(fault));
  const others = station.devices.filter((device) => !device.device.startsWith("camera/"));
  if (others.length) row(text.devices, ...lines(others.map((device) => `${device.device} ${state(device)}`)));
  if (station.outbox) row(text.outbox, outbox(station.outbox));
  if (station.skew !== null && Math.abs(station.skew) > 1000) row(text.skew, duration(Math.abs(station.skew)));
  row(text.visits, String(station.visits));
  row(text.code, station.station);
  if (station.software) row(text.software, station.software);
  card.dataset.s = station.cell;
  fillIn(heading(make("a", { href: `/stations/${station.station}` }, `${station.town} ${station.name}`)), rows);
  place(cell);
}

function heading(name) {
  const close = make("button", { type: "button", "aria-label": text.close }, "×");
  close.addEventListener("click", hide);
  return make("h3", {}, name, close);
}

function lines(values, none = "") {
  return values.length ? values.flatMap((value, index) => (index ? [make("br"), value] : [value])) : [none];
}

function state(device) { return word("device", device.state) + (device.code ? ` ${device.code}` : ""); }

/** One camera: how it is and why, since when; below it what it delivers. */
function camera(device) {
  const { frames_per_s, width_px, height_px, last_frame_age_ms, learning } = device.measures ?? {};
  const why = device.fault ? `${word("why", device.fault.kind)} ${device.fault.code}` : device.code;
  const head = [device.device.slice("camera/".length), word("device", device.state)];
  if (why) head.push(why);
  if (device.state !== "ok" && device.since_ms) head.push(`${text.since} ${moment(device.since_ms)} (${duration(now() - device.since_ms)})`);
  const parts = [];
  if (frames_per_s !== undefined) parts.push(`${frames_per_s.toFixed(1)} fps`);
  if (width_px && height_px) parts.push(`${width_px}×${height_px}`);
  if (last_frame_age_ms !== undefined) parts.push(fill(text.frame_age, last_frame_age_ms < 10000 ? `${Math.round(last_frame_age_ms)} ms` : duration(last_frame_age_ms)));
  if (learning) parts.push(text.learning);
  return make("div", { class: "camera", "data-state": device.state }, make("strong", {}, ...joined(head)), make("small", {}, ...joined(parts)));
}

/** Parts that a narrow card breaks between, never within. */
function joined(parts) {
  const last = parts.length - 1;
  return parts.flatMap((part, index) => [make("span", { class: "part" }, index < last ? `${part} ·` : part), " "]);
}

/** One fault of a picture, over or not: which camera and kind, from when, how long. */
function fault({ camera: name, kind, state, raised_ms, cleared_ms }) {
  const ends = { open: fill(text.goes_on, duration(now() - raised_ms)), outlived: text.end_untold };
  const length = state === "cleared" ? fill(text.lasted, duration(cleared_ms - raised_ms)) : ends[state];
  return make("div", { class: "past", "data-state": state }, ...joined([name, word("why", kind), moment(raised_ms), length]));
}

function incidentLink({ id, kind, scope, state: stands }) {
  return make("a", { href: `/incidents/${id}` }, `${word("scope", scope)}${word("kind", kind)} · ${word("incident_state", stands)}`);
}

/** Its line to the county: how it is, since when; below it what is lost which way, and how long an answer takes. */
function leg({ state: now_is, since, up, down, rtt, jitter }) {
  const parts = [[words.line.up, percent(up)], [words.line.down, percent(down)], [words.line.rtt, ms(rtt)], [words.line.jitter, ms(jitter)]];
  return [make("div", { class: "camera", "data-state": now_is },
    make("strong", {}, ...joined([word("leg", now_is), ...(since ? [`${text.since} ${moment(since)}`] : [])])),
    make("small", {}, ...joined(parts.map(([label, value]) => `${label} ${value}`))))];
}

const percent = (share) => (share === null ? "—" : `${(share * 100).toFixed(1)}%`);
const ms = (value) => (value === null ? "—" : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`);

function outbox({ records, bytes, oldest_ms, full }) {
  if (!records) return text.outbox_empty;
  const parts = [fill(text.records, records), `${Math.ceil(bytes / 1024)} KiB`];
  if (oldest_ms) parts.push(`${text.since} ${moment(oldest_ms)}`);
  if (full) parts.push(text.outbox_full);
  return parts.join(" · ");
}

/** Show what is told; whoever is in the card by the keyboard stays there. */
function fillIn(...content) {
  const stops = () => [...card.querySelectorAll("a, button")];
  const stop = stops().indexOf(document.activeElement);
  card.replaceChildren(...content);
  stops()[stop]?.focus({ preventScroll: true });
}

function place(cell) {
  card.hidden = false;
  const at = cell.getBoundingClientRect();
  const size = card.getBoundingClientRect();
  const left = Math.min(Math.max(8, at.left), innerWidth - size.width - 8);
  const below = at.bottom + 8;
  const top = below + size.height < innerHeight ? below : Math.max(8, at.top - size.height - 8);
  card.style.left = `${left}px`;
  card.style.top = `${top}px`;
}
