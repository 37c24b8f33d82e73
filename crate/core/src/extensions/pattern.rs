//! Match patterns: does an extension have access to a host? Paths and ports are ignored on purpose: an extension with access to
//! one page of a host is a suspect for all of them.
//!
//! Source: <https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/Match_patterns>

use crate::base::host::Host;

/// Does `pattern` (`*://*.example.com/*`, `<all_urls>`, ...) match `https` pages of `host`?
pub fn reaches(pattern: &str, host: &Host) -> bool {
    if pattern == "<all_urls>" {
        return true;
    }
    let Some((scheme, rest)) = pattern.split_once("://") else { return false };
    let name = rest.split('/').next().unwrap_or_default();
    let name = name.rsplit_once(':').map_or(name, |(bare, _port)| bare);
    matches!(scheme, "*" | "https")
        && match name.strip_prefix("*.") {
            Some(domain) => host.is_within(domain),
            None => name == "*" || name == host.as_str(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, expected: bool) {
        assert_eq!(reaches(pattern, &Host::parse("chat.openai.com").unwrap()), expected, "{pattern}");
    }

    #[test]
    fn patterns_that_match_the_host_reach_it() {
        for pattern in
            ["<all_urls>", "*://*/*", "https://*/*", "https://*.openai.com/*", "*://chat.openai.com/c/*", "https://*:443/*"]
        {
            check(pattern, true);
        }
    }

    #[test]
    fn other_schemes_hosts_and_invalid_patterns_do_not_match() {
        for pattern in ["http://*/*", "ftp://*/*", "https://openai.com/*", "*://*.notopenai.com/*", "", "*", "file:///*", "*://"]
        {
            check(pattern, false);
        }
    }
}
