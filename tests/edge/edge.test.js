// The edge's own places and its log: the trace, the status pages, the site and its cookies, time, the proxy.

import assert from "node:assert/strict";
import { connect } from "node:net";
import test from "node:test";
import { edgeFor } from "./edge.fixture.js";
import { startProxy } from "./proxy.js";
import { PAGE_LOAD, visit } from "./visit.js";

const APP = "https://chatgpt.com/";
const TRACE = "https://chatgpt.com/cdn-cgi/trace";
const REFUSED = { status: 403, body: "refused" };

/** @param {string} text */
const lines = (text) => Object.fromEntries(text.trimEnd().split("\n").map((line) => line.split(/=(.*)/s).slice(0, 2)));

test("the trace tells what the edge knows of the request", async (t) => {
  const edge = await edgeFor(t);
  const answer = await visit(edge, TRACE, { headers: { "user-agent": "Fox=1 \u00e9" } });
  assert.equal(answer.headers["content-type"], "text/plain");
  const trace = lines(answer.body);
  assert.equal(trace.h, "chatgpt.com");
  assert.equal(trace.ip, "203.0.113.7");
  assert.equal(trace.loc, "DE");
  assert.equal(trace.colo, "FRA");
  assert.equal(trace.warp, "off");
  assert.equal(trace.uag, "Fox=1 \u00e9");
  assert.match(trace.ts, /^\d{10}\.\d{3}$/);
  assert.deepEqual(Object.keys(trace).toSorted(), [
    "colo", "fl", "gateway", "h", "http", "ip", "kex", "loc", "rbi", "sliver", "sni", "tls", "ts", "uag",
    "visit_scheme", "warp",
  ]);
});

test("the trace follows a change of network", async (t) => {
  const edge = await edgeFor(t);
  edge.network.set("127.0.0.1", { ip: "192.0.2.200", country: "SE", colo: "ARN", warp: "plus" });
  const answer = await visit(edge, TRACE);
  const { ip, loc, colo, warp, gateway } = lines(answer.body);
  assert.deepEqual({ ip, loc, colo, warp, gateway }, { ip: "192.0.2.200", loc: "SE", colo: "ARN", warp: "plus", gateway: "off" });
  assert.match(String(answer.headers["cf-ray"]), /-ARN$/);
});

test("a detour changes what one site sees, and a program on the way what all see", async (t) => {
  const edge = await edgeFor(t);
  const told = async (/** @type {string} */ host) => lines((await visit(edge, `https://${host}/cdn-cgi/trace`)).body);
  edge.network.lead("chatgpt.com", { ip: "192.0.2.200" });
  assert.equal((await told("chatgpt.com")).ip, "192.0.2.200");
  assert.equal((await told("ab.chatgpt.com")).ip, "192.0.2.200");
  assert.equal((await told("crypto.cloudflare.com")).ip, "203.0.113.7");
  edge.network.set("127.0.0.1", { agent: "Shield/1" });
  assert.equal((await told("crypto.cloudflare.com")).uag, "Shield/1");
  edge.network.reset();
  assert.equal((await told("chatgpt.com")).ip, "203.0.113.7");
  assert.notEqual((await told("chatgpt.com")).uag, "Shield/1");
});

test("only one host lets every page read its trace", async (t) => {
  const edge = await edgeFor(t);
  const open = async (/** @type {string} */ host) =>
    (await visit(edge, `https://${host}/cdn-cgi/trace`)).headers["access-control-allow-origin"];
  assert.deepEqual([await open("crypto.cloudflare.com"), await open("chatgpt.com")], ["*", undefined]);
});

test("what answers in place of the edge has none of its headers", async (t) => {
  const filter = { path: ["/", "/cdn-cgi/trace"], then: { body: "<h1>Not allowed</h1>", status: 403, foreign: true } };
  const edge = await edgeFor(t, { rules: [filter] });
  for (const address of [APP, TRACE]) {
    const { status, headers } = await visit(edge, address);
    assert.deepEqual([status, headers.server, headers["cf-ray"]], [403, undefined, undefined], address);
  }
});

