//! `chrome.alarms`.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "alarms"])]
    pub(crate) fn create(name: &str, info: &JsValue) -> Result<Promise, JsValue>;
}
