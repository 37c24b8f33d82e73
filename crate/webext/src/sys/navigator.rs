//! `navigator`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A worker's and a page's alike, for which web-sys has two types. It lacks what only some browsers have.
    #[wasm_bindgen(extends = web_sys::Navigator)]
    pub(crate) type Navigator;
    #[wasm_bindgen(thread_local_v2, js_name = navigator)]
    pub(crate) static NAVIGATOR: Navigator;
    #[wasm_bindgen(method, getter, js_name = userAgentData)]
    pub(crate) fn user_agent_data(this: &Navigator) -> Option<UserAgentData>;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn connection(this: &Navigator) -> Option<NetworkInformation>;

    pub(crate) type UserAgentData;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn brands(this: &UserAgentData) -> JsValue;

    pub(crate) type NetworkInformation;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn downlink(this: &NetworkInformation) -> Option<f64>;
}
