//! A host name that is safe to display, compare and use in requests. It is parsed once and trusted afterwards. This is not a URL
//! parser on purpose: browsers parse URLs, and only the scheme and the host are needed here.

use serde::{Deserialize, Serialize};

use crate::base::parsed_text::parsed_text;

/// A DNS name or an IP literal in lower case, at most 253 bytes of `a-z 0-9 . - : [ ] _`. Markup, paths and bidirectional text
/// are rejected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Host(String);

impl Host {
    /// `None` if the text is not a plain host name or IP literal. A trailing dot is removed.
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.trim().trim_end_matches('.').to_ascii_lowercase();
        let starts_well = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'[');
        // Checks byte by byte, without the standard library's search functions: this code is part of the content script, so
        // its size matters.
        let mut previous = 0;
        let is_allowed = |byte: u8| {
            let doubled_dot = byte == b'.' && previous == b'.';
            previous = byte;
            (byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte)) && !doubled_dot
        };
        (starts_well && name.len() <= 253 && name.bytes().all(is_allowed)).then_some(Self(name))
    }

    /// The host of an `http` or `https` URL. `None` for every other scheme.
    pub fn of_url(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once(':')?;
        let rest = rest.strip_prefix("//")?;
        if !(scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")) {
            return None;
        }
        let authority = rest.split(['/', '?', '#']).next()?;
        let host_and_port = authority.rsplit('@').next()?;
        let bare = match host_and_port.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !host.ends_with(':') => host,
            _ => host_and_port,
        };
        Self::parse(bare)
    }

    /// ChatGPT's host. It is the default if there is no block page.
    pub fn chatgpt() -> Self {
        Self("chatgpt.com".to_owned())
    }

    /// What people call the site: "ChatGPT", or else the host name.
    pub fn name(&self) -> &str {
        if matches!(self.as_str(), "chatgpt.com" | "chat.openai.com") { "ChatGPT" } else { self.as_str() }
    }

    /// The host name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Is this host `domain` itself or a subdomain of it?
    pub fn is_within(&self, domain: &str) -> bool {
        self.0.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }

    /// Is it one of the hosts that Readmit supports by default?
    pub fn is_openai(&self) -> bool {
        self.is_within("chatgpt.com") || self.is_within("openai.com")
    }
}

parsed_text!(Host, "not a host name");

impl core::fmt::Display for Host {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Host;

    #[track_caller]
    fn check(url: &str, expected: Option<&str>) {
        assert_eq!(Host::of_url(url).as_ref().map(Host::as_str), expected, "{url}");
    }

    #[test]
    fn a_url_gives_its_host() {
        check("https://chatgpt.com/c/1?x=https://evil.example/#y", Some("chatgpt.com"));
        check("https://user:pass@Chat.OpenAI.com:8443/", Some("chat.openai.com"));
        check("http://[2001:db8::1]:80/", Some("[2001:db8::1]"));
        check("https://chatgpt.com.", Some("chatgpt.com"));
    }

    #[test]
    fn anything_but_a_valid_web_url_gives_none() {
        for url in ["chrome://extensions", "about:blank", "file:///etc/passwd", "https://", "https://<b>/", "https://a\u{202e}b/"]
        {
            check(url, None);
        }
    }

    #[test]
    fn a_name_with_the_same_ending_is_not_a_subdomain() {
        assert!(!Host::parse("notchatgpt.com").unwrap().is_openai());
        assert!(!Host::parse("chatgpt.com.evil.example").unwrap().is_openai());
        assert!(Host::parse("auth.openai.com").unwrap().is_openai());
    }
}
