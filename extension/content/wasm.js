// What the content script takes of its WebAssembly module's glue. A module of its own, so that the glue is evaluated only on
// block pages and the bundle leaves out the rest of it.

export { initSync, recognize } from "../module/content.js";
