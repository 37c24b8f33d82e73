// Tells block pages from all others: by the WebAssembly module that is inside this script or, where the page's policy forbids
// WebAssembly, by the background.

import { initSync, recognize } from "../module/content.js";
import PACKED from "../module/content.deflated";
import { loadId, responseStatus } from "./load.js";
import { send } from "./message.js";

/** Every error that is written as JSON has one of these. The background reads JSON; the module in this script does not. */
const WRITTEN_AS_JSON = /cloudflare_error|unsupported_country|"detail"/;

/**
 * The bytes of the module, which are deflated and written in base64. No second file can be loaded: nothing is web-accessible.
 * @param {string} text
 */
const inflate = (text) => {
  // Where the browser has it, the first way is many times faster.
  const packed = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const deflated = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (new Response(packed).body);
  const inflated = deflated.pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(inflated).arrayBuffer();
};

/** The module's function; `null` where the page's policy forbids WebAssembly. */
const loadModule = async () => {
  try {
    initSync({ module: await inflate(PACKED) });
    return recognize;
  } catch {
    return null;
  }
};

/**
 * A function that takes markup and resolves to the banner's words, if any, and to whether it is a challenge that still runs. On
 * the way it reports a block page or a challenge to the background.
 * @typedef {(html: string) => Promise<import("./message.js").Answer>} Recognize
 */

/** @returns {Promise<Recognize>} */
export const loadRecognizer = async () => {
  const recognizeHere = await loadModule();
  const nothing = { banner: null, runs: false };
  let hasReportedRun = false;
  return async (html) => {
    const status = responseStatus();
    const load = loadId();
    const ask = async () => (await send({ kind: "judge", status, html, load })) ?? nothing;
    if (recognizeHere === null || WRITTEN_AS_JSON.test(html)) {
      return ask();
    }
    const json = recognizeHere(status, location.href, html);
    if (json === undefined) {
      return nothing;
    }
    const { verdict, banner, runs } = JSON.parse(json);
    if (verdict.ended !== undefined) {
      // Only the background knows the words in which a challenge says why it has ended.
      return ask();
    }
    // A challenge that is watched is reported once while it runs, and once more when it has ended.
    if (!runs || !hasReportedRun) {
      hasReportedRun = runs;
      send({ kind: "seen", verdict, load });
    }
    return { banner, runs };
  };
};
