// The grid up to about 2,000 villages: a cell is an element that can be read, focused and pressed.
import * as card from "./card.js";
import { fit } from "./fit.js";
import { walk } from "./keys.js";
import { clockTime, make, word, words } from "./say.js";

const text = words.text;
const MARKED_MS = 4000;
const marked = new Map();
const cells = new Map(); // code -> its element, and the texts in it

export class Grid {
  constructor(room) {
    this.room = room;
    for (const cell of room.querySelectorAll(".cells button")) cells.set(cell.id.slice(1), cell);
    walk(room);
    this.fit();
  }

  fit() { if (!this.room.hidden) fit(this.room); }

  /** Show how a village is; say whether there is such a cell. */
  set(code, [state, why = "", since = null, incident = ""], mark) {
    const cell = cells.get(code);
    if (!cell) return false;
    const differs = cell.dataset.s !== state || (cell.dataset.why ?? "") !== why;
    if (differs) {
      cell.dataset.s = state;
      if (why) cell.dataset.why = why; else if (cell.dataset.why) delete cell.dataset.why;
      cell.children[1].textContent = why ? word("why", why) : word("state", state);
      if (mark) this.mark(cell);
    }
    setSince(cell, why ? since : null);
    setIncident(cell, incident);
    card.changed(cell);
    return true;
  }

  mark(cell) {
    cell.setAttribute("data-new", "");
    marked.delete(cell);
    marked.set(cell, performance.now());
  }

  /** Take the mark from cells that changed a while ago; the oldest stand first. */
  fade() {
    for (const [cell, since] of marked) {
      if (performance.now() - since < MARKED_MS) return;
      cell.removeAttribute("data-new");
      marked.delete(cell);
    }
  }

  lookAt(code) {
    const cell = cells.get(code);
    if (!cell) return;
    cell.scrollIntoView({ block: "nearest" });
    cell.focus({ focusVisible: false });
    card.pin(cell);
  }
}

/** Since when the picture is a fault: shown where the cell has room for it. */
function setSince(cell, since) {
  const there = cell.children[2];
  if (since === null) there?.remove();
  else if (there?.dataset.since !== String(since)) {
    there?.remove();
    cell.append(make("i", { "data-since": since }, `${text.since} ${clockTime(since).slice(0, 5)}`));
  }
}

/** That an incident holds it: a bar below, and said to who cannot see it. */
function setIncident(cell, incident) {
  if ((cell.dataset.incident ?? "") === incident) return;
  if (incident) cell.dataset.incident = incident; else delete cell.dataset.incident;
  if (incident) cell.setAttribute("aria-description", words.incident.in_incident); else cell.removeAttribute("aria-description");
}
