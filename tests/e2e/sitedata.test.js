// Clearing what a site keeps: everything, or only Cloudflare's opinion; read back, undone, and on other sites too. Real
// cookies of every kind, real storage, and a page that a stale cookie really gets refused.

import assert from "node:assert/strict";
import { attachToPopup, grantHost, stopWorker, storesOf, waitForCondition, workerOf } from "./browser.js";
import test from "./deadline.js";
import { APP, bannerOf, bannerShown, clickToolbar, cookiesOf, headlineOf, phaseIs, phaseOf, popupInTab, press, REFUSAL, said, says } from "./scene.js";
import { setStage } from "./stage.js";

const SESSION = "__Secure-next-auth.session-token";
const STALE = "cf_clearance";
/** Refused for as long as the stale proof is sent. */
const STALE_RULE = { host: ["chatgpt.com", "shop.example", "www.shop.example"], path: ["/", "/c/*"], when: { cookies: { [STALE]: true } }, then: REFUSAL };

const names = (cookies) => cookies.map(({ name }) => name).sort();

/** A person signed in on both hosts, with a stale proof; then refused. */
async function seededStage(t, hosts = ["chatgpt.com", "chat.openai.com"]) {
  const stage = await setStage(t, {});
  for (const host of hosts) {
    await stage.page.goto(`https://${host}/seed`);
    await stage.page.waitForSelector("html[data-seeded=yes]");
  }
  stage.edge.setRules([STALE_RULE]);
  await stage.page.goto(`https://${hosts[0]}/`);
  return stage;
}

/** All of ChatGPT's data is cleared, and the page opens without setting any cookie. @param {import("./scene.js").Stage} stage */
async function cleared(stage) {
  const popup = await clickToolbar(stage);
  stage.edge.site.visitCookies = [];
  await press(popup, "Clear ChatGPT data");
  await phaseIs(popup, "done");
  return popup;
}

test("Clear ChatGPT data removes every kind of data on both hosts, reads back, reloads, and the page opens", async (t) => {
  const stage = await seededStage(t);
  await bannerShown(stage.page);
  const before = [...(await cookiesOf(stage, "chatgpt.com")), ...(await cookiesOf(stage, "openai.com"))];
  assert.ok(before.some(({ partitionKey }) => partitionKey), "a partitioned cookie was there");
  assert.ok(before.some(({ httpOnly }) => httpOnly), "an HttpOnly cookie was there");
  assert.ok(before.some(({ hostOnly }) => !hostOnly), "a domain cookie was there");
  const popup = await cleared(stage);
  assert.equal(await headlineOf(popup), "ChatGPT works again");
  await says(popup, new RegExp(`${before.length} cookies deleted\\..*Checked: nothing is left`));
  assert.deepEqual([...(await cookiesOf(stage, "chatgpt.com")), ...(await cookiesOf(stage, "openai.com"))], []);
  const empty = { cookies: [], localStorage: [], databases: [], caches: [], serviceWorkers: 0 };
  assert.deepEqual(await storesOf(stage.page), empty);
  await stage.page.goto("https://chat.openai.com/");
  assert.deepEqual(await storesOf(stage.page), empty);
});

test("what a fix brought is told in the page when the popup was closed meanwhile", async (t) => {
  const stage = await seededStage(t);
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  await press(popup, "Reset the Cloudflare check");
  await popup.close();
  const told = () => bannerOf(stage.page);
  await waitForCondition(async () => /^Readmit ChatGPT works again .+ Details Dismiss$/.test((await told()) ?? ""), { what: "the page to tell it" });
  const before = new Set(stage.browser.targets());
  await press(stage.page, "Details");
  const again = await attachToPopup(stage.browser, stage.readmit, before);
  await phaseIs(again, "done");
  await waitForCondition(async () => (await told()) === null, { what: "the line to go" });
});

test("Undo puts every cookie back as it was, once", async (t) => {
  const stage = await seededStage(t);
  await bannerShown(stage.page);
  const plain = (/** @type {chrome.cookies.Cookie} */ { expirationDate, ...cookie }) => ({ ...cookie, expires: Math.round((expirationDate ?? 0) / 10) });
  const all = async () =>
    [...(await cookiesOf(stage, "chatgpt.com")), ...(await cookiesOf(stage, "openai.com"))]
      .map(plain)
      .sort((a, b) => `${a.domain}${a.name}`.localeCompare(`${b.domain}${b.name}`));
  const before = await all();
  const popup = await cleared(stage);
  await press(popup, "Undo");
  await says(popup, new RegExp(`${before.length} cookies restored`));
  assert.deepEqual(await all(), before);
  assert.equal(await popup.$('aria/Undo[role="button"]'), null, "once");
});

