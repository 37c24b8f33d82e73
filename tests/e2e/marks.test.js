// The content script's first look: without one of its marks a page is not given to the recognizer at all. Held against every
// refusal there is a page of, and against pages that merely fail.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MARKS } from "../../extension/content/marks.js";
import test from "./deadline.js";

const ROOT = join(import.meta.dirname, "../..");

/** Real captured pages are not part of the project; where some are, they are held against the marks too. */
const FOLDERS = { "the project's": join(ROOT, "tests/pages"), "the captured": process.env.READMIT_PAGES ?? join(ROOT, "../shared/pages") };

for (const [whose, folder] of Object.entries(FOLDERS)) {
  const name = `each of ${whose} refusals has a mark`;
  if (!existsSync(join(folder, "index.tsv"))) {
    test(name, (t) => t.skip("there are no captured pages here"));
    continue;
  }
  const [head, ...lines] = readFileSync(join(folder, "index.tsv"), "utf8").trim().split("\n");
  const columns = head.split("\t");
  const rows = lines.map((line) => Object.fromEntries(line.split("\t").map((cell, column) => [columns[column], cell])));
  // What is met inside the app is no page, and is not given to the recognizer by this way.
  const isRefusal = /^(cloudflare|cf)-(1xxx|block|5xx)$|^(cf-)?unstyled$|^openai(-block|-region|-capacity|-unusual-activity|-rate-limit)?$|^custom$|^plain$/;
  // Markdown is for programs: no browser shows it as a page.
  const refusals = rows.filter(({ family, label, file }) => isRefusal.test(family ?? label) && !file.endsWith(".md"));

  test(name, () => {
    assert.ok(refusals.length > 20, `${refusals.length} refusals`);
    const unmarked = refusals.filter(({ file }) => !MARKS.test(readFileSync(join(folder, file), "utf8")));
    assert.deepEqual(unmarked.map(({ file }) => file), []);
  });
}

test("a page that merely fails has none", () => {
  for (const file of ["other-firewall-akamai", "other-firewall-cloudfront", "other-firewall-nginx", "ordinary-behind-cloudflare"]) {
    assert.doesNotMatch(readFileSync(join(ROOT, "tests/pages", `${file}.html`), "utf8"), MARKS, file);
  }
});
