// Starts the finished modules once, each within a script as it is shipped: what fails here would fail in every browser.
// node start.js SCRIPT...

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import vm from "node:vm";

for (const script of process.argv.slice(2)) {
  // A realm of its own, where a leak would show, with the names that the scripts have beside the language's own. The module
  // has to start in there, too: the glue tells its arguments apart by their realm's prototypes.
  const exports = await new Promise((started, failed) => {
    const realm = { TextDecoder, TextEncoder, Response, DecompressionStream, Uint8Array, atob, console, started };
    const page = vm.createContext(realm);
    const before = Object.keys(page);
    readFile(script, "utf8").then((text) => vm.runInContext(text, page)).then(() => {
      assert.deepEqual(Object.keys(page), before, `${script} leaks a global name`);
    }).catch(failed);
  });
  assert(exports.memory?.buffer?.byteLength > 0, `${script}: the module exports no memory`);
  assert.equal(typeof exports.__wbindgen_start, "function", `${script}: not a module of wasm-bindgen`);
}
