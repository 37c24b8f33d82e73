//! `chrome.tabs`.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::runtime::BrowserEvent;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"])]
    pub(crate) fn create(properties: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"])]
    pub(crate) fn get(id: i32) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"])]
    pub(crate) fn query(info: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"], js_name = sendMessage)]
    pub(crate) fn send_message(id: i32, message: &JsValue, options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "tabs"])]
    pub(crate) fn update(id: i32, properties: &JsValue) -> Result<Promise, JsValue>;

    #[wasm_bindgen(thread_local_v2, js_namespace = ["chrome", "tabs"], js_name = onUpdated)]
    pub(crate) static ON_UPDATED: BrowserEvent;
    /// What `onUpdated` tells beside the tab's number.
    pub(crate) type ChangeInfo;
    /// Only of a change of it.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn status(this: &ChangeInfo) -> Option<String>;
}
