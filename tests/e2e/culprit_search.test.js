// The culprit search, by itself: real extensions are switched, the page is really reloaded, real headers get it refused.

import assert from "node:assert/strict";
import { innocents } from "../extensions/innocents.js";
import { closeTab, stopWorker, waitForCondition, workerOf } from "./browser.js";
import test from "./deadline.js";
import {
  APP,
  badgeIs,
  badgeOf,
  bannerOf,
  bannerShown,
  checkAgain,
  clickToolbar,
  headlineOf,
  onNow,
  phaseIs,
  phaseOf,
  popupInTab,
  press,
  reacting,
  REFUSAL,
  tweaker,
  untilRefused,
} from "./scene.js";
import { setStage } from "./stage.js";

const refusedBy = (...headers) => ({
  host: "chatgpt.com",
  path: "/",
  when: { headers: Object.fromEntries(headers.map((header) => [header, true])) },
  then: REFUSAL,
});

/** @param {import("node:test").TestContext} t */
async function searched(t, { wishes, rules, press: shallPress = true, count = 25 }) {
  const stage = await setStage(t, { wishes: [...innocents(count - wishes.length), ...wishes], rules });
  await untilRefused(stage.page);
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  if (shallPress) await press(popup, "Find the extension");
  const found = () => popup.$$eval("[data-culprit]", (all) => all.map((one) => one.dataset.culprit).sort());
  return { ...stage, popup, found, guilty: stage.ids.slice(-wishes.length).sort(), everyone: [...stage.ids].sort() };
}

const off = async (stage) => {
  const on = await onNow(stage);
  return stage.everyone.filter((id) => !on.includes(id));
};

const allBack = (stage) => waitForCondition(async () => (await off(stage)).length === 0, { what: "all to be on again" });

test("one of twenty-five is found, proven, and can be put back", async (t) => {
  // Two more that could be to blame, so that the search has something to tell apart.
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second"), tweaker("Third", "x-third")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")] });
  await phaseIs(stage.popup, "found");
  assert.equal(await headlineOf(stage.popup), "Second is the cause");
  const second = stage.made.find(({ name }) => name === "Second")?.id;
  assert.deepEqual(await stage.found(), [second]);
  assert.deepEqual(await off(stage), [second]);
  await waitForCondition(async () => (await stage.page.title()) === "ChatGPT", { what: "the page to be open" });
  await press(stage.popup, "Put everything back");
  await allBack(stage);
});

test("two that block by themselves are both found", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-first"), refusedBy("x-second")] });
  await phaseIs(stage.popup, "found");
  assert.deepEqual(await stage.found(), stage.guilty);
  assert.deepEqual(await off(stage), stage.guilty);
  await waitForCondition(async () => (await stage.page.title()) === "ChatGPT", { what: "the page to be open" });
});

test("two that block only together are both named, and one stays off", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-first", "x-second")] });
  await phaseIs(stage.popup, "found");
  assert.equal(await headlineOf(stage.popup), "These extensions are the cause together");
  assert.deepEqual(await stage.found(), stage.guilty);
  assert.equal((await off(stage)).length, 1);
});

test("the innocent are cleared with two reloads, and all are back", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [{ host: "chatgpt.com", path: "/", then: REFUSAL }] });
  await phaseIs(stage.popup, "stuck");
  assert.equal(await stage.popup.$eval("main", (main) => main.dataset.cleared), "extensions");
  await allBack(stage);
  // The visit, the GET before anything is switched, and two reloads without extensions.
  assert.equal(stage.edge.count({ host: "chatgpt.com", path: "/", pageLoad: true }), 4);
  assert.notEqual(await stage.popup.$eval("[data-fix]", (card) => card.dataset.fix), "extensions");
});

/**
 * A site that blocks requests with all of these headers and leaves all others without an answer. So the first test of a search
 * never ends, and the search is still running when the story looks at it, however busy the computer is.
 */
