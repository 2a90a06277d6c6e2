// Starts each live figure of the page from its stored state, with no kernel, when it comes near the window.

/** What a figure's module expects of a model: the reading, writing and listening part of a Jupyter widget's. */
class Model {
  constructor(state) {
    this.state = state;
    this.listeners = new EventTarget();
  }
  get(name) { return this.state[name]; }
  set(name, value) {
    if (this.state[name] === value) return;
    this.state[name] = value;
    this.listeners.dispatchEvent(new Event(`change:${name}`));
  }
  on(event, listener) { this.listeners.addEventListener(event, listener); }
  off(event, listener) { this.listeners.removeEventListener(event, listener); }
  save_changes() {} // nothing to save to
}

async function start(figure) {
  const el = document.createElement("div");
  try {
    const { default: widget } = await import(new URL(`figures/${figure.dataset.figure}.js`, import.meta.url));
    figure.prepend(el);
    const cleanUp = await widget.render({ model: new Model(JSON.parse(figure.dataset.state)), el });
    // a page that the back button may bring back is kept as it is
    addEventListener("pagehide", event => event.persisted || cleanUp?.());
  } catch (error) {
    el.remove();
    figure.style.minHeight = 0;
    figure.querySelector("figcaption").append(" This figure could not start here; the text does not depend on it.");
    console.error(error);
  }
}

const near = new IntersectionObserver(entries => {
  for (const { target, isIntersecting } of entries)
    if (isIntersecting) {
      near.unobserve(target);
      start(target);
    }
}, { rootMargin: "600px" });
for (const figure of document.querySelectorAll("figure.live-figure")) near.observe(figure);
