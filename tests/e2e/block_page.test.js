// A refused page: recognized, the banner by itself, the badge, and the way from the banner to the popup. And all the pages
// on which nothing may happen.

import assert from "node:assert/strict";
import { aria, attachToPopup, isAwake, stopWorker, workerOf } from "./browser.js";
import test from "./deadline.js";
import { APP, asking, badgeIs, badgeOf, bannerGone, bannerOf, bannerShown, headlineOf, isMarked, phaseOf, press, REFUSAL, settled } from "./scene.js";
import { setStage } from "./stage.js";

/** @param {import("puppeteer-core").Page} page @param {import("./scene.js").Stage} stage @param {object} then */
async function load(page, stage, then, url = APP) {
  stage.edge.setRules([{ host: new URL(url).host, path: new URL(url).pathname, then }]);
  await page.goto(url);
}

/** That nothing came is only known after something that comes later: a refusal on another page of the same browser. */
async function nothingHappens(stage, page) {
  const witness = await stage.browser.newPage();
  stage.edge.setRules([{ host: "auth.openai.com", then: REFUSAL }]);
  await witness.goto("https://auth.openai.com/");
  await bannerShown(witness);
  await witness.close();
  await page.bringToFront();
  assert.equal(await page.evaluate(() => document.querySelector("readmit-banner")), null);
  assert.equal(await badgeOf(stage, page), "");
}

/** Whatever comes with being installed is over once the worker has done its first work. Ends on an ordinary page. */
async function settleIn(stage) {
  await load(stage.page, stage, REFUSAL);
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  stage.edge.setRules([]);
  await stage.page.goto(APP);
}

test("a refused page shows the banner by itself and puts the code on the toolbar button", async (t) => {
  const stage = await setStage(t);
  await load(stage.page, stage, REFUSAL);
  assert.match(await bannerShown(stage.page), /ChatGPT is blocking this browser.*Error 1020.*Fix it.*Dismiss/);
  await isMarked(stage, "Error 1020");
});

test("the banner says whose it is, comes before the page for the keyboard, and is one column on a phone", async (t) => {
  const stage = await setStage(t);
  const { page } = stage;
  await load(page, stage, REFUSAL);
  assert.match(await bannerShown(page), /^Readmit /);
  await page.bringToFront();
  await page.keyboard.press("Tab");
  const tree = await page.accessibility.snapshot({ interestingOnly: false });
  const focused = (/** @type {any} */ node) => (node.focused && node.role === "button" ? node.name : (node.children ?? []).map(focused).find(Boolean));
  assert.equal(focused(tree), "Fix it");
  const boxOf = async (/** @type {string} */ name) => (await (await aria(page, name))?.boundingBox()) ?? assert.fail(name);
  const [fix, dismiss] = [await boxOf("Fix it"), await boxOf("Dismiss")];
  assert.ok(Math.abs(fix.y - dismiss.y) < 1 && fix.width < 150, "side by side where there is room");
  await page.setViewport({ width: 390, height: 700 });
  const [wide, cross] = [await boxOf("Fix it"), await boxOf("Dismiss")];
  assert.ok(wide.width > 330, `as wide as the banner: ${wide.width}`);
  assert.ok(cross.y + cross.height <= wide.y && cross.x > 300, "the cross is in the corner");
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
});

test("every family of refusal has its banner", async (t) => {
  const stage = await setStage(t);
  /** @type {[string, number, RegExp][]} */
  const pages = [
    ["openai-block-2026", 403, /ChatGPT is blocking this browser Blocked/],
    ["openai-region", 403, /ChatGPT isn’t available in your country/],
    ["openai-capacity", 503, /ChatGPT is having problems/],
    ["block-2026", 403, /ChatGPT is blocking this browser Blocked/],
    ["1020-generation-a-2019", 403, /Error 1020/],
    ["1020-generation-b-2026", 403, /Error 1020/],
    ["1020-generation-c", 403, /Error 1020/],
    ["1020-custom-hidden-box", 403, /Error 1020/],
    ["1015-generation-b", 429, /ChatGPT is asking you to slow down.*Error 1015/],
    ["522-generation-b", 522, /ChatGPT is having problems.*Error 522/],
  ];
  for (const [name, status, words] of pages) {
    await load(stage.page, stage, { page: name, status });
    assert.match(await bannerShown(stage.page), words, name);
  }
  await load(stage.page, stage, { status: 403, body: "error code: 1020", contentType: "text/plain" });
  assert.match(await bannerShown(stage.page), /Error 1020/, "plain text");
});

