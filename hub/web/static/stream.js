// The live stream: frames in, and how old they are. Heals by itself after whatever cut it.
const SILENT_MS = 5000; // the hub speaks at least every 2 s
const AGAIN_MS = 1500;

export class Stream {
  constructor(address, onFrame) {
    this.address = address;
    this.onFrame = onFrame;
    this.heard = performance.now();
    this.cut = false;
    this.open();
    setInterval(() => this.watch(), 1000);
    // A hidden page needs no stream; browsers allow only six to one host.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.close() : this.open()));
  }

  get silentMs() { return performance.now() - this.heard; }
  get isCut() { return this.cut || this.silentMs > SILENT_MS; }

  open() {
    this.close();
    this.tried = performance.now();
    this.source = new EventSource(this.address);
    this.source.onmessage = (event) => {
      this.heard = performance.now();
      this.cut = false;
      this.onFrame(JSON.parse(event.data));
    };
    this.source.onerror = () => { this.cut = true; };
  }

  close() {
    this.source?.close();
    this.source = null;
  }

  // EventSource gives up on an error status, and may wait for ever on a line that went dead.
  watch() {
    if (document.hidden || !this.isCut) return;
    const given_up = !this.source || this.source.readyState === EventSource.CLOSED;
    const waited = performance.now() - this.tried;
    if (waited > AGAIN_MS && (given_up || waited > SILENT_MS)) this.open();
  }
}
