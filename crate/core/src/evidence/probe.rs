//! What came of asking the refusing host ourselves. A request of the worker's is free of other extensions, which cannot
//! touch it, but uses the same network; with and without cookies it also tells whether they are to blame.
//!
//! A fetch is not a page load (its `Accept` and `Sec-Fetch-*` differ), so an answer is evidence and never proof.

use serde::{Deserialize, Serialize};

use super::trace::Trace;
use crate::base::host::Host;
use crate::feature::clear_data::Site;
use crate::recognize::catalogue;
use crate::recognize::{self, Family, Kind, Page, Verdict};

/// A rate limit that does not say how long: what Cloudflare's own 1015 says, in seconds.
const DEFAULT_SILENCE: u32 = 30;
/// The longest silence that is kept, in seconds. The longest limit there is (1027) ends with the day; a larger number is
/// somebody's mistake, and would lock people out of their own tool.
pub const LONGEST_SILENCE: u32 = 24 * 60 * 60;

/// A response as the shell hands it in, after the browser has followed redirects.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The final URL; empty when it is not known.
    pub url: &'a str,
    /// The headers, names in any case.
    pub headers: &'a [(String, String)],
    /// The body as text, cut at a size of the shell's choosing.
    pub body: &'a str,
}

/// A response that was heard, as the shell keeps it until the core reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// See [`Response::status`].
    pub status: u16,
    /// See [`Response::url`].
    pub url: String,
    /// See [`Response::headers`].
    pub headers: Vec<(String, String)>,
    /// See [`Response::body`].
    pub body: String,
}

impl HttpResponse {
    /// For reading.
    pub fn response(&self) -> Response<'_> {
        Response { status: self.status, url: &self.url, headers: &self.headers, body: &self.body }
    }
}

/// Why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FetchError {
    /// Nothing came within the shell's patience.
    Timeout,
    /// The browser says that it has no connection.
    Offline,
    /// Where no redirect has a place, the answer was one. Where to, a browser does not tell.
    LedAway,
    /// The name was not found, the connection failed or broke, TLS failed, or a redirect led where we may not read: a
    /// browser tells an extension only that it failed, so that pages cannot map a network.
    Unreachable,
}

/// What came of asking for the refused address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// A page of the site's.
    Page(Box<Reached>),
    /// A page of another site, by its host: a login elsewhere, or a portal.
    Redirected(Host),
    /// The network's own login page in the site's stead.
    CaptivePortal,
    /// No page at all.
    Silent(FetchError),
}

/// A page of the site's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// The HTTP status.
    pub status: u16,
    /// The host that answered in the end.
    pub host: Host,
    /// What the recognizer says of it.
    pub verdict: Option<Verdict>,
    /// Seconds until the site may be asked again, by the page or its headers.
    pub retry_after: Option<u32>,
}

impl Reached {
    /// What is not there, or not for this method, was looked for: the request was past the door.
    pub fn is_served(&self) -> bool {
        self.verdict.is_none() && (self.status < 400 || matches!(self.status, 404 | 405 | 410))
    }
}

/// What an answer says about the refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The site let this request in.
    Served,
    /// The site refused this one too.
    Refused,
    /// Neither can be said: a challenge, a rate limit, no answer, somebody else's.
    Unclear,
}

impl Answer {
    /// Reads the response to a request for a page of `asked`.
    pub fn of_response(asked: &Host, response: &Response<'_>) -> Self {
        if response.status == NETWORK_AUTHENTICATION {
            return Self::CaptivePortal;
        }
        let host = Host::of_url(response.url).unwrap_or_else(|| asked.clone());
        if !is_same_site(asked, &host) {
            return Self::Redirected(host);
        }
        let Response { status, url, headers, body } = *response;
        let verdict = recognize::recognize(&Page { status: Some(status), headers, url, body });
        let retry_after = verdict.as_ref().and_then(|verdict| verdict.retry_after).or_else(|| retry_after(response));
        Self::Page(Box::new(Reached { status, host, verdict, retry_after }))
    }

    /// The same to a request that a page makes besides, without all that it brings: that it lacks something, or a login, is the
    /// service's own word, from behind the door.
    pub fn of_inner_response(asked: &Host, response: &Response<'_>) -> Self {
        let is_own = matches!(response.status, 400 | 401 | 422) || (response.status == 403 && response.body.starts_with('{'));
        match Self::of_response(asked, response) {
            Self::Page(page) if page.verdict.is_none() && is_own => Self::Page(Box::new(Reached { status: 200, ..*page })),
            answer => answer,
        }
    }

