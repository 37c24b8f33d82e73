//! `chrome.runtime`, and the events of all APIs.

use js_sys::Function;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = ["chrome", "runtime"], js_name = id)]
    pub(crate) static ID: String;
    #[wasm_bindgen(js_namespace = ["chrome", "runtime"], js_name = getURL)]
    pub(crate) fn get_url(path: &str) -> String;
    #[wasm_bindgen(catch, js_namespace = ["chrome", "runtime"])]
    pub(crate) fn connect(info: &JsValue) -> Result<Port, JsValue>;

    pub(crate) type Runtime;
    #[wasm_bindgen(thread_local_v2, js_namespace = ["chrome"], js_name = runtime)]
    pub(crate) static RUNTIME: Runtime;
    /// Only Firefox has this function.
    #[wasm_bindgen(method, getter, js_name = getBrowserInfo)]
    pub(crate) fn get_browser_info(this: &Runtime) -> Option<Function>;

    /// One end of a connection.
    #[derive(Clone, Debug)]
    pub type Port;
    /// What the other end called it.
    #[wasm_bindgen(method, getter)]
    pub fn name(this: &Port) -> String;
    /// Who opened it, as the browser says.
    #[wasm_bindgen(method, getter)]
    pub fn sender(this: &Port) -> JsValue;
    /// Ends the connection.
    #[wasm_bindgen(method)]
    pub fn disconnect(this: &Port);
    #[wasm_bindgen(catch, method, js_name = postMessage)]
    pub(crate) fn post_message(this: &Port, message: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, getter, js_name = onMessage)]
    pub(crate) fn message_event(this: &Port) -> BrowserEvent;
    #[wasm_bindgen(method, getter, js_name = onDisconnect)]
    pub(crate) fn disconnect_event(this: &Port) -> BrowserEvent;

    /// `events.Event`: what every `on...` of an extension API is.
    pub(crate) type BrowserEvent;
    #[wasm_bindgen(method, js_name = addListener)]
    pub(crate) fn add_listener(this: &BrowserEvent, listener: &Function);
    #[wasm_bindgen(method, js_name = removeListener)]
    pub(crate) fn remove_listener(this: &BrowserEvent, listener: &Function);
}
