// What wasm-bindgen makes of `crate/app/pages`, as far as `page.js` uses it.

/** A connection that was made before the module was ready: the last message heard, and whether it has ended. */
export interface EarlyConnection {
  port: chrome.runtime.Port;
  tab: number | undefined;
  heard: unknown;
  lost: boolean;
}

export default function init(source: { module_or_path: Promise<Response> }): Promise<unknown>;
export function start_popup(early: EarlyConnection): void;
export function start_options(early: EarlyConnection): void;
