//! What the browser says of itself and of its connection: [`navigator`](https://developer.mozilla.org/docs/Web/API/Navigator).

use serde::Deserialize;

use crate::sys::navigator::{NAVIGATOR, Navigator};
use crate::value::{decode, member};

/// What the browser calls itself in requests.
pub fn user_agent() -> String {
    NAVIGATOR.with(|navigator| navigator.user_agent()).unwrap_or_default()
}

/// The brands that the browser says it is of; none where it does not say.
pub fn brands() -> Vec<String> {
    #[derive(Deserialize)]
    struct Brand {
        brand: String,
    }
    let data = NAVIGATOR.with(Navigator::user_agent_data);
    let brands: Option<Vec<Brand>> = data.and_then(|data| decode(data.brands()));
    brands.unwrap_or_default().into_iter().map(|brand| brand.brand).collect()
}

/// Does the browser say that it has no connection at all?
pub fn is_offline() -> bool {
    NAVIGATOR.with(|navigator| !navigator.on_line())
}

/// The browser's own estimate of what the connection carries, in kilobits a second. `None` where it makes none.
///
/// Source: [`NetworkInformation.downlink`](https://developer.mozilla.org/docs/Web/API/NetworkInformation/downlink).
pub fn downlink() -> Option<u32> {
    let megabits = NAVIGATOR.with(Navigator::connection)?.downlink()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "browsers say at most some thousand megabits")]
    Some((megabits * 1000.0).clamp(0.0, 1e9) as u32)
}

/// Is there an object of this name, in the global object, the navigator, or beside the extension's own functions? Some
/// browsers have one that no other has.
pub fn has_object(name: &str) -> bool {
    let global = js_sys::global();
    ["navigator", "chrome"].iter().any(|place| member(&member(&global, place), name).is_object())
        || member(&global, name).is_object()
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::navigator_has;

    #[wasm_bindgen_test]
    fn what_only_some_browsers_tell_may_be_missing() {
        for name in ["userAgentData", "connection"] {
            navigator_has(name, &json!(null));
        }
        assert_eq!((brands(), downlink()), (Vec::new(), None));
        navigator_has("connection", &json!({ "type": "wifi" }));
        assert_eq!(downlink(), None);
        navigator_has("connection", &json!({ "downlink": 9.75 }));
        navigator_has("userAgentData", &json!({ "brands": [{ "brand": "Chromium", "version": "156" }] }));
        assert_eq!((brands(), downlink()), (vec!["Chromium".to_owned()], Some(9750)));
    }

    #[wasm_bindgen_test]
    fn a_browser_says_who_it_is_and_whether_it_is_offline() {
        navigator_has("userAgent", &json!("Mozilla/5.0"));
        navigator_has("onLine", &json!(true));
        assert_eq!((user_agent().as_str(), is_offline()), ("Mozilla/5.0", false));
        navigator_has("onLine", &json!(false));
        assert!(is_offline());
        assert!(!has_object("brave"));
        navigator_has("brave", &json!({}));
        assert!(has_object("brave"));
    }
}
