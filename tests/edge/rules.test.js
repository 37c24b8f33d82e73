// Each kind of condition and each kind of answer, over real HTTPS requests.

import assert from "node:assert/strict";
import test from "node:test";
import { edgeFor, PAGES } from "./edge.fixture.js";
import { PAGE_LOAD, visit } from "./visit.js";

const REFUSED = { status: 403, body: "refused" };
const APP = "https://chatgpt.com/";

/**
 * @param {import("node:test").TestContext} t
 * @param {import("./rules.js").Rule} rule
 */
async function ruled(t, rule) {
  const edge = await edgeFor(t, { rules: [rule] });
  return async (/** @type {Parameters<typeof visit>[2]} */ options, url = APP) =>
    (await visit(edge, url, options)).status;
}

test("without a rule a page is open", async (t) => {
  const edge = await edgeFor(t);
  const answer = await visit(edge, APP);
  assert.equal(answer.status, 200);
  assert.match(answer.body, /<title>ChatGPT<\/title>/);
  assert.match(answer.body, /data-app="open"/);
  assert.equal(answer.headers.server, "cloudflare");
  assert.match(String(answer.headers["cf-ray"]), /^[0-9a-f]{16}-FRA$/);
});

test("a header decides by its presence", async (t) => {
  const status = await ruled(t, { when: { headers: { "X-Header-Tweaker": true } }, then: REFUSED });
  assert.equal(await status({ headers: { "x-header-tweaker": "1" } }), 403);
  assert.equal(await status({}), 200);
});

test("a header decides by its absence", async (t) => {
  const status = await ruled(t, { when: { headers: { referer: false } }, then: REFUSED });
  assert.equal(await status({}), 403);
  assert.equal(await status({ headers: { referer: APP } }), 200);
});

test("a header decides by what it matches", async (t) => {
  const status = await ruled(t, { when: { headers: { "x-forwarded-for": ".{100,}" } }, then: REFUSED });
  assert.equal(await status({ headers: { "x-forwarded-for": "1".repeat(120) } }), 403);
  assert.equal(await status({ headers: { "x-forwarded-for": "1.2.3.4" } }), 200);
});

test("all conditions of a rule must hold", async (t) => {
  const status = await ruled(t, { when: { headers: { "x-a": true, "x-b": true } }, then: REFUSED });
  assert.equal(await status({ headers: { "x-a": "1" } }), 200);
  assert.equal(await status({ headers: { "x-b": "1" } }), 200);
  assert.equal(await status({ headers: { "x-a": "1", "x-b": "1" } }), 403);
});

test("a cookie decides by its value", async (t) => {
  const status = await ruled(t, { when: { cookies: { cf_clearance: "^stale" } }, then: REFUSED });
  assert.equal(await status({ headers: { cookie: "a=b; cf_clearance=stale-1" } }), 403);
  assert.equal(await status({ headers: { cookie: "a=stale; cf_clearance=fresh" } }), 200);
});

test("a cookie decides by its absence", async (t) => {
  const status = await ruled(t, { when: { cookies: { cf_clearance: false } }, then: REFUSED });
  assert.equal(await status({}), 403);
  assert.equal(await status({ headers: { cookie: "cf_clearance=x" } }), 200);
});

test("too many bytes of cookies decide", async (t) => {
  const status = await ruled(t, { when: { cookieBytesOver: 16_000 }, then: REFUSED });
  assert.equal(await status({ headers: { cookie: `a=${"x".repeat(20_000)}` } }), 403);
  assert.equal(await status({ headers: { cookie: `a=${"x".repeat(10_000)}` } }), 200);
});

test("the visitor's address decides, and changes at run time", async (t) => {
  const edge = await edgeFor(t, { rules: [{ when: { ip: ["203.0.113.7"] }, then: REFUSED }] });
  assert.equal((await visit(edge, APP)).status, 403);
  assert.equal((await visit(edge, APP, { from: "127.0.0.2" })).status, 200);
  edge.network.set("127.0.0.1", { ip: "203.0.113.99" });
  assert.equal((await visit(edge, APP)).status, 200);
});

test("the country decides", async (t) => {
  const status = await ruled(t, { when: { country: "NL" }, then: REFUSED });
  assert.equal(await status({ from: "127.0.0.2" }), 403);
  assert.equal(await status({}), 200);
});

test("a user agent decides by what it matches", async (t) => {
  const status = await ruled(t, { when: { userAgent: "Headless" }, then: REFUSED });
  assert.equal(await status({ headers: { "user-agent": "HeadlessChrome/156" } }), 403);
  assert.equal(await status({ headers: { "user-agent": "Chrome/156" } }), 200);
});

