// The list's places on a map.  The list stays the text alternative and works alone.
const { L } = window;
const box = document.querySelector("[data-map]");
const places = [...document.querySelectorAll("[data-places] [data-latitude]")];

if (L && box && places.length) {
  box.hidden = false;
  const map = L.map(box, { scrollWheelZoom: false });
  map.attributionControl.setPrefix(false);
  // Attribution is text: nothing of a setting becomes markup.
  const attribution = document.createElement("span");
  attribution.textContent = box.dataset.attribution;
  L.tileLayer(box.dataset.tiles, { maxZoom: 19, attribution: attribution.outerHTML }).addTo(map);
  // Pins bear the numbers of the list, where everything about a place is read and pressed: pins
  // that overlap would be hard to press.
  const positions = places.map((place, index) => {
    const at = [Number(place.dataset.latitude), Number(place.dataset.longitude)];
    const html = places.length > 1 ? String(index + 1) : "";
    const icon = L.divIcon({ className: "pin", iconSize: [28, 28], html });
    L.marker(at, { icon, interactive: false, keyboard: false }).addTo(map);
    return at;
  });
  map.fitBounds(positions, { maxZoom: 16, padding: [24, 24] });
}
