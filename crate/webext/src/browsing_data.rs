//! [`browsingData`](https://developer.chrome.com/docs/extensions/reference/api/browsingData): clearing what sites keep.

use crate::removal::{self, DataTypeSet, OriginTypes, RemovalOptions};
use crate::{ApiError, firefox};

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
    removal::remove(&options, &types).await
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium, firefox, resolves};

    #[wasm_bindgen_test]
    async fn chromium_is_told_origins_and_every_kind_of_data() {
        chromium();
        remove(3, &["https://chatgpt.com".into()], &["chatgpt.com".into()]).await.unwrap();
        check_calls(&json!([[
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
        resolves("tabs.get", &json!({ "id": 3, "windowId": 1, "cookieStoreId": "firefox-container-2" }));
        remove(3, &["https://chatgpt.com".into()], &["chatgpt.com".into()]).await.unwrap();
        check_calls(&json!([
            ["tabs.get", 3],
            [
                "browsingData.remove",
                { "hostnames": ["chatgpt.com"], "cookieStoreId": "firefox-container-2" },
                { "cookies": true, "localStorage": true, "indexedDB": true },
            ],
            ["browsingData.remove", { "hostnames": ["chatgpt.com"] }, { "serviceWorkers": true }],
            ["browsingData.remove", {}, { "cache": true }],
        ]));
    }
}
