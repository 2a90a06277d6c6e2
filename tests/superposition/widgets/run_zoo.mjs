// Reads one request from standard input, calls the named function of zoo.js on each case, prints the answers.
import { readFileSync } from "node:fs";

const [module] = process.argv.slice(2);
const zoo = await import(module);
const { name, cases } = JSON.parse(readFileSync(0, "utf8"));

const calls = {
  figure: ({ shape }) => zoo.ZOO[shape],
  trained: ({ shape }) => zoo.TRAINED[shape],
  gram: ({ W }) => zoo.gram(W),
  dimensionality: ({ W }) => zoo.dimensionality(W),
  misfit: ({ V, W }) => zoo.misfit(V, W),
  view: ({ W, turn, tilt }) => W.map(corner => zoo.view(corner, turn, tilt)),
  edges: ({ W }) => zoo.edges(W),
  sentence: ({ shape }) => zoo.sentence(shape),
};
console.log(JSON.stringify(cases.map(calls[name])));
