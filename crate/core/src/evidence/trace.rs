//! Cloudflare's `/cdn-cgi/trace`: what the edge sees of a request, as `key=value` lines. It gives the IP address, the country,
//! the data center, and the user agent as it arrived, which reveals a rewritten one.
//!
//! Source: Cloudflare, `fundamentals/reference/cdn-cgi-endpoint.mdx`. Cloudflare does not guarantee the keys, so only the IP
//! address and the data center are required.

use core::net::IpAddr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::base::id::Time;
use crate::base::parsed_text::parsed_text;
use crate::recognize::{ClientAddress, Colo};

/// In bytes. A real trace has about half a kilobyte, most of it the user agent.
const LONGEST: usize = 8192;

/// What the edge saw of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The IP address that the request came from.
    pub ip: ClientAddress,
    /// The country of this IP address.
    pub country: Option<Country>,
    /// The data center that responded.
    pub colo: Option<Colo>,
    /// The `User-Agent` header as it arrived.
    pub agent: Option<Agent>,
    /// Did the request come through Cloudflare's WARP (`on` or `plus`)?
    pub warp: bool,
    /// Did the request come through a company's Cloudflare Gateway?
    pub gateway: bool,
    /// The time on the edge's clock.
    pub time: Option<Time>,
}

/// The difference between the computer's clock and the edge's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skew {
    /// Is the computer's clock ahead?
    pub ahead: bool,
    /// The difference, to the nearest minute.
    pub minutes: u32,
}

impl Skew {
    /// In seconds. A smaller difference is ignored: the edge's time is a few seconds old when it is read, and a computer that
    /// syncs with a time server is off by less than one. The cookies of a browser check are valid for minutes.
    const TOLERANCE: u64 = 120;

    /// `None` if the clocks agree. `now` is the time at which the edge's time arrived here.
    pub fn between(now: Time, edge: Time) -> Option<Self> {
        let seconds = now.0.abs_diff(edge.0) / 1000;
        let minutes = u32::try_from((seconds + 30) / 60).unwrap_or(u32::MAX);
        (seconds > Self::TOLERANCE).then_some(Self { ahead: now > edge, minutes })
    }
}

/// Why a body is not a trace. The usual reason is a captive portal or a company's proxy that responded instead of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotATrace {
    /// Longer than any trace.
    #[error("longer than any trace")]
    TooLong,
    /// A line is not `key=value`. The body is probably an HTML page.
    #[error("a line is not key=value")]
    NoPair,
    /// All lines are pairs, but the IP address or the data center is missing.
    #[error("no address or no data centre")]
    Incomplete,
}

impl Trace {
    /// Parses a body. White space around lines is ignored. If a key is repeated, the first one counts.
    pub fn parse(body: &str) -> Result<Self, NotATrace> {
        if body.len() > LONGEST {
            return Err(NotATrace::TooLong);
        }
        let mut pairs = Vec::new();
        for line in body.trim_ascii().split('\n') {
            let (key, value) = line.trim_ascii().split_once('=').ok_or(NotATrace::NoPair)?;
            let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            if !is_key {
                return Err(NotATrace::NoPair);
            }
            pairs.push((key, value));
        }
        let value = |wanted: &str| pairs.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value);
        let ip = value("ip").and_then(ClientAddress::parse);
        // The data center's format is not checked: a new kind of name must not look like a captive portal.
        let (Some(ip), Some(colo)) = (ip, value("colo")) else { return Err(NotATrace::Incomplete) };
        Ok(Self {
            ip,
            country: value("loc").and_then(Country::parse),
            colo: Colo::parse(colo),
            agent: value("uag").and_then(Agent::parse),
            warp: matches!(value("warp"), Some("on" | "plus")),
            gateway: value("gateway") == Some("on"),
            time: value("ts").and_then(milliseconds),
        })
    }
}