test("a user agent decides by what it differs from", async (t) => {
  const status = await ruled(t, { when: { userAgent: { differs: "Chrome/156" } }, then: REFUSED });
  assert.equal(await status({ headers: { "user-agent": "Chrome/156" } }), 200);
  assert.equal(await status({ headers: { "user-agent": "Nokia" } }), 403);
  assert.equal(await status({}), 403);
});

test("page loads alone can be meant, or everything else", async (t) => {
  const loads = await ruled(t, { when: { pageLoad: true }, then: REFUSED });
  assert.equal(await loads({ headers: PAGE_LOAD }), 403);
  assert.equal(await loads({ headers: { "sec-fetch-mode": "cors" } }), 200);
  const others = await ruled(t, { when: { pageLoad: false }, then: REFUSED });
  assert.equal(await others({ headers: PAGE_LOAD }), 200);
  assert.equal(await others({ headers: { "sec-fetch-mode": "cors" } }), 403);
});

test("the method decides", async (t) => {
  const status = await ruled(t, { when: { method: "POST" }, then: REFUSED });
  assert.equal(await status({ method: "POST" }), 403);
  assert.equal(await status({}), 200);
});

test("hosts and paths are meant exactly or by wildcard", async (t) => {
  const edge = await edgeFor(t, {
    rules: [
      { host: "*.openai.com", then: REFUSED },
      { host: "chatgpt.com", path: ["/backend-api/*", "/exact"], then: REFUSED },
    ],
  });
  const open = async (/** @type {string} */ url) => (await visit(edge, url)).status === 200;
  assert.equal(await open("https://openai.com/"), false);
  assert.equal(await open("https://auth.openai.com/x"), false);
  assert.equal(await open("https://notopenai.com/"), true);
  assert.equal(await open("https://chatgpt.com/backend-api/me?x=1"), false);
  assert.equal(await open("https://chatgpt.com/exact?x=1"), false);
  assert.equal(await open("https://chatgpt.com/exact/not"), true);
});

test("the first rule that fits decides, and the log names it", async (t) => {
  const edge = await edgeFor(t, {
    rules: [
      { name: "excepted", path: "/open", then: { ordinary: true } },
      { then: REFUSED },
    ],
  });
  assert.equal((await visit(edge, "https://a.example/open")).status, 200);
  assert.equal((await visit(edge, "https://a.example/else")).status, 403);
  assert.deepEqual(edge.requests.map(({ rule }) => rule), ["excepted", 1]);
});

test("a rate lets some through, then tells how long to wait, then lets through again", async (t) => {
  const edge = await edgeFor(t, {
    rules: [{ when: { rate: { requests: 2, seconds: 60 } }, then: { status: 429, body: "slow down" } }],
  });
  assert.equal((await visit(edge, APP)).status, 200);
  assert.equal((await visit(edge, APP)).status, 200);
  edge.clock.advance(20_000);
  const refused = await visit(edge, APP);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers["retry-after"], "40");
  assert.equal((await visit(edge, "https://platform.openai.com/")).status, 200, "each host counts by itself");
  assert.equal((await visit(edge, APP, { from: "127.0.0.2" })).status, 200, "each address counts by itself");
  edge.clock.advance(41_000);
  assert.equal((await visit(edge, APP)).status, 200);
});

test("a rate that renews makes the impatient wait longer", async (t) => {
  const edge = await edgeFor(t, {
    rules: [{ when: { rate: { requests: 0, seconds: 60, renews: true } }, then: { status: 429, body: "" } }],
  });
  await visit(edge, APP);
  edge.clock.advance(50_000);
  assert.equal((await visit(edge, APP)).headers["retry-after"], "60");
});

test("a rate counts only requests that fit its rule otherwise", async (t) => {
  const edge = await edgeFor(t, {
    rules: [{ when: { pageLoad: true, rate: { requests: 1, seconds: 60 } }, then: { status: 429, body: "" } }],
  });
  for (let i = 0; i < 3; i += 1) assert.equal((await visit(edge, APP)).status, 200);
  assert.equal((await visit(edge, APP, { headers: PAGE_LOAD })).status, 200);
  assert.equal((await visit(edge, APP, { headers: PAGE_LOAD })).status, 429);
});

test("a probability refuses some, and the same ones from the same seed", async (t) => {
  const outcomes = async () => {
    const edge = await edgeFor(t, { seed: 7, rules: [{ when: { probability: 0.5 }, then: REFUSED }] });
    const statuses = [];
    for (let i = 0; i < 20; i += 1) statuses.push((await visit(edge, APP)).status);
    return statuses;
  };
  const first = await outcomes();
  assert.ok(first.includes(200) && first.includes(403), first.join());
  assert.deepEqual(await outcomes(), first);
});

