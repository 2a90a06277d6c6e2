// A ripple tank: rings from sources that can be pulled about, their sum, and the arrows that make it at one place.
// A wave is a complex number [re, im] at each place; at time t it is turned by t, and its height is the real part.

const WIDE = 16, HIGH = 12; // the tank, centred on 0, y upwards
const PIXELS = 13; // a unit of length on the canvas, which the page stretches
const COLUMNS = WIDE * PIXELS, ROWS = HIGH * PIXELS;
const PERIOD = 1600; // milliseconds of one oscillation while it plays
const KEY_STEP = 0.1;

// ---- maths: pure functions, compared with Python by the tests ----

/** Uniform numbers in [0, 1) from the generator mulberry32. */
export function uniforms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Phases of n sources: all 0 for seed 0, else random. */
export function phases(n, seed) {
  const next = uniforms(seed);
  return Array.from({ length: n }, () => seed ? 2 * Math.PI * next() : 0);
}

/** n sources in a column, at most 3.2 apart. */
export function column(n) {
  const gap = Math.min(3.2, (HIGH - 2) / n);
  return Array.from({ length: n }, (_, j) => [-4, gap * ((n - 1) / 2 - j)]);
}

/** exp(i (2 pi r / wavelength + phase)) at a distance r from the source. */
export function circularWave(x, y, source, wavelength, phase) {
  const turn = 2 * Math.PI / wavelength * Math.hypot(x - source[0], y - source[1]) + phase;
  return [Math.cos(turn), Math.sin(turn)];
}

/** The arrows of all sources at one place. */
export const arrowsAt = (x, y, { sources, phases, wavelength }) =>
  sources.map((source, j) => circularWave(x, y, source, wavelength, phases[j]));

/** Add arrows. */
export const sum = arrows => arrows.reduce(([a, b], [re, im]) => [a + re, b + im], [0, 0]);

/** |u|^2. */
export const intensity = ([re, im]) => re * re + im * im;

/** Place of a pixel's middle. */
export const place = (column, row) =>
  [(column + 0.5) / PIXELS - WIDE / 2, HIGH / 2 - (row + 0.5) / PIXELS];

/** The waves of all sources on the grid, each kept by itself, so that moving one source computes one wave. */
export class Water {
  constructor() {
    this.parts = [];
    this.re = new Float64Array(COLUMNS * ROWS);
    this.im = new Float64Array(COLUMNS * ROWS);
  }

  /** Compute what has changed and add up. */
  update({ sources, phases, wavelength }) {
    this.parts.length = sources.length;
    sources.forEach((source, j) => {
      const key = [...source, phases[j], wavelength].join();
      if (this.parts[j]?.key !== key) this.parts[j] = { key, ...this.wave(source, wavelength, phases[j]) };
    });
    this.re.fill(0);
    this.im.fill(0);
    for (const { re, im } of this.parts)
      for (let i = 0; i < re.length; i++) {
        this.re[i] += re[i];
        this.im[i] += im[i];
      }
  }

  wave([x, y], wavelength, phase) {
    const re = new Float64Array(COLUMNS * ROWS), im = new Float64Array(COLUMNS * ROWS), k = 2 * Math.PI / wavelength;
    for (let row = 0, i = 0; row < ROWS; row++) {
      const up = (place(0, row)[1] - y) ** 2;
      for (let column = 0; column < COLUMNS; column++, i++) {
        const across = (column + 0.5) / PIXELS - WIDE / 2 - x;
        const turn = k * Math.sqrt(across * across + up) + phase;
        re[i] = Math.cos(turn);
        im[i] = Math.sin(turn);
      }
    }
    return { re, im };
  }
}

// ---- what is seen, in words ----

/** State what the sources do at the cork. */
export function sentence({ sources, phases, wavelength, cork }) {
  const n = sources.length, total = sum(arrowsAt(...cork, { sources, phases, wavelength }));
  const step = n === 1 ? "" : phases.every(phase => phase === phases[0]) ? " in step" : " with random phases";
  const apart = n === 2 ? `, ${(Math.hypot(sources[0][0] - sources[1][0], sources[0][1] - sources[1][1]) / wavelength)
    .toFixed(1)} wavelengths apart` : "";
  const length = Math.sqrt(intensity(total)).toFixed(2), bright = intensity(total).toFixed(2);
  return `${n} source${n === 1 ? "" : "s"}${step}${apart}. At the cork the arrows add up to length ${length}, so the `
    + `brightness is ${bright}; brightnesses alone would add up to ${n}.`;
}

