// Somebody calls for help: over every page, with sound, until a person of the centre has it. What is typed below stays.
import { duration, fill, make, moment, now, put } from "./say.js";
import { isHushed, sound } from "./siren.js";

const EVERY_MS = 2000;
const WAIT_MS = 5000;
const SHOWN_AGAIN_MS = 60_000;
const words = JSON.parse(document.getElementById("call-words").textContent);
const alert = document.getElementById("call-alert");
const strip = document.getElementById("call-strip");
const list = alert.querySelector("ul");
const wrong = alert.querySelector(".wrong");
const store = sessionStorage;
let calls = [];
let known = new Set();
let asideUntil = Number(store.getItem("calls-aside") ?? 0);
let muted = store.getItem("calls-muted") === "yes";
let asking = false;
const title = document.title;

async function ask() {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch("/calls/now", { signal: AbortSignal.timeout(WAIT_MS), headers: { Accept: "application/json" } });
    if (answer.ok) show((await answer.json()).calls);
  } catch { /* the page itself says that it is cut off; what was shown stays */ }
  asking = false;
}

function show(told) {
  const news = told.filter((call) => !known.has(key(call)));
  if (news.some((call) => !call.withdrawn)) {
    asideUntil = 0;
    mute(muted && known.size > 0 && !news.some((call) => call.level === 0));
  }
  known = new Set(told.map(key));
  calls = told.sort((one, other) => one.withdrawn - other.withdrawn);
  draw();
}

/** One that was made again, or escalated, is news. */
function key(call) { return `${call.id} ${call.station} ${call.presses} ${call.level}`; }

function draw() {
  const mine = calls.some((call) => call.may);
  const loud = calls.some((call) => !call.withdrawn);
  const elsewhere = calls.some((call) => call.may && location.pathname !== `/calls/${call.id}`); // its own page says it all
  const isOpen = elsewhere && !isAside();
  const said = fill(words.waiting, calls.length);
  put(alert.querySelector("h2"), calls.length ? `${words.title} · ${said}` : "");
  drawList();
  if (isOpen && !alert.open) alert.showModal();
  if (!isOpen && alert.open) alert.close();
  strip.hidden = calls.length === 0 || isOpen;
  put(strip.querySelector("b"), calls.length ? `${words.title} · ${said} · ${calls.map((call) => call.village).slice(0, 3).join(" · ")}` : "");
  strip.querySelector("[data-do=open]").hidden = !mine;
  sound(loud && mine && !muted);
  const named = calls.length ? `◉ ${calls.length} ${words.title} · ${title}` : title; // seen on a tab in the background too
  if (document.title !== named) document.title = named;
  for (const button of document.querySelectorAll("[data-do=mute]")) {
    put(button, muted ? words.unmute : words.mute);
    button.setAttribute("aria-pressed", String(muted));
  }
  alert.querySelector(".silent").hidden = !isHushed();
}

function drawList() {
  const drawn = JSON.stringify(calls.map((call) => [key(call), call.withdrawn, call.may]));
  if (list.dataset.drawn !== drawn) {
    list.dataset.drawn = drawn;
    list.replaceChildren(...calls.map(item));
  }
  for (const [index, call] of calls.entries()) put(list.children[index].querySelector(".told"), told(call));
}

function item(call) {
  const line = make("li", call.withdrawn ? { class: "back" } : {}, make("b", {}, call.village), make("span", { class: "told" }));
  if (call.may) {
    const button = make("button", { type: "button", class: "button danger loud" }, words.ack);
    button.addEventListener("click", () => acknowledge(call, button));
    line.append(button);
  } else line.append(make("small", {}, call.id ? words.not_yours : words.unstored));
  if (call.id) {
    const look = make("a", { class: "button", href: `/calls/${call.id}` }, words.look);
    look.addEventListener("click", aside);
    line.append(look);
  }
  return line;
}

function told(call) {
  const parts = [fill(words.called, moment(call.at)), fill(words.waited, duration(now() - call.received))];
  if (call.presses > 1) parts.push(fill(words.times, call.presses));
  if (call.level) parts.push(fill(words.level, call.level));
  if (call.withdrawn) parts.push(words.withdrawn);
  return parts.join(" · ");
}

async function acknowledge(call, button) {
  button.disabled = true;
  let trouble = words.away;
  try {
    const body = new URLSearchParams(new FormData(alert.querySelector("form")));
    const answer = await fetch(`/calls/${call.id}/acknowledge`, { method: "POST", body, signal: AbortSignal.timeout(WAIT_MS) });
    trouble = answer.ok ? "" : (await answer.json()).detail;
  } catch { /* it cannot be reached */ }
  wrong.hidden = !trouble;
  put(wrong, trouble && fill(words.failed, trouble));
  if (trouble) button.disabled = false;
  else location.assign(isFree() ? `/calls/${call.id}` : "#"); // whoever was busy with a form finds it as it was
  await ask();
}

/** Whether nothing would be lost by going to the call's own page. */
function isFree() {
  const fields = [...document.querySelectorAll("#content input:not([type=hidden]), #content textarea")];
  return fields.every((field) => (field.type === "checkbox" ? field.checked === field.defaultChecked : field.value === field.defaultValue));
}

/** Put aside for a minute; longer it never is, whatever somebody does to this machine's clock. */
function isAside() {
  const left = asideUntil - Date.now();
  return left > 0 && left <= SHOWN_AGAIN_MS;
}

function aside() {
  asideUntil = Date.now() + SHOWN_AGAIN_MS;
  store.setItem("calls-aside", String(asideUntil));
  draw();
}

function mute(on) {
  muted = on;
  store.setItem("calls-muted", on ? "yes" : "no");
}

const DOES = {
  later: aside,
  open: () => { asideUntil = 0; store.removeItem("calls-aside"); draw(); },
  mute: () => { mute(!muted); draw(); },
};
document.addEventListener("click", (event) => {
  const what = event.target.closest?.("[data-do]")?.dataset.do;
  if (what && event.target.closest("#call-alert, #call-strip")) DOES[what]();
});
alert.addEventListener("cancel", (event) => { event.preventDefault(); aside(); });
setInterval(ask, EVERY_MS);
document.addEventListener("visibilitychange", ask); // a tab in the background is asked less often
setInterval(draw, 1000);
ask();
