// Sorts the table by its columns. The page is complete without it.
"use strict";
(() => {
  const table = document.getElementById("scenarios");
  const said = document.getElementById("sorted");
  if (!table || !said) return;
  document.getElementById("sorting").hidden = false;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const key = (row, k) => {
    const cell = row.cells[k];
    const text = cell.dataset.key || cell.textContent;
    const n = parseFloat(text);
    return text === "" ? null : Number.isNaN(n) || !cell.classList.contains("n") ? text : n;
  };
  // Empty cells come last, either way; equal ones stay in the order of the file.
  const compare = (a, b, way) => {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a === "number" && typeof b === "number") return way * (a - b);
    return way * String(a).localeCompare(String(b), "en", { numeric: true });
  };
  heads.forEach((head, k) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const way = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
      for (const h of heads) h.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      const keys = new Map(rows.map((row) => [row, key(row, k)]));
      body.replaceChildren(...rows.slice().sort((a, b) => compare(keys.get(a), keys.get(b), way)));
      said.textContent = "Sorted by " + button.textContent + ", " + (way > 0 ? "ascending" : "descending") + ".";
    });
  });
})();
