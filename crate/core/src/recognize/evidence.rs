//! The evidence that a verdict can rest on. The scan of the markup collects it, and the verdict reports it.

use serde::{Deserialize, Serialize};

/// One sign that a page is a block page or a challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Evidence {
    /// The HTTP status is known and at least 400.
    Status,
    /// The header `cf-mitigated: challenge`. Every challenge page has it, and no other page does.
    MitigatedHeader,
    /// The header `cf-error-type` with a number. Cloudflare sets it only on its own error pages.
    ErrorTypeHeader,
    /// `#cf-error-details` in its usual place: in `#cf-wrapper`, or directly in the body (2014 to today).
    ErrorDetails,
    /// `.cf-main-wrapper` directly in the body (2022-12 to 2024).
    MainWrapper,
    /// `.main-wrapper`, the same without the prefix (2022).
    BareMainWrapper,
    /// `data-translate="error"`, the word before the code.
    ErrorWord,
    /// A code in the element where this version of the page shows it.
    CodeLabel,
    /// A Ray ID inside the error message itself.
    RayId,
    /// A style sheet from `/cdn-cgi/styles/`.
    Stylesheet,
    /// `data-translate="block_headline"` or `"unable_to_access"`, the two headlines of a block page.
    BlockHeadline,
    /// The form or button that continues past a phishing warning.
    PhishingBypass,
    /// `.cf-error-details.cf-error-NNNN`, the error box in a customized page.
    ErrorBox,
    /// `ul.cferror_details`, the list inside that box.
    ErrorBoxList,
    /// A script that sets `_cf_chl_opt`.
    ChallengeOptions,
    /// A script from the challenge platform's `orchestrate` path. Block pages load a script from the same platform, but not from
    /// that path.
    ChallengeScript,
    /// `#challenge-form` that posts to Cloudflare.
    ChallengeForm,
    /// `#challenge-error-text`, in the page or in a `noscript`.
    ChallengeText,
    /// `.cf-browser-verification` (2014 to 2021).
    BrowserVerification,
    /// `h1[data-translate=challenge_headline]`, a captcha.
    ChallengeHeadline,
    /// `.container > .logo` directly in the body: the shell of OpenAI's pages.
    OpenaiShell,
    /// `.blocked-icon` in that shell.
    BlockedIcon,
    /// `.explanation` in that shell.
    Explanation,
    /// `.message` in that shell.
    Message,
    /// The page is from one of OpenAI's own hosts.
    OpenaiHost,
    /// A style sheet or script from `oaistatic.com`, where OpenAI hosts those of its own pages.
    OpenaiAssets,
    /// OpenAI's JSON code `unsupported_country_region_territory`, or OpenAI's HTML page about unsupported countries.
    UnsupportedRegion,
    /// The whole body is `error code: NNNN`.
    PlainBody,
    /// An RFC 9457 object with `cloudflare_error`.
    ProblemJson,
    /// Nothing but `center` elements directly in the body, the last of which says "cloudflare".
    BarePage,
    /// A bare page that says that the request's headers or cookies are too large.
    TooLarge,
    /// A JSON object in which OpenAI says that it has detected unusual activity.
    UnusualActivity,
    /// A JSON object in which OpenAI says that there were too many requests.
    TooManyRequests,
}

impl Evidence {
    const ALL: [Self; 33] = [
        Self::Status,
        Self::MitigatedHeader,
        Self::ErrorTypeHeader,
        Self::ErrorDetails,
        Self::MainWrapper,
        Self::BareMainWrapper,
        Self::ErrorWord,
        Self::CodeLabel,
        Self::RayId,
        Self::Stylesheet,
        Self::BlockHeadline,
        Self::PhishingBypass,
        Self::ErrorBox,
        Self::ErrorBoxList,
        Self::ChallengeOptions,
        Self::ChallengeScript,
        Self::ChallengeForm,
        Self::ChallengeText,
        Self::BrowserVerification,
        Self::ChallengeHeadline,
        Self::OpenaiShell,
        Self::BlockedIcon,
        Self::Explanation,
        Self::Message,
        Self::OpenaiHost,
        Self::OpenaiAssets,
        Self::UnsupportedRegion,
        Self::PlainBody,
        Self::ProblemJson,
        Self::BarePage,
        Self::TooLarge,
        Self::UnusualActivity,
        Self::TooManyRequests,
    ];

