//! `chrome.browsingData`.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "browsingData"])]
    pub(crate) fn remove(options: &JsValue, types: &JsValue) -> Result<Promise, JsValue>;
}
