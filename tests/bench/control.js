// The controls that are extensions of their own: the least that could do the same job, written by hand, without Readmit's
// care. They are measured beside Readmit and are part of no package.

import { copyFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHROME } from "../e2e/scene.js";

const HOSTS = ["https://chatgpt.com/*", "https://*.openai.com/*"];

/** A bar at once, whatever the page is. */
const BAR = `
const status = performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0;
if (status >= 400) {
  const bar = document.createElement("control-bar");
  bar.textContent = "This page refused you.";
  bar.style.cssText = "position:fixed;inset-inline:0;top:0;height:48px;background:#fff";
  document.documentElement.append(bar);
}
`;

/** A list of names, and nothing else. */
const LIST = `
const all = await chrome.runtime.sendMessage("list");
for (const { name } of all) {
  const row = document.createElement("p");
  row.dataset.extension = name;
  row.textContent = name;
  document.body.append(row);
}
document.body.dataset.done = "";
`;

/**
 * The same list with the popup's own markup and style, put up by hand: what its look costs by itself. Its rows have a switch and a
 * pin; they are in any order, and it says nothing else.
 */
const LOOK = `
chrome.runtime.sendMessage("list").then((all) => {
  const pattern = document.getElementById("extension-row").content.firstElementChild;
  const rows = all.map(({ id, name }) => {
    const row = pattern.cloneNode(true);
    row.dataset.extension = id;
    row.querySelector(".letter").textContent = name[0];
    row.querySelector(".name").textContent = name;
    row.querySelector(".pin").setAttribute("aria-label", name);
    row.querySelector(".switch").setAttribute("aria-label", name);
    return row;
  });
  document.getElementById("waiting").hidden = true;
  document.getElementById("rows").append(...rows);
});
`;

/** A page that asks at once, and knows nothing to do with the answer. */
const ASK = `
const response = await fetch(new URLSearchParams(location.search).get("url"), { cache: "no-store", credentials: "include" });
await response.text();
document.querySelector("main").dataset.phase = "answered";
`;

/** The least that a content script of ours could do on an ordinary page: find out that it is one, and listen. */
const LISTEN = `
if ((performance.getEntriesByType("navigation")[0]?.responseStatus ?? 0) < 400) {
  new PerformanceObserver(() => {}).observe({ type: "resource", buffered: true });
}
`;

/** Asks for the clearing, and says that it is done. */
const CLEAR = `
document.querySelector("main").textContent = "Clear";
addEventListener("click", async () => {
  const left = await chrome.runtime.sendMessage({ clear: Number(new URLSearchParams(location.search).get("tab")) });
  document.querySelector("main").textContent = left === 0 ? "Checked: nothing is left" : "There is something left";
});
`;

/**
 * What no clearing is without that can be taken back and proves what it did, by the bare calls: it writes down that it began,
 * counts, keeps the cookies, removes, and counts again. The origins are those that Readmit clears: with more it takes longer.
 */
const CLEARING = `
const count = async (tabId) => {
  const [a, b, [{ result }]] = await Promise.all([
    chrome.cookies.getAll({ domain: "chatgpt.com", partitionKey: {} }),
    chrome.cookies.getAll({ domain: "openai.com", partitionKey: {} }),
    chrome.scripting.executeScript({ target: { tabId }, files: ["inventory.js"] }),
  ]);
  return { cookies: [...a, ...b], stored: result };
};
const ORIGINS = [
  ...["", "www.", "sora.", "ws."].map((name) => "https://" + name + "chatgpt.com"),
  ...["", "www.", "chat.", "auth.", "auth0.", "platform.", "sentinel.", "help.", "community."].map((name) => "https://" + name + "openai.com"),
];
const KINDS = { cookies: true, cache: true, localStorage: true, indexedDB: true, serviceWorkers: true, cacheStorage: true, fileSystems: true };
const clear = async (tabId) => {
  const [found] = await Promise.all([count(tabId), chrome.storage.session.set({ clearing: "counting" })]);
  await chrome.storage.session.set({ clearing: "removing", jar: found.cookies });
  await chrome.browsingData.remove({ origins: ORIGINS }, KINDS);
  const left = await count(tabId);
  return left.cookies.length + left.stored;
};
`;

/** At its installation it puts the bar into the tabs that are open. */
const WORKER = `
chrome.runtime.onInstalled.addListener(async () => {
  for (const { id } of await chrome.tabs.query({})) chrome.scripting.executeScript({ target: { tabId: id }, files: ["bar.js"] }).catch(() => {});
});
chrome.runtime.onMessage.addListener((message, _sender, respond) => {
  if (message === "list") {
    chrome.management.getAll().then(respond);
    return true;
  }
  if (message.clear) {
    clear(message.clear).then(respond);
    return true;
  }
  respond("pong");
});
`;

/** Answers once a module is there, and does nothing with it. */
const LOADING = `
const compiled = WebAssembly.compileStreaming(fetch("module.wasm"));
chrome.runtime.onMessage.addListener((_message, _sender, respond) => {
  compiled.then(() => respond("pong"));
  return true;
});
`;

/**
 * @param {string} directory
 * @param {{ script?: "bar.js" | "listen.js", isLoading?: boolean }} [options] `script`: which of them runs in pages;
 *   `isLoading`: does the worker compile Readmit's module before it answers?
 * @returns {string} the folder of the control
 */
export function writeControl(directory, { script = "bar.js", isLoading = false } = {}) {
  const path = join(directory, `control-${script}-${isLoading}`);
  mkdirSync(path, { recursive: true });
  const write = (/** @type {string} */ file, /** @type {string} */ text) => writeFileSync(join(path, file), text);
  const page = (/** @type {string} */ name, /** @type {string} */ text) => {
    write(`${name}.js`, text);
    write(`${name}.html`, `<!doctype html><meta charset="utf-8"><title>Control</title><main></main><script type="module" src="${name}.js"></script>\n`);
  };
  write("bar.js", BAR);
  write("listen.js", LISTEN);
  page("list", LIST);
  page("ask", ASK);
  page("clear", CLEAR);
  write("page.js", LOOK);
  cpSync(join(CHROME, "popup"), join(path, "popup"), { recursive: true });
  copyFileSync(join(CHROME, "inventory.js"), join(path, "inventory.js"));
  if (isLoading) {
    copyFileSync(join(CHROME, "background.wasm"), join(path, "module.wasm"));
    write("worker.js", LOADING);
  } else {
    write("worker.js", CLEARING + WORKER);
  }
  write(
    "manifest.json",
    JSON.stringify({
      manifest_version: 3,
      name: "Control",
      version: "1",
      permissions: ["management", "browsingData", "scripting", "cookies", "storage"],
      host_permissions: HOSTS,
      background: { service_worker: "worker.js" },
      content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'" },
      content_scripts: [{ matches: HOSTS, js: [script], run_at: "document_end" }],
    }),
  );
  return path;
}
