//! What the recognizer says of a page, and how that is written down.

use serde::{Deserialize, Serialize};

use super::evidence::Evidence;
use super::field::{ClientAddress, Code, Colo, RayId};
use crate::base::host::Host;

/// The kinds of pages that are told apart. The names are the ones that travel and that `cargo xtask recognise` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Cloudflare's page for an error 1000 to 1299.
    #[serde(rename = "cloudflare-1xxx")]
    Cloudflare1xxx,
    /// "Sorry, you have been blocked", and the warning before a phishing site.
    CloudflareBlock,
    /// Cloudflare's page for a server that does not answer.
    #[serde(rename = "cloudflare-5xx")]
    Cloudflare5xx,
    /// A check of the browser. Not a refusal: it is left alone.
    CloudflareChallenge,
    /// OpenAI's own page for a browser it does not let in.
    OpenaiBlock,
    /// OpenAI's answer to a country it does not serve.
    OpenaiRegion,
    /// OpenAI's page for more visitors than it can take.
    OpenaiCapacity,
    /// A site's own page around Cloudflare's error box, or around an error that only a header tells.
    Custom,
    /// No page at all: `error code: 1020` as text, or an RFC 9457 object.
    Plain,
}

impl Family {
    /// Every kind.
    const ALL: [Self; 9] = [
        Self::Cloudflare1xxx,
        Self::CloudflareBlock,
        Self::Cloudflare5xx,
        Self::CloudflareChallenge,
        Self::OpenaiBlock,
        Self::OpenaiRegion,
        Self::OpenaiCapacity,
        Self::Custom,
        Self::Plain,
    ];

    /// The one of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == name)
    }

    /// The name that it travels under.
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
            Self::Plain => "plain",
        }
    }
}

/// A recognized page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What kind of page it is.
    pub family: Family,
    /// The error's number, where the page has one: a block page has none.
    pub code: Option<Code>,
    /// What the site's owner finds the request by.
    pub ray_id: Option<RayId>,
    /// The visitor's address as Cloudflare saw it.
    pub client_ip: Option<ClientAddress>,
    /// Who refused: as the page names it, else as the address bar does.
    pub host: Option<Host>,
    /// The data centre that answered.
    pub colo: Option<Colo>,
    /// The HTTP status, where it is known.
    #[serde(default)]
    pub status: Option<u16>,
    /// Seconds to wait before another request, from the `Retry-After` header or the JSON.
    pub retry_after: Option<u32>,
    /// What the verdict rests on.
    pub evidence: Vec<Evidence>,
}

impl Verdict {
    /// Everything but a challenge.
    pub fn is_refusal(&self) -> bool {
        self.family != Family::CloudflareChallenge
    }
}

#[cfg(test)]
mod tests {
    use super::{Family, Verdict};
    use crate::base::host::Host;
    use crate::recognize::{ClientAddress, Code, Colo, Evidence, RayId};

    #[track_caller]
    fn check(verdict: &Verdict) {
        let written = serde_json::to_string(verdict).unwrap();
        assert_eq!(&serde_json::from_str::<Verdict>(&written).unwrap(), verdict, "{written}");
    }

    #[test]
    fn a_verdict_travels_whole() {
        check(&Verdict {
            family: Family::Cloudflare1xxx,
            code: Code::new(1020),
            ray_id: RayId::parse("8f2c0123456789ab"),
            client_ip: ClientAddress::parse("2001:db8::7"),
            host: Host::parse("blocked.example"),
            colo: Colo::parse("FRA"),
            status: Some(403),
            retry_after: Some(u32::MAX),
            evidence: vec![Evidence::Status, Evidence::CodeLabel, Evidence::RayId],
        });
    }

    #[test]
    fn what_is_missing_is_missing_at_the_other_end() {
        for (place, family) in Family::ALL.into_iter().enumerate() {
            assert_eq!((family as usize, Family::parse(family.as_str())), (place, Some(family)));
            let verdict = Verdict {
                family,
                code: None,
                ray_id: None,
                client_ip: None,
                host: None,
                colo: None,
                status: None,
                retry_after: Some(0),
                evidence: Vec::new(),
            };
            check(&verdict);
            assert_eq!(verdict.is_refusal(), family != Family::CloudflareChallenge);
        }
    }
}
