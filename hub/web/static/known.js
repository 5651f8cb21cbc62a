// What is known of the county: frames put together, so that whoever comes later can be told all of it at once.
export class Known {
  constructor() {
    this.parts = null;
    this.cells = new Map();
    this.towns = [];
    this.taken = 0;
  }

  take({ cells, towns, full, ...parts }) {
    if (full) {
      this.parts = null;
      this.cells.clear();
      this.towns = [];
    }
    this.parts = { ...this.parts, ...parts };
    this.taken = performance.now();
    for (const cell of cells ?? []) this.cells.set(cell[0], cell);
    for (const [index, figures] of towns ?? []) this.towns[index] = figures;
  }

  get ageMs() { return performance.now() - this.taken; }

  /** Everything as one full frame, with the hub's time as it is by now; null while nothing is known. */
  whole() {
    if (!this.parts) return null;
    return { ...this.parts, now: this.parts.now + this.ageMs, full: true, cells: [...this.cells.values()], towns: [...this.towns.entries()] };
  }
}
