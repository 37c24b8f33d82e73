// Finding the cause: each of the situations that people are really in, in a real Chromium on the simulated edge, with the
// cause that has to come first and the fix that opens the page.

import assert from "node:assert/strict";
import { startProxy } from "../edge/proxy.js";
import { openPopupFor, openPopupInTab, stopWorker, tabIdOf, waitForCondition, workerOf } from "./browser.js";
import test from "./deadline.js";
import { APP, bannerShown, clickToolbar, first, phaseIs, phaseOf, popupInTab, press, REFUSAL, said, says, unfold, untilOnlineAgain, untilRefused } from "./scene.js";
import { setStage } from "./stage.js";

const HOME = "203.0.113.7";
const OPENAI = { page: "openai-block-2026", status: 403 };
const STALE = { "set-cookie": "cf_clearance=stale; Path=/; Secure; HttpOnly; SameSite=None" };
// Every request to ChatGPT but the trace.
/** @param {import("../edge/rules.js").When} when @param {import("../edge/answer.js").Then} [then] @returns {import("../edge/rules.js").Rule} */
const on = (when, then = REFUSAL) => ({ host: "chatgpt.com", path: ["/", "/c/*"], when, then });

/** @param {import("node:test").TestContext} t @param {Parameters<typeof setStage>[1] & { prepare?: Function }} options */
async function refused(t, { prepare, ...options }) {
  const stage = await setStage(t, options);
  await prepare?.(stage);
  await untilRefused(stage.page);
  await bannerShown(stage.page);
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  return { ...stage, popup };
}

async function expect(popup, cause, fix) {
  await waitForCondition(async () => (await first(popup, "data-cause")) === cause && (await first(popup, "data-fix")) === fix, {
    what: `${cause} and ${fix} to lead`,
    patience: 6000,
  }).catch(async (error) => {
    const found = [await first(popup, "data-cause"), await first(popup, "data-fix")];
    assert.deepEqual(found, [cause, fix], `${error.message}\n${await said(popup)}`);
  });
}

/** The line is back: the page says so, whether or not anybody looks at it. */
const untilOpen = ({ page, popup }) =>
  untilOnlineAgain(page, async () => (await phaseOf(popup)) === "done", { what: "the new address to be noticed", after: 4000 });

/** Sets a cookie in the browser by a visit, then the rules. */
const visiting = (cookie, rules) => async (stage) => {
  stage.edge.setRules([{ host: "chatgpt.com", then: { body: "<!doctype html><title>ChatGPT</title>", headers: { "set-cookie": cookie } } }]);
  await stage.page.goto(APP);
  stage.edge.setRules(rules);
};

for (const [name, page] of /** @type {[string, import("../edge/answer.js").Then][]} */ ([["1020", REFUSAL], ["OpenAI's own page", OPENAI]])) {
  test(`${name}: an extension that adds a header`, async (t) => {
    const stage = await refused(t, { wishes: [{ kind: "header-rewriter" }], rules: [on({ headers: { "x-header-tweaker": true } }, page)] });
    await expect(stage.popup, "extension", "extensions");
    await says(stage.popup, /opens when no extension is involved/);
    await press(stage.popup, "Turn off suspects");
    await phaseIs(stage.popup, "done");
  });

  test(`${name}: an extension that rewrites the user agent`, async (t) => {
    const then = name === "1020" ? { page: "1010-generation-b", status: 403 } : page;
    const stage = await refused(t, { wishes: [{ kind: "agent-switcher" }], rules: [on({ userAgent: "Nokia" }, then)] });
    await expect(stage.popup, "extension", "extensions");
    await says(stage.popup, /makes your browser look like a different one/);
    await press(stage.popup, "Turn off suspects");
    await phaseIs(stage.popup, "done");
  });

  test(`${name}: a stale cookie`, async (t) => {
    const rules = [on({ cookies: { cf_clearance: "stale" } }, page)];
    const stage = await refused(t, { prepare: visiting(STALE["set-cookie"], rules) });
    await expect(stage.popup, "site-data", "cloudflare-check");
    await press(stage.popup, "Reset the Cloudflare check");
    await phaseIs(stage.popup, "done");
  });

  test(`${name}: a stale cookie that only pages bring`, async (t) => {
    const rules = [on({ cookies: { cf_clearance: "stale" } }, page)];
    const stage = await refused(t, { prepare: visiting(`${STALE["set-cookie"]}; Partitioned`, rules) });
    await expect(stage.popup, "site-data", "cloudflare-check");
    await press(stage.popup, "Reset the Cloudflare check");
    await phaseIs(stage.popup, "done");
  });

  test(`${name}: oversized cookies`, async (t) => {
    const then = name === "1020" ? { page: "520-generation-b", status: 520 } : page;
    const rules = [on({ cookieBytesOver: 7000 }, then)];
    const prepare = async (stage) => {
      for (const letter of ["a", "b", "c"]) await visiting(`${letter}=${letter.repeat(3000)}; Path=/; Secure`, rules)(stage);
    };
    const stage = await refused(t, { prepare });
    await expect(stage.popup, "site-data", "site-data");
    await press(stage.popup, "Clear ChatGPT data");
    await phaseIs(stage.popup, "done");
  });
}

