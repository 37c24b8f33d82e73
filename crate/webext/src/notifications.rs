//! [`notifications`](https://developer.chrome.com/docs/extensions/reference/api/notifications), an optional permission: without
//! it the functions are not even there, and each call says so.

use wasm_bindgen_futures::JsFuture;

use crate::value::object;
use crate::{ApiError, sys};

/// Shows one. It replaces the one that this name has.
pub async fn show(name: &str, icon: &str, title: &str, message: &str) -> Result<(), ApiError> {
    let members = [("type", "basic"), ("iconUrl", icon), ("title", title), ("message", message)];
    JsFuture::from(sys::create_notification(name, &object(&members.map(|(member, text)| (member, text.into()))))?).await?;
    Ok(())
}

/// Takes it away.
pub async fn clear(name: &str) -> Result<(), ApiError> {
    JsFuture::from(sys::clear_notification(name)?).await?;
    Ok(())
}
