//! Reads the answers to Readmit's own requests to the blocking host. A request from the worker uses the same network, but other
//! extensions cannot change it. Sent with and without cookies, it also shows whether the cookies are to blame.
//!
//! A fetch differs from a page load (in `Accept` and `Sec-Fetch-*`), so an answer is evidence but not proof.

use serde::{Deserialize, Serialize};

use super::trace::Trace;
use crate::base::host::Host;
use crate::feature::clear_data::Site;
use crate::recognize::catalogue;
use crate::recognize::{self, Family, Kind, Page, Verdict};

/// In seconds. The wait for a rate limit that gives no time. Cloudflare's own 1015 uses this value.
pub const DEFAULT_COOLDOWN: u32 = 30;
/// In seconds. The longest wait that is accepted. The longest known limit (1027) ends with the day. A larger number is a mistake
/// by the site, and it would lock people out of their own tool.
pub const LONGEST_COOLDOWN: u32 = 24 * 60 * 60;

/// A response from the shell. Redirects are not followed.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// The HTTP status.
    pub status: u16,
    /// The final URL. Empty if it is unknown.
    pub url: &'a str,
    /// The headers, names in any case.
    pub headers: &'a [(String, String)],
    /// The body as text. The shell limits its size.
    pub body: &'a str,
}

/// A response in owned form. The shell keeps it until the core reads it.
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
    /// A borrowed view.
    pub fn response(&self) -> Response<'_> {
        Response { status: self.status, url: &self.url, headers: &self.headers, body: &self.body }
    }
}

/// Why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FetchError {
    /// No response arrived within the shell's time limit.
    Timeout,
    /// The browser says that it is offline.
    Offline,
    /// The response was a redirect, which is not followed. Browsers do not reveal its target.
    LedAway,
    /// The DNS lookup, the connection or TLS failed. Browsers tell an extension only that the request failed, so that no one can
    /// map a network with it.
    Unreachable,
}

/// The result of a request to the blocked URL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// A page of the site.
    Page(Box<Reached>),
    /// A page of another site, given by its host: an external login or a portal.
    Redirected(Host),
    /// The network's own login page instead of the site.
    CaptivePortal,
    /// No response.
    Silent(FetchError),
}

/// A page of the site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    /// The HTTP status.
    pub status: u16,
    /// The host that responded in the end.
    pub host: Host,
    /// The recognizer's verdict.
    pub verdict: Option<Verdict>,
    /// How many seconds to wait before the next request, according to the page or its headers.
    pub retry_after: Option<u32>,
}

impl Reached {
    /// 404, 405 and 410 count as served: to find out that a page or a method is missing, the site had to accept the request.
    pub fn is_served(&self) -> bool {
        self.verdict.is_none() && (self.status < 400 || matches!(self.status, 404 | 405 | 410))
    }
}

