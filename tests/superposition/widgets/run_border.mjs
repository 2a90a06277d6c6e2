// Reads one request from standard input, calls the named function of border.js on each case, prints the answers.
import { readFileSync } from "node:fs";

const [module] = process.argv.slice(2);
const border = await import(module);
const { name, cases } = JSON.parse(readFileSync(0, "utf8"));

const calls = {
  candidateLosses: ({ p, r }) => border.candidateLosses(p, r),
  boundary: ({ r }) => border.boundary(r),
  cheapest: ({ p, r }) => border.cheapest(border.candidateLosses(p, r)),
  expectedLoss: ({ w, p, r }) => {
    const slope = [0, 0, 0, 0];
    return { loss: border.expectedLoss(w, p, r, slope), slope };
  },
  start: ({ p, arrows }) => border.start(p, arrows),
  freeOptimum: ({ p, r }) => border.freeOptimum(p, r),
  phaseOf: ({ w }) => border.phaseOf(w),
  place: ({ across, up }) => border.at(across, up),
  shares: ({ p, r }) => border.shares(p, r),
  sentence: ({ p, r, free }) => border.sentence(p, r, free),
  tally: ({ cells }) => border.tally(cells),
};
console.log(JSON.stringify(cases.map(single => calls[name](single))));
