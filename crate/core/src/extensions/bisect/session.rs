//! A search and the site it is about. It survives its tab, its worker and the browser, so that an interrupted search can
//! continue.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Candidate, Left, RecordedAnswer, RecordedMember, Search, SearchRecord, TrialAnswer};
use crate::base::host::Host;
use crate::base::id::{ExtensionId, Time};

/// Seconds after which old answers are no longer trusted, because rules, IP addresses and sessions change.
const LASTING: u32 = 6 * 60 * 60;

/// The culprit search on a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct SearchSession {
    /// The site that blocks.
    pub host: Host,
    /// When the search began.
    pub at: Time,
    /// The state of the search.
    pub search: Search,
}

/// The form on disk.
#[derive(Serialize, Deserialize)]
struct Written {
    host: Host,
    at: Time,
    members: Vec<RecordedMember>,
    answers: Vec<RecordedAnswer>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    order: Vec<TrialAnswer>,
    checks: u32,
}

impl From<Written> for SearchSession {
    fn from(Written { host, at, members, answers, order, checks }: Written) -> Self {
        Self { host, at, search: Search::recall(SearchRecord { members, answers, order, checks }) }
    }
}

impl From<SearchSession> for Written {
    fn from(SearchSession { host, at, search }: SearchSession) -> Self {
        let SearchRecord { members, answers, order, checks } = search.record();
        Self { host, at, members, answers, order, checks }
    }
}

impl SearchSession {
    /// Continues the search with these candidates, if possible. A new candidate was off in every answer, so it can join. `is_on`
    /// gives the state of members that are no longer candidates.
    pub fn go_on(&self, now: Time, candidates: &[Candidate], is_on: impl Fn(&ExtensionId) -> bool) -> Option<Search> {
        if now >= self.at.plus_seconds(LASTING) || !self.search.can_resume() {
            return None;
        }
        let mut search = self.search.clone();
        search.resume();
        let before: BTreeSet<&ExtensionId> = self.search.candidates().collect();
        let now: BTreeSet<&ExtensionId> = candidates.iter().map(|candidate| &candidate.id).collect();
        for id in self.search.candidates().filter(|id| !now.contains(id)) {
            search.drop_candidate(id, if is_on(id) { Left::On } else { Left::Off });
        }
        for candidate in candidates.iter().filter(|candidate| !before.contains(&candidate.id)) {
            search.join(candidate.clone());
        }
        search.resume();
        search.can_resume().then_some(search)
    }
}
