//! [`cookies`](https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/cookies), partitioned ones included.
//! The cookie's own type belongs to the caller: whatever has the browser's members can be read and written.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::{from_js, to_js};
use crate::{ApiError, sys};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    /// An empty key means: those with any key, and those with none.
    partition_key: Empty,
}

#[derive(Serialize)]
struct Empty {}

/// All cookies of `domain` and the names below it.
pub async fn of_domain<T: DeserializeOwned>(domain: &str) -> Result<Vec<T>, ApiError> {
    query(&Query { domain: Some(domain), url: None, partition_key: Empty {} }).await
}

/// All cookies that `url` would be sent.
pub async fn of_url<T: DeserializeOwned>(url: &str) -> Result<Vec<T>, ApiError> {
    query(&Query { domain: None, url: Some(url), partition_key: Empty {} }).await
}

/// Removes one; `details` has `url`, `name`, `storeId` and, for a partitioned one, its own `partitionKey`.
pub async fn remove(details: &impl Serialize) -> Result<(), ApiError> {
    JsFuture::from(sys::remove_cookie(&to_js(details)?)?).await?;
    Ok(())
}

/// Sets one. `Ok(false)` when the browser dropped it, as it does with one that has expired.
pub async fn set(details: &impl Serialize) -> Result<bool, ApiError> {
    let cookie: JsValue = JsFuture::from(sys::set_cookie(&to_js(details)?)?).await?;
    Ok(cookie.is_object())
}

async fn query<T: DeserializeOwned>(query: &Query<'_>) -> Result<Vec<T>, ApiError> {
    from_js(JsFuture::from(sys::get_cookies(&to_js(query)?)?).await?)
}
