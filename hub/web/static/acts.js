// Acting on incidents with the keyboard: j k move, x chooses, a d r act on those chosen or the one at hand, ? helps.
const bulk = () => document.getElementById("bulk");
const rows = () => [...document.querySelectorAll("#content tr[data-id]")];
const boxes = () => [...document.querySelectorAll("#content .pick input")];
const ACTS = { a: "ack", d: "dispatch", r: "resolve" };
const chosen = new Set();
let at = null; // id of the row at hand

function move(by) {
  const all = rows();
  if (!all.length) return;
  const here = all.findIndex((row) => row.dataset.id === at);
  const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + by))];
  at = next.dataset.id;
  mark();
  next.querySelector("td.what a").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function mark() {
  for (const row of rows()) row.classList.toggle("at", row.dataset.id === at);
}

function choose(id, on) {
  if (on) chosen.add(id); else chosen.delete(id);
}

/** Put back after each exchange of the page what was chosen; what is no longer there is no longer chosen. */
function restore() {
  const there = new Set(boxes().map((box) => box.value));
  for (const id of chosen) if (!there.has(id)) chosen.delete(id);
  for (const box of boxes()) box.checked = chosen.has(box.value);
  show();
}

function show() {
  mark();
  const keys = document.getElementById("show-keys");
  if (keys && document.getElementById("keys")) keys.hidden = false;
  const form = bulk();
  if (!form) return;
  for (const all of document.querySelectorAll("[data-all]")) {
    const its = boxesOf(all);
    all.hidden = its.length === 0;
    all.checked = its.length > 0 && its.every((box) => box.checked);
  }
  const act = form.elements.act.value;
  for (const label of form.querySelectorAll("label[data-for]")) label.hidden = label.dataset.for !== act;
  form.elements.to.required = act === "dispatch";
  form.elements.cause.required = act === "resolve";
  form.elements.note.required = act === "note";
  form.hidden = chosen.size === 0 && !form.elements.whole;
  form.querySelector("output").textContent = chosen.size ? document.getElementById("counted").content.textContent.replace("{}", chosen.size) : "";
}

function boxesOf(all) { return [...all.closest("table").querySelectorAll(".pick input")]; }

/** Open the bar for an act, with the row at hand chosen where none is. */
function begin(act) {
  const form = bulk();
  if (!form) return;
  if (!chosen.size && at) choose(at, true);
  if (!chosen.size) return;
  restore();
  form.elements.act.value = act;
  show();
  const field = form.querySelector("label[data-for]:not([hidden]) :is(input, select)") ?? form.elements.note;
  field.focus();
  form.scrollIntoView({ block: "nearest" });
}

function openAct(act) {
  const part = document.getElementById(`act-${act}`);
  if (!part) return;
  part.open = true;
  part.querySelector("select, input:not([type=hidden])")?.focus();
}

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const typing = event.target.closest?.("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape") {
    if (typing) typing.blur();
    else if (chosen.size) { chosen.clear(); restore(); }
    return;
  }
  if (typing) return;
  const inList = rows().length > 0;
  if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  else if (event.key === "x" && at) toggle();
  else if (event.key in ACTS) { if (inList) begin(ACTS[event.key]); else openAct(ACTS[event.key]); } else if (event.key === "?") document.getElementById("keys")?.showModal();
  else return;
  event.preventDefault();
}

function toggle() {
  const box = boxes().find((one) => one.value === at);
  if (!box) return;
  choose(at, !box.checked);
  restore();
}

document.addEventListener("keydown", onKey);
document.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches?.("[data-all]")) for (const one of boxesOf(box)) choose(one.value, box.checked);
  else if (box.matches?.(".pick input")) choose(box.value, box.checked);
  restore();
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest?.("tr[data-id]");
  if (row) { at = row.dataset.id; mark(); }
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("#show-keys")) document.getElementById("keys").showModal();
});
document.addEventListener("exchanged", restore);
for (const box of boxes()) choose(box.value, box.checked);
restore();
if (location.hash.startsWith("#act-")) openAct(location.hash.slice(5));
