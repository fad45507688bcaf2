/**
 * `<mdmp-chat>`: draws the chat in a shadow tree and ties the connection to the list of messages.
 *
 * Attributes: `open` (opened at once; otherwise a button opens it, or an earlier session of this
 * browser does), `layout="inline"` (in the page instead of floating over it), `endpoint` (address of
 * the WebSocket; default: `/ws/chat/` where this script comes from), `lang`.
 */
import { Connection } from "./connection.js";
import { MessageLog, el } from "./log.js";
import { storage } from "./storage.js";
import { stringsFor } from "./strings.js";
import { sheet } from "./styles.js";

const TEXT_MAX = 2000; // characters; the server refuses more
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
  #log;
  #connection = null;
  #typingTimer;
  #historyUpTo = 0;
  #written = new Map(); // client id → message, until the server has it

  connectedCallback() {
    if (this.shadowRoot) {
      if (this.#connection) this.#start(); // moved within the page
      return;
    }
    const locale = this.closest("[lang]")?.lang || "fr";
    this.#texts = stringsFor(locale);
    this.#draw();
    this.#log = new MessageLog({
      root: this.#parts.log,
      texts: this.#texts,
      locale,
      onRetry: (id) => this.#retry(id),
      onChoice: (text) => this.#say(text),
    });
    if (this.hasAttribute("open") || storage.session()) this.open({ focus: false });
  }

  disconnectedCallback() {
    this.#connection?.stop();
  }

  /** Opens the chat; from here on, and not before, something is kept in this browser. */
  open({ focus = true } = {}) {
    this.#parts.invitation.hidden = true;
    this.#parts.panel.hidden = false;
    if (!this.#connection) this.#connect();
    if (focus) this.#parts.input.focus();
  }

  close() {
    this.#parts.panel.hidden = true;
    this.#parts.invitation.hidden = false;
    this.#parts.opener.focus();
  }

  #connect() {
    const url = this.getAttribute("endpoint") || defaultEndpoint();
    const connection = new Connection({ url, storage });
    this.#connection = connection;
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
    on("reset", () => this.#log.clear());
    this.#start();
  }

  #start() {
    for (const message of this.#connection.start()) {
      if (!this.#written.has(message.id)) this.#addWaiting(message);
    }
  }

  #say(rawText) {
    const text = rawText.trim();
    if (!text || !this.#connection) return;
    const message = { id: uuid4(), text, at: Date.now() };
    this.#addWaiting(message);
    this.#connection.send(message);
  }

  #retry(id) {
    const message = this.#written.get(id);
    if (!message) return;
    this.#log.setState(id, "sending");
    this.#connection.resend(message);
    this.#parts.input.focus();
  }

  #addWaiting(message) {
    this.#written.set(message.id, message);
    this.#log.addWaiting(message);
    this.#parts.empty.hidden = true;
    this.#scrollToEnd();
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
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_BOTTOM_PX;
    for (const { client_id: id } of items) this.#written.delete(id);
    const choiceHadFocus = this.shadowRoot.activeElement?.classList.contains("choice");
    this.#log.addItems(items);
    this.#parts.empty.hidden = true;
    if (choiceHadFocus && !this.shadowRoot.activeElement) this.#parts.input.focus();
    if (items.some(({ author }) => author !== "citizen")) this.#showTyping(false);
    if (atEnd || this.#parts.log.getAttribute("aria-busy") === "true") this.#scrollToEnd();
    if (items.at(-1).seq >= this.#historyUpTo) {
      this.#parts.log.setAttribute("aria-busy", "false");
      this.#parts.log.setAttribute("aria-live", "polite");
    }
  }

  #onAccepted(id, seq) {
    this.#log.accept(id, seq);
    this.#written.delete(id);
  }

  #showTyping(isOn) {
    clearTimeout(this.#typingTimer);
    this.#parts.typing.hidden = !isOn;
    if (isOn) {
      this.#typingTimer = setTimeout(() => this.#showTyping(false), TYPING_MAX_MS);
      this.#scrollToEnd();
    }
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

  #scrollToEnd() {
    this.#parts.log.scrollTop = this.#parts.log.scrollHeight;
  }

  #onSubmit(event) {
    event.preventDefault();
    const { input } = this.#parts;
    this.#say(input.value);
    input.value = "";
    input.focus();
  }

  #onKeydown(event) {
    // Enter that ends a composition (accents, other scripts) belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#parts.form.requestSubmit();
  }

  #draw() {
    const texts = this.#texts;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const parts = this.#parts;
    parts.opener = el(
      "button",
      { type: "button", class: "opener", "data-testid": "chat-open" },
      texts.opener,
    );
    parts.invitation = el(
      "section",
      { class: "invitation", "aria-labelledby": "invitation-title" },
      el("h2", { id: "invitation-title" }, texts.title),
      el("p", {}, texts.invitation),
      parts.opener,
      el("p", { class: "privacy" }, texts.privacy),
    );
    parts.close = el("button", { type: "button", class: "close", "aria-label": texts.close }, "×");
    parts.notice = el("p", { class: "notice", role: "status" });
    parts.empty = el(
      "div",
      { class: "empty" },
      el("p", { class: "question" }, texts.empty),
      el("p", {}, texts.emptyHint),
    );
    parts.log = el(
      "div",
      {
        class: "log",
        role: "log",
        tabindex: "0", // it scrolls: the keyboard must reach it
        "aria-live": "polite",
        "aria-label": texts.log,
        "data-testid": "chat-log",
      },
      parts.empty,
    );
    parts.typing = el("p", { class: "typing", hidden: "" }, texts.typing);
    parts.input = el("textarea", {
      id: "input",
      rows: "1",
      maxlength: String(TEXT_MAX),
      placeholder: texts.placeholder,
      autocomplete: "off",
      enterkeyhint: "send",
      "aria-describedby": "hint",
      "data-testid": "chat-input",
    });
    const send = { type: "submit", class: "send", "data-testid": "chat-send" };
    parts.form = el(
      "form",
      {},
      el("label", { for: "input", class: "visually-hidden" }, texts.inputLabel),
      el("div", { class: "row" }, parts.input, el("button", send, texts.send)),
      el("p", { class: "hint", id: "hint" }, texts.hint),
    );
    parts.panel = el(
      "section",
      { class: "panel", "aria-labelledby": "panel-title", hidden: "" },
      el("header", {}, el("h2", { id: "panel-title" }, texts.title), parts.close),
      parts.notice,
      parts.log,
      parts.typing,
      parts.form,
    );
    root.append(parts.invitation, parts.panel);
    parts.opener.addEventListener("click", () => this.open());
    parts.close.addEventListener("click", () => this.close());
    parts.form.addEventListener("submit", (event) => this.#onSubmit(event));
    parts.input.addEventListener("keydown", (event) => this.#onKeydown(event));
  }
}

customElements.define("mdmp-chat", MdmpChat);
