// Arrow keys move from cell to cell as they stand on the screen; the wall is one stop of the Tab key.
const AHEAD = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ASIDE_COSTS = 3;

export function walk(main) {
  const cells = [...main.querySelectorAll(".cells button")];
  cells.forEach((cell, index) => { cell.tabIndex = index ? -1 : 0; });
  main.addEventListener("focusin", (event) => {
    const cell = event.target.closest(".cells button");
    if (!cell) return;
    main.querySelector('[tabindex="0"]').tabIndex = -1;
    cell.tabIndex = 0;
  });
  main.addEventListener("keydown", (event) => {
    const direction = AHEAD[event.key];
    const from = event.target.closest(".cells button");
    if (!direction || !from) return;
    event.preventDefault();
    nearest(cells, from, direction)?.focus();
  });
}

function nearest(cells, from, [dx, dy]) {
  const here = middle(from);
  let best = null;
  let least = Infinity;
  for (const cell of cells) {
    const there = middle(cell);
    const along = (there.x - here.x) * dx + (there.y - here.y) * dy;
    if (along <= 1) continue;
    const aside = Math.abs((there.x - here.x) * dy) + Math.abs((there.y - here.y) * dx);
    const cost = along + aside * ASIDE_COSTS;
    if (cost < least) [best, least] = [cell, cost];
  }
  return best;
}

function middle(cell) {
  const box = cell.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}
