//! [`browsingData`](https://developer.chrome.com/docs/extensions/reference/api/browsingData): clearing what sites keep.

use serde::Serialize;
use wasm_bindgen_futures::JsFuture;

use crate::value::to_js;
use crate::{ApiError, runtime, sys};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ByOrigin<'a> {
    origins: &'a [String],
    since: u32,
    origin_types: OriginTypes,
}

/// A site that was installed as an app is "protected", and would be passed over.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OriginTypes {
    unprotected_web: bool,
    protected_web: bool,
}

#[derive(Serialize)]
struct ByHostname<'a> {
    hostnames: &'a [String],
    since: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "it is the browser's own shape: one flag for each kind of data")]
struct Kinds {
    cookies: bool,
    cache: bool,
    local_storage: bool,
    #[serde(rename = "indexedDB")]
    indexed_db: bool,
    service_workers: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_storage: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_systems: Option<bool>,
}

/// Removes cookies, caches and all storage. Chromium takes origins, and removes the cookies of their whole registrable
/// domains, partitioned and HttpOnly ones included; Firefox takes host names, knows fewer kinds, and wipes its cache whole.
pub async fn remove(origins: &[String], hostnames: &[String]) -> Result<(), ApiError> {
    let (options, more) = if runtime::is_firefox() {
        (to_js(&ByHostname { hostnames, since: 0 })?, None)
    } else {
        let origin_types = OriginTypes { unprotected_web: true, protected_web: true };
        (to_js(&ByOrigin { origins, since: 0, origin_types })?, Some(true))
    };
    let kinds = Kinds {
        cookies: true,
        cache: true,
        local_storage: true,
        indexed_db: true,
        service_workers: true,
        cache_storage: more,
        file_systems: more,
    };
    JsFuture::from(sys::remove_data(&options, &to_js(&kinds)?)?).await?;
    Ok(())
}
