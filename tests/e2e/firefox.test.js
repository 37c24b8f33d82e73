// The same stories in a real Firefox: recognized, explained, cleared, put back, found by hand, and asked for what was taken
// away. One browser for all of them, made clean before each.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { clearOrigin } from "../../extension/clear_origin.js";
import { storesOf, waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { bannerIn, clickAction, grantHosts, inPopup, startBackground, stopBackground, storedIn, switchByHand, withholdHosts } from "./firefox.js";
import { APP, asking, cookiesOf, first, headlineOf, inContentScript, isMarked, obey, onNow, openFirefoxStage, phaseIs, phaseOf, popupInTab, press, reacting, REFUSAL, rowsOf, says, tweaker, unfold, untilRefused, waysIntoStorage } from "./scene.js";

const SESSION = "__Secure-next-auth.session-token";
const STALE_RULE = { host: ["chatgpt.com", "shop.example"], path: ["/", "/c/*"], when: { cookies: { cf_clearance: true } }, then: REFUSAL };
const OPENAI = ["https://*.chatgpt.com/*", "https://*.openai.com/*"];
const refusedBy = (header) => ({ host: "chatgpt.com", path: "/", when: { headers: { [header]: true } }, then: REFUSAL });

/** @type {Awaited<ReturnType<typeof openFirefoxStage>>} */
let firefox;
before(async () => {
  firefox = await openFirefoxStage();
});
after(() => firefox?.close());

const names = (cookies) => cookies.map(({ name }) => name).sort();
const bannerShown = (page) => waitForCondition(() => bannerIn(page), { what: `the banner on ${page.url()}` });
const popupOver = (stage, phase) =>
  waitForCondition(async () => (await inPopup(stage, () => document.querySelector("main")?.dataset.phase)) === phase, {
    what: `the popup over the page to say ${phase}`,
  });

/** ChatGPT refuses, and the popup about it is open in a tab. */
/** @param {{ wishes?: import("../extensions/make.js").Wish[], rules: import("../edge/rules.js").Rule[], on?: typeof firefox }} options */
async function refused({ wishes = [], rules, on = firefox }) {
  const stage = await on.clean(wishes);
  stage.edge.setRules(rules);
  await untilRefused(stage.page);
  await bannerShown(stage.page);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  return { ...stage, popup };
}

/** A person signed in, in this page's container, with a stale proof; then refused. */
async function seeded(stage, page, host = "chatgpt.com") {
  stage.edge.setRules([]);
  await page.goto(`https://${host}/seed`);
  await page.waitForSelector("html[data-seeded=yes]");
  stage.edge.setRules([STALE_RULE]);
  await page.goto(`https://${host}/`);
}

test("a refused page shows the banner and the code; an ordinary one and a challenge are left alone", async () => {
  const { page, edge, ...stage } = await firefox.clean();
  await page.goto(APP);
  assert.equal(await page.evaluate(() => document.querySelector("readmit-banner")), null);
  edge.setRules([{ host: "chatgpt.com", then: { challenge: true } }]);
  await page.goto(APP);
  assert.equal(await page.evaluate(() => document.querySelector("readmit-banner")), null);
  edge.setRules([{ host: "chatgpt.com", then: { ...REFUSAL, headers: { "content-security-policy": "default-src 'none'" } } }]);
  await page.goto(APP);
  const banner = await bannerShown(page);
  assert.match(banner.text, /ChatGPT is blocking this browser.*Error 1020/);
  assert.deepEqual(Object.keys(banner.buttons), ["Fix it", "Dismiss"]);
  await isMarked({ ...stage, page }, "Error 1020");
  await banner.buttons.Dismiss();
  await waitForCondition(async () => (await bannerIn(page)) === null, { what: "the banner to go" });
});

test("refused inside an open page: the banner by itself, and clearing is proven by what the page is answered", async () => {
  const stage = await firefox.clean();
  const { page, edge } = stage;
  await seeded(stage, page);
  const paths = ["/backend-api/me", "/backend-api/models", "/backend-api/settings"];
  edge.setRules([{ host: "chatgpt.com", path: "/backend-api/*", when: { cookies: { cf_clearance: true } }, then: REFUSAL }, asking(paths)]);
  await page.goto(APP);
  assert.match((await bannerShown(page)).text, /ChatGPT opens, but parts are blocked.*Error 1020/);
  await isMarked(stage, "Error 1020");
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  await popup.$eval("[data-fix=site-data] .toggle", (toggle) => toggle.click()).catch(() => {});
  await press(popup, "Clear ChatGPT data");
  await phaseIs(popup, "done");
  assert.deepEqual(await page.evaluate(() => globalThis.asked), [200, 200, 200]);
});

test("Fix it opens the popup over the page", async () => {
  const stage = await firefox.clean();
  stage.edge.setRules([{ host: "chatgpt.com", then: REFUSAL }]);
  await stage.page.goto(APP);
  await (await bannerShown(stage.page)).buttons["Fix it"]();
  await popupOver(stage, "answered");
  assert.equal(await inPopup(stage, () => document.querySelector("main")?.dataset.code), "1020");
});

test("a click on the toolbar button recognizes the refusal of any other site", async () => {
  const stage = await firefox.clean();
  stage.edge.setRules([{ host: "shop.example", then: REFUSAL }]);
  await stage.page.goto("https://shop.example/");
  await clickAction(stage);
  await popupOver(stage, "answered");
  assert.equal(await inPopup(stage, () => document.querySelector("h1")?.textContent), "shop.example is blocking this browser");
});

test("the browser's own error page is told from a page that may not be read", async () => {
  const stage = await firefox.clean();
  stage.edge.setRules([{ host: "chatgpt.com", then: { reset: true } }]);
  await stage.page.goto(APP).catch(() => {});
  const popup = await popupInTab(stage);
  assert.equal(await headlineOf(popup), "chatgpt.com didn’t answer");
  // One of the sites that Firefox keeps from all extensions.
  await stage.page.goto("https://addons.mozilla.org/");
  const other = await popupInTab(stage);
  assert.equal(await headlineOf(other), "Readmit can’t check this page");
});

test("an extension that adds a header is suspected for what was measured", async () => {
  const { popup, ids } = await refused({ wishes: [tweaker("Header Tweaker", "x-tweak"), { kind: "innocent" }], rules: [refusedBy("x-tweak")] });
  await waitForCondition(async () => (await first(popup, "data-cause")) === "extension", { what: "an extension to be suspected" });
  assert.equal(await first(popup, "data-fix"), "extensions");
  await says(popup, /opens when no extension is involved/);
  const rows = await rowsOf(popup);
  assert.deepEqual([rows[0].id, rows[0].suspect, rows[0].on, rows[0].disabled], [ids[0], "strong", true, true]);
  await says(popup, /Only you can turn extensions on and off in this browser/);
});

test("an outage is told with its own title, and nobody is sent to delete anything", async (t) => {
  const stage = await firefox.clean();
  stage.edge.setRules([{ host: "chatgpt.com", path: "/", then: { page: "522-generation-b", status: 522 } }]);
  stage.edge.status.openai.set({ indicator: "none", incidents: [{ name: "Elevated errors on ChatGPT" }] });
  t.after(() => stage.edge.status.openai.set({}));
  await stage.page.goto(APP);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  // The site may have answered before the status page has.
  await says(popup, /Elevated errors on ChatGPT/);
  assert.equal(await first(popup, "data-cause"), "service-down");
  assert.equal(await first(popup, "data-fix"), "status");
});

test("the report is seen before it is copied", async () => {
  const { popup } = await refused({ rules: [{ host: "chatgpt.com", path: "/", then: REFUSAL }] });
  await press(popup, "Copy report");
  await popup.waitForSelector("#report-text", { visible: true });
  const report = await popup.$eval("#report-text", (it) => /** @type {HTMLTextAreaElement} */ (it).value);
  assert.match(report, /Site: chatgpt\.com\nError: 1020\n(.*\n)*Ray ID: [0-9a-f]{16}/);
  assert.match(report, /Test \(with cookies\): blocked/);
});

test("Clear ChatGPT data removes every kind of data, reads back, opens the page, and can be undone", async () => {
  const stage = await firefox.clean();
  await seeded(stage, stage.page, "shop.example");
  await seeded(stage, stage.page);
  await bannerShown(stage.page);
  const before = await cookiesOf(stage, "chatgpt.com");
  assert.ok(before.some(({ partitionKey }) => partitionKey), "a partitioned cookie was there");
  assert.ok(before.some(({ httpOnly }) => httpOnly), "an HttpOnly cookie was there");
  const popup = await popupInTab(stage);
  assert.match(await popup.$eval("[data-fix=site-data]", (card) => card.textContent ?? ""), /can only empty its whole cache/);
  stage.edge.site.visitCookies = [];
  await press(popup, "Clear ChatGPT data");
  await phaseIs(popup, "done");
  await says(popup, new RegExp(`${before.length} cookies deleted\\..*Checked: nothing is left`));
  const empty = { cookies: [], localStorage: [], databases: [], caches: [], serviceWorkers: 0 };
  assert.deepEqual(await storesOf(stage.page), empty);
  const elsewhere = await stage.browser.newPage();
  await elsewhere.goto("https://shop.example/");
  assert.ok(SESSION in (stage.edge.requests.findLast(({ host, path }) => host === "shop.example" && path === "/")?.cookies ?? {}));
  const plain = ({ expirationDate, ...cookie }) => ({ ...cookie, expires: Math.round((expirationDate ?? 0) / 10) });
  const sorted = (cookies) => cookies.map(plain).sort((a, b) => `${a.domain}${a.name}`.localeCompare(`${b.domain}${b.name}`));
  await press(popup, "Undo");
  await says(popup, new RegExp(`${before.length} cookies restored`));
  assert.deepEqual(sorted(await cookiesOf(stage, "chatgpt.com")), sorted(before));
});

test("Reset the Cloudflare check opens the page and keeps the login", async () => {
  const stage = await firefox.clean();
  await seeded(stage, stage.page);
  await bannerShown(stage.page);
  const popup = await popupInTab(stage);
  stage.edge.site.visitCookies = [];
  await press(popup, "Reset the Cloudflare check");
  await phaseIs(popup, "done");
  assert.deepEqual(names(await cookiesOf(stage, "chatgpt.com")), [SESSION, "oai-did", "script-cookie"]);
});

test("in a container only that container's data is cleared", async () => {
  const stage = await firefox.clean();
  await seeded(stage, stage.page);
  const container = await stage.browser.createBrowserContext();
  const page = await container.newPage();
  await seeded(stage, page);
  await bannerShown(page);
  const popup = await popupInTab(stage, page);
  stage.edge.site.visitCookies = [];
  await press(popup, "Clear ChatGPT data");
  await phaseIs(popup, "done");
  await says(popup, /cookies deleted\..*Checked: nothing is left/);
  assert.deepEqual(await storesOf(page), { cookies: [], localStorage: [], databases: [], caches: [], serviceWorkers: 0 });
  assert.ok(names(await cookiesOf(stage, "chatgpt.com")).includes(SESSION), "outside the container nothing is touched");
  await container.close();
});

test("the culprit is found with the person as the hand, though the background ends in the middle", async () => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second"), tweaker("Third", "x-third"), { kind: /** @type {const} */ ("innocent") }];
  const stage = await refused({ wishes, rules: [refusedBy("x-second")] });
  const [, second] = stage.ids;
  await press(stage.popup, "Find the extension");
  await phaseIs(stage.popup, "searching");
  assert.match(await headlineOf(stage.popup), /^Your turn: switch 3 extensions$/, "the innocent one cannot touch the site");
  const toggles = await stage.popup.$$eval("[data-toggle]", (all) => all.map(({ dataset }) => dataset.wanted));
  assert.deepEqual(toggles, ["off", "off", "off"]);
  await switchByHand(stage, stage.ids[0], false);
  await stopBackground(stage);
  await obey(stage, stage.popup);
  await phaseIs(stage.popup, "found");
  assert.equal(await headlineOf(stage.popup), "Second is the cause");
  assert.deepEqual(await stage.popup.$$eval("[data-culprit]", (all) => all.map(({ dataset }) => dataset.culprit)), [second]);
  await says(stage.popup, /Everything else is back on/);
  assert.deepEqual(stage.ids.filter((id) => id !== second), await onNow(stage));
  await waitForCondition(async () => (await stage.page.title()) === "ChatGPT", { what: "the page to be open" });
});

