/**
 * Draws a chart above each table that asks for one (`data-chart`), from the table's own rows: the
 * table stays the text of the picture. Without this script the tables are there alone.
 */
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const BARS_MAX = 12; // more of them could not be read; the table has them all

function series(rows, name) {
  return rows.map((row) => Number(row.dataset[name]));
}

/** What a cell says: nothing, a number, or from where to where (an interval is drawn as such a bar). */
function cellValue({ value, low, high }) {
  if (low !== undefined) return [Number(low), Number(high)];
  return value === undefined ? null : Number(value);
}

/** Each column whose heading has `data-series`: a line or bars; `data-reference` is drawn dashed. */
function columns(table, rows, isBar) {
  const colours = ["--blue", "--sun", "--muted"].map(colour);
  return [...table.tHead.rows[0].cells].flatMap((head, index) => {
    if (head.dataset.series === undefined) return [];
    const isReference = head.dataset.reference !== undefined;
    const ink = isReference ? colour("--ink") : colours.shift();
    return [{
      label: head.dataset.series || head.textContent,
      data: rows.map((row) => cellValue(row.cells[index].dataset)),
      borderColor: ink, backgroundColor: ink, borderDash: isReference ? [6, 4] : [],
      // A reference is a dash over each bar, and a line through the weeks.
      order: isReference ? -1 : 0, pointStyle: isReference ? "line" : "circle", pointRadius: isReference ? (isBar ? 30 : 0) : 2, type: isReference || !isBar ? "line" : "bar",
    }];
  });
}

/** A line across the picture where the first row with `data-mark` stands. */
function mark(rows) {
  const index = rows.findIndex((row) => row.dataset.mark !== undefined);
  return { id: "mark", afterDatasetsDraw(chart) {
    if (index < 0) return;
    const { ctx, chartArea, scales } = chart;
    const x = scales.x.getPixelForValue(index);
    ctx.save();
    ctx.strokeStyle = colour("--ink");
    ctx.beginPath();
    ctx.moveTo(x, chartArea.top);
    ctx.lineTo(x, chartArea.bottom);
    ctx.stroke();
    ctx.restore();
  } };
}

function datasets(table, kind, rows) {
  if (kind === "series" || kind === "groups") return columns(table, rows, kind === "groups");
  if (kind === "share") {
    return [{ label: "Part du numérique (%)", data: series(rows, "share"), borderColor: colour("--blue"), backgroundColor: colour("--blue") }];
  }
  return [
    { label: "Période", data: series(rows, "count"), borderColor: colour("--blue"), backgroundColor: colour("--blue") },
    { label: "Période précédente", data: series(rows, "before"), borderColor: colour("--sun"), backgroundColor: colour("--sun"), borderDash: [6, 4] },
  ];
}

function draw(table) {
  const kind = table.dataset.chart;
  const isBar = kind === "bar"; // lying; "groups" stand beside each other
  const rows = [...table.tBodies[0].rows].slice(0, isBar ? BARS_MAX : undefined);
  const frame = document.createElement("div");
  frame.className = "chart";
  frame.setAttribute("aria-hidden", "true"); // the table that follows says the same
  const canvas = frame.appendChild(document.createElement("canvas"));
  table.closest("section").querySelector("h2").after(frame);
  const ticks = { color: colour("--muted") };
  const grid = { color: colour("--line") };
  const values = { beginAtZero: kind !== "series", ticks, grid, ...(kind === "share" ? { max: 100 } : {}), ...(["bar", "line"].includes(kind) ? { ticks: { ...ticks, precision: 0 } } : {}) };
  new window.Chart(canvas, {
    type: isBar || kind === "groups" ? "bar" : "line",
    data: { labels: rows.map((row) => row.cells[0].textContent), datasets: datasets(table, kind, rows) },
    plugins: [mark(rows)],
    options: {
      animation: still ? false : { duration: 200 },
      indexAxis: isBar ? "y" : "x",
      maintainAspectRatio: false,
      locale: "fr-FR",
      scales: isBar ? { x: values, y: { ticks, grid } } : { x: { ticks, grid }, y: values },
      plugins: { legend: { labels: { color: colour("--ink") } } },
    },
  });
}

for (const table of document.querySelectorAll("table[data-chart]")) draw(table);
