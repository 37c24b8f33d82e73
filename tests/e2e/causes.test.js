// Finding the cause: each of the situations that people are really in, in a real Chromium on the simulated edge, with the
// cause that has to come first and the fix that opens the page.

import assert from "node:assert/strict";
import test from "node:test";
import { startProxy } from "../edge/proxy.js";
import { stopWorker, waitForCondition, workerOf } from "./browser.js";
import { APP, bannerShown, clickToolbar, phaseIs, phaseOf, popupInTab, press, REFUSAL, setStage } from "./scene.js";

const HOME = "203.0.113.7";
const OPENAI = { page: "openai-block-2026", status: 403 };
const STALE = { "set-cookie": "cf_clearance=stale; Path=/; Secure; HttpOnly; SameSite=None" };
/** Every request to ChatGPT but the trace. */
const on = (when, then = REFUSAL) => ({ host: "chatgpt.com", path: ["/", "/c/*"], when, then });

const first = (popup, attribute) => popup.$eval(`[${attribute}]`, (one, name) => one.getAttribute(name), attribute);
const said = (popup) => popup.$eval("main", (main) => main.innerText.replace(/\s+/g, " "));
const says = (popup, words) => waitForCondition(async () => words.test(await said(popup)), { what: `the popup to say ${words}` });
const unfold = (popup, fix) => popup.$eval(`[data-fix=${fix}] .toggle`, (toggle) => toggle.click()).catch(() => {});

/** @param {import("node:test").TestContext} t @param {Parameters<typeof setStage>[1] & { prepare?: Function }} options */
async function refused(t, { prepare, ...options }) {
  const stage = await setStage(t, options);
  await prepare?.(stage);
  // An extension's rules are in force some time after it was installed; until then the page is let in.
  await waitForCondition(async () => ((await stage.page.goto(APP))?.status() ?? 0) >= 400, { what: "the page to be refused" });
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  return { ...stage, popup };
}

async function expect(popup, cause, fix) {
  await waitForCondition(async () => (await first(popup, "data-cause")) === cause && (await first(popup, "data-fix")) === fix, {
    what: `${cause} and ${fix} to lead`,
    patience: 6000,
  }).catch(async (error) => {
    const found = [await first(popup, "data-cause"), await first(popup, "data-fix")];
    assert.deepEqual(found, [cause, fix], `${error.message}\n${await said(popup)}`);
  });
}

/** Sets a cookie in the browser by a visit, then the rules. */
const visiting = (cookie, rules) => async (stage) => {
  stage.edge.setRules([{ host: "chatgpt.com", then: { body: "<!doctype html><title>ChatGPT</title>", headers: { "set-cookie": cookie } } }]);
  await stage.page.goto(APP);
  stage.edge.setRules(rules);
};

for (const [name, page] of [["1020", REFUSAL], ["OpenAI's own page", OPENAI]]) {
  test(`${name}: an extension that adds a header`, async (t) => {
    const stage = await refused(t, { wishes: [{ kind: "header-rewriter" }], rules: [on({ headers: { "x-header-tweaker": true } }, page)] });
    await expect(stage.popup, "extension", "extensions");
    await says(stage.popup, /same address opens for a request that no extension can touch/);
    await press(stage.popup, "Turn off suspects");
    await phaseIs(stage.popup, "done");
  });

  test(`${name}: an extension that rewrites the user agent`, async (t) => {
    const then = name === "1020" ? { page: "1010-generation-b", status: 403 } : page;
    const stage = await refused(t, { wishes: [{ kind: "agent-switcher" }], rules: [on({ userAgent: "Nokia" }, then)] });
    await expect(stage.popup, "extension", "extensions");
    await says(stage.popup, /changes the name of the browser/);
    await press(stage.popup, "Turn off suspects");
    await phaseIs(stage.popup, "done");
  });

  test(`${name}: a stale cookie`, async (t) => {
    const rules = [on({ cookies: { cf_clearance: "stale" } }, page)];
    const stage = await refused(t, { prepare: visiting(STALE["set-cookie"], rules) });
    await expect(stage.popup, "site-data", "cloudflare-check");
    await press(stage.popup, "Reset the Cloudflare check");
    await phaseIs(stage.popup, "done");
  });

  test(`${name}: a stale cookie that only pages bring`, async (t) => {
    const rules = [on({ cookies: { cf_clearance: "stale" } }, page)];
    const stage = await refused(t, { prepare: visiting(`${STALE["set-cookie"]}; Partitioned`, rules) });
    await expect(stage.popup, "site-data", "cloudflare-check");
    await press(stage.popup, "Reset the Cloudflare check");
    await phaseIs(stage.popup, "done");
  });

  test(`${name}: oversized cookies`, async (t) => {
    const then = name === "1020" ? { page: "520-generation-b", status: 520 } : page;
    const rules = [on({ cookieBytesOver: 7000 }, then)];
    const prepare = async (stage) => {
      for (const letter of ["a", "b", "c"]) await visiting(`${letter}=${letter.repeat(3000)}; Path=/; Secure`, rules)(stage);
    };
    const stage = await refused(t, { prepare });
    await expect(stage.popup, "site-data", "site-data");
    await press(stage.popup, "Clear ChatGPT data");
    await phaseIs(stage.popup, "done");
  });
}

