//! [`management`](https://developer.chrome.com/docs/extensions/reference/api/management): the other extensions.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::object;
use crate::{ApiError, sys};

/// All extensions, themes and apps, as an array.
pub async fn all() -> Result<JsValue, ApiError> {
    Ok(JsFuture::from(sys::get_extensions()?).await?)
}

/// Switches one. Chromium needs no click for it; Firefox refuses it unless a policy installed us.
pub async fn set_enabled(id: &str, enabled: bool) -> Result<(), ApiError> {
    JsFuture::from(sys::set_enabled(id, enabled)?).await?;
    Ok(())
}

/// Asks the browser to remove us; it asks the person. Fails when the person declines or a policy installed us.
pub async fn uninstall_self() -> Result<(), ApiError> {
    JsFuture::from(sys::uninstall_self(&object(&[("showConfirmDialog", true.into())]))?).await?;
    Ok(())
}
