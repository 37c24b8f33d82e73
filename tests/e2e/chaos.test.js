// A few sudden ends at random moments; the long run is the same with more of them:
//   READMIT_MOMENTS=200 READMIT_SEED=1 node --test tests/e2e/chaos.test.js

import { endAtRandom } from "./chaos.js";
import test from "./deadline.js";
import { policyProblem } from "./restart.js";

const MOMENTS = Number(process.env.READMIT_MOMENTS ?? 16);
const SEED = Number(process.env.READMIT_SEED ?? 1);

test(`${MOMENTS} sudden ends at random moments, from seed ${SEED}: nothing is lost, and there is always a way on`, async (t) => {
  const problem = policyProblem();
  if (problem) return t.skip(problem);
  await endAtRandom({ moments: MOMENTS, seed: SEED, tell: (line) => console.log(line) });
});
