//! The catalog of every Cloudflare error that a visitor can meet: its number, its name, its kind and when to retry. Badges,
//! cards, the diagnosis and the tests all derive from this one table. An error that is missing here is classified by its HTTP
//! status: see [`Kind`]. Messages for people are in `_locales`, not here.
//!
//! Sources, in cloudflare/cloudflare-docs, `src/content/docs/`: meanings are from
//! `support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/error-NNNN.mdx` and `cloudflare-5xx-errors/`; categories and
//! retry times are from `fundamentals/reference/error-responses.mdx`. A status is given only if it is documented or was observed.

use super::field::Code;
use super::kind::Kind;
use super::verdict::{Family, Verdict};

/// One error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The error's number.
    pub code: Code,
    /// Cloudflare's machine name if one is known, otherwise a short term in the same style. For developers, not for people.
    pub name: &'static str,
    /// The kind of block page.
    pub kind: Kind,
    /// The HTTP status that comes with this error, if it is known.
    pub status: Option<u16>,
    /// How many seconds Cloudflare tells clients to wait by default. `None` if waiting does not help.
    pub retry_after: Option<u32>,
}

/// The entry for `code`. `None` if Cloudflare added the code after this table was written.
pub fn entry(code: Code) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.code == code)
}

impl Kind {
    /// The kind of a recognized page.
    pub fn of(verdict: &Verdict) -> Self {
        match verdict.ended {
            Some(_) => Self::Ended,
            None => Self::of_page(verdict.family, verdict.code, verdict.status),
        }
    }

    /// The same, from the three fields that decide it. The status matters only for a code that is not in the catalog.
    pub fn of_page(family: Family, code: Option<Code>, status: Option<u16>) -> Self {
        match (family, code) {
            (Family::OpenaiRegion, _) => Self::Region,
            (Family::OpenaiCapacity, _) => Self::Service,
            (Family::CloudflareChallenge, _) => Self::Loop,
            (Family::OpenaiUnusualActivity, _) => Self::Activity,
            (Family::OpenaiRateLimit, _) => Self::RateLimit,
            (Family::Unstyled, Some(code)) => Self::of_status(Some(code.number())),
            (Family::Unrecognized, _) => Self::of_status(status),
            (Family::Redirect, _) => Self::Redirect,
            (Family::LoginBlocked, _) => Self::LoginBlocked,
            (Family::LoginScript, _) => Self::LoginScript,
            (Family::LoginExpired, _) => Self::LoginExpired,
            (_, Some(code)) => entry(code).map_or_else(|| Self::of_unlisted(code, status), |entry| entry.kind),
            (Family::OpenaiBlock, None) => Self::Openai,
            (Family::Cloudflare5xx, None) => Self::Service,
            (_, None) => Self::Rule,
        }
    }

    /// The kind of a page of which only the status is known: one of the edge's bare pages, or a page load that failed.
    fn of_status(status: Option<u16>) -> Self {
        match status {
            // Browsers send well-formed requests. What can be wrong with them is what the site has stored in its cookies.
            Some(400 | 413 | 431 | 520) => Self::Oversized,
            Some(421) => Self::Misdirected,
            Some(429) => Self::RateLimit,
            Some(451) => Self::Legal,
            // To say that a page is missing, the site had to accept the request.
            Some(404 | 405 | 408 | 410 | 500..) => Self::Service,
            Some(_) => Self::Rule,
            None => Self::Unanswered,
        }
    }

    /// A 5xx code is its own status. If the status is no help, the error counts as [`Kind::Rule`], because most 1xxx errors deny
    /// access.
    fn of_unlisted(code: Code, status: Option<u16>) -> Self {
        match if code.is_1xxx() { status } else { Some(code.number()) } {
            Some(429) => Self::RateLimit,
            Some(500..) => Self::Service,
            _ => Self::Rule,
        }
    }
}

/// All entries, sorted by number.
pub const fn entries() -> &'static [Entry] {
    ENTRIES
}

const fn one(code: u16, name: &'static str, kind: Kind, status: u16, retry_after: u32) -> Entry {
    Entry {
        code: Code::known(code),
        name,
        kind,
        status: if status == UNKNOWN { None } else { Some(status) },
        retry_after: if retry_after == NO_RETRY { None } else { Some(retry_after) },
    }
}

/// No status is documented, and none was observed.
const UNKNOWN: u16 = 0;
/// Cloudflare sends no `Retry-After`.
const NO_RETRY: u32 = 0;

