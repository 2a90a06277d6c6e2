// One attention head over four tokens: drag queries, keys and values, and watch who reads from whom and what comes out.
// A point is [x, y]; `points` holds the queries, keys and values of all tokens.

const TOKENS = ["the", "river", "bank", "floods"];
const KINDS = ["queries", "keys", "values"];
const START = {
  queries: [[0.3, 0.2], [-0.4, 1.1], [1.4, 0.2], [0.9, -0.9]],
  keys: [[0.1, -0.4], [1.5, 0.3], [0.3, 1.2], [-1.1, -0.8]],
  values: [[-1.3, -1.0], [1.5, -0.8], [-0.8, 1.3], [1.2, 1.1]],
};
const FURTHEST = 2; // of a point from the middle, in each direction
const STEP = 0.1; // of one press of an arrow key

// ---- maths: pure functions, compared with Python by the tests ----

/** Scores of one query against all keys: inverse temperature times q . k / sqrt(2). */
export const scores = (query, keys, inverseTemperature) =>
  keys.map(key => inverseTemperature * (query[0] * key[0] + query[1] * key[1]) / Math.SQRT2);

/** Softmax, with the largest score taken out first. */
export function softmax(values) {
  const largest = Math.max(...values), raised = values.map(value => Math.exp(value - largest));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map(value => value / total);
}

/** One row of weights a query; with `causal`, a token reads from itself and from those before it. */
export const pattern = ({ queries, keys }, inverseTemperature, causal) => queries.map((query, i) => {
  const seen = causal ? keys.slice(0, i + 1) : keys;
  const weights = softmax(scores(query, seen, inverseTemperature));
  return keys.map((_, j) => weights[j] ?? 0);
});

/** Weighted sums of the values, one a row of the pattern. */
export const outputs = (weights, values) => weights.map(row =>
  [0, 1].map(axis => row.reduce((sum, weight, j) => sum + weight * values[j][axis], 0)));

const doubled = points => points.map(([x, y]) => [2 * x, 2 * y]);
const length = points => Math.hypot(...points.flat());

/**
 * How far the head is from doubling its outputs when everything that goes in is doubled: |f(2x) - 2 f(x)| / |f(2x)|.
 * 0 when the pattern is held: what is left is linear.
 */
export function doublingDefect(points, inverseTemperature, causal, held) {
  const once = outputs(held ?? pattern(points, inverseTemperature, causal), points.values);
  const twice = { queries: doubled(points.queries), keys: doubled(points.keys), values: doubled(points.values) };
  const answer = outputs(held ?? pattern(twice, inverseTemperature, causal), twice.values);
  const missing = answer.map(([x, y], i) => [x - 2 * once[i][0], y - 2 * once[i][1]]);
  const size = length(answer);
  return size > 1e-12 ? length(missing) / size : 0;
}

