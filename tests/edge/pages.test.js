// The project's own refusal pages, each shown by the edge to a visitor of another host, address and data centre.

import assert from "node:assert/strict";
import test from "node:test";
import { startEdge } from "./edge.js";
import { Pages } from "./pages.js";
import { visit } from "./visit.js";

const pages = new Pages();

test("every page in the index is shown with its status and with no placeholder left", async (t) => {
  assert.ok(pages.names().length > 0);
  const edge = await startEdge({ rules: pages.names().map((page) => ({ path: `/${page}`, then: { page } })) });
  t.after(() => edge.close());
  for (const name of pages.names()) {
    const { status, headers, body } = await visit(edge, `https://chatgpt.com/${name}`, { from: "127.0.0.2" });
    assert.equal(status, pages.named(name).status, name);
    assert.ok(body.length > 0, name);
    assert.doesNotMatch(body, /blocked\.example|8f2c0123456789ab|203\.0\.113\.7(?!\d)|\bFRA\b/, name);
    const isChallenge = pages.named(name).family === "cloudflare-challenge";
    assert.equal(headers["cf-mitigated"], isChallenge ? "challenge" : undefined, name);
  }
});

test("a page is named with its ending, and without when it is HTML", () => {
  assert.equal(pages.named("1020-generation-d"), pages.named("1020-generation-d.html"));
  assert.match(pages.named("1020-problem.json").contentType, /^application\/problem\+json/);
  assert.match(pages.named("1020-plain.txt").contentType, /^text\/plain/);
});
