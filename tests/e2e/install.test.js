// Tabs that were blocked before Readmit could see them: at its installation, after an update, when it is enabled again, and when a
// site is granted.

import assert from "node:assert/strict";
import { grantHost, install, reloadExtension, waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { APP, bannerOf, bannerShown, CHROME, clickToolbar, isMarked, phaseIs, press, REFUSAL } from "./scene.js";
import { setStage } from "./stage.js";

const REFUSED = [{ host: ["chatgpt.com", "shop.example"], path: "/", then: REFUSAL }];
const SHOP = "https://shop.example/";

/** How many page loads there were of a host. */
const loadsOf = (edge, host) => edge.count({ host, path: "/", pageLoad: true });

/** Milliseconds until there is a banner, looked for since the browser was told to install or enable. */
async function bannerAfter(page, act) {
  const begun = performance.now();
  await act();
  await bannerShown(page);
  return performance.now() - begun;
}

/** The elements, whatever the page holds of them. */
const bannersIn = (page) => page.$$eval("readmit-banner", (all) => all.length);

/** Switches Readmit off and on, as a person does on the page of extensions. */
async function pauseReadmit(browser, id) {
  const page = await browser.newPage();
  try {
    await page.goto("chrome://extensions");
    const set = (/** @type {boolean} */ on) =>
      page.evaluate(`chrome.developerPrivate.updateProfileConfiguration({ inDeveloperMode: true }).then(() =>
        chrome.management.setEnabled(${JSON.stringify(id)}, ${on}))`);
    await set(false);
    await set(true);
  } finally {
    await page.close();
  }
}

test("Readmit is installed on the blocked tab: banner, mark and answer at once, without a reload", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  await stage.browser.uninstallExtension(stage.readmit);
  await stage.page.goto(APP);
  assert.equal(await bannerOf(stage.page), null);
  const took = await bannerAfter(stage.page, () => install(stage.browser, [CHROME]));
  assert.ok(took < 5_000, `${took} ms`);
  assert.equal(await bannersIn(stage.page), 1);
  await press(stage.page, "Fix it");
  assert.equal(loadsOf(stage.edge, "chatgpt.com"), 1, "nothing was loaded again");
});

test("an update replaces the banner by one whose buttons work", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  await stage.page.evaluate(() => (/** @type {any} */ (document.querySelector("readmit-banner")).isOld = true));
  await reloadExtension(stage.browser, stage.readmit);
  const isReplaced = () => stage.page.$eval("readmit-banner", (banner) => !(/** @type {any} */ (banner).isOld));
  await waitForCondition(isReplaced, { what: "another banner" });
  assert.equal(await bannersIn(stage.page), 1);
  await isMarked(stage, "Error 1020");
  assert.equal(await stage.page.evaluate(() => document.adoptedStyleSheets.length), 1, "the page was moved down once");
  await press(stage.page, "Dismiss");
  assert.equal(await bannersIn(stage.page), 0);
  assert.equal(await stage.page.evaluate(() => document.adoptedStyleSheets.length), 0);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  assert.equal(loadsOf(stage.edge, "chatgpt.com"), 1, "nothing was loaded again");
});

test("Readmit is disabled and enabled: the banner is there once, and works", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  await stage.page.evaluate(() => (/** @type {any} */ (document.querySelector("readmit-banner")).isOld = true));
  await pauseReadmit(stage.browser, stage.readmit);
  const isReplaced = () => stage.page.$eval("readmit-banner", (banner) => !(/** @type {any} */ (banner).isOld));
  await waitForCondition(isReplaced, { what: "another banner" });
  assert.equal(await bannersIn(stage.page), 1);
  await isMarked(stage, "Error 1020");
});

test("a site is granted while its tab is blocked: the banner comes into that tab", async (t) => {
  const stage = await setStage(t, { rules: REFUSED });
  await stage.page.goto(SHOP);
  assert.equal(await bannerOf(stage.page), null);
  for (const scheme of ["https", "http"]) await grantHost(stage.browser, stage.readmit, `${scheme}://*.shop.example`);
  const options = await stage.openOwn("options.html");
  await options.type("#site", "shop.example");
  await press(options, "Add");
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  assert.equal(loadsOf(stage.edge, "shop.example"), 1, "nothing was loaded again");
});

test("a page that hangs holds up no other, and an open page is left as it is", async (t) => {
  const hang = { host: "chatgpt.com", path: "/slow.js", then: { hang: true } };
  const open = { host: "chatgpt.com", path: "/slow", then: { body: `<!doctype html><title>Slow</title><script src="/slow.js"></script>` } };
  const stage = await setStage(t, { rules: [hang, open, ...REFUSED] });
  await stage.browser.uninstallExtension(stage.readmit);
  await stage.page.goto(APP);
  const slow = await stage.browser.newPage();
  slow.goto(`${APP}slow`).catch(() => {});
  await waitForCondition(() => stage.edge.count({ path: "/slow.js" }) > 0, { what: "a page that waits" });
  await install(stage.browser, [CHROME]);
  await bannerShown(stage.page);
  assert.equal(await stage.page.$$eval("readmit-banner", (all) => all.length), 1);
});