for (const [page, status] of [["1006-generation-b", 403], ["1020-generation-d", 403]]) {
  test(`${page}: the address is blocked, and a new one is noticed by itself`, async (t) => {
    const stage = await refused(t, { rules: [on({ ip: HOME }, { page, status })] });
    await expect(stage.popup, "address", "vpn");
    await unfold(stage.popup, "router");
    await press(stage.popup, "I am restarting it");
    await expect(stage.popup, "address", "router");
    stage.edge.network.set("127.0.0.1", { ip: "198.51.100.99" });
    await new Promise((resolve) => setTimeout(resolve, 3500));
    // The line is back: the page says so, whether or not anybody looks at it.
    await stage.page.setOfflineMode(true);
    await stage.page.setOfflineMode(false);
    await phaseIs(stage.popup, "done");
  });
}

test("a proxy extension whose exit is blocked", async (t) => {
  let proxy;
  const prepare = async (stage) => {
    proxy = await startProxy(stage.edge, { from: "127.0.0.2" });
    t.after(() => proxy.close());
    const worker = await workerOf(stage.browser, stage.ids[0]);
    await worker.evaluate((port) => globalThis.useProxy(port), proxy.port);
  };
  const rules = [on({ ip: "198.51.100.23" })];
  const stage = await refused(t, { wishes: [{ kind: "proxy-switcher", name: "Swift VPN" }], rules, prepare });
  await expect(stage.popup, "vpn", "vpn");
  await press(stage.popup, "Turn off Swift VPN");
  await waitForCondition(async () => (await stage.popup.$$("[role=switch][aria-checked=false]")).length === 1, { what: "it to be off" });
  await press(stage.popup, "Check again");
  await phaseIs(stage.popup, "done");
});

test("a rate limit: a countdown, not one request more, and then one reload", async (t) => {
  const then = { page: "1015-generation-b-2026", status: 429, headers: { "retry-after": "8" } };
  const stage = await refused(t, { rules: [on({}, then)] });
  await expect(stage.popup, "rate-limit", "wait");
  const asked = stage.edge.count({ host: "chatgpt.com" });
  await press(stage.popup, "Wait, then try once");
  await press(stage.popup, "Stop waiting");
  assert.equal(stage.edge.count({ host: "chatgpt.com", path: "/" }), 1);
  assert.ok(asked <= 3, "the page, its icon and nothing of ours");
});

test("a country that is not served gets no way around", async (t) => {
  const stage = await refused(t, { rules: [on({ country: "DE" }, { page: "1009-generation-b", status: 403 })] });
  await expect(stage.popup, "region", "owner");
  assert.doesNotMatch(await stage.popup.$eval("[data-fix=owner]", (card) => card.innerText), /VPN/);
});

test("an outage with an open incident, though the indicator says none", async (t) => {
  const prepare = (stage) => stage.edge.status.openai.set({ indicator: "none", incidents: [{ name: "Elevated errors on ChatGPT" }] });
  const stage = await refused(t, { rules: [on({})], prepare });
  await waitForCondition(async () => (await first(stage.popup, "data-cause")) === "service-down", { what: "the outage to lead" });
  await says(stage.popup, /Elevated errors on ChatGPT/);
  assert.notEqual(await first(stage.popup, "data-fix"), "site-data");
  assert.notEqual(await first(stage.popup, "data-fix"), "cloudflare-check");
});

