// What the stories of "Tell me when it’s back" need: a Readmit that may notify, and minutes that pass at once.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stopWorker, waitForCondition, workerOf } from "./browser.js";
import { CHROME } from "./scene.js";

/** The service is down. */
export const OUTAGE = { page: "522-generation-b", status: 522 };

/**
 * Readmit with the leave to notify given at install, for no driver can answer the browser's question. It is the only
 * difference. @param {import("node:test").TestContext} t
 */
export function allowedToNotify(t) {
  const directory = mkdtempSync(join(tmpdir(), "notifies-"));
  t.after(() => rmSync(directory, { recursive: true }));
  cpSync(CHROME, directory, { recursive: true });
  const file = join(directory, "manifest.json");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  manifest.permissions.push(...manifest.optional_permissions);
  manifest.optional_permissions = [];
  writeFileSync(file, JSON.stringify(manifest));
  return directory;
}

/**
 * Who is waited for, as it is kept. @param {Pick<import("./scene.js").Stage, "ask">} stage
 * @returns {Promise<{ host: string, next?: number, looks?: number, told?: boolean }[]>}
 */
export const keptOf = ({ ask }) =>
  ask(async () => (/** @type {any} */ (await chrome.storage.local.get("lookouts"))).lookouts?.value.sites ?? []);

/**
 * As if the computer had slept until the next look was due: the kept time lies in the past when the worker starts.
 * @param {import("./scene.js").Stage} stage
 */
export async function untilNextLook(stage) {
  await waitForCondition(async () => (await keptOf(stage)).some(({ next }) => next), { what: "the watch to be kept" });
  await stage.ask(async () => {
    const { lookouts } = /** @type {any} */ (await chrome.storage.local.get("lookouts"));
    for (const site of lookouts.value.sites) if (site.next) site.next = Date.now() - 1;
    await chrome.storage.local.set({ lookouts });
  });
  await stopWorker(stage.browser, stage.readmit);
  await workerOf(stage.browser, stage.readmit);
}
