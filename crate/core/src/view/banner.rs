//! The banner's words. They are derived from the verdict alone, so the content script can show the banner without the
//! background.

use serde::{Deserialize, Serialize};

use crate::base::host::Host;
use crate::base::text::{Text, keys};
use crate::case::Case;
use crate::diagnosis::cause::Kind;
use crate::evidence::probe::{Answer, FetchError};
use crate::recognize::{Code, Family, Verdict};

/// The banner's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Banner {
    /// What happened.
    pub headline: Text,
    /// "Error 1020", or "Blocked".
    pub label: Text,
    /// The usual reason.
    pub hint: Text,
}

/// The banner for a page blocked by `host`. `None` for a challenge: those pages are left alone; and for a page that failed to
/// load and is no known block page.
pub fn of(verdict: &Verdict, host: &Host) -> Option<Banner> {
    let kind = Kind::of(verdict);
    (verdict.is_refusal() && verdict.is_known()).then(|| Banner {
        headline: headline(kind, host, false),
        label: label(verdict),
        hint: hint(kind),
    })
}

/// The banner for a case.
pub(crate) fn of_case(case: &Case) -> Option<Banner> {
    let is_shown = case.verdict.is_refusal() && (case.verdict.is_known() || case.inside);
    is_shown.then(|| Banner {
        headline: headline_of_case(case),
        label: label(&case.verdict),
        hint: if case.findings.empty_inside { keys::why_empty() } else { hint(Kind::of(&case.verdict)) },
    })
}

/// What happened, in one sentence.
pub(crate) fn headline_of_case(case: &Case) -> Text {
    if case.verdict.is_known() || case.inside {
        headline(Kind::of(&case.verdict), &case.host, case.inside)
    } else {
        headline_of_failed_load(case)
    }
}

/// What the site answered, as far as it is known.
fn headline_of_failed_load(case: &Case) -> Text {
    let host = case.host.as_str();
    if case.verdict.is_login_error() {
        return keys::headline_login();
    }
    match (case.verdict.family, case.verdict.status, &case.findings.with_cookies) {
        (Family::Redirect, ..) => keys::headline_redirect(host),
        (_, Some(status), _) => keys::headline_answered(host, &status.to_string()),
        (_, None, Some(Answer::Silent(FetchError::Timeout | FetchError::Unreachable))) => keys::headline_unanswered(host),
        // No one has asked yet, or the site serves the worker what it did not serve the page.
        (_, None, _) => keys::headline_unloaded(),
    }
}

/// `inside`: only requests inside an open page are blocked. This changes the sentence for a rule; all other kinds are the same.
fn headline(kind: Kind, host: &Host, inside: bool) -> Text {
    let host = host.name();
    match kind {
        Kind::RateLimit => keys::headline_limited(host),
        Kind::Region => keys::headline_region(host),
        Kind::Legal => keys::headline_legal(host),
        Kind::Service => keys::headline_service(host),
        Kind::Activity => keys::headline_activity(host),
        Kind::Ended => keys::headline_ended(host),
        Kind::Loop => keys::headline_loop(host),
        _ if inside => keys::headline_inside(host),
        _ => keys::headline_refused(host),
    }
}

/// The error's number, or a word if there is none.
pub(crate) fn label(verdict: &Verdict) -> Text {
    if verdict.is_known() {
        return label_of(verdict.code);
    }
    let unnumbered = if verdict.is_login_error() { keys::fact_login } else { keys::fact_unloaded };
    verdict.status.map_or_else(unnumbered, |status| keys::fact_code(&status.to_string()))
}

/// The same for a past case.
pub(crate) fn label_of(code: Option<Code>) -> Text {
    code.map_or_else(keys::fact_blocked, |code| keys::fact_code(&code.number().to_string()))
}

/// The usual reason, in the popup. The login's own errors never have a banner, so the content script needs no words for them.
pub(crate) fn usual_reason(kind: Kind) -> Text {
    match kind {
        Kind::LoginScript => keys::hint_login_script(),
        Kind::LoginExpired => keys::hint_login_expired(),
        _ => hint(kind),
    }
}

/// The usual reason for a block page of this kind.
pub(crate) fn hint(kind: Kind) -> Text {
    match kind {
        Kind::Rule => keys::hint_rule(),
        Kind::Openai => keys::hint_openai(),
        Kind::Address => keys::hint_address(),
        Kind::Region => keys::hint_region(),
        Kind::Signature => keys::hint_signature(),
        Kind::Headers => keys::hint_headers(),
        Kind::Oversized => keys::hint_oversized(),
        Kind::RateLimit => keys::hint_limited(),
        Kind::Tls => keys::hint_tls(),
        Kind::Misdirected => keys::hint_misdirected(),
        Kind::Legal => keys::hint_legal(),
        Kind::Service => keys::hint_service(),
        Kind::Activity => keys::hint_activity(),
        Kind::Ended => keys::hint_ended(),
        Kind::Redirect => keys::hint_redirect(),
        Kind::Unanswered => keys::hint_unanswered(),
        // Never a banner's: see `usual_reason`.
        Kind::LoginBlocked | Kind::LoginScript | Kind::LoginExpired => keys::hint_login_blocked(),
        Kind::Loop => keys::hint_loop(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognize::{Code, Family};

    fn verdict(family: Family, code: Option<u16>) -> Verdict {
        Verdict {
            family,
            code: code.and_then(Code::new),
            ray_id: None,
            client_ip: None,
            host: None,
            colo: None,
            status: None,
            ended: None,
            retry_after: None,
            evidence: Vec::new(),
        }
    }

    #[track_caller]
    fn check(family: Family, code: Option<u16>, headline: &str, label: &str) {
        let host = Host::parse("chatgpt.com").unwrap();
        let banner = of(&verdict(family, code), &host).unwrap();
        assert_eq!((banner.headline.key.as_ref(), banner.label.key.as_ref()), (headline, label));
    }

    #[test]
    fn each_kind_says_what_happened() {
        check(Family::Cloudflare1xxx, Some(1020), "headline_refused", "fact_code");
        check(Family::OpenaiBlock, None, "headline_refused", "fact_blocked");
        check(Family::Cloudflare1xxx, Some(1015), "headline_limited", "fact_code");
        check(Family::OpenaiRegion, None, "headline_region", "fact_blocked");
        check(Family::Cloudflare5xx, Some(522), "headline_service", "fact_code");
        check(Family::Cloudflare1xxx, Some(1026), "headline_legal", "fact_code");
    }

    #[test]
    fn a_challenge_has_no_banner() {
        assert_eq!(of(&verdict(Family::CloudflareChallenge, None), &Host::chatgpt()), None);
    }
}
