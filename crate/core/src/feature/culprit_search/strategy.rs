//! Who makes the switches of a search: Readmit, or the user, because in some browsers no extension may switch another one. Everything
//! in which the two differ is decided here. What the user is asked to switch is worked out in `manual.rs`.
//!
//! The strategy is a property of the browser and cannot change while a search runs, so it is not stored with the search.

use crate::base::id::{ExtensionId, TabId, Time};
use crate::case::Flow;
use crate::extensions::bisect::Trial;
use crate::extensions::listing::Listed;
use crate::model::Model;
use crate::protocol::effect::{Effect, ids_switched};

/// Who makes the switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// Readmit.
    Automatic,
    /// The user, in the browser's own list of extensions.
    Manual,
}

impl Model {
    /// Who makes the switches in this browser.
    pub(crate) fn strategy(&self) -> Strategy {
        if self.capabilities.switches_extensions { Strategy::Automatic } else { Strategy::Manual }
    }

    /// The extensions that a search tries.
    pub(crate) fn worth_trying<'a>(&self, rows: Vec<Listed<'a>>) -> Vec<Listed<'a>> {
        match self.strategy() {
            Strategy::Automatic => rows,
            Strategy::Manual => Self::worth_switching_manually(rows),
        }
    }

    /// Begins the switches that a trial needs. Returns which extensions have to be waited for.
    pub(crate) fn begin_switches(&mut self, now: Time, tab: TabId, trial: &Trial) -> (Vec<Effect>, Vec<ExtensionId>) {
        match self.strategy() {
            Strategy::Automatic => {
                let mut effects = self.switch(now, &trial.off, false);
                effects.extend(self.switch(now, &trial.on, true));
                let waiting = ids_switched(&effects);
                (effects, waiting)
            }
            Strategy::Manual => (Vec::new(), self.ask_for_toggles(now, tab)),
        }
    }

    /// Begins the switches after a search has ended: puts back what was off for it, and leaves off what has to stay off.
    pub(crate) fn begin_last_switches(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        match self.strategy() {
            Strategy::Automatic => self.go_on_switching(now, tab),
            Strategy::Manual => {
                let left = self.ask_for_toggles(now, tab);
                if let Some(Flow::Found { waiting, .. }) = self.case_mut(tab).map(|case| &mut case.flow) {
                    *waiting = left;
                }
                Vec::new()
            }
        }
    }

    /// What follows when all extensions that were tried are innocent. `None` if that is the result.
    pub(crate) fn after_innocence(&mut self, now: Time, tab: TabId) -> Option<Vec<Effect>> {
        match self.strategy() {
            Strategy::Automatic => None,
            Strategy::Manual => self.widen(now, tab),
        }
    }

    /// Ends a running search and begins to put everything back.
    pub(crate) fn end_search(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        self.tab_mut(tab).drives_search = false;
        match self.strategy() {
            Strategy::Automatic => self.stop_automatic_search(now, tab),
            Strategy::Manual => self.stop_manual_search(now, tab),
        }
    }

    /// Handles an extension that was switched by hand, installed or updated, and is now on or off.
    pub(crate) fn switched_by_hand(&mut self, now: Time, id: &ExtensionId, on: bool) -> Vec<Effect> {
        match self.strategy() {
            Strategy::Automatic => self.changed_under_the_search(now, id, on),
            Strategy::Manual => self.switched_manually(now),
        }
    }

    /// Handles the browser's list of what is on.
    pub(crate) fn continue_switches(&mut self, now: Time) -> Vec<Effect> {
        match self.strategy() {
            Strategy::Automatic => self.give_back_strays(),
            Strategy::Manual => self.switched_manually(now),
        }
    }
}
