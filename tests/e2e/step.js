// Measures what a step of the culprit search takes beyond the page's own reload: switching, spacing, looking, deciding. 25 real
// extensions in a real Chromium; the control is a bare reload of the same page in the same browser, as soon as it is there.
// A step is the time from one page load's arrival at the edge to the next one's.
//
// node tests/e2e/step.js [--rounds 3]

import { parseArgs } from "node:util";
import { innocents } from "../extensions/innocents.js";
import { waitForCondition } from "./browser.js";
import { bannerShown, openStage, phaseOf, popupInTab, press, REFUSAL, untilRefused } from "./scene.js";

/** Deliberate: a site is not asked again sooner after its answer. `SPACING` in `feature/culprit_search/update.rs`. */
const SPACING = 200;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const LOADS = { host: "chatgpt.com", path: "/", pageLoad: true };

const stage = await openStage({
  wishes: [...innocents(23), { kind: "header-rewriter", name: "First", header: "x-first" }, { kind: "header-rewriter", name: "Second", header: "x-second" }],
  rules: [{ host: "chatgpt.com", path: "/", when: { headers: { "x-second": true } }, then: REFUSAL }],
});
const { edge, page } = stage;
const intervals = () => {
  const times = edge.log.select(LOADS).map(({ time }) => time);
  return times.slice(1).map((time, at) => time - times[at]);
};

const steps = [];
const bare = [];
try {
  for (let round = 0; round < Number(values.rounds); round += 1) {
    await page.bringToFront();
    await untilRefused(page);
    await bannerShown(page);
    edge.clearLog();
    for (let reload = 0; reload < 8; reload += 1) await page.reload({ waitUntil: "domcontentloaded" });
    bare.push(...intervals());

    const popup = await popupInTab(stage);
    edge.clearLog();
    await press(popup, "Find the extension");
    await waitForCondition(async () => (await phaseOf(popup)) === "found", { what: "the search to end", patience: 60_000 });
    steps.push(...intervals());
    await press(popup, "Put everything back");
    await waitForCondition(async () => (await stage.ask(() => chrome.management.getAll())).every(({ enabled }) => enabled), {
      what: "all to be on",
    });
    await popup.close();
  }
} finally {
  await stage.close();
}

const at = (/** @type {number[]} */ all, /** @type {number} */ share) =>
  [...all].sort((a, b) => a - b)[Math.floor((all.length - 1) * share)];
const line = (/** @type {string} */ name, /** @type {number[]} */ all, less = 0) =>
  console.log(`${name.padEnd(44)}${[0.5, 0.05, 0.95].map((share) => String(Math.round(at(all, share) - less)).padStart(10)).join("")}`);
console.log(`a step of the search, 25 extensions, ${steps.length} steps; ms`);
console.log(`${"".padEnd(44)}${["median", "5 %", "95 %"].map((name) => name.padStart(10)).join("")}`);
line("from one reload to the next", steps);
line("control: bare reloads of the same page", bare);
line("a step beyond the page's own reload", steps, at(bare, 0.5));
line(`the same without the deliberate ${SPACING} ms`, steps, at(bare, 0.5) + SPACING);
