/**
 * Proposes colleagues while "@…" is written in a note: arrows choose, Enter or Tab accepts, Escape
 * closes. The names stand in the page; without this script "@" and the account's name do the same.
 */
const SHOWN_MAX = 8;
const TOKEN = /(?:^|[^\w.@+-])@([\w.+-]*)$/u;

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const field = (element) => element?.closest?.("[data-mentions]");
const listOf = (area) => document.getElementById(area.dataset.mentions);
const shownIn = (list) => [...list.children].filter((option) => !option.hidden);

function typed(area) {
  return TOKEN.exec(area.value.slice(0, area.selectionStart))?.[1];
}

function activate(area, option) {
  for (const one of listOf(area).children) one.setAttribute("aria-selected", String(one === option));
  if (option) area.setAttribute("aria-activedescendant", option.id);
  else area.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
}

function say(area, text) {
  document.getElementById(area.dataset.mentionsNews).textContent = text;
}

function close(area) {
  listOf(area).hidden = true;
  activate(area, null);
  say(area, "");
}

function propose(area) {
  const begun = typed(area);
  if (begun === undefined) return close(area);
  const list = listOf(area);
  let count = 0;
  for (const option of list.children) {
    const words = plain(`${option.dataset.name} ${option.textContent}`).split(/[\s()@]+/u);
    const fits = count < SHOWN_MAX && words.some((word) => word.startsWith(plain(begun)));
    option.hidden = !fits;
    if (fits) count += 1;
  }
  list.hidden = count === 0;
  activate(area, shownIn(list)[0] ?? null);
  say(area, count === 0 ? "Aucun collègue proposé" : `${count} proposés, Entrée pour choisir`);
}

function accept(area, option) {
  const start = area.selectionStart - typed(area).length;
  area.setRangeText(`${option.dataset.name} `, start, area.selectionStart, "end");
  close(area);
  area.focus();
}

document.addEventListener("input", ({ target }) => field(target) && propose(target));

document.addEventListener("keydown", (event) => {
  const area = field(event.target);
  if (!area || listOf(area).hidden) return;
  const shown = shownIn(listOf(area));
  const at = shown.findIndex((option) => option.id === area.getAttribute("aria-activedescendant"));
  if (event.key === "ArrowDown") activate(area, shown[(at + 1) % shown.length]);
  else if (event.key === "ArrowUp") activate(area, shown[(at - 1 + shown.length) % shown.length]);
  else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) accept(area, shown[at]);
  else if (event.key === "Escape") close(area);
  else return;
  event.preventDefault();
});

document.addEventListener("pointerdown", (event) => {
  const option = event.target.closest?.("[data-mentions-list] [role=option]");
  if (!option) return;
  event.preventDefault(); // the note keeps the focus and its caret
  accept(document.querySelector(`[data-mentions="${option.parentElement.id}"]`), option);
});

document.addEventListener("focusout", ({ target }) => field(target) && close(target));
