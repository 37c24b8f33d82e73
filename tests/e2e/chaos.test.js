// A few moments of chaos; the long run is `node tests/e2e/chaos.js`.

import assert from "node:assert/strict";
import { causeChaos } from "./chaos.js";
import test from "./deadline.js";
import { policyProblem } from "./restart.js";

test("sixteen random moments: nothing is lost, and there is always a way on", async (t) => {
  const problem = policyProblem();
  if (problem) return t.skip(problem);
  assert.deepEqual(await causeChaos({ goesOn: (number) => number < 16, seed: 1, tell: (line) => console.log(line) }), []);
});
