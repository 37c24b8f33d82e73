// "Tell me when it’s back": one polite watch, and what is told when the site is open again.

import assert from "node:assert/strict";
import { stopWorker, waitForCondition, workerOf } from "./browser.js";
import test from "./deadline.js";
import { allowedToNotify, keptOf, OUTAGE, untilNextLook } from "./recovery_alert.js";
import { openLasting, policyProblem } from "./restart.js";
import { APP, asksOf, badgeIs, bannerShown, clickToolbar, phaseIs, popupInTab, press } from "./scene.js";
import { setStage } from "./stage.js";

const refusing = (then) => [{ host: "chatgpt.com", path: ["/", "/c/*"], then }];
const TELL = "Tell me when it’s back";

/** The popup about a refusal that has all its answers, and the log empty. */
async function answered(stage, open = clickToolbar) {
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await open(stage);
  await phaseIs(popup, "answered");
  await waitForCondition(() => stage.edge.requests.every(({ outcome }) => outcome !== "unanswered"), { what: "every answer" });
  stage.edge.clearLog();
  return popup;
}

const says = (page, words) =>
  waitForCondition(() => page.$eval("main", (main, source) => new RegExp(source).test(main.innerText), words.source), { what: `${words} to be said` });

const looksOf = ({ edge }) => asksOf(edge).filter(({ host, path }) => host === "chatgpt.com" && path !== "/cdn-cgi/trace");
const loadsOf = ({ edge }) => edge.count({ host: "chatgpt.com", pageLoad: true });
const looked = (stage) => waitForCondition(() => looksOf(stage).length > 0, { what: "a look" });
const shown = ({ ask }) => ask(async () => Object.keys(await chrome.notifications.getAll()));
const mark = ({ ask }) => ask(() => chrome.action.getBadgeText({}));

test("an outage: one look at a time, then a notification, the mark on the button, and the tab reloaded and open", async (t) => {
  const stage = await setStage(t, { subject: allowedToNotify(t) });
  await stage.page.goto(`${APP}seed`);
  await stage.page.waitForSelector("html[data-seeded=yes]");
  stage.edge.setRules(refusing(OUTAGE));
  const popup = await answered(stage);
  assert.equal(await popup.$eval("[data-fix] .main", (button) => button.textContent), TELL, "it is the first thing to do");
  await press(popup, TELL);
  await says(popup, /chatgpt\.com · next check in [23] min/);
  assert.deepEqual(looksOf(stage), [], "nobody is asked at once");
  await popup.close();

  await untilNextLook(stage);
  await looked(stage);
  await waitForCondition(async () => ((await keptOf(stage))[0].next ?? 0) > Date.now(), { what: "the next look to be further on" });
  const [look] = looksOf(stage);
  assert.deepEqual([looksOf(stage).length, look.path, look.headers.cookie !== undefined], [1, "/", true]);
  assert.equal(loadsOf(stage), 0, "the tab is left alone");
  assert.deepEqual([await shown(stage), await mark(stage)], [[], ""]);

  stage.edge.setRules([]);
  await untilNextLook(stage);
  await stage.edge.waitFor({ host: "chatgpt.com", pageLoad: true });
  await waitForCondition(async () => (await shown(stage)).length > 0, { what: "the notification" });
  assert.deepEqual([await shown(stage), await mark(stage)], [["chatgpt.com"], "✓"]);
  assert.equal(looksOf(stage).length, 2);
  await badgeIs(stage, "✓");
  assert.equal(await stage.page.title(), "ChatGPT");

  const other = await popupInTab(stage);
  await says(other, /ChatGPT works again/);
  assert.equal(await mark(stage), "");
  await other.close();
  await waitForCondition(async () => (await keptOf(stage)).length === 0, { what: "the watch to be over" });
  assert.equal(loadsOf(stage), 1);
});

test("who may not be notified has the button, and a tab that shows something else is left alone", async (t) => {
  const stage = await setStage(t, { rules: refusing(OUTAGE) });
  // Where the browser asks, its question closes the popup; in a tab it stays open.
  const popup = await answered(stage, popupInTab);
  await press(popup, TELL);
  await says(popup, /Notifications are off/);
  await stage.page.goto("https://elsewhere.example/");
  stage.edge.clearLog();
  stage.edge.setRules([]);
  await untilNextLook(stage);
  await waitForCondition(async () => (await mark(stage)) === "✓", { what: "the mark" });
  assert.equal(stage.page.url(), "https://elsewhere.example/");
  assert.deepEqual([loadsOf(stage), stage.edge.count({ pageLoad: true })], [0, 0]);
});

