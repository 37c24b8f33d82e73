//! [`windows`](https://developer.chrome.com/docs/extensions/reference/api/windows).

use serde::Serialize;
use wasm_bindgen_futures::JsFuture;

use crate::value::to_js;
use crate::{ApiError, sys};

#[derive(Serialize)]
struct Data<'a> {
    url: &'a str,
    incognito: bool,
}

/// Opens a page in a private window, which we may not look into.
pub async fn create_private(url: &str) -> Result<(), ApiError> {
    JsFuture::from(sys::create_window(&to_js(&Data { url, incognito: true })?)?).await?;
    Ok(())
}