for (const [page, status] of /** @type {[string, number][]} */ ([["1006-generation-b", 403], ["1020-generation-d", 403]])) {
  test(`${page}: the address is blocked, and a new one is noticed by itself`, async (t) => {
    const stage = await refused(t, { rules: [on({ ip: HOME }, { page, status })] });
    await expect(stage.popup, "address", "vpn");
    await unfold(stage.popup, "router");
    await press(stage.popup, "I’m restarting my router");
    await expect(stage.popup, "address", "router");
    stage.edge.network.set("127.0.0.1", { ip: "198.51.100.99" });
    await untilOpen(stage);
  });
}

test("a proxy extension whose exit is blocked", async (t) => {
  let proxy;
  const prepare = async (stage) => {
    proxy = await startProxy(stage.edge, { from: "127.0.0.2" });
    t.after(() => proxy.close());
    const worker = await workerOf(stage.browser, stage.ids[0]);
    await worker.evaluate((port) => globalThis.useProxy(port), proxy.port);
  };
  const rules = [on({ ip: "198.51.100.23" })];
  const stage = await refused(t, { wishes: [{ kind: "proxy-switcher", name: "Swift VPN" }], rules, prepare });
  await expect(stage.popup, "vpn", "vpn");
  await press(stage.popup, "Turn off Swift VPN");
  await phaseIs(stage.popup, "done");
  await says(stage.popup, /Turning off the VPN or proxy fixed it/);
});

test("a VPN outside the browser is turned off, and the new address is noticed by itself", async (t) => {
  // The clock of whoever is at home in Berlin does not fit an exit in the Netherlands.
  const prepare = (stage) => stage.edge.network.set("127.0.0.1", { ip: "198.51.100.23", country: "NL", colo: "AMS" });
  const env = { ...process.env, TZ: "America/New_York" };
  const stage = await refused(t, { rules: [on({ ip: "198.51.100.23" }, OPENAI)], prepare, env });
  await expect(stage.popup, "vpn", "vpn");
  await says(stage.popup, /Your time zone doesn’t match your IP address’s country \(NL\)/);
  await press(stage.popup, "I’ve turned off my VPN");
  stage.edge.network.reset();
  await untilOpen(stage);
});

test("a rate limit: a countdown, and not one request of ours", async (t) => {
  const stage = await refused(t, { rules: [on({}, { page: "1015-generation-b-2026", status: 429 })] });
  await expect(stage.popup, "rate-limit", "wait");
  await press(stage.popup, "Wait, then reload once");
  await says(stage.popup, /0:[0-3]\d left/);
  assert.deepEqual([stage.edge.count({ path: "/" }), stage.edge.count({ path: "/cdn-cgi/trace" })], [1, 0]);
  await press(stage.popup, "Stop waiting");
  await says(stage.popup, /Wait, then reload once/);
});

test("Retry-After is kept to: nothing is asked meanwhile, and then the page is reloaded once", async (t) => {
  const limit = { page: "1015-generation-b-2026", status: 429, headers: { "retry-after": "6" } };
  const stage = await refused(t, { rules: [on({ pageLoad: false }, limit), on({})] });
  await expect(stage.popup, "rate-limit", "wait");
  await press(stage.popup, "Wait, then reload once");
  await says(stage.popup, /0:0\d left/);
  const asked = () => [stage.edge.count({ path: "/", pageLoad: true }), stage.edge.count({ path: "/", pageLoad: false })];
  assert.deepEqual(asked(), [1, 1]);
  stage.edge.setRules([]);
  await phaseIs(stage.popup, "done");
  assert.deepEqual(asked(), [2, 1]);
});

