//! [`cookies`](https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/cookies), partitioned ones included.
//! The cookie's own type belongs to the caller, who reads and writes the browser's object.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::object;
use crate::{ApiError, sys};

/// All cookies of `domain` and the names below it, as an array; in `store`, or where the browser looks by itself.
pub async fn of_domain(domain: &str, store: Option<&str>) -> Result<JsValue, ApiError> {
    query("domain", domain, store).await
}

/// All cookies that `url` would be sent, as an array; the same of `store`.
pub async fn of_url(url: &str, store: Option<&str>) -> Result<JsValue, ApiError> {
    query("url", url, store).await
}

/// Removes one; `details` has `url`, `name`, `storeId` and, for a partitioned one, its own `partitionKey`.
pub async fn remove(details: &JsValue) -> Result<(), ApiError> {
    JsFuture::from(sys::remove_cookie(details)?).await?;
    Ok(())
}

/// Sets one. `Ok(false)` when the browser dropped it, as it does with one that has expired.
pub async fn set(details: &JsValue) -> Result<bool, ApiError> {
    let cookie: JsValue = JsFuture::from(sys::set_cookie(details)?).await?;
    Ok(cookie.is_object())
}

async fn query(by: &str, value: &str, store: Option<&str>) -> Result<JsValue, ApiError> {
    let store = store.map_or(JsValue::UNDEFINED, JsValue::from_str);
    // An empty key means: those with any key, and those with none.
    let query = object(&[(by, value.into()), ("storeId", store), ("partitionKey", object(&[]))]);
    Ok(JsFuture::from(sys::get_cookies(&query)?).await?)
}