test("a rule for everything leaves the trace and the status pages alone; one that names them does not", async (t) => {
  const edge = await edgeFor(t, { rules: [{ host: "*.openai.com", then: REFUSED }, { then: REFUSED }] });
  assert.equal((await visit(edge, TRACE)).status, 200);
  assert.equal((await visit(edge, "https://status.openai.com/api/v2/status.json")).status, 200);
  edge.setRules([
    { path: "/cdn-cgi/trace", then: REFUSED },
    { host: "status.openai.com", then: { reset: true } },
  ]);
  assert.equal((await visit(edge, TRACE)).status, 403);
  await assert.rejects(visit(edge, "https://status.openai.com/api/v2/status.json"), { code: "ECONNRESET" });
});

test("the status pages say that all is well", async (t) => {
  const edge = await edgeFor(t);
  for (const host of ["status.openai.com", "www.cloudflarestatus.com"]) {
    for (const name of ["summary", "status", "components", "incidents", "incidents/unresolved"]) {
      const { status, body } = await visit(edge, `https://${host}/api/v2/${name}.json`);
      const value = JSON.parse(body);
      assert.equal(status, 200);
      assert.ok(value.page.name);
      if (value.status) assert.deepEqual(value.status, { indicator: "none", description: "All Systems Operational" });
      for (const component of value.components ?? []) assert.equal(component.status, "operational");
      if (value.incidents) assert.deepEqual(value.incidents, []);
    }
    assert.equal((await visit(edge, `https://${host}/api/v2/else.json`)).status, 404);
  }
});

test("an outage shows in the component, the indicator and the unresolved incidents", async (t) => {
  const edge = await edgeFor(t);
  edge.status.openai.set({
    components: { Conversations: "major_outage" },
    incidents: [
      { name: "Conversations fail", components: ["Conversations"] },
      { name: "Yesterday's", status: "resolved" },
    ],
  });
  const read = async (/** @type {string} */ name) =>
    JSON.parse((await visit(edge, `https://status.openai.com/api/v2/${name}.json`)).body);
  const summary = await read("summary");
  assert.equal(summary.status.indicator, "critical");
  assert.deepEqual(summary.incidents.map((/** @type {{ name: string }} */ { name }) => name), ["Conversations fail"]);
  assert.equal(summary.incidents[0].components[0].id, "01JMXBNJXGV1T5GT2M9XA83XNG");
  const down = summary.components.filter((/** @type {{ status: string }} */ { status }) => status !== "operational");
  assert.deepEqual(down.map((/** @type {{ name: string }} */ { name }) => name), ["Conversations"]);
  assert.equal((await read("incidents")).incidents.length, 2);
  assert.equal((await read("incidents/unresolved")).incidents.length, 1);
});

test("a name that two components share means the first; an unknown one is added; an indicator can hide the incident", async (t) => {
  const edge = await edgeFor(t);
  edge.status.openai.set({
    indicator: "none",
    components: { Login: "partial_outage", Sora: "degraded_performance" },
    incidents: [{ name: "Sign-in fails" }],
  });
  const { body } = await visit(edge, "https://status.openai.com/api/v2/summary.json");
  const { status, components, incidents } = JSON.parse(body);
  assert.equal(status.indicator, "none");
  assert.equal(incidents.length, 1);
  const of = (/** @type {string} */ wanted) =>
    components.filter((/** @type {{ name: string }} */ { name }) => name === wanted)
      .map((/** @type {{ status: string }} */ component) => component.status);
  assert.deepEqual(of("Login"), ["partial_outage", "operational"]);
  assert.deepEqual(of("Sora"), ["degraded_performance"]);
});

test("a status page can have moved or be down", async (t) => {
  const edge = await edgeFor(t);
  const url = "https://www.cloudflarestatus.com/api/v2/summary.json";
  edge.status.cloudflare.set({ mode: "moved" });
  const moved = await visit(edge, url);
  assert.equal(moved.status, 200);
  assert.match(moved.headers["content-type"] ?? "", /^text\/html/);
  edge.status.cloudflare.set({ mode: "down" });
  assert.equal((await visit(edge, url)).status, 503);
});

