/**
 * The search beside a call or a conversation. Alt+K comes from anywhere, Escape goes back to where
 * one was; "Citer" puts an answer with its source behind what is written, where the draft is kept
 * like everything typed. Without this script the search opens the knowledge base in another tab.
 */
const input = document.querySelector("#connaissances");
const status = document.querySelector("[data-finder-status]");
let before;

document.addEventListener("keydown", (event) => {
  if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyK") {
    event.preventDefault();
    if (document.activeElement !== input) before = document.activeElement;
    input.focus();
    input.select();
  } else if (event.key === "Escape" && event.target.closest?.("[data-finder]") && before?.isConnected) {
    event.preventDefault();
    before.focus();
  }
});

document.addEventListener("click", ({ target }) => {
  const quote = target.closest("[data-quote]")?.dataset.quote;
  if (quote === undefined) return;
  const reply = document.querySelector("[data-reply] textarea[name=text]");
  if (!reply) {
    status.textContent = status.dataset.textAlone;
    return;
  }
  const written = reply.value.trimEnd();
  reply.value = written ? `${written}\n\n${quote}` : quote;
  reply.dispatchEvent(new Event("input", { bubbles: true }));
  reply.focus();
  reply.setSelectionRange(reply.value.length, reply.value.length);
  status.textContent = status.dataset.textQuoted;
});
