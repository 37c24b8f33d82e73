//! What a site keeps in the browser: which of it is cleared in which strength, and whom that signs out.

pub mod clearing;
pub mod cookie;
pub(crate) mod update;
pub(crate) mod view;

use serde::{Deserialize, Serialize};

use self::cookie::Cookie;
use crate::base::host::Host;
use crate::feature::settings::watched::patterns_for;

/// Whose data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Site {
    /// ChatGPT and the rest of OpenAI's hosts: they share a login, so they are cleared together.
    Openai,
    /// Any other site.
    Other {
        /// The host that refused.
        host: Host,
        /// Its registrable domain, where the browser has told it: Chromium clears cookies by that.
        domain: Option<Host>,
    },
}

/// How much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Only Cloudflare's own cookies. Keeps the login.
    CloudflareCheck,
    /// Everything the site keeps. Signs out.
    Everything,
}

/// What the browser is told to clear: Chromium wants origins, Firefox host names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// `https://HOST`, each once.
    pub origins: Vec<String>,
    /// The same hosts, bare.
    pub hostnames: Vec<String>,
}

/// The registrable domains of OpenAI's that hold a login or an application.
const OPENAI_DOMAINS: &[&str] = &["chatgpt.com", "openai.com"];

/// Hosts known to keep data. Cookies go with the registrable domain, but all other storage goes by origin, so each host has
/// to be named. Those found in cookies are added.
///
/// Source: OpenAI's "Network recommendations for ChatGPT errors on web and apps", and what the login flow visits.
const OPENAI_HOSTS: &[&str] = &[
    "chatgpt.com",
    "www.chatgpt.com",
    "sora.chatgpt.com",
    "ws.chatgpt.com",
    "chat.openai.com",
    "openai.com",
    "www.openai.com",
    "auth.openai.com",
    "auth0.openai.com",
    "platform.openai.com",
    "sentinel.openai.com",
    "help.openai.com",
    "community.openai.com",
];

/// Which cookies to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// All of a domain and of the names below it.
    Domain(String),
    /// All that a page of this host would be sent.
    Host(Host),
}

impl Site {
    /// The site that `host` belongs to.
    pub fn of(host: &Host) -> Self {
        if host.is_openai() { Self::Openai } else { Self::Other { host: host.clone(), domain: None } }
    }

    /// The same, with all that is known of it.
    pub fn within(host: &Host, domain: Option<&Host>) -> Self {
        match Self::of(host) {
            Self::Other { host, .. } => {
                let domain = domain.filter(|domain| host.is_within(domain.as_str())).cloned();
                Self::Other { host, domain }
            }
            Self::Openai => Self::Openai,
        }
    }

    /// Do they belong together? The same host, or where it sends a visitor who is let in (chat.openai.com leads to chatgpt.com).
    pub fn holds_both(host: &Host, other: &Host) -> bool {
        Self::of(host) == Self::of(other)
    }

    /// The cookies that belong to it.
    pub fn queries(&self) -> Vec<Query> {
        match self {
            Self::Openai => OPENAI_DOMAINS.iter().map(|&domain| Query::Domain(domain.into())).collect(),
            Self::Other { domain: Some(domain), .. } => vec![Query::Domain(domain.as_str().into())],
            Self::Other { host, .. } => vec![Query::Host(host.clone())],
        }
    }

    /// The match patterns whose permission lets us read and remove its cookies; none for OpenAI's, which are ours.
    pub fn permission(&self) -> Vec<String> {
        match self {
            Self::Openai => Vec::new(),
            Self::Other { domain: Some(domain), .. } => patterns_for(domain),
            Self::Other { host, .. } => vec![format!("https://{host}/*")],
        }
    }