test("the search that is begun in the popup goes on in a tab, for the popup closes when the browser's list is opened", async () => {
  const wishes = [tweaker("First", "x-first")];
  const stage = await refused({ wishes, rules: [refusedBy("x-first")] });
  await stage.popup.close();
  await stage.page.bringToFront();
  await clickAction(stage);
  await popupOver(stage, "answered");
  const click = () =>
    inPopup(stage, () => {
      const button = [...document.querySelectorAll("button")].find(({ textContent }) => textContent === "Find the extension");
      if (!button || button.closest("[data-guarded]")) return false;
      button.click();
      return true;
    });
  await waitForCondition(click, { what: "the search to be begun" });
  const tab = await waitForCondition(
    async () => {
      const pages = (await stage.browser.pages()).filter((page) => page !== stage.desk && page !== stage.page);
      const found = await Promise.all(pages.map((page) => page.$("[data-toggle]").catch(() => null)));
      return pages[found.findIndex(Boolean)];
    },
    { what: "a tab that says what to switch" },
  );
  assert.equal(await headlineOf(tab), "Your turn: switch one extension");
  await obey(stage, tab);
  assert.equal(await headlineOf(tab), "First is the cause");
});

test("where no private window may be opened the person is asked to, and then what it showed", async () => {
  const { popup } = await refused({ rules: [{ host: "chatgpt.com", path: "/", then: REFUSAL }] });
  await popup.$eval("[data-fix=private-window] .toggle", (toggle) => /** @type {HTMLElement} */ (toggle).click());
  await press(popup, "Open a private window");
  await says(popup, /Only you can open a private window/);
  await press(popup, "It was blocked");
  const asks = () => popup.$$eval("[data-fix=private-window] button", (all) => all.some(({ textContent }) => textContent === "It was blocked"));
  await waitForCondition(async () => !(await asks()), { what: "the answer to be taken" });
});