test("a lookalike shows no banner", async (t) => {
  const stage = await setStage(t);
  const pages = [
    ["chat-about-1020", 200],
    ["chat-about-1020", 404],
    ["article-quoting-escaped", 404],
    ["article-live-fragment", 404],
    ["other-firewall-akamai", 403],
    ["other-network-layout-b", 403],
    ["ordinary-with-error-details", 200],
    ["app-imitating-generation-d", 403],
    ["malformed", 403],
    ["fake-1101-status-200", 200],
  ];
  for (const [name, status] of pages) {
    await load(stage.page, stage, { page: name, status });
    await nothingHappens(stage, stage.page);
  }
});

test("a challenge page is not touched at all", async (t) => {
  const stage = await setStage(t);
  const { page } = stage;
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.evaluateOnNewDocument(() => {
    globalThis.changes = [];
    new MutationObserver((changes) => globalThis.changes.push(...changes.map(({ type }) => type))).observe(document, {
      attributes: true,
      childList: true,
      subtree: true,
    });
    addEventListener("load", () => globalThis.changes.push("loaded"));
  });
  for (const name of ["challenge-2026", "challenge-openai-2026"]) {
    await load(page, stage, { page: name, status: 403 });
    await nothingHappens(stage, page);
    const changes = await page.evaluate(() => globalThis.changes);
    assert.deepEqual(changes.slice(changes.indexOf("loaded")), ["loaded"], `${name}: nothing changed after it had loaded`);
    assert.equal(await page.evaluate(() => document.documentElement.lastElementChild?.localName), "body");
  }
  assert.deepEqual(errors, []);
});

/** The table of policies: what Chromium makes of WebAssembly in a content script under each. */
const POLICIES = [
  ["no policy", null],
  ["sandbox", "sandbox"],
  ["unsafe-eval", "script-src 'self' 'unsafe-eval'"],
  ["wasm-unsafe-eval", "script-src 'wasm-unsafe-eval'"],
  ["default-src self", "default-src 'self'"],
  ["default-src none", "default-src 'none'"],
  ["script-src none", "script-src 'none'"],
  ["no styles, trusted types", "style-src 'none'; script-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"],
];

test("under every content security policy the refusal is recognized and the banner is styled", async (t) => {
  const stage = await setStage(t);
  for (const [name, policy] of POLICIES) {
    const headers = policy === null ? {} : { "content-security-policy": policy };
    await load(stage.page, stage, { ...REFUSAL, headers });
    assert.match(await bannerShown(stage.page), /Error 1020/, name ?? "without a policy");
    await isMarked(stage, "Error 1020");
    const button = await aria(stage.page, "Fix it");
    const ground = await button.evaluate((element) => getComputedStyle(element).backgroundColor);
    assert.match(ground, /^rgb\(15, 110, 103\)$/, `${name}: styled`);
  }
});

test("under a policy that forbids WebAssembly the lookalikes stay without a banner too", async (t) => {
  const stage = await setStage(t);
  const headers = { "content-security-policy": "default-src 'none'" };
  for (const name of ["chat-about-1020", "other-firewall-akamai", "challenge-2026"]) {
    await load(stage.page, stage, { page: name, status: 403, headers });
    await nothingHappens(stage, stage.page);
  }
});

test("Fix it opens the popup about this page", async (t) => {
  const stage = await setStage(t);
  await load(stage.page, stage, REFUSAL);
  await bannerShown(stage.page);
  const before = new Set(stage.browser.targets());
  await press(stage.page, "Fix it");
  const popup = await attachToPopup(stage.browser, stage.readmit, before);
  await settled(popup);
  assert.equal(await phaseOf(popup), "answered");
  assert.equal(await headlineOf(popup), "ChatGPT is blocking this browser");
});

test("where the browser will not open the popup, its page opens in a tab about this one", async (t) => {
  const stage = await setStage(t);
  await load(stage.page, stage, REFUSAL);
  await bannerShown(stage.page);
  const worker = await workerOf(stage.browser, stage.readmit);
  await worker.evaluate(() => {
    chrome.action.openPopup = () => Promise.reject(new Error("Could not find an active browser window."));
  });
  await press(stage.page, "Fix it");
  const target = await stage.browser.waitForTarget((other) => other.url().includes("popup.html?tab="));
  const popup = /** @type {import("./scene.js").Page} */ (await target.page());
  await settled(popup);
  assert.equal(await phaseOf(popup), "answered");
});

