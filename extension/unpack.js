// The modules that lie within a script of ours are deflated and written in base64.

/** The bytes that are within `text`. */
const unpack = (text) => {
  // Where the browser has it, the first is many times quicker.
  const packed = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const inflated = new Response(packed).body.pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(inflated).arrayBuffer();
};
