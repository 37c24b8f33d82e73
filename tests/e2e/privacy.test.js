// Whom Readmit asks, and when: the table of docs/privacy.md, row by row, and all the moments at which nobody is asked.

import assert from "node:assert/strict";
import { MAKERS, startProxy } from "../edge/proxy.js";
import { attachToPopup, stopWorker, waitForCondition, workerOf } from "./browser.js";
import test from "./deadline.js";
import { keptOf, OUTAGE, untilNextLook } from "./recovery_alert.js";
import { Promises, ROWS, rowsOf, SITE } from "./privacy.js";
import { APP, asking, asksOf, badgeOf, bannerShown, checkAgain, clickToolbar, isMarked, phaseIs, popupInTab, press, pressAndLeave, REFUSAL, unfold, untilOnlineAgain } from "./scene.js";
import { setStage } from "./stage.js";

const HOST = new URL(APP).host;
/** Asked beside the rest where the address seems to be the reason: most refusals here are for everyone. */
const ADDRESS_TOLD = "crypto.cloudflare.com";
const refusing = (then = REFUSAL) => [{ host: [HOST, "shop.example"], path: ["/", "/c/*"], then }];

/** Whoever was asked, as the table names them; the refusing site first. @param {import("./scene.js").Stage} stage */
const asked = ({ edge }) => new Set(asksOf(edge).map(({ host }) => (host === HOST ? SITE : host)));

/** @param {import("./scene.js").Stage} stage @param {string[]} who */
const askedAll = (stage, who) =>
  waitForCondition(() => who.every((host) => asked(stage).has(host)), { what: `${who} to be asked` });

/** A refused page, and the popup that has its answer. Forgets what was asked until then. */
async function answered(t, then = REFUSAL) {
  const stage = await setStage(t, { rules: refusing(then) });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  await waitForCondition(() => stage.edge.requests.every(({ outcome }) => outcome !== "unanswered"), { what: "every answer" });
  stage.edge.clearLog();
  return { ...stage, popup };
}

/** The popup opened on a refusal, and nothing before it. */
async function opened(t, then = REFUSAL) {
  const stage = await setStage(t, { rules: refusing(then) });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  await waitForCondition(() => badgeOf(stage), { what: "the worker to know" });
  assert.deepEqual(asked(stage), new Set(), "nobody before the popup opens");
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  return { ...stage, popup };
}

/** The same on a page that gets no banner. */
async function unannounced(t, then) {
  const stage = await setStage(t, { rules: refusing(then) });
  await stage.page.goto(APP);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  return { ...stage, popup };
}

/**
 * How each moment comes about, by the document's own words; `who` is whom its rows name. What else may be asked at that
 * moment, because it is also another one, is given back.
 * @type {Record<string, (t: import("node:test").TestContext, who: string[]) => Promise<{ stage: any, also?: string[] }>>}
 */
