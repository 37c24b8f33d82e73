//! `chrome.cookies`.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "cookies"], js_name = getAll)]
    pub(crate) fn get_all(details: &JsValue) -> Result<Promise, JsValue>;
    /// Firefox has no such function.
    #[wasm_bindgen(catch, js_namespace = ["chrome", "cookies"], js_name = getPartitionKey)]
    pub(crate) fn get_partition_key(details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "cookies"])]
    pub(crate) fn remove(details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "cookies"])]
    pub(crate) fn set(details: &JsValue) -> Result<Promise, JsValue>;
}
