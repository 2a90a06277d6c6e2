// A toy model trains while you watch: n features squeezed into 2 dimensions, x_hat = relu(W^T W x + b).
// Parameters are one flat array of 3 n numbers: the first row of W, its second row, b. Column i of W is feature i.

const RUN = 300; // steps of one cosine schedule
const RATE = 0.03, BETA1 = 0.9, BETA2 = 0.99;
const BATCH = 512, POINTS = 4096;
const MILLISECONDS_A_STEP = 16; // the pace of watching; a slow machine takes up to four steps a frame
const REMEMBERED = 1200; // points of the loss curve
const LONGEST = 1.3; // of an arrow that is pulled
const KEPT = 0.5; // a feature counts as kept when its column is longer than this

// ---- maths: pure functions, compared with Python by the tests ----

/** Uniform numbers in [0, 1) from the generator mulberry32: the same seed gives the same run. */
export function uniforms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const total = values => values.reduce((sum, value) => sum + value, 0);

/** One standard normal number from two uniform ones (Box and Muller). */
const normal = next => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** Importance of feature i: decay^i. */
export const geometricImportance = (n, decay) => Float64Array.from({ length: n }, (_, i) => decay ** i);

/**
 * Draw sparse features with weights. One uniform u decides mask and value: x = relu(1 - u/q).
 * Rare features are drawn more often than they occur, q = max(p, 1/n), or most samples would be empty; the weight
 * (p/q)^k ((1-p)/(1-q))^(n-k) of a sample with k active features makes every mean unbiased again.
 */
export function sparseBatch(next, n, p, size) {
  const q = Math.max(p, 1 / n), on = p / q, off = q < 1 ? (1 - p) / (1 - q) : 1;
  const x = new Float64Array(size * n), weight = new Float64Array(size).fill(1);
  for (let s = 0; s < size; s++)
    for (let i = 0; i < n; i++) {
      const value = Math.max(0, 1 - next() / q);
      x[s * n + i] = value;
      weight[s] *= value > 0 ? on : off;
    }
  return { x, weight };
}

const bits = set => set && (set & 1) + bits(set >> 1);

/** Steps of a Kronecker sequence in k dimensions, from the root of g^(k+1) = g + 1: points that fill a cube evenly. */
function strides(k) {
  let root = 2;
  for (let i = 0; i < 40; i++) root = (1 + root) ** (1 / (k + 1));
  return Array.from({ length: k }, (_, i) => root ** -(i + 1));
}

/**
 * Points and weights that give the expected loss to about 1 %: each set of active features that matters, its values
 * evenly spread from a shifted start (always the same). The sets of k features share sqrt(P(k)) of the points.
 */
export function expectation(n, p) {
  const sizes = Array.from({ length: 2 ** n }, (_, set) => bits(set)), choose = new Float64Array(n + 1);
  for (const k of sizes) choose[k]++;
  const chance = choose.map((count, k) => count * p ** k * (1 - p) ** (n - k));
  const shares = chance.map((c, k) => k && Math.sqrt(c)), whole = total(shares);
  const points = shares.map((share, k) => Math.max(1, Math.round(POINTS * share / whole / choose[k])));
  const stride = Array.from({ length: n + 1 }, (_, k) => strides(k)), next = uniforms(1);
  const x = [], weight = [];
  sizes.forEach((k, set) => {
    if (chance[k] < 1e-7) return;
    const shift = Array.from({ length: k }, next);
    for (let j = 1; j <= points[k]; j++) {
      for (let i = 0, at = 0; i < n; i++)
        x.push(set >> i & 1 ? (shift[at] + j * stride[k][at++]) % 1 : 0);
      weight.push(chance[k] / choose[k] / points[k]);
    }
  });
  return { x: Float64Array.from(x), weight: Float64Array.from(weight, w => w * weight.length) };
}

/** x_hat = relu(W^T W x + b) for one sample x. */
export function forward(parameters, x) {
  const n = x.length, dot = row => x.reduce((sum, value, i) => sum + parameters[row * n + i] * value, 0);
  const first = dot(0), second = dot(1);
  const before = i => parameters[i] * first + parameters[n + i] * second + parameters[2 * n + i];
  return Array.from(x, (_, i) => Math.max(0, before(i)));
}

