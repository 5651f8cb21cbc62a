// Words, times and durations as the page's language says them.
export const words = JSON.parse(document.getElementById("words").textContent);
const text = words.text;

let ahead = Number(document.documentElement.dataset.now) - Date.now();

/** Follow the hub's clock: the wall's own may be wrong. */
export function follow(now) { ahead = now - Date.now(); }
export function now() { return Date.now() + ahead; }

// The county's time, wherever the browser thinks it is; the whole of China keeps UTC+8.
const clock = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour12: false, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", month: "2-digit", day: "2-digit" });

const wholeDay = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "Asia/Shanghai", month: "long", day: "numeric", weekday: "short" });

export function today() { return wholeDay.format(now()); }
export function clockTime(at) { return clock.format(at); }
export function moment(at) {
  return day.format(at) === day.format(now()) ? clock.format(at) : `${day.format(at)} ${clock.format(at)}`;
}

export function duration(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  const gap = document.documentElement.lang === "en" ? "" : " ";
  if (s < 60) return `${s}${gap}${text.s}`;
  if (s < 3600) return `${Math.floor(s / 60)}${gap}${text.min}`;
  if (s < 86400) return `${Math.floor(s / 3600)}${gap}${text.h} ${Math.floor(s / 60) % 60}${gap}${text.min}`;
  return `${Math.floor(s / 86400)}${gap}${text.d} ${Math.floor(s / 3600) % 24}${gap}${text.h}`;
}

/** A sentence with a figure that runs: seen as it runs, not read aloud each time. */
export function running(sentence, value) {
  const [before, after = ""] = sentence.split("{}");
  return make("span", {}, before, make("span", { "aria-hidden": "true", class: "runs" }, String(value)), after);
}

/** Bring a region that is read aloud up to date: where only running figures differ, nothing else is touched. */
export function announce(region, parts) {
  const fresh = make("div", {}, ...parts);
  const figures = [...fresh.querySelectorAll(".runs")].map((figure) => figure.textContent);
  for (const figure of fresh.querySelectorAll(".runs")) figure.textContent = "";
  const signature = [...fresh.childNodes].map((part) => part.textContent).join("|");
  if (region.dataset.said !== signature) {
    region.dataset.said = signature;
    region.replaceChildren(...fresh.childNodes);
  }
  region.querySelectorAll(".runs").forEach((figure, index) => put(figure, figures[index]));
}

/** Change a text only where it differs: what stays is neither drawn nor read aloud again. */
export function put(element, line) { if (element.textContent !== line) element.textContent = line; }
export function fill(sentence, value) { return sentence.replace("{}", value); }
export function word(table, code) { return words[table][code] ?? code; }

/** Make an element; content is only ever set as text, for names come from outside. */
export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}
