//! Switching to the end: several extensions are to be off or on, and then the page is looked at. What is still to be done is
//! compared with what is true, and never replayed; so it does not matter whether the worker died in between, or whether a
//! switch the other way is still under way.
//!
//! ```text
//!  begun, or switch answered, or browser has said what is on
//!     └─▶ those that are not as they should be: switched, unless under way or refused before
//!           └─ none left ─▶ TurningOff: Checking
//!                           Stopping: the load that the stopped search has left is learnt, then Checking
//!                           Found: the page is loaded as it is to stay
//! ```

use crate::app::{Model, SPACING};
use crate::base::id::{ExtensionId, TabId, Time};
use crate::case::Step;
use crate::extensions::bisect::Finding;
use crate::protocol::effect::{Effect, TabSnapshot};

impl Model {
    /// The browser has said what is on: goes on with whatever a worker before this one began.
    pub(crate) fn take_up(&mut self, now: Time) -> Vec<Effect> {
        if self.listing.failure().is_some() {
            self.give_up_turning_off();
        }
        let switching = self.kept.cases.iter().filter(|(_, case)| case.is_switching());
        let tabs: Vec<TabId> = switching.map(|(tab, _)| *tab).collect();
        let effects: Vec<Effect> = tabs.into_iter().flat_map(|tab| self.go_on_switching(now, tab)).collect();
        effects.into_iter().chain(self.take_up_searches(now)).collect()
    }

    /// Who is on is not known, so it cannot be said what turning off came to.
    fn give_up_turning_off(&mut self) {
        for (_, case) in &mut self.kept.cases {
            if let Step::TurningOff { .. } = case.step {
                case.pending.clear();
                case.step = Step::Refused;
            }
        }
    }

    /// A switch was answered that may have been one of several.
    pub(crate) fn switched_for_good(&mut self, now: Time, id: &ExtensionId) -> Vec<Effect> {
        let waits = self.kept.cases.iter().filter(|(_, case)| waiting(&case.step).is_some_and(|ids| ids.contains(id)));
        let tabs: Vec<TabId> = waits.map(|(tab, _)| *tab).collect();
        tabs.into_iter().flat_map(|tab| self.go_on_switching(now, tab)).collect()
    }

    pub(crate) fn is_stopping(&self, tab: TabId) -> bool {
        self.case(tab).is_some_and(|case| matches!(case.step, Step::Stopping { .. }))
    }

    /// Whatever the page shows was loaded while the search had extensions off: it only tells which load is to be left.
    pub(crate) fn seen_while_stopping(&mut self, now: Time, tab: TabId, snapshot: &TabSnapshot) -> Vec<Effect> {
        let is_reloading = self.reloading.contains(&tab);
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        if let TabSnapshot::Page { text, .. } = snapshot {
            case.load = text.load;
        }
        if !matches!(&case.step, Step::Stopping { waiting } if waiting.is_empty()) || is_reloading {
            return Vec::new();
        }
        case.step = Step::Refused;
        self.check(now, tab)
    }

    /// Switches those that are not yet as they should be; when all are, goes on to what comes after.
    pub(crate) fn go_on_switching(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        // Where a person is the hand, what there is left to do is worked out by `hand`.
        let step = self.case(tab).filter(|_| !self.switches_manually()).map(|case| case.step.clone());
        let Some(step) = step else { return Vec::new() };
        let Some(ids) = waiting(&step) else { return Vec::new() };
        let mut effects = Vec::new();
        let mut left = Vec::new();
        for id in ids {
            let on = is_to_be_on(&step, id);
            let under_way = self.listing.is_under_way(id);
            let failed = self.listing.has_failed(id);
            if !under_way && !failed {
                // What is to be put back is in the ledger, whatever else is known.
                let switched = match on {
                    true if self.kept.ledger.holds(id) => self.put_back_those(|entry| entry.id == *id),
                    true => Vec::new(),
                    false => self.switch(now, id, false),
                };
                effects.extend(switched);
            }
            if self.listing.is_under_way(id) {
                left.push(id.clone());
            }
        }
        let is_done = left.is_empty();
        let Some(case) = self.case_mut(tab) else { return effects };
        match &mut case.step {
            Step::TurningOff { .. } if is_done => {
                case.step = Step::Refused;
                effects.extend(self.check(now, tab));
            }
            Step::Stopping { waiting } if is_done => {
                waiting.clear();
                // A reload that is under way tells by itself.
                if !self.reloading.contains(&tab) {
                    effects.push(Effect::Look { tab });
                }
            }
            Step::Found { finding, waiting } => {
                *waiting = left;
                if is_done && matches!(finding, Finding::Culprits { .. }) {
                    effects.extend(self.reload(tab, SPACING));
                }
            }
            Step::TurningOff { waiting } | Step::Stopping { waiting } => *waiting = left,
            _ => {}
        }
        effects
    }
}

fn waiting(step: &Step) -> Option<&[ExtensionId]> {
    match step {
        Step::TurningOff { waiting } | Step::Stopping { waiting } => Some(waiting),
        Step::Found { waiting, .. } if !waiting.is_empty() => Some(waiting),
        _ => None,
    }
}

fn is_to_be_on(step: &Step, id: &ExtensionId) -> bool {
    match step {
        Step::TurningOff { .. } => false,
        Step::Found { finding: Finding::Culprits { keep_off, .. }, .. } => !keep_off.contains(id),
        _ => true,
    }
}
