//! A browser for the tests of this crate: it notes each call of `chrome` and gives the answer that was laid down for it. Nothing of it
//! ships.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test's helpers may fail the test")]

use js_sys::JSON;
use serde_json::Value;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/fake/browser.js")]
extern "C" {
    /// Forgets everything that was laid down and noted.
    #[wasm_bindgen(js_name = reset)]
    fn reset_all();
    /// From now on there is no object or function of this name, as `notifications` or `runtime.getBrowserInfo`.
    pub(crate) fn lacks(name: &str);
    #[wasm_bindgen(js_name = resolves)]
    fn resolves_with(name: &str, value: JsValue);
    /// From now on this function refuses, with an error that says this.
    pub(crate) fn rejects(name: &str, words: &str);
    /// From now on this function throws, with an error that says this.
    pub(crate) fn throws(name: &str, words: &str);
    #[wasm_bindgen(js_name = tells)]
    fn tells_listeners(event: &str, arguments: JsValue);
    fn noted() -> JsValue;
    #[wasm_bindgen(js_name = navigatorHas)]
    fn navigator_has_member(name: &str, value: JsValue);
    /// From now on `fetch` gives this response.
    pub(crate) fn responds(status: u16, headers: JsValue, body: &str);
    /// From now on `fetch` gives nothing until it is aborted.
    #[wasm_bindgen(js_name = neverResponds)]
    pub(crate) fn never_responds();
}

/// A browser that has everything that Chromium has.
pub(crate) fn chromium() {
    reset_all();
    lacks("runtime.getBrowserInfo");
}

/// A browser that has everything that Firefox has.
pub(crate) fn firefox() {
    reset_all();
    lacks("cookies.getPartitionKey");
}

/// From now on this function resolves with this.
pub(crate) fn resolves(name: &str, value: &Value) {
    resolves_with(name, js(value));
}

/// Calls the listeners of an event.
pub(crate) fn tells(event: &str, arguments: &Value) {
    tells_listeners(event, js(arguments));
}

/// From now on the navigator has this member.
pub(crate) fn navigator_has(name: &str, value: &Value) {
    navigator_has_member(name, js(value));
}

/// The calls since this was last asked, each as its name and its arguments.
#[track_caller]
pub(crate) fn check_calls(expected: &Value) {
    let calls = JSON::stringify(&noted()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&String::from(calls)).as_ref().ok(), Some(expected));
}

/// A value of JavaScript's.
pub(crate) fn js(value: &Value) -> JsValue {
    JSON::parse(&value.to_string()).unwrap()
}
