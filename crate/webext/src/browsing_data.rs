//! [`browsingData`](https://developer.chrome.com/docs/extensions/reference/api/browsingData): clearing what sites keep.

use std::ops::Not;

use serde::Serialize;

use crate::sys::browsing_data as sys;
use crate::value::encode;
use crate::{ApiError, firefox};

/// Whose data. Firefox knows the last two members, Chromium the others.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RemovalOptions<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) origins: Option<&'a [String]>,
    /// Milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) origin_types: Option<OriginTypes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hostnames: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cookie_store_id: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OriginTypes {
    unprotected_web: bool,
    protected_web: bool,
}

/// Which data. What is `false` is not named.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the API's own shape")]
pub(crate) struct DataTypeSet {
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) cookies: bool,
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) cache: bool,
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) local_storage: bool,
    #[serde(rename = "indexedDB", skip_serializing_if = "Not::not")]
    pub(crate) indexed_db: bool,
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) service_workers: bool,
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) cache_storage: bool,
    #[serde(skip_serializing_if = "Not::not")]
    pub(crate) file_systems: bool,
}

/// Removes cookies, caches and all storage of a site that is shown in `tab`. Chromium takes origins, and removes the cookies
/// of their whole registrable domains, partitioned and HttpOnly ones included; Firefox takes host names.
pub async fn remove(tab: i32, origins: &[String], hostnames: &[String]) -> Result<(), ApiError> {
    if firefox::is_here() {
        return firefox::remove(tab, hostnames).await;
    }
    // A site that was installed as an app is "protected", and would be passed over.
    let origin_types = OriginTypes { unprotected_web: true, protected_web: true };
    let options = RemovalOptions {
        origins: Some(origins),
        since: Some(0.0),
        origin_types: Some(origin_types),
        ..RemovalOptions::default()
    };
    let types = DataTypeSet {
        cookies: true,
        cache: true,
        local_storage: true,
        indexed_db: true,
        service_workers: true,
        cache_storage: true,
        file_systems: true,
    };
    remove_types(&options, &types).await
}

/// The call itself.
pub(crate) async fn remove_types(options: &RemovalOptions<'_>, types: &DataTypeSet) -> Result<(), ApiError> {
    sys::remove(&encode(options)?, &encode(types)?)?.await?;
    Ok(())
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium, firefox, resolves};

    #[wasm_bindgen_test]
    async fn chromium_is_told_origins_and_every_kind_of_data() {
        chromium();
        remove(3, &["https://chatgpt.com".into()], &["chatgpt.com".into()]).await.unwrap();
        check_calls(json!([[
            "browsingData.remove",
            {
                "origins": ["https://chatgpt.com"],
                "since": 0,
                "originTypes": { "unprotectedWeb": true, "protectedWeb": true },
            },
            {
                "cookies": true,
                "cache": true,
                "localStorage": true,
                "indexedDB": true,
                "serviceWorkers": true,
                "cacheStorage": true,
                "fileSystems": true,
            },
        ]]));
    }

    #[wasm_bindgen_test]
    async fn firefox_is_told_host_names_and_the_container() {
        firefox();
        resolves("tabs.get", json!({ "id": 3, "windowId": 1, "cookieStoreId": "firefox-container-2" }));
        remove(3, &["https://chatgpt.com".into()], &["chatgpt.com".into()]).await.unwrap();
        check_calls(json!([
            ["tabs.get", 3],
            [
                "browsingData.remove",
                { "hostnames": ["chatgpt.com"], "cookieStoreId": "firefox-container-2" },
                { "cookies": true, "localStorage": true, "indexedDB": true },
            ],
            ["browsingData.remove", { "hostnames": ["chatgpt.com"] }, { "serviceWorkers": true }],
            ["browsingData.remove", {}, { "cache": true }],
            ["scripting.executeScript", { "target": { "tabId": 3 }, "files": ["clear_origin.js"] }],
        ]));
    }
}
