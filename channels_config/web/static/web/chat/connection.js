/**
 * The chat's WebSocket, protocol version 1: says hello with the last sequence number seen, comes
 * back with a growing delay, and sends what was written one message at a time under the id that the
 * widget gave it until the server accepts that id. The server ignores an id that it already has, so
 * nothing is lost and nothing is said twice. Photos are uploaded first; their references go with
 * the message.
 *
 * Events (CustomEvent): "status" {status}, "messages" {items}, "accepted" {id, seq},
 * "refused" {id, message}, "late" {id}, "typing" {on}, "notice" {message}, "reset" {},
 * "welcome" {lastSeq}.
 * Status is one of connecting, open, offline, reconnecting, outdated, closed.
 */
import { asBlob, upload } from "./photos.js";

export const VERSION = 1;

const DELAYS_MS = [500, 1000, 2000, 4000, 8000, 15000, 30000];
const WELCOME_TIMEOUT_MS = 10000; // then the socket is taken for dead and opened again
const ACCEPT_TIMEOUT_MS = 10000; // same, for a message without an answer
const RETRY_MS = 2000; // after "not now"
const LATE_MS = 20000; // from here on a waiting message shows that it did not leave
const KEEP_ALIVE_MS = 25000; // an ack, which asks for what was missed, and a ping
const PONG_TIMEOUT_MS = 10000; // a line that died without a word is opened again
const ASLEEP_MS = 30000; // a page hidden longer may hold a dead socket
const RETRYABLE = new Set(["rate_limited", "unavailable", "hello_required"]);

export class Connection extends EventTarget {
  #url;
  #storage;
  #locale;
  #upload = null; // where this session's pictures are posted
  #socket = null;
  #welcomed = false;
  #stopped = true;
  #attempt = 0;
  #timers = new Map();
  #outbox = []; // messages as in storage.js, in the order they were written
  #inFlight = null;
  #session = null; // the one that lastSeq counts in
  #paused = false;
  #hiddenSince = null;
  #listeners = null;
  lastSeq = 0;

  constructor({ url, storage, locale }) {
    super();
    this.#url = url;
    this.#storage = storage;
    this.#locale = locale;
  }