/// What an answer says about the block page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExperimentOutcome {
    /// The site accepted this request.
    Served,
    /// The site blocked this request, too.
    Refused,
    /// Neither: a challenge, a rate limit, no response, or a response from another site.
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

    /// Does the same for a request that a page makes in the background. Readmit's copy of it lacks some data of the original. If
    /// the response complains about missing data or a missing login, it comes from the service itself, so the request was not
    /// blocked.
    pub fn of_inner_response(asked: &Host, response: &Response<'_>) -> Self {
        let is_own = matches!(response.status, 400 | 401 | 422) || (response.status == 403 && response.body.starts_with('{'));
        match Self::of_response(asked, response) {
            Self::Page(page) if page.verdict.is_none() && is_own => Self::Page(Box::new(Reached { status: 200, ..*page })),
            answer => answer,
        }
    }

    /// What this answer says about `refusal`, the block page that the user saw.
    pub fn outcome(&self, refusal: &Verdict) -> ExperimentOutcome {
        if self.is_same_failure(refusal) {
            return ExperimentOutcome::Refused;
        }
        let Self::Page(page) = self else { return ExperimentOutcome::Unclear };
        match &page.verdict {
            Some(verdict) if !verdict.is_refusal() || is_rate_limit(verdict) => ExperimentOutcome::Unclear,
            // Another failure of the same load is not an opening, whatever its status usually says.
            None if !refusal.is_known() && page.status >= 400 => ExperimentOutcome::Unclear,
            // A failing server and a blocking firewall are different things. One says nothing about the other.
            Some(verdict) if is_failing(verdict) != is_failing(refusal) => ExperimentOutcome::Unclear,
            Some(_) => ExperimentOutcome::Refused,
            None if page.is_served() => ExperimentOutcome::Served,
            None => ExperimentOutcome::Unclear,
        }
    }

    /// A failed load of no known block page is compared by the only thing that is known of it.
    fn is_same_failure(&self, refusal: &Verdict) -> bool {
        match self {
            Self::Page(page) => refusal.family == Family::Unrecognized && refusal.status == Some(page.status),
            Self::Silent(error) => refusal.family == Family::Redirect && *error == FetchError::LedAway,
            Self::Redirected(_) | Self::CaptivePortal => false,
        }
    }

    /// Is the site available again, and does it accept this request? An unrecognized 403 may be another block page.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Page(page) if page.verdict.is_none() && page.status < 500 && !matches!(page.status, 403 | 429))
    }

    /// Did the site say that there were too many requests?
    pub fn is_rate_limited(&self) -> bool {
        let Self::Page(page) = self else { return false };
        page.status == 429 || page.verdict.as_ref().is_some_and(is_rate_limit)
    }

    /// How many seconds to wait before the next request. `None` if this answer does not require a wait.
    pub fn cooldown(&self) -> Option<u32> {
        let Self::Page(page) = self else { return None };
        let limit = page.verdict.as_ref().filter(|verdict| is_rate_limit(verdict));
        let by_code = limit.and_then(|verdict| catalogue::entry(verdict.code?)?.retry_after);
        cooldown_after(page.status, page.retry_after, by_code.or(limit.map(|_| DEFAULT_COOLDOWN)))
    }
}

/// The result of a request for `/cdn-cgi/trace`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TraceAnswer {
    /// A trace, so the edge is reachable.
    Trace(Box<Trace>),
    /// The edge, or a server in front of it, sent an error. Some site owners disable the trace.
    Withheld {
        /// The HTTP status, 300 or higher.
        status: u16,
        /// How many seconds to wait before the next request.
        retry_after: Option<u32>,
    },
    /// Another page instead of the trace: the network requires a login, or it responds instead of the site.
    CaptivePortal,
    /// An error on a host of OpenAI's without Cloudflare's marks: a filter answers in place of the edge.
    Replaced {
        /// The HTTP status, 400 or higher.
        status: u16,
    },
    /// A redirect instead of the trace. The edge never redirects its own trace.
    LedAway,
    /// No response.
    Silent(FetchError),
}

impl TraceAnswer {
    /// Reads the response to a request for the trace of `asked`.
    pub fn of_response(asked: &Host, response: &Response<'_>) -> Self {
        let elsewhere = Host::of_url(response.url).is_some_and(|host| !is_same_site(asked, &host));
        if elsewhere || response.status == NETWORK_AUTHENTICATION {
            return Self::CaptivePortal;
        }
        if asked.is_openai() && matches!(response.status, 400..=428 | 430..=499) && !is_from_cloudflare(response) {
            return Self::Replaced { status: response.status };
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

    /// Did the site say that there were too many requests?
    pub fn is_rate_limited(&self) -> bool {
        matches!(self, Self::Withheld { status: 429, .. })
    }

    /// How many seconds to wait before the next request. `None` if this answer does not require a wait.
    pub fn cooldown(&self) -> Option<u32> {
        match self {
            Self::Withheld { status, retry_after } => cooldown_after(*status, *retry_after, None),
            _ => None,
        }
    }
}

/// [511 Network Authentication Required](https://www.rfc-editor.org/rfc/rfc6585#section-6): a captive portal that identifies
/// itself.
const NETWORK_AUTHENTICATION: u16 = 511;

fn cooldown_after(status: u16, retry_after: Option<u32>, default: Option<u32>) -> Option<u32> {
    let told = retry_after.filter(|_| status >= 400);
    let seconds = told.or(default).or((status == 429).then_some(DEFAULT_COOLDOWN))?;
    Some(seconds.min(LONGEST_COOLDOWN))
}

/// Is it a page that is known, or does it carry the headers that Cloudflare's edge puts on everything, its own errors included?
fn is_from_cloudflare(response: &Response<'_>) -> bool {
    let header = |wanted: &str| response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
    let has_ray = header("cf-ray").is_some_and(|(_, value)| !value.is_empty());
    let is_server = header("server").is_some_and(|(_, value)| value.eq_ignore_ascii_case("cloudflare"));
    let Response { status, url, headers, body } = *response;
    (has_ray && is_server) || recognize::recognize(&Page { status: Some(status), headers, url, body }).is_some()
}

/// The header can also be a date. Reading that form would need a clock, so then the default time of the error code counts.
fn retry_after(response: &Response<'_>) -> Option<u32> {
    let found = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("retry-after"));
    found.and_then(|(_, value)| value.trim_ascii().parse().ok())
}

fn is_rate_limit(verdict: &Verdict) -> bool {
    Kind::of(verdict) == Kind::RateLimit
}

fn is_failing(verdict: &Verdict) -> bool {
    matches!(verdict.family, Family::Cloudflare5xx | Family::OpenaiCapacity)
        || verdict.code.is_some_and(|code| (500..=599).contains(&code.number()))
}

/// The names of one site redirect to each other (`chat.openai.com` to `chatgpt.com`, a bare name to its `www.`), so such a
/// redirect does not mean that another site responded.
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
    fn check(status: u16, pairs: &[(&str, &str)], body: &str, outcome: ExperimentOutcome, cooldown: Option<u32>) {
        let answer = answer(status, "https://chatgpt.com/", pairs, body);
        assert_eq!((answer.outcome(&refusal()), answer.cooldown()), (outcome, cooldown), "{status} {pairs:?} {body}");
    }