    /// The serialized name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::MitigatedHeader => "mitigated-header",
            Self::ErrorTypeHeader => "error-type-header",
            Self::ErrorDetails => "error-details",
            Self::MainWrapper => "main-wrapper",
            Self::BareMainWrapper => "bare-main-wrapper",
            Self::ErrorWord => "error-word",
            Self::CodeLabel => "code-label",
            Self::RayId => "ray-id",
            Self::Stylesheet => "stylesheet",
            Self::BlockHeadline => "block-headline",
            Self::PhishingBypass => "phishing-bypass",
            Self::ErrorBox => "error-box",
            Self::ErrorBoxList => "error-box-list",
            Self::ChallengeOptions => "challenge-options",
            Self::ChallengeScript => "challenge-script",
            Self::ChallengeForm => "challenge-form",
            Self::ChallengeText => "challenge-text",
            Self::BrowserVerification => "browser-verification",
            Self::ChallengeHeadline => "challenge-headline",
            Self::OpenaiShell => "openai-shell",
            Self::BlockedIcon => "blocked-icon",
            Self::Explanation => "explanation",
            Self::Message => "message",
            Self::OpenaiHost => "openai-host",
            Self::OpenaiAssets => "openai-assets",
            Self::UnsupportedRegion => "unsupported-region",
            Self::PlainBody => "plain-body",
            Self::ProblemJson => "problem-json",
            Self::BarePage => "bare-page",
            Self::TooLarge => "too-large",
            Self::UnusualActivity => "unusual-activity",
            Self::TooManyRequests => "too-many-requests",
        }
    }
}

/// A set of evidence.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct EvidenceSet(u64);

impl EvidenceSet {
    pub(super) fn note(&mut self, evidence: Evidence) {
        self.0 |= 1 << evidence as u8;
    }

    pub(super) const fn has(self, evidence: Evidence) -> bool {
        self.0 & 1 << evidence as u8 != 0
    }

    pub(super) fn has_any(self, wanted: &[Evidence]) -> bool {
        wanted.iter().any(|evidence| self.has(*evidence))
    }

    /// The collected evidence, in the order of declaration.
    pub(super) fn list(self) -> Vec<Evidence> {
        Evidence::ALL.into_iter().filter(|evidence| self.has(*evidence)).collect()
    }

    /// The union of both sets.
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The intersection with `relevant`.
    pub(super) fn among(self, relevant: &[Evidence]) -> Self {
        let mask = relevant.iter().fold(0, |mask, evidence| mask | 1 << *evidence as u8);
        Self(self.0 & mask)
    }
}

#[cfg(test)]
mod tests {
    use super::{Evidence, EvidenceSet};

    #[test]
    fn all_evidence_is_listed_in_order_with_its_serde_name() {
        for (place, evidence) in Evidence::ALL.into_iter().enumerate() {
            assert_eq!(evidence as usize, place);
            assert_eq!(serde_json::to_value(evidence).unwrap(), evidence.as_str());
        }
        assert_eq!(Evidence::ALL.len(), Evidence::TooManyRequests as usize + 1);
    }

    #[test]
    fn a_set_returns_what_was_added() {
        let mut seen = EvidenceSet::default();
        seen.note(Evidence::ProblemJson);
        seen.note(Evidence::Status);
        assert_eq!(seen.list(), [Evidence::Status, Evidence::ProblemJson]);
        assert!(seen.has_any(&[Evidence::RayId, Evidence::Status]) && !seen.has(Evidence::RayId));
    }
}
