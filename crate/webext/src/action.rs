//! [`action`](https://developer.chrome.com/docs/extensions/reference/api/action): the toolbar button.

use serde::Serialize;

use crate::ApiError;
use crate::sys::action as sys;
use crate::value::encode;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OpenPopupOptions {
    window_id: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BadgeColor<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    tab_id: Option<i32>,
    color: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BadgeText<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    tab_id: Option<i32>,
    /// `null` takes it off. An empty text of a tab's own would hide the one for all.
    text: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Title<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    tab_id: Option<i32>,
    title: &'a str,
}

/// Opens the popup over a window. Refused when the window has no focus, or the browser wants a click first.
pub async fn open_popup(window: i32) -> Result<(), ApiError> {
    sys::open_popup(&encode(&OpenPopupOptions { window_id: window })?)?.await?;
    Ok(())
}

/// Puts a text on the button while the tab shows its present page, or over every page that has none of its own; an empty
/// one takes it off. `color` is its background, as CSS writes it.
pub async fn set_badge(tab: Option<i32>, text: &str, color: &str) -> Result<(), ApiError> {
    if !text.is_empty() {
        sys::set_badge_background_color(&encode(&BadgeColor { tab_id: tab, color })?)?.await?;
        sys::set_badge_text_color(&encode(&BadgeColor { tab_id: tab, color: "#ffffff" })?)?.await?;
    }
    let text = (!text.is_empty()).then_some(text);
    sys::set_badge_text(&encode(&BadgeText { tab_id: tab, text })?)?.await?;
    Ok(())
}

/// Sets the button's title while the tab shows its present page, or over every page that has none of its own.
pub async fn set_title(tab: Option<i32>, title: &str) -> Result<(), ApiError> {
    sys::set_title(&encode(&Title { tab_id: tab, title })?)?.await?;
    Ok(())
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium};

    #[wasm_bindgen_test]
    async fn the_popup_opens_over_a_window() {
        chromium();
        open_popup(7).await.unwrap();
        check_calls(&json!([["action.openPopup", { "windowId": 7 }]]));
    }

    #[wasm_bindgen_test]
    async fn a_badge_belongs_to_a_tab_or_to_all() {
        chromium();
        set_badge(Some(3), "!", "#b3261e").await.unwrap();
        check_calls(&json!([
            ["action.setBadgeBackgroundColor", { "tabId": 3, "color": "#b3261e" }],
            ["action.setBadgeTextColor", { "tabId": 3, "color": "#ffffff" }],
            ["action.setBadgeText", { "tabId": 3, "text": "!" }],
        ]));
        set_badge(None, "", "#b3261e").await.unwrap();
        check_calls(&json!([["action.setBadgeText", { "text": null }]]));
    }

    #[wasm_bindgen_test]
    async fn a_title_belongs_to_a_tab_or_to_all() {
        chromium();
        set_title(Some(3), "Error 1020").await.unwrap();
        set_title(None, "Readmit").await.unwrap();
        check_calls(&json!([
            ["action.setTitle", { "tabId": 3, "title": "Error 1020" }],
            ["action.setTitle", { "title": "Readmit" }],
        ]));
    }
}