    #[test]
    fn a_response_is_classified_by_the_recognizer() {
        check(200, &[], "<html><body>Hello</body></html>", ExperimentOutcome::Served, None);
        check(404, &[], "Not found", ExperimentOutcome::Served, None);
        check(403, &[], BLOCKED, ExperimentOutcome::Refused, None);
        check(400, &[], "error code: 1010", ExperimentOutcome::Refused, None);
    }

    #[test]
    fn an_answer_unrelated_to_the_block_page_is_unclear() {
        check(403, &[("cf-mitigated", "challenge")], "<html></html>", ExperimentOutcome::Unclear, None);
        check(401, &[], "Please log in", ExperimentOutcome::Unclear, None);
        check(503, &[], "Service Unavailable", ExperimentOutcome::Unclear, None);
        check(520, &[], "error code: 520", ExperimentOutcome::Unclear, None);
    }

    #[test]
    fn a_second_server_error_confirms_the_first() {
        let body = "error code: 520";
        let failing = recognize::recognize(&Page { status: Some(520), headers: &[], url: "", body }).unwrap();
        assert_eq!(answer(520, "", &[], body).outcome(&failing), ExperimentOutcome::Refused);
    }

    #[test]
    fn a_requested_wait_is_respected() {
        check(429, &[], "error code: 1015", ExperimentOutcome::Unclear, Some(30));
        check(429, &[("Retry-After", "75")], "error code: 1015", ExperimentOutcome::Unclear, Some(75));
        check(429, &[], "slow down", ExperimentOutcome::Unclear, Some(30));
        check(503, &[("retry-after", " 120 ")], "", ExperimentOutcome::Unclear, Some(120));
        check(503, &[("retry-after", "Wed, 21 Oct 2026 07:28:00 GMT")], "", ExperimentOutcome::Unclear, None);
        check(429, &[("retry-after", "4000000000")], "", ExperimentOutcome::Unclear, Some(86_400));
        check(200, &[("retry-after", "120")], "", ExperimentOutcome::Served, None);
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
    fn a_page_of_another_site_is_a_redirect() {
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
    fn an_invalid_trace_is_a_captive_portal() {
        let url = "https://chatgpt.com/cdn-cgi/trace";
        let body = "ip=203.0.113.7\ncolo=FRA\n";
        check_trace(200, url, body, &TraceAnswer::Trace(Box::new(Trace::parse(body).unwrap())));
        check_trace(200, url, "<html>Welcome to the hotel</html>", &TraceAnswer::CaptivePortal);
        check_trace(200, "http://login.hotel.example/", body, &TraceAnswer::CaptivePortal);
        check_trace(511, url, "", &TraceAnswer::CaptivePortal);
        check_trace(403, url, BLOCKED, &TraceAnswer::Withheld { status: 403, retry_after: None });
        assert_eq!(answer(511, url, &[], ""), Answer::CaptivePortal);
        assert_eq!(TraceAnswer::Withheld { status: 429, retry_after: None }.cooldown(), Some(30));
    }
}
