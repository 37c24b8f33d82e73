//! [`browsingData`](https://developer.chrome.com/docs/extensions/reference/api/browsingData): clearing what sites keep.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::{object, texts};
use crate::{ApiError, firefox, sys};

const YES: JsValue = JsValue::TRUE;

/// Removes cookies, caches and all storage of a site that is shown in `tab`. Chromium takes origins, and removes the cookies
/// of their whole registrable domains, partitioned and HttpOnly ones included; Firefox takes host names.
pub async fn remove(tab: i32, origins: &[String], hostnames: &[String]) -> Result<(), ApiError> {
    if firefox::is_here() {
        return firefox::remove(tab, hostnames).await;
    }
    // A site that was installed as an app is "protected", and would be passed over.
    let types = object(&[("unprotectedWeb", YES), ("protectedWeb", YES)]);
    let options = object(&[("origins", texts(origins)), ("since", 0.into()), ("originTypes", types)]);
    let kinds = ["cookies", "cache", "localStorage", "indexedDB", "serviceWorkers", "cacheStorage", "fileSystems"];
    let kinds = object(&kinds.map(|kind| (kind, YES)));
    JsFuture::from(sys::remove_data(&options, &kinds)?).await?;
    Ok(())
}
