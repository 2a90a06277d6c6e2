// Reads one request from standard input, calls the named function of polygon.js on each case, prints the answers.
import { readFileSync } from "node:fs";

const [module] = process.argv.slice(2);
const polygon = await import(module);
const { name, cases } = JSON.parse(readFileSync(0, "utf8"));

const plain = value => JSON.parse(JSON.stringify(value, (_, v) => ArrayBuffer.isView(v) ? Array.from(v) : v));
const calls = {
  forward: ({ parameters, x }) => x.map(sample => polygon.forward(parameters, sample)),
  lossAndGradient: ({ parameters, x, weight, importance }) =>
    polygon.lossAndGradient(Float64Array.from(parameters), { x: x.flat(), weight }, importance),
  dimensionality: ({ W }) => polygon.dimensionality(W),
  bestLinearLoss: ({ importance, p }) => polygon.bestLinearLoss(importance, p),
  uniforms: ({ seed, count }) => Array.from({ length: count }, polygon.uniforms(seed)),
  sparseBatch: ({ seed, n, p, size }) => polygon.sparseBatch(polygon.uniforms(seed), n, p, size),
  expectation: ({ n, p }) => polygon.expectation(n, p),
  sentence: ({ W, ...task }) => {
    const training = new polygon.Training({ nFeatures: W.length, featureProbability: 0.05, importanceDecay: 1, seed: 0, ...task });
    W.forEach((w, i) => training.place(i, w));
    return polygon.sentence(training);
  },
  train: task => {
    const training = new polygon.Training(task);
    while (!training.finished) training.adamStep();
    return { parameters: training.parameters, loss: training.loss, sentence: polygon.sentence(training) };
  },
};
console.log(JSON.stringify(cases.map(single => plain(calls[name](single)))));
