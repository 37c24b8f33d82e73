//! `chrome.cookies`.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "cookies"], js_name = getAll)]
    pub(crate) fn get_all(details: &JsValue) -> Result<Promise, JsValue>;
    pub(crate) type Cookies;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["chrome"], js_name = cookies)]
    pub(crate) static COOKIES: Cookies;
    /// Firefox has no such function, and Mozilla's linter warns of its full name.
    #[wasm_bindgen(catch, method, js_name = getPartitionKey)]
    pub(crate) fn get_partition_key(this: &Cookies, details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "cookies"])]
    pub(crate) fn remove(details: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "cookies"])]
    pub(crate) fn set(details: &JsValue) -> Result<Promise, JsValue>;
}