/**
 * Loss = mean over batch and features of weight_s I_i (x_si - x_hat_si)^2, and its gradient by hand:
 * with h = W x and d_i = weight I_i (x_hat_i - x_i) where x_hat_i > 0, dW_i = 2 (d_i h + x_i W d), db = 2 d, averaged.
 */
export function lossAndGradient(parameters, { x, weight }, importance) {
  const n = importance.length, size = weight.length, scale = 1 / (size * n);
  const gradient = new Float64Array(3 * n), d = new Float64Array(n);
  let loss = 0;
  for (let s = 0, at = 0; s < size; s++, at += n) {
    let h0 = 0, h1 = 0, back0 = 0, back1 = 0;
    for (let i = 0; i < n; i++) {
      h0 += parameters[i] * x[at + i];
      h1 += parameters[n + i] * x[at + i];
    }
    for (let i = 0; i < n; i++) {
      const before = parameters[i] * h0 + parameters[n + i] * h1 + parameters[2 * n + i];
      const error = Math.max(0, before) - x[at + i], weighted = weight[s] * importance[i] * error;
      loss += weighted * error;
      d[i] = before > 0 ? weighted : 0;
      back0 += d[i] * parameters[i];
      back1 += d[i] * parameters[n + i];
    }
    for (let i = 0; i < n; i++) {
      gradient[i] += d[i] * h0 + x[at + i] * back0;
      gradient[n + i] += d[i] * h1 + x[at + i] * back1;
      gradient[2 * n + i] += d[i];
    }
  }
  return { loss: loss * scale, gradient: gradient.map(value => 2 * scale * value) };
}

/** Columns of W as points of the plane. */
export const columns = parameters =>
  Array.from({ length: parameters.length / 3 }, (_, i) => [parameters[i], parameters[parameters.length / 3 + i]]);

/** D_i = |w_i|^4 / sum_j (w_i . w_j)^2, and 0 for a dead feature. */
export const dimensionality = W => W.map(([x, y]) => {
  const overlaps = W.reduce((sum, [u, v]) => sum + (x * u + y * v) ** 2, 0);
  return overlaps > 1e-12 ? (x * x + y * y) ** 2 / overlaps : 0;
});

/** Smallest loss of a linear model: it keeps the 2 most important features and predicts the mean of the others. */
export function bestLinearLoss(importance, p) {
  const dropped = total(Array.from(importance).sort((a, b) => b - a).slice(2));
  return dropped / importance.length * (p / 3 - p * p / 4);
}

/** One run: parameters, Adam's moments, a cosine rate. It learns from fresh samples; its loss is the expected one. */
export class Training {
  constructor({ nFeatures, featureProbability, importanceDecay, seed }) {
    this.n = nFeatures;
    this.next = uniforms(seed);
    this.parameters = new Float64Array(3 * nFeatures);
    for (let i = 0; i < 2 * nFeatures; i++) this.parameters[i] = normal(this.next) / Math.sqrt(nFeatures);
    this.total = 0;
    this.setTask(featureProbability, importanceDecay);
  }

  /** Change what is asked of the model and keep what it has learnt. */
  setTask(featureProbability, importanceDecay) {
    this.p = featureProbability;
    this.importance = geometricImportance(this.n, importanceDecay);
    this.measured = expectation(this.n, this.p);
    this.restart();
  }

  /** Begin the schedule again from the present parameters. */
  restart() {
    this.step = 0;
    this.mean = new Float64Array(3 * this.n);
    this.square = new Float64Array(3 * this.n);
  }

  get finished() { return this.step >= RUN; }
  get loss() { return lossAndGradient(this.parameters, this.measured, this.importance).loss; }

