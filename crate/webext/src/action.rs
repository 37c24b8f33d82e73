//! [`action`](https://developer.chrome.com/docs/extensions/reference/api/action): the toolbar button.

use serde::Serialize;
use wasm_bindgen_futures::JsFuture;

use crate::value::to_js;
use crate::{ApiError, sys};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Window {
    window_id: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BadgeText<'a> {
    tab_id: i32,
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BadgeColor {
    tab_id: i32,
    color: &'static str,
}

/// Opens the popup over a window. Refused when the window has no focus, or the browser wants a click first.
pub async fn open_popup(window: i32) -> Result<(), ApiError> {
    JsFuture::from(sys::open_popup(&to_js(&Window { window_id: window })?)?).await?;
    Ok(())
}

/// Puts a text on the button while the tab shows its present page; an empty one takes it off.
pub async fn set_badge(tab: i32, text: &str) -> Result<(), ApiError> {
    if !text.is_empty() {
        JsFuture::from(sys::set_badge_background_color(&to_js(&BadgeColor { tab_id: tab, color: "#b3261e" })?)?).await?;
        JsFuture::from(sys::set_badge_text_color(&to_js(&BadgeColor { tab_id: tab, color: "#ffffff" })?)?).await?;
    }
    JsFuture::from(sys::set_badge_text(&to_js(&BadgeText { tab_id: tab, text })?)?).await?;
    Ok(())
}
