// The popup's looks on all kinds of pages, its names for outside checks, its keyboard and its package.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { innocents } from "../extensions/innocents.js";
import { grantHost, tabIdOf, waitForCondition, withholdHosts, workerOf } from "./browser.js";
import test from "./deadline.js";
import { APP, bannerShown, CHROME, clickToolbar, headlineOf, phaseIs, phaseOf, popupInTab, press, reacting, REFUSAL, unfoldExtensions } from "./scene.js";
import { setStage } from "./stage.js";

const REFUSED = [{ host: "chatgpt.com", then: REFUSAL }];
const text = (popup) => popup.$eval("main", (main) => main.innerText.replace(/\s+/g, " "));

test("where nothing is blocked there is an example, which asks no one and does nothing", async (t) => {
  const stage = await setStage(t, {});
  await stage.page.goto(APP);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "clear");
  const asked = stage.edge.requests.length;
  await press(popup, "See an example");
  await phaseIs(popup, "answered");
  assert.equal(await headlineOf(popup), "ChatGPT is blocking this browser");
  assert.equal(await popup.$eval("main", (main) => main.dataset.code), "1020");
  await press(popup, "Reset the Cloudflare check");
  assert.equal(await popup.$("[data-sending], [data-running]"), null, "its buttons do nothing");
  await press(popup, "Close the example");
  await phaseIs(popup, "clear");
  assert.equal(await headlineOf(popup), "This page isn’t blocking you");
  assert.equal(stage.edge.requests.length, asked);
});

test("on a page that is fine it says so", async (t) => {
  const stage = await setStage(t);
  await stage.page.goto(APP);
  const popup = await clickToolbar(stage);
  assert.deepEqual([await phaseOf(popup), await headlineOf(popup)], ["clear", "This page isn’t blocking you"]);
  assert.equal(await popup.$eval("main", (main) => main.dataset.code), "");
});

test("on a refused page it names code, Ray ID, causes and fixes in order", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  await stage.page.goto(APP);
  const popup = await clickToolbar(stage);
  assert.equal(await phaseOf(popup), "answered");
  assert.equal(await popup.$eval("main", (main) => main.dataset.code), "1020");
  assert.match(await text(popup), /Error 1020 (· )?Ray ID [0-9a-f]{16}/);
  // In one look: `$$eval` looks twice, and an answer that comes between the two may change the order.
  const causes = await popup.evaluate(() =>
    [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-cause]"))].map(({ dataset }) => ({
      cause: dataset.cause,
      probability: Number(dataset.probability),
    })),
  );
  const order = causes.map(({ probability }) => probability);
  assert.deepEqual(order, [...order].sort((a, b) => b - a));
  assert.equal(new Set(causes.map(({ cause }) => cause)).size, 14);
  assert.ok(Math.abs(order.reduce((sum, probability) => sum + probability, 0) - 1) < 0.01);
  const fixes = await popup.$$eval("[data-fix]", (all) => all.map((one) => [one.dataset.fix, one.dataset.outcome]));
  for (const fix of ["vpn", "site-data", "extensions", "router", "connection", "browser", "status"]) {
    assert.ok(fixes.some(([name, outcome]) => name === fix && outcome === "untried"), fix);
  }
});

test("a connection that is lost before the popup's module is there is made anew", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const tab = await tabIdOf(stage.page, stage.readmit);
  const popup = await stage.browser.newPage();
  await popup.evaluateOnNewDocument(() => {
    const connect = chrome.runtime.connect;
    const never = { addListener() {} };
    const lost = { onMessage: never, onDisconnect: { addListener: (/** @type {() => void} */ hear) => queueMicrotask(hear) } };
    globalThis.lines = 0;
    chrome.runtime.connect = (/** @type {any} */ info) => {
      globalThis.lines += 1;
      const first = /** @type {any} */ ({ ...lost, name: info.name, postMessage() {}, disconnect() {} });
      return globalThis.lines === 1 ? first : connect(info);
    };
  });
  await popup.goto(`chrome-extension://${stage.readmit}/popup/popup.html?tab=${tab}`);
  await phaseIs(popup, "answered");
  assert.equal(await popup.evaluate(() => globalThis.lines), 2);
});