  adamStep() {
    const batch = sparseBatch(this.next, this.n, this.p, BATCH);
    const { gradient } = lossAndGradient(this.parameters, batch, this.importance);
    const rate = RATE * (1 + Math.cos(Math.PI * this.step / RUN)) / 2;
    this.step++;
    this.total++;
    const mean = 1 - BETA1 ** this.step, square = 1 - BETA2 ** this.step;
    gradient.forEach((g, i) => {
      this.mean[i] += (1 - BETA1) * (g - this.mean[i]);
      this.square[i] += (1 - BETA2) * (g * g - this.square[i]);
      this.parameters[i] -= rate * this.mean[i] / mean / (Math.sqrt(this.square[i] / square) + 1e-8);
    });
  }

  place(i, [x, y]) {
    this.parameters[i] = x;
    this.parameters[this.n + i] = y;
  }

  /** Push every arrow a random way, about half its length. */
  disturb() {
    for (let i = 0; i < 2 * this.n; i++) this.parameters[i] += 0.4 * normal(this.next);
  }
}

// ---- what is seen, in words ----

const degrees = ([x, y]) => Math.atan2(y, x) * 180 / Math.PI;
const POLYGONS = ["", "", "", "triangle", "square", "pentagon", "hexagon", "heptagon", "octagon", "nonagon", "decagon",
  "hendecagon", "dodecagon"];

/** Angles in degrees between neighbouring directions; arrows closer than 10 degrees share a direction. */
export function gaps(W) {
  const angles = W.filter(w => Math.hypot(...w) > KEPT).map(degrees).sort((a, b) => a - b);
  const all = angles.map((a, i) => (i + 1 < angles.length ? angles[i + 1] : angles[0] + 360) - a);
  return all.filter(gap => gap >= 10);
}

const range = (values, digits, unit = "") => {
  const [low, high] = [Math.min(...values), Math.max(...values)].map(v => v.toFixed(digits));
  return low === high ? `${low}${unit}` : `${low}${unit} to ${high}${unit}`;
};
const lossText = value => value < 5e-6 ? "0" : value.toFixed(2 - Math.min(0, Math.floor(Math.log10(value))));

/** Name the figure that the arrows make. */
export function shape(W) {
  const between = gaps(W), kept = W.filter(w => Math.hypot(...w) > KEPT).length;
  if (kept < 2) return `${kept ? "one arrow" : "no arrow"} longer than ${KEPT}`;
  const regular = between.every(gap => Math.abs(gap - 360 / between.length) < 4);
  const name = between.length === 1 ? "one direction"
    : between.length === 2 ? (regular ? "two opposite directions" : "two directions")
    : regular ? `a ${between.length === 4 ? "" : "regular "}${POLYGONS[between.length]}` : "no regular polygon";
  const shared = kept > between.length && between.length > 1 ? `, ${kept} arrows on ${between.length} directions` : "";
  const all = kept < W.length ? `, ${kept} of ${W.length} features kept` : "";
  return `${name}${shared}${all}, gaps ${range(between, 0, "°")}`;
}

/** State the result in a sentence: shape, loss against the best linear model, dimensionalities against 2. */
export function sentence(training) {
  const W = columns(training.parameters), D = dimensionality(W), shares = range(D, 2);
  const when = training.total ? `after ${training.total.toLocaleString("en")} steps` : "before training";
  const linear = lossText(bestLinearLoss(training.importance, training.p));
  return `${training.n} features ${when}: ${shape(W)}; loss ${lossText(training.loss)}, best linear model ${linear}; `
    + `D = ${shares}${shares.includes("to") ? "" : " each"}, sum ${total(D).toFixed(2)} of 2.`;
}

// ---- drawing: each panel is built once and then updated ----

