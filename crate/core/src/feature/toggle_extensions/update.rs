//! Switches several extensions off or on, then inspects the page. The remaining switches are computed from the current state
//! and never replayed, so it does not matter whether the worker died in between, or whether a switch in the other direction is
//! still pending.
//!
//! ```text
//!  started, or the last of the switches was answered, or the browser has listed what is on
//!     └─▶ switch those in the wrong state, unless a switch is pending or was rejected before
//!           └─ none left ─▶ TurningOff: Checking
//!                           Stopping: inspect which load the stopped search has left, then Checking
//!                           Found: reload the page in its final state
//! ```

use std::collections::BTreeSet;

use crate::base::id::{ExtensionId, TabId, Time};
use crate::case::{Blocked, Flow};
use crate::diagnosis::fix::Fix;
use crate::extensions::bisect::Finding;
use crate::extensions::installed::Installed;
use crate::extensions::ledger::Entry;
use crate::extensions::listing::Listed;
use crate::extensions::suspect;
use crate::feature::culprit_search::ManualToggle;
use crate::feature::culprit_search::strategy::Strategy;
use crate::feature::load_method::Plan;
use crate::feature::toggle_extensions::{SwitchAnswer, SwitchAnswers};
use crate::model::{Model, SPACING};
use crate::protocol::effect::{Effect, Event, TabSnapshot, ids_switched};

impl Model {
    /// Begins to switch those that can be switched and are not as they should be.
    pub(crate) fn switch(&mut self, now: Time, ids: &[ExtensionId], on: bool) -> Vec<Effect> {
        if !self.capabilities.switches_extensions {
            return Vec::new();
        }
        let is_to_switch =
            |extension: &Installed| extension.enabled != on && extension.id != self.own && (on || extension.lock().is_none());
        let begins = |id: &&ExtensionId| self.listing.find(id).is_some_and(is_to_switch) && self.listing.begin(id);
        let begun: Vec<ExtensionId> = ids.iter().filter(begins).cloned().collect();
        if on {
            let wanted: BTreeSet<&ExtensionId> = ids.iter().collect();
            let is_on = |id: &ExtensionId| self.listing.find(id).is_some_and(|extension| extension.enabled);
            self.kept.ledger.are_back(now, &|id| wanted.contains(id) && is_on(id));
        } else {
            let is_searched = self.is_anything_searched();
            self.kept.ledger.open(&begun, now, is_searched);
        }
        begun.into_iter().map(|id| Effect::Switch { id, on }).collect()
    }

    /// Switches on everything that the ledger holds, even before the browser has listed the installed extensions.
    pub(crate) fn put_back(&mut self) -> Vec<Effect> {
        for (_, case) in &mut self.kept.cases {
            if let Flow::TurningOff { waiting } = &mut case.flow {
                let waiting = std::mem::take(waiting);
                case.pending.retain(|fix| *fix != Fix::Extensions);
                case.enter(Flow::Stopping { waiting });
            }
        }
        self.order_back(|_| true)
    }

    /// Switches on some of the extensions that the ledger holds. The request is stored, so it outlives the worker.
    pub(crate) fn order_back(&mut self, wanted: impl Fn(&Entry) -> bool) -> Vec<Effect> {
        let effects = self.put_back_those(wanted);
        self.note_ordered_switches(&effects);
        effects
    }

    /// Stores that these switches were requested, so that this outlives the worker.
    pub(crate) fn note_ordered_switches(&mut self, effects: &[Effect]) {
        for effect in effects {
            if let Effect::Switch { id, on } = effect {
                self.kept.inbox.begin_switch(id, *on);
            }
        }
    }

    /// Does the same without storing the request.
    pub(crate) fn put_back_those(&mut self, wanted: impl Fn(&Entry) -> bool) -> Vec<Effect> {
        if self.strategy() == Strategy::Manual {
            return Vec::new();
        }
        let ids = self.kept.ledger.off().filter(|entry| wanted(entry)).map(|entry| &entry.id);
        let free = ids.filter(|id| self.listing.begin(id));
        free.map(|id| Effect::Switch { id: id.clone(), on: true }).collect()
    }

