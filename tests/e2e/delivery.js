// Clicks at random moments around a worker's death, and searches during which it dies three times, with the popup open all the
// while: each click is carried out exactly once, and the popup soon says what is true. And pages that report while it dies. Nothing is simulated but the site.
//
// node tests/e2e/delivery.js [--clicks 200] [--triples 200] [--reports 200] [--seed 1] [--within 3000]
//
// Exit 0 only if every run ended well. `--within`: milliseconds after the last death (or click) for the popup to be right.

import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { seededRandom } from "../edge/random.js";
import { innocents } from "../extensions/innocents.js";
import { aria, closeTab, isDesk, stopWorker, waitForCondition } from "./browser.js";
import { APP, bannerShown, cookiesOf, isMarked, onNow, openStage, phaseOf, popupInTab, REFUSAL, reveal, rowsOf, said, untilRefused } from "./scene.js";

/** @typedef {import("./scene.js").Stage} Stage */
/** @typedef {import("puppeteer-core").Page} Page */
/** @typedef {{ stage: Stage, page: Page, popup: Page, tweakers: string[] }} Scene */

const HEADERS = ["x-first", "x-second", "x-third"];
const TWEAKERS = HEADERS.map((header) => ({ kind: /** @type {const} */ ("header-rewriter"), name: `Sets ${header}`, header }));
/** A click comes so long before the worker's death at the earliest, and so long after it at the latest, in milliseconds. */
const BEFORE = 300;
const AFTER = 900;
/** So close to it clicks are lost most easily. */
const CLOSE = 30;
/** The pause between two deaths, in milliseconds. */
const SHORTEST = 400;
const LONGEST = 900;
/** A search among 25 with three deaths in it is to end, on a busy computer. */
const SEARCH = 120_000;

const byHeader = (/** @type {string} */ header) => [
  { host: "chatgpt.com", path: "/", when: { headers: { [header]: true } }, then: REFUSAL },
];
const byCookie = [{ host: "chatgpt.com", path: "/", when: { cookies: { cf_clearance: true } }, then: REFUSAL }];

/**
 * @typedef {object} Click
 * @property {import("../edge/rules.js").Rule[]} rules what refuses the page
 * @property {boolean} [isSeeded] the site keeps cookies beforehand
 * @property {string} [before] a button that is pressed first, and comes to its end undisturbed
 * @property {string} name what is clicked
 * @property {"button" | "switch"} [role]
 * @property {(scene: Scene) => string[]} changes what is to happen in the browser, each once
 * @property {(scene: Scene) => Promise<unknown>} isTrue does the popup say what is so?
 */

const offNow = async (/** @type {Scene} */ { stage, tweakers }) => {
  const on = await onNow(stage);
  return tweakers.filter((id) => !on.includes(id)).sort();
};

/** The rows of the popup that are off. @param {Scene} scene */
const shownOff = async ({ popup }) => (await rowsOf(popup)).filter(({ on }) => !on).map(({ id }) => id ?? "").sort();

const COOKIES = ["cf_clearance", "__Secure-next-auth.session-token"];
const keeps = async (/** @type {Scene} */ { stage }) => {
  const names = (await cookiesOf(stage, "chatgpt.com")).map(({ name }) => name);
  return COOKIES.filter((name) => names.includes(name)).length;
};

/** @type {Record<string, Click>} */
export const CLICKS = {
  switch: {
    rules: byHeader("x-second"),
    name: "Sets x-second",
    role: "switch",
    changes: ({ tweakers }) => [`off ${tweakers[1]}`],
    isTrue: async (scene) => (await offNow(scene)).join() === scene.tweakers[1] && (await shownOff(scene)).join() === scene.tweakers[1],
  },
  "turn off suspects": {
    rules: byHeader("x-second"),
    name: "Turn off suspects",
    // One load by a GET comes before anything is switched.
    changes: ({ tweakers }) => ["load", ...tweakers.map((id) => `off ${id}`), "load"],
    isTrue: async (scene) => (await phaseOf(scene.popup)) === "done" && (await shownOff(scene)).length === 3,
  },
  "put everything back": {
    rules: byHeader("x-second"),
    before: "Turn off suspects",
    name: "Put everything back",
    changes: ({ tweakers }) => tweakers.map((id) => `on ${id}`),
    isTrue: async (scene) => (await offNow(scene)).length === 0 && (await shownOff(scene)).length === 0,
  },
  clear: {
    rules: byCookie,
    isSeeded: true,
    name: "Clear ChatGPT data",
    changes: () => [...COOKIES.map((name) => `removed ${name}`), "load"],
    isTrue: async (scene) => (await phaseOf(scene.popup)) === "done" && (await keeps(scene)) === 0,
  },
  undo: {
    rules: byCookie,
    isSeeded: true,
    before: "Clear ChatGPT data",
    name: "Undo",
    changes: () => COOKIES.map((name) => `added ${name}`),
    isTrue: async (scene) => (await keeps(scene)) === COOKIES.length && !(await buttonNamed(scene.popup, "Undo")),
  },
};