const MOMENTS = {
  async "ChatGPT is open, and several of its own requests in a row are blocked, or one that the login cannot do without"(t) {
    const paths = ["/backend-api/me?a=b", "/backend-api/models", "/backend-api/settings"];
    const stage = await setStage(t, { rules: [{ host: HOST, path: "/backend-api/*", then: REFUSAL }, asking(paths)] });
    await stage.page.goto(APP);
    await bannerShown(stage.page);
    const once = () => asksOf(stage.edge).map(({ method, path }) => [method, paths.some((other) => other.split("?")[0] === path)]);
    assert.deepEqual(once(), [["GET", true]]);
    // And again, as often as it likes.
    await stage.page.evaluate((all) => Promise.all(all.map((path) => globalThis.ask(path))), paths);
    await isMarked(stage, "Error 1020");
    assert.equal(once().length, 1);
    return { stage };
  },
  async "you open the popup on a block page"(t, who) {
    const stage = await opened(t);
    await askedAll(stage, who);
    const to = (path) => stage.edge.count((entry) => entry.host === HOST && entry.path === path && !entry.pageLoad);
    assert.ok(to("/") <= 2 && to("/cdn-cgi/trace") <= 2, `${to("/")} times, and ${to("/cdn-cgi/trace")} traces`);
    return { stage, also: ["status.openai.com", ADDRESS_TOLD] };
  },
  async "you open the popup on a block page of OpenAI's"(t, who) {
    const stage = await opened(t);
    await askedAll(stage, who);
    return { stage, also: [SITE, ADDRESS_TOLD] };
  },
  async "you open the popup on a block page, and your IP address seems to be the reason"(t, who) {
    const stage = await opened(t);
    await askedAll(stage, who);
    await checkAgain(stage.popup, "answered");
    assert.equal(stage.edge.count({ path: "/", pageLoad: true }), 2, "the page is loaded again");
    const asks = asksOf(stage.edge).filter(({ host }) => who.includes(host));
    assert.deepEqual(asks.map(({ path, cookies }) => [path, cookies]), [["/cdn-cgi/trace", {}]], "once for a block page");
    return { stage, also: [SITE, "status.openai.com"] };
  },
  async "you open the popup on a check of the browser that ended because something blocked it"(t, who) {
    const stage = await unannounced(t, { page: "challenge-ended-unblock", status: 403 });
    await askedAll(stage, who);
    const asks = asksOf(stage.edge).filter(({ host }) => who.includes(host));
    assert.deepEqual(asks.map(({ path, cookies }) => [path, cookies]), [["/turnstile/v0/api.js", {}]]);
    return { stage, also: [SITE, "status.openai.com", "www.cloudflarestatus.com"] };
  },
  async "you open the popup where OpenAI reports unusual activity"(t, who) {
    const stage = await unannounced(t, { page: "openai-unusual-activity.json", status: 403 });
    await askedAll(stage, who);
    const asks = asksOf(stage.edge).filter(({ host }) => who.includes(host));
    assert.deepEqual(asks.map(({ path, cookies }) => [path, cookies]), [["/", {}]]);
    return { stage, also: [SITE, "status.openai.com", ADDRESS_TOLD] };
  },
  async "you open the popup and the service itself is failing"(t, who) {
    const stage = await opened(t, { page: "522-generation-b", status: 522 });
    await askedAll(stage, who);
    return { stage, also: [SITE] };
  },
  async "you click *Check the status*"(t, who) {
    // OpenAI's has been read when the popup opened, less than a minute ago.
    const stage = await opened(t);
    await askedAll(stage, who.slice(0, 1));
    assert.ok(!asked(stage).has(who[1]));
    await unfold(stage.popup, "status");
    await press(stage.popup, "Check the status");
    await askedAll(stage, who);
    return { stage, also: [SITE, ADDRESS_TOLD] };
  },
  async "you click *Test the connection*"(t, who) {
    const stage = await answered(t);
    await unfold(stage.popup, "connection");
    await press(stage.popup, "Test the connection");
    await askedAll(stage, who);
    await waitForCondition(() => asksOf(stage.edge).length === 6, { what: "six requests" });
    return { stage };
  },
  async "you wait for a new IP address"(t, who) {
    const stage = await answered(t);
    await unfold(stage.popup, "router");
    await press(stage.popup, "I’m restarting my router");
    // Half a minute is long: the page is online again, for real, until that is long enough ago to be worth a question.
    await untilOnlineAgain(stage.page, () => who.every((host) => asked(stage).has(host)), { what: "the site to be asked", after: 1000 });
    assert.ok(asksOf(stage.edge).every(({ path }) => path === "/cdn-cgi/trace"));
    return { stage };
  },
  async "you wait to be told that a site is back"(t, who) {
    const stage = await answered(t, OUTAGE);
    await pressAndLeave(stage.popup, "Tell me when it’s back");
    await untilNextLook(stage);
    await askedAll(stage, who);
    const next = await waitForCondition(async () => (await keptOf(stage))[0].next, { what: "the next look" });
    assert.ok(next > Date.now() + 60_000);
    assert.deepEqual(asksOf(stage.edge).map(({ path }) => path), ["/"], "one request");
    return { stage };
  },
  async "a click of yours makes the page reload"(t, who) {
    const stage = await answered(t);
    await checkAgain(stage.popup, "answered");
    await stage.edge.waitFor({ host: HOST, path: "/", pageLoad: true });
    return { stage, also: [...who, "status.openai.com", ADDRESS_TOLD] };
  },
  async "you click a button that opens a page"(t, who) {
    const stage = await answered(t);
    const open = async (popup, fix, name, host) => {
      await unfold(popup, fix);
      await pressAndLeave(popup, name);
      await stage.edge.waitFor({ host, pageLoad: true });
    };
    await open(stage.popup, "status", "Open the status page", "status.openai.com");
    await open(await clickToolbar(stage), "owner", "Open OpenAI’s Help Center", "help.openai.com");
    const visited = new Set(stage.edge.log.select({ pageLoad: true }).map(({ host }) => host));
    assert.ok([...visited].every((host) => who.includes(host)), [...visited].join(" "));
    return { stage, also: [SITE, "status.openai.com", ADDRESS_TOLD] };
  },
};

test("each moment that docs/privacy.md names is gone through here, and no other", () => {
  assert.deepEqual(Object.keys(MOMENTS).sort(), ROWS.map(({ when }) => when).sort());
});