    /// Is this about a switch of ours, and is an answer still to come, to this switch or another one? Then nothing follows from it
    /// yet: with hundreds of switches, it would be worked out, saved and shown hundreds of times.
    pub fn is_one_of_several(&self, event: &Event) -> bool {
        match event {
            Event::ExtensionChanged(extension) => self.listing.is_under_way(&extension.id),
            Event::Switched { id, .. } => self.listing.is_other_under_way(id),
            _ => false,
        }
    }

    /// Keeps what the browser says about a switch of ours, in memory only: if this worker dies, the next one asks what is on.
    pub(crate) fn note_switch(&mut self, event: Event) {
        match event {
            Event::ExtensionChanged(extension) => {
                let extension = self.under_policy(*extension);
                self.listing.changed(extension, &self.own, &self.kept.ledger);
            }
            Event::Switched { id, on, answer } => {
                self.listing.finish(&id, on, &answer);
                self.answers.insert(id, SwitchAnswer { on, done: answer.is_ok() });
            }
            _ => {}
        }
    }

    /// Handles the answers to switches that have arrived since the last time.
    pub(crate) fn take_answers(&mut self, now: Time) -> Vec<Effect> {
        let answers = std::mem::take(&mut self.answers);
        if answers.is_empty() {
            return Vec::new();
        }
        for id in answers.keys() {
            self.kept.inbox.end_switch(id);
            if let Some(extension) = self.listing.find(id) {
                self.kept.history.sighted(now, extension);
            }
        }
        // Switching off failed, or switching on succeeded: the extension is on, and nothing is left to put back.
        self.kept.ledger.are_back(now, &|id| answers.get(id).is_some_and(|answer| answer.on == answer.done));
        let hunt = self.switched_for_search(now, &answers);
        let leaving = self.switched_before_leaving(&answers);
        hunt.into_iter().chain(self.switched_for_good(now, &answers)).chain(leaving).collect()
    }

    pub(crate) fn turn_off_suspects(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let Some(case) = self.case(tab) else { return Vec::new() };
        let suspects = self.rows(&case.host).into_iter().filter(Listed::is_suspect);
        let suspects: Vec<ExtensionId> = suspects.map(|row| row.extension.id.clone()).collect();
        self.turn_off_those(now, tab, &suspects, Fix::Extensions)
    }

    pub(crate) fn turn_off(&mut self, now: Time, tab: TabId, id: &ExtensionId) -> Vec<Effect> {
        let Some(fix) = self.fix_of_switch(tab, id) else { return Vec::new() };
        self.turn_off_those(now, tab, std::slice::from_ref(id), fix)
    }

    /// Switches these extensions off, then reloads the page and checks whether `fix` helped.
    pub(crate) fn turn_off_those(&mut self, now: Time, tab: TabId, ids: &[ExtensionId], fix: Fix) -> Vec<Effect> {
        if self
            .case(tab)
            .is_none_or(|case| case.is_cooling_down(now) || !matches!(case.flow, Flow::Blocked(_) | Flow::Found { .. }))
        {
            return Vec::new();
        }
        let is_on = |id: &ExtensionId| self.listing.find(id).is_some_and(|extension| extension.enabled);
        if ids.iter().any(is_on)
            && let Some(effects) = self.confirm_first(now, tab, Plan::TurnOff { ids: ids.to_vec(), fix })
        {
            return effects;
        }
        let effects = self.switch(now, ids, false);
        let waiting = ids_switched(&effects);
        if let Some(case) = self.case_mut(tab).filter(|_| !waiting.is_empty()) {
            case.carried_out(fix);
            for id in &waiting {
                case.has_switched(id, false);
            }
            case.enter(Flow::TurningOff { waiting });
        }
        effects
    }