test("a challenge is left alone by the popup too", async (t) => {
  const stage = await setStage(t, { rules: [{ host: "chatgpt.com", then: { challenge: true } }] });
  await stage.page.goto(APP);
  const popup = await clickToolbar(stage);
  assert.equal(await headlineOf(popup), "ChatGPT is checking your browser");
  assert.equal((await popup.$$("[data-fix]")).length, 0);
});

test("on a page that extensions may not read it says so", async (t) => {
  const stage = await setStage(t);
  await stage.page.goto("chrome://version/");
  const popup = await clickToolbar(stage);
  assert.deepEqual([await phaseOf(popup), await headlineOf(popup)], ["clear", "Readmit can’t check this page"]);
});

test("on the browser's own error page it says that the site did not answer", async (t) => {
  const stage = await setStage(t, { rules: [{ host: "chatgpt.com", then: { reset: true } }] });
  await stage.page.goto(APP).catch(() => {});
  const popup = await clickToolbar(stage);
  assert.deepEqual([await phaseOf(popup), await headlineOf(popup)], ["answered", "chatgpt.com didn’t answer"]);
});

test("offline it says so and offers nothing that could not work", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const worker = await workerOf(stage.browser, stage.readmit);
  await worker.evaluate(() => Object.defineProperty(navigator, "onLine", { get: () => false }));
  const popup = await clickToolbar(stage);
  assert.deepEqual([await phaseOf(popup), await headlineOf(popup)], ["clear", "You’re offline"]);
});

test("without permission it asks for it, and works once it is given", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  await withholdHosts(stage.browser, stage.readmit);
  await stage.page.goto(APP);
  const popup = await popupInTab(stage);
  assert.equal(await headlineOf(popup), "Readmit needs access to ChatGPT");
  await popup.waitForSelector('aria/Allow[role="button"]', { visible: true });
  await grantHost(stage.browser, stage.readmit, "https://*.chatgpt.com");
  await grantHost(stage.browser, stage.readmit, "https://*.openai.com");
  // The open tab is looked at without a reload, and without a second click.
  await waitForCondition(async () => (await phaseOf(popup)) === "answered", { what: "the blocked page to be seen" });
});

test("a rate limit is waited for, not tried against", async (t) => {
  const stage = await setStage(t, {
    rules: [{ host: "chatgpt.com", then: { page: "1015-generation-b", status: 429 } }],
  });
  await stage.page.goto(APP);
  const popup = await clickToolbar(stage);
  assert.equal(await headlineOf(popup), "ChatGPT is asking you to slow down");
  assert.equal(await popup.$eval("[data-fix]", (card) => card.dataset.fix), "wait");
  await popup.waitForFunction(() => /Check again in 0:\d\d/.test(document.body.innerText));
  const asked = stage.edge.count({ host: "chatgpt.com", path: "/" });
  assert.equal(asked, 1, "not one request more");
});

test("the report is copied at once, can be changed and copied again, and names no one unasked", async (t) => {
  const stage = await setStage(t, { wishes: [{ kind: "header-rewriter", name: "Header Tweaker" }], rules: REFUSED });
  await stage.page.goto(APP);
  const popup = await popupInTab(stage);
  await popup.evaluate(() => {
    navigator.clipboard.writeText = async (words) => {
      globalThis.copied = words;
    };
  });
  await press(popup, "Copy report");
  const field = await popup.waitForSelector("#report-text", { visible: true });
  const copied = () => popup.evaluate(() => globalThis.copied);
  const shown = () => popup.$eval("#report-text", (/** @type {any} */ it) => it.value);
  assert.equal(await copied(), await shown(), "what was copied is shown");
  await field?.focus();
  await popup.keyboard.down("Control");
  await popup.keyboard.press("End");
  await popup.keyboard.up("Control");
  await popup.keyboard.type("\nHello");
  await press(popup, "Copy report");
  await waitForCondition(async () => /\nHello$/.test(await copied()), { what: "the changed report to be copied" });
  const report = await copied();
  assert.match(report, /Site: chatgpt\.com\nError: 1020\n/);
  assert.match(report, /Ray ID: [0-9a-f]{16}/);
  assert.match(report, /Time: \d{4}-\d\d-\d\d/);
  assert.match(report, /Test \(with cookies\): blocked\n/);
  assert.doesNotMatch(report, /203\.0\.113\.7|Header/);
  for (const name of ["include my IP address", "include the names of my extensions", "as JSON, for developers"]) await press(popup, name, "checkbox");
  const json = JSON.parse(await shown());
  assert.equal(json.address, "203.0.113.7");
  assert.match(json.extensions, /Header/);
  assert.equal(json.error, "1020");
});