// ---- colours: paper is zero, crests go to plus, troughs to minus ----

const channels = hex => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16));
const blend = (a, b, share) => a.map((value, c) => value + share * (b[c] - value));

/** 511 colours from -1 to +1, as pixels. */
function colourTable({ paper, ink, plus, minus }) {
  const table = new Uint32Array(511), bytes = new Uint8ClampedArray(table.buffer);
  for (let i = 0; i < 511; i++) {
    const height = (i - 255) / 255, far = Math.abs(height), side = height > 0 ? plus : minus;
    const rgb = far < 0.7 ? blend(paper, side, far / 0.7) : blend(side, ink, (far - 0.7) / 0.3 * 0.55);
    bytes.set([...rgb, 255], 4 * i);
  }
  return table;
}

// ---- drawing ----

const UNIT = 25; // svg units of a unit of length
const STYLE = `
.ripples { container-type: inline-size; }
.ripples + figcaption { box-sizing: border-box; min-height: calc(2.9em + 14px); padding-top: 0 !important; }
.ripples .stage { display: grid; grid-template-columns: 2fr 1fr; gap: 14px 24px; align-items: center; }
.ripples .tank { position: relative; line-height: 0; }
.ripples canvas { display: block; width: 100%; height: auto; border-radius: 6px; }
.ripples .tank svg { position: absolute; inset: 0; width: 100%; height: 100%; cursor: crosshair; }
.ripples svg { display: block; overflow: visible; }
.ripples .arrows { width: 100%; height: auto; }
.ripples svg text { font-size: 12.5px; fill: var(--muted); stroke: none; }
.ripples svg .middle { text-anchor: middle; } .ripples svg .result { fill: var(--ink); font-weight: 600; }
.ripples .edge { fill: none; stroke: var(--rule); }
.ripples .ring { fill: none; stroke: var(--muted); stroke-dasharray: 4 4; }
.ripples .part { fill: none; stroke: var(--minus); stroke-width: 1.8; stroke-linejoin: round; }
.ripples .joint { fill: var(--minus); } .ripples .dot { fill: var(--ink); }
.ripples .total { stroke: var(--ink); stroke-width: 3; } .ripples .head { fill: var(--ink); }
.ripples .handle { cursor: grab; touch-action: none; }
.ripples .handle circle, .ripples .handle path { fill: var(--paper); stroke: var(--accent); stroke-width: 2; }
.ripples .handle .reach { fill: transparent; stroke: none; }
.ripples .handle text { font-size: 11px; font-weight: 600; fill: var(--accent); pointer-events: none; user-select: none; }
.ripples .chosen :is(circle, path) { fill: var(--accent); } .ripples .chosen text { fill: var(--paper); }
.ripples .chosen .reach { fill: transparent; }
.ripples .buttons, .ripples .sliders { display: flex; flex-wrap: wrap; align-items: center; width: 100%; }
.ripples .buttons { gap: 8px 10px; } .ripples .sliders { gap: 4px 28px; }
.ripples .controls button[name="play"] {
  min-width: 78px; border-color: var(--ink); background: var(--ink); color: var(--paper);
}
.ripples .controls button[name="play"]:hover {
  border-color: var(--accent); background: var(--accent); color: var(--paper);
}
.ripples .controls button[name="view"] { min-width: 150px; }
.ripples .sliders label { flex: 1 1 200px; display: grid; grid-template-columns: 6em 1fr 2.5em; gap: 8px; }
@media (max-width: 640px) { .ripples + figcaption { min-height: calc(5.8em + 14px); } }
@container (max-width: 560px) {
  .ripples .stage { grid-template-columns: minmax(0, 1fr); }
  .ripples .arrows { max-width: 260px; margin: auto; }
  .ripples .sliders label { flex-basis: 100%; }
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

/** The water on a canvas, and on top of it the handles: numbered discs for the sources, a cross for the cork. */
function tankPanel(stage) {
  const tank = stage.appendChild(document.createElement("div"));
  tank.className = "tank";
  const canvas = tank.appendChild(document.createElement("canvas"));
  set(canvas, { width: COLUMNS, height: ROWS });
  const context = canvas.getContext("2d"), image = context.createImageData(COLUMNS, ROWS);
  const pixels = new Uint32Array(image.data.buffer);
  const node = svg(tank, "svg", {
    viewBox: `${-WIDE / 2 * UNIT} ${-HIGH / 2 * UNIT} ${WIDE * UNIT} ${HIGH * UNIT}`, role: "img", tabindex: 0,
    "aria-label": "Water with numbered sources and a cork. Space chooses the next of them, arrow keys move it.",
  });
  svg(node, "rect", { x: -WIDE / 2 * UNIT, y: -HIGH / 2 * UNIT, width: WIDE * UNIT, height: HIGH * UNIT, rx: 6, class: "edge" });
  const group = svg(node, "g");
  let handles = [], table, wearing = "";

  const build = i => {
    const handle = svg(group, "g", { class: "handle", "data-handle": i });
    svg(handle, "circle", { r: 17, class: "reach" });
    return handle;
  };
  function buildSource(i) {
    const handle = build(i);
    svg(handle, "circle", { r: 8.5 });
    svg(handle, "text", { y: 4, class: "middle" }, i + 1);
    return handle;
  }
  function buildCork(i) {
    const handle = build(i);
    svg(handle, "path", { d: "M-3 -10H3V-3H10V3H3V10H-3V3H-10V-3H-3Z" });
    return handle;
  }
  function dress() {
    const style = getComputedStyle(tank), names = ["paper", "ink", "plus", "minus"];
    const hex = names.map(name => style.getPropertyValue(`--${name}`).trim());
    if (hex.join() === wearing) return;
    wearing = hex.join();
    table = colourTable(Object.fromEntries(names.map((name, i) => [name, channels(hex[i])])));
  }
  /** Heights are shown up to sqrt(2 n), brightnesses up to 2 n: for two sources that is all there is. */
  function paint({ re, im }, n, time, bright) {
    const c = Math.cos(time), s = Math.sin(time), scale = 255 / (bright ? 2 * n : Math.sqrt(2 * n));
    for (let i = 0; i < pixels.length; i++) {
      const value = bright ? re[i] * re[i] + im[i] * im[i] : re[i] * c + im[i] * s;
      pixels[i] = table[255 + Math.max(-255, Math.min(255, Math.round(scale * value)))];
    }
    context.putImageData(image, 0, 0);
  }
  function draw(state, water, time, bright, chosen) {
    const places = [...state.sources, state.cork];
    if (handles.length !== places.length) {
      group.replaceChildren();
      handles = places.map((_, i) => i < state.sources.length ? buildSource(i) : buildCork(i));
    }
    handles.forEach((handle, i) => {
      set(handle, { transform: `translate(${UNIT * places[i][0]} ${-UNIT * places[i][1]})` });
      handle.classList.toggle("chosen", i === chosen);
    });
    dress();
    paint(water, state.sources.length, time, bright);
  }
  return { node, draw };
}

/** The arrows at the cork, head to tail, and their sum. */
function arrowsPanel(stage) {
  const node = svg(stage, "svg", { class: "arrows", viewBox: "0 0 220 250", role: "img" });
  set(node, { "aria-label": "Arrows of the sources at the cork, head to tail, and their sum" });
  svg(node, "text", { x: 110, y: 14, class: "middle" }, "arrows at the cork");
  const group = svg(node, "g");
  const ring = svg(group, "circle", { class: "ring" }), chain = svg(group, "polyline", { class: "part" });
  const joints = svg(group, "g"), total = svg(group, "line", { class: "total" });
  const head = svg(group, "path", { d: "M0 0L-13 5.6V-5.6Z", class: "head" });
  svg(group, "circle", { r: 3.5, class: "dot" });
  const value = svg(node, "text", { x: 110, y: 228, class: "middle result" });
  const root = svg(node, "text", { x: 110, y: 246, class: "middle" });

  function draw(state, time) {
    const turned = ([re, im]) => [re * Math.cos(time) + im * Math.sin(time), im * Math.cos(time) - re * Math.sin(time)];
    const tips = [[0, 0]];
    for (const arrow of arrowsAt(...state.cork, state)) tips.push(sum([tips.at(-1), turned(arrow)]));
    const n = state.sources.length, far = Math.max(1, Math.sqrt(n), ...tips.map(tip => Math.hypot(...tip)));
    const scale = 88 / far, end = tips.at(-1), length = scale * Math.hypot(...end);
    const points = tips.map(([x, y]) => [scale * x, -scale * y]);
    set(group, { transform: "translate(110 116)" });
    set(ring, { r: scale * Math.sqrt(n) });
    set(chain, { points: points.join(" ") });
    joints.replaceChildren();
    for (const [cx, cy] of points.slice(1, -1)) svg(joints, "circle", { cx, cy, r: 2.6, class: "joint" });
    set(total, { x2: points.at(-1)[0] * Math.max(0, 1 - 10 / length), y2: points.at(-1)[1] * Math.max(0, 1 - 10 / length) });
    const angle = -Math.atan2(end[1], end[0]) * 180 / Math.PI;
    set(head, { transform: `translate(${points.at(-1)}) rotate(${angle}) scale(${Math.min(1, length / 14)})` });
    value.textContent = `sum ${Math.hypot(...end).toFixed(2)}, brightness ${intensity(end).toFixed(2)}`;
    root.textContent = `dashed: \u221a${n} = ${Math.sqrt(n).toFixed(2)}`;
  }
  return { draw };
}

// ---- the figure ----

const button = (name, word) => `<button type="button" name="${name}">${word}</button>`;
// the input stands before the output, since a label belongs to the first of them
const slider = (name, word, low, high, step) => `<label><span>${word}</span><input type="range" name="${name}"
min="${low}" max="${high}" step="${step}"><output></output></label>`;
const CONTROLS = `
<div class="buttons">
${button("play", "")}${button("view", "")}${button("inStep", "In step")}${button("random", "Random phases")}
</div>
<div class="sliders">
${slider("n_sources", "sources", 1, 12, 1)}
${slider("wavelength", "wavelength", 0.8, 4, 0.1)}
</div>`;

/** The figure around the element: the page's own, or a new one in a notebook. */
function frame(el) {
  const figure = el.closest("figure") ?? el.appendChild(document.createElement("figure"));
  const root = figure.contains(el) ? el : figure.appendChild(document.createElement("div"));
  figure.classList.add("live-figure");
  root.classList.add("live-root", "ripples");
  const caption = figure.querySelector("figcaption") ?? figure.appendChild(document.createElement("figcaption"));
  caption.id ||= `ripples-${document.querySelectorAll("figcaption[id^=ripples-]").length + 1}`;
  caption.setAttribute("aria-live", "polite");
  return { root, caption };
}

class Figure {
  constructor(model, el) {
    const { root, caption } = frame(el);
    Object.assign(this, { model, root, caption, chosen: 0, held: null, pressed: null, bright: false, waiting: 0, timer: 0, time: 0, shown: 0 });
    // with reduced motion nothing moves by itself: a press turns the arrows by an eighth
    this.still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.playing = false;
    this.water = new Water();
    this.cork = [4, 1.5];
    root.innerHTML = `<style>${STYLE}</style><div class="stage"></div><div class="controls">${CONTROLS}</div>`;
    const stage = root.querySelector(".stage");
    Object.assign(this, { tank: tankPanel(stage), arrows: arrowsPanel(stage) });
    this.tank.node.setAttribute("aria-describedby", caption.id);
    // JupyterLab takes arrow keys and Enter for its cells unless the focused element itself says no
    for (const node of root.querySelectorAll("button, input, [tabindex]")) node.dataset.lmSuppressShortcuts = "true";
    this.listenToControls();
    this.listenToPointer();
    this.tank.node.addEventListener("keydown", event => this.key(event));
    this.layOut();
    this.refresh();
  }

  get state() {
    const seed = this.model.get("phase_seed"), { sources, cork } = this;
    return { sources, cork, phases: phases(sources.length, seed), wavelength: this.model.get("wavelength") };
  }
  layOut() {
    this.sources = column(this.model.get("n_sources"));
    this.chosen = 0;
    this.held = null;
  }
  /** After a change of what makes the waves. */
  refresh() {
    this.stale = true;
    this.later();
  }

  // -- one frame --
  later() { this.waiting ||= requestAnimationFrame(now => this.draw(now)); }
  draw(now) {
    this.waiting = 0;
    if (this.playing) this.time += 2 * Math.PI * Math.min(50, now - this.shown) / PERIOD;
    this.shown = now;
    const state = this.state;
    if (this.stale) this.water.update(state);
    this.stale = false;
    this.tank.draw(state, this.water, this.time, this.bright, this.chosen);
    this.arrows.draw(state, this.time);
    this.showControls();
    if (this.playing) this.later();
    this.speak(state);
  }
  /** State the result once nothing has changed for a moment; time alone changes nothing that is said. */
  speak(state) {
    const text = sentence(state);
    if (text === this.said) return;
    this.said = text;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.caption.textContent = text; }, 250);
  }
  showControls() {
    const word = (name, text) => {
      const node = this.root.querySelector(`[name=${name}]`);
      if (node.textContent !== text) node.textContent = text;
    };
    word("play", this.still ? "Advance" : this.playing ? "Pause" : "Play");
    word("view", this.bright ? "Show height" : "Show brightness");
    for (const slider of this.root.querySelectorAll("[type=range]")) {
      const value = this.model.get(slider.name);
      slider.value = value;
      slider.nextSibling.textContent = value;
      slider.setAttribute("aria-valuetext", value);
      slider.style.setProperty("--filled", `${100 * (slider.value - slider.min) / (slider.max - slider.min)}%`);
    }
  }

  // -- buttons and sliders --
  play() {
    if (this.still) this.time += Math.PI / 4;
    else this.playing = !this.playing;
  }
  view() { this.bright = !this.bright; }
  inStep() { this.change("phase_seed", 0); }
  random() { this.change("phase_seed", this.model.get("phase_seed") % 9999 + 1); }
  change(name, value) {
    this.model.set(name, value);
    this.model.save_changes();
  }
  listenToControls() {
    for (const button of this.root.querySelectorAll("button"))
      button.addEventListener("click", () => { this[button.name](); this.later(); });
    for (const slider of this.root.querySelectorAll("[type=range]"))
      slider.addEventListener("input", () => this.change(slider.name, Number(slider.value)));
  }

  // -- sources and cork, by pointer and by key --
  move(i, [x, y]) {
    const inside = [Math.max(-WIDE / 2, Math.min(WIDE / 2, x)), Math.max(-HIGH / 2, Math.min(HIGH / 2, y))];
    if (i < this.sources.length) this.sources[i] = inside;
    else this.cork = inside;
    this.refresh();
  }
  pointed(event) {
    const box = this.tank.node.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width - 0.5) * WIDE, (0.5 - (event.clientY - box.top) / box.height) * HIGH];
  }
  listenToPointer() {
    const node = this.tank.node;
    const grab = (i, event) => {
      const at = this.pointed(event), [x, y] = i < this.sources.length ? this.sources[i] : this.cork;
      this.chosen = i;
      this.held = { i, offset: [x - at[0], y - at[1]] };
      node.setPointerCapture(event.pointerId);
      this.later();
    };
    node.addEventListener("pointerdown", event => {
      const handle = event.target.closest("[data-handle]");
      this.pressed = handle;
      if (handle) grab(Number(handle.dataset.handle), event);
    });
    // chromium does not heed touch-action inside an svg: this keeps the page still while a handle is pulled
    const still = event => { if (event.target.closest("[data-handle]")) event.preventDefault(); };
    node.addEventListener("touchstart", still, { passive: false });
    node.addEventListener("pointermove", event => {
      if (!this.held) return;
      const [x, y] = this.pointed(event), { i, offset } = this.held;
      this.move(i, [x + offset[0], y + offset[1]]);
    });
    for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => { this.held = null; });
    // a press on open water puts the cork there; after a pull the click belongs to the whole tank
    node.addEventListener("click", event => {
      if (!this.pressed) this.move(this.sources.length, this.pointed(event));
    });
  }
  key(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (step) {
      const [x, y] = [...this.sources, this.cork][this.chosen];
      this.move(this.chosen, [x + KEY_STEP * step[0], y + KEY_STEP * step[1]]);
    } else if (event.key === " ") {
      this.chosen = (this.chosen + 1) % (this.sources.length + 1);
      this.later();
    } else return;
    event.preventDefault();
  }

  /** Stop everything when the page or the notebook's view goes. */
  close() {
    this.playing = false;
    cancelAnimationFrame(this.waiting);
    clearTimeout(this.timer);
  }
}

function render({ model, el }) {
  const figure = new Figure(model, el);
  const again = () => figure.refresh();
  const anew = () => { figure.layOut(); figure.refresh(); };
  model.on("change:wavelength", again);
  model.on("change:phase_seed", again);
  model.on("change:n_sources", anew);
  // the water wears the page's colours: when the theme changes, so does it
  const theme = new MutationObserver(() => figure.later()), dark = matchMedia("(prefers-color-scheme: dark)");
  for (const node of [document.documentElement, document.body]) theme.observe(node, { attributes: true });
  const changed = () => figure.later();
  dark.addEventListener("change", changed);
  return () => {
    model.off("change:wavelength", again);
    model.off("change:phase_seed", again);
    model.off("change:n_sources", anew);
    theme.disconnect();
    dark.removeEventListener("change", changed);
    figure.close();
  };
}

export default { render };