for (const { when, who } of ROWS) {
  test(`when ${when}, nobody else is asked, and nobody any more afterwards`, async (t) => {
    const { stage, also = [] } = await MOMENTS[when](t, who);
    await waitForCondition(() => stage.edge.requests.every(({ outcome }) => outcome !== "unanswered"), { what: "every answer" });
    const more = [...asked(stage)].filter((host) => !who.includes(host) && !also.includes(host));
    assert.deepEqual(more, []);
  });
}

test("at every other moment nobody is asked anything", async (t) => {
  const stage = await setStage(t, { wishes: [{ kind: "header-rewriter" }] });
  const { page, edge } = stage;
  const nothing = (/** @type {string} */ moment) => assert.deepEqual([...asked(stage)], [], moment);
  await page.goto(APP);
  await page.evaluate(() => history.pushState({}, "", "/c/1"));
  edge.setRules(refusing());
  await page.goto("https://shop.example/");
  nothing("ordinary pages, and other sites whatever they answer");
  await page.goto(APP);
  await bannerShown(page);
  await isMarked(stage, "Error 1020");
  await page.reload();
  await bannerShown(page);
  nothing("refused pages");
  await stopWorker(stage.browser, stage.readmit);
  await workerOf(stage.browser, stage.readmit);
  await isMarked(stage, "Error 1020");
  nothing("a worker that starts");
  edge.setRules([]);
  await page.goto(APP);
  const clear = await popupInTab(stage);
  await phaseIs(clear, "clear");
  await press(clear, "Header Tweaker", "switch");
  await press(clear, "Put everything back");
  await press(clear, "Clear ChatGPT data");
  await waitForCondition(() => clear.$eval("main", (main) => /cookies? deleted|nothing to delete/.test(main.innerText)), { what: "the clearing" });
  nothing("the popup where nothing is refused, switching, clearing");
  await clear.close();

  edge.setRules(refusing());
  await page.goto(APP);
  await bannerShown(page);
  const targets = new Set(stage.browser.targets());
  await press(page, "Fix it");
  const popup = await attachToPopup(stage.browser, stage.readmit, targets);
  await phaseIs(popup, "answered");
  // Those that are asked last are asked for what the others have answered.
  const hasAsked = () => ["status.openai.com", ADDRESS_TOLD].every((host) => asked(stage).has(host));
  await waitForCondition(() => hasAsked() && edge.requests.every(({ outcome }) => outcome !== "unanswered"), { what: "every answer" });
  await popup.close();
  edge.clearLog();
  await page.reload();
  await bannerShown(page);
  await isMarked(stage, "Error 1020");
  nothing("a popup that was closed");
});

test("every connection of the browser, through a proxy that writes them down", async (t) => {
  // The edge is found by its port alone, so the proxy can stand before it exists.
  /** @type {{ port: number }} */
  const edge = { port: 0 };
  const proxy = await startProxy(edge, { from: "127.0.0.1" });
  t.after(() => proxy.close());
  const stage = await setStage(t, { rules: refusing(), args: [`--proxy-server=127.0.0.1:${proxy.port}`, "--proxy-bypass-list=<-loopback>"] });
  edge.port = stage.edge.port;
  const hosts = () => proxy.connections.map((target) => new URL(target.includes("://") ? target : `https://${target}`).hostname);
  const ours = () => new Set(hosts().filter((host) => !MAKERS.test(host)));
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  await isMarked(stage, "Error 1020");
  assert.deepEqual(ours(), new Set(["chatgpt.com"]), "the refused page");
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  await checkAgain(popup, "answered");
  assert.deepEqual(ours(), new Set(["chatgpt.com", "status.openai.com", ADDRESS_TOLD]), "the refused site, the service's status, and one that tells the address");
});

test("a promise that is broken is noticed", () => {
  const entry = { host: "evil.example", method: "GET", path: "/", status: 200, pageLoad: false, headers: { "sec-fetch-dest": "empty" } };
  const check = (/** @type {object} */ change, /** @type {boolean} */ isKept) => {
    const promises = new Promises();
    promises.note(/** @type {any} */ ({ ...entry, ...change }));
    const look = () => promises.assertKept(/** @type {any} */ ({ connections: [] }));
    if (isKept) look();
    else assert.throws(look);
  };
  check({}, false);
  check({ host: "status.openai.com" }, true);
  check({ host: "status.openai.com", method: "POST" }, false);
  check({ host: "chatgpt.com" }, false);
  assert.throws(() => new Promises().assertKept(/** @type {any} */ ({ connections: ["evil.example"] })));
  assert.throws(() => rowsOf("| host | when |\n| --- | --- |\n"));
});