test("Stop asks for what was switched off until then, and sees it come back", async () => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await refused({ wishes, rules: [refusedBy("x-second")] });
  await press(stage.popup, "Find the extension");
  await phaseIs(stage.popup, "searching");
  await switchByHand(stage, stage.ids[0], false);
  await waitForCondition(async () => (await headlineOf(stage.popup)) === "Your turn: switch one extension", { what: "one to be left" });
  await press(stage.popup, "Stop");
  await says(stage.popup, /Turn these back on/);
  assert.equal(await obey(stage, stage.popup), 1);
  assert.equal((await onNow(stage)).length, 2);
});

test("hosts that were taken away are asked for again, and one click brings them back", async (t) => {
  const stage = await firefox.clean();
  t.after(() => grantHosts(stage, OPENAI));
  stage.edge.setRules([{ host: "chatgpt.com", then: REFUSAL }]);
  await withholdHosts(stage, OPENAI);
  await stage.page.goto(APP);
  const popup = await popupInTab(stage);
  assert.equal(await headlineOf(popup), "Readmit needs access to ChatGPT");
  await press(popup, "Allow");
  await phaseIs(popup, "answered");
  assert.equal(await headlineOf(popup), "ChatGPT is blocking this browser");
  await stage.page.goto(APP);
  await bannerShown(stage.page);
});

