/** Ninety-two check boxes get a filter and a count. Without this script they are a plain list. */
const folded = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();

function enhance(fieldset) {
  const choices = fieldset.querySelector(".choices");
  const labels = [...choices.querySelectorAll("label")];
  const filter = document.createElement("input");
  filter.type = "search";
  filter.setAttribute("aria-label", "Filtrer les communes");
  filter.placeholder = "Filtrer…";
  // Enter filters; it must not send the form.
  filter.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  filter.addEventListener("input", () => {
    const wanted = folded(filter.value.trim());
    for (const label of labels) {
      const isChosen = label.querySelector("input").checked;
      label.hidden = !isChosen && !folded(label.textContent).includes(wanted);
    }
  });
  const chosen = document.createElement("p");
  chosen.className = "help chosen";
  chosen.setAttribute("role", "status");
  const count = () => {
    const number = choices.querySelectorAll("input:checked").length;
    chosen.textContent = number === 0 ? "Toute la Métropole" : number === 1 ? "1 commune choisie" : `${number} communes choisies`;
  };
  choices.addEventListener("change", count);
  choices.before(filter);
  choices.after(chosen);
  count();
}

for (const fieldset of document.querySelectorAll("fieldset.field")) enhance(fieldset);
