/**
 * The list of messages: what the server numbered, in its order, then what still waits to leave.
 * An element is created once and moved only when its place changes, so that a screen reader hears
 * each message once.
 */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export { el };

export class MessageLog {
  #root;
  #texts;
  #time;
  #waiting = new Map(); // client id → element
  #degrees;
  #onRetry;
  #onChoice;
  #loadPhoto;

  /**
   * `onRetry(id)` and `onChoice({title, payload})` are called from the buttons that the list shows;
   * `loadPhoto(photo, label)` gives an element for a photo of a message.
   */
  constructor({ root, texts, locale, onRetry, onChoice, loadPhoto }) {
    this.#root = root;
    this.#loadPhoto = loadPhoto;
    this.#degrees = new Intl.NumberFormat(locale, { maximumFractionDigits: 5 });
    this.#texts = texts;
    this.#onRetry = onRetry;
    this.#onChoice = onChoice;
    this.#time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  }

  get isEmpty() {
    return this.#root.querySelector(".message") === null;
  }

  clear() {
    for (const message of this.#root.querySelectorAll(".message[data-seq]")) message.remove();
  }

  /** Shows a message that has not left yet, as storage.js keeps it; `at` is in ms. */
  addWaiting({ id, text, at, photos, location }) {
    const element = this.#build({ author: "citizen", text, created_at: at, photos, location });
    element.dataset.id = id;
    this.#waiting.set(id, element);
    this.#root.append(element);
    this.setState(id, "sending");
  }

  /** State of a waiting message: "sending", "sent" or "failed" (with an optional explanation). */
  setState(id, state, explanation = null) {
    const element = this.#waiting.get(id);
    if (!element) return;
    element.dataset.state = state;
    const line = element.querySelector(".state");
    line.replaceChildren("· ", explanation ?? this.#texts[state]);
    if (state === "failed") {
      const retry = el("button", { type: "button", class: "retry" }, this.#texts.retry);
      retry.addEventListener("click", () => this.#onRetry(id));
      line.append(" ", retry);
    }
  }

  /** The message `id` was stored by the server as number `seq`. */
  accept(id, seq) {
    this.setState(id, "sent");
    const element = this.#waiting.get(id);
    if (element) this.#place(element, seq);
  }

  /** Adds what the server sent; `items` are in increasing `seq`. */
  addItems(items) {
    for (const item of items) {
      const mine = item.client_id ? this.#waiting.get(item.client_id) : undefined;
      if (mine) {
        this.setState(item.client_id, "sent");
        this.#waiting.delete(item.client_id);
      }
      this.#place(mine ?? this.#build(item), item.seq);
    }
    this.#keepLastChoices();
  }

  #place(element, seq) {
    element.dataset.seq = seq;
    // From the end, where nearly every message belongs.
    let next = null;
    let other = this.#root.lastElementChild;
    while (other?.matches(".message") && this.#isAfter(other, seq, element)) {
      if (other !== element) next = other;
      other = other.previousElementSibling;
    }
    if (element.isConnected && element.nextElementSibling === next) return;
    this.#root.insertBefore(element, next);
  }

  #isAfter(other, seq, element) {
    return other === element || !other.dataset.seq || Number(other.dataset.seq) > seq;
  }

  #build({ author, text, created_at: createdAt, buttons, photos, location }) {
    const when = new Date(createdAt);
    const content = (photos ?? []).map((photo) => this.#loadPhoto(photo, this.#texts.photo));
    if (location) content.push(el("span", { class: "place" }, this.#whereabouts(location)));
    // Each message in the direction of its own script.
    if (text) content.push(el("span", { dir: "auto", class: "words" }, text));
    const element = el(
      "div",
      { class: `message ${author}`, "data-testid": `message-${author}` },
      el("span", { class: "visually-hidden" }, `${this.#texts[author]} `),
      el("p", { class: "text" }, ...content),
      el(
        "span",
        { class: "meta" },
        el("time", { datetime: when.toISOString() }, this.#time.format(when)),
        " ",
        el("span", { class: "state" }),
      ),
    );
    if (buttons?.length) element.append(this.#choices(buttons));
    return element;
  }

  #whereabouts({ latitude, longitude }) {
    const numbers = [latitude, longitude].map((degrees) => this.#degrees.format(degrees));
    return `${this.#texts.position} (${numbers.join(" ; ")})`;
  }

  #choices(buttons) {
    const group = el("div", { class: "choices", role: "group", "aria-label": this.#texts.choices });
    for (const choice of buttons) {
      const button = el("button", { type: "button", class: "choice", dir: "auto" }, choice.title);
      button.addEventListener("click", () => this.#onChoice(choice));
      group.append(button);
    }
    return group;
  }

  /** An answer proposed three messages ago would answer the wrong question. */
  #keepLastChoices() {
    const last = [...this.#root.querySelectorAll(":scope > .message[data-seq]")].at(-1);
    for (const choices of this.#root.querySelectorAll(".choices")) {
      if (choices.parentElement !== last) choices.remove();
    }
  }
}
