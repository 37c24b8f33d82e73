// Starts the finished modules once, and the bundled content script: what fails here would fail in every browser.
// node start.js FOLDER, where the build has gathered and bundled the scripts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import vm from "node:vm";

const folder = resolve(process.argv[2] ?? ".");

for (const name of ["background", "pages", "content"]) {
  const { initSync } = await import(pathToFileURL(join(folder, "module", `${name}.js`)).href);
  const exports = initSync({ module: readFileSync(join(folder, "module", `${name}.wasm`)) });
  assert(exports.memory?.buffer?.byteLength > 0, `${name}: the module exports no memory`);
  assert.equal(typeof exports.__wbindgen_start, "function", `${name}: not a module of wasm-bindgen`);
}

// Other content scripts of ours share the globals of its world, and so does what the background runs in the tab. Here it
// meets an open page, as nearly everywhere.
let observed = 0;
class PerformanceObserver {
  observe() {
    observed += 1;
  }
}
const performance = { getEntriesByType: () => [{ responseStatus: 200 }] };
const world = vm.createContext({ performance, PerformanceObserver, TextDecoder, TextEncoder });
const before = Object.keys(world);
// The browser and the background may both run it.
for (let run = 0; run < 2; run += 1) vm.runInContext(readFileSync(join(folder, "bundled/content.js"), "utf8"), world);
assert.equal(observed, 1, "content.js does not listen to the requests of an open page, or does so twice");
assert.deepEqual(Object.keys(world), [...before, "isReadmitHere"], "content.js leaks a global name");