/// Parses `1763896656.123` into milliseconds.
fn milliseconds(text: &str) -> Option<Time> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    let seconds: u32 = seconds.parse().ok()?;
    let mut thousandths = 0;
    for place in 0..3 {
        let digit = fraction.as_bytes().get(place).copied().unwrap_or(b'0');
        let digit = digit.is_ascii_digit().then(|| digit - b'0')?;
        thousandths = thousandths * 10 + u64::from(digit);
    }
    Some(Time(u64::from(seconds) * 1000 + thousandths))
}

/// A country in Cloudflare's notation: two letters of ISO 3166, `XX` for unknown, `T1` for Tor.
///
/// Source: Cloudflare, `fundamentals/reference/http-headers.mdx`, `CF-IPCountry`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(String);

impl Country {
    /// Parses two upper-case letters, or `T1`.
    pub fn parse(text: &str) -> Option<Self> {
        let is_country = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        (is_country || text == "T1").then(|| Self(text.to_owned()))
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Is it the Tor network, which has no country?
    pub fn is_tor(&self) -> bool {
        self.0 == "T1"
    }

    /// Is it a real country, which has time zones?
    pub fn is_known(&self) -> bool {
        !matches!(self.as_str(), "T1" | "XX")
    }
}

/// A user agent, for comparison. At most 1024 bytes without control characters. Empty if the header was removed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Agent(String);

impl Agent {
    /// `None` for text that no browser sends.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() <= 1024 && !text.chars().any(char::is_control)).then(|| Self(text.trim_ascii().to_owned()))
    }

