// The page of settings and keys, fetched when it is asked for; and the keys themselves.
import * as rotate from "./rotate.js";
import { mute, isMuted, play } from "./sound.js";
import * as views from "./views.js";

const dialog = document.getElementById("settings");
const root = document.documentElement;

export async function open() {
  if (dialog.open) return;
  const answer = await fetch("/wall/views/help").catch(() => null);
  if (!answer?.ok || dialog.open) return; // asked for twice
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  dialog.replaceChildren(...fresh.childNodes);
  const every = dialog.querySelector("#every");
  every.value = String(rotate.every());
  every.addEventListener("change", () => rotate.setEvery(Number(every.value)));
  const boxes = [...dialog.querySelectorAll("[name=part]")];
  for (const box of boxes) {
    box.checked = rotate.parts().includes(box.value);
    box.addEventListener("change", () => rotate.setParts(boxes.filter((one) => one.checked).map((one) => one.value)));
  }
  dialog.addEventListener("click", pressed);
  dialog.showModal();
}

function pressed({ target }) {
  if (target.dataset?.mute !== undefined) mute(Number(target.dataset.mute));
  if (target.dataset?.try) play(target.dataset.try);
}

function theme() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  dispatchEvent(new Event("resize")); // a canvas is drawn anew
  fetch(`/?theme=${root.dataset.theme}`, { method: "HEAD" }).catch(() => {}); // to be remembered
}

function fullscreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else root.requestFullscreen().catch(() => {});
}

const KEYS = { " ": rotate.toggle, m: () => mute(isMuted() ? 0 : 1800), f: fullscreen, t: theme, "?": open };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
  if (event.target.closest?.("input, select, textarea") || (event.key === " " && event.target.closest?.("button, a, summary"))) return;
  const view = views.NAMES[Number(event.key) - 1];
  const act = view ? () => { views.show(view); rotate.chosen(); } : KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
document.getElementById("theme").addEventListener("click", theme);
document.getElementById("fullscreen").addEventListener("click", fullscreen);
document.getElementById("help").addEventListener("click", open);
document.getElementById("views").addEventListener("click", () => rotate.chosen());
