// A SharedWorker: however many tabs a browser has open, the hub is asked for one stream. Only tabs that are seen get frames.
import { Known } from "./known.js";
import { Source } from "./source.js";

const LOST_MS = 40000; // a tab that is seen says so every 10 s
const tabs = new Map(); // port -> when it was heard last
let known = new Known();
let source = null;

addEventListener("connect", (event) => {
  const [port] = event.ports;
  port.onmessage = ({ data }) => (data === "see" ? see(port) : rest(port));
  port.start();
});

function see(port) {
  const came = !tabs.has(port);
  tabs.set(port, performance.now());
  if (!source) {
    known = new Known(); // of before nobody looked
    source = new Source("/live", { frame, cut: () => tell({ cut: true }), gone: () => tell({ gone: true }) });
  } else if (came && known.parts) port.postMessage({ frame: known.whole(), ago: known.ageMs, cut: source.cut });
}

function rest(port) {
  tabs.delete(port);
  if (tabs.size) return;
  source?.stop();
  source = null;
}

function frame(content) {
  known.take(content);
  tell({ frame: content });
}

function tell(message) { for (const port of tabs.keys()) port.postMessage(message); }

setInterval(() => {
  for (const [port, heard] of tabs) if (performance.now() - heard > LOST_MS) rest(port);
}, 10000);