const UNIT = 100; // svg units of an arrow of length 1
const STYLE = `
.polygon { container-type: inline-size; }
.polygon + figcaption { box-sizing: border-box; min-height: calc(2.9em + 14px); padding-top: 0 !important; }
.polygon .stage {
  display: grid; grid-template: "plane loss" auto "plane shares" auto / 1fr 1fr; gap: 14px 28px; align-items: center;
}
.polygon svg { display: block; width: 100%; height: auto; overflow: visible; }
.polygon .plane { grid-area: plane; } .polygon .loss { grid-area: loss; } .polygon .shares { grid-area: shares; }
.polygon svg text { font-size: 12.5px; fill: var(--muted); stroke: none; }
.polygon svg .end { text-anchor: end; } .polygon svg .middle { text-anchor: middle; }
.polygon svg .result { fill: var(--ink); font-weight: 600; }
.polygon .guide { fill: none; stroke: var(--rule); } .polygon .axis { fill: none; stroke: var(--faint); }
.polygon .outline { fill: none; stroke: var(--muted); }
.polygon .linear { stroke: var(--muted); stroke-dasharray: 4 4; }
.polygon .hull { fill: color-mix(in srgb, var(--surface) 80%, transparent); stroke: var(--faint); }
.polygon .curve { fill: none; stroke: var(--ink); stroke-width: 2.4; stroke-linejoin: round; stroke-linecap: round; }
.polygon .dot { fill: var(--ink); } .polygon .whole { fill: color-mix(in srgb, var(--rule) 45%, transparent); }
.polygon .shaft { stroke-width: 3.2; } .polygon .head { stroke: none; }
.polygon .handle { cursor: grab; touch-action: none; }
.polygon .handle circle { fill: var(--paper); stroke: var(--accent); stroke-width: 2; }
.polygon .handle circle.reach { fill: transparent; stroke: none; }
.polygon .handle text { font-size: 11.5px; font-weight: 600; fill: var(--accent); }
.polygon .handle text { pointer-events: none; user-select: none; }
.polygon .chosen circle { fill: var(--accent); } .polygon .chosen text { fill: var(--paper); }
.polygon .buttons, .polygon .sliders { display: flex; flex-wrap: wrap; align-items: center; width: 100%; }
.polygon .buttons { gap: 8px 10px; }
.polygon .controls button[name="play"] {
  min-width: 78px; border-color: var(--ink); background: var(--ink); color: var(--paper);
}
.polygon .controls button[name="play"]:hover {
  border-color: var(--accent); background: var(--accent); color: var(--paper);
}
.polygon .buttons label { flex: none; margin-left: auto; }
.polygon .buttons input { width: 78px; }
.polygon .sliders { gap: 4px 28px; }
.polygon .sliders label { flex: 1 1 150px; display: grid; grid-template-columns: 1fr auto; gap: 0; }
.polygon .sliders input { grid-area: 2 / 1 / 3 / 3; width: 100%; }
@media (max-width: 640px) { .polygon + figcaption { min-height: calc(5.8em + 14px); } }
@container (max-width: 560px) {
  .polygon .stage { grid-template: "plane" auto "loss" auto "shares" auto / minmax(0, 1fr); gap: 18px; }
  .polygon .plane { max-width: 310px; margin: auto; }
  .polygon .sliders label { flex-basis: 100%; grid-template-columns: 9.5em 1fr 3em; }
  .polygon .sliders input { grid-area: 1 / 2; }
  .polygon .buttons { gap: 8px 5px; }
  .polygon .controls .buttons button { min-width: 0; padding: 0 10px; }
  .polygon .buttons label { flex-basis: 100%; }
  .polygon .buttons label span { width: 9.5em; }
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

/** Colour of an importance from 0 to 1: the upper four fifths of the map `importance`. */
function colour(importance) {
  const at = 1 + 4 * importance, low = Math.min(4, Math.floor(at));
  const share = `${Math.round(100 * (at - low))}%`;
  return `color-mix(in oklab, var(--importance-${low + 2}) ${share}, var(--importance-${low + 1}))`;
}

/** Where the handles go: beyond the tips, pushed outwards until none covers another. */
function handles(W) {
  const placed = [];
  for (const [x, y] of W) {
    const length = Math.hypot(x, y), [ux, uy] = length > 1e-6 ? [x / length, y / length] : [1, 0];
    let reach = length + 0.12;
    const taken = ([a, b]) => Math.hypot(a - ux * reach, b - uy * reach) < 0.19;
    while (placed.some(taken)) reach += 0.05;
    placed.push([ux * reach, uy * reach]);
  }
  return placed;
}

/** A picture with a name for those who do not see it. */
const picture = (stage, name, viewBox, label) =>
  svg(stage, "svg", { class: name, viewBox, role: "img", "aria-label": label });

function planePanel(stage) {
  const node = picture(stage, "plane", "-160 -160 320 320", "Columns of W as arrows. Left and right turn the chosen "
    + "arrow, up and down change its length, space chooses the next.");
  set(node, { tabindex: 0 });
  svg(node, "path", { d: "M-150 0H150M0 -150V150", class: "guide" });
  svg(node, "circle", { r: UNIT, class: "guide" });
  svg(node, "text", { x: 150, y: 16, class: "end" }, "h\u2081");
  svg(node, "text", { x: 8, y: -140 }, "h\u2082");
  svg(node, "text", { x: UNIT + 4, y: 16 }, "1");
  const hull = svg(node, "polygon", { class: "hull" });
  const group = svg(node, "g");
  svg(node, "circle", { r: 3, class: "dot" });
  let arrows = [];

  const build = (_, i) => {
    const arrow = svg(group, "g");
    const shaft = svg(arrow, "line", { class: "shaft" });
    const head = svg(arrow, "path", { d: "M0 0L-12 5.2V-5.2Z", class: "head" });
    const handle = svg(group, "g", { class: "handle", "data-feature": i });
    svg(handle, "circle", { r: 17, class: "reach" });
    svg(handle, "circle", { r: 8.5 });
    svg(handle, "text", { y: 4, class: "middle" }, i + 1);
    return { arrow, shaft, head, handle };
  };
  function draw({ parameters, importance }, chosen) {
    const W = columns(parameters), places = handles(W);
    if (arrows.length !== W.length) {
      group.replaceChildren();
      arrows = W.map(build);
    }
    const tips = W.filter(w => Math.hypot(...w) > KEPT).sort((a, b) => degrees(a) - degrees(b));
    set(hull, { points: tips.map(([x, y]) => `${UNIT * x},${-UNIT * y}`).join(" ") });
    arrows.forEach(({ arrow, shaft, head, handle }, i) => {
      const length = UNIT * Math.hypot(...W[i]), ink = colour(importance[i]), [x, y] = places[i];
      set(arrow, { transform: `rotate(${-degrees(W[i])})`, style: `fill:${ink};stroke:${ink}` });
      set(shaft, { x2: Math.max(0, length - 10) });
      set(head, { transform: `translate(${length}) scale(${Math.min(1, length / 14)})` });
      handle.classList.toggle("chosen", i === chosen);
      set(handle, { transform: `translate(${UNIT * x} ${-UNIT * y})` });
    });
  }
  return { node, draw };
}

const BOX = { left: 54, right: 318, top: 26, bottom: 116 };

/** The smallest round number, such as 1.2, 1.5 or 2 times a power of ten, that is not below the value. */
function niceCeiling(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find(step => step * power >= value * 0.9999);
}

function lossPanel(stage) {
  const node = picture(stage, "loss", "0 0 320 152", "Loss against training steps");
  svg(node, "text", { x: 0, y: 12 }, "Loss, mean weighted squared error");
  const value = svg(node, "text", { x: 318, y: 12, class: "end result" });
  svg(node, "path", { d: `M${BOX.left} ${BOX.top}V${BOX.bottom}H${BOX.right}`, class: "axis" });
  const linear = svg(node, "path", { class: "linear" });
  const name = svg(node, "text", { x: BOX.right, class: "end" }, "best linear model");
  const line = svg(node, "polyline", { class: "curve" }), present = svg(node, "circle", { r: 3.6, class: "dot" });
  svg(node, "text", { x: BOX.left - 7, y: BOX.bottom + 4, class: "end" }, "0");
  const top = svg(node, "text", { x: BOX.left - 7, y: BOX.top + 8, class: "end" });
  svg(node, "text", { x: (BOX.left + BOX.right) / 2, y: 134, class: "middle" }, "training steps");
  const first = svg(node, "text", { x: BOX.left, y: 134 });
  const last = svg(node, "text", { x: BOX.right, y: 134, class: "end" });

  function draw({ importance, p }, curve) {
    const reference = bestLinearLoss(importance, p), [from] = curve[0], [to, now] = curve.at(-1);
    const high = niceCeiling(Math.max(1e-6, 1.1 * reference, ...curve.map(point => point[1])));
    const span = Math.max(RUN, to - from), x = step => BOX.left + (step - from) / span * (BOX.right - BOX.left);
    const y = loss => BOX.bottom - loss / high * (BOX.bottom - BOX.top);
    set(line, { points: curve.map(([step, loss]) => `${x(step)},${y(loss)}`).join(" ") });
    set(present, { cx: x(to), cy: y(now) });
    set(linear, { d: reference ? `M${BOX.left} ${y(reference)}H${BOX.right}` : "" });
    set(name, { y: y(reference) - 5, visibility: reference ? "visible" : "hidden" });
    value.textContent = lossText(now);
    top.textContent = Number(high.toPrecision(2));
    first.textContent = from;
    last.textContent = from + span;
  }
  return { draw };
}

function sharesPanel(stage) {
  const node = picture(stage, "shares", "0 0 320 166", "Dimensionality of each feature, and their sum against 2");
  svg(node, "text", { x: 0, y: 12 }, "Dimensionality D of each feature");
  const bars = svg(node, "g"), sum = svg(node, "text", { x: 0, y: 144 }), parts = svg(node, "g");
  svg(sum, "tspan", {}, "together ");
  const result = svg(sum, "tspan", { class: "result" });
  svg(sum, "tspan", {}, " of 2 dimensions");
  svg(node, "rect", { x: 0.5, y: 151.5, width: 319, height: 13, rx: 3, class: "outline" });

  /** One feature: a pale bar of height 1, its share of it, the number and the feature's name. */
  function bar(share, i, width, ink) {
    const middle = (i + 0.5) * width, x = middle - 0.32 * width, size = { x, width: 0.64 * width, rx: 2 };
    const number = width < 40 ? share.toFixed(2).replace(/^0/, "") : share.toFixed(2);
    svg(bars, "rect", { ...size, y: 36, height: 70, class: "whole" });
    svg(bars, "rect", { ...size, y: 106 - 70 * share, height: 70 * share, fill: ink });
    svg(bars, "text", { x: middle, y: 101 - 70 * share, class: "middle" }, number);
    svg(bars, "text", { x: middle, y: 121, class: "middle" }, i + 1);
  }
  function draw({ parameters, importance }) {
    const D = dimensionality(columns(parameters)), width = 320 / D.length;
    bars.replaceChildren();
    parts.replaceChildren();
    let x = 0;
    D.forEach((share, i) => {
      const ink = colour(importance[i]);
      bar(share, i, width, ink);
      svg(parts, "rect", { x, y: 151, width: Math.max(0, 160 * share - 1), height: 14, rx: 2, fill: ink });
      x += 160 * share;
    });
    result.textContent = total(D).toFixed(2);
  }
  return { draw };
}

// ---- the figure ----

const button = (name, word) => `<button type="button" name="${name}">${word}</button>`;
// the input stands before the output, since a label belongs to the first of them
const slider = (name, word, low, high, step) => `<label><span>${word}</span><input type="range" name="${name}"
min="${low}" max="${high}" step="${step}"><output></output></label>`;
const controls = steps => `
<div class="buttons">
${button("play", "")}${button("step", `${steps} steps`)}${button("disturb", "Disturb")}${button("reset", "Reset")}
<label><span>seed</span><input type="number" name="seed" min="0" max="9999"></label>
</div>
<div class="sliders">
${slider("feature_probability", "feature probability", 0, 40, 1)}
${slider("n_features", "features", 2, 12, 1)}
${slider("importance_decay", "importance decay", 0.3, 1, 0.05)}
</div>`;
// the probability runs from 0.01 to 1 in 40 even steps of its logarithm, rounded to two digits
const probability = place => Number((10 ** (place / 20 - 2)).toPrecision(2));
const LOGARITHMIC = { value: probability, place: p => Math.round(20 * (Math.log10(p) + 2)) };
const PLAIN = { value: Number, place: Number };
const scale = slider => slider.name === "feature_probability" ? LOGARITHMIC : PLAIN;

/** The figure around the element: the page's own, or a new one in a notebook. */
function frame(el) {
  const figure = el.closest("figure") ?? el.appendChild(document.createElement("figure"));
  const root = figure.contains(el) ? el : figure.appendChild(document.createElement("div"));
  figure.classList.add("live-figure");
  root.classList.add("live-root", "polygon");
  const caption = figure.querySelector("figcaption") ?? figure.appendChild(document.createElement("figcaption"));
  caption.id ||= `polygon-${document.querySelectorAll("figcaption[id^=polygon-]").length + 1}`;
  caption.setAttribute("aria-live", "polite");
  return { root, caption };
}

class Figure {
  constructor(model, el) {
    const { root, caption } = frame(el);
    Object.assign(this, { model, root, caption, chosen: 0, held: null, awake: false, waiting: 0, timer: 0, shown: 0 });
    // with reduced motion nothing moves: a press computes and shows the end
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.stride = this.still ? 60 : 10;
    root.innerHTML = `<style>${STYLE}</style>
