// A screen that waits to be paired: asks how it stands, and becomes the wall, or shows a new code, by itself.
const EVERY_MS = 2000;
const LATER_MS = 30000; // where too many wait
const told = document.getElementById("told");
const shown = document.getElementById("code")?.dataset.code;

async function look() {
  try {
    const answer = await fetch("/pair/state", { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(String(answer.status));
    const { state, code } = await answer.json();
    if (state === "paired") { location.replace("/"); return; }
    if (code !== shown) { location.reload(); return; }
    told.textContent = told.dataset.waiting;
    delete told.dataset.now;
  } catch {
    told.textContent = told.dataset.cut;
    told.dataset.now = "cut";
  }
  setTimeout(look, EVERY_MS);
}

if (shown) setTimeout(look, EVERY_MS);
else setTimeout(() => location.reload(), LATER_MS);
