// A few sudden ends at random moments; the long run is `node tests/e2e/chaos.js`.

import { endAtRandom } from "./chaos.js";
import test from "./deadline.js";
import { policyProblem } from "./restart.js";

test("sixteen sudden ends at random moments: nothing is lost, and there is always a way on", async (t) => {
  const problem = policyProblem();
  if (problem) return t.skip(problem);
  await endAtRandom({ moments: 16, seed: 1, tell: (line) => console.log(line) });
});
