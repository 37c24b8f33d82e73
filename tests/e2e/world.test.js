// A world that does not hold still: while Readmit waits, the tab goes elsewhere, a form is answered, a site leads away. The edge's
// log says what was really asked for.

import assert from "node:assert/strict";
import { innocents } from "../extensions/innocents.js";
import { closeTab, tabIdOf, waitForCondition } from "./browser.js";
import test from "./deadline.js";
import { APP, bannerShown, clickToolbar, onNow, phaseIs, popupInTab, press, REFUSAL, says, tweaker, unfold, untilRefused } from "./scene.js";
import { setStage } from "./stage.js";

const SHOP = "https://shop.example/pay";
const LIMIT = { page: "1015-generation-b-2026", status: 429, headers: { "retry-after": "3" } };
const HANG = { host: "chatgpt.com", path: "/", when: { pageLoad: true }, then: { hang: true } };

/** Is a page load of ChatGPT on its way that gets no answer? */
const isHanging = (edge) => edge.count({ host: "chatgpt.com", outcome: "hang", pageLoad: true }) > 0;

/** The page sends a form, as a checkout does. */
const submit = (page, action) =>
  page.evaluate((url) => {
    const form = Object.assign(document.createElement("form"), { action: url, method: "post" });
    document.documentElement.append(form);
    form.submit();
  }, action);

/** A tab that has gone to a shop and paid there. */
async function pays(page) {
  const paid = page.waitForResponse((response) => response.url() === SHOP && response.request().isNavigationRequest());
  await submit(page, SHOP);
  await paid;
}

/** How the shop's pages were asked for. */
const loadsOf = (edge) => edge.log.select({ host: "shop.example", pageLoad: true }).map(({ method }) => method);

const caseEnded = ({ ask }) => {
  const cases = () => ask(async () => /** @type {any} */ (await chrome.storage.session.get("cases")).cases?.value);
  return waitForCondition(async () => (await cases())?.length === 0, { what: "the case to end" });
};

/** A search among 25 that stands still in the middle: the page that it loads does not come. */
async function searching(t) {
  const wishes = ["First", "Second", "Third"].map((name) => tweaker(name, `x-${name.toLowerCase()}`));
  const refused = { host: "chatgpt.com", path: "/", when: { headers: { "x-second": true } }, then: REFUSAL };
  const stage = await setStage(t, { wishes: [...innocents(22), ...wishes], rules: [refused] });
  await untilRefused(stage.page);
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  const headers = wishes.map(({ header }) => header);
  await press(popup, "Find the extension");
  // The first test has its answer, and the second will have none: it does not matter how busy the computer is.
  await stage.edge.waitFor(({ pageLoad, headers: sent }) => pageLoad && !headers.every((header) => header in sent));
  stage.edge.setRules([HANG, refused]);
  await waitForCondition(() => isHanging(stage.edge), { what: "a load without an answer" });
  assert.notEqual((await onNow(stage)).length, stage.ids.length, "something is off for the search");
  const allOn = async () => (await onNow(stage)).length === stage.ids.length;
  return { ...stage, refused, allBack: () => waitForCondition(allOn, { what: "everything to be on again" }) };
}

test("a search whose tab goes to a shop touches nothing there, and puts everything back", async (t) => {
  const stage = await searching(t);
  await pays(stage.page);
  await stage.allBack();
  await caseEnded(stage);
  assert.deepEqual(loadsOf(stage.edge), ["POST"]);
  assert.equal(stage.page.url(), SHOP);
  stage.edge.setRules([stage.refused]);
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  await press(popup, "Continue the search");
  await phaseIs(popup, "found");
});

test("a search whose tab is closed in the middle of a load puts everything back at once", async (t) => {
  const stage = await searching(t);
  await stage.browser.newPage();
  await closeTab(stage.page);
  await stage.allBack();
  await caseEnded(stage);
});

test("a wait that ends while the tab shows a shop reloads nothing", async (t) => {
  const stage = await setStage(t, {
    rules: [
      { host: "chatgpt.com", path: "/", when: { pageLoad: true }, then: REFUSAL },
      { host: "chatgpt.com", path: "/", then: LIMIT },
    ],
  });
  await untilRefused(stage.page);
  const popup = await clickToolbar(stage);
  await press(popup, "Wait, then reload once");
  await says(popup, /0:0\d left/);
  await pays(stage.page);
  await caseEnded(stage);
  assert.deepEqual(loadsOf(stage.edge), ["POST"]);
  assert.equal(stage.page.url(), SHOP);
});