/**
 * What can be clicked under this name at this moment.
 * @param {Page} popup
 * @param {string} name
 * @param {string} [role]
 */
async function buttonNamed(popup, name, role = "button") {
  const found = await popup.$$(`aria/${name}[role="${role}"]`);
  for (const handle of found) if (await handle.isVisible()) return handle;
  return null;
}

/** What is folded away is unfolded first. @param {Page} popup @param {string} name @param {string} [role] */
async function clickable(popup, name, role = "button") {
  const look = async () => {
    await popup.evaluate(reveal, name, role);
    const button = await buttonNamed(popup, name, role);
    return (await button?.evaluate((it) => !it.hasAttribute("aria-disabled") && !it.closest("[data-guarded]"))) && button;
  };
  return waitForCondition(look, { what: `"${name}" to be clickable` });
}

/**
 * Notes at the desk what happens in the browser from now on.
 * @param {Stage} stage
 */
async function witness(stage) {
  await stage.ask(() => {
    const all = /** @type {string[]} */ ((globalThis.happened = []));
    if (globalThis.isWitness) return;
    globalThis.isWitness = true;
    chrome.management.onEnabled.addListener(({ id }) => globalThis.happened.push(`on ${id}`));
    chrome.management.onDisabled.addListener(({ id }) => globalThis.happened.push(`off ${id}`));
    chrome.cookies.onChanged.addListener(({ removed, cookie, cause }) => {
      if (cause !== "overwrite") globalThis.happened.push(`${removed ? "removed" : "added"} ${cookie.name}`);
    });
    return all.length;
  });
}

/**
 * A refused page with the popup about it in another tab, everything as on the first day.
 * @param {Stage} stage
 * @param {import("../edge/rules.js").Rule[]} rules
 * @param {boolean} [isSeeded]
 * @returns {Promise<Scene>}
 */
async function begin(stage, rules, isSeeded = false) {
  const { edge, browser, readmit, made, ids } = stage;
  edge.setRules([]);
  edge.site.visitCookies = [];
  await stage.ask((all) => Promise.all(all.map((id) => chrome.management.setEnabled(id, true))), ids);
  const page = await browser.newPage();
  for (const other of await browser.pages()) {
    if (other !== page && !isDesk(other)) await closeTab(other);
  }
  // What the worker knows goes with it; so that it writes nothing of it down again, it ends first.
  await stopWorker(browser, readmit);
  await stage.ask(() => Promise.all([chrome.storage.session.clear(), chrome.storage.local.clear()]));
  if (isSeeded) {
    await page.goto(`${APP}seed`);
    await page.waitForSelector("html[data-seeded=yes]");
  }
  edge.setRules(rules);
  await untilRefused(page);
  await bannerShown(page);
  const popup = await popupInTab({ ...stage, page });
  const tweakers = ids.filter((_, index) => made[index].name.startsWith("Sets "));
  return { stage, page, popup, tweakers };
}

/** @typedef {{ number: number, name: string, moment: string, took?: number, problem?: string }} Outcome */

/**
 * One click at a random moment around a death.
 * @param {Stage} stage
 * @param {Click} click
 * @param {number} offset milliseconds from the death to the click; negative: before it
 * @param {number} patience
 * @returns {Promise<number>} milliseconds until the popup was right
 */
