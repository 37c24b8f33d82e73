//! Cloudflare's `/cdn-cgi/trace`: what the edge sees of a request, as `key=value` lines. The address, the country, the data
//! centre, and the user agent as it arrived, which is how a rewritten one is found out.
//!
//! Source: Cloudflare, `fundamentals/reference/cdn-cgi-endpoint.mdx`. The keys are not a contract: all but the address may
//! be missing.

use core::net::IpAddr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::base::id::Time;
use crate::base::parsed_text::parsed_text;
use crate::recognize::{ClientAddress, Colo};

/// A real one has half a kilobyte, most of it the user agent.
const LONGEST: usize = 8192;

/// What the edge saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The address that the request came from.
    pub ip: ClientAddress,
    /// The country of that address.
    pub country: Option<Country>,
    /// The data centre that answered.
    pub colo: Option<Colo>,
    /// The `User-Agent` as it arrived.
    pub agent: Option<Agent>,
    /// Did it come through Cloudflare's WARP (`on` or `plus`)?
    pub warp: bool,
    /// Did it come through a company's Cloudflare Gateway?
    pub gateway: bool,
    /// The edge's clock.
    pub time: Option<Time>,
}

/// How far the computer's clock is from the edge's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skew {
    /// Is the computer's the later one?
    pub ahead: bool,
    /// By how much, to the nearest minute.
    pub minutes: u32,
}

impl Skew {
    /// Seconds that a clock may differ. The edge's time is a few seconds old when it is read, and computers that ask a time
    /// server differ by less than one; a check's proofs live for minutes.
    const TOLERANCE: u64 = 120;

    /// `None` where both agree. `now` is when the edge's time arrived here.
    pub fn between(now: Time, edge: Time) -> Option<Self> {
        let seconds = now.0.abs_diff(edge.0) / 1000;
        let minutes = u32::try_from((seconds + 30) / 60).unwrap_or(u32::MAX);
        (seconds > Self::TOLERANCE).then_some(Self { ahead: now > edge, minutes })
    }
}

/// Why a body is no trace. Mostly a captive portal or a company's proxy answered in the site's stead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotATrace {
    /// Longer than any trace.
    #[error("longer than any trace")]
    TooLong,
    /// A line is not `key=value`: a page, mostly.
    #[error("a line is not key=value")]
    NoPair,
    /// The lines are pairs, but an address and a data centre are not among them.
    #[error("no address or no data centre")]
    Incomplete,
}

impl Trace {
    /// Reads a body. White space around lines is dropped; of two equal keys the first counts.
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
        // The data centre's shape is not insisted on: a new kind of name must not look like a captive portal.
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

/// `1763896656.123` as milliseconds.
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

/// A country as Cloudflare names it: two letters of ISO 3166, `XX` for unknown, `T1` for Tor.
///
/// Source: Cloudflare, `fundamentals/reference/http-headers.mdx`, `CF-IPCountry`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(String);

impl Country {
    /// Two upper-case letters, or `T1`.
    pub fn parse(text: &str) -> Option<Self> {
        let is_country = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        (is_country || text == "T1").then(|| Self(text.to_owned()))
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The Tor network, which is nowhere.
    pub fn is_tor(&self) -> bool {
        self.0 == "T1"
    }

    /// A place on earth, whose time zones can be asked for.
    pub fn is_known(&self) -> bool {
        !matches!(self.as_str(), "T1" | "XX")
    }
}

/// A user agent, for comparing. At most 1024 bytes without control characters; empty when the header was taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Agent(String);

impl Agent {
    /// `None` for what no browser sends.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() <= 1024 && !text.chars().any(char::is_control)).then(|| Self(text.trim_ascii().to_owned()))
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

parsed_text!(Country, "not a country");
parsed_text!(Agent, "not a user agent");

/// Do two addresses belong to one visitor? `None` when one is IPv4 and the other IPv6: a browser with both uses either, and
/// nothing follows. An IPv6 address counts by its first 64 bits, for its second half is made anew every day.
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
    fn a_trace_tells_what_the_edge_saw() {
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
    fn the_edges_own_words_for_vpn_and_tor_are_known() {
        assert!(read(&REAL.replace("warp=off", "warp=plus")).warp);
        assert!(read(&REAL.replace("warp=off", "warp=on")).warp);
        assert!(read(&REAL.replace("gateway=off", "gateway=on")).gateway);
        assert!(read(&REAL.replace("loc=DE", "loc=T1")).country.unwrap().is_tor());
        assert!(!read(&REAL.replace("loc=DE", "loc=XX")).country.unwrap().is_known());
    }

    #[test]
    fn what_is_odd_or_missing_is_unknown_and_the_rest_stays() {
        let sparse = read("ip=2001:db8::7\ncolo=somewhere\nloc=de\nts=soon\n");
        assert_eq!((sparse.colo, sparse.country, sparse.agent, sparse.time), (None, None, None, None));
        assert_eq!(read(&REAL.replace("uag=Mozilla/5.0 (X11; Linux x86_64) a=b", "uag=")).agent.unwrap().as_str(), "");
    }

    #[test]
    fn a_page_is_no_trace() {
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
    fn a_clock_is_wrong_from_more_than_two_minutes_on_in_either_direction() {
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
    fn an_ipv6_address_counts_by_its_first_half_and_two_families_say_nothing() {
        check_network("203.0.113.7", "203.0.113.7", Some(true));
        check_network("203.0.113.7", "203.0.113.8", Some(false));
        check_network("2001:db8:1:2::7", "2001:db8:1:2:ffff::1", Some(true));
        check_network("2001:db8:1:2::7", "2001:db8:1:3::7", Some(false));
        check_network("2001:db8::7", "203.0.113.7", None);
        check_network("::ffff:203.0.113.7", "203.0.113.7", Some(true));
    }

    #[test]
    fn what_was_stored_is_checked_again() {
        assert!(serde_json::from_str::<Country>("\"<b>\"").is_err());
        assert!(serde_json::from_str::<Agent>("\"a\\nb\"").is_err());
        let kept = serde_json::to_string(&read(REAL)).unwrap();
        assert_eq!(serde_json::from_str::<Trace>(&kept).unwrap(), read(REAL));
    }
}
