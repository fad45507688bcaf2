// Signing out takes the day's pages and drafts off this phone; what waits to be sent is asked about.
import { draftsCount, forget } from "./drafts.js";

for (const form of document.querySelectorAll("form[data-sign-out]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if ((await draftsCount()) && !window.confirm(form.dataset.unsent)) return;
    await forget();
    form.submit();
  });
}
