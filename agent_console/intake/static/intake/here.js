/**
 * Says every 45 s that a page of an agent who is there is open: what they have is offered to a
 * colleague once no page says so any more.
 */
const EVERY_MS = 45000;

function sayHere() {
  const form = document.querySelector("[data-availability]");
  if (!form || form.dataset.availability === "" || form.dataset.availability === "away") return;
  const body = new URLSearchParams({
    csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value,
  });
  fetch(form.dataset.here, { method: "POST", body }).catch(() => {}); // the next one may arrive
}

sayHere();
setInterval(sayHere, EVERY_MS);
document.addEventListener("visibilitychange", sayHere);
