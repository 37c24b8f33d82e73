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
