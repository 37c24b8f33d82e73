// Tells block pages from all others: by the WebAssembly module that is inside this script or, where the page's policy forbids
// WebAssembly, by the background.

import PACKED from "../module/content.deflated";
import { loadId, responseStatus } from "./load.js";
import { send } from "./message.js";

/** Every error that is written as JSON has one of these. The background reads JSON; the module in this script does not. */
const WRITTEN_AS_JSON = /cloudflare_error|unsupported_country/;

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
    const module = await inflate(PACKED);
    // Evaluated only here: an ordinary page does not pay for it.
    const { initSync, recognize } = await import("./wasm.js");
    initSync({ module });
    return recognize;
  } catch {
    return null;
  }
};

/**
 * A function that takes markup and resolves to the banner's words, or to `null`. On the way it reports a block page to the
 * background.
 * @typedef {(html: string) => Promise<import("./message.js").BannerWords | null>} Recognize
 */

/** @returns {Promise<Recognize>} */
export const loadRecognizer = async () => {
  const recognize = await loadModule();
  return async (html) => {
    const status = responseStatus();
    const load = loadId();
    if (recognize === null || WRITTEN_AS_JSON.test(html)) {
      const answer = await send({ kind: "judge", status, html, load });
      return answer?.banner ?? null;
    }
    const json = recognize(status, location.href, html);
    if (json === undefined) {
      return null;
    }
    const { verdict, banner } = JSON.parse(json);
    send({ kind: "seen", verdict, load });
    return banner;
  };
};
