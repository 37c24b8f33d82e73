// The short version of `interrupt.js`: one death of each kind.

import assert from "node:assert/strict";
import test from "./deadline.js";
import { DEATHS, endedWell, interrupt } from "./interrupt.js";
import { policyProblem } from "./restart.js";

test("whoever dies in the middle of a search, each extension is as before or as the result says", async (t) => {
  const problem = policyProblem();
  if (problem) return t.skip(problem);
  // The second round is at the second reload.
  const outcomes = await interrupt({ runs: 2 * DEATHS.length, seed: 7 });
  assert.deepEqual(outcomes.filter((outcome) => !endedWell(outcome)), []);
});
