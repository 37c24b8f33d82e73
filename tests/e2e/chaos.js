// Sudden ends at random moments: every flow that changes something is begun by a click, and a random while later the worker
// is stopped, or the browser is killed. What has to hold afterwards is checked here. Worker deaths at every single step are
// `crate/core/tests/flows`' business, for there every step can be hit.
//
// node tests/e2e/chaos.js [--moments 200] [--seed 1]
//
// Exit 0 only if all of it held.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seededRandom } from "../edge/random.js";
import { stopWorker, waitForCondition, workerOf } from "./browser.js";
import { openLasting, policyProblem } from "./restart.js";
import { APP, bannerShown, cookiesOf, onNow, phaseOf, popupInTab, press, REFUSAL, unfold } from "./scene.js";

const SESSION = "__Secure-next-auth.session-token";
const HOST = new URL(APP).host;
const HEADER = [{ host: HOST, path: "/", when: { headers: { "x-second": true } }, then: REFUSAL }];
const COOKIE = [{ host: HOST, path: "/", when: { cookies: { cf_clearance: true } }, then: REFUSAL }];
const ADDRESS = [{ host: HOST, path: "/", then: REFUSAL }];
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
 * @property {(popup: Page, stage: Stage) => Promise<unknown>} [before] comes first, and is not what is interrupted
 * @property {(popup: Page) => Promise<unknown>} act the click
 * @property {number} lasts milliseconds within which the end comes
 */

/** @param {Page} popup @param {RegExp} words */
const says = (popup, words) =>
  waitForCondition(async () => words.test(await popup.$eval("main", (main) => main.innerText)), { what: `the popup to say ${words}` });

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
};

const ENDS = ["stop", "kill"];
const FINAL = ["answered", "done", "found", "stuck", "clear"];

/**
 * Goes through so many moments, in turn through all flows and ends, each at a random while after its click.
 * @param {{ moments: number, seed: number, tell?: (line: string) => void }} options
 */
export async function endAtRandom({ moments, seed, tell = () => {} }) {
  const random = seededRandom(seed);
  const lasting = await openLasting({ wishes: WISHES });
  try {
    let stage = await lasting.start();
    const names = Object.keys(FLOWS);
    for (let number = 0; number < moments; number += 1) {
      const name = names[number % names.length];
      const end = ENDS[(number + Math.floor(number / names.length)) % ENDS.length];
      const while_ = Math.round(random() * FLOWS[name].lasts);
      const moment = `moment ${number} of seed ${seed}: ${name}, ${end} after ${while_} ms`;
      try {
        const begun = performance.now();
        stage = await endOnce(lasting, stage, FLOWS[name], end, while_);
        tell(`${moment}: held after ${Math.round(performance.now() - begun)} ms`);
      } catch (error) {
        throw new Error(`${moment}: ${error instanceof Error ? error.stack : error}`);
      }
    }
  } finally {
    await lasting.close();
  }
}

/**
 * @param {import("./restart.js").Lasting} lasting
 * @param {Stage} stage
 * @param {Flow} flow
 * @param {string} end
 * @param {number} while_
 * @returns {Promise<Stage>} the same, or that of the browser that came after
 */
async function endOnce(lasting, stage, flow, end, while_) {
  await reset(stage, flow);
  await stage.page.goto(APP);
  await bannerShown(stage.page);
  let popup = await popupInTab(stage);
  await flow.before?.(popup, stage);
  const loads = stage.edge.count({ host: HOST, path: "/", pageLoad: true });
  await flow.act(popup);
  await pause(while_);
  if (end === "kill") {
    await lasting.kill();
    stage = await lasting.start();
    await stage.page.goto(APP);
    popup = await popupInTab(stage);
  } else {
    await stopWorker(stage.browser, stage.readmit);
  }
  await waitForCondition(async () => FINAL.includes((await phaseOf(popup)) ?? ""), { what: "a way on", patience: 60_000 });
  await holds(stage, popup, flow, end, loads);
  await popup.close();
  return stage;
}

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
 * @param {Stage} stage
 * @param {Page} popup
 * @param {Flow} flow
 * @param {string} end
 * @param {number} loads of the page before the click
 */
async function holds(stage, popup, flow, end, loads) {
  const agree = async () => JSON.stringify(await ledger(stage)) === JSON.stringify(await off(stage));
  await waitForCondition(agree, { what: "the ledger to hold those that are off, and no other" });

  if (flow.seeded) await holdsOfData(stage, popup);

  if (flow.rules === LIMIT && end !== "kill") {
    const more = stage.edge.count({ host: HOST, path: "/", pageLoad: true }) - loads;
    assert.ok(more <= 1, `reloaded ${more} times after one wait`);
  }

  if ((await off(stage)).length > 0) {
    await press(popup, "Put everything back");
    await waitForCondition(async () => (await off(stage)).length === 0, { what: "everything to be on again" });
    await waitForCondition(agree, { what: "the ledger to be empty" });
  }
}

/** What is said of the data is true, and what came after is left alone. @param {Stage} stage @param {Page} popup */
async function holdsOfData(stage, popup) {
  await waitForCondition(async () => !(await popup.$("[data-outcome=running]")), { what: "the clearing to end" });
  const kept = async () => (await cookiesOf(stage, HOST)).map(({ name }) => name);
  const said = await popup.$eval("main", (main) => main.innerText);
  if (/nothing is left/i.test(said)) assert.ok(!(await kept()).includes(SESSION), "said to be gone, and gone");
  if (/cookies restored/i.test(said)) assert.ok((await kept()).includes(SESSION), "said to be back, and back");
  await stage.ask((url) => chrome.cookies.set({ url, name: "later", value: "1", secure: true }), APP);
  await stopWorker(stage.browser, stage.readmit);
  await workerOf(stage.browser, stage.readmit);
  await popup.reload();
  await waitForCondition(async () => FINAL.includes((await phaseOf(popup)) ?? ""), { what: "a way on after another start" });
  assert.ok((await kept()).includes("later"), "nothing is cleared a second time");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { moments: { type: "string", default: "200" }, seed: { type: "string", default: "1" } } });
  const problem = policyProblem();
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
  await endAtRandom({ moments: Number(values.moments), seed: Number(values.seed), tell: (line) => console.log(line) });
  console.log(`all ${values.moments} held`);
}
