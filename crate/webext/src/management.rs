//! [`management`](https://developer.chrome.com/docs/extensions/reference/api/management): the other extensions.

use serde::de::DeserializeOwned;
use wasm_bindgen_futures::JsFuture;

use crate::value::from_js;
use crate::{ApiError, sys};

/// All extensions, themes and apps.
pub async fn all<T: DeserializeOwned>() -> Result<Vec<T>, ApiError> {
    from_js(JsFuture::from(sys::get_extensions()?).await?)
}

/// Switches one. Chromium needs no click for it; Firefox refuses it unless a policy installed us.
pub async fn set_enabled(id: &str, enabled: bool) -> Result<(), ApiError> {
    JsFuture::from(sys::set_enabled(id, enabled)?).await?;
    Ok(())
}