/** Corners of the smallest convex shape that holds all points, in order around it. */
export function hull(points) {
  const sorted = [...points].sort(([a, b], [c, d]) => a - c || b - d);
  const turns = ([a, b], [c, d], [e, f]) => (c - a) * (f - b) - (d - b) * (e - a);
  const side = walk => {
    const kept = [];
    for (const point of walk) {
      while (kept.length > 1 && turns(kept.at(-2), kept.at(-1), point) <= 0) kept.pop();
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  return [...side(sorted), ...side(sorted.reverse())];
}

// ---- what is seen, in words ----

const percent = share => `${Math.round(100 * share)} %`;
const number = value => (Math.abs(value) < 0.005 ? "0.00" : value.toFixed(2)).replace("-", "\u2212");

const quoted = token => `\u201c${TOKENS[token]}\u201d`;

/** State what the chosen token reads, what comes out, and whether doubling everything doubles it. */
export function sentence(points, { inverseTemperature, causal, query }, held) {
  const weights = held ?? pattern(points, inverseTemperature, causal);
  const read = weights[query].map((weight, j) => `${quoted(j)} ${percent(weight)}`).join(", ");
  const output = outputs(weights, points.values)[query].map(number).join(", ");
  const defect = doublingDefect(points, inverseTemperature, causal, held);
  const verdict = held ? "The pattern is held, so doubling all inputs doubles all outputs exactly."
    : `If all inputs were doubled, the outputs would miss doubling by ${percent(defect)}.`;
  return `${quoted(query)} reads ${read}; its output is (${output}). ${verdict}`;
}

// ---- drawing ----

const UNIT = 44; // svg units of length 1
const STYLE = `
.head .stage { display: grid; grid-template-columns: 1fr 1fr; gap: 10px 26px; }
.head svg { display: block; width: 100%; height: auto; overflow: visible; }
.head + figcaption { min-height: calc(2.9em + 14px); }
.head svg text { font-size: 12.5px; fill: var(--muted); stroke: none; }
.head svg .title { font-weight: 600; fill: var(--ink); }
.head svg .middle { text-anchor: middle; } .head svg .end { text-anchor: end; }
.head .guide { fill: none; stroke: var(--rule); }
.head .hull { fill: color-mix(in srgb, var(--surface) 80%, transparent); stroke: var(--faint); }
.head .ray { stroke: var(--ink); stroke-width: 1.6; stroke-dasharray: 4 3; }
.head .share { stroke: var(--attention); stroke-opacity: 0.55; stroke-linecap: round; }
.head .sum { fill: var(--ink); stroke: var(--paper); stroke-width: 1.5; }
.head .other { fill: var(--muted); }
.head .handle { cursor: grab; touch-action: none; }
.head .handle circle { fill: var(--paper); stroke: var(--accent); stroke-width: 2; }
.head .handle .reach { fill: transparent; stroke: none; }
.head .handle text { font-size: 11.5px; font-weight: 600; fill: var(--accent); pointer-events: none; user-select: none; }
.head .chosen circle { fill: var(--accent); } .head .chosen text { fill: var(--paper); }
.head .cell { stroke: var(--paper); stroke-width: 2; }
.head .pattern { cursor: pointer; }
.head .pattern .weight { fill: var(--ink); stroke: var(--paper); stroke-width: 3; paint-order: stroke; }
.head .pattern .frame, .head .pattern .weight { pointer-events: none; }
.head .pattern .frame { fill: none; stroke: var(--accent); stroke-width: 2; }
.head .controls { gap: 6px 14px; }
.head .controls label:first-child { flex-basis: 100%; }
.head .controls button { padding: 0 12px; }
.head .controls label.switch { flex: none; gap: 8px; min-height: 36px; }
.head .controls input[type="checkbox"] { width: 18px; height: 18px; margin: 0; accent-color: var(--accent); }
@media (max-width: 640px) {
  .head .stage { grid-template-columns: minmax(0, 290px); justify-content: center; }
  .head + figcaption { min-height: calc(7.25em + 14px); }
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
const at = ([x, y]) => `${UNIT * x} ${-UNIT * y}`;

/** A plane with one handle a token; `extra` draws what lies under the handles. */
function planePanel(stage, kind, describedBy, extra) {
  const label = `${kind} of the four tokens. Arrow keys move the chosen token's, space chooses the next token.`;
  const node = svg(stage, "svg", {
    class: `plane ${kind}`, viewBox: "-120 -112 240 210", role: "img", tabindex: 0, "aria-label": label,
    "aria-describedby": describedBy,
  });
  svg(node, "text", { x: -118, y: -99, class: "title" }, kind === "values" ? "values and outputs" : kind);
  svg(node, "path", { d: "M-116 0H116M0 -92V92", class: "guide" });
  const under = svg(node, "g"), group = svg(node, "g");
  const handles = TOKENS.map((_, i) => {
    const handle = svg(group, "g", { class: "handle", "data-token": i });
    svg(handle, "circle", { r: 17, class: "reach" });
    svg(handle, "circle", { r: 9 });
    svg(handle, "text", { y: 4, class: "middle" }, i + 1);
    return handle;
  });
  function draw(figure) {
    under.replaceChildren();
    extra(under, figure);
    handles.forEach((handle, i) => {
      handle.classList.toggle("chosen", i === figure.query);
      set(handle, { transform: `translate(${at(figure.points[kind][i])})` });
    });
  }
  return { kind, node, draw };
}

/** Under the keys: the chosen query, to compare them with. */
function drawQuery(under, { points, query }) {
  const [x, y] = points.queries[query];
  svg(under, "line", { x2: UNIT * x, y2: -UNIT * y, class: "ray" });
  svg(under, "text", { x: -82, y: -99 }, `(dashed: query ${query + 1})`);
}

/** Under the values: their hull, the chosen query's shares, and every output. */
function drawOutputs(under, { points: { values }, weights, query }) {
  const sums = outputs(weights, values), [x, y] = sums[query];
  svg(under, "polygon", { class: "hull", points: hull(values).map(at).join(", ") });
  values.forEach(([u, v], j) => svg(under, "line", {
    class: "share", x1: UNIT * x, y1: -UNIT * y, x2: UNIT * u, y2: -UNIT * v, "stroke-width": 9 * weights[query][j],
  }));
  sums.forEach((sum, i) => i === query || svg(under, "circle", { r: 3, class: "other", transform: `translate(${at(sum)})` }));
  svg(under, "circle", { r: 6, class: "sum", transform: `translate(${at([x, y])})` });
}

const CELL = 42;
function patternPanel(stage) {
  const node = svg(stage, "svg", {
    class: "pattern", viewBox: "-120 -112 240 210", role: "img", "aria-label": "Pattern: a row a query, a column a key",
  });
  svg(node, "text", { x: -118, y: -99, class: "title" }, "pattern");
  const left = -60, top = -72;
  const cells = TOKENS.map((_, i) => TOKENS.map((_, j) => ({
    box: svg(node, "rect", { x: left + j * CELL, y: top + i * CELL, width: CELL, height: CELL, class: "cell", "data-query": i }),
    text: svg(node, "text", {
      x: left + (j + 0.5) * CELL, y: top + (i + 0.5) * CELL + 4, class: "weight middle", "data-query": i,
    }),
  })));
  TOKENS.forEach((token, i) => {
    svg(node, "text", { x: left - 8, y: top + (i + 0.5) * CELL + 4, class: "end", "data-query": i }, `${i + 1} ${token}`);
    svg(node, "text", { x: left + (i + 0.5) * CELL, y: top - 7, class: "middle" }, token);
  });
  const frame = svg(node, "rect", { x: left, width: 4 * CELL, height: CELL, class: "frame" });
  function draw({ weights, query }) {
    cells.forEach((row, i) => row.forEach(({ box, text }, j) => {
      const share = weights[i][j];
      set(box, { style: `fill: color-mix(in oklab, var(--attention) ${(100 * share).toFixed(1)}%, var(--paper))` });
      text.textContent = share === 0 ? "\u2013" : share.toFixed(2);
    }));
    set(frame, { y: top + query * CELL });
  }
  return { node, draw };
}

// ---- the figure ----

// an input stands before its output, since a label belongs to the first of them
const CONTROLS = `
<label><span>inverse temperature</span><input type="range" name="inverse_temperature" min="0" max="20" step="0.25">
<output></output></label>
<label class="switch"><input type="checkbox" name="causal"><span>causal</span></label>
<label class="switch"><input type="checkbox" name="held"><span>hold the pattern</span></label>
<button type="button" name="shuffle">Shuffle</button><button type="button" name="reset">Reset</button>`;

/** The figure around the element: the page's own, or a new one in a notebook. */
function frame(el) {
  const figure = el.closest("figure") ?? el.appendChild(document.createElement("figure"));
  const root = figure.contains(el) ? el : figure.appendChild(document.createElement("div"));
  figure.classList.add("live-figure");
  root.classList.add("live-root", "head");
  const caption = figure.querySelector("figcaption") ?? figure.appendChild(document.createElement("figcaption"));
  caption.id ||= `head-${document.querySelectorAll("figcaption[id^=head-]").length + 1}`;
  caption.setAttribute("aria-live", "polite");
  return { root, caption };
}

const clamp = value => Math.max(-FURTHEST, Math.min(FURTHEST, value));

class Figure {
  constructor(model, el) {
    const { root, caption } = frame(el);
    Object.assign(this, { model, root, caption, points: structuredClone(START), grasped: null, held: null, waiting: 0, timer: 0 });
    root.innerHTML = `<style>${STYLE}</style><div class="stage"></div><div class="controls">${CONTROLS}</div>`;
    const stage = root.querySelector(".stage");
    const extras = { queries: () => {}, keys: drawQuery, values: drawOutputs };
    const [queries, keys] = ["queries", "keys"].map(kind => planePanel(stage, kind, caption.id, extras[kind]));
    this.pattern = patternPanel(stage);
    this.planes = [queries, keys, planePanel(stage, "values", caption.id, extras.values)];
    // JupyterLab takes arrow keys and Enter for its cells unless the focused element itself says no
    for (const node of root.querySelectorAll("button, input, [tabindex]")) node.dataset.lmSuppressShortcuts = "true";
    this.listen();
    this.hold();
  }

  input(name) { return this.root.querySelector(`[name=${name}]`); }
  get query() { return this.model.get("query") - 1; }
  get settings() {
    return {
      inverseTemperature: this.model.get("inverse_temperature"), causal: Boolean(this.model.get("causal")), query: this.query,
    };
  }
  get fresh() { return pattern(this.points, this.settings.inverseTemperature, this.settings.causal); }
  get weights() { return this.held ?? this.fresh; }

  change(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
    this.later();
  }
  /** Keep the present pattern, or let it follow the inputs again. */
  hold() {
    this.held = this.model.get("held") ? this.fresh : null;
    this.later();
  }
  reset() {
    this.points = structuredClone(START);
    this.hold();
  }
  shuffle() {
    const draw = () => Number((3.4 * Math.random() - 1.7).toFixed(1));
    for (const kind of KINDS) this.points[kind] = TOKENS.map(() => [draw(), draw()]);
    this.later();
  }

  // -- one frame, and the sentence once nothing has changed for a moment --
  later() { this.waiting ||= requestAnimationFrame(() => this.draw()); }
  draw() {
    this.waiting = 0;
    for (const panel of [...this.planes, this.pattern]) panel.draw(this);
    const slider = this.input("inverse_temperature"), value = this.model.get("inverse_temperature");
    slider.value = value;
    slider.parentNode.querySelector("output").textContent = value;
    slider.style.setProperty("--filled", `${5 * value}%`);
    for (const name of ["causal", "held"]) this.input(name).checked = Boolean(this.model.get(name));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.speak(), 250);
  }
  speak() {
    const text = sentence(this.points, this.settings, this.held);
    if (this.caption.textContent !== text) this.caption.textContent = text;
  }

  // -- pointer, keys and controls --
  listen() {
    this.input("inverse_temperature").addEventListener("input", ({ target }) =>
      this.change("inverse_temperature", Number(target.value)));
    for (const name of ["causal", "held"])
      this.input(name).addEventListener("change", ({ target }) => this.change(name, Number(target.checked)));
    for (const name of ["shuffle", "reset"]) this.input(name).addEventListener("click", () => this[name]());
    this.pattern.node.addEventListener("click", ({ target }) => {
      if (target.dataset.query) this.change("query", Number(target.dataset.query) + 1);
    });
    for (const plane of this.planes) {
      plane.node.addEventListener("pointerdown", event => this.grasp(event, plane));
      // chromium does not heed touch-action inside an svg: this keeps the page still while an arrow is pulled
      const still = event => { if (event.target.closest(".handle")) event.preventDefault(); };
      plane.node.addEventListener("touchstart", still, { passive: false });
      plane.node.addEventListener("pointermove", event => this.drag(event));
      for (const end of ["pointerup", "pointercancel"]) plane.node.addEventListener(end, () => { this.grasped = null; });
      plane.node.addEventListener("keydown", event => this.key(event, plane.kind));
    }
  }
  pointAt({ clientX, clientY }, node) {
    const box = node.getBoundingClientRect(), unit = box.width * UNIT / 240;
    return [(clientX - box.left) / unit - 120 / UNIT, 112 / UNIT - (clientY - box.top) / unit];
  }
  grasp(event, { kind, node }) {
    const handle = event.target.closest(".handle");
    if (!handle) return;
    const token = Number(handle.dataset.token), [x, y] = this.pointAt(event, node), [u, v] = this.points[kind][token];
    this.grasped = { kind, node, token, offset: [u - x, v - y] };
    node.setPointerCapture(event.pointerId);
    this.change("query", token + 1);
  }
  drag(event) {
    if (!this.grasped) return;
    const { kind, node, token, offset } = this.grasped, [x, y] = this.pointAt(event, node);
    this.move(kind, token, [x + offset[0], y + offset[1]]);
  }
  move(kind, token, [x, y]) {
    this.points[kind][token] = [clamp(x), clamp(y)];
    this.later();
  }
  key(event, kind) {
    const right = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key] ?? 0;
    const up = { ArrowUp: STEP, ArrowDown: -STEP }[event.key] ?? 0;
    if (!right && !up && event.key !== " ") return;
    event.preventDefault();
    if (event.key === " ") this.change("query", (this.query + 1) % TOKENS.length + 1);
    else {
      const [x, y] = this.points[kind][this.query];
      this.move(kind, this.query, [x + right, y + up]);
    }
  }

  stop() {
    cancelAnimationFrame(this.waiting);
    clearTimeout(this.timer);
  }
}

function render({ model, el }) {
  const figure = new Figure(model, el), later = () => figure.later(), hold = () => figure.hold();
  const events = { inverse_temperature: later, causal: later, query: later, held: hold };
  for (const [name, act] of Object.entries(events)) model.on(`change:${name}`, act);
  return () => {
    figure.stop();
    for (const [name, act] of Object.entries(events)) model.off(`change:${name}`, act);
  };
}

export default { render };