test("a status page that moved is no outage", async (t) => {
  const prepare = (stage) => stage.edge.status.openai.set({ mode: "moved" });
  const stage = await refused(t, { rules: [on({})], prepare });
  await stage.edge.waitFor({ host: "status.openai.com" });
  await says(stage.popup, /cannot be read/);
  assert.notEqual(await first(stage.popup, "data-cause"), "service-down");
});

for (const [name, silence] of [["resets", { reset: true }], ["timeouts", { hang: true }]]) {
  test(`${name}: the connection is suspected, and nobody waits for ever`, async (t) => {
    // The page came, then the line broke.
    const prepare = async (stage) => {
      await stage.page.goto(APP);
      stage.edge.setRules([{ host: "chatgpt.com", path: ["/", "/cdn-cgi/trace"], then: silence }]);
    };
    const stage = await setStage(t, { rules: [on({}, { page: "1020-generation-d", status: 403 })] });
    await prepare(stage);
    await bannerShown(stage.page);
    const popup = await clickToolbar(stage);
    await phaseIs(popup, "answered");
    await waitForCondition(async () => (await first(popup, "data-cause")) === "connection", { what: "the connection to lead" });
    await says(popup, /Requests to the site get no answer at all/);
  });
}

test("a captive portal is told apart", async (t) => {
  const stage = await setStage(t, { rules: [on({})] });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const portal = { body: "<!doctype html><title>Hotel</title><h1>Welcome</h1>" };
  stage.edge.setRules([{ host: "chatgpt.com", path: ["/", "/cdn-cgi/trace"], then: portal }]);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  await expect(popup, "connection", "connection");
  await says(popup, /wants a login/);
});

test("a rule for page loads only: once the search has cleared the extensions, nobody insists on them", async (t) => {
  const wishes = [{ kind: "header-rewriter" }, { kind: "innocent", name: "Notes" }];
  const stage = await refused(t, { wishes, rules: [on({ pageLoad: true })] });
  await expect(stage.popup, "extension", "extensions");
  await press(stage.popup, "Find the extension");
  await phaseIs(stage.popup, "stuck");
  assert.equal(await stage.popup.$eval("main", (main) => main.dataset.cleared), "extensions");
  assert.notEqual(await first(stage.popup, "data-cause"), "extension");
  assert.notEqual(await first(stage.popup, "data-fix"), "extensions");
});

test("one look asks the site at most twice and for one trace, and a second look nothing", async (t) => {
  const stage = await refused(t, { rules: [on({ ip: HOME })] });
  const ours = () => stage.edge.count((entry) => entry.host === "chatgpt.com" && entry.path === "/" && !entry.pageLoad);
  const traces = () => stage.edge.count({ host: "chatgpt.com", path: "/cdn-cgi/trace" });
  assert.deepEqual([ours(), traces()], [2, 1]);
  await stage.popup.close();
  const again = await clickToolbar(stage);
  await phaseIs(again, "answered");
  assert.deepEqual([ours(), traces()], [2, 1]);
});

test("timed requests are drawn, and judged in words", async (t) => {
  const stage = await refused(t, { rules: [on({ ip: HOME })] });
  await unfold(stage.popup, "connection");
  await press(stage.popup, "Test the connection");
  await says(stage.popup, /Steady: an answer takes \d+ ms/);
  assert.equal((await stage.popup.$$("[data-fix=connection] .chart > i")).length, 6);
});

test("the worker dies over the experiments, and the popup still gets its answer", async (t) => {
  const rules = [{ host: "chatgpt.com", path: "/cdn-cgi/trace", then: { hang: true } }, on({ ip: HOME })];
  const stage = await setStage(t, { rules });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await popupInTab(stage);
  await stopWorker(stage.browser, stage.readmit);
  await phaseIs(popup, "answered");
  assert.notEqual(await phaseOf(popup), "looking");
});
