// The zoo: seven figures in space, each beside the features that a small model chose when it was trained on as many.
// A figure is a list of corners [x, y, z]; corner i is column i of W.

// ---- maths: pure functions, compared with Python by the tests ----

const dot = (v, w) => v[0] * w[0] + v[1] * w[1] + v[2] * w[2];
const scaled = (v, size) => v.map(value => value * size);
const around = (k, radius, height) => Array.from({ length: k }, (_, i) => {
  const angle = 2 * Math.PI * i / k;
  return [radius * Math.cos(angle), radius * Math.sin(angle), typeof height === "number" ? height : height(i)];
});
const POLES = [[0, 0, 1], [0, 0, -1]];
const CUBE = [1, -1].flatMap(x => [1, -1].flatMap(y => [1, -1].map(z => scaled([x, y, z], 1 / Math.sqrt(3)))));
const GOLDEN = (1 + Math.sqrt(5)) / 2;
const turnedAxes = ([x, y, z]) => [[x, y, z], [z, x, y], [y, z, x]];
const SIGNS = [[1, 1], [1, -1], [-1, 1], [-1, -1]];

/** The figures by name, all corners of length 1. */
export const ZOO = {
  "tetrahedron": CUBE.filter(corner => corner[0] * corner[1] * corner[2] > 0),
  "triangular bipyramid": [...around(3, 1, 0), ...POLES],
  "octahedron": [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], ...POLES],
  "pentagonal bipyramid": [...around(5, 1, 0), ...POLES],
  "square antiprism": around(8, Math.sqrt(2 / 3), i => (i % 2 ? -1 : 1) / Math.sqrt(3)),
  "cube": CUBE,
  "icosahedron": [0, 1, 2].flatMap(turn =>
    SIGNS.map(([s, t]) => turnedAxes(scaled([0, s, t * GOLDEN], 1 / Math.hypot(1, GOLDEN)))[turn])),
};

/** Columns of trained W, turned to lie as near to the figure as they can: the shipped arrays space.n.W. */
export const TRAINED = {
  "tetrahedron": [
    [0.707, 0.5, 0.5], [0.707, -0.5, -0.5], [0, 0.709, -0.709], [0, -0.709, 0.709]
  ],
  "triangular bipyramid": [
    [0.87, -0.502, 0], [-0.868, 0.501, 0], [-0.5, -0.866, 0], [0, 0, 1.003], [0, 0, -1.003]
  ],
  "octahedron": [
    [1.003, 0, 0], [-1.003, 0, 0], [0, 1.002, 0], [0, -1.004, 0], [0, 0, 1.003], [0, 0, -1.003]
  ],
  "pentagonal bipyramid": [
    [1.027, -0.161, -0.368], [0.416, 1.011, 0.068], [-0.931, 0.573, 0.067], [-0.737, -0.733, -0.369],
    [0.31, -0.956, 0.461], [-0.061, 0.188, 1.085], [-0.099, 0.301, -1.047]
  ],
  "square antiprism": [
    [0.953, 0.001, 0.598], [0.673, 0.676, -0.597], [-0.001, 0.954, 0.596], [-0.674, 0.672, -0.597],
    [-0.954, 0, 0.596], [-0.675, -0.672, -0.596], [-0.002, -0.954, 0.596], [0.671, -0.674, -0.597]
  ],
  "cube": [
    [0.366, 0.88, 0.598], [0.882, 0.363, -0.597], [0.881, -0.366, 0.596], [0.363, -0.88, -0.597],
    [-0.882, 0.363, 0.596], [-0.366, 0.878, -0.597], [-0.365, -0.881, 0.596], [-0.879, -0.366, -0.596]
  ],
  "icosahedron": [
    [-0.001, 0.589, 0.96], [-0.001, 0.596, -0.96], [0.004, -0.591, 0.959], [0.003, -0.596, -0.955],
    [0.954, -0.001, 0.594], [-0.956, 0, 0.592], [0.96, -0.003, -0.589], [-0.96, 0.002, -0.591],
    [0.593, 0.956, 0.002], [0.591, -0.957, 0.004], [-0.592, 0.956, 0.007], [-0.591, -0.959, 0.004]
  ],
};