const holdsUp = (...headers) => [refusedBy(...headers), { host: "chatgpt.com", path: "/", when: { pageLoad: true }, then: { hang: true } }];

/** Until a search waits for an answer that does not come: something is off then. */
const heldUp = (stage) => stage.edge.waitFor({ outcome: "hang" });

test("Stop puts everything back", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: holdsUp("x-first", "x-second") });
  await heldUp(stage);
  await phaseIs(stage.popup, "searching");
  assert.match(await stage.popup.$eval("main", (main) => main.innerText), /Test \d+ of about \d+\. Extensions left: \d+ of 25\./);
  await press(stage.popup, "Stop");
  await allBack(stage);
  await waitForCondition(async () => (await headlineOf(stage.popup)) === "Checking if ChatGPT opens now…", { what: "the popup to say that it is done" });
});

test("the search goes on without the popup, and its progress is on the button", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")] });
  await phaseIs(stage.popup, "searching");
  await stage.popup.close();
  await waitForCondition(async () => /^\d+\/\d+$/.test(await badgeOf(stage)), { what: "progress on the button" });
  await waitForCondition(async () => (await badgeOf(stage)) === "✓" && (await off(stage)).length === 1, { what: "the search to end" });
  // The page tells it as well, for a while.
  assert.match(await bannerShown(stage.page), /^Readmit Second is the cause .* Details Dismiss$/);
  const popup = await clickToolbar(stage);
  assert.equal(await phaseOf(popup), "found");
  await badgeIs(stage, "–");
  await waitForCondition(async () => (await bannerOf(stage.page)) === null, { what: "the line to go by itself" });
});

test("the worker's death in the middle changes nothing", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")] });
  await waitForCondition(async () => (await off(stage)).length > 0, { what: "something to be off" });
  await stopWorker(stage.browser, stage.readmit);
  await phaseIs(stage.popup, "found");
  const second = stage.made.find(({ name }) => name === "Second")?.id;
  assert.deepEqual(await stage.found(), [second]);
  assert.deepEqual(await off(stage), [second]);
});

test("a tab that goes away in the middle leaves everything on", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: holdsUp("x-first", "x-second") });
  await heldUp(stage);
  assert.notDeepEqual(await off(stage), []);
  await stage.browser.newPage();
  await closeTab(stage.page);
  await allBack(stage);
});

const LIMIT = { page: "1015-generation-b-2026", status: 429 };

/** One guilty of two suspects, and the search that found it. */
async function foundOne(t) {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")], count: 6 });
  await phaseIs(stage.popup, "found");
  return { ...stage, second: stage.made.find(({ name }) => name === "Second")?.id };
}

test("what was found is turned off for good, and nothing is left to put back", async (t) => {
  const stage = await foundOne(t);
  assert.match(await stage.popup.$eval("main", (main) => main.innerText), /1 extension is off/);
  await press(stage.popup, "Leave it off");
  await waitForCondition(async () => !/1 extension is off/.test(await stage.popup.$eval("main", (main) => main.innerText)), {
    what: "nothing to be left to put back",
  });
  await stopWorker(stage.browser, stage.readmit);
  await workerOf(stage.browser, stage.readmit);
  assert.deepEqual(await off(stage), [stage.second]);
});

test("what was found is turned back on, and its page in the browser's list opens to limit it", async (t) => {
  const stage = await foundOne(t);
  await press(stage.popup, "Turn it back on");
  await allBack(stage);
  const popup = await popupInTab(stage);
  await press(popup, "Turn it off for this site only…");
  const opened = await stage.browser.waitForTarget((target) => target.url().startsWith("chrome://extensions/"));
  assert.equal(opened.url(), `chrome://extensions/?id=${stage.second}`);
});