const SHOP = "https://shop.example/pay";
const LIMIT = { page: "1015-generation-b-2026", status: 429, headers: { "retry-after": "3" } };
const HANG = { host: "chatgpt.com", path: "/", when: { pageLoad: true }, then: { hang: true } };

/** The tab goes to a shop and pays there by a form, as a checkout does. */
async function pays({ page, edge }) {
  const paid = () => edge.log.select({ host: "shop.example", method: "POST" }).length > 0;
  await page.evaluate((url) => {
    const form = Object.assign(document.createElement("form"), { action: url, method: "post" });
    document.documentElement.append(form);
    form.submit();
  }, SHOP);
  await waitForCondition(() => paid() && page.url() === SHOP, { what: "the shop to be paid" });
}

/** Readmit knows that the tab shows another page, and has asked for none of the shop's. */
async function leavesTheShopAlone({ page, edge, ask }) {
  const cases = () => ask(async () => /** @type {any} */ (await chrome.storage.session.get("cases")).cases?.value);
  await waitForCondition(async () => (await cases())?.length === 0, { what: "the case to end" });
  assert.deepEqual(edge.log.select({ host: "shop.example", pageLoad: true }).map(({ method }) => method), ["POST"]);
  assert.equal(page.url(), SHOP);
}

const hangs = ({ edge }) =>
  waitForCondition(() => edge.count({ host: "chatgpt.com", outcome: "hang", pageLoad: true }) > 0, { what: "a load without an answer" });

