//! How a blocked page was loaded: by a GET, or as the answer to a form (a POST). Browsers do not say so afterwards, but the page
//! before hears that it sends a form. Only GETs are ever repeated, so what a repeated load shows says nothing about a form.

pub(crate) mod update;

use serde::{Deserialize, Serialize};

use crate::base::host::Host;
use crate::base::id::{ExtensionId, LoadId, Path};
use crate::diagnosis::fix::Fix;

/// How a page was loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LoadMethod {
    /// No one heard it: the page was entered, reloaded or opened from another site.
    #[default]
    Unknown,
    /// By a GET: Readmit loaded it.
    Get,
    /// It is the answer to a form that was sent to this path.
    Form(Path),
}

impl LoadMethod {
    /// Was it not heard?
    pub fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }

    /// Is the page the answer to a form?
    pub fn is_form(&self) -> bool {
        matches!(self, Self::Form(_))
    }
}

/// A form that a page has sent, as a navigation of its tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentForm {
    /// The host that it was sent to.
    pub host: Host,
    /// The path there.
    pub path: Path,
    /// When, on the clock of [`LoadId`].
    pub at: LoadId,
}

/// In microseconds. A load begins at once after its form was sent, unless the page asks first whether it may be left.
const LOAD_BEGINS: u64 = 2_000_000;
/// In microseconds. Two pages may be in two processes, whose clocks differ a little.
const CLOCKS_DIFFER: u64 = 100_000;

impl SentForm {
    /// May this load of a page of `host` be the answer?
    fn may_have_loaded(&self, host: &Host, load: LoadId) -> bool {
        let (sent, begun) = (self.at.0, load.0);
        let is_then = begun.saturating_add(CLOCKS_DIFFER) >= sent && begun <= sent.saturating_add(LOAD_BEGINS);
        is_then && self.host == *host
    }
}

/// What is to be done with extensions, once the page is known to be blocked also when it is loaded by a GET.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Plan {
    /// Find the culprit.
    Search,
    /// Continue the interrupted search.
    GoOn,
    /// Turn these off and see whether that helps.
    TurnOff {
        /// The extensions.
        ids: Vec<ExtensionId>,
        /// The fix that this belongs to.
        fix: Fix,
    },
}

/// How far the GET before a [`Plan`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confirmation {
    /// The page is being loaded.
    Loading,
    /// It was blocked again.
    Blocked,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(host: &str, after: i64, expected: bool) {
        let at = 1_800_000_000_000_000;
        let form = SentForm { host: Host::chatgpt(), path: Path::parse("/login").unwrap(), at: LoadId(at) };
        let load = LoadId(at.saturating_add_signed(after));
        assert_eq!(form.may_have_loaded(&Host::parse(host).unwrap(), load), expected, "{host} {after}");
    }

    #[test]
    fn a_load_answers_the_form_that_was_sent_just_before() {
        check("chatgpt.com", 0, true);
        check("chatgpt.com", 30_000, true);
        check("chatgpt.com", -30_000, true);
        check("chatgpt.com", 1_900_000, true);
        check("chatgpt.com", 2_100_000, false);
        check("chatgpt.com", -200_000, false);
        check("auth.openai.com", 30_000, false);
        check("chatgpt.com", i64::MAX, false);
    }
}