test("a page load brings the cookies it lacks, and no others", async (t) => {
  const edge = await edgeFor(t);
  const set = async (/** @type {Record<string, string>} */ headers) =>
    (await visit(edge, APP, { headers })).headers["set-cookie"] ?? [];
  const [device, bot] = await set(PAGE_LOAD);
  assert.match(device, /^oai-did=[0-9a-f]{32}; Domain=chatgpt\.com; .*SameSite=Lax$/);
  assert.match(bot, /^__cf_bm=[0-9a-f]{32}; Domain=chatgpt\.com; .*HttpOnly; Secure/);
  assert.deepEqual((await set({ ...PAGE_LOAD, cookie: "oai-did=1" })).length, 1);
  assert.deepEqual(await set({}), []);
});

test("seeding signs in, sets a partitioned clearance and what else is asked for", async (t) => {
  const edge = await edgeFor(t);
  const more = new URLSearchParams({ cookie: "flavour=stale; Path=/", bytes: "8000" });
  const { headers, body } = await visit(edge, `https://auth.openai.com/seed?${more}`);
  const cookies = headers["set-cookie"] ?? [];
  assert.match(cookies[0], /^__Secure-next-auth\.session-token=.*HttpOnly; Secure; SameSite=Lax$/);
  assert.match(cookies[1], /^cf_clearance=.*Domain=openai\.com; .*SameSite=None; Partitioned$/);
  assert.equal(cookies[2], "flavour=stale; Path=/");
  const junk = cookies.filter((line) => line.startsWith("junk")).map((line) => line.split(/[=;]/)[1].length);
  assert.equal(junk.reduce((sum, length) => sum + length), 8000);
  for (const word of ["indexedDB.open", "caches.open", "serviceWorker.register", "localStorage"]) {
    assert.ok(body.includes(word), word);
  }
  assert.match((await visit(edge, "https://auth.openai.com/sw.js")).headers["content-type"] ?? "", /javascript/);
});

test("the app tells who is signed in", async (t) => {
  const edge = await edgeFor(t);
  const cookie = "__Secure-next-auth.session-token=1";
  assert.match((await visit(edge, APP, { headers: { cookie } })).body, /data-signed-in="true"/);
  assert.match((await visit(edge, APP)).body, /data-signed-in="false"/);
});

test("a wrong clock shows in the date and the trace", async (t) => {
  const edge = await edgeFor(t);
  const day = 86_400_000;
  edge.clock.shift = -day;
  const { headers, body } = await visit(edge, TRACE);
  const told = [Date.parse(headers.date ?? ""), Number(lines(body).ts) * 1000];
  for (const time of told) assert.ok(Math.abs(Date.now() - day - time) < 60_000, String(time));
});

test("each connection is noted by the name it asked for, and one without encryption has none", async (t) => {
  const edge = await edgeFor(t);
  await visit(edge, "https://blocked.example/");
  const plain = connect(edge.port, "127.0.0.1", () => plain.write("GET / HTTP/1.1\r\nHost: plain.example\r\n\r\n"));
  await new Promise((resolve) => plain.once("close", resolve).resume());
  assert.deepEqual(edge.connections, ["blocked.example", ""]);
});

test("the log keeps all of a request", async (t) => {
  const edge = await edgeFor(t, { rules: [{ name: "no posts", when: { method: "POST" }, then: REFUSED }] });
  await visit(edge, "https://chatgpt.com/a?b=c", {
    method: "POST",
    from: "127.0.0.2",
    headers: { ...PAGE_LOAD, cookie: "x=1; y=a=b", "x-header-tweaker": "1" },
  });
  const [{ time, headers, ...rest }] = edge.requests;
  assert.ok(Math.abs(Date.now() - time) < 60_000);
  assert.equal(headers["x-header-tweaker"], "1");
  assert.deepEqual(rest, {
    source: "127.0.0.2",
    ip: "198.51.100.23",
    country: "NL",
    host: "chatgpt.com",
    method: "POST",
    path: "/a?b=c",
    cookies: { x: "1", y: "a=b" },
    pageLoad: true,
    rule: "no posts",
    outcome: "body",
    status: 403,
    location: null,
  });
});

