// One server-sent stream: frames in. Opens itself again after whatever cut it, and says when nobody is let in any more.
const SILENT_MS = 5000; // the hub speaks at least every 2 s
const AGAIN_MS = 1500;

export class Source {
  /** `on` has `frame(content)`, `cut()` and `gone()`: the hub answers, and lets this screen or session in no more. */
  constructor(address, on) {
    this.address = address;
    this.on = on;
    this.heard = performance.now();
    this.cut = false;
    this.timer = setInterval(() => this.watch(), 1000);
    this.open();
  }

  get silentMs() { return performance.now() - this.heard; }

  open() {
    this.close();
    this.tried = performance.now();
    this.source = new EventSource(this.address);
    this.source.onmessage = (event) => {
      this.heard = performance.now();
      this.cut = false;
      this.on.frame(JSON.parse(event.data));
    };
    this.source.addEventListener("gone", () => { this.close(); this.fail(); });
    this.source.onerror = () => this.fail();
  }

  close() {
    this.source?.close();
    this.source = null;
  }

  stop() {
    clearInterval(this.timer);
    this.close();
  }

  /** A line that broke is tried again; one that was refused may be so because nobody is let in any more. */
  async fail() {
    if (!this.cut) this.on.cut();
    this.cut = true;
    if (this.source && this.source.readyState !== EventSource.CLOSED) return;
    try {
      const answer = await fetch(this.address, { method: "HEAD", cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) {
        this.close();
        this.on.gone();
      }
    } catch { /* nobody answers: that is a cut */ }
  }

  // EventSource gives up on an error status, and may wait for ever on a line that went dead.
  watch() {
    if (!this.cut && this.silentMs <= SILENT_MS) return;
    if (!this.cut) this.on.cut();
    this.cut = true;
    const given_up = !this.source || this.source.readyState === EventSource.CLOSED;
    const waited = performance.now() - this.tried;
    if (waited > AGAIN_MS && (given_up || waited > SILENT_MS)) this.open();
  }
}
