//! What a site stores in the browser, which of it each strength clears, and whether that signs the user out.

pub mod clearing;
pub mod cookie;
pub(crate) mod update;
pub(crate) mod view;

use serde::{Deserialize, Serialize};

use self::cookie::Cookie;
use crate::base::host::Host;
use crate::feature::settings::watched::patterns_for;

/// The site whose data is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Site {
    /// ChatGPT and the other hosts of OpenAI. They share a login, so they are cleared together.
    #[default]
    Openai,
    /// Any other site.
    Other {
        /// The host that blocked the page.
        host: Host,
        /// Its registrable domain, if the browser has reported it. Chromium clears cookies by registrable domain.
        domain: Option<Host>,
    },
}

/// How much is cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// Only Cloudflare's own cookies. The user stays signed in.
    CloudflareCheck,
    /// Everything that the site stores. The user is signed out.
    Everything,
}

/// What the browser is told to clear. Chromium expects origins, Firefox host names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Each origin once, as `https://HOST`.
    pub origins: Vec<String>,
    /// The same hosts without a scheme.
    pub hostnames: Vec<String>,
}

/// OpenAI's registrable domains that hold a login or an application.
const OPENAI_DOMAINS: &[&str] = &["chatgpt.com", "openai.com"];

/// Hosts that are known to store data. Cookies are cleared by registrable domain, but all other storage is cleared by origin,
/// so each host has to be listed. Hosts that are found in cookies are added.
///
/// Source: OpenAI's "Network recommendations for ChatGPT errors on web and apps", and the hosts that the login flow visits.
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
    /// All cookies of a domain and its subdomains.
    Domain(String),
    /// All cookies that the browser would send for a page of this host.
    Host(Host),
}

impl Query {
    /// Does a page of `host` belong to what is read?
    pub fn covers(&self, host: &Host) -> bool {
        match self {
            Self::Domain(domain) => host.is_within(domain),
            Self::Host(own) => host == own,
        }
    }
}

impl Site {
    /// The site that `host` belongs to.
    pub fn of(host: &Host) -> Self {
        if host.is_openai() { Self::Openai } else { Self::Other { host: host.clone(), domain: None } }
    }

    /// The site that `host` belongs to, with its registrable domain if that is known.
    pub fn within(host: &Host, domain: Option<&Host>) -> Self {
        match Self::of(host) {
            Self::Other { host, .. } => {
                let domain = domain.filter(|domain| host.is_within(domain.as_str())).cloned();
                Self::Other { host, domain }
            }
            Self::Openai => Self::Openai,
        }
    }

    /// Does `host` belong to this site? A host may redirect within it (chat.openai.com leads to chatgpt.com).
    pub fn holds(&self, host: &Host) -> bool {
        match self {
            Self::Openai => host.is_openai(),
            Self::Other { host: own, domain } => {
                host == own || domain.as_ref().is_some_and(|domain| host.is_within(domain.as_str()))
            }
        }
    }

    /// Do both hosts belong to one site? A host may redirect a visitor who is not blocked (chat.openai.com leads to
    /// chatgpt.com).
    pub fn holds_both(host: &Host, other: &Host) -> bool {
        Self::of(host) == Self::of(other)
    }

    /// The queries for all cookies of the site.
    pub fn queries(&self) -> Vec<Query> {
        match self {
            Self::Openai => OPENAI_DOMAINS.iter().map(|&domain| Query::Domain(domain.into())).collect(),
            Self::Other { domain: Some(domain), .. } => vec![Query::Domain(domain.as_str().into())],
            Self::Other { host, .. } => vec![Query::Host(host.clone())],
        }
    }

    /// The match patterns that are needed to read and remove its cookies. None for OpenAI's hosts, which Readmit is installed
    /// with.
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
            // A name that is not a host would make the browser reject the whole call.
            if Host::parse(host).is_some() && !hostnames.iter().any(|known| known == host) {
                hostnames.push(host.into());
            }
        }
        Scope { origins: hostnames.iter().map(|host| format!("https://{host}")).collect(), hostnames }
    }
}

impl Strength {
    /// Does this strength clear `cookie`?
    pub fn takes(self, cookie: &Cookie) -> bool {
        self == Self::Everything || is_cloudflare_check(&cookie.name)
    }
}

/// Is this one of Cloudflare's cookies that carry a verdict about this browser? `_cfuvid` is kept: Cloudflare counts visitors
/// without it together with everyone behind the same IP address, and that alone can get them blocked.
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
    fn the_light_strength_clears_cloudflares_cookies_and_keeps_the_login() {
        for name in ["cf_clearance", "__cf_bm", "__cflb", "cf_chl_rc_i"] {
            assert!(Strength::CloudflareCheck.takes(&cookie(name, "chatgpt.com")), "{name}");
        }
        for name in ["_cfuvid", "__Secure-next-auth.session-token", "oai-did", "cf_clearance2"] {
            assert!(!Strength::CloudflareCheck.takes(&cookie(name, "chatgpt.com")), "{name}");
        }
    }

    #[test]
    fn a_subdomain_from_a_cookie_is_cleared_once() {
        let scope =
            Site::Openai.scope(&[cookie("a", ".new.chatgpt.com"), cookie("b", "new.chatgpt.com"), cookie("c", ".openai.com")]);
        assert_eq!(scope.hostnames.len(), OPENAI_HOSTS.len() + 1);
        assert!(scope.origins.contains(&"https://new.chatgpt.com".to_owned()));
        assert!(scope.origins.contains(&"https://chat.openai.com".to_owned()));
    }

    #[test]
    fn an_invalid_cookie_domain_does_not_break_the_call() {
        let scope = Site::Openai.scope(&[cookie("a", "no host/at all")]);
        assert_eq!(scope.hostnames.len(), OPENAI_HOSTS.len());
    }

    #[test]
    fn only_a_domain_that_contains_the_host_is_used() {
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
    fn another_site_needs_a_permission_and_openai_does_not() {
        let other = Site::of(&Host::parse("shop.example").unwrap());
        assert_eq!(other.permission(), ["https://shop.example/*"]);
        assert!(Site::of(&Host::parse("auth.openai.com").unwrap()).permission().is_empty());
    }
}
