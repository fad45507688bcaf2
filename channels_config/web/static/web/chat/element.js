/**
 * `<mdmp-chat>`: draws the chat in a shadow tree and ties the connection to the list of messages.
 *
 * Attributes: `open` (opened at once; otherwise a button opens it), `layout="inline"` (in the page
 * instead of floating over it), `endpoint` (address of the WebSocket; default: `/ws/chat/` where
 * this script comes from), `lang`. A browser that has a conversation finds it again: shown inline,
 * as it was left when it floats, where what came meanwhile is counted on its button.
 */
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { MessageLog } from "./log.js";
import { asBlob, lazyPhoto } from "./photos.js";
import { storage } from "./storage.js";
import { languageOf, stringsFor } from "./strings.js";
import { sheet } from "./styles.js";
import { draw } from "./view.js";

const TYPING_MAX_MS = 30000; // an indicator whose end was lost does not stay for ever
const NEAR_BOTTOM_PX = 120;

function defaultEndpoint() {
  const url = new URL("/ws/chat/", import.meta.url);
  url.protocol = url.protocol === "http:" ? "ws:" : "wss:";
  return url.href;
}

/** A version 4 UUID; `crypto.randomUUID` does not exist on a page served without TLS. */
function uuid4() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

class MdmpChat extends HTMLElement {
  #texts;
  #parts = {};
  #locale;
  #log;
  #composer;
  #connection = null;
  #typingTimer;
  #historyUpTo = 0;
  #unread = 0;
  #isFollowing = true; // the end of the list is in view, and stays so
  #readUpTo = 0;
  #written = new Map(); // client id → message, until the server has it

  connectedCallback() {
    if (this.shadowRoot) {
      if (this.#connection) this.#start(); // moved within the page
      return;
    }
    this.#locale = this.closest("[lang]")?.lang || "fr";
    this.#texts = stringsFor(this.#locale);
    this.#draw();
    this.#log = new MessageLog({
      root: this.#parts.log,
      texts: this.#texts,
      locale: this.#locale,
      onRetry: (id) => this.#retry(id),
      onChoice: ({ title, payload }) => this.#say({ text: title, choice: payload }),
      loadPhoto: (photo, label) => 
        lazyPhoto(() => this.#photo(photo), label, () => this.#keepAtEnd()),
    });
    const isInline = this.getAttribute("layout") === "inline";
    const wasHere = storage.session() !== null;
    if (this.hasAttribute("open") || (wasHere && (isInline || storage.wasOpen()))) {
      this.open({ focus: false });
    } else if (wasHere) {
      this.#connect(); // reduced: what comes is counted
    }
  }

  disconnectedCallback() {
    this.#connection?.stop();
  }

