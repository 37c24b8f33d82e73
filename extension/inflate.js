// The modules of WebAssembly are shipped deflated, which halves what Readmit takes on disk. The browser inflates and compiles
// them as they come.

/** The module within what `fetch` gives. @param {Promise<Response>} fetched */
export const inflate = async (fetched) => {
  const inflated = (await fetched).body.pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(inflated, { headers: { "content-type": "application/wasm" } });
};
