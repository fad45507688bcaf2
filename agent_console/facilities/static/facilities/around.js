// "Autour de moi": asks the browser for the position when the button is pressed, never before.
const form = document.querySelector("[data-around]");
const filters = document.querySelector("[data-filters]");
const DECIMALS = 3; // about 100 m: enough to find a container, not a front door

if (form && navigator.geolocation) {
  const status = form.querySelector("[data-around-status]");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    status.textContent = status.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(DECIMALS);
        form.elements.lon.value = coords.longitude.toFixed(DECIMALS);
        for (const name of ["kind", "waste"]) {
          form.elements[name].value = filters.elements[name].value;
        }
        form.elements.open.value = filters.elements.open.checked ? "on" : "";
        form.submit();
      },
      () => {
        status.textContent = status.dataset.refused;
        filters.elements.commune.focus();
      },
      { maximumAge: 60_000, timeout: 15_000 },
    );
  });
}
