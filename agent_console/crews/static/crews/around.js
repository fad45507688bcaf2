// "Autour de moi": asks the browser for the position when the button is pressed, never before.
const form = document.querySelector("[data-around]");
const DECIMALS = 3; // about 100 m

if (form && navigator.geolocation) {
  const status = document.querySelector("[data-around-status]");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    status.textContent = status.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.lat.value = coords.latitude.toFixed(DECIMALS);
        form.elements.lon.value = coords.longitude.toFixed(DECIMALS);
        form.submit();
      },
      () => (status.textContent = status.dataset.refused),
      { maximumAge: 60_000, timeout: 15_000 },
    );
  });
}