use Kind::{Address, Headers, Legal, Misdirected, Oversized, RateLimit, Region, Rule, Service, Signature, Tls};
static ENTRIES: &[Entry] = &[
    // 5xx: the browser never causes these, except for the one noted below.
    one(500, "internal_server_error", Service, 500, 30),
    one(502, "bad_gateway", Service, 502, 60),
    one(503, "service_unavailable", Service, 503, NO_RETRY),
    one(504, "gateway_timeout", Service, 504, 120),
    // A response whose headers exceed 16 KB, "typically due to too many cookies", also gives this error:
    // cloudflare-5xx-errors/error-520.mdx.
    one(520, "unknown_error", Oversized, 520, 60),
    one(521, "web_server_down", Service, 521, 120),
    one(522, "connection_timed_out", Service, 522, 120),
    one(523, "origin_unreachable", Service, 523, 120),
    one(524, "timeout_occurred", Service, 524, 120),
    one(525, "ssl_handshake_failed", Service, 525, NO_RETRY),
    one(526, "invalid_ssl_certificate", Service, 526, NO_RETRY),
    one(527, "railgun_error", Service, 527, NO_RETRY),
    one(530, "origin_dns_error", Service, 530, NO_RETRY),
    // An extension can cause this by adding `CF-Connecting-IP`, or a long or second `X-Forwarded-For`: error-1000.mdx.
    one(1000, "dns_prohibited_ip", Headers, UNKNOWN, NO_RETRY),
    one(1001, "dns_resolution_error", Service, UNKNOWN, NO_RETRY),
    one(1002, "dns_restricted", Service, UNKNOWN, NO_RETRY),
    one(1003, "direct_ip_access", Misdirected, 403, NO_RETRY),
    one(1004, "host_not_configured", Service, UNKNOWN, 120),
    one(1005, "asn_banned", Address, 403, NO_RETRY),
    one(1006, "ip_banned", Address, 403, NO_RETRY),
    one(1007, "ip_banned", Address, 403, NO_RETRY),
    one(1008, "ip_banned", Address, 403, NO_RETRY),
    one(1009, "country_banned", Region, 403, NO_RETRY),
    one(1010, "browser_signature_banned", Signature, 403, NO_RETRY),
    one(1011, "hotlinking_denied", Headers, UNKNOWN, NO_RETRY),
    one(1012, "malicious_activity", Address, UNKNOWN, NO_RETRY),
    one(1013, "host_sni_mismatch", Tls, 403, NO_RETRY),
    one(1014, "cname_cross_user_banned", Service, 403, NO_RETRY),
    one(1015, "rate_limited", RateLimit, 429, 30),
    one(1016, "origin_dns_error", Service, 530, NO_RETRY),
    one(1017, "tls_client_rejected", Tls, UNKNOWN, NO_RETRY),
    one(1018, "host_not_found", Service, 409, NO_RETRY),
    one(1019, "worker_recursion", Service, UNKNOWN, NO_RETRY),
    one(1020, "firewall_rule_blocked", Rule, 403, NO_RETRY),
    one(1023, "host_not_found", Service, 409, NO_RETRY),
    one(1025, "workers_plan_limit", RateLimit, UNKNOWN, NO_RETRY),
    one(1026, "legal_block", Legal, 451, NO_RETRY),
    one(1027, "workers_daily_limit", RateLimit, UNKNOWN, NO_RETRY),
    one(1028, "tls_client_rejected", Tls, UNKNOWN, NO_RETRY),
    one(1029, "tls_client_rejected", Tls, UNKNOWN, NO_RETRY),
    one(1033, "tunnel_error", Service, 530, 120),
    one(1034, "edge_ip_restricted", Misdirected, 403, NO_RETRY),
    one(1035, "rewrite_invalid", Service, UNKNOWN, NO_RETRY),
    one(1036, "rewrite_too_long", Service, UNKNOWN, NO_RETRY),
    one(1037, "rewrite_expression_failed", Service, UNKNOWN, NO_RETRY),
    // Too many or too large cookies and headers. The visitor's browser sends both: error-1038.mdx.
    one(1038, "headers_limit_exceeded", Oversized, UNKNOWN, 60),
    one(1039, "legal_block", Legal, UNKNOWN, NO_RETRY),
    one(1040, "rewrite_header_invalid", Service, UNKNOWN, NO_RETRY),
    one(1041, "rewrite_header_invalid", Service, UNKNOWN, NO_RETRY),
    one(1042, "worker_fetch_same_zone", Service, UNKNOWN, NO_RETRY),
    one(1043, "config_invalid", Service, UNKNOWN, NO_RETRY),
    one(1044, "tls_not_fips_compliant", Tls, 403, NO_RETRY),
    one(1045, "unsupported", Service, UNKNOWN, NO_RETRY),
    one(1047, "config_invalid", Service, UNKNOWN, NO_RETRY),
    one(1049, "config_invalid", Service, UNKNOWN, NO_RETRY),
    one(1100, "worker_error", Service, UNKNOWN, NO_RETRY),
    one(1101, "worker_exception", Service, 500, NO_RETRY),
    one(1102, "worker_cpu_limit", Service, 503, NO_RETRY),
    one(1103, "worker_error", Service, UNKNOWN, NO_RETRY),
    one(1104, "worker_error", Service, UNKNOWN, NO_RETRY),
    one(1105, "worker_error", Service, UNKNOWN, NO_RETRY),
    one(1106, "ip_banned", Address, 403, NO_RETRY),
    one(1107, "access_denied", Address, UNKNOWN, NO_RETRY),
    one(1108, "access_denied", Address, UNKNOWN, NO_RETRY),
    one(1109, "access_denied", Address, UNKNOWN, NO_RETRY),
    one(1200, "cache_connection_limit", RateLimit, 503, 60),
    one(1201, "snippet_error", Service, UNKNOWN, NO_RETRY),
    one(1202, "snippet_error", Service, UNKNOWN, NO_RETRY),
    one(1203, "snippet_error", Service, UNKNOWN, NO_RETRY),
    one(1204, "snippet_error", Service, UNKNOWN, NO_RETRY),
    // A cookie is often the cause of a redirect loop: error-1205.mdx.
    one(1205, "snippet_too_many_redirects", Oversized, UNKNOWN, 5),
    one(1206, "snippet_error", Service, UNKNOWN, NO_RETRY),
];

