// The controls that are extensions of their own: the least that could do the same job, written by hand, without Readmit's
// care. They are measured beside Readmit and are part of no package.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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

const WORKER = `
chrome.runtime.onMessage.addListener((message, _sender, respond) => {
  if (message === "list") {
    chrome.management.getAll().then(respond);
    return true;
  }
  respond("pong");
});
`;

/**
 * @param {string} directory
 * @param {"bar.js" | "listen.js"} script which of them runs in pages
 * @returns {string} the folder of the control
 */
export function writeControl(directory, script = "bar.js") {
  const path = join(directory, `control-${script}`);
  mkdirSync(path, { recursive: true });
  const write = (/** @type {string} */ file, /** @type {string} */ text) => writeFileSync(join(path, file), text);
  write("bar.js", BAR);
  write("list.js", LIST);
  write("list.html", '<!doctype html><meta charset="utf-8"><title>List</title><script type="module" src="list.js"></script>\n');
  write("ask.js", ASK);
  write("ask.html", '<!doctype html><meta charset="utf-8"><title>Ask</title><main></main><script type="module" src="ask.js"></script>\n');
  write("listen.js", LISTEN);
  write("worker.js", WORKER);
  write(
    "manifest.json",
    JSON.stringify({
      manifest_version: 3,
      name: "Control",
      version: "1",
      permissions: ["management", "browsingData", "scripting"],
      host_permissions: HOSTS,
      background: { service_worker: "worker.js" },
      content_scripts: [{ matches: HOSTS, js: [script], run_at: "document_end" }],
    }),
  );
  return path;
}
