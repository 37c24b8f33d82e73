//! A cookie as the browser describes it, complete enough to be set again.

use serde::{Deserialize, Serialize};

/// See [`cookies.Cookie`](https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/cookies/Cookie).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value. It is kept in memory only, for Undo, and is never shown.
    pub value: String,
    /// `chatgpt.com`, or `.chatgpt.com` if subdomains receive the cookie, too.
    pub domain: String,
    /// Is it for the host only, not for subdomains?
    pub host_only: bool,
    /// The path that it is for.
    pub path: String,
    /// Is it sent over TLS only?
    pub secure: bool,
    /// Is it hidden from scripts?
    pub http_only: bool,
    /// `no_restriction`, `lax`, `strict` or `unspecified`.
    pub same_site: String,
    /// Seconds since 1970; `None` for a session cookie.
    #[serde(default)]
    pub expiration_date: Option<f64>,
    /// The cookie store: normal, private, or a container.
    pub store_id: String,
    /// The top-level site that a partitioned cookie is bound to. `cf_clearance` is often partitioned.
    #[serde(default)]
    pub partition_key: Option<PartitionKey>,
}

/// The top-level site of a partitioned cookie.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartitionKey {
    /// The site, such as `https://chatgpt.com`.
    #[serde(default)]
    pub top_level_site: Option<String>,
    /// Was it set inside a cross-site frame?
    #[serde(default)]
    pub has_cross_site_ancestor: Option<bool>,
}

/// In the names of cookies that hold a login.
const LOGINS: &[&str] = &["auth", "jwt", "login", "sess", "sid", "token"];

/// In the names of cookies that every visitor gets: protection against forged forms, and where to go after a login.
const VISITORS: &[&str] = &["csrf", "xsrf", "callback-url"];

/// Beginnings of the names of cookies that OpenAI gives every visitor, and of those of load balancers and of other companies' checks:
/// Amazon, Azure, Google, F5, NGINX, Akamai, `DataDome`, Imperva.
const BALANCERS: &[&str] = &[
    "oai-",
    "awsalb",
    "arraffinity",
    "gclb",
    "bigip",
    "ingresscookie",
    "route",
    "ak_bmsc",
    "bm_",
    "_abck",
    "datadome",
    "incap_",
    "nlbi_",
    "visid_incap",
];

impl Cookie {
    /// Would one replace the other in the browser, whatever their values?
    pub fn is_same_slot(&self, other: &Self) -> bool {
        self.name == other.name
            && self.domain == other.domain
            && self.path == other.path
            && self.store_id == other.store_id
            && self.partition_key.as_ref().map(|key| &key.top_level_site)
                == other.partition_key.as_ref().map(|key| &key.top_level_site)
    }

    /// Is it one of Cloudflare's own, which know nothing of a login?
    pub fn is_of_cloudflare(&self) -> bool {
        ["cf_", "__cf", "_cf"].iter().any(|start| self.name.starts_with(start))
    }

    /// May it hold a login? Sessions are hidden from scripts, or named like one. What load balancers and other guards set, and
    /// tokens that every visitor gets, are none.
    pub fn may_hold_login(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        let holds = |words: &[&str]| words.iter().any(|word| name.contains(word));
        let is_none = self.is_of_cloudflare() || holds(VISITORS) || BALANCERS.iter().any(|start| name.starts_with(start));
        !is_none && (self.http_only || holds(LOGINS))
    }

    /// A URL that this cookie is for. The browser's cookie functions need it besides the name.
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
    fn a_partitioned_cookie_does_not_replace_an_unpartitioned_one() {
        let plain = cookie("cf_clearance", ".chatgpt.com");
        let key = PartitionKey { top_level_site: Some("https://chatgpt.com".into()), has_cross_site_ancestor: Some(false) };
        let partitioned = Cookie { partition_key: Some(key), ..plain.clone() };
        assert!(!plain.is_same_slot(&partitioned));
        assert!(plain.is_same_slot(&Cookie { value: "other".into(), ..plain.clone() }));
    }

    #[test]
    fn a_login_is_known_by_its_name_or_by_being_hidden_from_scripts() {
        let shown = |name: &str| Cookie { http_only: false, ..cookie(name, "chatgpt.com") };
        let hidden = |name: &str| Cookie { http_only: true, ..cookie(name, "chatgpt.com") };
        for login in
            [hidden("__Secure-next-auth.session-token"), hidden("a"), shown("PHPSESSID"), shown("authToken"), shown("sid")]
        {
            assert!(login.may_hold_login(), "{}", login.name);
        }
        for name in ["cf_clearance", "__cf_bm", "_cfuvid", "__Host-next-auth.csrf-token", "XSRF-TOKEN", "AWSALBCORS", "bm_sz"] {
            assert!(!hidden(name).may_hold_login(), "{name}");
        }
        assert!(!shown("oai-did").may_hold_login() && !shown("theme").may_hold_login());
    }

    #[test]
    fn the_url_has_no_leading_dot_and_the_cookies_path() {
        let cookie = Cookie { path: "/api".into(), ..cookie("a", ".chatgpt.com") };
        assert_eq!(cookie.url(), "https://chatgpt.com/api");
    }
}
