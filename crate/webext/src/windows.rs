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

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium};

    #[wasm_bindgen_test]
    async fn a_private_window_shows_the_page() {
        chromium();
        create_private("https://chatgpt.com/").await.unwrap();
        check_calls(&json!([["windows.create", { "url": "https://chatgpt.com/", "incognito": true }]]));
    }
}
