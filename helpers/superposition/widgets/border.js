// The map of two features in one number: which of three ways is cheapest, and what a network does that is free to choose.
// x is how rare the features are, y how important the second one is; both axes are logarithmic.

const P = [0.01, 1], R = [0.1, 10]; // the map's ends
const STEPS = 200, RATE = 0.05, LONG = 0.3; // the descent, and the length above which a feature counts as kept
const STARTS = [[1, 0], [0, 1], [1, -1], [0.8, -0.5], [0.5, -0.8], [0.7, 0.7]]; // the candidates first
const CELLS = 24; // places to a side when the whole map is trained
const KEY_STEP = 0.02, KEY_LEAP = 0.1; // decades

// ---- maths: pure functions, compared with Python by the tests ----

/** Losses of: keep the first, keep the second, both head to head. */
export function candidateLosses(p, r) {
  const variance = p / 3 - p * p / 4;
  return [r * variance, variance, (1 + r) * p * p / 6];
}

/** The feature probability below which the pair is the cheapest of the three. */
export function boundary(r) {
  const smaller = Math.min(r, 1 / r);
  return 2 * smaller / (1 + 2.5 * smaller);
}

/** Index of the smallest; the first of equals. */
export const least = values => values.indexOf(Math.min(...values));

/** Indices of the candidates that nothing undercuts: more than one where they cost the same. */
export function cheapest(losses) {
  const smallest = Math.min(...losses);
  return losses.flatMap((loss, i) => loss <= smallest * (1 + 1e-9) ? [i] : []);
}

/** The first of some cuts that comes after a place on (0, 1), else 1. */
function nextCut(cuts, from) {
  let to = 1;
  for (let i = 0; i < cuts.length; i++) if (cuts[i] > from && cuts[i] < to) to = cuts[i];
  return to;
}

/** Squared errors at one input, weighted; their gradient is added to `slope`. */
function errors([w1, w2, b1, b2], r, x1, x2, weight, slope) {
  const h = w1 * x1 + w2 * x2, z1 = w1 * h + b1, z2 = w2 * h + b2;
  const e1 = Math.max(0, z1) - x1, e2 = Math.max(0, z2) - x2;
  const g1 = z1 > 0 ? 2 * weight * e1 : 0, g2 = z2 > 0 ? 2 * weight * r * e2 : 0, gh = g1 * w1 + g2 * w2;
  slope[0] += g1 * h + gh * x1;
  slope[1] += g2 * h + gh * x2;
  slope[2] += g1;
  slope[3] += g2;
  return weight * (e1 * e1 + r * e2 * e2);
}

const GAUSS = [0.5 - Math.sqrt(1 / 12), 0.5 + Math.sqrt(1 / 12)]; // two nodes integrate a cubic without error

/** Integrate over (0, 1) what is a cubic between the cuts. */
function integrate(cuts, value) {
  let sum = 0;
  for (let from = 0; from < 1;) {
    const to = nextCut(cuts, from), share = (to - from) / 2;
    for (const node of GAUSS) sum += value(from + node * (to - from), share);
    from = to;
  }
  return sum;
}

/**
 * Expected loss of w = [w1, w2, b1, b2], and its gradient written into `slope`. The ReLUs bend where h = -b / w; cut
 * there, the integrals over the four patterns of activity are exact. (Over x2 they are of squares, between ends that are
 * linear in x1: cubics.)
 */
export function expectedLoss(w, p, r, slope = [0, 0, 0, 0]) {
  const [w1, w2, b1, b2] = w, [bend1, bend2] = [-b1 / w1, -b2 / w2], one = p * (1 - p), both = p * p;
  slope.fill(0);
  return errors(w, r, 0, 0, (1 - p) ** 2, slope)
    + integrate([bend1 / w1, bend2 / w1], (x, share) => errors(w, r, x, 0, one * share, slope))
    + integrate([bend1 / w2, bend2 / w2], (x, share) => errors(w, r, 0, x, one * share, slope))
    + integrate([bend1 / w1, bend2 / w1, (bend1 - w2) / w1, (bend2 - w2) / w1], (x1, across) => integrate(
      [(bend1 - w1 * x1) / w2, (bend2 - w1 * x1) / w2], (x2, up) => errors(w, r, x1, x2, both * across * up, slope)));
}