test("requests are counted by what they are", async (t) => {
  const edge = await edgeFor(t);
  for (const path of ["/a", "/a", "/a/b"]) await visit(edge, `https://chatgpt.com${path}`);
  await visit(edge, "https://openai.com/a");
  assert.equal(edge.count(), 4);
  assert.equal(edge.count({ host: "chatgpt.com" }), 3);
  assert.equal(edge.count({ host: "chatgpt.com", path: "/a" }), 2);
  assert.equal(edge.count({ path: "/a*" }), 4);
  assert.equal(edge.count(({ host }) => host.startsWith("open")), 1);
  edge.clearLog();
  assert.equal(edge.count(), 0);
});

test("a request can be waited for, before and after it comes, and not for ever", async (t) => {
  const edge = await edgeFor(t);
  const coming = edge.waitFor({ path: "/late", status: 200 });
  await visit(edge, "https://chatgpt.com/late");
  assert.equal((await coming).path, "/late");
  assert.equal((await edge.waitFor({ path: "/late" })).path, "/late");
  await assert.rejects(edge.waitFor({ path: "/never" }, { patience: 1 }), /no such request in 1 ms; seen:\n.*\/late/);
});

test("the edge is reached on loopback alone", async (t) => {
  const edge = await edgeFor(t);
  const elsewhere = connect({ host: "127.0.0.9", port: edge.port });
  const [error] = await new Promise((resolve) => {
    elsewhere.once("error", (failure) => resolve([failure]));
    elsewhere.once("connect", () => resolve([null]));
  });
  elsewhere.destroy();
  assert.equal(error?.code, "ECONNREFUSED");
});

test("after a reset all is as in the beginning", async (t) => {
  const edge = await edgeFor(t, { rules: [{ then: REFUSED }] });
  edge.network.set("127.0.0.1", { ip: "192.0.2.1" });
  edge.status.openai.set({ mode: "down" });
  edge.clock.shift = 5_000_000;
  edge.site.visitCookies = [];
  await visit(edge, APP);
  edge.reset();
  assert.deepEqual([edge.rules, edge.requests], [[], []]);
  const { status, headers } = await visit(edge, APP, { headers: PAGE_LOAD });
  assert.equal(status, 200);
  assert.equal(headers["set-cookie"]?.length, 2);
  assert.ok(Math.abs(Date.now() - Date.parse(headers.date ?? "")) < 60_000);
  assert.equal(edge.requests[0].ip, "203.0.113.7");
  assert.equal((await visit(edge, "https://status.openai.com/api/v2/status.json")).status, 200);
});

test("a visitor through the proxy comes from another address", async (t) => {
  const edge = await edgeFor(t);
  const proxy = await startProxy(edge);
  t.after(() => proxy.close());
  const { request } = await import("node:http");
  const { connect: connectTls } = await import("node:tls");
  const text = await new Promise((resolve, reject) => {
    const asking = request({ host: "127.0.0.1", port: proxy.port, method: "CONNECT", path: "chatgpt.com:443" });
    asking.once("error", reject);
    asking.once("connect", (_answer, socket) => {
      const secure = connectTls({ socket, servername: "chatgpt.com", rejectUnauthorized: false });
      secure.once("error", reject);
      secure.end("GET /cdn-cgi/trace HTTP/1.1\r\nHost: chatgpt.com\r\nConnection: close\r\n\r\n");
      secure.toArray().then((chunks) => resolve(Buffer.concat(chunks).toString()), reject);
    });
    asking.end();
  });
  assert.match(text, /\nip=198\.51\.100\.23\n/);
  assert.deepEqual(proxy.connections, ["chatgpt.com:443"]);
});