    /// Every host to clear: the known ones and those that `cookies` name.
    pub fn scope(&self, cookies: &[Cookie]) -> Scope {
        let mut hostnames: Vec<String> = match self {
            Self::Openai => OPENAI_HOSTS.iter().map(|&host| host.into()).collect(),
            Self::Other { host, domain } => {
                let domain = domain.iter().filter(|domain| *domain != host);
                [host].into_iter().chain(domain).map(|host| host.as_str().into()).collect()
            }
        };
        for cookie in cookies {
            let host = cookie.domain.trim_start_matches('.');
            // A name that is no host would make the browser refuse the whole call.
            if Host::parse(host).is_some() && !hostnames.iter().any(|known| known == host) {
                hostnames.push(host.into());
            }
        }
        Scope { origins: hostnames.iter().map(|host| format!("https://{host}")).collect(), hostnames }
    }
}

impl Strength {
    /// Does it take `cookie`?
    pub fn takes(self, cookie: &Cookie) -> bool {
        self == Self::Everything || is_cloudflare_check(&cookie.name)
    }
}

/// Cloudflare's cookies that carry a verdict on this browser. `_cfuvid` stays: visitors without it are counted together
/// with everybody behind the same address, which can itself get them refused.
///
/// Source: <https://developers.cloudflare.com/fundamentals/reference/policies-compliances/cloudflare-cookies/>
fn is_cloudflare_check(name: &str) -> bool {
    matches!(name, "cf_clearance" | "__cf_bm" | "__cflb") || name.starts_with("cf_chl_")
}

#[cfg(test)]
mod tests {
    use super::cookie::tests::cookie;
    use super::*;

    #[test]
    fn the_light_strength_takes_cloudflares_verdicts_and_leaves_the_login() {
        for name in ["cf_clearance", "__cf_bm", "__cflb", "cf_chl_rc_i"] {
            assert!(Strength::CloudflareCheck.takes(&cookie(name, "chatgpt.com")), "{name}");
        }
        for name in ["_cfuvid", "__Secure-next-auth.session-token", "oai-did", "cf_clearance2"] {
            assert!(!Strength::CloudflareCheck.takes(&cookie(name, "chatgpt.com")), "{name}");
        }
    }

    #[test]
    fn a_subdomain_found_in_a_cookie_is_cleared_too_and_only_once() {
        let scope =
            Site::Openai.scope(&[cookie("a", ".new.chatgpt.com"), cookie("b", "new.chatgpt.com"), cookie("c", ".openai.com")]);
        assert_eq!(scope.hostnames.len(), OPENAI_HOSTS.len() + 1);
        assert!(scope.origins.contains(&"https://new.chatgpt.com".to_owned()));
        assert!(scope.origins.contains(&"https://chat.openai.com".to_owned()));
    }

    #[test]
    fn a_cookie_with_a_strange_domain_cannot_spoil_the_call() {
        let scope = Site::Openai.scope(&[cookie("a", "no host/at all")]);
        assert_eq!(scope.hostnames.len(), OPENAI_HOSTS.len());
    }

    #[test]
    fn where_the_domain_is_known_all_of_it_is_read_and_asked_for_and_no_other_is_believed() {
        let [host, domain, stranger] = ["www.shop.co.uk", "shop.co.uk", "co.uk.example"].map(|name| Host::parse(name).unwrap());
        let site = Site::within(&host, Some(&domain));
        assert_eq!(site.queries(), [Query::Domain("shop.co.uk".into())]);
        assert_eq!(site.permission(), ["https://*.shop.co.uk/*", "http://*.shop.co.uk/*"]);
        let scope = site.scope(&[cookie("a", ".shop.co.uk"), cookie("b", "pay.shop.co.uk")]);
        assert_eq!(scope.hostnames, ["www.shop.co.uk", "shop.co.uk", "pay.shop.co.uk"]);
        assert_eq!(Site::within(&host, Some(&stranger)), Site::of(&host));
        assert_eq!(Site::within(&Host::chatgpt(), Some(&Host::chatgpt())), Site::Openai);
    }

    #[test]
    fn another_site_needs_leave_and_openai_does_not() {
        let other = Site::of(&Host::parse("shop.example").unwrap());
        assert_eq!(other.permission(), ["https://shop.example/*"]);
        assert!(Site::of(&Host::parse("auth.openai.com").unwrap()).permission().is_empty());
    }
}