/** Arrows as given, and for a dropped feature the bias that guesses its mean. */
export const start = (p, [first, second]) => [first, second, first ? 0 : p / 2, second ? 0 : p / 2];

/** Follow the slope with Adam from one start; return the best point passed and its loss. */
export function descend(p, r, arrows) {
  // typed: a list that may begin with whole numbers costs the loop half as much time again
  const w = Float64Array.from(start(p, arrows)), slope = [0, 0, 0, 0];
  const mean = [0, 0, 0, 0], square = [0, 0, 0, 0];
  let best = { loss: Infinity, w };
  for (let step = 0; step <= STEPS; step++) {
    const loss = expectedLoss(w, p, r, slope);
    if (loss < best.loss) best = { loss, w: [...w] };
    const rate = RATE * (1 + Math.cos(Math.PI * step / STEPS)) / 2, t = step + 1;
    for (let i = 0; i < 4; i++) {
      mean[i] += 0.1 * (slope[i] - mean[i]);
      square[i] += 0.001 * (slope[i] * slope[i] - square[i]);
      w[i] -= rate / (1 - 0.9 ** t) * mean[i] / (Math.sqrt(square[i] / (1 - 0.999 ** t)) + 1e-8);
    }
  }
  return best;
}

/** The best network of all starts. */
export function freeOptimum(p, r) {
  const ends = STARTS.map(arrows => descend(p, r, arrows));
  return ends[least(ends.map(end => end.loss))];
}

/** 0 keeps the first, 1 the second, 2 both head to head, -1 none of these. */
export function phaseOf([w1, w2]) {
  const first = Math.abs(w1) > LONG, second = Math.abs(w2) > LONG;
  if (first && second) return w1 * w2 < 0 ? 2 : -1;
  return first ? 0 : second ? 1 : -1;
}

/** A place on the map from shares of its width (rarer to the right) and height (more important upwards), and back. */
export const at = (across, up) => ({
  p: P[1] * (P[0] / P[1]) ** across,
  r: R[0] * (R[1] / R[0]) ** up,
});
export const shares = (p, r) => [Math.log(p / P[1]) / Math.log(P[0] / P[1]), Math.log(r / R[0]) / Math.log(R[1] / R[0])];

const between = (value, [low, high]) => Math.max(low, Math.min(high, value));
/** Three digits are enough for a place, and can be said. */
const rounded = (value, ends) => between(Number(value.toPrecision(3)), ends);

// ---- what is seen, in words ----

const WAYS = ["keep the first", "keep the second", "both, head to head"];
const DOES = ["keeps the first alone", "keeps the second alone", "shares"];
const digits = value => value.toPrecision(3);
const signed = value => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2).replace("-", "\u2212");
const pair = (one, two) => `(${signed(one)}, ${signed(two)})`;

/** State the cheapest way and what the free network does. */
export function sentence(p, r, free) {
  const losses = candidateLosses(p, r), best = cheapest(losses), stiff = losses[best[0]], phase = phaseOf(free.w);
  const ways = best.map(i => WAYS[i]).join(" or "), each = best.length > 1 ? " each" : "";
  const others = losses.filter((_, i) => !best.includes(i)).map(digits).join(" and ");
  const does = phase < 0 ? "ends in between" : DOES[phase];
  const link = best.includes(phase) ? "The trained network agrees" : `But the trained network ${does}`;
  const saved = 100 * (1 - free.loss / stiff), tenths = saved < 0.1 ? "under 0.1" : saved.toFixed(1);
  const less = saved < 1e-6 ? "nothing saved" : `${tenths} % less`;
  return `p = ${p}, r = ${r}. Cheapest of the three: ${ways}, loss ${digits(stiff)}${each} against ${others}. `
    + `${link}: W = ${pair(free.w[0], free.w[1])}, loss ${digits(free.loss)}, ${less}.`;
}