test("Undo is not done over a newer login, and says so", async (t) => {
  const stage = await seededStage(t);
  await bannerShown(stage.page);
  const popup = await cleared(stage);
  const login = { url: APP, name: SESSION, value: "signed in again", path: "/", secure: true, httpOnly: true };
  await stage.ask((cookie) => chrome.cookies.set(cookie), login);
  await press(popup, "Undo");
  await says(popup, /Nothing was restored: you seem to have signed in again/);
  const kept = await cookiesOf(stage, "chatgpt.com");
  assert.deepEqual(kept.map(({ name, value }) => [name, value]), [[SESSION, "signed in again"]]);
  assert.deepEqual(await cookiesOf(stage, "openai.com"), []);
});

test("Undo survives the worker's end", async (t) => {
  const stage = await seededStage(t);
  await bannerShown(stage.page);
  const popup = await cleared(stage);
  await stopWorker(stage.browser, stage.readmit);
  await press(popup, "Undo");
  await says(popup, /cookies restored/);
  assert.ok(names(await cookiesOf(stage, "chatgpt.com")).includes(SESSION));
});

test("Reset the Cloudflare check opens the page and keeps the login", async (t) => {
  const stage = await seededStage(t);
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  stage.edge.site.visitCookies = [];
  await press(popup, "Reset the Cloudflare check");
  await phaseIs(popup, "done");
  await says(popup, /You’re still signed in/);
  assert.deepEqual(names(await cookiesOf(stage, "chatgpt.com")), [SESSION, "oai-did", "script-cookie"]);
  assert.ok((await storesOf(stage.page)).localStorage.length > 0, "storage is left alone");
});

test("when clearing does not help it says so, and another fix leads", async (t) => {
  const stage = await seededStage(t);
  await bannerShown(stage.page);
  stage.edge.setRules([{ host: "chatgpt.com", path: "/", then: REFUSAL }]);
  const popup = await clickToolbar(stage);
  await press(popup, "Reset the Cloudflare check");
  await popup.waitForSelector('[data-fix="cloudflare-check"][data-outcome="no-help"]');
  assert.equal(await phaseOf(popup), "answered");
  assert.notEqual(await popup.$eval("[data-fix]", (card) => card.dataset.fix), "cloudflare-check");
});

test("ChatGPT's data can be cleared from any page", async (t) => {
  const stage = await seededStage(t);
  stage.edge.setRules([]);
  await stage.page.goto("https://elsewhere.example/");
  const popup = await clickToolbar(stage);
  assert.equal(await phaseOf(popup), "clear");
  await press(popup, "Clear ChatGPT data");
  await says(popup, /cookies deleted/);
  assert.deepEqual(await cookiesOf(stage, "chatgpt.com"), []);
});

test("on another site the toolbar click recognizes the page, and its data is cleared with leave", async (t) => {
  // The refused name, the domain above it, and a sister; and a neighbor.
  const stage = await seededStage(t, ["www.shop.example", "shop.example", "pay.shop.example", "other.example"]);
  assert.equal(await stage.page.evaluate(() => document.querySelector("readmit-banner")), null, "no banner where nobody asked");
  for (const scheme of ["https", "http"]) await grantHost(stage.browser, stage.readmit, `${scheme}://*.shop.example`);
  await stage.page.bringToFront();
  const popup = await clickToolbar(stage);
  assert.equal(await phaseOf(popup), "answered");
  assert.equal(await headlineOf(popup), "www.shop.example is blocking this browser");
  const body = await popup.$eval("[data-fix=site-data]", (card) => card.textContent);
  assert.match(body, /Clear cookies and cache of shop\.example/);
  assert.match(body, /cookies of shop\.example and all its subdomains.*www\.shop\.example/);
  stage.edge.site.visitCookies = [];
  await press(popup, "Clear this site’s data");
  await phaseIs(popup, "done");
  const text = await said(popup);
  const [, counted] = /(\d+) cookies deleted/.exec(text) ?? [];
  assert.deepEqual(await cookiesOf(stage, "shop.example"), []);
  await press(popup, "Undo");
  await says(popup, /cookies restored/);
  const back = await cookiesOf(stage, "shop.example");
  assert.equal(back.length, Number(counted), "all that went was counted, and came back");
  for (const host of ["www.shop.example", "pay.shop.example"]) assert.ok(back.some(({ domain }) => domain.endsWith(host)), host);
  await stage.page.goto("https://other.example/");
  const kept = await storesOf(stage.page);
  assert.ok(kept.cookies.length > 0 && kept.localStorage.length > 0, "the neighbor keeps its own");
});

test("without a click on the toolbar another site stays unread", async (t) => {
  const stage = await seededStage(t, ["shop.example"]);
  const popup = await popupInTab(stage);
  assert.equal(await phaseOf(popup), "clear");
});

test("a failed removal is told in the browser's words, and nothing is claimed", async (t) => {
  const stage = await seededStage(t);
  await bannerShown(stage.page);
  const worker = await workerOf(stage.browser, stage.readmit);
  await worker.evaluate(() => {
    chrome.browsingData.remove = () => Promise.reject(new Error("The disk is on fire."));
  });
  const popup = await clickToolbar(stage);
  await press(popup, "Clear ChatGPT data");
  await says(popup, /Couldn’t delete the data: The disk is on fire/);
  assert.equal(await phaseOf(popup), "answered");
});
