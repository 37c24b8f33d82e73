//! [`action`](https://developer.chrome.com/docs/extensions/reference/api/action): the toolbar button.

use wasm_bindgen_futures::JsFuture;

use crate::value::object;
use crate::{ApiError, sys};

/// Opens the popup over a window. Refused when the window has no focus, or the browser wants a click first.
pub async fn open_popup(window: i32) -> Result<(), ApiError> {
    JsFuture::from(sys::open_popup(&object(&[("windowId", window.into())]))?).await?;
    Ok(())
}

/// Puts a text on the button while the tab shows its present page; an empty one takes it off.
pub async fn set_badge(tab: i32, text: &str) -> Result<(), ApiError> {
    if !text.is_empty() {
        JsFuture::from(sys::set_badge_background_color(&object(&[("tabId", tab.into()), ("color", "#b3261e".into())]))?).await?;
        JsFuture::from(sys::set_badge_text_color(&object(&[("tabId", tab.into()), ("color", "#ffffff".into())]))?).await?;
    }
    JsFuture::from(sys::set_badge_text(&object(&[("tabId", tab.into()), ("text", text.into())]))?).await?;
    Ok(())
}
