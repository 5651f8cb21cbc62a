// On a wide screen the whole county fills exactly the screen: the height of a cell is made to fit.
const SMALLEST_PX = 16;
const LARGEST_PX = 72;
const wide = matchMedia("(min-width: 1200px)");

export function fit(main) {
  main.style.removeProperty("--cell-height");
  if (!wide.matches) return;
  const top = main.getBoundingClientRect().top + scrollY;
  const room = innerHeight - top - 8;
  let low = SMALLEST_PX;
  let high = LARGEST_PX;
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    main.style.setProperty("--cell-height", `${middle}px`);
    if (main.scrollHeight <= room && main.scrollWidth <= main.clientWidth + 1) low = middle;
    else high = middle;
  }
  main.style.setProperty("--cell-height", `${Math.floor(low * 2) / 2}px`);
}
