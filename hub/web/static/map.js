// The map as the stream changes it: dots by state, areas by level. The hub draws it (hub/web/map.py).
const QUIET = new Set(["online", "noview"]);

export function moveDots(cells) {
  if (!document.getElementById("county")) return;
  for (const [code, state] of cells) {
    const dot = document.getElementById(`m${code}`);
    if (!dot || dot.getAttribute("href") === `#s-${state}`) continue;
    dot.setAttribute("href", `#s-${state}`);
    if (!QUIET.has(state)) dot.parentNode.append(dot); // above its neighbours
  }
}

export function colourAreas(towns) {
  const map = document.getElementById("county");
  if (!map) return;
  for (const [index, { level, up, total }] of towns) {
    const word = document.querySelector(`.level[data-level="${level}"]`)?.textContent ?? "";
    for (const area of map.querySelectorAll(`[data-area="${index}"]`)) {
      area.dataset.level = level;
      area.querySelector("title").textContent = `${area.dataset.name} ${up}/${total} ${word}`;
    }
    for (const label of map.querySelectorAll(`[data-label="${index}"] tspan`)) label.textContent = `${up}/${total}`;
  }
}
