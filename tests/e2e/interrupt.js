// Interrupts the culprit search again and again, at every step and by every death there is, and looks whether each extension
// is as it was before, or as the result says. Nothing is simulated but the site: 25 real extensions in a real Chromium.
//
// node tests/e2e/interrupt.js [--runs 100] [--seed 1] [--only worker,popup,tab,browser]
//
// Exit 0 only if every run ended well. A run is a function of seed and number, as far as a browser lets it be.

import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seededRandom } from "../edge/random.js";
import { innocents } from "../extensions/innocents.js";
import { closeTab, isDesk, stopWorker, waitForCondition } from "./browser.js";
import { openLasting, policyProblem } from "./restart.js";
import { bannerShown, onNow, phaseOf, popupInTab, press, REFUSAL, untilRefused } from "./scene.js";

export const DEATHS = /** @type {const} */ (["worker", "popup", "tab", "browser"]);

/** The search among 25 with one to blame reloads about so often. */
const STEPS = 10;

/** A search is to end, on a busy computer. */
const PATIENCE = 60_000;

const HEADERS = ["x-first", "x-second", "x-third"];

/** @typedef {{ number: number, death: string, step: number, delay: number, off: string[], expected: string[], problem?: string }} Outcome */

/**
 * @param {{ runs?: number, seed?: number, deaths?: readonly string[], report?: (outcome: Outcome) => void }} [options]
 * @returns {Promise<Outcome[]>}
 */
export async function interrupt({ runs = 100, seed = 1, deaths = DEATHS, report = () => {} } = {}) {
  const guilty = HEADERS.map((header) => ({ kind: /** @type {const} */ ("header-rewriter"), name: `Sets ${header}`, header }));
  const lasting = await openLasting({ wishes: [...innocents(25 - guilty.length), ...guilty] });
  const random = seededRandom(seed);
  const outcomes = [];
  try {
    let stage = await lasting.start();
    for (let number = 0; number < runs; number += 1) {
      const death = deaths[number % deaths.length];
      const step = 1 + (Math.floor(number / deaths.length) % STEPS);
      const delay = Math.floor(random() * 300);
      const culprit = Math.floor(random() * HEADERS.length);
      const culpritId = lasting.ids[25 - guilty.length + culprit];
      const run = { lasting, stage, death, step, delay, header: HEADERS[culprit], culprit: culpritId };
      const outcome = { number, death, step, delay, off: /** @type {string[]} */ ([]), expected: /** @type {string[]} */ ([]) };
      try {
        Object.assign(outcome, await once(run, (fresh) => (stage = fresh)));
      } catch (error) {
        Object.assign(outcome, { problem: String(error) });
      }
      outcomes.push(outcome);
      report(outcome);
      stage = await cleanUp(lasting, stage);
    }
  } finally {
    await lasting.close();
  }
  return outcomes;
}

/** @param {Outcome} outcome */
export const endedWell = ({ off, expected, problem }) => problem === undefined && off.join() === expected.join();

/**
 * @param {{ lasting: import("./restart.js").Lasting, stage: import("./scene.js").Stage, death: string, step: number,
 *   delay: number, header: string, culprit: string }} run
 * @param {(stage: import("./scene.js").Stage) => void} restarted
 */
