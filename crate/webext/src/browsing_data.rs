//! [`browsingData`](https://developer.chrome.com/docs/extensions/reference/api/browsingData): clearing what sites keep.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::{object, texts};
use crate::{ApiError, runtime, sys};

const YES: JsValue = JsValue::TRUE;

/// Removes cookies, caches and all storage. Chromium takes origins, and removes the cookies of their whole registrable
/// domains, partitioned and HttpOnly ones included; Firefox takes host names, knows fewer kinds, and wipes its cache whole.
pub async fn remove(origins: &[String], hostnames: &[String]) -> Result<(), ApiError> {
    let since = ("since", 0.into());
    let (options, more) = if runtime::is_firefox() {
        (object(&[("hostnames", texts(hostnames)), since]), JsValue::UNDEFINED)
    } else {
        // A site that was installed as an app is "protected", and would be passed over.
        let types = object(&[("unprotectedWeb", YES), ("protectedWeb", YES)]);
        (object(&[("origins", texts(origins)), since, ("originTypes", types)]), YES)
    };
    let kinds = object(&[
        ("cookies", YES),
        ("cache", YES),
        ("localStorage", YES),
        ("indexedDB", YES),
        ("serviceWorkers", YES),
        ("cacheStorage", more.clone()),
        ("fileSystems", more),
    ]);
    JsFuture::from(sys::remove_data(&options, &kinds)?).await?;
    Ok(())
}