    pub(crate) fn fix_of_switch(&self, tab: TabId, id: &ExtensionId) -> Option<Fix> {
        let host = &self.case(tab)?.host;
        Some(suspect::assess(self.listing.find(id)?, host).fix())
    }

    pub(crate) fn extension_changed(&mut self, now: Time, extension: Installed) -> Vec<Effect> {
        let (id, on) = (extension.id.clone(), extension.enabled);
        self.kept.history.sighted(now, &extension);
        let before = self.listing.find(&id).map(|known| known.enabled);
        let extension = self.under_policy(extension);
        self.listing.changed(extension, &self.own, &self.kept.ledger);
        // This is the result of a request, or someone has switched the extension by hand since the request.
        self.kept.inbox.end_switch(&id);
        for (_, case) in self.kept.cases.iter_mut().filter(|(_, case)| case.is_blocked()) {
            case.has_switched(&id, on);
        }
        match on {
            true => self.kept.ledger.are_back(now, &|back| *back == id),
            // A switch of ours that took effect after it was given up.
            false if self.listing.has_failed(&id) => self.kept.ledger.open(std::slice::from_ref(&id), now, false),
            false => self.kept.ledger.switched_off_by_hand(&id),
        }
        let is_news = before.map_or(on && self.listing.is_known(), |before| before != on);
        if is_news { self.switched_by_hand(now, &id, on) } else { Vec::new() }
    }

    pub(crate) fn reconcile(&mut self, now: Time) {
        if self.listing.failure().is_none() {
            // Those that someone was asked to switch off, or that were ordered to be, without an answer yet, may still be on.
            let asked: Vec<ManualToggle> = self.kept.cases.iter().flat_map(|(tab, _)| self.toggles(*tab)).collect();
            let is_asked_off = |id: &ExtensionId| asked.iter().any(|toggle| !toggle.on && toggle.id == *id);
            let ordered = self.kept.inbox.switches();
            let is_ordered_off = |id: &ExtensionId| ordered.iter().any(|switch| !switch.on && switch.id == *id);
            let (listing, ledger) = (&self.listing, &mut self.kept.ledger);
            let is_on = |id: &ExtensionId| listing.find(id).map(|extension| extension.enabled);
            ledger.reconcile(now, is_on, |id| listing.is_under_way(id) || is_asked_off(id) || is_ordered_off(id));
            self.kept.history.reconcile(now, listing.installed());
        }
    }

    /// Handles the browser's list of what is on: continues what an earlier worker started.
    pub(crate) fn take_up(&mut self, now: Time) -> Vec<Effect> {
        if self.listing.failure().is_some() {
            self.give_up_turning_off();
        }
        let switching = self.kept.cases.iter().filter(|(_, case)| case.is_switching());
        let tabs: Vec<TabId> = switching.map(|(tab, _)| *tab).collect();
        let begun: Vec<Effect> = tabs.iter().flat_map(|tab| self.begin_confirmed(now, *tab)).collect();
        let effects: Vec<Effect> = tabs.into_iter().flat_map(|tab| self.go_on_switching(now, tab)).collect();
        begun.into_iter().chain(effects).chain(self.take_up_searches(now)).collect()
    }

    /// Stops turning off extensions: without the list, the result cannot be known.
    fn give_up_turning_off(&mut self) {
        for (_, case) in &mut self.kept.cases {
            if let Flow::TurningOff { .. } = case.flow {
                case.pending.clear();
                case.enter(Flow::Blocked(Blocked::Idle));
            }
        }
    }

    /// Handles the answers to switches that may be some of several.
    fn switched_for_good(&mut self, now: Time, answers: &SwitchAnswers) -> Vec<Effect> {
        let waits = |flow: &Flow| waiting(flow).is_some_and(|ids| ids.iter().any(|id| answers.get(id).is_some()));
        let waiting = self.kept.cases.iter().filter(|(_, case)| waits(&case.flow));
        let tabs: Vec<TabId> = waiting.map(|(tab, _)| *tab).collect();
        tabs.into_iter().flat_map(|tab| self.go_on_switching(now, tab)).collect()
    }

