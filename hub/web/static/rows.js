// The table of the towns, beside a map or a canvas: the same figures, to be read.
const ORDER = ["offline", "fault", "noview", "unknown", "maintenance"];

export function showRows(towns) {
  for (const [index, figures] of towns) {
    for (const row of document.querySelectorAll(`.towns [data-row="${index}"]`)) showRow(row.cells, figures);
  }
}

function showRow(cells, { up, total, troubles }) {
  const known = up + (troubles.offline ?? 0);
  const rate = known ? `${(Math.floor((up * 1000) / known) / 10).toFixed(1)}%` : "—";
  [rate, `${up}/${total}`, ...ORDER.map((state) => troubles[state] ?? 0)].forEach((value, index) => {
    cells[index + 1].textContent = String(value);
  });
}
