/** A list that somebody is choosing from is not taken away under their hands. */
export function keepChoices() {
  const chosenIn = (part) => part.contains(document.activeElement) && document.activeElement.matches("select");
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches("[data-talk]") && chosenIn(event.target)) event.preventDefault();
  });
  document.addEventListener("focusout", (event) => {
    const part = event.target.matches("select") && event.target.closest("[data-talk]");
    if (part && !part.contains(event.relatedTarget)) window.htmx.trigger(part, "mdmp:refresh");
  });
}