async function clickOnce(stage, click, offset, patience) {
  const scene = await begin(stage, click.rules, click.isSeeded);
  const { popup } = scene;
  if (click.before) {
    await (await clickable(popup, click.before)).click();
    await waitForCondition(async () => (await phaseOf(popup)) === "done", { what: `${click.before} to have helped`, patience: SEARCH });
  }
  const button = await clickable(popup, click.name, click.role);
  const loads = () => stage.edge.count({ host: "chatgpt.com", path: "/", pageLoad: true });
  const before = loads();
  await witness(stage);
  const die = () => stopWorker(stage.browser, stage.readmit);
  if (offset < 0) {
    const clicked = button.click();
    await pause(-offset);
    await Promise.all([clicked, die()]);
  } else if (offset <= CLOSE) {
    const died = die();
    await pause(offset);
    await Promise.all([died, button.click()]);
  } else {
    await die();
    await pause(offset);
    await button.click();
  }
  const last = performance.now();
  const isTrue = () => click.isTrue(scene);
  await waitForCondition(isTrue, { what: "the popup to say what is so", patience }).catch(async (error) => {
    throw new Error(`${error.message}; it says: ${await said(popup)}`);
  });
  const took = performance.now() - last;
  const wanted = click.changes(scene).sort();
  const happened = async () => {
    const all = /** @type {string[]} */ (await stage.ask(() => globalThis.happened));
    const counted = all.filter((change) => wanted.includes(change) || /^(on|off) /.test(change));
    return [...counted, ...Array.from({ length: loads() - before }, () => "load")].sort();
  };
  await waitForCondition(async () => (await happened()).length >= wanted.length, { what: `all of ${wanted.join(", ")}` });
  // What comes of a click that is carried out a second time comes at once: a repeated order is carried out, or not, when the
  // background answers that it is there.
  await popup.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  const all = await happened();
  if (all.join() !== wanted.join()) throw new Error(`happened: ${all.join(", ")}; wanted: ${wanted.join(", ")}`);
  return took;
}

/**
 * @param {{ clicks: number, seed: number, patience: number, report?: (outcome: Outcome) => void }} options
 * @returns {Promise<Outcome[]>}
 */
export async function clickAroundDeaths({ clicks, seed, patience, report = () => {} }) {
  const random = seededRandom(seed);
  const stage = await openStage({ wishes: [...TWEAKERS, ...innocents(2)], isBound: false });
  const names = Object.keys(CLICKS);
  const outcomes = /** @type {Outcome[]} */ ([]);
  try {
    for (let number = 0; number < clicks; number += 1) {
      const name = names[number % names.length];
      // Most is lost within a few milliseconds of the death: every second click is aimed there.
      const [from, to] = number % 2 === 0 ? [-BEFORE, AFTER] : [-CLOSE, CLOSE];
      const offset = Math.round(from + random() * (to - from));
      const outcome = { number, name, moment: `${offset} ms after the death` };
      outcomes.push(await ended(outcome, clickOnce(stage, CLICKS[name], offset, patience)));
      report(outcomes[number]);
    }
  } finally {
    await stage.close();
  }
  return outcomes;
}

/**
 * A search during which the worker dies three times.
 * @param {Stage} stage
 * @param {string} header whose extension is to blame
 * @param {number[]} pauses before each death, in milliseconds
 * @param {number} patience
 * @returns {Promise<number>} milliseconds from the last death until the popup was right
 */
async function searchOnce(stage, header, pauses, patience) {
  const scene = await begin(stage, byHeader(header));
  const { popup, tweakers } = scene;
  const loads = () => stage.edge.count({ host: "chatgpt.com", path: "/", pageLoad: true });
  await (await clickable(popup, "Find the extension")).click();
  for (const milliseconds of pauses) {
    await pause(milliseconds);
    await stopWorker(stage.browser, stage.readmit);
  }
  const last = performance.now();
  const before = loads();
  const told = await said(popup);
  // It goes on, and says so: no alarm rings so soon.
  const isTrue = async () => (await phaseOf(popup)) === "found" || (loads() > before && (await said(popup)) !== told);
  await waitForCondition(isTrue, { what: "the popup to show that the search goes on", patience }).catch(async (error) => {
    throw new Error(`${error.message}; it says: ${await said(popup)}`);
  });
  const took = performance.now() - last;
  const culprit = tweakers[HEADERS.indexOf(header)];
  await waitForCondition(async () => (await phaseOf(popup)) === "found", { what: "the search to end", patience: SEARCH });
  await waitForCondition(async () => (await offNow(scene)).join() === culprit && (await shownOff(scene)).join() === culprit, {
    what: "the culprit alone to be off",
  });
  const named = await popup.$$eval("[data-culprit]", (all) => all.map(({ dataset }) => dataset.culprit).join());
  if (named !== culprit) throw new Error(`it names ${named}, and not ${culprit}`);
  return took;
}

/**
 * @param {{ triples: number, seed: number, patience: number, report?: (outcome: Outcome) => void }} options
 * @returns {Promise<Outcome[]>}
 */
