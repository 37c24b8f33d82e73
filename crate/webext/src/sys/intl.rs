//! What js-sys lacks of `Intl`.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl)]
    pub(crate) type Locale;
    #[wasm_bindgen(constructor, catch, js_namespace = Intl)]
    pub(crate) fn new(tag: &str) -> Result<Locale, JsValue>;
    /// `undefined` for a tag without a country.
    #[wasm_bindgen(method, catch, js_name = getTimeZones)]
    pub(crate) fn get_time_zones(this: &Locale) -> Result<JsValue, JsValue>;
}
