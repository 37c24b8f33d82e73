//! The sites that are watched besides OpenAI's: those that the user gave a permission for. There is no other list of them.
//! Browsers use match patterns; users use hosts.

use crate::base::host::Host;

/// The permissions for other sites that the browser reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    patterns: Vec<String>,
}

impl Watched {
    /// `origins` is the browser's list. The hosts that Readmit was installed with are left out.
    pub fn of(origins: Vec<String>) -> Self {
        let is_other = |pattern: &String| host(pattern).is_none_or(|host| !host.is_openai());
        Self { patterns: origins.into_iter().filter(is_other).collect() }
    }

    /// Are all sites watched?
    pub fn is_everywhere(&self) -> bool {
        self.patterns.iter().any(|pattern| is_everywhere(pattern))
    }

    /// The match patterns as the browser reports them.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }

    /// Each site once.
    pub fn hosts(&self) -> Vec<Host> {
        let mut hosts = Vec::new();
        for host in self.patterns.iter().filter_map(|pattern| host(pattern)) {
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        hosts
    }

    /// All patterns for this site.
    pub fn patterns_of(&self, site: &Host) -> Vec<String> {
        self.patterns.iter().filter(|pattern| host(pattern).as_ref() == Some(site)).cloned().collect()
    }

    /// All patterns for every site.
    pub fn patterns_of_all(&self) -> Vec<String> {
        self.patterns.iter().filter(|pattern| is_everywhere(pattern)).cloned().collect()
    }

    /// Is this site one of them, or a subdomain of one?
    pub fn covers(&self, site: &Host) -> bool {
        let covers = |pattern: &String| match host(pattern) {
            Some(host) if pattern.contains("://*.") => site.is_within(host.as_str()),
            host => host.as_ref() == Some(site),
        };
        self.is_everywhere() || self.patterns.iter().any(covers)
    }
}

/// The patterns to ask for to watch `site` and its subdomains.
pub fn patterns_for(site: &Host) -> Vec<String> {
    let name = site.as_str();
    // An IP address has no subdomains.
    let is_number = name.starts_with('[') || name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    both_schemes(if is_number { "" } else { "*." }, name)
}

/// The patterns to ask for to watch every site.
pub fn everywhere() -> Vec<String> {
    both_schemes("*", "")
}

fn both_schemes(below: &str, name: &str) -> Vec<String> {
    vec![format!("https://{below}{name}/*"), format!("http://{below}{name}/*")]
}

/// The site that the user means by typing a host or a URL.
pub fn typed(text: &str) -> Option<Host> {
    let text = text.trim();
    Host::of_url(text).or_else(|| Host::of_url(&format!("https://{text}"))).filter(|host| host.as_str().contains(['.', ':']))
}

fn is_everywhere(pattern: &str) -> bool {
    pattern == "<all_urls>" || pattern.split_once("://").is_some_and(|(_, rest)| rest == "*/*")
}

/// The host of a pattern; `None` if the pattern is for every site.
fn host(pattern: &str) -> Option<Host> {
    let (_, rest) = pattern.split_once("://")?;
    let (host, _) = rest.split_once('/')?;
    Host::parse(host.strip_prefix("*.").unwrap_or(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(origins: &[&str]) -> Watched {
        Watched::of(origins.iter().map(|&origin| origin.into()).collect())
    }

    #[track_caller]
    fn check(origins: &[&str], hosts: &[&str], everywhere: bool) {
        let watched = watched(origins);
        assert_eq!(watched.hosts().iter().map(Host::as_str).collect::<Vec<_>>(), hosts);
        assert_eq!(watched.is_everywhere(), everywhere);
    }

    #[test]
    fn hosts_that_readmit_was_installed_with_are_not_other_sites() {
        check(&["https://*.chatgpt.com/*", "https://*.openai.com/*"], &[], false);
    }

    #[test]
    fn each_site_is_listed_once() {
        check(
            &["https://*.example.com/*", "http://*.example.com/*", "https://example.org/*"],
            &["example.com", "example.org"],
            false,
        );
        check(&["https://*/*", "http://*/*"], &[], true);
        check(&["<all_urls>"], &[], true);
    }

    #[test]
    fn patterns_that_were_asked_for_are_recognized() {
        for name in ["example.com", "203.0.113.7", "[2001:db8::1]"] {
            let site = Host::parse(name).unwrap();
            let watched = Watched::of(patterns_for(&site));
            assert_eq!(watched.patterns_of(&site), patterns_for(&site), "{name}");
            assert!(watched.covers(&site));
        }
        let check = |pattern: &str, name: &str, covered: bool| {
            assert_eq!(watched(&[pattern]).covers(&Host::parse(name).unwrap()), covered, "{pattern} {name}");
        };
        check("https://*/*", "example.com", true);
        check("https://example.com/*", "example.org", false);
        check("https://example.com/*", "www.example.com", false);
        check("https://*.example.com/*", "www.example.com", true);
        check("https://*.example.com/*", "notexample.com", false);
    }

    #[test]
    fn an_ip_address_has_no_subdomains() {
        assert_eq!(patterns_for(&Host::parse("203.0.113.7").unwrap()), ["https://203.0.113.7/*", "http://203.0.113.7/*"]);
        assert_eq!(patterns_for(&Host::parse("a.example").unwrap()), ["https://*.a.example/*", "http://*.a.example/*"]);
    }

    #[test]
    fn a_url_and_a_host_mean_the_same_site() {
        for text in ["example.com", " https://Example.com/a?b#c ", "example.com:8443/x", "http://example.com"] {
            assert_eq!(typed(text).as_ref().map(Host::as_str), Some("example.com"), "{text}");
        }
        for text in ["", "*", "*.example.com", "two words", "chrome://extensions", "javascript:alert(1)", "example"] {
            assert_eq!(typed(text), None, "{text}");
        }
    }
}
