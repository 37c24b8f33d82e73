// The benches can be run: each figure is taken once, with the control beside it. What it comes to is nobody's business here,
// save for what is counted and not timed.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "../e2e/deadline.js";

/** One round of everything, on a busy computer, in milliseconds. */
const PATIENCE = 540_000;

test("every figure can be taken", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "bench-test-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "rows.json");
  const main = fileURLToPath(new URL("main.js", import.meta.url));
  const printed = execFileSync(process.execPath, [main, "--rounds", "1", "--json", file], { encoding: "utf8", timeout: PATIENCE });
  /** @type {import("./measure.js").Row[]} */
  const rows = JSON.parse(readFileSync(file, "utf8"));

  const figures = new Set(rows.map(({ name }) => name.split(/[:,]/)[0]));
  const documented = [
    "ordinary page", "app page", "block page", "recognizing in WASM", "popup", "find the cause",
    "clearing 200 cookies and 20 MB", "a sleeping worker until its first answer", "installed on a blocked tab", "the worker died",
    "an hour of browsing", "an ordinary page of OpenAI's",
  ];
  assert.deepEqual([...figures], documented);
  for (const { name, unit, control, subject, beside } of rows) {
    assert.ok(printed.includes(name), name);
    assert.ok(unit === "times" ? subject.median === 0 : subject.median > 0, `${name}: ${subject.median}`);
    assert.ok(!beside || beside.median > 0, `${name}, beside ${control}: ${beside?.median}`);
  }
  for (const { name, reached } of rows.filter(({ unit }) => unit === "MB" || unit === "times")) assert.ok(reached, name);
});
