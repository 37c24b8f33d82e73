//! A cookie as the browser describes it, whole enough to be set again.

use serde::{Deserialize, Serialize};

/// [`cookies.Cookie`](https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/cookies/Cookie).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value: kept in memory only, for Undo, and shown nowhere.
    pub value: String,
    /// `chatgpt.com`, or `.chatgpt.com` when names below it get it too.
    pub domain: String,
    /// Only for the host itself?
    pub host_only: bool,
    /// The path it is for.
    pub path: String,
    /// Only over TLS?
    pub secure: bool,
    /// Hidden from scripts?
    pub http_only: bool,
    /// `no_restriction`, `lax`, `strict` or `unspecified`.
    pub same_site: String,
    /// Seconds since 1970; none for a cookie that ends with the browser.
    #[serde(default)]
    pub expiration_date: Option<f64>,
    /// The cookie jar: ordinary, private, a container.
    pub store_id: String,
    /// The top-level site it is bound to, for a partitioned cookie. `cf_clearance` often is.
    #[serde(default)]
    pub partition_key: Option<PartitionKey>,
}

/// The top-level site of a partitioned cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartitionKey {
    /// `https://chatgpt.com`.
    #[serde(default)]
    pub top_level_site: Option<String>,
    /// Set from inside a foreign frame?
    #[serde(default)]
    pub has_cross_site_ancestor: Option<bool>,
}

impl Cookie {
    /// Are they the same jar's same slot, whatever their values?
    pub fn is_same_slot(&self, other: &Self) -> bool {
        self.name == other.name
            && self.domain == other.domain
            && self.path == other.path
            && self.store_id == other.store_id
            && self.partition_key.as_ref().map(|key| &key.top_level_site)
                == other.partition_key.as_ref().map(|key| &key.top_level_site)
    }

    /// An address that this cookie is for: what the browser's calls want beside the name.
    pub fn url(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{}", self.domain.trim_start_matches('.'), self.path)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn cookie(name: &str, domain: &str) -> Cookie {
        Cookie {
            name: name.into(),
            value: "value".into(),
            domain: domain.into(),
            host_only: !domain.starts_with('.'),
            path: "/".into(),
            secure: true,
            http_only: true,
            same_site: "lax".into(),
            expiration_date: None,
            store_id: "0".into(),
            partition_key: None,
        }
    }

    #[test]
    fn a_partitioned_cookie_is_another_slot() {
        let plain = cookie("cf_clearance", ".chatgpt.com");
        let key = PartitionKey { top_level_site: Some("https://chatgpt.com".into()), has_cross_site_ancestor: Some(false) };
        let partitioned = Cookie { partition_key: Some(key), ..plain.clone() };
        assert!(!plain.is_same_slot(&partitioned));
        assert!(plain.is_same_slot(&Cookie { value: "other".into(), ..plain.clone() }));
    }

    #[test]
    fn the_address_has_no_leading_dot_and_the_cookies_own_path() {
        let cookie = Cookie { path: "/api".into(), ..cookie("a", ".chatgpt.com") };
        assert_eq!(cookie.url(), "https://chatgpt.com/api");
    }
}