    /// The user agent as it was sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

parsed_text!(Country, "not a country");
parsed_text!(Agent, "not a user agent");

/// Do two IP addresses belong to one visitor? `None` if one is IPv4 and the other IPv6: a browser with both may use either, so
/// nothing follows. Only the first 64 bits of an IPv6 address count, because the second half changes every day.
pub fn is_same_network(one: &ClientAddress, other: &ClientAddress) -> Option<bool> {
    let parse = |address: &ClientAddress| address.as_str().parse().ok().map(|address: IpAddr| address.to_canonical());
    match (parse(one)?, parse(other)?) {
        (IpAddr::V4(one), IpAddr::V4(other)) => Some(one == other),
        (IpAddr::V6(one), IpAddr::V6(other)) => Some(one.to_bits() >> 64 == other.to_bits() >> 64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAL: &str = "fl=123f456\nh=chatgpt.com\nip=203.0.113.7\nts=1763896656.120\nvisit_scheme=https\n\
        uag=Mozilla/5.0 (X11; Linux x86_64) a=b\ncolo=FRA\nsliver=none\nhttp=http/2\nloc=DE\ntls=TLSv1.3\nsni=plaintext\n\
        warp=off\ngateway=off\nrbi=off\nkex=X25519MLKEM768\n";

    fn read(body: &str) -> Trace {
        Trace::parse(body).unwrap()
    }

    #[track_caller]
    fn check_no_trace(body: &str, expected: NotATrace) {
        assert_eq!(Trace::parse(body), Err(expected), "{body}");
    }

    #[test]
    fn all_fields_of_a_trace_are_parsed() {
        let expected = Trace {
            ip: ClientAddress::parse("203.0.113.7").unwrap(),
            country: Country::parse("DE"),
            colo: Colo::parse("FRA"),
            agent: Agent::parse("Mozilla/5.0 (X11; Linux x86_64) a=b"),
            warp: false,
            gateway: false,
            time: Some(Time(1_763_896_656_120)),
        };
        assert_eq!(read(REAL), expected);
        assert_eq!(read(&REAL.replace('\n', "\r\n")), expected);
    }

    #[test]
    fn warp_gateway_and_tor_are_detected() {
        assert!(read(&REAL.replace("warp=off", "warp=plus")).warp);
        assert!(read(&REAL.replace("warp=off", "warp=on")).warp);
        assert!(read(&REAL.replace("gateway=off", "gateway=on")).gateway);
        assert!(read(&REAL.replace("loc=DE", "loc=T1")).country.unwrap().is_tor());
        assert!(!read(&REAL.replace("loc=DE", "loc=XX")).country.unwrap().is_known());
    }

    #[test]
    fn an_invalid_or_missing_field_does_not_affect_the_others() {
        let sparse = read("ip=2001:db8::7\ncolo=somewhere\nloc=de\nts=soon\n");
        assert_eq!((sparse.colo, sparse.country, sparse.agent, sparse.time), (None, None, None, None));
        assert_eq!(read(&REAL.replace("uag=Mozilla/5.0 (X11; Linux x86_64) a=b", "uag=")).agent.unwrap().as_str(), "");
    }

    #[test]
    fn an_html_page_is_not_a_trace() {
        check_no_trace("<!doctype html><title>Welcome to the hotel</title><a href=\"?a=b\">Log in</a>", NotATrace::NoPair);
        check_no_trace("", NotATrace::NoPair);
        check_no_trace("Success", NotATrace::NoPair);
        check_no_trace("{\"a\":1}", NotATrace::NoPair);
        check_no_trace("ip=203.0.113.7\n\ncolo=FRA", NotATrace::NoPair);
        check_no_trace("IP4=a\nip=203.0.113.7\ncolo=FRA", NotATrace::NoPair);
        check_no_trace("a=b\n", NotATrace::Incomplete);
        check_no_trace("ip=here\ncolo=FRA\n", NotATrace::Incomplete);
        check_no_trace("ip=203.0.113.7\n", NotATrace::Incomplete);
        check_no_trace(&"a=b\n".repeat(10_000), NotATrace::TooLong);
    }

    #[track_caller]
    fn check_skew(now: u64, edge: u64, expected: Option<(bool, u32)>) {
        let skew = Skew::between(Time(now * 1000), Time(edge * 1000));
        assert_eq!(skew.map(|skew| (skew.ahead, skew.minutes)), expected, "{now} {edge}");
    }

    #[test]
    fn a_clock_is_wrong_if_it_is_off_by_over_two_minutes() {
        check_skew(10_000, 10_000, None);
        check_skew(10_120, 10_000, None);
        check_skew(10_000, 10_120, None);
        check_skew(10_121, 10_000, Some((true, 2)));
        check_skew(10_000, 10_151, Some((false, 3)));
        check_skew(10_000, 10_000 + 86_400, Some((false, 1440)));
        check_skew(1_800_000_000, 0, Some((true, 30_000_000)));
        assert_eq!(Skew::between(Time(u64::MAX), Time(0)).unwrap().minutes, u32::MAX);
    }

    #[track_caller]
    fn check_network(one: &str, other: &str, expected: Option<bool>) {
        let parse = |text| ClientAddress::parse(text).unwrap();
        assert_eq!(is_same_network(&parse(one), &parse(other)), expected, "{one} {other}");
    }

    #[test]
    fn ipv6_compares_by_prefix_and_never_with_ipv4() {
        check_network("203.0.113.7", "203.0.113.7", Some(true));
        check_network("203.0.113.7", "203.0.113.8", Some(false));
        check_network("2001:db8:1:2::7", "2001:db8:1:2:ffff::1", Some(true));
        check_network("2001:db8:1:2::7", "2001:db8:1:3::7", Some(false));
        check_network("2001:db8::7", "203.0.113.7", None);
        check_network("::ffff:203.0.113.7", "203.0.113.7", Some(true));
    }

    #[test]
    fn stored_values_are_validated_when_read() {
        assert!(serde_json::from_str::<Country>("\"<b>\"").is_err());
        assert!(serde_json::from_str::<Agent>("\"a\\nb\"").is_err());
        let kept = serde_json::to_string(&read(REAL)).unwrap();
        assert_eq!(serde_json::from_str::<Trace>(&kept).unwrap(), read(REAL));
    }
}
