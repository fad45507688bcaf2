/**
 * What the line proposes becomes the fields' values: all of it with Tab, one by one with a click.
 * What an operator typed by hand is left alone.
 */
export function takeProposals(form) {
  const line = form.elements.description;
  const box = document.querySelector("#propositions");
  const taken = new Map(); // field's name → the value that a proposal gave it
  let isPending = false; // the line changed since the last answer
  let isWanted = false; // Tab came before the answer
  let waiting; // where the focus waits for it

  function put(name, value, isAsked) {
    const field = form.elements[name];
    if (!field || field.value === value) return;
    if (!isAsked && field.value && taken.get(name) !== field.value) return;
    field.value = value;
    taken.set(name, value);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function putKind(kind) {
    const choice = kind && form.querySelector(`[name=kind][value=${kind}]`);
    if (!choice || choice.checked) return;
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function takeAll() {
    const proposed = box.querySelector("[data-proposals]");
    if (!proposed) return;
    putKind(proposed.dataset.kind);
    const seen = new Set();
    for (const { dataset } of proposed.querySelectorAll("[data-field]")) {
      if (!seen.has(dataset.field)) put(dataset.field, dataset.value, false);
      seen.add(dataset.field);
    }
  }

  /** Where somebody goes on: the first field that is still needed, or the questions. */
  function next() {
    const isPickup = new FormData(form).get("kind") === "pickup";
    const needed = ["category_code", "address", "commune", "items"].filter(
      (name) => name !== (isPickup ? "category_code" : "items"),
    );
    const empty = needed.map((name) => form.elements[name]).find((field) => !field.value);
    (empty ?? document.querySelector(isPickup ? "#appel_items" : "#questions")).focus();
  }

  line.addEventListener("input", () => {
    isPending = true;
    isWanted = false;
  });
  line.addEventListener("keydown", (event) => {
    const isPlain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.key !== "Tab" || !isPlain || !line.value.trim()) return;
    event.preventDefault();
    isWanted = isPending;
    if (!isPending) takeAll();
    next();
    waiting = document.activeElement;
  });
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== box) return;
    isPending = false;
    if (isWanted) {
      takeAll();
      if (document.activeElement === waiting) next();
    }
    isWanted = false;
  });
  document.body.addEventListener("htmx:sendError", ({ detail }) => {
    if (detail.target === box) isPending = isWanted = false;
  });
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-field]");
    if (!button) return;
    if (button.dataset.field === "category_code") putKind("report");
    put(button.dataset.field, button.dataset.value, true);
  });
  return {
    pick(number) {
      const button = box.querySelectorAll("[data-field=category_code]")[number - 1];
      button?.click();
      return Boolean(button);
    },
  };
}