/** State how the trained places compare with the map. */
export function tally(cells) {
  const other = cells.filter(cell => cell.phase !== cell.winner), shared = other.filter(cell => cell.phase === 2);
  const many = shared.length === other.length ? "all" : `${shared.length} of these`;
  return `Trained at ${cells.length} places: ${other.length} contradict the map, ${many} by sharing.`;
}

// ---- drawing ----

const BOX = { left: 46, top: 12, width: 374, height: 300 };
const STYLE = `
.phase-border { container-type: inline-size; }
.phase-border + figcaption { box-sizing: border-box; min-height: calc(4.35em + 14px); padding-top: 0 !important; }
.phase-border .stage { display: grid; grid-template-columns: 1.75fr 1fr; gap: 14px 22px; align-items: center; }
.phase-border svg { display: block; width: 100%; height: auto; overflow: visible; }
.phase-border svg text { font-size: 12.5px; fill: var(--muted); stroke: none; }
.phase-border svg .middle { text-anchor: middle; } .phase-border svg .end { text-anchor: end; }
.phase-border .map { cursor: crosshair; }
.phase-border .way-0 { fill: var(--category-3); } .phase-border .way-1 { fill: var(--category-5); } .phase-border .way-2 { fill: var(--category-1); }
.phase-border .region { opacity: 0.3; }
.phase-border svg .name { fill: var(--ink); font-weight: 600; pointer-events: none; }
.phase-border .map .name {
  paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-opacity: 0.8; stroke-linejoin: round;
}
.phase-border .frontier { fill: none; stroke: var(--ink); stroke-width: 2.4; }
.phase-border .cells circle { pointer-events: none; } .phase-border .cells .other { stroke: var(--ink); stroke-width: 1.4; }
.phase-border .cross path { fill: none; stroke: var(--accent); stroke-width: 2.4; stroke-linecap: round; }
.phase-border .cross .halo { stroke: var(--paper); stroke-width: 6; }
.phase-border .cross .ring { fill: var(--paper); stroke: var(--accent); stroke-width: 2; }
.phase-border .cross .reach { fill: transparent; }
.phase-border .free { fill: var(--ink); }
.phase-border svg .winner { fill: var(--ink); font-weight: 600; }
.phase-border .line { stroke: var(--muted); } .phase-border .shaft { stroke-width: 4; }
.phase-border .shaft.way-0 { stroke: var(--category-3); } .phase-border .shaft.way-1 { stroke: var(--category-5); }
.phase-border .zero { fill: var(--ink); }
.phase-border .controls button { min-width: 168px; }
.phase-border .sliders { display: flex; flex-wrap: wrap; flex: 1 1 300px; gap: 4px 28px; }
.phase-border .sliders label { flex: 1 1 150px; display: grid; grid-template-columns: 1.2em 1fr 3em; gap: 8px; }
@media (max-width: 640px) { .phase-border + figcaption { min-height: calc(8.7em + 14px); } }
@container (max-width: 560px) {
  .phase-border .stage { grid-template-columns: minmax(0, 1fr); }
  .phase-border .map text { font-size: 15px; }
  .phase-border .sides { max-width: 284px; margin: auto; }
  .phase-border .sliders label { flex-basis: 100%; }
  .phase-border .controls button { flex: 1 1 100%; }
}`;

function svg(parent, name, attributes = {}, text = "") {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  set(node, attributes);
  node.textContent = text;
  parent.append(node);
  return node;
}
function set(node, attributes) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
}
const point = (p, r) => {
  const [across, up] = shares(p, r);
  return [BOX.left + BOX.width * across, BOX.top + BOX.height * (1 - up)];
};

