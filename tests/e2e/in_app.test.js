// Refused inside an open page: ChatGPT opens, and its own requests are refused. Confirmed before anything is said, mended like
// a refused page, and proven by what the page is answered. And all the failures that are none of ours.

import assert from "node:assert/strict";
import { waitForCondition } from "./browser.js";
import test from "./deadline.js";
import {
  APP,
  asking,
  asksOf,
  badgeIs,
  badgeOf,
  bannerGone,
  bannerOf,
  bannerShown,
  checkAgain,
  clickToolbar,
  headlineOf,
  isMarked,
  onNow,
  phaseIs,
  press,
  REFUSAL,
  tweaker,
} from "./scene.js";
import { setStage } from "./stage.js";

const PATHS = ["/backend-api/me", "/backend-api/conversations?offset=0&limit=28", "/backend-api/settings", "/backend-api/models"];
const INSIDE = /ChatGPT opens, but parts are blocked/;
/** @param {import("../edge/answer.js").Then} [then] @param {import("../edge/rules.js").When} [when] */
const refusing = (then = REFUSAL, when = {}) => ({ host: "chatgpt.com", path: "/backend-api/*", when, then });

/** @param {import("node:test").TestContext} t */
async function opened(t, rules, { wishes = [], paths = PATHS } = {}) {
  const stage = await setStage(t, { wishes, rules: [...rules, asking(paths)] });
  await stage.page.goto(APP);
  return stage;
}

/** What Readmit asked for that is the app's. @param {import("./scene.js").Stage} stage */
const confirmations = ({ edge }) => asksOf(edge).filter(({ path }) => path.startsWith("/backend-api/"));

test("an open page whose requests are refused shows the banner by itself, and its code and fixes are in the popup", async (t) => {
  const stage = await opened(t, [refusing()]);
  const { page } = stage;
  assert.match(await bannerShown(page), new RegExp(`${INSIDE.source}.*Error 1020.*Fix it.*Dismiss`));
  await isMarked(stage, "Error 1020");
  const [asked, ...more] = confirmations(stage);
  assert.deepEqual([asked.method, PATHS.map((path) => path.split("?")[0]).includes(asked.path), more], ["GET", true, []]);
  // ChatGPT goes on without loading anything.
  await page.evaluate(() => {
    history.pushState({}, "", "/c/1");
    document.body.replaceChildren(document.createElement("main"));
  });
  assert.match(await bannerShown(page), INSIDE);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  assert.match(await headlineOf(popup), INSIDE);
  assert.equal(await popup.$eval("main", (main) => main.dataset.code), "1020");
  assert.ok((await popup.$$("[data-fix]")).length > 5);
});

test("every kind of refusal is recognized inside", async (t) => {
  const stage = await setStage(t);
  /** @type {[import("../edge/answer.js").Then, RegExp][]} */
  const kinds = [
    [{ page: "block-2026", status: 403 }, new RegExp(`${INSIDE.source} Blocked`)],
    [{ page: "522-generation-b", status: 522 }, /ChatGPT is having problems.*Error 522/],
    [{ status: 403, body: "error code: 1020", contentType: "text/plain" }, new RegExp(`${INSIDE.source} Error 1020`)],
    // No request can pass a check; the whole page can.
    [{ challenge: true }, new RegExp(`${INSIDE.source} Error 403`)],
    [{ status: 403, body: "" }, new RegExp(`${INSIDE.source} Error 403.*empty answers`)],
    [{ page: "openai-unusual-activity.json", status: 403 }, /ChatGPT noticed unusual activity.*Blocked/],
    // The last one: a site that wants a pause is asked nothing more.
    [{ page: "1015-generation-b", status: 429 }, /ChatGPT is asking you to slow down.*Error 1015/],
  ];
  let { page } = stage;
  for (const [then, words] of kinds) {
    stage.edge.setRules([refusing(then), asking(PATHS)]);
    // A tab of its own for each: one tab may report only so often.
    page = await stage.browser.newPage();
    await page.goto(APP);
    assert.match(await bannerShown(page), words);
  }
  const asked = confirmations(stage).length;
  await page.reload();
  assert.match(await bannerShown(page), /slow down/, "what is known is said");
  assert.equal(confirmations(stage).length, asked, "and nothing is asked");
});

test("stale site data is cleared, and that it helped is proven by what the page is answered", async (t) => {
  const stage = await setStage(t);
  await stage.page.goto(`${APP}seed`);
  await stage.page.waitForSelector("html[data-seeded=yes]");
  stage.edge.setRules([refusing(REFUSAL, { cookies: { cf_clearance: true } }), asking(PATHS)]);
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  await checkAgain(popup, "answered");
  assert.match(await headlineOf(popup), INSIDE, "that the page opens proves nothing");
  await bannerShown(stage.page);
  await popup.$eval("[data-fix=site-data] .toggle", (toggle) => toggle.click()).catch(() => {});
  await press(popup, "Clear ChatGPT data");
  await phaseIs(popup, "done");
  assert.deepEqual(await stage.page.evaluate(() => globalThis.asked), [200, 200, 200, 200]);
  assert.equal(await bannerOf(stage.page), null);
});

