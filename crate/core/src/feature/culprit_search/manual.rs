//! The person as the hand: where the browser lets no extension switch another, the same search runs, and the person makes the
//! switches in the browser's own list. Readmit says which, sees each being made, and goes on when none is left.
//!
//! ```text
//!  Searching: chores ── the last was done ──▶ reload ── answer ──▶ the next trial's chores, or the finding
//!                │ ▲ another one was moved: the chores are worked out anew
//!                └─┘
//!  The suspects are innocent: the same with those that merely reach the site, while the suspects stay off.
//!  Found: chores (back on, save for who is to blame) ── the last was done ──▶ the page is loaded as it is to stay
//! ```
//!
//! What is left to do is never kept: it is the difference between what a trial wants, or the ledger remembers, and what the
//! browser says is on. So nothing can get out of step, whoever dies, whatever is switched in whichever order.

use crate::base::id::{ExtensionId, TabId, Time};
use crate::case::{Blocked, Flow, Stage};
use crate::extensions::bisect::{Candidate, Finding, Next, Search};
use crate::extensions::listing::Listed;
use crate::extensions::suspect::Suspicion;
use crate::feature::culprit_search::ManualToggle;
use crate::feature::culprit_search::update::candidate;
use crate::model::{Model, SPACING};
use crate::protocol::effect::Effect;

impl Model {
    /// Is it the person who switches?
    pub(crate) fn switches_manually(&self) -> bool {
        !self.capabilities.switches_extensions
    }

    /// Who is worth a person's trouble, of those that are on: the suspects; where there are none, whoever reaches the site; and
    /// only where nobody does, the others. Most refusals are found among the first, with a few switches.
    pub(crate) fn worth_switching_manually(rows: Vec<Listed<'_>>) -> Vec<Listed<'_>> {
        let on: Vec<Listed<'_>> = rows.into_iter().filter(Listed::is_free).collect();
        let tiers = [Suspicion::Medium, Suspicion::Weak, Suspicion::None];
        let tier = tiers.into_iter().find(|tier| on.iter().any(|row| row.assessment.suspicion >= *tier));
        on.into_iter().filter(|row| Some(row.assessment.suspicion) >= tier).collect()
    }

    /// The suspects are innocent, and off: now those that merely reach the site. `None` where there are none left.
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

    /// What the person is to switch for this tab, in the order it is to be told.
    pub(crate) fn toggles(&self, tab: TabId) -> Vec<ManualToggle> {
        if !self.switches_manually() {
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
                Some(Next::Try(trial)) => [all(&trial.off, false), all(&trial.on, true)].concat(),
                Some(Next::Finished(_)) | None => Vec::new(),
            },
            // Another tab's search is not this tab's business.
            _ if self.is_anything_searched() => Vec::new(),
            Some(Flow::Found { finding: Finding::Culprits { keep_off, .. }, .. }) => {
                [all(keep_off, false), all(&noted(keep_off), true)].concat()
            }
            _ => all(&noted(&[]), true),
        }
    }

    /// Notes what the person is about to switch off, and gives out what there is left to do.
    pub(crate) fn ask_for_toggles(&mut self, now: Time, tab: TabId) -> Vec<ExtensionId> {
        let toggles = self.toggles(tab);
        for toggle in toggles.iter().filter(|toggle| !toggle.on) {
            self.kept.ledger.open(&toggle.id, now, false);
        }
        toggles.into_iter().map(|toggle| toggle.id).collect()
    }

    /// Was the person asked to switch this one off? Then it may well still be on.
    pub(crate) fn is_asked_off(&self, id: &ExtensionId) -> bool {
        let mut toggles = self.kept.cases.iter().flat_map(|(tab, _)| self.toggles(*tab));
        toggles.any(|toggle| !toggle.on && toggle.id == *id)
    }

    /// The browser has said what is on now: goes on wherever nothing is left to do.
    pub(crate) fn switched_manually(&mut self, now: Time) -> Vec<Effect> {
        let tabs: Vec<TabId> = self.kept.cases.iter().map(|(tab, _)| *tab).collect();
        tabs.into_iter().flat_map(|tab| self.switched_manually_for(now, tab)).collect()
    }

    fn switched_manually_for(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let toggles = self.toggles(tab);
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        match &mut case.flow {
            Flow::Searching { stage, .. } => match stage {
                Stage::Switching { .. } => return self.advance_to_next(now, tab),
                // What the page answers now is the answer to something else.
                Stage::Reloading if !toggles.is_empty() => *stage = Stage::Stale,
                Stage::Reloading | Stage::Stale => {}
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

    /// A click on "Stop": what was switched off until now is to be switched on again, by the same hand.
    pub(crate) fn stop_manual_search(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        self.tab_mut(tab).drives_search = false;
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        case.enter(Flow::Blocked(Blocked::Idle));
        let text = case.badge();
        self.reconcile(now);
        vec![Effect::Badge { tab, text }]
    }
}
