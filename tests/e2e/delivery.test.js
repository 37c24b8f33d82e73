// The short version of `delivery.js`, from a seed: clicks around a worker's death, and searches in which it dies three times.

import assert from "node:assert/strict";
import test from "./deadline.js";
import { CLICKS, clickAroundDeaths, dieDuringSearches, reportAroundDeaths } from "./delivery.js";

const SEED = 11;
/** A busy computer is no fault of the popup's: how soon it is right on an idle one, the long run tells. */
const PATIENCE = 30_000;

const failed = (/** @type {import("./delivery.js").Outcome[]} */ outcomes) => outcomes.filter(({ problem }) => problem !== undefined);

test("clicks around the worker's death are carried out exactly once", async () => {
  const outcomes = await clickAroundDeaths({ clicks: 2 * Object.keys(CLICKS).length, seed: SEED, patience: PATIENCE });
  assert.deepEqual(failed(outcomes), []);
});

test("a search goes on and is shown, however often the worker dies", async () => {
  assert.deepEqual(failed(await dieDuringSearches({ triples: 3, seed: SEED, patience: PATIENCE })), []);
});

test("what a page reports is heard, and Fix it opens one popup", async () => {
  assert.deepEqual(failed(await reportAroundDeaths({ reports: 4, seed: SEED, patience: PATIENCE })), []);
});
