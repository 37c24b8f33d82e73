//! `chrome.management`.

use js_sys::Promise;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = ["chrome", "management"], js_name = getAll)]
    pub(crate) fn get_all() -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "management"], js_name = setEnabled)]
    pub(crate) fn set_enabled(id: &str, enabled: bool) -> Result<Promise, JsValue>;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "management"], js_name = uninstallSelf)]
    pub(crate) fn uninstall_self(options: &JsValue) -> Result<Promise, JsValue>;
}