/** ChatGPT is blocked, and the popup about it is open. @param {import("../edge/rules.js").Rule[]} rules */
async function blocked(t, rules) {
  const stage = await setStage(t, { rules });
  await untilRefused(stage.page);
  const tab = await tabIdOf(stage.page, stage.readmit);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  return { ...stage, popup, tab };
}

for (const [what, act] of /** @type {const} */ ([
  ["a check", (popup) => press(popup, "Check again")],
  ["a clearing", (popup) => unfold(popup, "site-data").then(() => press(popup, "Clear ChatGPT data"))],
])) {
  test(`${what} whose tab goes to a shop loads and reads nothing there`, async (t) => {
    const stage = await blocked(t, [{ host: "chatgpt.com", then: REFUSAL }]);
    stage.edge.setRules([HANG]);
    await act(stage.popup);
    await waitForCondition(() => isHanging(stage.edge), { what: "a load without an answer" });
    // As if its address had been typed: a page that is being left takes no orders from a driver.
    await stage.ask((id, url) => chrome.tabs.update(id, { url }).then(() => {}), stage.tab, SHOP);
    await stage.edge.waitFor({ host: "shop.example", pageLoad: true });
    await caseEnded(stage);
    assert.deepEqual(loadsOf(stage.edge), ["GET"], "the visitor's own");
  });
}

test("a watch for a new IP address asks for nothing more once its tab is at a shop", async (t) => {
  const stage = await blocked(t, [{ host: "chatgpt.com", when: { ip: "203.0.113.7" }, then: REFUSAL }]);
  await unfold(stage.popup, "router");
  await press(stage.popup, "I’m restarting my router");
  await says(stage.popup, /\d+:\d\d left/);
  await pays(stage.page);
  stage.edge.network.set("127.0.0.1", { ip: "198.51.100.99" });
  // A popup that is opened there tells about that page.
  const again = await popupInTab(stage);
  await phaseIs(again, "clear");
  await caseEnded(stage);
  assert.deepEqual(loadsOf(stage.edge), ["POST"]);
  assert.equal(stage.page.url(), SHOP);
});

test("a form that was blocked is never sent again", async (t) => {
  const refused = { host: "chatgpt.com", path: "/login", when: { method: "POST" }, then: REFUSAL };
  const stage = await setStage(t, { wishes: [tweaker("Culprit", "x-culprit")], rules: [refused] });
  await stage.page.goto(APP);
  await submit(stage.page, `${APP}login`);
  await bannerShown(stage.page);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  await press(popup, "Check again");
  await phaseIs(popup, "done");
  const login = stage.edge.log.select({ host: "chatgpt.com", path: "/login", pageLoad: true });
  assert.deepEqual(login.map(({ method }) => method), ["POST", "GET"]);
});

test("a site that leads our question elsewhere is not followed there", async (t) => {
  const stage = await setStage(t, {
    rules: [
      { host: "chatgpt.com", path: "/", when: { pageLoad: true }, then: REFUSAL },
      { host: "chatgpt.com", path: "/", then: { redirect: "https://platform.openai.com/account" } },
    ],
  });
  await untilRefused(stage.page);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  await waitForCondition(() => stage.edge.count({ host: "chatgpt.com", outcome: "redirect" }) > 0, { what: "a question led away" });
  await press(popup, "Check again");
  await phaseIs(popup, "answered");
  assert.equal(stage.edge.count({ host: "platform.openai.com" }), 0);
});

test("an address that works once is asked for without what makes it work", async (t) => {
  const stage = await setStage(t, { rules: [{ host: "chatgpt.com", path: "/auth/callback", then: REFUSAL }] });
  await stage.page.goto(`${APP}auth/callback?code=secret&state=7#here`);
  await bannerShown(stage.page);
  const popup = await popupInTab(stage);
  await phaseIs(popup, "answered");
  await press(popup, "Check again");
  await phaseIs(popup, "answered");
  await waitForCondition(() => stage.edge.count({ path: "/auth/callback", pageLoad: true }) > 0, { what: "the page to be loaded anew" });
  const asked = stage.edge.log.select(({ path }) => path.startsWith("/auth/callback"));
  assert.deepEqual(asked.filter(({ path }) => path.includes("secret")).map(({ pageLoad }) => pageLoad), [true], "the visitor's own load");
});