<div class="stage"></div><div class="controls">${controls(this.stride)}</div>`;
    const stage = root.querySelector(".stage");
    Object.assign(this, { plane: planePanel(stage), loss: lossPanel(stage), shares: sharesPanel(stage) });
    this.plane.node.setAttribute("aria-describedby", caption.id);
    // JupyterLab takes arrow keys and Enter for its cells unless the focused element itself says no
    for (const node of root.querySelectorAll("button, input, [tabindex]")) node.dataset.lmSuppressShortcuts = "true";
    this.listenToControls();
    this.listenToPointer();
    this.plane.node.addEventListener("keydown", event => this.key(event));
    this.begin();
  }

  input(name) { return this.root.querySelector(`[name=${name}]`); }
  get running() { return this.awake && !this.training.finished; }

  // -- the run --
  begin() {
    const value = name => this.model.get(name);
    this.training = new Training({
      nFeatures: value("n_features"), featureProbability: value("feature_probability"),
      importanceDecay: value("importance_decay"), seed: value("seed"),
    });
    this.chosen = 0;
    this.held = null;
    this.startCurve();
  }
  changeTask() {
    this.training.setTask(this.model.get("feature_probability"), this.model.get("importance_decay"));
    this.startCurve();
  }
  startCurve() {
    this.curve = [];
    this.record();
    this.later();
  }
  record() {
    this.curve.push([this.training.total, this.training.loss]);
    if (this.curve.length > REMEMBERED) this.curve.shift();
  }
  advance(steps) {
    for (let step = 0; step < steps && !this.training.finished; step++) {
      this.training.adamStep();
      if (this.held) this.training.place(this.held.feature, this.held.tip);
      this.record();
    }
  }
  /** After a change by hand the schedule begins again, from where the arrows are. */
  unsettle() {
    this.training.restart();
    this.record();
    this.later();
  }

  // -- one frame --
  later() { this.waiting ||= requestAnimationFrame(now => this.draw(now)); }
  draw(now) {
    this.waiting = 0;
    if (this.running) this.advance(Math.min(4, Math.max(1, Math.round((now - this.shown) / MILLISECONDS_A_STEP))));
    this.shown = now;
    this.plane.draw(this.training, this.chosen);
    this.loss.draw(this.training, this.curve);
    this.shares.draw(this.training);
    this.showControls();
    if (this.running) this.later();
    this.speak();
  }
  /** State the result once nothing has changed for a moment: a screen reader hears start and end, not each frame. */
  speak() {
    clearTimeout(this.timer);
    const say = text => { if (this.caption.textContent !== text) this.caption.textContent = text; };
    if (this.running) say(`Training ${this.training.n} features.`);
    else this.timer = setTimeout(() => say(sentence(this.training)), 250);
  }
  showControls() {
    const play = this.input("play"), word = this.still ? "Train" : this.running ? "Pause" : "Play";
    if (play.textContent !== word) play.textContent = word;
    for (const slider of this.root.querySelectorAll("[type=range]")) {
      const value = this.model.get(slider.name);
      slider.value = scale(slider).place(value);
      slider.nextSibling.textContent = value;
      slider.setAttribute("aria-valuetext", value);
      slider.style.setProperty("--filled", `${100 * (slider.value - slider.min) / (slider.max - slider.min)}%`);
    }
    if (document.activeElement !== this.input("seed")) this.input("seed").value = this.model.get("seed");
  }

  // -- buttons, sliders, seed --
  play() {
    if (this.training.finished) this.training.restart();
    this.awake = !this.still && !this.running;
    if (this.still) this.advance(RUN);
  }
  step() {
    this.awake = false;
    if (this.training.finished) this.training.restart();
    this.advance(this.stride);
  }
  disturb() {
    this.training.disturb();
    this.unsettle();
  }
  reset() {
    this.awake = false;
    this.begin();
  }
  change(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }
  listenToControls() {
    for (const button of this.root.querySelectorAll("button"))
      button.addEventListener("click", () => { this[button.name](); this.later(); });
    for (const slider of this.root.querySelectorAll("[type=range]"))
      slider.addEventListener("input", () => this.change(slider.name, scale(slider).value(slider.value)));
    this.input("seed").addEventListener("change", ({ target }) => {
      if (target.value !== "" && target.checkValidity()) this.change("seed", Number(target.value));
      else target.value = this.model.get("seed");
    });
  }

  // -- arrows, by pointer and by key --
  moveTip(feature, [x, y]) {
    const shrink = Math.min(1, LONGEST / Math.hypot(x, y)), tip = [x * shrink, y * shrink];
    this.training.place(feature, tip);
    if (this.held) this.held.tip = tip;
    this.unsettle();
  }
  pointAt({ clientX, clientY }) {
    const box = this.plane.node.getBoundingClientRect(), unit = box.width * UNIT / 320;
    return [(clientX - box.left - box.width / 2) / unit, (box.top + box.height / 2 - clientY) / unit];
  }
  listenToPointer() {
    const { node } = this.plane;
    node.addEventListener("pointerdown", event => this.grasp(event));
    // chromium does not heed touch-action inside an svg: this keeps the page still while an arrow is pulled
    const still = event => { if (event.target.closest(".handle")) event.preventDefault(); };
    node.addEventListener("touchstart", still, { passive: false });
    node.addEventListener("pointermove", event => {
      if (!this.held) return;
      const { feature, offset } = this.held, [x, y] = this.pointAt(event);
      this.moveTip(feature, [x + offset[0], y + offset[1]]);
    });
    for (const end of ["pointerup", "pointercancel"])
      node.addEventListener(end, () => { this.held = null; this.later(); });
  }
  grasp(event) {
    const handle = event.target.closest(".handle");
    if (!handle) return;
    this.chosen = Number(handle.dataset.feature);
    const tip = columns(this.training.parameters)[this.chosen], [x, y] = this.pointAt(event);
    this.held = { feature: this.chosen, tip, offset: [tip[0] - x, tip[1] - y] };
    this.plane.node.setPointerCapture(event.pointerId);
    this.later();
  }
  key(event) {
    const turn = { ArrowLeft: 0.07, ArrowRight: -0.07 }[event.key] ?? 0;
    const grow = { ArrowUp: 0.05, ArrowDown: -0.05 }[event.key] ?? 0;
    if (!turn && !grow && event.key !== " ") return;
    event.preventDefault();
    if (event.key === " ") this.chosen = (this.chosen + 1) % this.training.n;
    else {
      const [x, y] = columns(this.training.parameters)[this.chosen];
      const angle = Math.atan2(y, x) + turn, length = Math.max(0.01, Math.hypot(x, y) + grow);
      this.moveTip(this.chosen, [length * Math.cos(angle), length * Math.sin(angle)]);
    }
    this.later();
  }

  stop() {
    cancelAnimationFrame(this.waiting);
    clearTimeout(this.timer);
  }
}

function render({ model, el }) {
  const figure = new Figure(model, el), begin = () => figure.begin(), changeTask = () => figure.changeTask();
  const events = { n_features: begin, seed: begin, feature_probability: changeTask, importance_decay: changeTask };
  for (const [name, act] of Object.entries(events)) model.on(`change:${name}`, act);
  return () => {
    figure.stop();
    for (const [name, act] of Object.entries(events)) model.off(`change:${name}`, act);
  };
}

export default { render };