async function once({ lasting, stage, death, step, delay, header, culprit }, restarted) {
  const { edge, browser } = stage;
  edge.setRules([{ host: "chatgpt.com", path: "/", when: { headers: { [header]: true } }, then: REFUSAL }]);
  const page = await browser.newPage();
  await untilRefused(page);
  await bannerShown(page);
  const popup = await popupInTab({ ...stage, page });
  const loads = () => edge.count({ host: "chatgpt.com", path: "/", pageLoad: true });
  const before = loads();
  await popup.evaluate(noteWhenFound);
  await press(popup, "Find the extension");
  const begun = async () => loads() - before >= step || (await phaseOf(popup)) === "found";
  await waitForCondition(begun, { what: `reload ${step}`, patience: PATIENCE });
  await pause(delay);
  if (death === "browser") {
    const over = (await phaseOf(popup)) === "found";
    await lasting.kill();
    const fresh = await lasting.start();
    restarted(fresh);
    const off = await settledOff(lasting, fresh);
    return { off, expected: over && off.length > 0 ? [culprit] : [] };
  }
  if (death === "tab") {
    await closeTab(page);
    const off = await settledOff(lasting, stage);
    // A result that was there before the tab went stays. The popup forgets it, because it is about that tab.
    return { off, expected: (await popup.evaluate(() => globalThis.wasFound)) ? [culprit] : [] };
  }
  if (death === "worker") await stopWorker(browser, stage.readmit);
  if (death === "popup") await popup.close();
  await waitForCondition(async () => (await offNow(lasting, stage)).join() === culprit && (await isIdle(lasting, stage)), {
    what: "the culprit alone to be off",
    patience: PATIENCE,
  });
  return { off: await settledOff(lasting, stage), expected: [culprit] };
}

/** Runs in the popup. */
function noteWhenFound() {
  const main = /** @type {HTMLElement} */ (document.querySelector("main"));
  new MutationObserver(() => (globalThis.wasFound ||= main.dataset.phase === "found")).observe(main, { attributeFilter: ["data-phase"] });
}

/** @param {import("./restart.js").Lasting} lasting @param {import("./scene.js").Stage} stage */
async function offNow(lasting, stage) {
  const on = await onNow(stage);
  return lasting.ids.filter((id) => !on.includes(id));
}

/**
 * By the ledger on disk nothing waits to be put back: nobody is lent to a search, and nobody who was put back is off after all.
 * @param {import("./restart.js").Lasting} lasting @param {import("./scene.js").Stage} stage
 */
async function isIdle(lasting, stage) {
  const { ledger } = /** @type {any} */ (await stage.ask(() => chrome.storage.local.get("ledger")));
  const off = await offNow(lasting, stage);
  const waits = (/** @type {any} */ { id, lent, back }) => (back === undefined ? lent : off.includes(id));
  return !(ledger?.value.entries ?? []).some(waits);
}

/**
 * Who is off once nothing is to be put back any more.
 * @param {import("./restart.js").Lasting} lasting @param {import("./scene.js").Stage} stage
 */
async function settledOff(lasting, stage) {
  await waitForCondition(() => isIdle(lasting, stage), { what: "everything lent to be back", patience: PATIENCE });
  return offNow(lasting, stage);
}

/**
 * Everything on and every tab closed for the next run.
 * @param {import("./restart.js").Lasting} lasting @param {import("./scene.js").Stage} stage
 */
async function cleanUp(lasting, stage) {
  const { ask, browser } = stage;
  for (const id of await offNow(lasting, stage)) await ask((it) => chrome.management.setEnabled(it, true), id);
  const fresh = await browser.newPage();
  for (const page of await browser.pages()) if (page !== fresh && !isDesk(page)) await closeTab(page);
  return { ...stage, page: fresh };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { runs: { type: "string", default: "100" }, seed: { type: "string", default: "1" }, only: { type: "string", default: DEATHS.join() } },
  });
  const problem = policyProblem();
  if (problem) {
    console.error(problem);
    process.exit(1);
  }
  const outcomes = await interrupt({
    runs: Number(values.runs),
    seed: Number(values.seed),
    deaths: values.only.split(","),
    report: (outcome) => {
      const { number, death, step, delay, off, expected, problem: why } = outcome;
      const word = endedWell(outcome) ? "well" : `BADLY: off ${off.join()}, expected ${expected.join()} ${why ?? ""}`;
      console.log(`${number + 1}: ${death} died at reload ${step} + ${delay} ms: ${word}`);
    },
  });
  for (const death of DEATHS) {
    const these = outcomes.filter((outcome) => outcome.death === death);
    if (these.length > 0) console.log(`${death}: ${these.filter(endedWell).length} of ${these.length}`);
  }
  const well = outcomes.filter(endedWell).length;
  console.log(`${well} of ${outcomes.length} ended as before, or as the result says`);
  process.exitCode = well === outcomes.length ? 0 : 1;
}
