//! [`management`](https://developer.chrome.com/docs/extensions/reference/api/management): the other extensions. The extension that
//! is read is a type of the caller's.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ApiError;
use crate::sys::management as sys;
use crate::value::{answer, encode};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UninstallOptions {
    show_confirm_dialog: bool,
}

/// All extensions, themes and apps.
pub async fn all<E: DeserializeOwned>() -> Result<Vec<E>, ApiError> {
    answer(sys::get_all()?).await
}

/// Switches one. Chromium needs no click for it; Firefox refuses it unless a policy installed us.
pub async fn set_enabled(id: &str, enabled: bool) -> Result<(), ApiError> {
    sys::set_enabled(id, enabled)?.await?;
    Ok(())
}

/// Asks the browser to remove us; it asks the person. Fails when the person declines or a policy installed us.
pub async fn uninstall_self() -> Result<(), ApiError> {
    sys::uninstall_self(&encode(&UninstallOptions { show_confirm_dialog: true })?)?.await?;
    Ok(())
}
