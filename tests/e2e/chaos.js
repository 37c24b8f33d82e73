// Chaos: every flow that changes something is begun by a click, and a random while later something else happens: the worker dies,
// the browser is killed, the tab goes elsewhere, the site changes its mind or falls silent, the user closes the popup, clicks again or
// switches an extension by hand. Then another thing may happen. What has to hold in the end, whatever it was, is checked here. Deaths at
// every single step are `crate/core/tests/flows`' business, for there every step can be hit.
//
// node tests/e2e/chaos.js [--moments 200 | --minutes 60] [--seed 1]
//
// Exit 0 only if all of it held.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seededRandom } from "../edge/random.js";
import { giveHostsBack, reloadExtension, stopWorker, waitForCondition, withholdHosts, workerOf } from "./browser.js";
import { openLasting, policyProblem } from "./restart.js";
import { APP, bannerShown, cookiesOf, onNow, phaseOf, popupInTab, press, REFUSAL, says, unfold } from "./scene.js";

const SESSION = "__Secure-next-auth.session-token";
const HOST = new URL(APP).host;
const HEADER = [{ host: HOST, path: "/", when: { headers: { "x-second": true } }, then: REFUSAL }];
const COOKIE = [{ host: HOST, path: "/", when: { cookies: { cf_clearance: true } }, then: REFUSAL }];
const ADDRESS = [{ host: HOST, path: "/", then: REFUSAL }];
const OUTAGE = [{ host: HOST, path: "/", then: { page: "522-generation-b", status: 522 } }];
/** No page of the site gets an answer. */
const SILENCE = [{ host: HOST, when: { pageLoad: true }, then: { hang: true } }];
/** Nothing of Readmit's has anything to do there. */
const SHOP = "https://shop.example/basket";
const LIMIT = [{ host: HOST, path: "/", then: { page: "1015-generation-b-2026", status: 429, headers: { "retry-after": "2" } } }];

/** @type {import("../extensions/make.js").Wish[]} */
const WISHES = [
  { kind: "header-rewriter", name: "First", header: "x-first" },
  { kind: "header-rewriter", name: "Second", header: "x-second" },
  { kind: "header-rewriter", name: "Third", header: "x-third" },
  { kind: "innocent", name: "Notes" },
];

/** @typedef {import("./scene.js").Stage} Stage */
/** @typedef {import("puppeteer-core").Page} Page */

/**
 * @typedef {object} Flow
 * @property {import("../edge/rules.js").Rule[]} rules
 * @property {boolean} [seeded] the site keeps data beforehand
 * @property {boolean} [keepsLogin] does it leave the user signed in?
 * @property {(popup: Page, stage: Stage) => Promise<unknown>} [before] comes first, and is not what is interrupted
 * @property {(popup: Page) => Promise<unknown>} act the click
 * @property {number} lasts milliseconds within which the end comes
 */

/** @type {Record<string, Flow>} */
const FLOWS = {
  switch: { rules: HEADER, act: (popup) => press(popup, "Second", "switch"), lasts: 150 },
  suspects: { rules: HEADER, act: (popup) => press(popup, "Turn off suspects"), lasts: 600 },
  search: { rules: HEADER, act: (popup) => press(popup, "Find the extension"), lasts: 4000 },
  "put back": {
    rules: HEADER,
    before: async (popup) => {
      await press(popup, "Turn off suspects");
      await waitForCondition(async () => (await phaseOf(popup)) === "done", { what: "the suspects to be off" });
    },
    act: (popup) => press(popup, "Put everything back"),
    lasts: 150,
  },
  clear: { rules: COOKIE, seeded: true, act: (popup) => press(popup, "Clear ChatGPT data"), lasts: 600 },
  undo: {
    rules: COOKIE,
    seeded: true,
    before: async (popup) => {
      await press(popup, "Clear ChatGPT data");
      await says(popup, /cookies deleted/);
    },
    act: (popup) => press(popup, "Undo"),
    lasts: 200,
  },
  watch: {
    rules: ADDRESS,
    before: (popup) => unfold(popup, "router"),
    act: (popup) => press(popup, "I’m restarting my router"),
    lasts: 200,
  },
  wait: { rules: LIMIT, act: (popup) => press(popup, "Wait, then reload once"), lasts: 3000 },
  check: { rules: HEADER, act: (popup) => press(popup, "Check again"), lasts: 400 },
  reset: { rules: COOKIE, seeded: true, keepsLogin: true, act: (popup) => press(popup, "Reset the Cloudflare check"), lasts: 600 },
  alert: { rules: OUTAGE, act: (popup) => press(popup, "Tell me when it’s back"), lasts: 400 },
};

