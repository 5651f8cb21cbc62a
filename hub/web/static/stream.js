// What a page hears of the county: by the worker that all tabs share, or by a stream of its own where there is none.
import { Source } from "./source.js";

const SILENT_MS = 5000; // the hub speaks at least every 2 s
const HERE_MS = 10000;
const DEAF_MS = 8000; // a worker that tells nothing for so long, not even of a cut, is done without

export class Stream {
  constructor(onFrame) {
    this.onFrame = onFrame;
    this.heard = performance.now();
    this.cut = false;
    this.gone = false; // the hub answers, but lets this screen in no more
    this.shared = this.share();
    this.resume();
    setInterval(() => this.watch(), HERE_MS / 2);
    // A hidden page needs no stream.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.pause() : this.resume()));
    addEventListener("pagehide", () => this.pause());
    addEventListener("pageshow", (event) => { if (event.persisted) this.resume(); });
  }

  get silentMs() { return performance.now() - this.heard; }
  get isCut() { return this.cut || this.silentMs > SILENT_MS; }

  /** The worker's port; another version of the files has another worker. */
  share() {
    if (!globalThis.SharedWorker) return null;
    try {
      const name = `county ${document.documentElement.dataset.files}`;
      const worker = new SharedWorker("/static/share.js", { type: "module", name });
      worker.onerror = () => this.alone();
      worker.port.onmessage = ({ data }) => this.hear(data);
      return worker.port;
    } catch {
      return null;
    }
  }

  /** A frame, that `ago` it was told; or that the line is cut. */
  hear({ frame, ago = 0, cut = !frame, gone = false }) {
    this.told = performance.now();
    this.cut = cut;
    this.gone = gone || (this.gone && !frame);
    if (!frame) return;
    this.heard = performance.now() - ago;
    this.onFrame(frame);
  }

  resume() {
    if (document.hidden) return;
    this.told = performance.now();
    if (this.shared) this.shared.postMessage("see");
    else this.own ??= new Source("/live", { frame: (frame) => this.hear({ frame }), cut: () => this.hear({}), gone: () => this.hear({ gone: true }) });
  }

  pause() {
    this.shared?.postMessage("rest");
    this.own?.stop();
    this.own = null;
  }

  alone() {
    this.pause();
    this.shared = null;
    this.resume();
  }

  watch() {
    if (document.hidden) return;
    if (!this.shared) return;
    this.shared.postMessage("see");
    if (!this.cut && performance.now() - this.told > DEAF_MS) this.alone();
  }
}
