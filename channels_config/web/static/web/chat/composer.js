/**
 * Where one writes: words, up to three photos (chosen, dropped or pasted), or a position. Calls
 * `onSay({text, photos, location})` with what is to be sent, photos as text (see photos.js), and
 * `onNotice(text)` with what a person should know.
 */
import { el } from "./log.js";
import { asText, preview, redrawn } from "./photos.js";

const TEXT_MAX = 2000; // characters; the server refuses more
const PHOTOS_MAX = 3;
const LOCATION_WAIT_MS = 15000;

const CAMERA =
  "M4 7h3l2-3h6l2 3h3a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1z" +
  "M16 13a4 4 0 1 1-8 0a4 4 0 1 1 8 0z";
const PIN =
  "M12 22s7-7.5 7-13a7 7 0 1 0-14 0c0 5.5 7 13 7 13z" +
  "M14.5 9a2.5 2.5 0 1 1-5 0a2.5 2.5 0 1 1 5 0z";

/** A line drawing; what it means is said by the button that holds it. */
function drawing(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export class Composer {
  #texts;
  #onSay;
  #onNotice;
  #bytesMax;
  #photos = []; // {text, element}
  form;
  input;
  #previews;
  #file;
  #locate;

  constructor({ texts, onSay, onNotice, bytesMax }) {
    this.#texts = texts;
    this.#onSay = onSay;
    this.#onNotice = onNotice;
    this.#bytesMax = bytesMax;
    this.#draw();
  }

  /** Files dropped anywhere on `panel` are taken; `panel` says so while they are held over it. */
  takeDropsOn(panel) {
    const holds = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
    panel.addEventListener("dragover", (event) => {
      if (!holds(event)) return;
      event.preventDefault(); // else the browser leaves the page for the file
      panel.classList.add("dropping");
    });
    panel.addEventListener("dragleave", ({ relatedTarget }) => {
      if (!panel.contains(relatedTarget)) panel.classList.remove("dropping");
    });
    panel.addEventListener("drop", (event) => {
      if (!holds(event)) return;
      event.preventDefault();
      panel.classList.remove("dropping");
      this.#take(event.dataTransfer.files);
    });
  }

  async #take(files) {
    for (const file of [...files]) {
      if (this.#photos.length >= PHOTOS_MAX) {
        this.#onNotice(this.#texts.photosTooMany);
        break;
      }
      try {
        const blob = await redrawn(file, this.#bytesMax());
        await this.#add(blob);
        this.#onNotice("");
      } catch {
        this.#onNotice(this.#texts.photoUnreadable);
      }
    }
    this.input.focus();
  }

  async #add(blob) {
    const remove = el(
      "button",
      { type: "button", class: "remove", "aria-label": this.#texts.photoRemove },
      "×",
    );
    const element = el("li", {}, await preview(blob, this.#texts.photo), remove);
    const photo = { text: await asText(blob), element };
    remove.addEventListener("click", () => {
      this.#photos = this.#photos.filter((other) => other !== photo);
      element.remove();
      this.#previews.hidden = this.#photos.length === 0;
      this.input.focus();
    });
    this.#photos.push(photo);
    this.#previews.append(element);
    this.#previews.hidden = false;
  }

  #submit() {
    const text = this.input.value.trim();
    const photos = this.#photos.map((photo) => ({ text: photo.text }));
    if (!text && photos.length === 0) return;
    this.#photos = [];
    this.#previews.replaceChildren();
    this.#previews.hidden = true;
    this.input.value = "";
    this.input.focus();
    this.#onSay({ text, photos });
  }

  #sendPosition() {
    this.#onNotice(this.#texts.locating);
    this.#locate.disabled = true;
    const ended = (notice) => {
      this.#locate.disabled = false;
      this.#onNotice(notice);
      this.input.focus();
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        ended("");
        this.#onSay({ text: "", photos: [], location: { latitude, longitude } });
      },
      ({ code }) => ended(this.#texts[code === 1 ? "locationDenied" : "locationFailed"]),
      { enableHighAccuracy: true, timeout: LOCATION_WAIT_MS, maximumAge: 60000 },
    );
  }

  #draw() {
    const texts = this.#texts;
    this.#previews = el("ul", { class: "previews", "aria-label": texts.photosChosen, hidden: "" });
    this.#file = el("input", {
      type: "file",
      accept: "image/*",
      multiple: "",
      hidden: "",
      "data-testid": "chat-file",
    });
    const tool = (name, icon) =>
      el(
        "button",
        { type: "button", class: "tool", "aria-label": texts[name], title: texts[name] },
        drawing(icon),
      );
    const attach = tool("attach", CAMERA);
    this.#locate = tool("locate", PIN);
    this.#locate.hidden = !navigator.geolocation || !isSecureContext;
    this.input = el("textarea", {
      id: "input",
      rows: "1",
      dir: "auto",
      maxlength: String(TEXT_MAX),
      placeholder: texts.placeholder,
      autocomplete: "off",
      enterkeyhint: "send",
      "aria-describedby": "hint",
      "data-testid": "chat-input",
    });
    const send = el(
      "button",
      { type: "submit", class: "send", "data-testid": "chat-send" },
      texts.send,
    );
    this.form = el(
      "form",
      {},
      this.#previews,
      el("label", { for: "input", class: "visually-hidden" }, texts.inputLabel),
      el(
        "div",
        { class: "row" },
        this.input,
        el("div", { class: "actions" }, attach, this.#locate, send),
      ),
      this.#file,
      el("p", { class: "hint", id: "hint" }, texts.hint),
    );
    attach.addEventListener("click", () => this.#file.click());
    this.#file.addEventListener("change", () => {
      this.#take(this.#file.files);
      this.#file.value = "";
    });
    this.#locate.addEventListener("click", () => this.#sendPosition());
    this.input.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length === 0) return;
      event.preventDefault();
      this.#take(event.clipboardData.files);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.input.addEventListener("keydown", (event) => {
      // Enter that ends a composition (accents, other scripts) belongs to the input method.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.form.requestSubmit();
    });
  }
}