/** All overlaps w_i . w_j. */
export const gram = W => W.map(v => W.map(w => dot(v, w)));

/** D_i = |w_i|^4 / sum_j (w_i . w_j)^2, and 0 for a dead feature. */
export const dimensionality = W => gram(W).map((row, i) => {
  const crowd = row.reduce((sum, overlap) => sum + overlap ** 2, 0);
  return crowd > 1e-24 ? row[i] ** 2 / crowd : 0;
});

/** Cosines of all pairs, smallest first. */
export function cosines(W) {
  const unit = W.map(w => scaled(w, 1 / Math.hypot(...w)));
  return unit.flatMap((v, i) => unit.slice(0, i).map(w => dot(v, w))).sort((a, b) => a - b);
}

/** How far two figures are apart: the largest difference between their cosines, sorted. */
export function misfit(V, W) {
  const theirs = cosines(W);
  return Math.max(...cosines(V).map((value, i) => Math.abs(value - theirs[i])));
}

/**
 * Turn a corner about the upright axis, then tilt it towards the reader, both in degrees: x to the right, y up, z
 * towards the reader. Corners come with their third coordinate upright.
 */
export function view([x, y, z], turn, tilt) {
  const [a, b] = [turn, tilt].map(degrees => degrees * Math.PI / 180);
  const right = x * Math.cos(a) - y * Math.sin(a), back = x * Math.sin(a) + y * Math.cos(a);
  return [right, z * Math.cos(b) + back * Math.sin(b), z * Math.sin(b) - back * Math.cos(b)];
}

/** Pairs of neighbours: those whose cosine is within .25 of the largest at either end. */
export function edges(W) {
  const unit = W.map(w => scaled(w, 1 / Math.hypot(...w))), table = gram(unit);
  const nearest = table.map((row, i) => Math.max(...row.filter((_, j) => j !== i)));
  return table.flatMap((row, i) => row.flatMap((cosine, j) =>
    i < j && cosine > Math.min(nearest[i], nearest[j]) - 0.25 ? [[i, j]] : []));
}

const NAMES = Object.keys(ZOO), SAME = 0.15;
const total = values => values.reduce((sum, value) => sum + value, 0);
const range = values => {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(value => value.toFixed(3));
  return low === high ? low : `${low} to ${high}`;
};
const shares = W => `D = ${range(dimensionality(W))}, sum ${total(dimensionality(W)).toFixed(2)} of 3`;

/** State what stands side by side. */
export function sentence(name) {
  const n = ZOO[name].length, gap = misfit(ZOO[name], TRAINED[name]);
  const verdict = gap < SAME ? "the same figure" : "another figure";
  const article = /^[aeiou]/.test(name) ? "An" : "A";
  return `${article} ${name} has ${n} corners: ${shares(ZOO[name])}. A model trained on ${n} features found `
    + `${verdict}, with cosines up to ${gap.toFixed(2)} away: ${shares(TRAINED[name])}.`;
}

// ---- drawing: two figures under one hand, each over its table of overlaps ----

const UNIT = 104, SIDE = 200; // svg units of a corner of length 1, and of a table
const STYLE = `
.zoo + figcaption { min-height: calc(4.35em + 14px); padding-top: 0 !important; }
.zoo .stage { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 6px 28px; }
.zoo .name { margin: 0; font: 600 var(--small)/1.35 var(--sans); color: var(--ink); text-align: center; }
.zoo svg { display: block; width: 100%; height: auto; overflow: visible; }
.zoo .solid { cursor: grab; touch-action: none; max-width: 300px; margin: auto; outline-offset: -4px; }
.zoo .solid:active { cursor: grabbing; }
.zoo .table { max-width: 190px; margin: auto; }
.zoo .ball { fill: none; stroke: var(--rule); }
.zoo .edge { stroke: var(--faint); stroke-width: 1.4; }
.zoo .spoke { stroke: var(--importance-5); stroke-width: 2.6; stroke-linecap: round; }
.zoo .corner { fill: var(--importance-5); stroke: var(--paper); }
.zoo .middle { fill: var(--ink); }
.zoo .outline { fill: none; stroke: var(--rule); }
.zoo .note { margin: 2px 0 0; color: var(--muted); text-align: center; }
.zoo .controls button { min-height: 36px; padding: 0 13px; }
.zoo .controls { gap: 8px; }
.zoo .controls button[aria-pressed="true"] { border-color: var(--ink); background: var(--ink); color: var(--paper); }
.zoo .controls .turns { display: flex; flex-wrap: wrap; gap: 4px 28px; width: 100%; }
@media (max-width: 640px) {
  .zoo + figcaption { min-height: calc(8.7em + 14px); }
  .zoo .stage { gap: 6px 10px; }
  .zoo .controls .turns label { flex-basis: 100%; }
}`;