test("everything is reached by keyboard, and a switch is switched with the space bar", async (t) => {
  const stage = await setStage(t, { wishes: [{ kind: "header-rewriter" }], rules: REFUSED });
  await stage.page.goto(APP);
  const popup = await popupInTab(stage);
  const reached = new Set();
  for (let steps = 0; steps < 60; steps += 1) {
    await popup.keyboard.press("Tab");
    const name = await popup.evaluate(() => {
      const focused = document.activeElement;
      return focused?.getAttribute("role") === "switch" ? "switch" : (focused?.textContent ?? "").trim();
    });
    reached.add(name);
    if (name === "switch") break;
    if (/^(Check your|Your) extensions/.test(name)) await popup.keyboard.press("Enter");
  }
  assert.ok(reached.has("Turn off suspects"), [...reached].join(", "));
  assert.ok(reached.has("switch"));
  await reacting(popup, "[role=switch]:focus");
  await popup.keyboard.press("Space");
  await popup.waitForSelector('[role=switch][aria-checked="false"]');
  assert.equal(await popup.evaluate(() => document.activeElement?.getAttribute("role")), "switch", "the focus stays");
});

test("four hundred rows are all there, in order, and answer", async (t) => {
  const stage = await setStage(t, { wishes: innocents(3), rules: REFUSED });
  const worker = await workerOf(stage.browser, stage.readmit);
  await worker.evaluate(() => {
    const many = Array.from({ length: 400 }, (_, index) => ({
      id: String(index).padStart(3, "0").padStart(32, "a"),
      name: `Extension ${String(index).padStart(3, "0")}`,
      version: "1",
      enabled: true,
      mayDisable: true,
      type: "extension",
      permissions: [],
      hostPermissions: [],
    }));
    chrome.management.getAll = async () => /** @type {any} */ (many);
    chrome.management.setEnabled = async () => {};
  });
  await stage.page.goto(APP);
  const popup = await popupInTab(stage);
  await popup.waitForFunction(() => document.querySelectorAll("[data-extension]").length === 400);
  const names = await popup.$$eval("[data-extension]", (rows) => rows.map((row) => row.dataset.extension));
  assert.deepEqual(names, [...names].sort());
  const rows = await popup.$$eval("[data-extension]", (all) => all.slice(-2).map((row) => [row.querySelector(".name")?.textContent,
    ...Array.from(row.querySelectorAll("[aria-label]"), (button) => button.ariaLabel)]));
  assert.deepEqual(rows, ["Extension 398", "Extension 399"].map((name) => [name, `Always keep ${name} on`, name]));
  // A name that the row has no room for is read where the pointer rests.
  await unfoldExtensions(popup);
  await popup.hover("[data-extension] .name");
  assert.equal(await popup.$eval("[data-extension] .name", (name) => name.title), "Extension 000");
  await (await reacting(popup, "[data-extension]:last-of-type [role=switch]")).evaluate((one) => one.click());
  await popup.waitForSelector('[data-extension]:last-of-type [role=switch][aria-checked="false"]');
});

test("the package gives pages nothing to load, and asks for no more than it says", () => {
  const manifest = JSON.parse(readFileSync(join(CHROME, "manifest.json"), "utf8"));
  assert.equal(manifest.web_accessible_resources, undefined);
  assert.deepEqual(manifest.permissions, ["management", "browsingData", "cookies", "storage", "scripting", "activeTab", "alarms"]);
  assert.deepEqual(manifest.host_permissions, ["https://*.chatgpt.com/*", "https://*.openai.com/*"]);
  assert.doesNotMatch(manifest.content_security_policy.extension_pages, /https?:/);
});