test("a country that is not served gets no way around", async (t) => {
  const stage = await refused(t, { rules: [on({ country: "DE" }, { page: "1009-generation-b", status: 403 })] });
  await expect(stage.popup, "region", "owner");
  assert.doesNotMatch(await stage.popup.$eval("[data-fix=owner]", (card) => card.innerText), /VPN/);
});

test("an outage with an open incident, though the indicator says none", async (t) => {
  const prepare = (stage) => stage.edge.status.openai.set({ indicator: "none", incidents: [{ name: "Elevated errors on ChatGPT" }] });
  const stage = await refused(t, { rules: [on({})], prepare });
  await waitForCondition(async () => (await first(stage.popup, "data-cause")) === "service-down", { what: "the outage to lead" });
  await says(stage.popup, /Elevated errors on ChatGPT/);
  assert.notEqual(await first(stage.popup, "data-fix"), "site-data");
  assert.notEqual(await first(stage.popup, "data-fix"), "cloudflare-check");
  const incident = await stage.popup.$eval(".incidents a", (link) => [link.textContent, link.href]);
  assert.match(incident[0], /Elevated errors on ChatGPT/);
  assert.match(incident[1], /^https:\/\/status\.openai\.com\//);
  stage.edge.setRules([]);
  await press(stage.popup, "Check again");
  await phaseIs(stage.popup, "done");
});

test("a status page that moved is no outage", async (t) => {
  const prepare = (stage) => stage.edge.status.openai.set({ mode: "moved" });
  const stage = await refused(t, { rules: [on({})], prepare });
  await stage.edge.waitFor({ host: "status.openai.com" });
  await says(stage.popup, /couldn’t be checked/);
  assert.notEqual(await first(stage.popup, "data-cause"), "service-down");
});

for (const [name, silence] of [["resets", { reset: true }], ["timeouts", { hang: true }]]) {
  test(`${name}: the connection is suspected, and nobody waits for ever`, async (t) => {
    // The page came, then the line broke.
    const prepare = async (stage) => {
      await stage.page.goto(APP);
      stage.edge.setRules([{ host: "chatgpt.com", path: ["/", "/cdn-cgi/trace"], then: silence }]);
    };
    const stage = await setStage(t, { rules: [on({}, { page: "1020-generation-d", status: 403 })] });
    await prepare(stage);
    await bannerShown(stage.page);
    const popup = await clickToolbar(stage);
    await phaseIs(popup, "answered");
    await waitForCondition(async () => (await first(popup, "data-cause")) === "connection", { what: "the connection to lead" });
    await says(popup, /The site doesn’t answer at all/);
    stage.edge.setRules([]);
    await press(popup, "Check again");
    await phaseIs(popup, "done");
  });
}

const PORTALS = {
  "that answers in the site's stead": { body: "<!doctype html><title>Hotel</title><h1>Welcome</h1>" },
  "that leads to a page of its own": { redirect: "https://login.hotel.example/" },
};
for (const [name, portal] of Object.entries(PORTALS)) {
  test(`a captive portal ${name} is told apart, and after the login the page opens`, async (t) => {
    const stage = await setStage(t, { rules: [on({})] });
    await stage.page.goto(APP);
    await bannerShown(stage.page);
    stage.edge.setRules([{ host: "chatgpt.com", path: ["/", "/cdn-cgi/trace"], then: portal }]);
    const popup = await clickToolbar(stage);
    await phaseIs(popup, "answered");
    await expect(popup, "connection", "connection");
    await says(popup, /needs a login/);
    stage.edge.setRules([]);
    await press(popup, "Check again");
    await phaseIs(popup, "done");
  });
}

test("a rule for page loads only: once the search has cleared the extensions, nobody insists on them", async (t) => {
  /** @type {import("../extensions/make.js").Wish[]} */
  const wishes = [{ kind: "header-rewriter" }, { kind: "innocent", name: "Notes" }];
  const stage = await refused(t, { wishes, rules: [on({ pageLoad: true })] });
  await expect(stage.popup, "extension", "extensions");
  await press(stage.popup, "Find the extension");
  await phaseIs(stage.popup, "stuck");
  assert.equal(await stage.popup.$eval("main", (main) => main.dataset.cleared), "extensions");
  assert.notEqual(await first(stage.popup, "data-cause"), "extension");
  assert.notEqual(await first(stage.popup, "data-fix"), "extensions");
});

test("one look asks the site at most twice and for one trace, and a second look nothing", async (t) => {
  const stage = await refused(t, { rules: [on({ ip: HOME })] });
  const ours = () => stage.edge.count((entry) => entry.host === "chatgpt.com" && entry.path === "/" && !entry.pageLoad);
  const traces = () => stage.edge.count({ host: "chatgpt.com", path: "/cdn-cgi/trace" });
  assert.deepEqual([ours(), traces()], [2, 1]);
  await stage.popup.close();
  const again = await clickToolbar(stage);
  await phaseIs(again, "answered");
  assert.deepEqual([ours(), traces()], [2, 1]);
});

test("timed requests are drawn, and judged in words", async (t) => {
  const stage = await refused(t, { rules: [on({ ip: HOME })] });
  await unfold(stage.popup, "connection");
  await press(stage.popup, "Test the connection");
  // How steady a computer is that does other things as well, is not known beforehand.
  await says(stage.popup, /(Steady|Slow but reliable|Unstable): responses take \d+ ms/);
  assert.equal((await stage.popup.$$("[data-fix=connection] .chart > i")).length, 6);
});

test("another browser: the address is copied, one question is asked, and its answer is evidence", async (t) => {
  const stage = await refused(t, { rules: [on({ ip: HOME })] });
  await stage.popup.evaluate(() => {
    navigator.clipboard.writeText = async (words) => {
      globalThis.copied = words;
    };
  });
  const believed = () => stage.popup.$eval("[data-cause=address]", (cause) => Number(cause.dataset.probability));
  const before = await believed();
  await unfold(stage.popup, "browser");
  await press(stage.popup, "Copy the page’s link");
  await says(stage.popup, /Did the page open there\?/);
  assert.equal(await stage.popup.evaluate(() => globalThis.copied), APP);
  await press(stage.popup, "It was blocked");
  await waitForCondition(async () => (await believed()) > before, { what: "the answer to count" });
});

test("a private window: one click opens it, one question is asked, and its answer is evidence", async (t) => {
  const rules = [on({ cookies: { cf_clearance: "stale" } })];
  const stage = await refused(t, { prepare: visiting(STALE["set-cookie"], rules) });
  const tab = await tabIdOf(stage.page, stage.readmit);
  const opener = await openPopupFor(stage.page, stage.readmit);
  await unfold(opener, "private-window");
  const loads = () => stage.edge.count({ host: "chatgpt.com", path: "/", pageLoad: true });
  const before = loads();
  await press(opener, "Open a private window");
  await waitForCondition(() => loads() > before, { what: "the private window to load the page" });
  // The window that came to the front has closed the popup.
  const popup = await openPopupInTab(stage.browser, stage.readmit, tab);
  await says(popup, /Did the page open there\?/);
  await press(popup, "It opened");
  await waitForCondition(async () => (await first(popup, "data-cause")) === "site-data", { what: "site data to lead" });
});

test("the popup is closed in the middle of the experiments, and the next one has the answer", async (t) => {
  const stage = await setStage(t, { rules: [on({ ip: HOME })] });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  for (let round = 0; round < 5; round += 1) {
    const popup = await openPopupFor(stage.page, stage.readmit);
    await popup.close();
  }
  const popup = await clickToolbar(stage);
  await phaseIs(popup, "answered");
  await expect(popup, "address", "vpn");
  const ours = stage.edge.count((entry) => entry.host === "chatgpt.com" && entry.path === "/" && !entry.pageLoad);
  assert.ok(ours <= 2 && stage.edge.count({ host: "chatgpt.com", path: "/cdn-cgi/trace" }) <= 1);
});

test("the worker dies over the experiments, and the popup still gets its answer", async (t) => {
  /** @type {import("../edge/rules.js").Rule[]} */
  const rules = [{ host: "chatgpt.com", path: "/cdn-cgi/trace", then: { hang: true } }, on({ ip: HOME })];
  const stage = await setStage(t, { rules });
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await popupInTab(stage);
  await stopWorker(stage.browser, stage.readmit);
  await phaseIs(popup, "answered");
  assert.notEqual(await phaseOf(popup), "looking");
});
