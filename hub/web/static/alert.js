// What sounds and interrupts: calls for help, and incidents of the first two ranks that nobody has acknowledged.
import { place } from "./attention.js";
import * as rotate from "./rotate.js";
import { sound } from "./sound.js";
import { word, words } from "./say.js";

const text = words.text;

const SEVERITIES = { 1: "critical", 2: "warning" };
let known = null; // key -> severity

/** Take the county as it is now; `lookAt` shows a village. What stood when the page came is not new. */
export function heed(county, lookAt) {
  const standing = standingOf(county);
  const fresh = [...standing.keys()].filter((key) => known && !known.has(key));
  const first = !known;
  known = new Map([...standing].map(([key, one]) => [key, one.severity]));
  rotate.release((key) => standing.has(key));
  const worst = fresh.map((key) => standing.get(key)).filter((one) => one.severity !== "warning").sort((a, b) => a.rank - b.rank)[0];
  if (worst && !first) rotate.interrupt(worst.key, worst.text, () => worst.station && lookAt({ code: worst.station }));
  sound(new Set(known.values()), new Set(fresh.map((key) => known.get(key))));
}

/** Sound again what still stands; once a second. */
export function again() { if (known) sound(new Set(known.values()), new Set()); }

function standingOf({ alarms, incidents }) {
  const standing = new Map();
  const add = (key, rank, severity, text, station) => standing.set(key, { key, rank, severity, text, station });
  for (const call of alarms.emergencies.waits ? alarms.emergencies.newest : []) {
    if (!call.withdrawn) add(`call ${call.station} ${call.at}`, 0, "call", `${text.emergency} ${call.village}`, call.station);
  }
  for (const one of incidents) {
    if (!(one.priority in SEVERITIES) || one.state !== "new" || one.recovered_ms !== null) continue;
    add(one.id, one.priority, SEVERITIES[one.priority], `${word("priority", one.priority)} ${place(one)} ${word("kind", one.kind)}`, null);
  }
  return standing;
}
