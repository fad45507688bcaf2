/**
 * The near reports on a map, numbered as in their list, which says the same in words and stands
 * alone where there is no tile server.
 */
export function mapNear(box, list) {
  const { L } = window;
  if (!L || !box || !list) return;
  let map;
  let pins;

  function show() {
    const rows = [...list.querySelectorAll("ol > li")];
    const near = rows.flatMap((row, index) =>
      row.dataset.latitude
        ? [{ at: [Number(row.dataset.latitude), Number(row.dataset.longitude)], html: String(index + 1) }]
        : [],
    );
    box.hidden = near.length === 0;
    if (box.hidden) return;
    if (!map) {
      map = L.map(box, { scrollWheelZoom: false, keyboard: false });
      map.attributionControl.setPrefix(false);
      // Attribution is text: nothing of a setting becomes markup.
      const attribution = document.createElement("span");
      attribution.textContent = box.dataset.attribution;
      L.tileLayer(box.dataset.tiles, { maxZoom: 19, attribution: attribution.outerHTML }).addTo(map);
      pins = L.layerGroup().addTo(map);
    }
    pins.clearLayers();
    for (const { at, html } of near) {
      const icon = L.divIcon({ className: "pin", iconSize: [28, 28], html });
      L.marker(at, { icon, interactive: false, keyboard: false }).addTo(pins);
    }
    map.invalidateSize();
    map.fitBounds(near.map((one) => one.at), { maxZoom: 17, padding: [24, 24] });
  }

  document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target === list) show();
  });
  show();
}
