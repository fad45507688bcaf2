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
  const positions = places.map((place) => {
    const at = [Number(place.dataset.latitude), Number(place.dataset.longitude)];
    const icon = L.divIcon({ className: "pin", iconSize: [24, 24] });
    const label = document.createElement("strong");
    label.textContent = place.dataset.name;
    L.marker(at, { icon, title: place.dataset.name, alt: place.dataset.name })
      .bindPopup(label)
      .addTo(map);
    return at;
  });
  map.fitBounds(positions, { maxZoom: 16, padding: [24, 24] });
}
