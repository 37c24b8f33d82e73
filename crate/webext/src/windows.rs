//! [`windows`](https://developer.chrome.com/docs/extensions/reference/api/windows).

use wasm_bindgen_futures::JsFuture;

use crate::value::object;
use crate::{ApiError, sys};

/// Opens a page in a private window, which we may not look into.
pub async fn create_private(url: &str) -> Result<(), ApiError> {
    JsFuture::from(sys::create_window(&object(&[("url", url.into()), ("incognito", true.into())]))?).await?;
    Ok(())
}