/**
 * What a moment is about, while it is going on.
 * @typedef {object} Scene
 * @property {import("./restart.js").Lasting} lasting
 * @property {Stage} stage that of the browser that runs now
 * @property {Page | null} popup `null` while it is closed
 * @property {Flow} flow
 * @property {number} loads of the page, told by the edge, before the click
 * @property {number} own loads that were this script's
 * @property {string[]} byHand ids of extensions that may be off because they were switched by hand
 */

const NOTES = WISHES.length - 1;

/** What happens, and the words for it. @type {Record<string, (scene: Scene) => Promise<unknown>>} */
const EVENTS = {
  "the worker dies": ({ stage }) => stopWorker(stage.browser, stage.readmit),
  "the browser is killed": async (scene) => {
    await scene.lasting.kill();
    scene.stage = await start(scene.lasting);
    scene.popup = null;
    // That it was turned on again after the moment before need not have been on disk yet.
    scene.byHand.push(scene.stage.ids[NOTES]);
    await visit(scene, APP);
  },
  "the popup is closed": async (scene) => {
    await scene.popup?.close();
    scene.popup = null;
  },
  "the tab goes to a shop": (scene) => visit(scene, SHOP),
  "the tab goes to a shop and comes back": async (scene) => {
    await visit(scene, SHOP);
    await visit(scene, APP);
  },
  "the block ends": async ({ stage }) => stage.edge.setRules([]),
  "another block begins": async ({ stage }) => stage.edge.setRules(ADDRESS),
  "the site falls silent for a while": async ({ stage, flow }) => {
    stage.edge.setRules(SILENCE);
    await pause(700);
    stage.edge.setRules(flow.rules);
  },
  "an extension is turned off by hand": async ({ stage, byHand }) => {
    const id = stage.ids[NOTES];
    byHand.push(id);
    await stage.ask((one) => chrome.management.setEnabled(one, false), id);
  },
  "site access is taken away for a while": async ({ stage, popup }) => {
    await withholdHosts(stage.browser, stage.readmit);
    assert.equal(await stage.ask((origin) => chrome.permissions.contains({ origins: [origin] }), `${APP}*`), false);
    await pause(300);
    await giveHostsBack(stage.browser, stage.readmit);
    await popup?.bringToFront();
  },
  "Readmit is loaded anew, as by an update": async (scene) => {
    await reloadExtension(scene.stage.browser, scene.stage.readmit);
    // Its pages have ended with it.
    scene.popup = null;
  },
  "Enter is pressed at once": async ({ popup }) => popup?.keyboard.press("Enter"),
};

/**
 * A browser that was killed may not have written down that site access was given back after it had been taken away.
 * @param {import("./restart.js").Lasting} lasting
 */
async function start(lasting) {
  const stage = await lasting.start();
  await giveHostsBack(stage.browser, stage.readmit);
  return stage;
}

/** The tab shows this page now, as if the user had typed its address: a load that is on its way is over. @param {Scene} scene @param {string} url */
async function visit(scene, url) {
  scene.own += url === APP ? 1 : 0;
  const go = () => scene.stage.page.goto(url, { waitUntil: "domcontentloaded" });
  // A load of Readmit's that begins in the same moment takes the place of the user's, who then goes there again. Chromium does not
  // tell an extension where a load leads that has only just begun.
  await go().catch((error) => (error.message.includes("ERR_ABORTED") ? go() : Promise.reject(error)));
}