#[cfg(test)]
mod tests {
    use super::{Code, Family, Kind, entries, entry};

    #[test]
    fn all_codes_are_valid_and_sorted() {
        assert!(entries().is_sorted_by(|one, next| one.code < next.code));
        for entry in entries() {
            assert_eq!(Code::new(entry.code.number()), Some(entry.code));
        }
    }

    #[test]
    fn only_six_1xxx_codes_have_a_retry_time() {
        let retryable: Vec<u16> = entries()
            .iter()
            .filter(|entry| entry.code.is_1xxx() && entry.retry_after.is_some())
            .map(|entry| entry.code.number())
            .collect();
        assert_eq!(retryable, [1004, 1015, 1033, 1038, 1200, 1205]);
    }

    #[test]
    fn a_new_code_has_no_entry() {
        assert_eq!(entry(Code::new(1299).unwrap()), None);
    }

    #[track_caller]
    fn check(code: u16, status: Option<u16>, expected: Kind) {
        let code = Code::new(code).unwrap();
        for family in [Family::Cloudflare1xxx, Family::Custom, Family::Plain] {
            assert_eq!(Kind::of_page(family, Some(code), status), expected, "{code:?} with {status:?}");
        }
    }

    #[test]
    fn an_unlisted_error_is_classified_by_its_status() {
        for code in [1021, 1022, 1024, 1046, 1110, 1150, 1199, 1207, 1299] {
            check(code, Some(403), Kind::Rule);
            check(code, Some(409), Kind::Rule);
            check(code, Some(429), Kind::RateLimit);
            check(code, Some(500), Kind::Service);
            check(code, Some(530), Kind::Service);
            check(code, None, Kind::Rule);
        }
    }

    #[test]
    fn a_listed_error_keeps_its_kind_whatever_the_status() {
        for status in [None, Some(403), Some(429), Some(503)] {
            check(1020, status, Kind::Rule);
            check(1015, status, Kind::RateLimit);
            check(1016, status, Kind::Service);
            check(1009, status, Kind::Region);
        }
    }

    #[test]
    fn a_bare_page_is_classified_by_its_status() {
        let kind = |status| Kind::of_page(Family::Unstyled, Code::new(status), None);
        for (status, expected) in [
            (400, Kind::Oversized),
            (403, Kind::Rule),
            (409, Kind::Rule),
            (421, Kind::Misdirected),
            (429, Kind::RateLimit),
            (431, Kind::Oversized),
            (451, Kind::Legal),
            (502, Kind::Service),
            (520, Kind::Oversized),
        ] {
            assert_eq!(kind(status), expected, "{status}");
        }
    }

    #[test]
    fn an_unlisted_5xx_is_a_service_error() {
        check(528, None, Kind::Service);
        check(529, Some(403), Kind::Service);
    }
}
