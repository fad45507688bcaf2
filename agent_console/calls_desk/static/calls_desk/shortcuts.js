/** The page's keys; all of them stand in the dialog that `?` opens. */
const HELP_OFF = "call-help-key-off";

function isWriting(target) {
  return target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
}

export function listenToKeys({ form, proposals }) {
  const dialog = document.querySelector("#raccourcis");
  const choice = dialog?.querySelector("[data-help-key]");
  if (choice) {
    choice.checked = localStorage.getItem(HELP_OFF) === null;
    choice.addEventListener("change", () => {
      if (choice.checked) localStorage.removeItem(HELP_OFF);
      else localStorage.setItem(HELP_OFF, "1");
    });
  }
  const press = (selector) => {
    const found = document.querySelector(selector);
    found?.click();
    return Boolean(found);
  };
  const withAlt = {
    KeyL: () => form?.elements.description?.focus() ?? true,
    KeyS: () => press("#appel_sms"),
    KeyO: () => press("[name=wallet][value=yes]"),
    KeyN: () => press("[name=wallet][value=no]"),
    KeyP: () => press("[data-points]"),
    KeyA: () => press("#ligne-attente"),
    KeyT: () => press("[data-talk-end] button"),
    Digit1: () => proposals?.pick(1),
    Digit2: () => proposals?.pick(2),
    Digit3: () => proposals?.pick(3),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter" && form && !dialog?.open) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.altKey && !event.ctrlKey && !event.metaKey && withAlt[event.code]) {
      if (withAlt[event.code]()) event.preventDefault();
    } else if (event.key === "?" && dialog && choice.checked && !isWriting(event.target)) {
      event.preventDefault();
      dialog.showModal();
    }
  });
  document.querySelector("[data-help]")?.addEventListener("click", () => dialog.showModal());
}