function svg(parent, name, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  set(node, attributes);
  parent.append(node);
  return node;
}
function set(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
}

/** Spokes and edges, what is far behind what is near. */
function drawSolid(node, W, turn, tilt) {
  node.replaceChildren();
  const seen = W.map(corner => view(corner, turn, tilt)), at = ([x, y]) => [UNIT * x, -UNIT * y];
  const strength = depth => 0.45 + 0.55 * Math.min(1, Math.max(0, (depth + 1) / 2));
  svg(node, "circle", { r: UNIT, class: "ball" });
  for (const [i, j] of edges(W)) {
    const [[x1, y1], [x2, y2]] = [at(seen[i]), at(seen[j])];
    const opacity = strength((seen[i][2] + seen[j][2]) / 2);
    svg(node, "line", { x1, y1, x2, y2, class: "edge", opacity });
  }
  const order = seen.map((_, i) => i).sort((i, j) => seen[i][2] - seen[j][2]);
  let placed = false;
  for (const i of order) {
    if (seen[i][2] >= 0 && !placed) placed = Boolean(svg(node, "circle", { r: 3.5, class: "middle" }));
    const [x2, y2] = at(seen[i]), opacity = strength(seen[i][2]);
    svg(node, "line", { x1: 0, y1: 0, x2, y2, class: "spoke", opacity });
    svg(node, "circle", { cx: x2, cy: y2, r: 6.5 + 1.5 * seen[i][2], class: "corner", opacity, "data-corner": i });
  }
}

/** The Gram matrix on the signed map: warm where features agree, cool where they are opposed, paper at 0. */
function drawTable(node, W) {
  node.replaceChildren();
  const cell = SIDE / W.length;
  gram(W).forEach((row, i) => row.forEach((overlap, j) => {
    const strength = Math.round(100 * Math.min(1, Math.abs(overlap)));
    const fill = `color-mix(in oklab, var(--${overlap > 0 ? "plus" : "minus"}) ${strength}%, var(--paper))`;
    svg(node, "rect", { x: j * cell, y: i * cell, width: cell, height: cell, style: `fill:${fill}` });
  }));
  svg(node, "rect", { width: SIDE, height: SIDE, class: "outline" });
}

// ---- the figure ----

const button = name => `<button type="button" name="${name}">${name}</button>`;
const slider = (name, low, high) => `<label><span>${name}</span><input type="range" name="${name}"
min="${low}" max="${high}" step="5"><output></output></label>`;
const panel = side => `<div class="${side}"><p class="name"></p>
<svg class="solid" viewBox="-130 -130 260 260" role="img"></svg>
<svg class="table" viewBox="-1 -1 ${SIDE + 2} ${SIDE + 2}" role="img"></svg><p class="note"></p></div>`;

/** The figure around the element: the page's own, or a new one in a notebook. */
function frame(el) {
  const figure = el.closest("figure") ?? el.appendChild(document.createElement("figure"));
  const root = figure.contains(el) ? el : figure.appendChild(document.createElement("div"));
  figure.classList.add("live-figure");
  root.classList.add("live-root", "zoo");
  const caption = figure.querySelector("figcaption") ?? figure.appendChild(document.createElement("figcaption"));
  caption.id ||= `zoo-${document.querySelectorAll("figcaption[id^=zoo-]").length + 1}`;
  caption.setAttribute("aria-live", "polite");
  return { root, caption };
}