const FINAL = ["answered", "done", "found", "stuck", "clear"];

/**
 * Goes through moments, in turn through all flows, each followed by one or two events of all that there are.
 * @param {{ goesOn: (number: number) => boolean, seed: number, tell?: (line: string) => void }} options `goesOn`: is there to be
 *   another moment, after so many?
 * @returns {Promise<string[]>} a line for each that did not hold
 */
export async function causeChaos({ goesOn, seed, tell = () => {} }) {
  const random = seededRandom(seed);
  const pick = (/** @type {string[]} */ all) => all[Math.floor(random() * all.length)];
  const lasting = await openLasting({ wishes: WISHES });
  const broken = /** @type {string[]} */ ([]);
  try {
    let stage = await start(lasting);
    for (let number = 0; goesOn(number); number += 1) {
      const name = Object.keys(FLOWS)[number % Object.keys(FLOWS).length];
      // Each event has its turn, whatever is drawn.
      const first = Object.keys(EVENTS)[number % Object.keys(EVENTS).length];
      const events = [first, ...(random() < 0.5 ? [pick(Object.keys(EVENTS))] : [])].map((event) => ({
        event,
        after: Math.round(random() * FLOWS[name].lasts),
      }));
      const told = events.map(({ event, after }) => `${after} ms later ${event}`).join(", ");
      const moment = `moment ${number} of seed ${seed}: ${name}, ${told}`;
      const begun = performance.now();
      try {
        stage = await goThrough(lasting, stage, FLOWS[name], events);
        tell(`${moment}: held after ${Math.round(performance.now() - begun)} ms`);
      } catch (error) {
        broken.push(`${moment}: ${error instanceof Error ? error.stack : error}`);
        tell(broken[broken.length - 1]);
        // Whatever it left behind is none of the next one's.
        await lasting.kill();
        stage = await start(lasting);
      }
    }
  } finally {
    await lasting.close();
  }
  return broken;
}

/**
 * @param {import("./restart.js").Lasting} lasting
 * @param {Stage} stage
 * @param {Flow} flow
 * @param {{ event: string, after: number }[]} events
 * @returns {Promise<Stage>} the same, or that of the browser that came after
 */
async function goThrough(lasting, stage, flow, events) {
  await reset(stage, flow);
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  const popup = await popupInTab(stage);
  await flow.before?.(popup, stage);
  const loads = stage.edge.count({ host: HOST, path: "/", pageLoad: true });
  const shopLoads = stage.edge.count({ host: new URL(SHOP).host });
  /** @type {Scene} */
  const scene = { lasting, stage, popup, flow, loads, own: 0, byHand: [] };
  await flow.act(popup);
  for (const { event, after } of events) {
    await pause(after);
    await EVENTS[event](scene);
  }
  const visits = events.filter(({ event }) => event.includes("shop")).length;
  const atShop = stage.edge.log.select({ host: new URL(SHOP).host }).slice(shopLoads).filter(({ pageLoad }) => pageLoad);
  assert.deepEqual(atShop.map(({ method }) => method), Array(visits).fill("GET"), "nothing of ours loads anything at the shop");
  if (scene.stage.page.url() === SHOP) await visit(scene, APP);
  scene.popup ??= await popupInTab(scene.stage);
  await wayOn(scene.popup, "a way on");
  await holds(scene, scene.popup);
  await scene.popup.close();
  return scene.stage;
}

/** @param {Page} popup @param {string} what */
const wayOn = (popup, what) =>
  waitForCondition(async () => FINAL.includes((await phaseOf(popup)) ?? "") && !(await popup.$("[data-sending]")), { what, patience: 60_000 });

/** @param {Stage} stage @param {Flow} flow */
async function reset(stage, flow) {
  stage.edge.setRules([]);
  await stage.ask((ids) => Promise.all(ids.map((id) => chrome.management.setEnabled(id, true))), stage.ids);
  await waitForCondition(async () => (await ledger(stage)).length === 0, { what: "nothing to be put back" });
  // The pages of before, and a search that was interrupted and could be gone on with.
  await stage.ask(() => Promise.all([chrome.storage.session.clear(), chrome.storage.local.remove("search")]));
  await stopWorker(stage.browser, stage.readmit);
  await stage.page.goto(`${APP}${flow.seeded ? "seed" : "elsewhere"}`);
  if (flow.seeded) await stage.page.waitForSelector("html[data-seeded=yes]");
  stage.edge.site.visitCookies = [];
  stage.edge.setRules(flow.rules);
}

