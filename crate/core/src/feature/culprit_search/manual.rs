//! The culprit search with manual switches. Where an extension is not allowed to switch another one, the same search runs, but
//! the user makes the switches in the browser's own list of extensions. Readmit says which ones, sees each switch, and
//! continues when none is left.
//!
//! ```text
//!  Searching: toggles ── last one made ──▶ reload ── result ──▶ the next trial's toggles, or the finding
//!                │ ▲ another extension was switched: work out the toggles again
//!                └─┘
//!  All suspects are innocent: the same with the extensions that merely reach the site, while the suspects stay off.
//!  Found: toggles (back on, except the culprits) ── last one made ──▶ reload the page in its final state
//! ```
//!
//! The remaining toggles are never stored. They are the difference between what a trial needs, or what the ledger holds, and
//! what the browser says is on. So they are always correct, whichever part dies and in whichever order the user switches.

use crate::base::id::{ExtensionId, TabId, Time};
use crate::case::{Blocked, Flow, SearchStage};
use crate::extensions::bisect::{Candidate, Finding, Search, SearchNext};
use crate::extensions::listing::Listed;
use crate::extensions::suspect::Suspicion;
use crate::feature::culprit_search::ManualToggle;
use crate::feature::culprit_search::strategy::Strategy;
use crate::feature::culprit_search::update::candidate;
use crate::model::{Model, SPACING};
use crate::protocol::effect::Effect;
use crate::view::TabBadge;

impl Model {
    /// The enabled extensions that are worth the user's effort: the suspects; if there are none, those that reach the site; and
    /// only if none does, the others. Most culprits are among the first group, which takes only a few switches.
    pub(crate) fn worth_switching_manually(rows: Vec<Listed<'_>>) -> Vec<Listed<'_>> {
        let on: Vec<Listed<'_>> = rows.into_iter().filter(Listed::is_free).collect();
        let tiers = [Suspicion::Medium, Suspicion::Weak, Suspicion::None];
        let tier = tiers.into_iter().find(|tier| on.iter().any(|row| row.assessment.suspicion >= *tier));
        on.into_iter().filter(|row| Some(row.assessment.suspicion) >= tier).collect()
    }

    /// Continues when the suspects are innocent and off: with the extensions that merely reach the site. `None` if there are
    /// none left.
    pub(crate) fn widen(&mut self, now: Time, tab: TabId) -> Option<Vec<Effect>> {
        let rows = Self::worth_switching_manually(self.rows(&self.case(tab)?.host)).into_iter();
        let rows = rows.filter(|row| row.assessment.suspicion > Suspicion::None);
        let candidates: Vec<Candidate> = rows.map(|row| candidate(&row)).collect();
        if candidates.is_empty() {
            return None;
        }
        let (wider, next) = Search::begin(candidates);
        if let Some(session) = &mut self.kept.search_session {
            session.search = wider;
        }
        Some(self.advance_search(now, tab, next, SPACING))
    }

    /// What the user has to switch for this tab, in the order in which it is shown.
    pub(crate) fn toggles(&self, tab: TabId) -> Vec<ManualToggle> {
        if self.strategy() == Strategy::Automatic {
            return Vec::new();
        }
        let is_on = |id: &ExtensionId| self.listing.find(id).map(|extension| extension.enabled);
        let all = |ids: &[ExtensionId], on: bool| -> Vec<ManualToggle> {
            let open = ids.iter().filter(|id| is_on(id) == Some(!on));
            open.map(|id| ManualToggle { id: id.clone(), on }).collect()
        };
        let noted = |keep_off: &[ExtensionId]| -> Vec<ExtensionId> {
            let ids = self.kept.ledger.off().map(|entry| &entry.id);
            ids.filter(|id| !keep_off.contains(id)).cloned().collect()
        };
        match self.case(tab).map(|case| &case.flow) {
            Some(Flow::Searching { .. }) => match self.kept.search_session.as_ref().map(|session| session.search.next()) {
                Some(SearchNext::Try(trial)) => [all(&trial.off, false), all(&trial.on, true)].concat(),
                Some(SearchNext::Finished(_)) | None => Vec::new(),
            },
            // Another tab's search is shown in that tab only.
            _ if self.is_anything_searched() => Vec::new(),
            Some(Flow::Found { finding: Finding::Culprits { keep_off, .. }, .. }) => {
                [all(keep_off, false), all(&noted(keep_off), true)].concat()
            }
            _ => all(&noted(&[]), true),
        }
    }

    /// Records what the user is about to switch off, and returns what is left to switch.
    pub(crate) fn ask_for_toggles(&mut self, now: Time, tab: TabId) -> Vec<ExtensionId> {
        let toggles = self.toggles(tab);
        let off = toggles.iter().filter(|toggle| !toggle.on).map(|toggle| toggle.id.clone());
        self.kept.ledger.open(&off.collect::<Vec<ExtensionId>>(), now, false);
        toggles.into_iter().map(|toggle| toggle.id).collect()
    }

    /// Handles the browser's list of what is on now: continues wherever nothing is left to switch.
    pub(crate) fn switched_manually(&mut self, now: Time) -> Vec<Effect> {
        let tabs: Vec<TabId> = self.kept.cases.iter().map(|(tab, _)| *tab).collect();
        tabs.into_iter().flat_map(|tab| self.switched_manually_for(now, tab)).collect()
    }

    fn switched_manually_for(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let toggles = self.toggles(tab);
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        match &mut case.flow {
            Flow::Searching { stage, .. } => match stage {
                SearchStage::Switching { .. } => return self.advance_to_next(now, tab),
                // The page's next result belongs to another set of extensions.
                SearchStage::Reloading if !toggles.is_empty() => *stage = SearchStage::Stale,
                SearchStage::Reloading | SearchStage::Stale => {}
            },
            Flow::Found { finding, waiting } if !waiting.is_empty() => {
                *waiting = toggles.into_iter().map(|toggle| toggle.id).collect();
                if waiting.is_empty() && matches!(finding, Finding::Culprits { .. }) {
                    return self.reload(tab, SPACING);
                }
            }
            _ => {}
        }
        Vec::new()
    }

    /// Handles a click on "Stop": the user has to switch on again what is off for the search.
    pub(crate) fn stop_manual_search(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        case.enter(Flow::Blocked(Blocked::Idle));
        let badge = TabBadge::of_blocked(case);
        self.reconcile(now);
        vec![Effect::Badge { tab, badge }]
    }
}