test("a wait that ends while the tab shows a shop reloads nothing", async () => {
  const stage = await refused({
    rules: [
      { host: "chatgpt.com", path: "/", when: { pageLoad: true }, then: REFUSAL },
      { host: "chatgpt.com", path: "/", then: LIMIT },
    ],
  });
  await press(stage.popup, "Wait, then reload once");
  await says(stage.popup, /0:0\d left/);
  stage.edge.clearLog();
  await pays(stage);
  await leavesTheShopAlone(stage);
});

test("a check whose tab goes to a shop loads and reads nothing there", async () => {
  const stage = await refused({ rules: [{ host: "chatgpt.com", then: REFUSAL }] });
  stage.edge.setRules([HANG]);
  stage.edge.clearLog();
  await press(stage.popup, "Check again");
  await hangs(stage);
  await pays(stage);
  await leavesTheShopAlone(stage);
});

test("a watch for a new IP address asks for nothing more once its tab is at a shop", async () => {
  const stage = await refused({ rules: [{ host: "chatgpt.com", then: REFUSAL }] });
  await unfold(stage.popup, "router");
  await press(stage.popup, "I’m restarting my router");
  await says(stage.popup, /\d+:\d\d left/);
  stage.edge.clearLog();
  await pays(stage);
  const again = await popupInTab(stage);
  await phaseIs(again, "clear");
  await leavesTheShopAlone(stage);
});

test("a search whose tab goes to a shop touches nothing there, and asks for everything back", async () => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await refused({ wishes, rules: [refusedBy("x-second")] });
  await press(stage.popup, "Find the extension");
  await phaseIs(stage.popup, "searching");
  await switchByHand(stage, stage.ids[0], false);
  stage.edge.setRules([HANG]);
  stage.edge.clearLog();
  await switchByHand(stage, stage.ids[1], false);
  await hangs(stage);
  await pays(stage);
  await says(stage.popup, /Turn these back on/);
  await obey(stage, stage.popup);
  assert.equal((await onNow(stage)).length, 2);
  await leavesTheShopAlone(stage);
});

test("a clearing whose tab goes to a shop reloads nothing there, and clears nothing of it", async () => {
  const stage = await firefox.clean();
  await seeded(stage, stage.page, "shop.example");
  const { cookies: _, ...kept } = await storesOf(stage.page);
  await seeded(stage, stage.page);
  await bannerShown(stage.page);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  stage.edge.setRules([HANG]);
  stage.edge.clearLog();
  await press(popup, "Clear ChatGPT data");
  await hangs(stage);
  await pays(stage);
  await leavesTheShopAlone(stage);
  const { cookies, ...left } = await storesOf(stage.page);
  assert.deepEqual(left, kept);
  assert.ok(cookies.includes("script-cookie"));
  const [paid] = stage.edge.log.select({ host: "shop.example", method: "POST" });
  assert.ok("script-cookie" in (paid.cookies ?? {}));
});