/** Whom the ledger on disk holds as off; those that are back stay in it for a while. @param {Stage} stage @returns {Promise<string[]>} */
async function ledger({ ask }) {
  const { ledger } = /** @type {any} */ (await ask(() => chrome.storage.local.get("ledger")));
  const entries = ledger?.value?.entries ?? [];
  return entries.filter(({ back }) => back === undefined).map(({ id }) => id).sort();
}

/** @param {Stage} stage */
async function off(stage) {
  const on = await onNow(stage);
  return stage.ids.filter((id) => !on.includes(id)).sort();
}

/**
 * What has to be true, however it ended.
 * @param {Scene} scene
 * @param {Page} popup
 */
async function holds({ stage, flow, loads, own, byHand }, popup) {
  const offForUs = async () => (await off(stage)).filter((id) => !byHand.includes(id));
  const agree = async () => {
    const [listed, gone] = [await ledger(stage), await off(stage)];
    return gone.every((id) => listed.includes(id) || byHand.includes(id)) && listed.every((id) => gone.includes(id));
  };
  await waitForCondition(agree, { what: "the ledger to hold those that are off, and no other" });
  assert.deepEqual(new Set(stage.edge.log.select({ host: HOST, pageLoad: true }).map(({ method }) => method)), new Set(["GET"]));
  if (flow.seeded) await holdsOfData(stage, flow, popup);
  if (flow.rules === LIMIT) {
    const more = stage.edge.count({ host: HOST, path: "/", pageLoad: true }) - loads - own;
    assert.ok(more <= 1, `reloaded ${more} times after one wait`);
  }
  if ((await offForUs()).length > 0) {
    await press(popup, "Put everything back");
    await waitForCondition(async () => (await offForUs()).length === 0, { what: "everything to be on again" });
    await waitForCondition(agree, { what: "the ledger to be empty" });
  }
}

/** What is said of the data is true, and what came after is left alone. @param {Stage} stage @param {Flow} flow @param {Page} popup */
async function holdsOfData(stage, { keepsLogin }, popup) {
  await waitForCondition(async () => !(await popup.$("[data-outcome=running]")), { what: "the clearing to end" });
  const kept = async () => (await cookiesOf(stage, HOST)).map(({ name }) => name);
  const said = await popup.$eval("main", (main) => main.innerText);
  if (keepsLogin) assert.ok((await kept()).includes(SESSION), "still signed in");
  else if (/nothing is left/i.test(said)) assert.ok(!(await kept()).includes(SESSION), "said to be gone, and gone");
  if (/cookies restored/i.test(said)) assert.ok((await kept()).includes(SESSION), "said to be back, and back");
  await stage.ask((url) => chrome.cookies.set({ url, name: "later", value: "1", secure: true }), APP);
  await stopWorker(stage.browser, stage.readmit);
  await workerOf(stage.browser, stage.readmit);
  await popup.reload();
  await wayOn(popup, "a way on after another start");
  assert.ok((await kept()).includes("later"), "nothing is cleared a second time");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { moments: { type: "string" }, minutes: { type: "string" }, seed: { type: "string", default: "1" } } });
  const problem = policyProblem();
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
  const until = performance.now() + Number(values.minutes ?? 0) * 60_000;
  const goesOn = (/** @type {number} */ number) => (values.minutes ? performance.now() < until : number < Number(values.moments ?? 200));
  let moments = 0;
  const tell = (/** @type {string} */ line) => {
    moments += 1;
    console.log(line);
  };
  const broken = await causeChaos({ goesOn, seed: Number(values.seed), tell });
  console.log(`${moments - broken.length} of ${moments} held`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}
