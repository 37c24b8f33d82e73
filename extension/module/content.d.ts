// What wasm-bindgen makes of `crate/content`, as far as the content script uses it.

export function initSync(source: { module: ArrayBuffer }): unknown;

/** JSON of `Recognized`; `undefined` for what is no block page. */
export function recognize(status: number, url: string, html: string): string | undefined;