test("a pinned extension is never switched, not by the search either, and stays pinned", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second"), tweaker("Third", "x-third")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")], press: false, count: 8 });
  const second = stage.made.find(({ name }) => name === "Second")?.id;
  const pin = `[data-extension="${second}"] .pin`;
  // By keyboard: it is reached from the row's switch, and pressed with the space bar.
  await (await reacting(stage.popup, pin)).focus();
  await stage.popup.keyboard.press("Space");
  await stage.popup.waitForSelector(`${pin}[aria-pressed=true]`);
  await stage.ask(() => {
    const all = /** @type {string[]} */ ((globalThis.turnedOff = []));
    chrome.management.onDisabled.addListener(({ id }) => all.push(id));
  });
  await press(stage.popup, "Find the extension");
  await phaseIs(stage.popup, "stuck");
  const turnedOff = await stage.ask(() => globalThis.turnedOff);
  assert.ok(turnedOff.length > 0 && !turnedOff.includes(second), turnedOff.join(", "));
  assert.notEqual(await headlineOf(stage.popup), "Your extensions aren’t the cause", "one of them was not tried");
  await allBack(stage);
  await stage.popup.close();
  const popup = await clickToolbar(stage);
  await popup.waitForSelector(`${pin}[aria-pressed=true]`);
});

test("the banner tells how far the search is", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")] });
  await waitForCondition(
    async () => /Test \d+ of about \d+\. Extensions left: \d+ of 25\./.test((await bannerOf(stage.page)) ?? ""),
    { what: "progress in the banner" },
  );
  await phaseIs(stage.popup, "found");
});

test("a rate limit in the middle ends the search at once, with everything back", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [refusedBy("x-second")], press: false });
  await checkAgain(stage.popup, "answered");
  assert.ok(stage.edge.count({ host: "chatgpt.com", path: "/", pageLoad: true }) > 1, "the page is loaded by a GET");
  stage.edge.setRules([{ host: "chatgpt.com", path: "/", then: LIMIT }]);
  const before = stage.edge.count({ host: "chatgpt.com", path: "/", pageLoad: true });
  await press(stage.popup, "Find the extension");
  await phaseIs(stage.popup, "stuck");
  assert.equal(await headlineOf(stage.popup), "The search ended without an answer");
  await allBack(stage);
  assert.equal(stage.edge.count({ host: "chatgpt.com", path: "/", pageLoad: true }), before + 1);
});

test("a search whose tab was closed goes on where it was, on a click", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second"), tweaker("Third", "x-third")];
  const rules = [refusedBy("x-second")];
  const stage = await searched(t, { wishes, rules });
  const everything = ["x-first", "x-second", "x-third"];
  await stage.edge.waitFor(({ pageLoad, headers }) => pageLoad && !everything.every((header) => header in headers));
  // The first test has its answer, and the second will have none.
  stage.edge.setRules(holdsUp(...everything));
  await heldUp(stage);
  const page = await stage.browser.newPage();
  await closeTab(stage.page);
  await allBack(stage);
  stage.edge.setRules(rules);
  await page.goto(APP);
  await bannerShown(page);
  const popup = await clickToolbar(stage, page);
  await press(popup, "Continue the search");
  await phaseIs(popup, "found");
  const second = stage.made.find(({ name }) => name === "Second")?.id;
  assert.deepEqual(await popup.$$eval("[data-culprit]", (all) => all.map((one) => one.dataset.culprit)), [second]);
});

test("a popup in another tab says that a search runs, and can stop it", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await searched(t, { wishes, rules: [{ host: "chat.openai.com", then: REFUSAL }, ...holdsUp("x-first", "x-second")] });
  await heldUp(stage);
  const other = await stage.browser.newPage();
  await other.goto("https://chat.openai.com/");
  await bannerShown(other);
  const popup = await popupInTab(stage, other);
  await waitForCondition(async () => /in another tab/.test(await popup.$eval("main", (main) => main.innerText)), { what: "it to say so" });
  await press(popup, "Stop");
  await allBack(stage);
});
