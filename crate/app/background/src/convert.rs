//! The core's cookies as the browser's calls take them. Everything else crosses as it is: the core's types are serde types.

use readmit_core::feature::clear_data::cookie::Cookie;
use readmit_webext::cookies::{CookieDetails, PartitionKey, SetDetails};

/// What names a cookie, to remove it.
pub(super) fn cookie_details(cookie: &Cookie) -> CookieDetails {
    let partition_key = cookie.partition_key.as_ref().map(|key| PartitionKey {
        top_level_site: key.top_level_site.clone(),
        has_cross_site_ancestor: key.has_cross_site_ancestor,
    });
    CookieDetails { url: cookie.url(), name: cookie.name.clone(), store_id: cookie.store_id.clone(), partition_key }
}

/// All of a cookie, to set it again.
pub(super) fn set_details(cookie: &Cookie) -> SetDetails {
    SetDetails {
        slot: cookie_details(cookie),
        value: cookie.value.clone(),
        domain: (!cookie.host_only).then(|| cookie.domain.clone()),
        path: cookie.path.clone(),
        secure: cookie.secure,
        http_only: cookie.http_only,
        same_site: cookie.same_site.clone(),
        expiration_date: cookie.expiration_date,
    }
}