test("the function that clears a page's caches clears nothing on a page of another site", async () => {
  const { page, edge } = await firefox.clean();
  edge.setRules([]);
  await page.goto("https://shop.example/seed");
  await page.waitForSelector("html[data-seeded=yes]");
  const { caches } = await storesOf(page);
  assert.ok(caches.length > 0, "there is something to lose");
  await page.evaluate(clearOrigin, "chatgpt.com", "example", "xshop.example");
  assert.deepEqual((await storesOf(page)).caches, caches);
  await page.evaluate(clearOrigin, "shop.example");
  assert.deepEqual((await storesOf(page)).caches, []);
});

test("the background may end while the popup is open", async () => {
  const { popup, ...stage } = await refused({ wishes: [tweaker("First", "x-first")], rules: [refusedBy("x-first")] });
  await stopBackground(stage);
  stage.edge.setRules([]);
  await press(popup, "Check again");
  await phaseIs(popup, "done");
  assert.equal(await phaseOf(popup), "done");
});

test("clicks around the background's end are carried out exactly once", async () => {
  const stage = await refused({ wishes: [tweaker("Tweaker", "x-tweak")], rules: [refusedBy("x-tweak")] });
  const { popup, ids: [id] } = stage;
  const pinned = async () => (await storedIn(stage)).pins?.value.ids.includes(id) ?? false;
  // A click that is lost, or made twice, leaves it as it was.
  for (let round = 0; round < 8; round += 1) {
    const pin = await reacting(popup, `[data-extension="${id}"] .pin`);
    const click = () => pin.evaluate((it) => it.click());
    const end = stopBackground(stage);
    if (round < 4) await Promise.all([end, click()]);
    else await end.then(click);
    const wanted = round % 2 === 0;
    await waitForCondition(async () => (await pinned()) === wanted, { what: `round ${round}: the pin to be ${wanted ? "in" : "out"}` });
    await popup.waitForSelector(`[data-extension="${id}"] .pin[aria-pressed=${wanted}]`);
  }
});

test("protection from fingerprinting is seen, and the card names the setting", async (t) => {
  const own = await openFirefoxStage({ env: { TZ: "Europe/Berlin" }, prefs: { "privacy.resistFingerprinting": true } });
  t.after(() => own.close());
  const { popup, inBrowser } = await refused({ rules: [{ host: "chatgpt.com", path: "/", then: REFUSAL }], on: own });
  await waitForCondition(async () => (await first(popup, "data-fix")) === "browser-setting", { what: "the browser's own setting to lead" });
  await says(popup, /hides your time zone.*privacy\.resistFingerprinting in about:config/);
  // @ts-ignore The browser's own window.
  await inBrowser(() => Services.prefs.setBoolPref("privacy.resistFingerprinting", false));
  await press(popup, "Check again");
  await waitForCondition(async () => (await first(popup, "data-fix")) !== "browser-setting", { what: "it not to lead any more" });
});

test("where a policy installed Readmit it switches by itself", async (t) => {
  const managed = await openFirefoxStage({ byPolicy: true });
  t.after(managed.close);
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second")];
  const stage = await refused({ on: managed, wishes, rules: [refusedBy("x-second")] });
  await press(stage.popup, "Find the extension");
  await phaseIs(stage.popup, "found");
  assert.equal(await headlineOf(stage.popup), "Second is the cause");
  assert.deepEqual(await onNow(stage), [stage.ids[0]]);
  await press(stage.popup, "Put everything back");
  await waitForCondition(async () => (await onNow(stage)).length === 2, { what: "all to be on again" });
});

