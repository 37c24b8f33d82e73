//! `chrome.windows`.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "windows"])]
    pub(crate) fn create(data: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "windows"])]
    pub(crate) fn update(id: i32, info: &JsValue) -> Result<Promise, JsValue>;
}