    /// What it says about `refusal`, which the page itself showed.
    pub fn outcome(&self, refusal: &Verdict) -> Outcome {
        let Self::Page(page) = self else { return Outcome::Unclear };
        match &page.verdict {
            Some(verdict) if !verdict.is_refusal() || is_rate_limit(verdict) => Outcome::Unclear,
            // A server that fails is not a firewall that refuses, and says nothing about the other.
            Some(verdict) if is_failing(verdict) != is_failing(refusal) => Outcome::Unclear,
            Some(_) => Outcome::Refused,
            None if page.is_served() => Outcome::Served,
            None => Outcome::Unclear,
        }
    }

    /// Is the site there again, and lets this request in? A 403 that nobody recognizes may be another refusal.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Page(page) if page.verdict.is_none() && page.status < 500 && !matches!(page.status, 403 | 429))
    }

    /// Has somebody counted, and found one request too many?
    pub fn is_rate_limited(&self) -> bool {
        let Self::Page(page) = self else { return false };
        page.status == 429 || page.verdict.as_ref().is_some_and(is_rate_limit)
    }

    /// For how many seconds nothing more may be asked, where that follows.
    pub fn error(&self) -> Option<u32> {
        let Self::Page(page) = self else { return None };
        let limit = page.verdict.as_ref().filter(|verdict| is_rate_limit(verdict));
        let by_code = limit.and_then(|verdict| catalogue::entry(verdict.code?)?.retry_after);
        error(page.status, page.retry_after, by_code.or(limit.map(|_| DEFAULT_SILENCE)))
    }
}

/// What came of asking for `/cdn-cgi/trace`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TraceAnswer {
    /// A trace: the edge is reached.
    Trace(Box<Trace>),
    /// The edge, or whoever stands before it, answers with something else: some owners keep the trace from visitors.
    Withheld {
        /// The HTTP status, 300 and above.
        status: u16,
        /// Seconds until the site may be asked again.
        retry_after: Option<u32>,
    },
    /// Another page in its place: the network wants a login, or answers for the site.
    CaptivePortal,
    /// A redirect in its place. No edge leads away from its own trace.
    LedAway,
    /// No answer at all.
    Silent(FetchError),
}

impl TraceAnswer {
    /// Reads the response to a request for the trace of `asked`.
    pub fn of_response(asked: &Host, response: &Response<'_>) -> Self {
        let elsewhere = Host::of_url(response.url).is_some_and(|host| !is_same_site(asked, &host));
        if elsewhere || response.status == NETWORK_AUTHENTICATION {
            return Self::CaptivePortal;
        }
        if response.status >= 300 {
            return Self::Withheld { status: response.status, retry_after: retry_after(response) };
        }
        Trace::parse(response.body).map_or(Self::CaptivePortal, |trace| Self::Trace(Box::new(trace)))
    }

    /// The trace, if there is one.
    pub fn trace(&self) -> Option<&Trace> {
        match self {
            Self::Trace(trace) => Some(trace),
            _ => None,
        }
    }

    /// Has somebody counted, and found one request too many?
    pub fn is_rate_limited(&self) -> bool {
        matches!(self, Self::Withheld { status: 429, .. })
    }

    /// For how many seconds nothing more may be asked, where that follows.
    pub fn error(&self) -> Option<u32> {
        match self {
            Self::Withheld { status, retry_after } => error(*status, *retry_after, None),
            _ => None,
        }
    }
}

/// [511 Network Authentication Required](https://www.rfc-editor.org/rfc/rfc6585#section-6): a portal that says so.
const NETWORK_AUTHENTICATION: u16 = 511;

fn error(status: u16, retry_after: Option<u32>, default: Option<u32>) -> Option<u32> {
    let told = retry_after.filter(|_| status >= 400);
    let seconds = told.or(default).or((status == 429).then_some(DEFAULT_SILENCE))?;
    Some(seconds.min(LONGEST_SILENCE))
}

/// The header's other form, a date, would need a clock; then the code's own time counts.
fn retry_after(response: &Response<'_>) -> Option<u32> {
    let found = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
    found.and_then(|(_, value)| value.trim_ascii().parse().ok())
}

fn is_rate_limit(verdict: &Verdict) -> bool {
    Kind::of(verdict) == Kind::RateLimit
}

fn is_failing(verdict: &Verdict) -> bool {
    matches!(verdict.family, Family::Cloudflare5xx | Family::OpenaiCapacity) || verdict.code.is_some_and(|code| !code.is_1xxx())
}

