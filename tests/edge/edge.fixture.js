// An edge for a test: closed when the test ends, with three tiny pages of its own, so that the edge's tests hold
// whatever the project's real pages look like.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEdge } from "./edge.js";

/** File: family, code, status, text. */
export const PAGES = {
  "refused.html": ["custom", 1020, 403, "<h1>blocked.example 8f2c0123456789ab 203.0.113.7 FRA</h1>\n"],
  "waiting.html": ["cloudflare-challenge", "", 403, "challenge of blocked.example\n"],
  "late.html": ["cloudflare-5xx", 522, 522, "timed out\n"],
};

/**
 * @param {import("node:test").TestContext} t
 * @param {import("./edge.js").EdgeOptions} [options]
 */
export async function edgeFor(t, options = {}) {
  const pages = mkdtempSync(join(tmpdir(), "edge-pages-"));
  t.after(() => rmSync(pages, { recursive: true }));
  const rows = Object.entries(PAGES).map(([name, [family, code, status, text]]) => {
    writeFileSync(join(pages, name), String(text));
    return [name, family, code, status, "A", "made for a test"].join("\t");
  });
  writeFileSync(join(pages, "index.tsv"), ["file\tfamily\tcode\tstatus\tgeneration\tnote", ...rows, ""].join("\n"));
  const edge = await startEdge({ pages, ...options });
  t.after(() => edge.close());
  return edge;
}
