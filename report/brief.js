// Reads packages from the deal map: by pointer, tap, focus and arrow keys; and
// redraws the map for another pair of parties. The page is complete without it.
"use strict";
(() => {
  const svg = document.getElementById("plane");
  const store = document.getElementById("map-data");
  const panel = document.getElementById("reading");
  if (!svg || !store || !panel) return;
  const data = JSON.parse(store.textContent);
  const NS = "http://www.w3.org/2000/svg";
  const area = { left: 46, top: 26, width: 424, height: 324 };
  let across = 0, up = 1;

  const nodes = [];
  for (const node of svg.querySelectorAll("[data-i]")) nodes[+node.dataset.i] = node;

  const along = (axis, v) => (v - axis.lo) / (axis.hi - axis.lo);
  const place = (i) => {
    const v = data.points[i].v;
    return [
      area.left + area.width * along(data.parties[across], v[across]),
      area.top + area.height * (1 - along(data.parties[up], v[up])),
    ];
  };

  const results = (p) => data.parties.map((party, k) => party.t + " " + p.u[k]).join(", ");

  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (!node.classList.contains("pt")) continue;
    node.setAttribute("role", "button");
    node.setAttribute("tabindex", "-1");
    node.setAttribute("aria-label", "Frontier package: " + results(data.points[i]));
  }

  // Arrow keys walk the labelled marks first, then the frontier from left to right.
  let order = [];
  const sort = () => {
    order = nodes.map((_, i) => i).sort((a, b) => {
      const fa = nodes[a].classList.contains("pt"), fb = nodes[b].classList.contains("pt");
      if (fa !== fb) return fa ? 1 : -1;
      return fa ? place(a)[0] - place(b)[0] || a - b : a - b;
    });
  };
  sort();

  const element = (name, text, parent) => {
    const e = document.createElement(name);
    e.dir = "auto";
    e.textContent = text;
    parent.append(e);
    return e;
  };

  let shown = -1;
  const show = (i) => {
    if (i === shown) return;
    if (shown >= 0) nodes[shown].classList.remove("on");
    shown = i;
    nodes[i].classList.add("on");
    const p = data.points[i];
    panel.replaceChildren();
    element("h3", p.n || "A package on the frontier", panel);
    element("p", results(p) + " points.", panel);
    element("p", p.a, panel);
    const list = document.createElement("dl");
    data.issues.forEach((issue, k) => {
      element("dt", issue.t, list);
      element("dd", issue.o[p.o[k]], list);
    });
    panel.append(list);
  };

  const nearest = (event) => {
    const m = svg.getScreenCTM();
    if (!m) return -1;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(m.inverse());
    let best = -1, least = 24 / m.a;
    nodes.forEach((node, i) => {
      const [x, y] = place(i);
      let d = Math.hypot(x - at.x, y - at.y);
      if (!node.classList.contains("pt")) d -= 5; // a labelled mark wins over what lies under it
      if (d < least) { least = d; best = i; }
    });
    return best;
  };

  svg.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "mouse") return;
    const i = nearest(event);
    if (i >= 0) show(i);
  });
  svg.addEventListener("click", (event) => {
    const i = nearest(event);
    if (i >= 0) show(i);
  });
  svg.addEventListener("focusin", (event) => {
    const node = event.target.closest("[data-i]");
    if (node) show(+node.dataset.i);
  });
  svg.addEventListener("keydown", (event) => {
    const node = event.target.closest("[data-i]");
    if (!node) return;
    let k = order.indexOf(+node.dataset.i);
    switch (event.key) {
      case "ArrowRight": case "ArrowDown": k++; break;
      case "ArrowLeft": case "ArrowUp": k--; break;
      case "Home": k = 0; break;
      case "End": k = order.length - 1; break;
      case "Enter": case " ": break;
      default: return;
    }
    event.preventDefault();
    k = Math.min(Math.max(k, 0), order.length - 1);
    nodes[order[k]].focus();
    show(order[k]);
  });

  const draw = (name, attributes, parent, text) => {
    const e = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    if (text !== undefined) e.textContent = text;
    parent.append(e);
  };

  // The shades are kept for a pair in one direction; the other is their mirror image.
  const redraw = () => {
    const x = data.parties[across], y = data.parties[up];
    const right = area.left + area.width, bottom = area.top + area.height;
    const px = (v) => area.left + area.width * along(x, v);
    const py = (v) => bottom - area.height * along(y, v);
    const ticks = document.getElementById("ticks");
    ticks.replaceChildren();
    for (const t of x.ticks) {
      draw("path", { d: `M${px(t.v)} ${area.top}V${bottom}` }, ticks);
      draw("text", { x: px(t.v), y: bottom + 16, "text-anchor": "middle" }, ticks, t.s);
    }
    for (const t of y.ticks) {
      draw("path", { d: `M${area.left} ${py(t.v)}H${right}` }, ticks);
      draw("text", { x: area.left - 6, y: py(t.v) + 4, "text-anchor": "end" }, ticks, t.s);
    }
    document.getElementById("x-title").textContent = x.t + " →";
    document.getElementById("y-title").textContent = "↑ " + y.t;
    const lines = document.getElementById("nodeal");
    lines.replaceChildren();
    if (x.nd !== null) {
      const end = px(x.nd) > area.left + area.width * 0.75;
      draw("path", { d: `M${px(x.nd)} ${area.top}V${bottom}` }, lines);
      draw("text", { x: px(x.nd) + (end ? -4 : 4), y: bottom - 5, "text-anchor": end ? "end" : "start" }, lines, "no deal");
    }
    if (y.nd !== null) {
      draw("path", { d: `M${area.left} ${py(y.nd)}H${right}` }, lines);
      draw("text", { x: right - 3, y: py(y.nd) - 5, "text-anchor": "end" }, lines, "no deal");
    }
    const kept = data.clouds[across + "," + up];
    const mirrored = data.clouds[up + "," + across];
    const flip = `matrix(0 ${-area.height / area.width} ${-area.width / area.height} 0 ` +
      `${area.left + bottom * area.width / area.height} ${bottom + area.left * area.height / area.width})`;
    svg.querySelectorAll(".cloud").forEach((path, k) => {
      path.setAttribute("d", (kept || mirrored || ["", "", ""])[k]);
      if (kept || !mirrored) path.removeAttribute("transform");
      else path.setAttribute("transform", flip);
    });
    nodes.forEach((node, i) => {
      const [cx, cy] = place(i);
      if (node.classList.contains("pt")) {
        node.setAttribute("cx", cx);
        node.setAttribute("cy", cy);
      } else {
        node.setAttribute("transform", `translate(${cx} ${cy})`);
      }
    });
    sort();
  };

  const choice = document.getElementById("axes-choice");
  if (choice) {
    choice.hidden = false;
    const pickX = document.getElementById("pick-x"), pickY = document.getElementById("pick-y");
    const pick = (event) => {
      const was = [across, up];
      across = +pickX.value;
      up = +pickY.value;
      if (across === up) { // choosing the other axis's party swaps the two
        if (event.target === pickX) up = was[0]; else across = was[1];
        pickX.value = across;
        pickY.value = up;
      }
      redraw();
    };
    pickX.addEventListener("change", pick);
    pickY.addEventListener("change", pick);
  }

  if (nodes.length) show(0);
})();
