// The strip: incidents, the most important first (a link to each), then what no incident holds yet (a look at its cell).
import { duration, fill, make, moment, now, put, running, word, words } from "./say.js";

const text = words.text;
const said = words.incident;
const GAP_PX = 8;
const list = document.getElementById("attention");
const rest = make("li", { class: "rest" });
const next = make("li", { class: "next" }, make("button", { type: "button", "aria-label": words.wall.next, title: words.wall.next }, "›"));
const TURN_MS = 8000;
const calmer = matchMedia("(prefers-reduced-motion: reduce)");

let told = { incidents: [], singles: [], waiting: 0, more: 0 };
let counts = { unknown: 0, noview: 0 };
let lookAt = () => {};
let shown = null;
let from = 0; // of those that come in turn, the first that is shown
let room = 0; // how many of them were shown
let turned = performance.now();

next.firstElementChild.addEventListener("click", () => { step(); showAttention(); });

/** Take a frame's attention; `look` is called with a station that somebody clicks. */
export function takeAttention(frame, look) {
  told = { incidents: frame.incidents, singles: frame.singles, waiting: frame.waiting, more: frame.more };
  counts = frame.counts;
  lookAt = look;
}

/** Where not all have room they come in turn, unless somebody reads them, or wants no motion: then by the button. */
export function turn() {
  if (!next.isConnected || calmer.matches || list.matches(":hover, :focus-within")) turned = performance.now();
  else if (performance.now() - turned > TURN_MS) step();
}

function step() {
  from += Math.max(room, 1);
  turned = performance.now();
}

/** The order they stand in: what is critical and unclaimed first and always, the others in turn. */
function inTurn(items) {
  const always = told.incidents.filter((line) => line.priority === 1 && loud(line)).length ? 1 : 0;
  const others = items.slice(always);
  if (!clips() || from >= others.length) from = 0;
  return [...items.slice(0, always), ...others.slice(from), ...others.slice(0, from)];
}

/** Bring the strip up to now. What stays keeps its element, so that it can be pressed, and focused, at any moment. */
export function showAttention() {
  const signature = JSON.stringify([told, counts.unknown, counts.noview, overdue(), list.clientWidth, from]);
  if (signature === shown) {
    for (const element of list.querySelectorAll("[data-line]")) put(element, lineOf(element));
    if (!clips() || rest.offsetTop === list.firstElementChild.offsetTop) return;
  }
  shown = signature;
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const items = [...told.incidents.map(incidentItem), ...told.singles.map(singleItem)];
  list.dataset.calm = String(!items.length);
  const order = inTurn(items);
  list.replaceChildren(...order, rest);
  fitInto(order);
  if (focused) list.querySelector(`[data-key="${focused}"]`)?.focus();
}

/** What the hub itself lacks, as words of the banner. */
export function lacks(lines) {
  return lines.map((line) => running(`${word("kind", line.kind)} ${text.since} ${minute(line.since_ms)} ({}) · ${stateOf(line)}`, duration(now() - line.since_ms)));
}

/** One line on a wall: what has no room is counted. Measured once, for it is asked often. */
function fitInto(items) {
  rest.textContent = restOf(told.more + items.length, items.length);
  if (!clips()) {
    rest.textContent = restOf(told.more, items.length);
    return;
  }
  const ends = items.map((item) => item.offsetLeft + item.offsetWidth);
  const line = items[0]?.offsetTop;
  const within = (width) => items.filter((item, index) => item.offsetTop === line && ends[index] <= width).length;
  const width = list.clientWidth - rest.offsetWidth - GAP_PX;
  let fitting = within(width);
  if (fitting < items.length) {
    rest.before(next);
    fitting = within(width - next.offsetWidth - GAP_PX);
  }
  room = fitting - (items[0]?.querySelector('[data-p="1"][data-loud="true"]') ? 1 : 0);
  for (const item of items.slice(fitting)) item.remove();
  rest.textContent = restOf(told.more + items.length - fitting, fitting);
}