  /** Opens the chat; from here on, and not before, something is kept in this browser. */
  open({ focus = true } = {}) {
    this.#parts.invitation.hidden = true;
    this.#parts.panel.hidden = false;
    this.#parts.unread.hidden = true;
    storage.saveOpen(true);
    if (!this.#connection) this.#connect();
    this.#scrollToEnd();
    this.#markRead();
    if (focus) this.#composer.input.focus();
  }

  close() {
    this.#parts.panel.hidden = true;
    this.#parts.invitation.hidden = false;
    this.#parts.unread.hidden = false;
    storage.saveOpen(false);
    this.#parts.opener.focus();
  }

  #connect() {
    const url = this.getAttribute("endpoint") || defaultEndpoint();
    const connection = new Connection({ url, storage, locale: languageOf(this.#locale) });
    this.#connection = connection;
    this.#readUpTo = storage.readUpTo();
    const on = (name, handler) =>
      connection.addEventListener(name, ({ detail }) => handler(detail));
    on("status", ({ status }) => this.#showStatus(status));
    on("welcome", ({ lastSeq }) => this.#onWelcome(lastSeq));
    on("messages", ({ items }) => this.#onMessages(items));
    on("accepted", ({ id, seq }) => this.#onAccepted(id, seq));
    on("refused", ({ id, message }) => this.#log.setState(id, "failed", message));
    on("late", ({ id }) => this.#log.setState(id, "failed"));
    on("typing", ({ on: isOn }) => this.#showTyping(isOn));
    on("notice", ({ message }) => this.#showNotice(message));
    on("reset", () => this.#onReset());
    this.#start();
  }

  #start() {
    for (const message of this.#connection.start()) {
      if (!this.#written.has(message.id)) this.#addWaiting(message);
    }
  }

  #say({ text, choice, photos, location }) {
    if (!this.#connection) return;
    const message = { id: uuid4(), text, choice, photos, location, at: Date.now() };
    this.#addWaiting(message);
    this.#connection.send(message);
  }

  #retry(id) {
    const message = this.#written.get(id);
    if (!message) return;
    this.#log.setState(id, "sending");
    this.#connection.resend(message);
    this.#composer.input.focus();
  }

  #addWaiting(message) {
    this.#written.set(message.id, message);
    // The list draws its photos when they come into view: by then they may have left here.
    this.#log.addWaiting({ ...message, photos: message.photos?.map((photo) => ({ ...photo })) });
    this.#parts.empty.hidden = true;
    this.#scrollToEnd();
  }

  /** A photo of a message: one that waits here, or one that the server shows for a time. */
  async #photo(photo) {
    if (photo.text) return asBlob(photo.text);
    const answer = await fetch(this.#connection.address(photo.url), { credentials: "omit" });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.blob();
  }

  #onWelcome(lastSeq) {
    // History is not read aloud: only what arrives after it is news.
    this.#historyUpTo = lastSeq;
    const behind = lastSeq > this.#connection.lastSeq;
    this.#parts.log.setAttribute("aria-busy", String(behind));
    this.#parts.log.setAttribute("aria-live", behind ? "off" : "polite");
  }

  #onMessages(items) {
    if (items.length === 0) return;
    const box = this.#parts.log;
    for (const { client_id: id } of items) this.#written.delete(id);
    const choiceHadFocus = this.shadowRoot.activeElement?.classList.contains("choice");
    this.#log.addItems(items);
    this.#parts.empty.hidden = true;
    if (choiceHadFocus && !this.shadowRoot.activeElement) this.#composer.input.focus();
    const news = items.filter(({ author, seq }) => author !== "citizen" && seq > this.#readUpTo);
    if (items.some(({ author }) => author !== "citizen")) this.#showTyping(false);
    if (this.#isFollowing || box.getAttribute("aria-busy") === "true") this.#scrollToEnd();
    else this.#parts.newer.hidden = news.length === 0;
    if (items.at(-1).seq >= this.#historyUpTo) {
      box.setAttribute("aria-busy", "false");
      box.setAttribute("aria-live", "polite");
    }
    this.#showUnread(this.#unread + news.length);
    this.#markRead();
  }

  #onAccepted(id, seq) {
    this.#log.accept(id, seq);
    this.#written.delete(id);
  }

  #onReset() {
    this.#log.clear();
    this.#readUpTo = 0;
    this.#showUnread(0);
  }

  /** What is in view counts as read; a hidden page or a reduced chat shows nothing to anybody. */
  #markRead() {
    if (this.#parts.panel.hidden || document.visibilityState === "hidden") return;
    this.#showUnread(0);
    const upTo = this.#connection?.lastSeq ?? 0;
    if (upTo <= this.#readUpTo) return;
    this.#readUpTo = upTo;
    storage.saveRead(upTo);
  }

  #showUnread(count) {
    this.#unread = count;
    const { badge, opener, unread, panel } = this.#parts;
    const words = count > 0 ? this.#texts.unread(count) : "";
    badge.hidden = count === 0;
    badge.textContent = count > 99 ? "99+" : String(count);
    if (words) opener.setAttribute("aria-label", `${this.#texts.opener} (${words})`);
    else opener.removeAttribute("aria-label");
    unread.textContent = panel.hidden ? words : "";
  }

  #showTyping(isOn) {
    clearTimeout(this.#typingTimer);
    this.#parts.typing.hidden = !isOn;
    if (isOn) this.#typingTimer = setTimeout(() => this.#showTyping(false), TYPING_MAX_MS);
  }

  #showStatus(status) {
    const notices = {
      offline: this.#texts.offline,
      reconnecting: this.#texts.reconnecting,
      outdated: this.#texts.outdated,
    };
    this.dataset.status = status;
    // While it connects, the earlier notice stays: no flicker at each attempt.
    if (status !== "connecting") this.#showNotice(notices[status] ?? "");
  }

  #showNotice(text) {
    const { notice } = this.#parts;
    if (notice.textContent === text) return;
    notice.textContent = text;
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#parts.log;
    return scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
  }

  /** After something changed its size: photos that were drawn, a composer that grew. */
  #keepAtEnd() {
    if (this.#isFollowing) this.#scrollToEnd();
  }

  #scrollToEnd() {
    this.#isFollowing = true;
    this.#parts.log.scrollTop = this.#parts.log.scrollHeight;
    this.#parts.newer.hidden = true;
  }

  #draw() {
    this.#composer = new Composer({
      texts: this.#texts,
      onSay: (message) => this.#say(message),
      onNotice: (text) => this.#showNotice(text),
      bytesMax: () => this.#connection.photoBytesMax,
    });
    const parts = draw(this.#texts, this.#composer);
    this.#parts = parts;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(...parts.roots);
    this.#composer.takeDropsOn(parts.panel);
    parts.opener.addEventListener("click", () => this.open());
    parts.close.addEventListener("click", () => this.close());
    parts.newer.addEventListener("click", () => {
      this.#scrollToEnd();
      this.#composer.input.focus();
    });
    parts.log.addEventListener("scroll", () => {
      this.#isFollowing = this.#isAtEnd();
      if (this.#isFollowing) parts.newer.hidden = true;
    });
    new ResizeObserver(() => this.#keepAtEnd()).observe(parts.log);
    parts.panel.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && this.getAttribute("layout") !== "inline") this.close();
    });
    document.addEventListener("visibilitychange", () => this.#markRead());
  }
}

customElements.define("mdmp-chat", MdmpChat);