    pub(crate) fn is_stopping(&self, tab: TabId) -> bool {
        self.case(tab).is_some_and(|case| matches!(case.flow, Flow::Stopping { .. }))
    }

    /// Handles a snapshot while a search is being stopped. The page was loaded while extensions were off, so the snapshot only
    /// tells which load to leave.
    pub(crate) fn seen_while_stopping(&mut self, now: Time, tab: TabId, snapshot: &TabSnapshot) -> Vec<Effect> {
        if matches!(snapshot, TabSnapshot::Missing | TabSnapshot::OtherSite | TabSnapshot::Unreadable) {
            return self.left(now, tab);
        }
        let is_reloading = self.is_reloading(tab);
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        if let TabSnapshot::Page { text, .. } = snapshot {
            case.load = text.load;
        }
        if !matches!(&case.flow, Flow::Stopping { waiting } if waiting.is_empty()) || is_reloading {
            return Vec::new();
        }
        case.enter(Flow::Blocked(Blocked::Idle));
        self.check(now, tab)
    }

    /// Switches the extensions that are in the wrong state. When none is left, continues with the next step.
    pub(crate) fn go_on_switching(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        // When the user makes the switches, `culprit_search::manual` works out what is left to do.
        let flow = self.case(tab).filter(|_| self.strategy() == Strategy::Automatic).map(|case| case.flow.clone());
        let Some(flow) = flow else { return Vec::new() };
        let Some(ids) = waiting(&flow) else { return Vec::new() };
        let open: Vec<ExtensionId> = ids.iter().filter(|id| !self.listing.has_failed(id)).cloned().collect();
        let (wanted, is_on): (BTreeSet<&ExtensionId>, _) = (open.iter().collect(), |id: &ExtensionId| is_to_be_on(&flow, id));
        // What has to be put back is in the ledger, whatever else is known.
        let mut effects = self.put_back_those(|entry| wanted.contains(&entry.id) && is_on(&entry.id));
        let off: Vec<ExtensionId> = open.iter().filter(|id| !is_on(id)).cloned().collect();
        effects.extend(self.switch(now, &off, false));
        let left: Vec<ExtensionId> = ids.iter().filter(|id| self.listing.is_under_way(id)).cloned().collect();
        let is_done = left.is_empty();
        let is_reloading = self.is_reloading(tab);
        let Some(case) = self.case_mut(tab) else { return effects };
        match &mut case.flow {
            Flow::TurningOff { .. } if is_done => {
                case.enter(Flow::Blocked(Blocked::Idle));
                effects.extend(self.check(now, tab));
            }
            Flow::Stopping { waiting } if is_done => {
                waiting.clear();
                // A reload in progress reports its own result.
                if !is_reloading {
                    effects.push(Effect::Look { tab, site: Some(case.site()) });
                }
            }
            Flow::Found { finding, waiting } => {
                *waiting = left;
                if is_done && matches!(finding, Finding::Culprits { .. }) {
                    effects.extend(self.reload(tab, SPACING));
                }
            }
            Flow::TurningOff { waiting } | Flow::Stopping { waiting } => *waiting = left,
            _ => {}
        }
        effects
    }
}

fn waiting(flow: &Flow) -> Option<&[ExtensionId]> {
    match flow {
        Flow::TurningOff { waiting } | Flow::Stopping { waiting } => Some(waiting),
        Flow::Found { waiting, .. } if !waiting.is_empty() => Some(waiting),
        _ => None,
    }
}

fn is_to_be_on(flow: &Flow, id: &ExtensionId) -> bool {
    match flow {
        Flow::TurningOff { .. } => false,
        Flow::Found { finding: Finding::Culprits { keep_off, .. }, .. } => !keep_off.contains(id),
        _ => true,
    }
}