/** Axes, the three regions with their names, the border, trained places, and the cross. */
function mapPanel(stage) {
  const node = svg(stage, "svg", { class: "map", viewBox: "0 0 430 354", role: "img", tabindex: 0,
    "aria-label": "Map of the cheapest way, rarer features to the right, a more important second feature upwards. "
      + "Arrow keys move the cross, with shift in larger steps." });
  const { left, top, width, height } = BOX, middle = top + height / 2, right = left + width, bottom = top + height;
  svg(node, "rect", { x: left, y: top, width, height: height / 2, class: "region way-1" });
  svg(node, "rect", { x: left, y: middle, width, height: height / 2, class: "region way-0" });
  const rise = Array.from({ length: 81 }, (_, k) => at(0, k / 80).r).map(r => point(boundary(r), r));
  const wedge = `M${rise.map(xy => xy.join(" ")).join("L")}`;
  svg(node, "path", { d: `${wedge}L${right} ${top}V${bottom}Z`, fill: "var(--paper)" });
  svg(node, "path", { d: `${wedge}L${right} ${top}V${bottom}Z`, class: "region way-2" });
  svg(node, "path", { d: wedge, class: "frontier" });
  for (const p of [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01]) svg(node, "text", { x: point(p, 1)[0], y: bottom + 18, class: "middle" }, p);
  for (const r of [0.1, 0.3, 1, 3, 10]) svg(node, "text", { x: left - 7, y: point(1, r)[1] + 4, class: "end" }, r);
  svg(node, "text", { x: left + width / 2, y: bottom + 38, class: "middle" }, "feature probability p (rarer to the right)");
  svg(node, "text", { transform: `translate(8 ${middle}) rotate(-90)`, class: "middle" }, "importance r of the second");
  const cells = svg(node, "g", { class: "cells" });
  svg(node, "text", { x: left + 10, y: top + 22, class: "name" }, WAYS[1]);
  svg(node, "text", { x: left + 10, y: bottom - 12, class: "name" }, WAYS[0]);
  svg(node, "text", { x: left + 0.66 * width, y: top + 22, class: "name middle" }, WAYS[2]);
  const cross = svg(node, "g", { class: "cross" });
  for (const name of ["halo", "mark"]) svg(cross, "path", { d: "M-13 0H-5M5 0H13M0 -13V-5M0 5V13", class: name });
  svg(cross, "circle", { r: 5, class: "ring" });
  svg(cross, "circle", { r: 22, class: "reach" });

  const draw = ({ p, r }) => set(cross, { transform: `translate(${point(p, r)})` });
  function add({ p, r, phase, winner }) {
    const [cx, cy] = point(p, r), agrees = phase === winner;
    svg(cells, "circle", { cx, cy, r: agrees ? 2.2 : 4.2, class: `${phase < 0 ? "free" : `way-${phase}`} ${agrees ? "" : "other"}` });
  }
  return { node, draw, add, clear: () => cells.replaceChildren() };
}

/** Bars of the three losses and of the trained network's, and under them the arrows on their line. */
function sidePanel(stage) {
  const node = svg(stage, "svg", { class: "sides", viewBox: "0 0 250 354", role: "img" });
  svg(node, "text", { x: 0, y: 16, class: "name" }, "loss");
  const bars = [...WAYS, "trained network"].map((name, i) => {
    const y = 26 + 42 * i;
    const label = svg(node, "text", { x: 0, y: y + 12 }, name), value = svg(node, "text", { x: 250, y: y + 12, class: "end" });
    const bar = svg(node, "rect", { x: 0, y: y + 18, height: 11, rx: 2, class: i < 3 ? `way-${i}` : "free" });
    return { label, value, bar };
  });
  const lines = ["cheapest of the three", "trained network"].map((name, i) => {
    const y = 226 + 80 * i;
    svg(node, "text", { x: 0, y: y - 12, class: "name" }, name);
    const value = svg(node, "text", { x: 250, y: y - 12, class: "end" });
    svg(node, "line", { x1: 0, x2: 250, y1: y + 16, y2: y + 16, class: "line" });
    const biases = svg(node, "text", { x: 250, y: y + 38, class: "end" });
    const arrows = [0, 1].map(k => ({
      shaft: svg(node, "line", { class: `shaft way-${k}`, y1: y + 16, y2: y + 16 }),
      head: svg(node, "path", { class: `way-${k}`, d: "M0 0L-12 7V-7Z" }), y: y + 16,
    }));
    svg(node, "circle", { cx: 125, cy: y + 16, r: 3.5, class: "zero" });
    return { value, biases, arrows };
  });

  function arrow({ shaft, head, y }, length) {
    const tip = 125 + 88 * length, kept = Math.abs(length) > 0.02, back = Math.sign(length) * Math.min(10, 88 * Math.abs(length));
    set(shaft, { x1: 125, x2: tip - back });
    set(head, { transform: `translate(${tip} ${y}) scale(${Math.sign(length) * Math.min(1, Math.abs(length) * 8)} 1)` });
    for (const part of [shaft, head]) set(part, { visibility: kept ? "visible" : "hidden" });
  }
  function draw({ p, r }, free) {
    const losses = candidateLosses(p, r), best = cheapest(losses), all = [...losses, free.loss], longest = Math.max(...all);
    bars.forEach(({ label, value, bar }, i) => {
      set(bar, { width: Math.max(1, 250 * all[i] / longest) });
      value.textContent = digits(all[i]) + (best.includes(i) ? ", least" : "");
      for (const part of [label, value]) part.classList.toggle("winner", best.includes(i));
    });
    [start(p, STARTS[best[0]]), free.w].forEach((w, i) => {
      lines[i].value.textContent = `W = ${pair(w[0], w[1])}`;
      lines[i].biases.textContent = `b = ${pair(w[2], w[3])}`;
      lines[i].arrows.forEach((part, k) => arrow(part, w[k]));
    });
    const biases = lines.map(line => line.biases.textContent).join(" and ");
    set(node, { "aria-label": "Bars of four losses, and the arrows of the cheapest way and of the trained network on a line, "
      + `with ${biases}` });
  }
  return { draw };
}

