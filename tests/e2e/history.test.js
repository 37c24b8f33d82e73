// What is remembered of refused pages: the list, what helped before, and the extension that was to blame and is back.

import assert from "node:assert/strict";
import { innocents } from "../extensions/innocents.js";
import { stopWorker, waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { APP, bannerOf, clickToolbar, headlineOf, onNow, phaseIs, popupInTab, press, reacting, REFUSAL, unfold, untilRefused } from "./scene.js";
import { setStage } from "./stage.js";

const refusesMarked = { host: "chatgpt.com", path: "/", when: { cookies: { marked: true } }, then: REFUSAL };

/** @param {import("./scene.js").Stage} stage */
async function openOptions(stage) {
  const options = await stage.openOwn("options.html");
  await options.waitForSelector("[data-group=settings] [data-row]");
  return options;
}

/** The rows of the list of refused pages. @param {import("puppeteer-core").Page} options */
const listed = (options) =>
  options.$$eval("[data-group=history] [data-row]", (rows) =>
    rows.map((row) => ({ host: row.querySelector(".name")?.textContent, said: row.querySelector(".remark")?.textContent ?? "" })));

const listIs = (options, count) =>
  waitForCondition(async () => (await listed(options)).length === count, { what: `${count} refusals to be listed` });

/** @param {import("./scene.js").Stage} stage @param {RegExp} words */
const bannerSays = (stage, words) =>
  waitForCondition(async () => words.test((await bannerOf(stage.page)) ?? ""), { what: `the banner to say ${words}` });

test("an extension that was to blame is named at once when it is back, and one click turns it off", async (t) => {
  const guilty = { kind: /** @type {const} */ ("header-rewriter"), name: "Header Tweaker", header: "x-tweak" };
  const rules = [{ host: "chatgpt.com", path: "/", when: { headers: { "x-tweak": true } }, then: REFUSAL }];
  const stage = await setStage(t, { wishes: [...innocents(2), guilty], rules });
  const id = stage.ids[2];
  await untilRefused(stage.page);
  const popup = await popupInTab(stage);
  await press(popup, "Find the extension");
  await phaseIs(popup, "found");
  assert.equal(await headlineOf(popup), "Header Tweaker is the cause");
  await press(popup, "Put everything back");
  await waitForCondition(async () => (await onNow(stage)).includes(id), { what: "it to be on again" });
  await popup.close();
  // Nothing of this is in anybody's memory but on the disk.
  await stopWorker(stage.browser, stage.readmit);
  await stage.page.bringToFront();
  await untilRefused(stage.page);
  await bannerSays(stage, /The block came back after Header Tweaker was turned on\./);
  const again = await popupInTab(stage);
  await phaseIs(again, "answered");
  assert.match(await again.$eval("#why", (why) => why.textContent), /^The block came back after Header Tweaker was turned on\.$/);
  assert.equal(await again.$eval("[data-extension]", (row) => row.dataset.extension), id);
  assert.equal(await again.$eval("[data-cause]", (cause) => cause.dataset.cause), "extension");
  await press(again, "Turn off Header Tweaker");
  await phaseIs(again, "done");
  assert.ok(!(await onNow(stage)).includes(id));
  await waitForCondition(async () => (await stage.page.title()) === "ChatGPT", { what: "the page to be open" });
  const options = await openOptions(stage);
  await listIs(options, 2);
  for (const { host, said } of await listed(options)) {
    assert.equal(host, "chatgpt.com");
    assert.match(said, /Error 1020 · Header Tweaker was the cause · Check your extensions · helped$/);
  }
});

test("what helped twice leads the third time; the list shows it, a click forgets it, and erasing leaves nothing", async (t) => {
  const stage = await setStage(t, { wishes: [{ kind: "tab-reader", name: "Reader" }], rules: [refusesMarked] });
  const options = await openOptions(stage);
  await press(options, "Find the cause automatically", "switch");
  await options.waitForFunction(() => document.querySelector("[data-group=settings] [aria-checked=false]"));
  const refused = async () => {
    await stage.page.bringToFront();
    await stage.ask(() => chrome.cookies.set({ url: "https://chatgpt.com/", name: "marked", value: "1", secure: true }));
    await stage.page.goto(APP);
    const popup = await popupInTab(stage);
    await phaseIs(popup, "answered");
    // With the list of extensions the order is what it will be.
    await popup.waitForSelector("[data-extension]");
    return popup;
  };
  const leader = (popup) => popup.$eval("[data-cause]", (cause) => [cause.dataset.cause, Number(cause.dataset.probability)]);
  const first = await refused();
  const [before] = await leader(first);
  assert.notEqual(before, "site-data");
  assert.ok(await first.$eval("#helped", (/** @type {any} */ line) => line.hidden));
  await press(first, "Clear ChatGPT data");
  await phaseIs(first, "done");
  await first.close();
  const second = await refused();
  // By keyboard: in a tab the foot, with its word of the last clearing, lies over the row.
  await unfold(second, "site-data");
  await (await reacting(second, 'aria/Clear ChatGPT data[role="button"]')).press("Enter");
  await phaseIs(second, "done");
  await second.close();
  const third = await refused();
  const [cause, probability] = await leader(third);
  assert.equal(cause, "site-data");
  assert.ok(probability > 0.3, String(probability));
  assert.equal(await third.$eval("#helped", (line) => line.textContent), "What helped before: Clear cookies and cache (2×)");
  await third.close();
  await options.bringToFront();
  await listIs(options, 3);
  assert.deepEqual((await listed(options)).map(({ said }) => said.replace(/^.*?Error/, "Error")),
    ["Error 1020", ...Array(2).fill("Error 1020 · Old cookies or site data · Clear cookies and cache · helped")]);
  await options.click("[data-group=history] summary");
  await press(options, "Clear this list");
  await listIs(options, 0);
  const last = await refused();
  assert.ok(await last.$eval("#helped", (/** @type {any} */ line) => line.hidden), "nothing has helped before, as far as anybody knows");
  await last.close();
  await options.bringToFront();
  await press(options, "Erase everything");
  await waitForCondition(() => options.$eval("#said", (said) => said.textContent === "Everything has been erased."), { what: "it to be erased" });
  assert.deepEqual(await stage.ask(() => chrome.storage.local.get()), {});
});
