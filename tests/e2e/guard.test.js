// Presses that were meant for something else: nothing that changes or deletes anything reacts within half a second of appearing,
// moving or changing its meaning. With a real mouse and real keys, in a real Chromium.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { innocents } from "../extensions/innocents.js";
import { stopWorker, waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { APP, bannerShown, cookiesOf, onNow, phaseIs, popupInTab, press, reacting, REFUSAL, unfold, unfoldExtensions, untilRefused } from "./scene.js";
import { setStage } from "./stage.js";

const SESSION = "__Secure-next-auth.session-token";
/** A hasty person's pace, in milliseconds. */
const HASTY = 200;
const MAIN = "#lead .main";

/** Signed in, and blocked for that: a reset of Cloudflare's check leads and does not help, then clearing everything leads. */
async function blocked(t) {
  const stage = await setStage(t, {});
  await stage.page.goto(`${APP}seed`);
  await stage.page.waitForSelector("html[data-seeded=yes]");
  stage.edge.setRules([{ host: "chatgpt.com", path: "/", when: { cookies: { [SESSION]: true } }, then: REFUSAL }]);
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  assert.equal(await labelOf(popup), "Reset the Cloudflare check");
  return { ...stage, popup, loads: () => stage.edge.count({ host: "chatgpt.com", path: "/", pageLoad: true }) };
}

const labelOf = (popup) => popup.$eval(MAIN, (button) => button.textContent);
const isSignedIn = async (stage) => (await cookiesOf(stage, "chatgpt.com")).some(({ name }) => name === SESSION);

/** Until the one strong button is this one, and not grayed out. @returns where it is at that moment */
async function untilLeading(popup, label) {
  const spot = await popup.waitForFunction(
    (main, name) => {
      const button = document.querySelector(main);
      if (!button?.checkVisibility() || button.hasAttribute("aria-disabled") || button.textContent !== name) return null;
      const { x, y, width, height } = button.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    },
    { polling: "mutation" },
    MAIN,
    label,
  );
  return spot.jsonValue();
}

test("a second click where another button has just appeared does nothing", async (t) => {
  const stage = await blocked(t);
  const { popup, loads } = stage;
  await press(popup, "Reset the Cloudflare check");
  const { x, y } = await untilLeading(popup, "Clear ChatGPT data");
  await popup.mouse.click(x, y);
  const before = loads();
  // On a busy computer another fix leads by now, because of an answer that has come meanwhile.
  assert.ok(await popup.$eval("main", (main) => !main.querySelector("[data-sending]")), "a swallowed press orders nothing");
  // What it would have done would be done once that place reacts.
  await reacting(popup, MAIN);
  assert.ok(await isSignedIn(stage));
  assert.equal(loads(), before);
  // A press that was made in time is carried out, once.
  await press(popup, "Clear ChatGPT data");
  await waitForCondition(async () => !(await isSignedIn(stage)), { what: "the data to be cleared" });
  await waitForCondition(() => loads() === before + 1, { what: "the page to be loaded again" });
});

test("Enter twice does not answer a question that was not asked", async (t) => {
  const stage = await blocked(t);
  const { popup } = stage;
  await popup.evaluate(() => (navigator.clipboard.writeText = async () => {}));
  await unfold(popup, "browser");
  const [label, ...answers] = ["Copy the page’s link", "It opened", "It was blocked"];
  await (await reacting(popup, `aria/${label}[role="button"]`)).focus();
  await popup.keyboard.press("Enter");
  const shown = () => popup.$$eval("[data-fix=browser] button", (all) => all.map(({ textContent }) => textContent));
  await popup.waitForFunction(() => /Did the page open there\?/.test(document.body.innerText), { polling: "mutation" });
  await popup.keyboard.press("Enter");
  const focused = await popup.evaluate(() => document.activeElement?.textContent ?? "");
  assert.ok(!answers.includes(focused), `the focus is on "${focused}"`);
  await reacting(popup, `aria/${answers[0]}[role="button"]`);
  const asked = await shown();
  assert.ok(answers.every((answer) => asked.includes(answer)), "the question is still asked");
});

test("a key that is pressed too early does nothing, and one that is pressed in time counts", async (t) => {
  const stage = await blocked(t);
  const { popup } = stage;
  await (await reacting(popup, MAIN)).focus();
  await popup.keyboard.press("Enter");
  await untilLeading(popup, "Clear ChatGPT data");
  assert.notEqual(await popup.evaluate(() => document.activeElement?.localName), "button", "the focus is on no other button");
  await popup.focus(MAIN);
  for (const key of /** @type {const} */ (["Enter", "Space"])) await popup.keyboard.press(key);
  // A key that is held down is pressed too early, too, however late it is let go.
  await popup.keyboard.down("Space");
  await reacting(popup, MAIN);
  await popup.keyboard.up("Space");
  await untilLeading(popup, "Clear ChatGPT data");
  assert.ok(await isSignedIn(stage));
  await (await reacting(popup, MAIN)).press("Space");
  await waitForCondition(async () => !(await isSignedIn(stage)), { what: "a press in time to count" });
});

test("steady clicking where something appears never gets through", async (t) => {
  const stage = await blocked(t);
  const { popup, loads } = stage;
  const { x, y } = await untilLeading(popup, "Reset the Cloudflare check");
  await popup.close();
  const before = loads();
  const fresh = await stage.openOwn(new URL(popup.url()).pathname.slice(1) + new URL(popup.url()).search);
  const hits = new Set();
  for (let clicks = 0; clicks < 3000 / HASTY; clicks += 1) {
    hits.add(await fresh.evaluate((left, top) => document.elementFromPoint(left, top)?.closest("button")?.textContent, x, y));
    await fresh.mouse.click(x, y);
    await pause(HASTY);
  }
  assert.ok(hits.has("Reset the Cloudflare check"), `it was clicked: ${[...hits].join(", ")}`);
  assert.equal(loads(), before);
  assert.ok((await cookiesOf(stage, "chatgpt.com")).some(({ name }) => name === "cf_clearance"));
  await press(fresh, "Reset the Cloudflare check");
  await waitForCondition(() => loads() === before + 1, { what: "a press in time to count" });
});

test("a switch that was switched is not switched back by a double click", async (t) => {
  const stage = await setStage(t, { wishes: innocents(2), rules: [{ host: "chatgpt.com", path: "/", then: REFUSAL }] });
  await untilRefused(stage.page);
  const popup = await popupInTab(stage);
  await unfoldExtensions(popup);
  const toggle = await reacting(popup, "[role=switch]");
  await toggle.click();
  await popup.waitForSelector('[role=switch][aria-checked="false"]');
  await toggle.click();
  await reacting(popup, '[role=switch][aria-checked="false"]');
  assert.equal((await onNow(stage)).length, 1);
  await toggle.focus();
  await popup.keyboard.press("Space");
  await waitForCondition(async () => (await onNow(stage)).length === 2, { what: "a press in time to count" });
});

test("Put everything back does not react in the moment when it comes to mean more", async (t) => {
  const stage = await setStage(t, { wishes: innocents(3), rules: [{ host: "chatgpt.com", path: "/", then: REFUSAL }] });
  await untilRefused(stage.page);
  const popup = await popupInTab(stage);
  await unfoldExtensions(popup);
  const [first, second] = await popup.$$eval("[data-extension]", (rows) => rows.map((one) => `[data-extension="${one.getAttribute("data-extension")}"] [role=switch]`));
  await (await reacting(popup, first)).click();
  await popup.waitForSelector('[role=switch][aria-checked="false"]');
  const back = await reacting(popup, "[data-do=put-back]");
  // In a tab of its own the foot may lie over the row.
  await (await reacting(popup, second)).evaluate((toggle) => /** @type {HTMLElement} */ (toggle).click());
  await popup.waitForFunction(() => document.getElementById("put-back-count")?.textContent === "2 extensions are off", { polling: "mutation" });
  await back.click();
  await reacting(popup, "[data-do=put-back]");
  assert.equal((await onNow(stage)).length, 1, "it said one, and would have put back two");
  await back.click();
  await waitForCondition(async () => (await onNow(stage)).length === 3, { what: "a press in time to count" });
});

test("a view that changes nothing restarts no guard, not after the worker's death either", async (t) => {
  const stage = await setStage(t, { wishes: innocents(12), rules: [{ host: "chatgpt.com", path: "/", then: REFUSAL }] });
  await untilRefused(stage.page);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  await popup.waitForFunction(() => !document.querySelector("[data-guarded], [data-busy]"), { polling: "mutation" });
  await popup.evaluate(() => {
    globalThis.guarded = /** @type {string[]} */ ([]);
    globalThis.heard = 0;
    new MutationObserver((all) => {
      for (const { target } of all) globalThis.guarded.push(/** @type {Element} */ (target).outerHTML);
    }).observe(document, { subtree: true, attributeFilter: ["data-guarded"] });
    const { connect } = chrome.runtime;
    chrome.runtime.connect = (/** @type {any} */ info) => {
      const port = connect(info);
      port.onMessage.addListener(() => (globalThis.heard += 1));
      return port;
    };
  });
  await stopWorker(stage.browser, stage.readmit);
  await popup.waitForFunction(() => globalThis.heard > 0);
  await popup.evaluate(() => document.querySelector(".pane")?.scrollTo(0, 200));
  const heard = await popup.evaluate(() => {
    document.dispatchEvent(new Event("visibilitychange"));
    return globalThis.heard;
  });
  await popup.waitForFunction((before) => globalThis.heard > before, {}, heard);
  assert.deepEqual(await popup.evaluate(() => globalThis.guarded), []);
});

test("Stop reacts at once", async (t) => {
  const stage = await setStage(t, {
    wishes: [...innocents(4), { kind: "header-rewriter", name: "First", header: "x-first" }],
    rules: [
      { host: "chatgpt.com", path: "/", when: { headers: { "x-first": true } }, then: REFUSAL },
      { host: "chatgpt.com", path: "/", when: { pageLoad: true }, then: { body: "<!doctype html><title>ChatGPT</title>", after: 1500 } },
    ],
  });
  await untilRefused(stage.page);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  await popup.evaluate(() => {
    const stop = /** @type {HTMLElement} */ (document.querySelector("#stop button"));
    new MutationObserver((_, observer) => {
      if (!stop.checkVisibility()) return;
      observer.disconnect();
      stop.click();
    }).observe(document, { subtree: true, attributes: true });
  });
  await press(popup, "Find the extension");
  await waitForCondition(async () => (await popup.$eval("main", (main) => main.dataset.phase)) === "answered" && (await onNow(stage)).length === 5, {
    what: "the search to be stopped",
  });
  assert.equal(await popup.$("[data-culprit]"), null);
});
