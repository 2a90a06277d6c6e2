// Reads one request from standard input, calls the named function of attention_head.js on each case, prints the answers.
import { readFileSync } from "node:fs";

const [module] = process.argv.slice(2);
const head = await import(module);
const { name, cases } = JSON.parse(readFileSync(0, "utf8"));

const calls = {
  pattern: ({ points, inverseTemperature, causal }) => head.pattern(points, inverseTemperature, causal),
  outputs: ({ points, inverseTemperature, causal }) =>
    head.outputs(head.pattern(points, inverseTemperature, causal), points.values),
  doublingDefect: ({ points, inverseTemperature, causal, held }) =>
    head.doublingDefect(points, inverseTemperature, causal, held ?? null),
  hull: ({ points }) => head.hull(points.values),
  sentence: ({ points, inverseTemperature, causal, query, held }) =>
    head.sentence(points, { inverseTemperature, causal, query }, held ?? null),
};
console.log(JSON.stringify(cases.map(calls[name])));
