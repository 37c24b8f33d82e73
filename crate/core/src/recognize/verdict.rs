//! The recognizer's verdict on a page, and how it is serialized.

use serde::{Deserialize, Serialize};

use super::ended::Ended;
use super::evidence::Evidence;
use super::field::{ClientAddress, Code, Colo, RayId};
use crate::base::host::Host;

/// The families of pages that are distinguished. Their names are used in messages, on disk and by `cargo xtask recognise`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Cloudflare's page for an error 1000 to 1299.
    #[serde(rename = "cloudflare-1xxx")]
    Cloudflare1xxx,
    /// "Sorry, you have been blocked", or the warning before a phishing site.
    CloudflareBlock,
    /// Cloudflare's page for an origin server that fails or does not respond.
    #[serde(rename = "cloudflare-5xx")]
    Cloudflare5xx,
    /// A browser check. This is not a block page, and Readmit does not touch it.
    CloudflareChallenge,
    /// OpenAI's own block page.
    OpenaiBlock,
    /// OpenAI's page or JSON error for an unsupported country.
    OpenaiRegion,
    /// OpenAI's page for "at capacity".
    OpenaiCapacity,
    /// A site's own page with Cloudflare's error box in it, or with an error that only a header reveals.
    Custom,
    /// One of the edge's bare pages, without any style. Its code is the HTTP status.
    Unstyled,
    /// OpenAI's JSON error "Unusual activity has been detected".
    OpenaiUnusualActivity,
    /// OpenAI's JSON error "Too many requests".
    OpenaiRateLimit,
    /// Not an HTML page: `error code: 1020` as text, or an RFC 9457 object.
    Plain,
    /// A page load that failed and is no known block page: it answered with a status of 400 or more, or not at all. The recognizer
    /// never says so: only where the page was loaded is known whether that is worth saying.
    Unrecognized,
    /// The same of a load that ended in redirects.
    Redirect,
    /// The login's own error: one of its requests was answered with a page. Found like `Unrecognized`.
    LoginBlocked,
    /// The same: a script of the login is missing.
    LoginScript,
    /// The same: the login has expired, or its cookie is missing.
    LoginExpired,
}

impl Family {
    /// Every family.
    const ALL: [Self; 17] = [
        Self::Cloudflare1xxx,
        Self::CloudflareBlock,
        Self::Cloudflare5xx,
        Self::CloudflareChallenge,
        Self::OpenaiBlock,
        Self::OpenaiRegion,
        Self::OpenaiCapacity,
        Self::Custom,
        Self::Unstyled,
        Self::OpenaiUnusualActivity,
        Self::OpenaiRateLimit,
        Self::Plain,
        Self::Unrecognized,
        Self::Redirect,
        Self::LoginBlocked,
        Self::LoginScript,
        Self::LoginExpired,
    ];

    /// The family with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == name)
    }

    /// The serialized name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cloudflare1xxx => "cloudflare-1xxx",
            Self::CloudflareBlock => "cloudflare-block",
            Self::Cloudflare5xx => "cloudflare-5xx",
            Self::CloudflareChallenge => "cloudflare-challenge",
            Self::OpenaiBlock => "openai-block",
            Self::OpenaiRegion => "openai-region",
            Self::OpenaiCapacity => "openai-capacity",
            Self::Custom => "custom",
            Self::Unstyled => "unstyled",
            Self::OpenaiUnusualActivity => "openai-unusual-activity",
            Self::OpenaiRateLimit => "openai-rate-limit",
            Self::Plain => "plain",
            Self::Unrecognized => "unrecognized",
            Self::Redirect => "redirect",
            Self::LoginBlocked => "login-blocked",
            Self::LoginScript => "login-script",
            Self::LoginExpired => "login-expired",
        }
    }
}