test("a click on the notification goes to the site's tab, or opens one", async (t) => {
  const stage = await setStage(t, { rules: refusing(OUTAGE), subject: allowedToNotify(t) });
  await press(await answered(stage), TELL);
  stage.edge.setRules([]);
  await untilNextLook(stage);
  await waitForCondition(async () => (await shown(stage)).length > 0, { what: "the notification" });
  const front = () => stage.ask(async () => (await chrome.tabs.query({ active: true }))[0].url);
  const tabs = () => stage.ask(async () => (await chrome.tabs.query({})).length);
  const other = await stage.browser.newPage();
  await other.goto("https://elsewhere.example/");
  const before = await tabs();
  // No driver can click what the desktop shows; the browser's own event is given instead.
  const click = async () => (await workerOf(stage.browser, stage.readmit)).evaluate(() => chrome.notifications.onClicked.dispatch("chatgpt.com"));
  await click();
  await waitForCondition(async () => (await front()) === APP, { what: "the tab in front" });
  assert.equal(await tabs(), before);
  assert.deepEqual([await shown(stage), await mark(stage)], [[], ""]);
  await stage.page.close();
  await click();
  await waitForCondition(async () => (await tabs()) === before, { what: "a new tab" });
});

test("Stop stops it, in the popup and on the options page", async (t) => {
  const stage = await setStage(t, { rules: refusing(OUTAGE) });
  const popup = await answered(stage, popupInTab);
  await press(popup, TELL);
  await (await popup.waitForSelector("#recovery-alerts [data-do=stop-recovery-alert]", { visible: true }))?.click();
  await waitForCondition(async () => (await keptOf(stage)).length === 0, { what: "nobody to be waited for" });
  assert.ok(await popup.$("#recovery-alerts[hidden]"));
  await press(popup, TELL);
  const options = await stage.openOwn("options.html");
  await press(options, "Stop chatgpt.com");
  await waitForCondition(async () => (await keptOf(stage)).length === 0, { what: "nobody to be waited for" });
  await options.waitForSelector("[data-group=recovery-alerts]", { hidden: true });
});

test("a rate limit's own time is waited for, and the worker's death changes nothing", async (t) => {
  const limit = { page: "1015-generation-b", status: 429, headers: { "retry-after": "600" } };
  const stage = await setStage(t, { rules: [{ host: "chatgpt.com", path: "/", when: { pageLoad: false }, then: limit }, ...refusing(OUTAGE)] });
  const popup = await answered(stage, popupInTab);
  const begun = Date.now();
  await press(popup, TELL);
  await waitForCondition(async () => (await keptOf(stage)).length === 1, { what: "the watch to be kept" });
  const [{ next }] = await keptOf(stage);
  await stopWorker(stage.browser, stage.readmit);
  await workerOf(stage.browser, stage.readmit);
  assert.deepEqual(await keptOf(stage).then(([site]) => site.next), next);
  // The look's time may come; while the page's own has not, nobody is asked.
  await untilNextLook(stage);
  const [postponed] = await waitForCondition(async () => {
    const kept = await keptOf(stage);
    return (kept[0].next ?? 0) > Date.now() && kept;
  }, { what: "the look to be put off" });
  assert.ok(postponed.next !== undefined && postponed.next >= begun + 540_000, `${postponed.next} is not 540 s after ${begun}`);
  assert.ok(next !== undefined && next >= begun + 540_000);
  assert.equal(postponed.looks, 0);
  assert.deepEqual(asksOf(stage.edge), []);
});

test("it outlives the browser", async (t) => {
  const problem = policyProblem();
  if (problem) return t.skip(problem);
  const lasting = await openLasting({ rules: refusing(OUTAGE), readmit: allowedToNotify(t) });
  t.after(lasting.close);
  const first = await lasting.start();
  await press(await answered(first, popupInTab), TELL);
  await waitForCondition(async () => (await keptOf(first)).length === 1, { what: "the watch to be kept" });
  await lasting.kill();

  const second = await lasting.start();
  assert.equal((await keptOf(second)).length, 1);
  const alarm = await second.ask(() => chrome.alarms.getAll());
  assert.equal(alarm.length, 1, "it will be woken");
  lasting.edge.setRules([]);
  lasting.edge.clearLog();
  await untilNextLook(second);
  await waitForCondition(async () => (await shown(second)).length > 0, { what: "the notification" });
  assert.deepEqual([looksOf(second).length, loadsOf(second)], [1, 0], "and nothing is opened by itself");
});