test("a dismissed banner stays away for this load and comes with the next", async (t) => {
  const stage = await setStage(t);
  const { page } = stage;
  await load(page, stage, REFUSAL);
  await bannerShown(page);
  await press(page, "Dismiss");
  await bannerGone(page);
  await page.evaluate(() => history.pushState({}, "", "/c/1"));
  await nothingHappens2(stage, page);
  await page.reload();
  await bannerShown(page);
});

/** Still no banner after another page has shown one; the badge may stay. */
async function nothingHappens2(stage, page) {
  const witness = await stage.browser.newPage();
  stage.edge.setRules([{ then: REFUSAL }]);
  await witness.goto("https://auth.openai.com/");
  await bannerShown(witness);
  await witness.close();
  assert.equal(await bannerOf(page), null);
}

test("the banner is reached and left by keyboard, and does not take the focus", async (t) => {
  const stage = await setStage(t);
  const { page } = stage;
  await load(page, stage, REFUSAL);
  await bannerShown(page);
  assert.equal(await page.evaluate(() => document.activeElement?.localName), "body");
  const dismiss = await aria(page, "Dismiss");
  await dismiss.focus();
  await page.keyboard.press("Escape");
  await bannerGone(page);
});

test("a click that the page makes by itself opens nothing", async (t) => {
  const stage = await setStage(t);
  const { page } = stage;
  await load(page, stage, REFUSAL);
  await bannerShown(page);
  const button = await aria(page, "Fix it");
  const before = stage.browser.targets().length;
  await button.evaluate((element) => element.click());
  await press(page, "Dismiss");
  await bannerGone(page);
  assert.equal(stage.browser.targets().length, before);
});

test("navigation inside the page takes a stale banner and badge away", async (t) => {
  const stage = await setStage(t);
  const { page } = stage;
  await load(page, stage, REFUSAL);
  await bannerShown(page);
  await page.evaluate(() => {
    history.pushState({}, "", "/c/1");
    document.body.replaceChildren(document.createElement("main"));
    document.title = "ChatGPT";
  });
  await bannerGone(page);
  await badgeIs(stage, "");
});

test("the badge goes when the tab goes elsewhere", async (t) => {
  const stage = await setStage(t);
  await load(stage.page, stage, REFUSAL);
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  stage.edge.setRules([]);
  await stage.page.goto(APP);
  await badgeIs(stage, "");
});

test("the banner and the badge come though the worker was asleep", async (t) => {
  const stage = await setStage(t);
  await settleIn(stage);
  await stopWorker(stage.browser, stage.readmit);
  await load(stage.page, stage, REFUSAL);
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
});

test("an ordinary page does not wake the worker", async (t) => {
  const stage = await setStage(t);
  const { page } = stage;
  await settleIn(stage);
  await stopWorker(stage.browser, stage.readmit);
  await page.goto(`${APP}c/1`);
  await page.evaluate(() => history.pushState({}, "", "/c/2"));
  await page.reload();
  // The app itself: much is let in, one thing is refused, some is not there or wants a login, some is kept away.
  const answered = (path, then) => ({ host: "chatgpt.com", path, then });
  const failing = [401, 404].map((status) => answered(`/backend-api/${status}`, { status, body: "{}", contentType: "application/json" }));
  const kept = answered("/backend-api/kept", { reset: true });
  const paths = Array.from({ length: 200 }, (_, at) => `/backend-api/${["401", "404", "kept", "me", "models"][at % 5]}?${at}`);
  stage.edge.setRules([answered("/backend-api/once", REFUSAL), ...failing, kept, asking([...paths, "/backend-api/once"])]);
  await page.goto(`${APP}c/1`);
  const statuses = await page.evaluate(() => globalThis.asked);
  assert.deepEqual([...new Set(statuses)].sort(), [0, 200, 401, 403, 404]);
  await page.evaluate(() => history.pushState({}, "", "/c/2"));
  // Measured by the browser, and so heard by whoever listens.
  await page.waitForFunction(() => performance.getEntriesByType("resource").some((/** @type {any} */ { responseStatus }) => responseStatus === 403));
  assert.equal(await isAwake(stage.browser, stage.readmit), false);
});
