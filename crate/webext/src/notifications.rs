//! [`notifications`](https://developer.chrome.com/docs/extensions/reference/api/notifications), an optional permission: without
//! it the functions are not even there, and each call says so.

use serde::Serialize;

use crate::ApiError;
use crate::sys::notifications as sys;
use crate::value::encode;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NotificationOptions<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    icon_url: &'a str,
    title: &'a str,
    message: &'a str,
}

/// Shows one. It replaces the one that this name has.
pub async fn show(name: &str, icon_url: &str, title: &str, message: &str) -> Result<(), ApiError> {
    sys::create(name, &encode(&NotificationOptions { kind: "basic", icon_url, title, message })?)?.await?;
    Ok(())
}

/// Takes it away.
pub async fn clear(name: &str) -> Result<(), ApiError> {
    sys::clear(name)?.await?;
    Ok(())
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium, lacks};

    #[wasm_bindgen_test]
    async fn a_notification_has_an_icon_a_title_and_a_message() {
        chromium();
        show("chatgpt.com", "icons/128.png", "Back", "ChatGPT is back.").await.unwrap();
        clear("chatgpt.com").await.unwrap();
        check_calls(&json!([
            [
                "notifications.create",
                "chatgpt.com",
                { "type": "basic", "iconUrl": "icons/128.png", "title": "Back", "message": "ChatGPT is back." },
            ],
            ["notifications.clear", "chatgpt.com"],
        ]));
    }

    #[wasm_bindgen_test]
    async fn without_the_permission_each_call_fails() {
        chromium();
        lacks("notifications");
        assert!(matches!(clear("a").await, Err(ApiError::Refused(_))));
        assert!(matches!(show("a", "", "", "").await, Err(ApiError::Refused(_))));
    }
}
