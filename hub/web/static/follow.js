// A page that the server draws, kept up to date: it is asked for again every so often, and its content exchanged.
import { announce, clockTime, duration, fill, make, now, running, words } from "./say.js";

const text = words.text;
const EVERY_MS = Number(document.body.dataset.every) * 1000;
const LATE_MS = 2 * EVERY_MS + 5000;
let at = now(); // of what is shown
let heard = at; // when the hub answered last
let asking = false;

async function refresh() {
  if (asking || document.hidden) return;
  asking = true;
  try {
    // The hub is told that nobody did this: a page left open keeps nobody signed in.
    const headers = { Accept: "text/html", "X-Refresh": "1" };
    const answer = await fetch(location.href, { signal: AbortSignal.timeout(EVERY_MS), headers });
    if (!answer.ok) throw new Error(String(answer.status));
    // Nobody is signed in any more: what is shown goes, and signing in leads back here.
    if (answer.redirected && new URL(answer.url).pathname === "/signin") return location.replace(answer.url);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    heard = now();
    if (exchange(fresh.getElementById("content"))) at = Number(fresh.documentElement.dataset.now);
  } catch { /* the age of what is shown grows, and is told */ }
  asking = false;
  tell();
}

/** Take the new content in place of the old, unless somebody is busy with it; say whether it is shown. */
function exchange(fresh) {
  const old = document.getElementById("content");
  if (!fresh || String(getSelection()) || isBusy(old)) return false;
  const open = new Map([...old.querySelectorAll("details")].map((part, index) => [part.id || index, part.open]));
  const focused = old.contains(document.activeElement) ? nameOf(document.activeElement) : "";
  const places = [...old.querySelectorAll(".scrolls")].map((box) => [box.scrollLeft, box.scrollTop]);
  old.replaceWith(fresh);
  fresh.querySelectorAll("details").forEach((part, index) => { part.open = open.get(part.id || index) ?? part.open; });
  fresh.querySelectorAll(".scrolls").forEach((box, index) => { [box.scrollLeft, box.scrollTop] = places[index] ?? [0, 0]; });
  if (focused) [...fresh.querySelectorAll("a, button, input, summary")].find((one) => nameOf(one) === focused)?.focus({ preventScroll: true });
  document.dispatchEvent(new Event("exchanged"));
  return true;
}

/** What tells that something of the new content is what somebody was at in the old. */
function nameOf(element) {
  return element.getAttribute("href") ?? (element.id || (element.matches("summary") ? `in ${element.parentElement.id}` : element.name && `${element.name} ${element.value}`));
}

/** Whether somebody types, has filled in a field, or reads a dialog or an answer: nothing of it is taken away.
    What a script puts back by itself after each exchange (`data-kept`) holds nothing up. */
function isBusy(content) {
  if (document.querySelector("dialog[open]:not([data-above])") || content.querySelector("[data-hold]")) return true;
  const fields = [...content.querySelectorAll("input:not([type=hidden], [data-kept]), select, textarea")];
  return fields.some((field) => (field === document.activeElement && field.type !== "checkbox") || isChanged(field));
}

function isChanged(field) {
  if (field.matches("select")) {
    const given = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(0, given);
  }
  return field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

function tell() {
  const age = now() - at;
  const silent = now() - heard;
  const banner = document.getElementById("banner");
  document.getElementById("at").textContent = clockTime(at);
  document.getElementById("age").textContent = `· ${fill(text.ago, duration(age))}`;
  document.documentElement.dataset.live = silent > LATE_MS ? "cut" : "on";
  banner.hidden = silent <= LATE_MS;
  if (!banner.hidden) announce(banner, [running(text.cut, Math.floor(silent / 1000)), make("small", {}, text.cut_note)]);
}

/** Which two villages a cell of the matrix is of, where it is pointed at or touched. */
function caption(event) {
  const cell = event.target.closest?.(".matrix td");
  const line = document.getElementById("caption");
  if (!cell || !line) return;
  const table = cell.closest("table");
  const row = cell.parentElement.cells[0].textContent.trim();
  const column = table.tHead.rows[0].cells[cell.cellIndex].textContent.trim();
  const place = (town, name) => (town ? `${town} ${name}` : name);
  line.textContent = `${place(table.dataset.row, row)} ↔ ${place(table.dataset.column, column)} · ${cell.innerText.trim().replace(/\s+/, " · ")}`;
}

document.addEventListener("pointerover", caption);
document.addEventListener("click", caption);
document.addEventListener("visibilitychange", refresh);
setInterval(refresh, EVERY_MS);
setInterval(tell, 1000);
tell();