test("the content script's world can neither read what is stored nor forge it", async (t) => {
  const managed = await openFirefoxStage({ byPolicy: true });
  t.after(managed.close);
  const wishes = [{ kind: /** @type {const} */ ("innocent") }, tweaker("Second", "x-second")];
  const stage = await refused({ on: managed, wishes, rules: [refusedBy("x-second")] });
  const [first, second] = stage.ids;
  const ledger = async () => (await storedIn(stage)).ledger?.value.entries.map(({ id }) => id);
  await (await reacting(stage.popup, `[data-extension="${second}"] [role=switch]`)).click();
  await waitForCondition(async () => !(await onNow(stage)).includes(second), { what: "the second to be off" });
  assert.deepEqual(await ledger(), [second]);
  await stage.popup.close();
  const { isHere, possible } = /** @type {any} */ (await inContentScript(stage, waysIntoStorage, ["session"]));
  assert.deepEqual([isHere, possible], [true, []]);
  const read = async () => [await globalThis.chrome.storage.local.get(null), await indexedDB.databases()];
  assert.deepEqual(await inContentScript(stage, read), [{}, []]);
  await switchByHand(stage, first, false);
  const forge = async (/** @type {string} */ id) => {
    const ledger = { version: 2, value: { entries: [{ id, at: Date.now(), lent: true }] } };
    await globalThis.chrome.storage.local.set({ ledger, pins: { version: 1, value: { ids: [id] } } });
    return globalThis.chrome.storage.local.get(null);
  };
  assert.deepEqual(Object.keys(/** @type {any} */ (await inContentScript(stage, forge, first))).sort(), ["ledger", "pins"]);
  await stopBackground(stage);
  const popup = await popupInTab(stage);
  // The browser has listed the extensions, so whatever a ledger asks for has been asked.
  await popup.waitForSelector(`[data-extension="${second}"]`);
  assert.deepEqual(await onNow(stage), [], "what its owner has turned off stays off");
  assert.deepEqual(await ledger(), [second]);
  assert.deepEqual(await stage.ask(() => chrome.storage.local.get(null)), {});
});

test("what an earlier version wrote is moved once, whenever the background dies meanwhile", async (t) => {
  const own = await openFirefoxStage();
  t.after(own.close);
  const stage = await own.clean();
  const old = {
    pins: { version: 1, value: { ids: ["kept@example.org"] } },
    ledger: { version: 1, value: { entries: [{ id: "off@example.org", at: Date.now() }] } },
    "ledger-set-aside-1": "damaged",
  };
  for (let round = 0; round < 6; round += 1) {
    await stopBackground(stage);
    await stage.ask(async (it) => {
      await new Promise((resolve) => Object.assign(indexedDB.deleteDatabase("readmit"), { onsuccess: resolve }));
      await chrome.storage.local.set(it);
    }, old);
    const starting = startBackground(stage).catch(() => {});
    if (round % 2 === 0) await Promise.all([starting, stopBackground(stage)]);
    else await starting;
    await startBackground(stage);
    const { pins, "ledger-set-aside-1": aside } = await storedIn(stage);
    assert.deepEqual([pins, aside], [old.pins, "damaged"], `round ${round}`);
  }
  await stopBackground(stage);
  await stage.ask(() => chrome.storage.local.set({ pins: { version: 1, value: { ids: ["forged@example.org"] } } }));
  await startBackground(stage);
  assert.deepEqual((await storedIn(stage)).pins, old.pins);
  assert.deepEqual(await stage.ask(() => chrome.storage.local.get(null)), {}, "nothing is left there");
});

test("disabled and enabled again, the banner is there exactly once, and its buttons work", async (t) => {
  const own = await openFirefoxStage();
  t.after(own.close);
  const stage = await own.clean();
  const { page, edge } = stage;
  edge.setRules([{ host: "chatgpt.com", then: REFUSAL }]);
  await page.goto(APP);
  await bannerShown(page);
  await page.evaluate(() => (/** @type {any} */ (document.querySelector("readmit-banner")).isOld = true));
  await switchByHand(stage, stage.readmit, false);
  await switchByHand(stage, stage.readmit, true);
  const news = () => page.$$eval("readmit-banner", (all) => all.filter((banner) => !(/** @type {any} */ (banner).isOld)).length);
  await waitForCondition(async () => (await news()) > 0, { what: "another banner" });
  // The background has run the script here, too, when it knows so.
  const entered = () => inPopup(stage, () => document.querySelector("main")?.dataset.code);
  await clickAction(stage);
  await waitForCondition(async () => (await entered()) === "1020", { what: "the popup over the page to say 1020" });
  assert.equal(await page.$$eval("readmit-banner", (all) => all.length), 1);
  await (await bannerShown(page)).buttons.Dismiss();
  await waitForCondition(async () => (await bannerIn(page)) === null, { what: "the banner to go" });
  assert.equal(await page.evaluate(() => document.adoptedStyleSheets.length), 0, "the page is where it was");
});