test("the extension that gets the page's own requests refused is found", async (t) => {
  const wishes = [tweaker("First", "x-first"), tweaker("Second", "x-second"), tweaker("Third", "x-third")];
  const rule = refusing(REFUSAL, { headers: { "x-second": true } });
  const stage = await setStage(t, { wishes, rules: [rule, asking(PATHS)] });
  await waitForCondition(
    async () => {
      await stage.page.goto(APP);
      return (await stage.page.evaluate(() => globalThis.asked)).every((status) => status === 403);
    },
    { what: "the extension's rules to be in force" },
  );
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  assert.equal(await popup.$eval("[data-cause]", (cause) => cause.dataset.cause), "extension");
  await press(popup, "Find the extension");
  await phaseIs(popup, "found");
  const guilty = stage.made.find(({ name }) => name === "Second")?.id;
  assert.deepEqual(await popup.$$eval("[data-culprit]", (all) => all.map((one) => one.dataset.culprit)), [guilty]);
  assert.equal((await onNow(stage)).includes(guilty ?? ""), false);
});

test("the banner goes when what was refused is let in again", async (t) => {
  const stage = await opened(t, [refusing()]);
  const { page } = stage;
  await bannerShown(page);
  await isMarked(stage, "Error 1020");
  stage.edge.setRules([asking(PATHS)]);
  await page.evaluate((paths) => Promise.all(paths.map((path) => globalThis.ask(path))), PATHS);
  await bannerGone(page);
  await badgeIs(stage, "");
});

test("a dismissed banner stays away for this load", async (t) => {
  const stage = await opened(t, [refusing()]);
  await bannerShown(stage.page);
  await press(stage.page, "Dismiss");
  await bannerGone(stage.page);
  await isMarked(stage, "Error 1020");
});

/**
 * Nothing is shown, and so many questions are asked. That nothing came is only known after something that comes later: a
 * burst on another page of the same browser.
 */
async function staysSilent(stage, questions, name) {
  const { page, edge } = stage;
  await page.evaluate(() => globalThis.asked);
  const asked = confirmations(stage).length;
  edge.setRules([refusing(), asking(PATHS)]);
  const witness = await stage.browser.newPage();
  await witness.goto(APP);
  await bannerShown(witness);
  await witness.close();
  await page.bringToFront();
  assert.equal(await bannerOf(page), null, name);
  assert.equal(await badgeOf(stage), "", name);
  assert.equal(asked, questions, name);
  edge.clearLog();
}

test("what is no refusal of the page stays silent", async (t) => {
  const stage = await setStage(t);
  const json = (status) => ({ status, body: '{"detail":"no"}', contentType: "application/json" });
  const three = ["/backend-api/me", "/backend-api/me", "/backend-api/me"];
  /** @type {[string, import("../edge/rules.js").Rule, string[], number][]} */
  const moments = [
    ["one unimportant request", refusing(), ["/backend-api/me"], 0],
    ["a login that is missing", refusing(json(401)), PATHS, 0],
    ["what is not there", refusing(json(404)), PATHS, 0],
    ["telemetry", { host: "chatgpt.com", path: "/ces/*", then: REFUSAL }, ["/ces/v1/t", "/ces/v1/t", "/ces/v1/t", "/ces/v1/m"], 0],
    ["what a blocker keeps away", { host: "chatgpt.com", path: "/backend-api/*", then: { reset: true } }, PATHS, 0],
    ["the service's own no", refusing(json(403)), PATHS, 1],
    ["the service's own limit", refusing(json(429)), three, 1],
  ];
  for (const [name, rule, paths, questions] of moments) {
    stage.edge.setRules([rule, asking(paths)]);
    await stage.page.goto(APP);
    if (questions > 0) await waitForCondition(() => confirmations(stage).length > 0, { what: `${name}: a question` });
    await staysSilent(stage, questions, name);
  }
});

test("a page that floods with refusals has itself asked once", async (t) => {
  const stage = await opened(t, [refusing({ status: 403, body: "no" })], { paths: [] });
  const { page } = stage;
  for (let round = 0; round < 5; round += 1) {
    await page.evaluate(() => Promise.all(Array.from({ length: 100 }, (_, at) => globalThis.ask(`/backend-api/${at}`))));
  }
  await waitForCondition(() => confirmations(stage).length > 0, { what: "the question" });
  await staysSilent(stage, 1, "a flood");
});
