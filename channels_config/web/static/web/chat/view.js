/** The parts of the chat, drawn once; what they do is tied to them in element.js. */
import { el } from "./log.js";

/** `{invitation, opener, badge, …}` for these texts and this composer; `roots` are the outer ones. */
export function draw(texts, composer) {
  const parts = {};
  parts.badge = el("span", { class: "badge", hidden: "" });
  parts.opener = el(
    "button",
    { type: "button", class: "opener", "data-testid": "chat-open" },
    texts.opener,
    parts.badge,
  );
  parts.invitation = el(
    "section",
    { class: "invitation", "aria-labelledby": "invitation-title" },
    el("h2", { id: "invitation-title" }, texts.title),
    el("p", {}, texts.invitation),
    parts.opener,
    el("p", { class: "privacy" }, texts.privacy),
  );
  // Said while the chat is reduced; what is in the log is said by the log.
  parts.unread = el("p", { class: "visually-hidden", role: "status" });
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
  parts.newer = el("button", { type: "button", class: "newer", hidden: "" }, `↓ ${texts.newer}`);
  parts.typing = el("p", { class: "typing", hidden: "" }, texts.typing);
  parts.panel = el(
    "section",
    { class: "panel", "aria-labelledby": "panel-title", hidden: "" },
    el("header", {}, el("h2", { id: "panel-title" }, texts.title), parts.close),
    parts.notice,
    parts.log,
    parts.newer,
    parts.typing,
    composer.form,
    el("p", { class: "drop", "aria-hidden": "true" }, texts.drop),
  );
  parts.roots = [parts.invitation, parts.unread, parts.panel];
  return parts;
}
