// Shows that the drivers, the dummy extensions and the edge do in a real Chromium what they promise. Knows nothing of
// Readmit. Each test has a browser of its own.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEdge } from "../edge/edge.js";
import { describe } from "../edge/log.js";
import { startProxy } from "../edge/proxy.js";
import { innocents } from "../extensions/innocents.js";
import { makeExtensions } from "../extensions/make.js";
import {
  allowIncognito,
  aria,
  attachToPopup,
  grantHost,
  openChromium,
  openPopupFor,
  openPopupInTab,
  reloadExtension,
  screenshot,
  stopWorker,
  storesOf,
  tabIdOf,
  waitForCondition,
  withholdHosts,
  workerOf,
} from "./browser.js";
import test from "./deadline.js";

const APP = "https://chatgpt.com/";
const ELSEWHERE = "https://example.org/";

/**
 * @param {import("node:test").TestContext} t
 * @param {import("../extensions/make.js").Wish[]} wishes
 * @param {import("../edge/rules.js").Rule[]} [rules]
 */
async function scene(t, wishes, rules = []) {
  const directory = mkdtempSync(join(tmpdir(), "scene-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const made = makeExtensions(directory, wishes);
  const edge = await startEdge({ rules });
  t.after(() => edge.close());
  const chromium = await openChromium({ extensions: made.map(({ path }) => path), edge });
  t.after(() => chromium.close());
  assert.deepEqual(chromium.ids, made.map(({ id }) => id), "ids are as known beforehand");
  return { edge, directory, ...chromium };
}

/** @param {import("puppeteer-core").Page} popup */
const reading = (popup) =>
  waitForCondition(() => popup.evaluate(() => document.documentElement.dataset.read), { what: "the popup to read" });

test("an extension's header gets the page refused; switched off, the page is open; on again, refused again", async (t) => {
  const { page, browser, edge, ids: [rewriter, switchboard] } = await scene(
    t,
    [{ kind: "header-rewriter" }, { kind: "switchboard" }],
    [{ host: "chatgpt.com", when: { headers: { "x-header-tweaker": true } }, then: { status: 403, body: "refused" } }],
  );
  const worker = await workerOf(browser, switchboard);
  const load = async () => (await page.goto(APP))?.status();
  const turn = (/** @type {boolean} */ isOn) =>
    worker.evaluate((id, on) => chrome.management.setEnabled(id, on), rewriter, isOn);
  assert.equal(await load(), 403);
  await turn(false);
  assert.equal(await load(), 200);
  assert.equal(await page.title(), "ChatGPT");
  await turn(true);
  assert.equal(await load(), 403);
  assert.deepEqual(
    edge.log.select({ host: "chatgpt.com", path: "/" }).map(({ status, pageLoad }) => [status, pageLoad]),
    [[403, true], [200, true], [403, true]],
  );
});

test("every host leads to the edge, and the browser asks for nothing by itself", async (t) => {
  const { page, edge } = await scene(t, []);
  for (const host of ["chatgpt.com", "auth.openai.com", "status.openai.com", "www.cloudflarestatus.com", "a.example"]) {
    await page.goto(edge.url(host, "/"));
    assert.equal(edge.count({ host, path: "/" }), 1, host);
  }
  const unasked = edge.log.select(({ pageLoad, path }) => !pageLoad && path !== "/favicon.ico");
  assert.deepEqual(unasked.map(describe), []);
});

test("a click on the toolbar opens the popup and gives it the tab", async (t) => {
  const { page, browser, ids: [reader] } = await scene(t, [{ kind: "tab-reader" }]);
  await page.goto(ELSEWHERE);
  const tabId = await tabIdOf(page, reader);
  const uninvited = await openPopupInTab(browser, reader, tabId);
  assert.match(await reading(uninvited), /^refused: /);
  await uninvited.close();
  const popup = await openPopupFor(page, reader);
  assert.equal(await reading(popup), "example.org");
  assert.equal(await popup.evaluate(() => Number(document.documentElement.dataset.tab)), tabId);
});

test("the popup opens for the page asked for, though another is in front", async (t) => {
  const { page, browser, ids: [reader] } = await scene(t, [{ kind: "tab-reader" }]);
  await page.goto(ELSEWHERE);
  const other = await browser.newPage();
  await other.goto("https://other.example/");
  assert.notEqual(await tabIdOf(page, reader), await tabIdOf(other, reader));
  assert.equal(await reading(await openPopupFor(page, reader)), "example.org");
  assert.equal(await reading(await openPopupFor(other, reader)), "other.example");
});

test("a host granted beforehand is given on a click, without a dialogue", async (t) => {
  const { page, browser, ids: [reader] } = await scene(t, [{ kind: "tab-reader" }]);
  await page.goto(ELSEWHERE);
  const worker = await workerOf(browser, reader);
  const has = () => worker.evaluate(() => chrome.permissions.contains({ origins: ["https://example.org/*"] }));
  await grantHost(browser, reader, "https://example.org");
  assert.equal(await has(), false, "a grant alone gives nothing");
  const popup = await openPopupFor(page, reader);
  await reading(popup);
  await (await aria(popup, "Allow this site")).click();
  await waitForCondition(has, { what: "the host to be given" });
});

test("a popup can be opened again on the same page, and by the extension itself", async (t) => {
  const { page, browser, ids: [reader] } = await scene(t, [{ kind: "tab-reader" }]);
  await page.goto(ELSEWHERE);
  const first = await openPopupFor(page, reader);
  await reading(first);
  const second = await openPopupFor(page, reader);
  assert.equal(await reading(second), "example.org");
  assert.ok(first.isClosed());
  await page.bringToFront();
  await waitForCondition(() => second.isClosed(), { what: "the popup to close" });
  const worker = await workerOf(browser, reader);
  await worker.evaluate(() => chrome.action.openPopup());
  await reading(await attachToPopup(browser, reader));
});

test("an extension may be let into private windows", async (t) => {
  const { browser, ids: [reader] } = await scene(t, [{ kind: "tab-reader" }]);
  const isAllowed = async () =>
    (await workerOf(browser, reader)).evaluate(() => chrome.extension.isAllowedIncognitoAccess());
  assert.equal(await isAllowed(), false);
  await allowIncognito(browser, reader);
  assert.equal(await isAllowed(), true);
});

test("hosts withheld are gone, and come back when granted", async (t) => {
  const { browser, ids: [reader] } = await scene(t, [{ kind: "tab-reader" }]);
  const worker = await workerOf(browser, reader);
  const hosts = () => worker.evaluate(async () => (await chrome.permissions.getAll()).origins);
  assert.deepEqual(await hosts(), ["https://chatgpt.com/*"]);
  await withholdHosts(browser, reader);
  assert.deepEqual(await hosts(), []);
  await grantHost(browser, reader, "https://chatgpt.com");
  assert.deepEqual(await hosts(), ["https://chatgpt.com/*"]);
});

test("a worker that was stopped is born anew", async (t) => {
  const { browser, ids: [reader] } = await scene(t, [{ kind: "tab-reader" }]);
  const born = async () => (await workerOf(browser, reader)).evaluate(() => /** @type {any} */ (self).born);
  const first = await born();
  assert.equal(await born(), first);
  assert.equal(await stopWorker(browser, reader), true);
  assert.equal(await stopWorker(browser, reader), false);
  assert.notEqual(await born(), first);
});

test("a reloaded extension has a new worker, and is still there", async (t) => {
  const { page, browser, ids: [reader] } = await scene(t, [{ kind: "tab-reader" }]);
  const born = async () => (await workerOf(browser, reader)).evaluate(() => /** @type {any} */ (self).born);
  const first = await born();
  await reloadExtension(browser, reader);
  assert.notEqual(await born(), first);
  await page.goto(ELSEWHERE);
  assert.equal(await reading(await openPopupFor(page, reader)), "example.org");
});

test("a button in a closed shadow root is found by name, and its click is trusted", async (t) => {
  const { page } = await scene(t, [{ kind: "tab-reader" }]);
  await page.goto(APP);
  await (await aria(page, "Count")).click();
  await aria(page, "Counted");
});

test("a screenshot is light or dark, as asked", async (t) => {
  const { page, directory } = await scene(t, []);
  await page.goto(APP);
  const [light, dark] = [join(directory, "new", "light.png"), join(directory, "new", "dark.png")];
  await screenshot(page, light);
  await screenshot(page, dark, { dark: true });
  assert.ok(existsSync(light));
  assert.notDeepEqual(readFileSync(light), readFileSync(dark));
});

test("a seeded site has something in every kind of store", async (t) => {
  const { page, edge } = await scene(t, []);
  await page.goto(edge.url("chatgpt.com", "/seed"));
  await waitForCondition(() => page.evaluate(() => document.documentElement.dataset.seeded === "yes"), {
    what: "the page to be seeded",
  });
  assert.deepEqual(await storesOf(page), {
    cookies: ["oai-did", "script-cookie"],
    localStorage: ["theme"],
    databases: ["conversations"],
    caches: ["assets"],
    serviceWorkers: 1,
  });
  edge.clearLog();
  await page.goto(APP);
  const [{ cookies }] = edge.log.select({ path: "/" });
  assert.deepEqual(Object.keys(cookies).toSorted(), [
    "__Secure-next-auth.session-token", "__cf_bm", "cf_clearance", "oai-did", "script-cookie",
  ]);
});

test("cookies grow beyond what an edge takes", async (t) => {
  const { page, edge } = await scene(t, [], [
    { path: "/", when: { cookieBytesOver: 16_000 }, then: { status: 520, body: "too many" } },
  ]);
  await page.goto(edge.url("chatgpt.com", "/seed?bytes=20000"));
  assert.equal((await page.goto(APP))?.status(), 520);
});

test("an agent switcher and a cookie eater change what the edge sees", async (t) => {
  const { page, edge } = await scene(t, [{ kind: "agent-switcher" }, { kind: "cookie-eater" }]);
  await page.goto(APP);
  const trace = await page.evaluate(async () => (await fetch("/cdn-cgi/trace")).text());
  assert.match(trace, /\nuag=Mozilla\/5\.0 \(Nokia/);
  assert.equal(edge.log.select({ path: "/" }).some(({ headers }) => "sec-ch-ua" in headers), false, "client hints would contradict it");
  assert.match(await page.evaluate(() => navigator.userAgent), /Nokia/, "scripts of the page see it, too");
  await page.goto(APP);
  assert.deepEqual(edge.log.select({ path: "/" }).map(({ cookies }) => cookies), [{}, {}]);
  assert.notDeepEqual(await page.cookies(), []);
});

test("a proxy switcher changes the address, and back", async (t) => {
  const { page, edge, browser, ids: [switcher] } = await scene(t, [{ kind: "proxy-switcher" }]);
  const proxy = await startProxy(edge);
  t.after(() => proxy.close());
  const worker = await workerOf(browser, switcher);
  const use = (/** @type {number | null} */ port) =>
    worker.evaluate((it) => /** @type {any} */ (self).useProxy(it), port);
  const addresses = async () => {
    await page.goto(APP);
    return edge.requests.findLast(({ path }) => path === "/")?.ip;
  };
  assert.equal(await addresses(), "203.0.113.7");
  await use(proxy.port);
  assert.equal(await addresses(), "198.51.100.23");
  await use(null);
  assert.equal(await addresses(), "203.0.113.7");
});

test("of a request that failed a browser tells an extension no more than that", async (t) => {
  // What `Silence::Unreachable` rests on. If this test ever fails, more can be told to people.
  const directory = mkdtempSync(join(tmpdir(), "scene-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const [{ path }] = makeExtensions(directory, [{ kind: "tab-reader", hosts: ["https://*/*"] }]);
  const edge = await startEdge({ rules: [{ host: "reset.example", then: { reset: true } }] });
  t.after(() => edge.close());
  const hosts = ["MAP name.example ~NOTFOUND", "MAP port.example 127.0.0.1:1", `MAP * 127.0.0.1:${edge.port}`, "EXCLUDE 127.0.0.1"];
  // Without `--ignore-certificate-errors` the edge's own certificate is a failure of TLS.
  const chromium = await openChromium({ extensions: [path], args: [`--host-resolver-rules=${hosts.join(", ")}`] });
  t.after(() => chromium.close());
  const worker = await workerOf(chromium.browser, chromium.ids[0]);
  const told = (/** @type {string} */ host) =>
    worker.evaluate(async (url) => {
      const words = await fetch(url, { cache: "no-store" }).then(({ status }) => status, String);
      const timing = performance.getEntriesByName(url)[0]?.toJSON() ?? {};
      const steps = ["domainLookupEnd", "connectStart", "secureConnectionStart", "connectEnd", "requestStart", "responseStatus"];
      return { words, steps: steps.map((step) => timing[step] ?? 0) };
    }, `https://${host}/`);
  const all = await Promise.all(["name.example", "port.example", "tls.example", "reset.example"].map(told));
  for (const one of all) assert.deepEqual(one, { words: "TypeError: Failed to fetch", steps: [0, 0, 0, 0, 0, 0] });
});

test("a crowd of extensions is loaded, those without icons too", async (t) => {
  const { browser, ids } = await scene(t, [{ kind: "switchboard" }, ...innocents(12)]);
  const worker = await workerOf(browser, ids[0]);
  const listed = await worker.evaluate(async () =>
    (await chrome.management.getAll()).map(({ id, enabled, mayDisable, icons }) => ({
      id, enabled, mayDisable, hasIcon: Boolean(icons),
    })),
  );
  assert.deepEqual(listed.map(({ id }) => id).toSorted(), ids.toSorted());
  assert.ok(listed.every(({ enabled, mayDisable }) => enabled && mayDisable));
  assert.equal(listed.filter(({ hasIcon }) => !hasIcon).length, 3);
});

test("a condition that never holds says what was waited for and what was seen", async () => {
  await assert.rejects(
    waitForCondition(() => 0, { what: "the impossible", patience: 30 }),
    /waited 30 ms for the impossible; the last look gave 0/,
  );
  await assert.rejects(
    waitForCondition(() => new Promise(() => {}), { what: "an answer", patience: 30 }),
    /waited 30 ms for an answer; the last look gave no answer/,
  );
  let asked = 0;
  await assert.rejects(
    waitForCondition(() => (asked++ === 0 ? 0 : new Promise(() => {})), { what: "an answer", patience: 30 }),
    /waited 30 ms for an answer; the last look gave 0/,
  );
  await assert.rejects(
    waitForCondition(() => Promise.reject(new Error("worse")), { what: "an answer", patience: 30 }),
    /waited 30 ms for an answer; the last look gave Error: worse/,
  );
});