test("a refusal page bears the request's own host, Ray ID, address and data centre", async (t) => {
  const edge = await edgeFor(t, { rules: [{ then: { page: "refused" } }] });
  const { status, headers, body } = await visit(edge, APP, { from: "127.0.0.2" });
  assert.equal(status, 403);
  const [rayId, colo] = String(headers["cf-ray"]).split("-");
  assert.equal(body, `<h1>chatgpt.com ${rayId} 198.51.100.23 AMS</h1>\n`);
  assert.equal(colo, "AMS");
  assert.equal(headers["content-type"], "text/html; charset=UTF-8");
  assert.equal(headers["cf-mitigated"], undefined);
});

test("a refusal page takes another status and more headers when told to", async (t) => {
  const headers = { "content-security-policy": "default-src 'self'", "cf-error-type": "1020" };
  const edge = await edgeFor(t, { rules: [{ then: { page: "refused", status: 451, headers } }] });
  const answer = await visit(edge, APP);
  assert.equal(answer.status, 451);
  assert.equal(answer.headers["content-security-policy"], "default-src 'self'");
  assert.equal(answer.headers["cf-error-type"], "1020");
});

test("a challenge says so in its header", async (t) => {
  const edge = await edgeFor(t, { rules: [{ then: { challenge: true } }] });
  const { status, headers, body } = await visit(edge, APP);
  assert.equal(status, 403);
  assert.equal(headers["cf-mitigated"], "challenge");
  assert.match(body, /challenge of chatgpt\.com/);
});

test("a server error shows its own page, or the plain words", async (t) => {
  const edge = await edgeFor(t, {
    rules: [
      { path: "/known", then: { status: 522 } },
      { path: "/unknown", then: { status: 502 } },
    ],
  });
  const known = await visit(edge, "https://chatgpt.com/known");
  assert.deepEqual([known.status, known.body], [522, "timed out\n"]);
  const unknown = await visit(edge, "https://chatgpt.com/unknown");
  assert.deepEqual([unknown.status, unknown.body], [502, "error code: 502"]);
  assert.match(unknown.headers["content-type"] ?? "", /^text\/plain/);
});

test("a redirect leads elsewhere", async (t) => {
  const edge = await edgeFor(t, { rules: [{ then: { redirect: "https://chatgpt.com/else" } }] });
  const { status, headers } = await visit(edge, "https://chat.openai.com/");
  assert.deepEqual([status, headers.location], [302, "https://chatgpt.com/else"]);
});

test("a plain body is sent as it is", async (t) => {
  const then = { status: 403, body: "error code: 1020", contentType: "text/plain" };
  const edge = await edgeFor(t, { rules: [{ then }] });
  const { status, headers, body } = await visit(edge, APP);
  assert.deepEqual([status, headers["content-type"], body], [403, "text/plain", "error code: 1020"]);
});

test("a reset ends the connection without an answer", async (t) => {
  const edge = await edgeFor(t, { rules: [{ then: { reset: true } }] });
  await assert.rejects(visit(edge, APP), { code: "ECONNRESET" });
  assert.deepEqual([edge.requests[0].outcome, edge.requests[0].status], ["reset", null]);
});

test("a hanging request is never answered, and ends with the edge", async (t) => {
  const edge = await edgeFor(t, { rules: [{ then: { hang: true } }] });
  const ended = assert.rejects(visit(edge, APP), { code: "ECONNRESET" });
  await edge.waitFor({ outcome: "hang" });
  await edge.close();
  await ended;
});

test("a late answer comes after its time", async (t) => {
  const edge = await edgeFor(t, { rules: [{ then: { ordinary: true, after: 50 } }] });
  const began = performance.now();
  assert.equal((await visit(edge, APP)).status, 200);
  assert.ok(performance.now() - began >= 49);
});

test("a rule with a mistake is refused at once, and the old ones stay", async (t) => {
  const edge = await edgeFor(t, { rules: [{ then: REFUSED }] });
  const mistake = (/** @type {unknown} */ rule) => () =>
    edge.setRules([/** @type {import("./rules.js").Rule} */ (rule)]);
  assert.throws(mistake({ when: { header: {} }, then: REFUSED }), /unknown header/);
  assert.throws(mistake({ hosts: "x", then: REFUSED }), /unknown hosts/);
  assert.throws(mistake({ then: { page: "no such" } }), /no page "no such"/);
  assert.throws(mistake({ then: {} }), /nothing the edge can do/);
  assert.throws(mistake({}), /nothing the edge can do/);
  assert.equal((await visit(edge, APP)).status, 403);
});

test("every file of the pages given can be shown", async (t) => {
  const edge = await edgeFor(t);
  assert.deepEqual(edge.pages.names(), Object.keys(PAGES));
});