// ---- the figure ----

const slider = (name, word, [low, high]) => `<label><span>${word}</span><input type="range" name="${name}"
min="${Math.log10(low)}" max="${Math.log10(high)}" step="0.02"><output></output></label>`;
const CONTROLS = `<div class="sliders">${slider("feature_probability", "p", P)}${slider("relative_importance", "r", R)}</div>
<button type="button" name="fill">Train the whole map</button>`;

/** The figure around the element: the page's own, or a new one in a notebook. */
function frame(el) {
  const figure = el.closest("figure") ?? el.appendChild(document.createElement("figure"));
  const root = figure.contains(el) ? el : figure.appendChild(document.createElement("div"));
  figure.classList.add("live-figure");
  root.classList.add("live-root", "phase-border");
  const caption = figure.querySelector("figcaption") ?? figure.appendChild(document.createElement("figcaption"));
  caption.id ||= `border-${document.querySelectorAll("figcaption[id^=border-]").length + 1}`;
  caption.setAttribute("aria-live", "polite");
  return { root, caption };
}

class Figure {
  constructor(model, el) {
    const { root, caption } = frame(el);
    Object.assign(this, { model, root, caption, cells: [], filling: false, held: false, waiting: 0, timer: 0 });
    root.innerHTML = `<style>${STYLE}</style><div class="stage"></div><div class="controls">${CONTROLS}</div>`;
    const stage = root.querySelector(".stage");
    Object.assign(this, { map: mapPanel(stage), sides: sidePanel(stage) });
    this.map.node.setAttribute("aria-describedby", caption.id);
    // JupyterLab takes arrow keys and Enter for its cells unless the focused element itself says no
    for (const node of root.querySelectorAll("button, input, [tabindex]")) node.dataset.lmSuppressShortcuts = "true";
    this.button = root.querySelector("button");
    this.listen();
    this.later();
  }

  get place() { return { p: this.model.get("feature_probability"), r: this.model.get("relative_importance") }; }
  go({ p, r }) {
    this.model.set("feature_probability", rounded(p, P));
    this.model.set("relative_importance", rounded(r, R));
    this.model.save_changes();
  }

