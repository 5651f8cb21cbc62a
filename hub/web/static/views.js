// Which view the wall shows. The grid is the page itself; the others are drawn by the hub and fetched while they are shown.
import { make, words } from "./say.js";

const root = document.documentElement;
const tabs = [...document.querySelectorAll("#views [data-view]")];
const grid = document.getElementById("towns");
const room = document.getElementById("view");
const EVERY_MS = { map: 15000, matrix: 15000, today: 15000 };
const listeners = [];
let drawn = room.hidden ? 0 : performance.now();
let asking = null;

export const NAMES = tabs.map((tab) => tab.dataset.view);
export const current = () => root.dataset.view;

/** Call `listener` after another view is shown, or the same drawn anew. */
export function whenDrawn(listener) { listeners.push(listener); }

export function show(view) {
  if (!NAMES.includes(view) || view === current()) return;
  root.dataset.view = view;
  for (const tab of tabs) {
    if (tab.dataset.view === view) tab.setAttribute("aria-current", "true"); else tab.removeAttribute("aria-current");
  }
  history.replaceState(null, "", view === "grid" ? "/" : `/?view=${view}`);
  grid.hidden = view !== "grid";
  room.hidden = view === "grid";
  room.replaceChildren();
  if (view === "grid") told();
  else draw();
}

async function draw() {
  const view = current();
  asking?.abort();
  const mine = (asking = new AbortController());
  try {
    const answer = await fetch(`/wall/views/${view}`, { signal: mine.signal });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    if (view !== current()) return;
    exchange(fresh);
    drawn = performance.now();
    told();
  } catch (error) {
    if (error.name === "AbortError") return;
    drawn = performance.now() - EVERY_MS[view] + 3000; // soon again
    if (!room.childElementCount) room.replaceChildren(make("p", { class: "panel", role: "status" }, words.wall.failed));
  }
}

/** Take the new in place of the old; what was opened stays open, what was scrolled to stays there. */
function exchange(fresh) {
  const open = [...room.querySelectorAll("details")].map((part) => part.open);
  const places = [...room.querySelectorAll(".scrolls")].map((box) => [box.scrollLeft, box.scrollTop]);
  const focused = room.contains(document.activeElement) ? document.activeElement : null;
  const href = focused?.getAttribute("href");
  const stops = () => [...room.querySelectorAll("summary, [tabindex]")];
  const stop = stops().indexOf(focused);
  room.replaceChildren(...fresh.childNodes);
  room.querySelectorAll("details").forEach((part, index) => { part.open = Boolean(open[index]); });
  room.querySelectorAll(".scrolls").forEach((box, index) => { [box.scrollLeft, box.scrollTop] = places[index] ?? [0, 0]; });
  const again = href ? [...room.querySelectorAll("a")].find((link) => link.getAttribute("href") === href) : stops()[stop];
  again?.focus({ preventScroll: true });
}

function told() { for (const listener of listeners) listener(current()); }

/** Once in a while: draw anew what is old. */
export function refresh() {
  const every = EVERY_MS[current()];
  if (every && !document.hidden && performance.now() - drawn > every) {
    drawn = performance.now();
    draw();
  }
}

document.getElementById("views").addEventListener("click", (event) => {
  const tab = event.target.closest("[data-view]");
  if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  show(tab.dataset.view);
});
