// Calls for help and for staff: how many, which villages, since when. They stay until they are taken back or too old.
import { duration, fill, make, moment, now, words } from "./say.js";

const text = words.text;
const KINDS = [["emergencies", text.emergency], ["staff", text.staff_called]];
let told = null;

/** Take a frame's calls and show them; `lookAt` is called with the station that somebody clicks. */
export function showAlarms(alarms, lookAt) {
  told = alarms;
  for (const [kind, label] of KINDS) {
    const section = document.getElementById(kind);
    const { count, newest } = alarms[kind];
    section.hidden = !count;
    const heading = section.querySelector("h2");
    const said = count ? `${label} ${count}` : "";
    if (heading.textContent !== said) heading.textContent = said; // said aloud once, not with every second
    const items = newest.map((call) => {
      const button = make("button", { type: "button" }, sentence(call));
      button.addEventListener("click", () => lookAt(call.station));
      return make("li", {}, button);
    });
    if (count > newest.length) items.push(make("li", {}, fill(text.more, count - newest.length)));
    const list = section.querySelector("ul");
    if (list.dataset.shown === JSON.stringify(newest) && list.childElementCount === items.length) continue;
    list.dataset.shown = JSON.stringify(newest);
    list.replaceChildren(...items);
  }
}

/** Bring the times up to now; the buttons stay, so that one can be pressed at any moment. */
export function ageAlarms() {
  if (!told) return;
  for (const [kind] of KINDS) {
    const buttons = document.querySelectorAll(`#${kind} button`);
    told[kind].newest.forEach((call, index) => {
      const said = sentence(call);
      if (buttons[index] && buttons[index].textContent !== said) buttons[index].textContent = said;
    });
  }
}

function sentence({ village, at }) {
  return `${village} ${text.since} ${moment(at)} (${duration(now() - at)})`;
}
