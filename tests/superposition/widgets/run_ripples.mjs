// Reads one request from standard input, calls the named function of ripples.js on each case, prints the answers.
import { readFileSync } from "node:fs";

const [module] = process.argv.slice(2);
const ripples = await import(module);
const { name, cases } = JSON.parse(readFileSync(0, "utf8"));

const calls = {
  circularWave: ({ x, y, source, wavelength, phase }) => ripples.circularWave(x, y, source, wavelength, phase),
  brightness: ({ x, y, ...state }) => ripples.intensity(ripples.sum(ripples.arrowsAt(x, y, state))),
  phases: ({ n, seed }) => ripples.phases(n, seed),
  column: ({ n }) => ripples.column(n),
  sentence: state => ripples.sentence(state),
  // update through a row of states, then the places, heights and quarter-turned heights of some pixels
  water: ({ states, pixels }) => {
    const water = new ripples.Water();
    for (const state of states) water.update(state);
    return pixels.map(([column, row]) =>
      [...ripples.place(column, row), water.re[row * 208 + column], water.im[row * 208 + column]]);
  },
};
console.log(JSON.stringify(cases.map(single => calls[name](single))));