/// A recognized page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The family of the page.
    pub family: Family,
    /// The error's number. Some pages have none, such as "Sorry, you have been blocked".
    pub code: Option<Code>,
    /// The ID by which the site's owner can find the request.
    pub ray_id: Option<RayId>,
    /// The visitor's IP address as Cloudflare saw it.
    pub client_ip: Option<ClientAddress>,
    /// The host that blocked: the one named on the page, otherwise the one in the URL.
    pub host: Option<Host>,
    /// The data center that responded.
    pub colo: Option<Colo>,
    /// The HTTP status, if it is known.
    #[serde(default)]
    pub status: Option<u16>,
    /// Why a challenge has ended. `None` for every other page, and for a challenge that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// How many seconds to wait before the next request, from the `Retry-After` header or the JSON.
    pub retry_after: Option<u32>,
    /// What the verdict rests on.
    pub evidence: Vec<Evidence>,
}

impl Verdict {
    /// The verdict on a page load that failed, and of which nothing is known but the status. `None`: there was no answer.
    pub fn unrecognized(status: Option<u16>) -> Self {
        Self {
            evidence: status.map(|_| Evidence::Status).into_iter().collect(),
            status,
            ..Self::without_facts(Family::Unrecognized)
        }
    }

    /// The same for a page load that ended in redirects. Browsers do not reveal where they lead.
    pub fn redirect() -> Self {
        Self::without_facts(Family::Redirect)
    }

    /// The same for an error that the login shows in its own page.
    pub fn login_error(family: Family, status: Option<u16>) -> Self {
        Self { status: status.filter(|status| *status >= 400), ..Self::without_facts(family) }
    }

    fn without_facts(family: Family) -> Self {
        Self {
            family,
            code: None,
            ray_id: None,
            client_ip: None,
            host: None,
            colo: None,
            status: None,
            retry_after: None,
            ended: None,
            evidence: Vec::new(),
        }
    }

    /// Is it a known block page or challenge?
    pub fn is_known(&self) -> bool {
        !matches!(self.family, Family::Unrecognized | Family::Redirect) && !self.is_login_error()
    }

    /// Is it an error that the login shows in its own page?
    pub fn is_login_error(&self) -> bool {
        matches!(self.family, Family::LoginBlocked | Family::LoginScript | Family::LoginExpired)
    }

    /// Cloudflare's number of the error, otherwise the HTTP status.
    pub fn number(&self) -> Option<u16> {
        self.code.map(Code::number).or(self.status)
    }

    /// `true` for every family except a challenge.
    pub fn is_refusal(&self) -> bool {
        self.family != Family::CloudflareChallenge
    }

    /// Is it a challenge that still runs? It is left to Cloudflare and the visitor.
    pub fn is_running_challenge(&self) -> bool {
        !self.is_refusal() && self.ended.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::{Family, Verdict};
    use crate::base::host::Host;
    use crate::recognize::{ClientAddress, Code, Colo, Ended, Evidence, RayId};

    #[track_caller]
    fn check(verdict: &Verdict) {
        let written = serde_json::to_string(verdict).unwrap();
        assert_eq!(&serde_json::from_str::<Verdict>(&written).unwrap(), verdict, "{written}");
    }

    #[test]
    fn a_verdict_survives_serialization() {
        check(&Verdict {
            family: Family::Cloudflare1xxx,
            code: Code::new(1020),
            ray_id: RayId::parse("8f2c0123456789ab"),
            client_ip: ClientAddress::parse("2001:db8::7"),
            host: Host::parse("blocked.example"),
            colo: Colo::parse("FRA"),
            status: Some(403),
            ended: Some(Ended::Clock),
            retry_after: Some(u32::MAX),
            evidence: vec![Evidence::Status, Evidence::CodeLabel, Evidence::RayId],
        });
    }

    #[test]
    fn missing_fields_survive_serialization() {
        for (place, family) in Family::ALL.into_iter().enumerate() {
            assert_eq!((family as usize, Family::parse(family.as_str())), (place, Some(family)));
            let verdict = Verdict { retry_after: Some(0), ..Verdict::without_facts(family) };
            check(&verdict);
            assert_eq!(verdict.is_refusal(), family != Family::CloudflareChallenge);
        }
    }
}
