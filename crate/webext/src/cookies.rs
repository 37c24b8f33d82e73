//! [`cookies`](https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/cookies), partitioned ones included.
//! The cookie's own type belongs to the caller, who reads and writes the browser's object.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::value::{member, object};
use crate::{ApiError, sys};

/// All cookies of `domain` and the names below it, as an array; in `store`, or where the browser looks by itself.
pub async fn of_domain(domain: &str, store: Option<&str>) -> Result<JsValue, ApiError> {
    query("domain", domain, store).await
}

/// All cookies that `url` would be sent, as an array; the same of `store`.
pub async fn of_url(url: &str, store: Option<&str>) -> Result<JsValue, ApiError> {
    query("url", url, store).await
}

/// The registrable domain of the page in a tab, as a URL: by it the browser keeps sites apart, and it alone has the list of
/// public suffixes. Chromium (132 and newer) names it even where it refuses the answer for want of a permission. `None` where
/// the browser says nothing of the kind.
pub async fn site_of(tab: i32) -> Option<String> {
    let frame = object(&[("tabId", tab.into()), ("frameId", 0.into())]);
    match partition_key(&frame).await {
        Ok(answer) => member(&member(&answer, "partitionKey"), "topLevelSite").as_string(),
        Err(error) => {
            let words = error.to_string();
            words.split('"').find(|part| part.starts_with("http")).map(Into::into)
        }
    }
}

/// Firefox has no such function, so it is looked for and not imported.
async fn partition_key(frame: &JsValue) -> Result<JsValue, ApiError> {
    let api = member(&member(&js_sys::global(), "chrome"), "cookies");
    let ask: Function = member(&api, "getPartitionKey").dyn_into()?;
    let answer: Promise = ask.call1(&api, frame)?.dyn_into()?;
    Ok(JsFuture::from(answer).await?)
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
