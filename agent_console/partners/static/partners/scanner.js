// The camera and the QR decoder. The decoder (one megabyte) is fetched when the camera is first
// used, from our own static files; it runs on the phone, and no image ever leaves it.

const PAUSE_MS = 120; // between two looks: quick to the eye, and it leaves the phone cool
const FOREIGN_MS = 2500; // how long a remark about a foreign QR code stays

export class Scanner {
  // `accept(text)` says whether a QR code's text was one of ours; then the scanner stops.
  constructor(element, accept) {
    this.element = element;
    this.accept = accept;
    this.video = element.querySelector("[data-video]");
    this.viewfinder = element.querySelector("[data-viewfinder]");
    this.status = element.querySelector("[data-scanner-status]");
    this.toggle = element.querySelector("[data-scanner-toggle]");
    this.stream = null;
    this.attempt = 0; // grows with each start and stop: what belongs to an older one is dropped
  }

  // Show the button where a camera can be asked for (a secure page, a browser that knows how).
  offer() {
    if (!navigator.mediaDevices?.getUserMedia) return;
    this.element.hidden = false;
    this.toggle.addEventListener("click", () => (this.attempt % 2 ? this.stop() : this.start()));
    // A camera left on empties the battery, and other programs can't use it.
    document.addEventListener("visibilitychange", () => document.hidden && this.stop());
    window.addEventListener("pagehide", () => this.stop());
  }

  async start() {
    const mine = ++this.attempt;
    const isStale = () => mine !== this.attempt;
    this.toggle.textContent = this.element.dataset.textClose;
    this.say("starting");
    try {
      const [stream, detector] = await Promise.all([this.openCamera(isStale), this.loadDetector()]);
      if (isStale()) return;
      this.video.srcObject = stream;
      this.viewfinder.hidden = false;
      await this.video.play();
      this.say("looking");
      await this.look(detector, isStale);
    } catch (error) {
      if (isStale()) return;
      this.stop();
      const text = { NotAllowedError: "denied", NotFoundError: "missing" }[error.name] ?? "failed";
      this.say(text);
    }
  }

  stop() {
    if (this.attempt % 2 === 0) return;
    this.attempt += 1;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
    this.viewfinder.hidden = true;
    this.toggle.textContent = this.element.dataset.textOpen;
    this.status.textContent = "";
  }

  async openCamera(isStale) {
    const video = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
    const stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    if (isStale()) stream.getTracks().forEach((track) => track.stop());
    else this.stream = stream;
    return stream;
  }

  async loadDetector() {
    const { decoder, decoderWasm } = this.element.dataset;
    const { BarcodeDetector, prepareZXingModule } = await import(decoder);
    prepareZXingModule({ overrides: { locateFile: () => decoderWasm } });
    return new BarcodeDetector({ formats: ["qr_code"] });
  }

  async look(detector, isStale) {
    let remarkedAt = 0;
    while (!isStale()) {
      const found = await detector.detect(this.video);
      if (isStale()) return;
      const now = performance.now();
      if (found.some((code) => this.accept(code.rawValue))) {
        this.stop();
        this.say("found");
        return;
      }
      if (found.length > 0) {
        this.say("foreign");
        remarkedAt = now;
      } else if (remarkedAt && now - remarkedAt > FOREIGN_MS) {
        this.say("looking");
        remarkedAt = 0;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  say(name) {
    const { [`text${name[0].toUpperCase()}${name.slice(1)}`]: text } = this.element.dataset;
    if (this.status.textContent !== text) this.status.textContent = text;
  }
}
