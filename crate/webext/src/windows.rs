//! [`windows`](https://developer.chrome.com/docs/extensions/reference/api/windows).

use serde::Serialize;

use crate::ApiError;
use crate::sys::windows as sys;
use crate::value::encode;

#[derive(Serialize)]
struct CreateData<'a> {
    url: &'a str,
    incognito: bool,
}

#[derive(Serialize)]
struct UpdateInfo {
    focused: bool,
}

/// Opens a page in a private window, which we may not look into.
pub async fn create_private(url: &str) -> Result<(), ApiError> {
    sys::create(&encode(&CreateData { url, incognito: true })?)?.await?;
    Ok(())
}

/// Brings a window to the front.
pub(crate) async fn focus(id: i32) -> Result<(), ApiError> {
    sys::update(id, &encode(&UpdateInfo { focused: true })?)?.await?;
    Ok(())
}
