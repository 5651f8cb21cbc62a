// Above about 2,000 villages the grid is a canvas: only what changed is drawn anew. One button stands over the cell that is
// pointed at or chosen, so that card and keys work as they do on the grid; the table beside it says the same in words.
import * as card from "./card.js";
import { word, words } from "./say.js";

const GAP_PX = 1;
const SMALLEST_PX = 3;
const STEP_PX = 0.125;
const TOWN_GAP = 0.6; // of a cell
const COLOURS = { online: "#005b41", noview: "#8fd3bd", fault: "#f0e442", offline: "#d55e00", unknown: "#6b7280", maintenance: "#56b4e9" };
const GLYPHS = { noview: "○", fault: "▲", offline: "×", unknown: "?", maintenance: "◆" };
const INK = { online: "#fff", noview: "#000", fault: "#000", offline: "#000", unknown: "#fff", maintenance: "#000" };
const GLYPH_FROM_PX = 7;
const AHEAD = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Canvas {
  constructor(room) {
    const told = JSON.parse(document.getElementById("cells").textContent);
    const states = Object.fromEntries(Object.entries(told.signs).map(([state, sign]) => [sign, state]));
    this.room = room;
    this.box = document.getElementById("drawn");
    this.canvas = this.box.querySelector("canvas");
    this.context = this.canvas.getContext("2d", { alpha: false });
    this.codes = [];
    this.states = [];
    this.towns = told.towns.map(([name, codes, signs]) => {
      const first = this.codes.length;
      this.codes.push(...codes.split(" "));
      for (const sign of signs) this.states.push(states[sign]);
      return { name, first, count: this.codes.length - first };
    });
    this.index = new Map(this.codes.map((code, index) => [code, index]));
    this.dirty = new Set();
    this.here = this.pointer();
    this.fit();
    requestAnimationFrame(() => performance.mark("drawn"));
  }

  /** The one button: it follows pointer, focus and keys. */
  pointer() {
    const button = document.createElement("button");
    button.type = "button";
    button.append(document.createElement("span"));
    this.box.append(button);
    this.box.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse" && !card.isPinned()) this.point(this.at(event.clientX, event.clientY)); });
    this.box.addEventListener("pointerdown", (event) => this.point(this.at(event.clientX, event.clientY)));
    // A press begins on the canvas and ends on the button that came to it: then the click is neither's.
    this.box.addEventListener("click", (event) => {
      if (event.target === button) return;
      event.stopPropagation();
      button.click();
    });
    this.box.addEventListener("keydown", (event) => {
      const step = AHEAD[event.key];
      if (!step) return;
      event.preventDefault();
      const x = this.x[this.chosen ?? 0] + step[0] * this.size;
      const y = this.y[this.chosen ?? 0] + step[1] * this.size;
      this.point(this.nearest(x, y, step), true);
    });
    return button;
  }

  point(index, seen = false) {
    if (index === undefined || index === this.chosen) return;
    this.chosen = index;
    const { style } = this.here;
    style.left = `${this.x[index]}px`;
    style.top = `${this.y[index]}px`;
    style.width = style.height = `${this.size - GAP_PX}px`;
    this.here.id = `c${this.codes[index]}`;
    this.say(index);
    if (seen) card.pin(this.here);
    else if (this.here.matches(":hover")) card.soon(this.here);
  }

  say(index) {
    const town = this.towns.findLast((one) => one.first <= index);
    this.here.dataset.s = this.states[index];
    this.here.firstElementChild.textContent = `${town.name} ${this.codes[index]} ${word("state", this.states[index])}`;
  }

  /** Make cells as large as the room lets them be: towns run on one after another, each begins with a small gap. */
  fit() {
    if (this.room.hidden) return;
    const width = this.box.clientWidth;
    const height = Math.max(200, innerHeight - this.box.getBoundingClientRect().top - scrollY - 48);
    let size = Math.ceil(Math.sqrt((width * height) / Math.max(1, this.codes.length + this.towns.length * TOWN_GAP)));
    let high = this.layout(size, width);
    while (size > SMALLEST_PX && high > height) {
      size -= STEP_PX;
      high = this.layout(size, width);
    }
    const scale = devicePixelRatio;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(high * scale);
    this.canvas.style.height = `${high}px`;
    this.context.setTransform(scale, 0, 0, scale, 0, 0);
    this.context.fillStyle = getComputedStyle(document.body).backgroundColor;
    this.context.fillRect(0, 0, width, high);
    for (let index = 0; index < this.codes.length; index += 1) this.draw(index);
    const chosen = this.chosen ?? 0;
    this.chosen = undefined;
    if (this.codes.length) this.point(chosen);
  }

  layout(size, width) {
    this.size = size;
    this.x = new Float32Array(this.codes.length);
    this.y = new Float32Array(this.codes.length);
    let x = 0;
    let y = 0;
    for (const { first, count } of this.towns) {
      if (x) x += size * TOWN_GAP;
      for (let index = first; index < first + count; index += 1) {
        if (x + size > width) { x = 0; y += size; }
        this.x[index] = x;
        this.y[index] = y;
        x += size;
      }
    }
    return y + size;
  }

  draw(index) {
    const { context, size } = this;
    const state = this.states[index];
    const side = size - GAP_PX;
    context.fillStyle = COLOURS[state];
    context.fillRect(this.x[index], this.y[index], side, side);
    if (size < GLYPH_FROM_PX || !GLYPHS[state]) return;
    context.fillStyle = INK[state];
    context.font = `bold ${Math.round(side * 0.9)}px sans-serif`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(GLYPHS[state], this.x[index] + side / 2, this.y[index] + side / 2 + 0.5);
  }

  set(code, [state], _mark) {
    const index = this.index.get(code);
    if (index === undefined) return false;
    if (this.states[index] === state) return true;
    this.states[index] = state;
    this.dirty.add(index);
    this.asked ??= requestAnimationFrame(() => this.flush());
    return true;
  }

  flush() {
    this.asked = undefined;
    for (const index of this.dirty) this.draw(index);
    if (this.dirty.has(this.chosen)) {
      this.say(this.chosen);
      card.changed(this.here);
    }
    this.dirty.clear();
  }

  fade() { /* a canvas marks nothing: what changed is in the strip */ }

  at(clientX, clientY) {
    const box = this.canvas.getBoundingClientRect();
    return this.nearest(clientX - box.left, clientY - box.top);
  }

  nearest(x, y, [dx, dy] = [0, 0]) {
    let best;
    let least = dx || dy ? Infinity : (this.size * 1.5) ** 2;
    for (let index = 0; index < this.codes.length; index += 1) {
      if (index === this.chosen && (dx || dy)) continue;
      const away = (this.x[index] + (dx || dy ? 0 : this.size / 2) - x) ** 2 + (this.y[index] + (dx || dy ? 0 : this.size / 2) - y) ** 2;
      if (away < least) [best, least] = [index, away];
    }
    return best;
  }

  lookAt(code) {
    const index = this.index.get(code);
    if (index === undefined) return;
    this.point(index);
    this.here.focus({ focusVisible: false });
    card.pin(this.here);
  }
}