export async function dieDuringSearches({ triples, seed, patience, report = () => {} }) {
  const random = seededRandom(seed);
  const stage = await openStage({ wishes: [...TWEAKERS, ...innocents(22)], isBound: false });
  const outcomes = /** @type {Outcome[]} */ ([]);
  try {
    for (let number = 0; number < triples; number += 1) {
      const header = HEADERS[Math.floor(random() * HEADERS.length)];
      const pauses = [0, 0, 0].map(() => SHORTEST + Math.round(random() * (LONGEST - SHORTEST)));
      const outcome = { number, name: "search", moment: `deaths after ${pauses.join(", ")} ms` };
      outcomes.push(await ended(outcome, searchOnce(stage, header, pauses, patience)));
      report(outcomes[number]);
    }
  } finally {
    await stage.close();
  }
  return outcomes;
}

/** A page that forbids WebAssembly: its content script has the background recognize it, and waits for the answer. */
const FORBIDS = { ...REFUSAL, headers: { "content-security-policy": "default-src 'self'; style-src 'unsafe-inline'" } };

/**
 * A page reports that it is refused while the worker dies; then *Fix it* is clicked while it dies again.
 * @param {Stage} stage
 * @param {number[]} pauses before each death, in milliseconds
 * @param {number} patience
 * @returns {Promise<number>} milliseconds from the last death until the one popup was there
 */
async function reportOnce(stage, pauses, patience) {
  const { browser, readmit } = stage;
  const { page, popup } = await begin(stage, [{ host: "chatgpt.com", path: "/", then: FORBIDS }]);
  await popup.close();
  await page.bringToFront();
  const die = async (/** @type {number} */ milliseconds) => {
    await pause(milliseconds);
    await stopWorker(browser, readmit);
  };
  await Promise.all([page.goto(APP), die(pauses[0])]);
  await bannerShown(page);
  await isMarked({ ...stage, page }, "Error 1020");
  const popups = () => browser.targets().filter((target) => target.url().includes("/popup/popup.html"));
  const fix = await aria(page, "Fix it");
  await Promise.all([fix.click(), die(pauses[1])]);
  const last = performance.now();
  await waitForCondition(() => popups().length > 0, { what: "the popup to open", patience });
  const took = performance.now() - last;
  if (popups().length > 1) throw new Error("one click opened more than one popup");
  return took;
}

/**
 * @param {{ reports: number, seed: number, patience: number, report?: (outcome: Outcome) => void }} options
 * @returns {Promise<Outcome[]>}
 */
export async function reportAroundDeaths({ reports, seed, patience, report = () => {} }) {
  const random = seededRandom(seed);
  const stage = await openStage({ isBound: false });
  const outcomes = /** @type {Outcome[]} */ ([]);
  try {
    for (let number = 0; number < reports; number += 1) {
      const pauses = [0, 0].map(() => Math.round(random() * BEFORE));
      const outcome = { number, name: "report", moment: `deaths after ${pauses.join(", ")} ms` };
      outcomes.push(await ended(outcome, reportOnce(stage, pauses, patience)));
      report(outcomes[number]);
    }
  } finally {
    await stage.close();
  }
  return outcomes;
}

/**
 * @param {Outcome} outcome
 * @param {Promise<number>} run
 * @returns {Promise<Outcome>}
 */
const ended = (outcome, run) =>
  run.then((took) => ({ ...outcome, took }), (error) => ({ ...outcome, problem: String(error?.message ?? error) }));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const number = (/** @type {string} */ text) => ({ type: /** @type {const} */ ("string"), default: text });
  const { values } = parseArgs({ options: { clicks: number("200"), triples: number("200"), reports: number("200"), seed: number("1"), within: number("3000") } });
  const report = (/** @type {Outcome} */ { number: at, name, moment, took = 0, problem }) =>
    console.log(`${at + 1}: ${name}, ${moment}: ${problem ? `BADLY: ${problem}` : `well, after ${Math.round(took)} ms`}`);
  const [seed, patience] = [Number(values.seed), Number(values.within)];
  const all = [
    ...(await dieDuringSearches({ triples: Number(values.triples), seed, patience, report })),
    ...(await clickAroundDeaths({ clicks: Number(values.clicks), seed, patience, report })),
    ...(await reportAroundDeaths({ reports: Number(values.reports), seed, patience, report })),
  ];
  for (const name of new Set(all.map((outcome) => outcome.name))) {
    const these = all.filter((outcome) => outcome.name === name);
    const times = these.flatMap(({ took }) => took ?? []).sort((a, b) => a - b);
    const [median, most] = [times[Math.floor(times.length / 2)], times.at(-1)].map((time) => Math.round(time ?? NaN));
    console.log(`${name}: ${times.length} of ${these.length} well; right after ${median} ms (median), ${most} ms (at most)`);
  }
  process.exitCode = all.every(({ problem }) => problem === undefined) ? 0 : 1;
}
