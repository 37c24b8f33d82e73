// Loops of checks: Cloudflare's challenge page again and again. The page is never touched; the third within two minutes is a
// case, whose causes and fixes are its own.

import assert from "node:assert/strict";
import { waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { APP, badgeIs, badgeOf, bannerOf, bannerShown, clickToolbar, first, headlineOf, onNow, phaseIs, phaseOf, press, REFUSAL } from "./scene.js";
import { setStage } from "./stage.js";

/** A check that begins anew by itself after a second, as those do that are not passed. */
const checking = (when = {}) => ({ host: "chatgpt.com", path: "/", when, then: { challenge: true, headers: { refresh: "1" } } });
/** One that stays. */
const staying = (when = {}) => ({ host: "chatgpt.com", path: "/", when, then: { challenge: true } });
const LOOP = "ChatGPT keeps checking your browser";

/** So many loads, each of which has been counted. @param {import("./scene.js").Stage} stage @param {number} times */
async function visit({ page, ask }, times) {
  let response;
  for (let time = 0; time < times; time += 1) {
    const counted = () => ask(async () => JSON.stringify(await chrome.storage.session.get("challenges")));
    const before = await counted();
    response = await page.goto(APP);
    await waitForCondition(async () => (await counted()) !== before, { what: "the check to be counted" });
  }
  return response;
}

/** In a loop, and the popup that has its answer. @param {import("./scene.js").Stage} stage */
async function looping(stage) {
  await visit(stage, 3);
  await badgeIs(stage, "!");
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  return popup;
}

test("two checks are nobody's business; the third is a case with its own words, and the page stays as it came", async (t) => {
  const stage = await setStage(t);
  const { page, edge } = stage;
  // A visit of before left a cookie of the check's.
  await page.goto(APP);
  edge.setRules([staying()]);
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.evaluateOnNewDocument(() => {
    globalThis.changes = [];
    addEventListener("load", () =>
      new MutationObserver((changes) => globalThis.changes.push(...changes.map(({ type, target }) => `${type} ${target.nodeName}`))).observe(document, {
        attributes: true,
        childList: true,
        subtree: true,
      }),
    );
  });
  await visit(stage, 2);
  // What is not yet there is only known after what comes later: a refusal on another page of the same browser.
  const witness = await stage.browser.newPage();
  edge.setRules([{ host: "auth.openai.com", then: REFUSAL }, staying()]);
  await witness.goto("https://auth.openai.com/");
  await bannerShown(witness);
  await witness.close();
  assert.equal(await badgeOf(stage), "");
  const quiet = await clickToolbar(stage);
  assert.deepEqual([await phaseOf(quiet), await headlineOf(quiet)], ["clear", "ChatGPT is checking your browser"]);
  await quiet.close();

  const response = await visit(stage, 1);
  await badgeIs(stage, "!");
  const isAsItCame = await page.evaluate((text) => {
    const came = new DOMParser().parseFromString(text, "text/html").documentElement.outerHTML;
    // Its own script has added one more.
    return document.documentElement.outerHTML.replace(/<script src="[^"]*challenge-platform[^"]*"><\/script>/, "") === came;
  }, await response.text());
  assert.equal(isAsItCame, true, "byte for byte");
  assert.equal(await bannerOf(page), null);

  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  assert.equal(await headlineOf(popup), LOOP);
  assert.deepEqual([await first(popup, "data-fix"), await first(popup, "data-cause")], ["cloudflare-check", "site-data"]);
  assert.equal(await bannerOf(page), null);
  assert.deepEqual(await page.evaluate(() => [globalThis.changes, document.adoptedStyleSheets.length, document.styleSheets.length]), [[], 0, 0]);
  assert.deepEqual(errors, []);
});

test("resetting the check opens it", async (t) => {
  const stage = await setStage(t);
  await stage.page.goto(`${APP}seed`);
  await stage.page.waitForSelector("html[data-seeded=yes]");
  stage.edge.setRules([staying({ cookies: { cf_clearance: true } })]);
  const popup = await looping(stage);
  assert.equal(await first(popup, "data-fix"), "cloudflare-check");
  await press(popup, "Reset the Cloudflare check");
  await phaseIs(popup, "done");
  assert.equal(await stage.page.title(), "ChatGPT");
  assert.equal(await badgeOf(stage), "");
});

test("a check that is passed after the fix is the fix's success, and a loop that goes on is not", async (t) => {
  const stage = await setStage(t, { rules: [checking()] });
  const popup = await looping(stage);
  await press(popup, "Reset the Cloudflare check");
  await popup.waitForSelector("[data-fix=cloudflare-check][data-outcome=no-help]");
  assert.equal(await headlineOf(popup), LOOP);
  await popup.$eval("[data-fix=site-data] .toggle", (toggle) => toggle.click()).catch(() => {});
  // Checked once more, and let in.
  await stage.edge.waitFor({ host: "chatgpt.com", path: "/", pageLoad: true });
  stage.edge.clearLog();
  await press(popup, "Clear ChatGPT data");
  await stage.edge.waitFor({ host: "chatgpt.com", path: "/", pageLoad: true });
  stage.edge.setRules([]);
  await phaseIs(popup, "done");
});

test("a wrong clock is named, by how much and which way", async (t) => {
  const stage = await setStage(t, { rules: [staying()] });
  stage.edge.clock.shift = -3 * 3_600_000;
  const popup = await looping(stage);
  await waitForCondition(async () => (await first(popup, "data-cause")) === "clock", { what: "the clock to be named" });
  assert.equal(await first(popup, "data-fix"), "clock");
  assert.match(await popup.$eval("main", (main) => main.innerText), /Your computer’s clock is 3 h 0 min fast/);
  stage.edge.clock.shift = 0;
  stage.edge.setRules([]);
  await press(popup, "Check again");
  await phaseIs(popup, "done");
});

test("the agent switcher that makes the loop is found", async (t) => {
  /** @type {import("../extensions/make.js").Wish[]} */
  const wishes = [{ kind: "agent-switcher" }, { kind: "header-rewriter", name: "Tweaker", header: "x-tweak" }, { kind: "innocent" }];
  const stage = await setStage(t, { wishes, rules: [checking({ userAgent: "Nokia" })] });
  await waitForCondition(async () => (await stage.page.goto(APP))?.status() === 403, { what: "the extension's rules to be in force" });
  const popup = await looping(stage);
  assert.equal(await first(popup, "data-cause"), "extension");
  await press(popup, "Find the extension");
  await phaseIs(popup, "found");
  const guilty = stage.ids[0];
  assert.deepEqual(await popup.$$eval("[data-culprit]", (all) => all.map((one) => one.dataset.culprit)), [guilty]);
  assert.equal((await onNow(stage)).includes(guilty), false);
  assert.equal(await bannerOf(stage.page), null);
});
