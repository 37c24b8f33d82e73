//! [`i18n`](https://developer.chrome.com/docs/extensions/reference/api/i18n): the words in `_locales`.

use js_sys::Array;
use wasm_bindgen::JsValue;

use crate::sys::i18n as sys;

/// The message in the browser's language; empty when there is none of this name.
pub fn message(key: &str, args: &[String]) -> String {
    let substitutions: Array = args.iter().map(|arg| JsValue::from_str(arg)).collect();
    sys::get_message(key, &substitutions)
}

/// The browser's language, as a tag such as `de` or `pt-BR`.
pub fn language() -> String {
    sys::get_ui_language()
}
