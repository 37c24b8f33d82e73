//! [`action`](https://developer.chrome.com/docs/extensions/reference/api/action): the toolbar button.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::object;
use crate::{ApiError, sys};

/// Opens the popup over a window. Refused when the window has no focus, or the browser wants a click first.
pub async fn open_popup(window: i32) -> Result<(), ApiError> {
    JsFuture::from(sys::open_popup(&object(&[("windowId", window.into())]))?).await?;
    Ok(())
}

/// Puts a text on the button while the tab shows its present page, or over every page that has none of its own; an empty
/// one takes it off.
pub async fn set_badge(tab: Option<i32>, text: &str) -> Result<(), ApiError> {
    let details = |name, value| object(&[("tabId", tab.map_or(JsValue::UNDEFINED, JsValue::from)), (name, value)]);
    if !text.is_empty() {
        let color = if tab.is_some() { "#b3261e" } else { "#1b6e3c" };
        JsFuture::from(sys::set_badge_background_color(&details("color", color.into()))?).await?;
        JsFuture::from(sys::set_badge_text_color(&details("color", "#ffffff".into()))?).await?;
    }
    // An empty text of a tab's own would hide the one for all.
    let text = if text.is_empty() { JsValue::NULL } else { text.into() };
    JsFuture::from(sys::set_badge_text(&details("text", text))?).await?;
    Ok(())
}