class Figure {
  constructor(model, el) {
    const { root, caption } = frame(el);
    Object.assign(this, { model, root, caption, held: null });
    root.innerHTML = `<style>${STYLE}</style><div class="stage">${panel("ideal")}${panel("trained")}</div>
<div class="controls">${NAMES.map(button).join("")}
<div class="turns">${slider("turn", -180, 180)}${slider("tilt", -90, 90)}</div></div>`;
    this.solids = [...root.querySelectorAll(".solid")];
    this.solids[0].tabIndex = 0;
    this.solids[0].setAttribute("aria-describedby", caption.id);
    // JupyterLab takes arrow keys and Enter for its cells unless the focused element itself says no
    for (const node of root.querySelectorAll("button, input, [tabindex]")) node.dataset.lmSuppressShortcuts = "true";
    this.listen();
    this.draw();
  }

  get name() { return NAMES[this.model.get("shape")]; }

  draw() {
    const turn = this.model.get("turn"), tilt = this.model.get("tilt"), sides = { ideal: ZOO, trained: TRAINED };
    for (const [side, shapes] of Object.entries(sides)) {
      const part = selector => this.root.querySelector(`.${side} ${selector}`), W = shapes[this.name];
      drawSolid(part(".solid"), W, turn, tilt);
      drawTable(part(".table"), W);
      part(".name").textContent = side === "ideal" ? this.name : `trained on ${W.length} features`;
      part(".note").textContent = shares(W);
      part(".table").setAttribute("aria-label", `Overlaps of the ${W.length} directions`);
    }
    this.solids[0].setAttribute("aria-label", `The ${this.name}. Arrow keys turn both figures.`);
    this.solids[1].setAttribute("aria-label", "The trained directions, seen from the same side.");
    this.showControls(turn, tilt);
    if (this.caption.textContent !== sentence(this.name)) this.caption.textContent = sentence(this.name);
  }
  showControls(turn, tilt) {
    for (const node of this.root.querySelectorAll("button")) node.setAttribute("aria-pressed", node.name === this.name);
    for (const node of this.root.querySelectorAll("[type=range]")) {
      const value = Math.round(node.name === "turn" ? turn : tilt);
      node.value = value;
      node.nextSibling.textContent = `${value}°`;
      node.setAttribute("aria-valuetext", `${value} degrees`);
      node.style.setProperty("--filled", `${100 * (value - node.min) / (node.max - node.min)}%`);
    }
  }

  change(state) {
    for (const [name, value] of Object.entries(state)) this.model.set(name, value);
    this.model.save_changes();
  }
  /** Turn by so many degrees; round the upright axis there is no end, up and down there is. */
  rotate(turn, tilt) {
    const whole = ((this.model.get("turn") + turn + 180) % 360 + 360) % 360 - 180;
    this.change({ turn: whole, tilt: Math.max(-90, Math.min(90, this.model.get("tilt") + tilt)) });
  }

  listen() {
    for (const node of this.root.querySelectorAll("button"))
      node.addEventListener("click", () => this.change({ shape: NAMES.indexOf(node.name) }));
    for (const node of this.root.querySelectorAll("[type=range]"))
      node.addEventListener("input", () => this.change({ [node.name]: Number(node.value) }));
    this.solids[0].addEventListener("keydown", event => {
      const turn = { ArrowLeft: -5, ArrowRight: 5 }[event.key] ?? 0;
      const tilt = { ArrowUp: -5, ArrowDown: 5 }[event.key] ?? 0;
      if (!turn && !tilt) return;
      event.preventDefault();
      this.rotate(turn, tilt);
    });
    for (const solid of this.solids) this.listenToPointer(solid);
  }
  listenToPointer(solid) {
    solid.addEventListener("pointerdown", event => {
      this.held = [event.clientX, event.clientY];
      solid.setPointerCapture(event.pointerId);
    });
    solid.addEventListener("pointermove", event => {
      if (!this.held) return;
      const [x, y] = this.held;
      this.held = [event.clientX, event.clientY];
      this.rotate((event.clientX - x) / 1.5, (event.clientY - y) / 1.5);
    });
    for (const end of ["pointerup", "pointercancel"]) solid.addEventListener(end, () => { this.held = null; });
  }
}

function render({ model, el }) {
  const figure = new Figure(model, el), draw = () => figure.draw(), names = ["shape", "turn", "tilt"];
  for (const name of names) model.on(`change:${name}`, draw);
  return () => names.forEach(name => model.off(`change:${name}`, draw));
}

export default { render };
