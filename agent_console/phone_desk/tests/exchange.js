/**
 * The telephone company's exchange, as far as a page sees it: the signalling of Twilio's Voice SDK
 * over a WebSocket, and a caller at the other end of a real WebRTC connection.  The SDK and the
 * page are the real ones; nothing else of them is replaced.
 */
globalThis.exchange = { sent: [], socket: null, far: null };

class Exchange extends EventTarget {
  constructor(address) {
    super();
    this.address = address;
    this.readyState = 0;
    if (!address.startsWith("wss://voice-js.roaming.twilio.com/")) throw new Error(address);
    exchange.socket = this;
    queueMicrotask(() => {
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    });
  }

  say(type, payload = {}) {
    const data = JSON.stringify({ type, payload });
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  send(data) {
    if (data === "\n") return; // a heartbeat
    const { type, payload } = JSON.parse(data);
    exchange.sent.push({ type, payload });
    queueMicrotask(async () => {
      if (type === "listen") this.say("connected", { region: "US_EAST_VIRGINIA", token: { ttl: 3600 } });
      if (type === "register") this.say("ready");
      if (type === "answer") await exchange.far.setRemoteDescription({ type: "answer", sdp: payload.sdp });
    });
  }

  close() {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code: 1000, wasClean: true }));
  }
}
for (const [number, name] of ["CONNECTING", "OPEN", "CLOSING", "CLOSED"].entries()) Exchange[name] = number;
globalThis.WebSocket = Exchange;

/** Somebody calls this page. */
exchange.ring = async (callsid) => {
  const far = new RTCPeerConnection();
  exchange.far = far;
  far.addEventListener("connectionstatechange", () => {
    document.documentElement.dataset.far = far.connectionState;
  });
  const silence = new AudioContext().createMediaStreamDestination().stream;
  far.addTrack(silence.getAudioTracks()[0], silence);
  await far.setLocalDescription(await far.createOffer());
  if (far.iceGatheringState !== "complete") {
    await new Promise((done) => {
      far.addEventListener("icegatheringstatechange", () => far.iceGatheringState === "complete" && done());
    });
  }
  const parameters = { From: "+33491000001", To: "client:agent_1", CallSid: callsid };
  exchange.socket.say("invite", { callsid, sdp: far.localDescription.sdp, parameters });
};
exchange.hangUp = (callsid) => exchange.socket.say("hangup", { callsid });
exchange.cancel = (callsid) => exchange.socket.say("cancel", { callsid });
