// All measurements in a real browser, as a table and as JSON.
//
// node tests/bench/main.js [--only NAME,NAME] [--json target/bench/browser.json] [--rounds MOST]

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as inUse from "./in_use.js";
import { limits, table } from "./measure.js";
import * as subjects from "./subjects.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    json: { type: "string", default: join(root, "target/bench/browser.json") },
    rounds: { type: "string", default: "Infinity" },
  },
});
limits.rounds = Number(options.rounds);

/** The pages kept for the tests, with the status that each comes with. */
function pages() {
  const folder = join(root, "tests/pages");
  const lines = readFileSync(join(folder, "index.tsv"), "utf8").trim().split("\n").map((line) => line.split("\t"));
  const statuses = new Map(lines.map((cells) => [cells[0], Number(cells.find((cell) => /^\d{3}$/.test(cell)) ?? 403)]));
  return readdirSync(folder)
    .filter((file) => file.endsWith(".html"))
    .map((file) => ({ file, status: statuses.get(file) ?? 403, html: readFileSync(join(folder, file), "utf8") }));
}

const directory = mkdtempSync(join(tmpdir(), "bench-"));
/** @type {Record<string, () => Promise<import("./measure.js").Row[]>>} */
const all = {
  "ordinary-page": () => subjects.ordinaryPage(directory),
  banner: () => subjects.banner(directory),
  recognizer: () => subjects.recognizer(join(root, "target/module/content"), pages()),
  "popup-40": () => subjects.popup(directory, 40, 1.3),
  "popup-400": () => subjects.popup(directory, 400, 1.5),
  cause: () => subjects.cause(directory),
  clearing: () => subjects.clearing(directory),
  "cold-start": () => subjects.coldStart(directory),
  installed: () => inUse.installed(directory),
  "after-death": () => inUse.afterDeath(directory),
  browsing: () => inUse.browsing(),
  "page-load": () => inUse.pageLoad(),
};

try {
  const rows = [];
  for (const [name, measure] of Object.entries(all)) {
    if (options.only && !options.only.split(",").includes(name)) continue;
    process.stderr.write(`${name}\n`);
    rows.push(...(await measure()));
  }
  console.log(table(rows));
  mkdirSync(dirname(options.json), { recursive: true });
  writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`);
} finally {
  rmSync(directory, { recursive: true });
}