const clips = () => getComputedStyle(list).overflowY === "hidden";

/** Never calm while anything is not known. */
function restOf(more, visible) {
  const parts = [more ? fill(text.more, more) : "", told.waiting ? fill(said.waiting, told.waiting) : "",
    counts.unknown ? `${word("state", "unknown")} ${counts.unknown}` : "",
    counts.noview ? `${word("state", "noview")} ${counts.noview}` : ""].filter(Boolean);
  return parts.length || visible ? parts.join(" · ") : text.calm;
}

function incidentItem(line, index) {
  const link = make("a", { href: `/incidents/${line.id}`, class: "incident", "data-key": line.id, "data-p": line.priority,
    "data-loud": loud(line), "data-recovered": line.recovered_ms !== null },
  make("b", {}, make("i", {}, word("priority", line.priority)), ` ${place(line)} ${line.why ? word("why", line.why) : word("kind", line.kind)}${extent(line)}`),
  " ", make("small", { "data-line": index }, incidentLine(line)));
  return make("li", {}, link);
}

function singleItem(single, index) {
  const button = make("button", { type: "button", "data-s": single.state, "data-key": single.code },
    make("b", {}, `${single.town} ${single.name}`), " ", make("small", { "data-line": told.incidents.length + index }, singleLine(single)));
  button.addEventListener("click", () => lookAt(single));
  return make("li", {}, button);
}

function lineOf(element) {
  const index = Number(element.dataset.line);
  return index < told.incidents.length ? incidentLine(told.incidents[index]) : singleLine(told.singles[index - told.incidents.length]);
}

const singleLine = (single) => `${single.why ? word("why", single.why) : word("state", single.state)} ${duration(now() - single.since_ms)}`;

function incidentLine(line) {
  const since = `${text.since} ${minute(line.since_ms)} (${duration((line.recovered_ms ?? now()) - line.since_ms)})`;
  const parts = [since, stateOf(line), due(line)];
  // What is late is said first: a narrow item may be cut off at its end.
  return (line.supervised || isLate(line) ? parts.reverse() : parts).filter(Boolean).join(" · ");
}

/** Where an incident is, in words. */
export function place({ scope, town, name }) {
  if (scope === "hub") return said.centre;
  if (scope === "county") return said.whole_county;
  return scope === "station" ? `${town} ${name}`.trim() : name;
}

function extent(line) {
  if (line.scope === "station" || line.scope === "hub") return line.times > 1 ? ` ${fill(said.returned, line.times)}` : "";
  return ` ${fill(fill(said.of, line.now), line.of)}`;
}

/** Who has it and how it stands: 待签收, or 王某 已派单; before it that it recovered, or after it that it did not. */
function stateOf(line) {
  const stands = `${line.owner ? `${line.owner} ` : ""}${word("incident_state", line.state)}`;
  if (line.recovered_ms !== null) return `${said.recovered} · ${stands}`;
  return line.state === "resolved" ? `${stands} · ${said.still_bad}` : stands;
}

function due(line) {
  if (!hasToBeRepaired(line)) return line.supervised ? said.supervised : "";
  const late = now() - line.deadline_ms;
  const until = late > 0 ? fill(said.overdue, duration(late)) : fill(said.by, minute(line.deadline_ms));
  return line.supervised ? `${said.supervised} ${until}` : until;
}

/** Nobody has it, or it is late: then it stands out as a whole. */
const loud = (line) => line.recovered_ms === null && (line.state === "new" || line.supervised || isLate(line));
const hasToBeRepaired = (line) => line.recovered_ms === null && line.state === "dispatched" && line.deadline_ms !== null;
const isLate = (line) => hasToBeRepaired(line) && now() > line.deadline_ms;
const overdue = () => told.incidents.map(isLate);

const minute = (at) => moment(at).replace(/:\d\d$/, "");
