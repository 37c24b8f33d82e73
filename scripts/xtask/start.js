// Starts the finished modules once, each with its real glue: what fails here would fail in every browser.
// node start.js CONTENT_JS {GLUE WASM}...

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { inflateRawSync } from "node:zlib";

const [contentScript, ...own] = process.argv.slice(2);

function check(name, exports) {
  assert(exports.memory?.buffer?.byteLength > 0, `${name} exports no memory`);
  assert.equal(typeof exports.__wbindgen_start, "function", `${name} is not a module of wasm-bindgen`);
}

while (own.length > 0) {
  const [glue, wasm] = own.splice(0, 2);
  const { initSync } = await import(pathToFileURL(glue));
  check(glue, initSync({ module: await readFile(wasm) }));
}

// A realm of its own, where a leak would show, with the names that a content script has beside the language's own. The
// module has to start in there, too: the glue tells its arguments apart by their realm's prototypes.
const started = [];
const unpack = (text) => inflateRawSync(Buffer.from(text, "base64"));
const page = vm.createContext({ TextDecoder, TextEncoder, unpack, console, started: (exports) => started.push(exports) });
const before = Object.keys(page);
vm.runInContext(await readFile(contentScript, "utf8"), page);
assert.equal(started.length, 1, "content does not reach its loader");
check("content", started[0]);
assert.deepEqual(Object.keys(page), before, "content leaks a global name");