  /** An address that the server named, as a whole one. */
  address(path) {
    const url = new URL(path, this.#url.replace(/^ws/, "http"));
    return url.href;
  }

  /** How large a picture may be, bytes. */
  get photoBytesMax() {
    return this.#upload?.bytes_max ?? 900_000;
  }

  /** Opens the chat; returns the messages that an earlier page could not send. */
  start() {
    this.#stopped = false;
    const queued = new Set(this.#outbox.map(({ id }) => id));
    this.#outbox.push(...this.#storage.pending().filter(({ id }) => !queued.has(id)));
    for (const { id } of this.#outbox) this.#expectSoon(id);
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    addEventListener("online", () => this.retryNow(), { signal });
    addEventListener("offline", () => this.#emitStatus("offline"), { signal });
    // A page that comes back from the browser's page cache holds a closed socket.
    addEventListener("pageshow", ({ persisted }) => persisted && this.#reopen(), { signal });
    document.addEventListener("visibilitychange", () => this.#onVisibility(), { signal });
    this.#connect();
    return [...this.#outbox];
  }

  stop() {
    this.#stopped = true;
    this.#listeners?.abort();
    this.#drop();
    for (const name of [...this.#timers.keys()]) this.#cancel(name);
    this.#emitStatus("closed");
  }

  /** Queues `message` (see storage.js); it is kept in the browser until the server accepts it. */
  send(message) {
    this.#storage.savePending(message);
    this.#outbox.push(message);
    this.#expectSoon(message.id);
    this.#pump();
  }

  /** Puts a refused message back in the queue, under the same id. */
  resend(message) {
    if (!this.#outbox.some((waiting) => waiting.id === message.id)) this.send(message);
    this.retryNow();
  }

  /** Connects at once instead of waiting for the next attempt. */
  retryNow() {
    if (this.#stopped || this.#welcomed) return;
    this.#attempt = 0;
    this.#connect();
  }

  #connect() {
    this.#cancel("reconnect");
    this.#drop();
    this.#emitStatus(this.#attempt === 0 ? "connecting" : "reconnecting");
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      // Another tab may have opened the chat first: both then follow one session.
      const session = this.#storage.session() ?? this.#session;
      const after = session === this.#session ? this.lastSeq : 0;
      this.#write({ type: "hello", version: VERSION, session, after, locale: this.#locale });
    };
    socket.onmessage = (event) => this.#onFrame(socket, JSON.parse(event.data));
    socket.onclose = () => this.#onClose(socket);
    this.#later("welcome", WELCOME_TIMEOUT_MS, () => this.#onClose(socket));
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#welcomed = false;
    this.#inFlight = null;
    for (const name of ["welcome", "accept", "alive", "pong"]) this.#cancel(name);
    socket?.close();
  }

  #onClose(socket) {
    if (socket !== this.#socket || this.#stopped) return;
    this.#drop();
    this.#emit("typing", { on: false });
    const delay = DELAYS_MS[Math.min(this.#attempt, DELAYS_MS.length - 1)];
    this.#attempt += 1;
    this.#emitStatus(navigator.onLine ? "reconnecting" : "offline");
    // The random half keeps thousands of widgets from coming back in the same instant.
    this.#later("reconnect", delay / 2 + (Math.random() * delay) / 2, () => this.#connect());
  }

  #onFrame(socket, frame) {
    if (socket !== this.#socket) return;
    const handlers = {
      welcome: () => this.#onWelcome(frame),
      messages: () => this.#onMessages(frame),
      accepted: () => this.#onAccepted(frame),
      typing: () => this.#emit("typing", { on: frame.on }),
      pong: () => this.#cancel("pong"),
      error: () => this.#onError(frame),
    };
    handlers[frame.type]?.(); // a newer server may say more than we understand
  }

  #onWelcome({ session, last_seq: lastSeq, upload: way }) {
    this.#upload = way;
    if (session !== this.#session) {
      this.#session = session;
      this.#storage.saveSession(session);
      // Another session has its own numbering: what was shown belongs to the earlier one.
      if (this.lastSeq > 0) {
        this.lastSeq = 0;
        this.#emit("reset", {});
      }
    }
    this.#cancel("welcome");
    this.#welcomed = true;
    this.#paused = false;
    this.#attempt = 0;
    this.#emitStatus("open");
    this.#emit("welcome", { lastSeq });
    this.#keepAlive();
    this.#pump();
  }

  #onMessages({ items }) {
    const fresh = items.filter((item) => item.seq > this.lastSeq);
    if (fresh.length > 0) {
      this.lastSeq = fresh.at(-1).seq;
      this.#write({ type: "ack", seq: this.lastSeq });
    }
    for (const item of fresh) if (item.client_id) this.#settle(item.client_id);
    this.#emit("messages", { items: fresh });
    this.#pump();
  }

  #onAccepted({ id, seq }) {
    this.#settle(id);
    this.#emit("accepted", { id, seq });
    this.#pump();
  }

  #onError({ code, message, id }) {
    if (code === "version_unsupported") {
      this.stop();
      this.#emitStatus("outdated");
      return;
    }
    if (!id) {
      this.#emit("notice", { message });
      return;
    }
    this.#cancel("accept");
    this.#inFlight = null;
    if (RETRYABLE.has(code)) {
      this.#pause();
      return;
    }
    this.#refuse(id, message);
  }

  #refuse(id, message) {
    this.#settle(id);
    this.#emit("refused", { id, message });
    this.#pump();
  }

  #pause() {
    this.#paused = true;
    this.#later("pump", RETRY_MS, () => {
      this.#paused = false;
      this.#pump();
    });
  }

  /** The server has this message (or refused it for good): it leaves the queue. */
  #settle(id) {
    this.#storage.dropPending(id);
    this.#outbox = this.#outbox.filter((message) => message.id !== id);
    this.#cancel(`late.${id}`);
    if (this.#inFlight === id) {
      this.#inFlight = null;
      this.#cancel("accept");
    }
  }

  /** One message at a time: what was written first is stored first. */
  #pump() {
    if (!this.#welcomed || this.#paused || this.#inFlight !== null) return;
    if (this.#outbox.length === 0) return;
    const [message] = this.#outbox;
    this.#inFlight = message.id;
    if (message.photos?.some(({ reference }) => !reference)) this.#uploadFirst(message);
    else this.#say(message);
  }

  #say({ id, text, choice, photos, location }) {
    const frame = { type: "send", id, text };
    if (choice) frame.choice = choice;
    if (photos?.length) frame.photos = photos.map(({ reference }) => reference);
    if (location) frame.location = location;
    this.#write(frame);
    const socket = this.#socket;
    this.#later("accept", ACCEPT_TIMEOUT_MS, () => this.#onClose(socket));
  }

  async #uploadFirst(message) {
    const socket = this.#socket;
    const way = { url: this.address(this.#upload.url), ticket: this.#upload.ticket };
    try {
      for (const photo of message.photos) {
        if (photo.reference) continue;
        photo.reference = await upload(asBlob(photo.text), way);
        delete photo.text; // from now on the server has it
        // Another line may have brought it there meanwhile.
        if (this.#outbox.includes(message)) this.#storage.savePending(message);
      }
    } catch (refusal) {
      if (socket !== this.#socket) return; // a new line tries by itself
      this.#inFlight = null;
      if (refusal.retry) this.#pause();
      else if (refusal.code === "ticket_invalid") this.#reopen();
      else this.#refuse(message.id, refusal.message);
      return;
    }
    if (socket === this.#socket && this.#inFlight === message.id) this.#say(message);
  }

  #expectSoon(id) {
    this.#later(`late.${id}`, LATE_MS, () => this.#emit("late", { id }));
  }

  #keepAlive() {
    this.#later("alive", KEEP_ALIVE_MS, () => {
      if (document.visibilityState === "visible") {
        const socket = this.#socket;
        this.#write({ type: "ack", seq: this.lastSeq });
        this.#write({ type: "ping" });
        this.#later("pong", PONG_TIMEOUT_MS, () => this.#onClose(socket));
      }
      this.#keepAlive();
    });
  }

  #onVisibility() {
    if (document.visibilityState === "hidden") {
      this.#hiddenSince = Date.now();
    } else if (this.#hiddenSince !== null && Date.now() - this.#hiddenSince > ASLEEP_MS) {
      this.#reopen();
    }
  }

  /** A new line instead of one that may be dead. */
  #reopen() {
    if (this.#stopped) return;
    this.#attempt = 0;
    this.#connect();
  }

  #write(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #later(name, delayMs, action) {
    this.#cancel(name);
    this.#timers.set(name, setTimeout(action, delayMs));
  }

  #cancel(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }

  #emitStatus(status) {
    this.#emit("status", { status });
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
