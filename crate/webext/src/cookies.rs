//! [`cookies`](https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/cookies), partitioned ones included.
//! The cookie that is read is a type of the caller's.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ApiError;
use crate::sys::cookies as sys;
use crate::value::{answer, encode};

/// The top-level site of a partitioned cookie.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartitionKey {
    /// `https://chatgpt.com`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_level_site: Option<String>,
    /// Set from inside a foreign frame?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_cross_site_ancestor: Option<bool>,
}

/// What names one cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CookieDetails {
    /// An address that it is for.
    pub url: String,
    /// Its name.
    pub name: String,
    /// Its store.
    pub store_id: String,
    /// Its partition, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_key: Option<PartitionKey>,
}

/// All of a cookie, to set it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetDetails {
    /// Which.
    #[serde(flatten)]
    pub slot: CookieDetails,
    /// Its value.
    pub value: String,
    /// `None` makes it the host's alone; a name widens it to all names below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The path it is for.
    pub path: String,
    /// Only over TLS?
    pub secure: bool,
    /// Hidden from scripts?
    pub http_only: bool,
    /// `no_restriction`, `lax`, `strict` or `unspecified`.
    pub same_site: String,
    /// Seconds since 1970; `None` for a cookie that ends with the browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<f64>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct GetAllDetails<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    store_id: Option<&'a str>,
    /// An empty key means: those with any key, and those with none.
    partition_key: PartitionKey,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FrameDetails {
    tab_id: i32,
    frame_id: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FramePartition {
    partition_key: PartitionKey,
}

/// All cookies of `domain` and the names below it; in `store`, or in the browser's default one.
pub async fn of_domain<C: DeserializeOwned>(domain: &str, store: Option<&str>) -> Result<Vec<C>, ApiError> {
    get_all(&GetAllDetails { domain: Some(domain), store_id: store, ..GetAllDetails::default() }).await
}

/// All cookies that `url` would be sent; the same of `store`.
pub async fn of_url<C: DeserializeOwned>(url: &str, store: Option<&str>) -> Result<Vec<C>, ApiError> {
    get_all(&GetAllDetails { url: Some(url), store_id: store, ..GetAllDetails::default() }).await
}

async fn get_all<C: DeserializeOwned>(details: &GetAllDetails<'_>) -> Result<Vec<C>, ApiError> {
    answer(sys::get_all(&encode(details)?)?).await
}

/// The registrable domain of the page in a tab, as a URL: by it the browser keeps sites apart, and it alone has the list of
/// public suffixes. Chromium (132 and newer) names it even where it refuses the answer for want of a permission. `None` where
/// the browser says nothing of the kind.
pub async fn site_of(tab: i32) -> Option<String> {
    match partition_of(tab).await {
        Ok(frame) => frame.partition_key.top_level_site,
        Err(error) => {
            let words = error.to_string();
            words.split('"').find(|part| part.starts_with("http")).map(Into::into)
        }
    }
}

async fn partition_of(tab: i32) -> Result<FramePartition, ApiError> {
    let details = encode(&FrameDetails { tab_id: tab, frame_id: 0 })?;
    answer(sys::COOKIES.with(|cookies| cookies.get_partition_key(&details))?).await
}

/// Removes one.
pub async fn remove(details: &CookieDetails) -> Result<(), ApiError> {
    sys::remove(&encode(details)?)?.await?;
    Ok(())
}

/// Sets one. `Ok(false)` when the browser dropped it, as it does with one that has expired.
pub async fn set(details: &SetDetails) -> Result<bool, ApiError> {
    Ok(sys::set(&encode(details)?)?.await?.is_object())
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium, firefox, rejects, resolves};

    #[wasm_bindgen_test]
    async fn cookies_of_all_partitions_are_asked_for() {
        chromium();
        resolves("cookies.getAll", &json!([{ "name": "a" }]));
        assert_eq!(of_domain::<serde_json::Value>("chatgpt.com", None).await, Ok(vec![json!({ "name": "a" })]));
        of_url::<serde_json::Value>("https://chatgpt.com/", Some("firefox-default")).await.unwrap();
        check_calls(&json!([
            ["cookies.getAll", { "domain": "chatgpt.com", "partitionKey": {} }],
            [
                "cookies.getAll",
                { "url": "https://chatgpt.com/", "storeId": "firefox-default", "partitionKey": {} },
            ],
        ]));
    }

    fn details(partition_key: Option<PartitionKey>) -> CookieDetails {
        CookieDetails { url: "https://chatgpt.com/".into(), name: "a".into(), store_id: "0".into(), partition_key }
    }

    #[wasm_bindgen_test]
    async fn a_cookie_is_removed_with_its_own_partition() {
        chromium();
        remove(&details(None)).await.unwrap();
        let key = PartitionKey { top_level_site: Some("https://chatgpt.com".into()), has_cross_site_ancestor: None };
        remove(&details(Some(key))).await.unwrap();
        check_calls(&json!([
            ["cookies.remove", { "url": "https://chatgpt.com/", "name": "a", "storeId": "0" }],
            [
                "cookies.remove",
                {
                    "url": "https://chatgpt.com/",
                    "name": "a",
                    "storeId": "0",
                    "partitionKey": { "topLevelSite": "https://chatgpt.com" },
                },
            ],
        ]));
    }

    #[wasm_bindgen_test]
    async fn a_cookie_that_the_browser_dropped_is_not_set() {
        chromium();
        let details = SetDetails {
            slot: details(None),
            value: "b".into(),
            domain: None,
            path: "/".into(),
            secure: true,
            http_only: false,
            same_site: "lax".into(),
            expiration_date: Some(1_800_000_000.5),
        };
        resolves("cookies.set", &json!({ "name": "a" }));
        assert_eq!(set(&details).await, Ok(true));
        check_calls(&json!([[
            "cookies.set",
            {
                "url": "https://chatgpt.com/",
                "name": "a",
                "storeId": "0",
                "value": "b",
                "path": "/",
                "secure": true,
                "httpOnly": false,
                "sameSite": "lax",
                "expirationDate": 1_800_000_000.5,
            },
        ]]));
        resolves("cookies.set", &json!(null));
        assert_eq!(set(&details).await, Ok(false));
    }

    #[wasm_bindgen_test]
    async fn the_site_is_told_by_the_answer_or_by_the_refusal() {
        chromium();
        resolves("cookies.getPartitionKey", &json!({ "partitionKey": { "topLevelSite": "https://chatgpt.com" } }));
        assert_eq!(site_of(3).await.as_deref(), Some("https://chatgpt.com"));
        check_calls(&json!([["cookies.getPartitionKey", { "tabId": 3, "frameId": 0 }]]));
        rejects("cookies.getPartitionKey", "No host permissions for cookies at url: \"https://corp.example/\".");
        assert_eq!(site_of(3).await.as_deref(), Some("https://corp.example/"));
    }

    #[wasm_bindgen_test]
    async fn firefox_does_not_tell_the_site() {
        firefox();
        assert_eq!(site_of(3).await, None);
        check_calls(&json!([]));
    }
}
