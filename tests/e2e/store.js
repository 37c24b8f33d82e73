// The pictures for the stores' pages, 1280 by 800, of the real extension at its work: node tests/e2e/store.js [FOLDER]
// A picture is the tab with the popup laid over it where the browser shows it; neither is drawn by hand.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { innocents } from "../extensions/innocents.js";
import { waitForCondition } from "./browser.js";
import { APP, bannerShown, drawnPopup, openStage, phaseIs, press, REFUSAL, untilRefused } from "./scene.js";

const folder = process.argv[2] ?? fileURLToPath(new URL("../../docs/store/screenshots/", import.meta.url));
const SIZE = { width: 1280, height: 800 };
const STALE = { host: "chatgpt.com", path: "/", when: { cookies: { cf_clearance: true } }, then: REFUSAL };
const HEADER = { host: "chatgpt.com", path: "/", when: { headers: { "x-header-tweaker": true } }, then: REFUSAL };
const OUTAGE = { host: "chatgpt.com", path: "/", then: { page: "522-generation-b", status: 522 } };
const TWEAKER = { kind: /** @type {const} */ ("header-rewriter"), name: "Header Tweaker" };

/** @param {import("./scene.js").Page} page */
const seen = (page) => page.screenshot({ encoding: "base64" });

/**
 * @param {import("./scene.js").Stage} stage
 * @param {string} name
 * @param {import("./scene.js").Page} [popup]
 */
async function picture({ browser, page }, name, popup) {
  const over = popup && (await popup.screenshot({ encoding: "base64" }));
  await page.bringToFront();
  const below = await seen(page);
  const easel = await browser.newPage();
  await easel.setViewport(SIZE);
  await easel.setContent(`<style>
    body { margin: 0 }
    img { position: absolute; inset: 0 auto auto 0; width: 1280px }
    img + img { inset: 12px 24px auto auto; width: 380px; border-radius: 12px; box-shadow: 0 0 0 1px #0002, 0 12px 48px #0006 }
  </style>${[below, over].filter(Boolean).map((data) => `<img src="data:image/png;base64,${data}">`).join("")}`);
  await easel.screenshot({ path: /** @type {`${string}.png`} */ (join(folder, `${name}.png`)) });
  await easel.close();
  console.log(name);
}

/** @param {Parameters<typeof openStage>[0]} options @param {(stage: import("./scene.js").Stage) => Promise<void>} play */
async function scene(options, play) {
  const stage = await openStage(options);
  try {
    await stage.page.setViewport(SIZE);
    await stage.page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
    await play(stage);
  } finally {
    await stage.close();
  }
}

/** @param {import("./scene.js").Stage} stage */
async function refused(stage) {
  await untilRefused(stage.page);
  await bannerShown(stage.page);
}

/** @param {import("./scene.js").Stage} stage @param {string} phase */
async function popupOn(stage, phase) {
  const popup = await drawnPopup(stage, phase);
  await popup.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
  return popup;
}

mkdirSync(folder, { recursive: true });
await scene({ wishes: [TWEAKER, ...innocents(14)], rules: [HEADER] }, async (stage) => {
  await refused(stage);
  await picture(stage, "1-banner");
  await picture(stage, "2-cause", await popupOn(stage, "answered"));
  const popup = await popupOn(stage, "answered");
  await press(popup, "Find the extension");
  await phaseIs(popup, "found");
  await waitForCondition(async () => (await stage.page.title()) === "ChatGPT", { what: "the page to be open" });
  await picture(stage, "3-found", popup);
});
await scene({ wishes: innocents(6) }, async (stage) => {
  await stage.page.goto(`${APP}seed`);
  await stage.page.waitForSelector("html[data-seeded=yes]");
  stage.edge.setRules([STALE]);
  await refused(stage);
  const popup = await popupOn(stage, "answered");
  stage.edge.site.visitCookies = [];
  await press(popup, "Clear ChatGPT data");
  await phaseIs(popup, "done");
  await waitForCondition(async () => /Checked:/.test(await popup.$eval("main", (main) => main.innerText)), { what: "the check that nothing is left" });
  await picture(stage, "4-cleared", popup);
});
await scene({ wishes: innocents(6), rules: [OUTAGE] }, async (stage) => {
  stage.edge.status.openai.set({ indicator: "major", incidents: [{ name: "Elevated error rates on ChatGPT" }] });
  await refused(stage);
  await picture(stage, "5-outage", await popupOn(stage, "answered"));
});