  // -- one frame --
  later() { this.waiting ||= requestAnimationFrame(() => this.draw()); }
  draw() {
    this.waiting = 0;
    const place = this.place, key = `${place.p} ${place.r}`;
    if (this.key !== key) this.free = freeOptimum(place.p, place.r);
    this.key = key;
    this.map.draw(place);
    this.sides.draw(place, this.free);
    if (this.filling) this.trainSome();
    this.showControls(place);
    this.speak(sentence(place.p, place.r, this.free) + (this.cells.length && !this.filling ? ` ${tally(this.cells)}` : ""));
  }
  /** Train a few more places of the map, for half a frame, and go on at the next. */
  trainSome() {
    const end = performance.now() + 8;
    while (this.cells.length < CELLS * CELLS && performance.now() < end) {
      const k = this.cells.length, { p, r } = at((k % CELLS) / (CELLS - 1), Math.floor(k / CELLS) / (CELLS - 1));
      const cell = { p, r, phase: phaseOf(freeOptimum(p, r).w), winner: least(candidateLosses(p, r)) };
      this.cells.push(cell);
      this.map.add(cell);
    }
    this.filling = this.cells.length < CELLS * CELLS;
    if (this.filling) this.later();
  }
  /** State the result once nothing has changed for a moment. */
  speak(text) {
    if (text === this.said) return;
    this.said = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.caption.textContent = text; }, 250);
  }
  showControls({ p, r }) {
    const word = this.filling ? "Stop" : this.cells.length ? "Clear the map" : "Train the whole map";
    if (this.button.textContent !== word) this.button.textContent = word;
    const values = { feature_probability: p, relative_importance: r };
    for (const slider of this.root.querySelectorAll("[type=range]")) {
      const value = values[slider.name];
      slider.value = Math.log10(value);
      slider.nextSibling.textContent = value;
      slider.setAttribute("aria-valuetext", value);
      slider.style.setProperty("--filled", `${100 * (slider.value - slider.min) / (slider.max - slider.min)}%`);
    }
  }

  // -- button, sliders, pointer, keys --
  fill() {
    const done = this.cells.length > 0;
    if (done) {
      this.cells = [];
      this.map.clear();
    }
    this.filling = !done;
    this.later();
  }
  listen() {
    this.button.addEventListener("click", () => this.fill());
    for (const slider of this.root.querySelectorAll("[type=range]"))
      slider.addEventListener("input", () => {
        const name = slider.name === "feature_probability" ? "p" : "r";
        this.go({ ...this.place, [name]: 10 ** Number(slider.value) });
      });
    const node = this.map.node;
    node.addEventListener("pointerdown", event => {
      // a finger beside the cross may be about to scroll: only its tap counts
      if (event.pointerType === "touch" && !event.target.closest(".cross")) return;
      this.held = true;
      node.setPointerCapture(event.pointerId);
      this.point(event);
    });
    // chromium does not heed touch-action inside an svg: this keeps the page still while the cross is pulled
    const still = event => { if (event.target.closest(".cross")) event.preventDefault(); };
    node.addEventListener("touchstart", still, { passive: false });
    node.addEventListener("pointermove", event => { if (this.held) this.point(event); });
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => { this.held = false; });
    node.addEventListener("click", event => this.point(event));
    node.addEventListener("keydown", event => this.press(event));
  }
  point(event) {
    const box = this.map.node.getBoundingClientRect(), unit = 430 / box.width;
    const across = ((event.clientX - box.left) * unit - BOX.left) / BOX.width;
    const up = 1 - ((event.clientY - box.top) * unit - BOX.top) / BOX.height;
    this.go(at(between(across, [0, 1]), between(up, [0, 1])));
  }
  press(event) {
    const step = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step) return;
    const decades = event.shiftKey ? KEY_LEAP : KEY_STEP, { p, r } = this.place;
    this.go({ p: p * 10 ** (decades * step[0]), r: r * 10 ** (decades * step[1]) });
    event.preventDefault();
  }

  /** Stop everything when the page or the notebook's view goes. */
  close() {
    this.filling = false;
    cancelAnimationFrame(this.waiting);
    clearTimeout(this.timer);
  }
}

function render({ model, el }) {
  const figure = new Figure(model, el), again = () => figure.later();
  const names = ["feature_probability", "relative_importance"];
  for (const name of names) model.on(`change:${name}`, again);
  return () => {
    for (const name of names) model.off(`change:${name}`, again);
    figure.close();
  };
}

export default { render };