/// Names of one site lead to each other (`chat.openai.com` to `chatgpt.com`, a bare name to its `www.`) with nobody in
/// between.
pub(crate) fn is_same_site(one: &Host, other: &Host) -> bool {
    Site::of(one) == Site::of(other) || one.is_within(other.as_str()) || other.is_within(one.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCKED: &str = "error code: 1020";

    fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn answer(status: u16, url: &str, pairs: &[(&str, &str)], body: &str) -> Answer {
        Answer::of_response(&Host::chatgpt(), &Response { status, url, headers: &headers(pairs), body })
    }

    fn refusal() -> Verdict {
        let page = Page { status: Some(403), headers: &[], url: "https://chatgpt.com/", body: BLOCKED };
        recognize::recognize(&page).unwrap()
    }

    #[track_caller]
    fn check(status: u16, pairs: &[(&str, &str)], body: &str, outcome: Outcome, error: Option<u32>) {
        let answer = answer(status, "https://chatgpt.com/", pairs, body);
        assert_eq!((answer.outcome(&refusal()), answer.error()), (outcome, error), "{status} {pairs:?} {body}");
    }

    #[test]
    fn a_page_is_served_or_refused_by_the_same_recognizer() {
        check(200, &[], "<html><body>Hello</body></html>", Outcome::Served, None);
        check(404, &[], "Not found", Outcome::Served, None);
        check(403, &[], BLOCKED, Outcome::Refused, None);
        check(400, &[], "error code: 1010", Outcome::Refused, None);
    }

    #[test]
    fn what_is_not_the_sites_word_on_this_refusal_is_unclear() {
        check(403, &[("cf-mitigated", "challenge")], "<html></html>", Outcome::Unclear, None);
        check(401, &[], "Please log in", Outcome::Unclear, None);
        check(503, &[], "Service Unavailable", Outcome::Unclear, None);
        check(520, &[], "error code: 520", Outcome::Unclear, None);
    }

    #[test]
    fn a_failing_server_is_the_answer_to_a_failing_server() {
        let body = "error code: 520";
        let failing = recognize::recognize(&Page { status: Some(520), headers: &[], url: "", body }).unwrap();
        assert_eq!(answer(520, "", &[], body).outcome(&failing), Outcome::Refused);
    }

    #[test]
    fn a_site_that_asks_for_silence_gets_it() {
        check(429, &[], "error code: 1015", Outcome::Unclear, Some(30));
        check(429, &[("Retry-After", "75")], "error code: 1015", Outcome::Unclear, Some(75));
        check(429, &[], "slow down", Outcome::Unclear, Some(30));
        check(503, &[("retry-after", " 120 ")], "", Outcome::Unclear, Some(120));
        check(503, &[("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], "", Outcome::Unclear, None);
        check(429, &[("retry-after", "4000000000")], "", Outcome::Unclear, Some(86_400));
        check(200, &[("retry-after", "120")], "", Outcome::Served, None);
    }

    #[track_caller]
    fn check_host(asked: &str, url: &str, expected: Option<&str>) {
        let response = Response { status: 200, url, headers: &[], body: "" };
        let answer = Answer::of_response(&Host::parse(asked).unwrap(), &response);
        let other = match &answer {
            Answer::Redirected(host) => Some(host.as_str()),
            _ => None,
        };
        assert_eq!(other, expected, "{asked} {url}");
    }

    #[test]
    fn another_sites_page_is_told_apart_from_the_same_sites() {
        check_host("chat.openai.com", "https://chatgpt.com/", None);
        check_host("chatgpt.com", "https://auth.openai.com/log-in", None);
        check_host("blocked.example", "https://www.blocked.example/", None);
        check_host("chatgpt.com", "", None);
        check_host("chatgpt.com", "https://login.hotel.example/?to=chatgpt.com", Some("login.hotel.example"));
        check_host("blocked.example", "https://notblocked.example/", Some("notblocked.example"));
    }

    #[track_caller]
    fn check_trace(status: u16, url: &str, body: &str, expected: &TraceAnswer) {
        let response = Response { status, url, headers: &[], body };
        assert_eq!(&TraceAnswer::of_response(&Host::chatgpt(), &response), expected, "{status} {url} {body}");
    }

    #[test]
    fn a_trace_that_is_no_trace_is_a_captive_portal() {
        let url = "https://chatgpt.com/cdn-cgi/trace";
        let body = "ip=203.0.113.7\ncolo=FRA\n";
        check_trace(200, url, body, &TraceAnswer::Trace(Box::new(Trace::parse(body).unwrap())));
        check_trace(200, url, "<html>Welcome to the hotel</html>", &TraceAnswer::CaptivePortal);
        check_trace(200, "http://login.hotel.example/", body, &TraceAnswer::CaptivePortal);
        check_trace(511, url, "", &TraceAnswer::CaptivePortal);
        check_trace(403, url, BLOCKED, &TraceAnswer::Withheld { status: 403, retry_after: None });
        assert_eq!(answer(511, url, &[], ""), Answer::CaptivePortal);
        assert_eq!(TraceAnswer::Withheld { status: 429, retry_after: None }.error(), Some(30));
    }
}
