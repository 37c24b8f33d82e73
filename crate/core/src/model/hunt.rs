//! The culprit search on a tab: carries the search's trials out, one switch and one reload at a time, and gives everything
//! back at the end. What to try and what it means is decided in `extensions::culprit`.
//!
//! The steps and arrows are drawn in `case.rs`. Killed at any of them, the worker asks the browser what is on and carries the
//! trial out again: the search itself is saved after every answer, and each switch is in the ledger before it is made.

use super::Model;
use crate::case::{Case, Stage, Step};
use crate::diagnosis::cause::Kind;
use crate::diagnosis::fix::Fix;
use crate::effect::{Effect, Sight};
use crate::extensions::culprit::{Candidate, Finding, Left, Next, Observation, Search, Weight, Why};
use crate::host::Host;
use crate::id::{ExtensionId, TabId, Time};
use crate::sitedata::Site;

/// Milliseconds between a page's answer and the next reload: quick for a person, gentle for a site.
pub(super) const SPACING: u32 = 200;

impl Model {
    pub(super) fn is_searched(&self, tab: TabId) -> bool {
        self.case(tab).is_some_and(is_searching)
    }

    pub(super) fn is_anything_searched(&self) -> bool {
        self.kept.cases.iter().any(|(_, case)| is_searching(case))
    }

    /// A click on "Find the extension".
    pub(super) fn find_extension(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let Some(case) = self.case(tab) else { return Vec::new() };
        if case.is_silent(now) || self.is_anything_searched() || !matches!(case.step, Step::Refused | Step::Found { .. }) {
            return Vec::new();
        }
        let mut rows = self.listing.rows(&case.host);
        if self.has_hand() {
            rows = Self::worth_a_hand(rows);
        }
        let can_take_part = rows.iter().filter(|row| row.extension.enabled && row.extension.lock().is_none());
        let candidates: Vec<Candidate> = can_take_part
            .map(|row| Candidate { id: row.extension.id.clone(), weight: Weight::from(row.assessment.suspicion) })
            .collect();
        if candidates.is_empty() {
            return Vec::new();
        }
        let before = self.kept.ledger.entries().map(|entry| entry.id.clone()).collect();
        let (search, next) = Search::begin(candidates);
        if let Some(case) = self.case_mut(tab) {
            case.pending.clear();
            case.vigil = None;
            case.step = Step::Searching { search: Box::new(search), stage: Stage::Switching { waiting: Vec::new() }, before };
        }
        self.hunting.push(tab);
        self.pursue(now, tab, next)
    }

    /// A click on "Stop": back to how it was, and a look at what the page says then.
    pub(super) fn stop_search(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        if !self.is_searched(tab) {
            return Vec::new();
        }
        if self.has_hand() {
            return self.let_go(tab);
        }
        let effects = self.give_back(tab, &[]);
        let waiting = switched(&effects);
        let Some(case) = self.case_mut(tab) else { return effects };
        if waiting.is_empty() {
            case.step = Step::Refused;
            return self.check(now, tab);
        }
        case.step = Step::TurningOff { waiting };
        effects
    }

    /// The browser has said what is on: goes on with searches that this worker found in what was kept.
    pub(super) fn take_up_searches(&mut self, now: Time) -> Vec<Effect> {
        let searched = self.kept.cases.iter().filter(|(_, case)| is_searching(case)).map(|(tab, _)| *tab);
        let tabs: Vec<TabId> = searched.filter(|tab| !self.hunting.contains(tab)).collect();
        let mut effects = Vec::new();
        for tab in tabs {
            self.hunting.push(tab);
            if let Some(next) = self.search(tab).map(Search::next) {
                effects.extend(self.pursue(now, tab, next));
            }
        }
        effects
    }

    /// A switch was answered.
    pub(super) fn switched_for_search(&mut self, now: Time, id: &ExtensionId, done: bool) -> Vec<Effect> {
        let is_on = self.listing.find(id).is_some_and(|extension| extension.enabled);
        let mut ready = Vec::new();
        for (tab, case) in &mut self.kept.cases {
            if let Step::Searching { search, stage: Stage::Switching { waiting }, .. } = &mut case.step
                && waiting.contains(id)
            {
                waiting.retain(|other| other != id);
                if !done {
                    search.drop_candidate(id, if is_on { Left::On } else { Left::Off });
                }
                if waiting.is_empty() {
                    ready.push((*tab, search.next()));
                }
            }
        }
        ready.into_iter().flat_map(|(tab, next)| self.pursue(now, tab, next)).collect()
    }

    /// A switch that ends a search was answered: when it was the last one, the page is loaded as it is to stay.
    pub(super) fn switched_after_search(&mut self, id: &ExtensionId) -> Vec<Effect> {
        let mut ready = Vec::new();
        for (tab, case) in &mut self.kept.cases {
            if let Step::Found { finding: Finding::Culprits { .. }, waiting } = &mut case.step
                && waiting.contains(id)
            {
                waiting.retain(|other| other != id);
                if waiting.is_empty() {
                    ready.push(*tab);
                }
            }
        }
        ready.into_iter().flat_map(|tab| self.reload(tab, SPACING)).collect()
    }

    /// A candidate was switched by hand, or removed.
    pub(super) fn left_the_search(&mut self, now: Time, id: &ExtensionId, on: bool) -> Vec<Effect> {
        let mut ready = Vec::new();
        for (tab, case) in &mut self.kept.cases {
            if let Step::Searching { search, stage, .. } = &mut case.step {
                let before = search.next();
                let next = search.drop_candidate(id, if on { Left::On } else { Left::Off });
                match stage {
                    Stage::Switching { waiting } => {
                        waiting.retain(|other| other != id);
                        if waiting.is_empty() {
                            ready.push((*tab, next));
                        }
                    }
                    Stage::Reloading if next != before => *stage = Stage::Stale,
                    Stage::Reloading | Stage::Stale => {}
                }
            }
        }
        ready.into_iter().flat_map(|(tab, next)| self.pursue(now, tab, next)).collect()
    }

    /// The reloaded page was seen.
    pub(super) fn observed(&mut self, now: Time, tab: TabId, sight: &Sight) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let observation = observation(&case.host, sight);
        if let Sight::Page { text, .. } = sight {
            case.load = text.load;
        }
        let Step::Searching { search, stage, .. } = &mut case.step else { return Vec::new() };
        let next = match stage {
            Stage::Reloading => search.observe(observation),
            Stage::Stale => search.next(),
            // Nobody asked: the search has been taken up anew meanwhile.
            Stage::Switching { .. } => return Vec::new(),
        };
        self.pursue(now, tab, next)
    }

    pub(super) fn pursue(&mut self, now: Time, tab: TabId, next: Next) -> Vec<Effect> {
        let trial = match next {
            Next::Try(trial) => trial,
            Next::Finished(Finding::Innocent) if self.has_hand() => {
                return self.widen(now, tab).unwrap_or_else(|| self.conclude(now, tab, Finding::Innocent));
            }
            Next::Finished(finding) => return self.conclude(now, tab, finding),
        };
        let mut effects: Vec<Effect> = trial.off.iter().flat_map(|id| self.switch(now, id, false)).collect();
        effects.extend(trial.on.iter().flat_map(|id| self.switch(now, id, true)).collect::<Vec<_>>());
        let waiting = if self.has_hand() { self.ask_hand(now, tab) } else { switched(&effects) };
        let reloads = waiting.is_empty();
        if let Some(Step::Searching { stage, .. }) = self.case_mut(tab).map(|case| &mut case.step) {
            *stage = if reloads { Stage::Reloading } else { Stage::Switching { waiting } };
        }
        if reloads {
            effects.extend(self.reload(tab, SPACING));
        }
        effects.extend(self.search(tab).map(|search| {
            let progress = search.progress();
            let numbers =
                [progress.checks_done.saturating_add(1), progress.checks_expected.max(progress.checks_done.saturating_add(1))];
            Effect::Badge { tab, text: [numbers[0].to_string().as_str(), "/", &numbers[1].to_string()].concat() }
        }));
        effects
    }

    /// Gives back what the search switched, save for what has to stay off, and keeps what it found.
    fn conclude(&mut self, now: Time, tab: TabId, finding: Finding) -> Vec<Effect> {
        let keep_off = match &finding {
            Finding::Culprits { keep_off, .. } => keep_off.clone(),
            _ => Vec::new(),
        };
        let mut effects: Vec<Effect> = keep_off.iter().flat_map(|id| self.switch(now, id, false)).collect();
        effects.extend(self.give_back(tab, &keep_off));
        let waiting = switched(&effects);
        self.hunting.retain(|other| *other != tab);
        let Some(case) = self.case_mut(tab) else { return effects };
        match finding {
            Finding::Culprits { .. } => case.tried(Fix::Extensions, true),
            Finding::Innocent => {
                case.tried(Fix::Extensions, false);
                case.findings.extensions_cleared = true;
            }
            Finding::Unclear(_) | Finding::Flaky => {}
        }
        let opened = matches!(finding, Finding::Culprits { .. });
        case.seen = now;
        case.step = Step::Found { finding, waiting };
        let text = if opened { String::new() } else { case.badge() };
        if self.has_hand() {
            let left = self.ask_hand(now, tab);
            if let Some(Step::Found { waiting, .. }) = self.case_mut(tab).map(|case| &mut case.step) {
                *waiting = left;
            }
        }
        effects.into_iter().chain([Effect::Badge { tab, text }]).collect()
    }

    /// Switches on what the search has off, save for `keep_off`.
    fn give_back(&mut self, tab: TabId, keep_off: &[ExtensionId]) -> Vec<Effect> {
        let Some(Step::Searching { before, .. }) = self.case(tab).map(|case| &case.step) else { return Vec::new() };
        let before = before.clone();
        self.put_back_those(|id| !before.contains(id) && !keep_off.contains(id))
    }

    fn search(&self, tab: TabId) -> Option<&Search> {
        match self.case(tab).map(|case| &case.step) {
            Some(Step::Searching { search, .. }) => Some(search),
            _ => None,
        }
    }
}

fn is_searching(case: &Case) -> bool {
    matches!(case.step, Step::Searching { .. })
}

pub(super) fn switched(effects: &[Effect]) -> Vec<ExtensionId> {
    let id = |effect: &Effect| match effect {
        Effect::Switch { id, .. } => Some(id.clone()),
        _ => None,
    };
    effects.iter().filter_map(id).collect()
}

/// What a sight says of a trial on `host`.
fn observation(host: &Host, sight: &Sight) -> Observation {
    let (url, text) = match sight {
        Sight::Page { url, text } => (url, text),
        Sight::ErrorPage => return Observation::CannotTell(Why::ErrorPage),
        Sight::Offline => return Observation::CannotTell(Why::Offline),
        Sight::Unreadable => return Observation::CannotTell(Why::TabGone),
        Sight::Missing => return Observation::CannotTell(Why::Timeout),
    };
    let same_site = Host::of_url(url).is_some_and(|other| Site::holds_both(host, &other));
    if !same_site {
        return Observation::CannotTell(Why::TabGone);
    }
    match super::recognise(url, text.status, &text.html) {
        Some(verdict) if !verdict.is_refusal() => Observation::CannotTell(Why::Challenge),
        Some(verdict) => match Kind::of(&verdict) {
            Kind::RateLimit => Observation::CannotTell(Why::RateLimit),
            Kind::Service => Observation::CannotTell(Why::ErrorPage),
            _ => Observation::Blocked,
        },
        None if text.status.is_some_and(|status| status < 400) => Observation::Open,
        // A server's own 404 or 500 says nothing about who is to blame.
        None => Observation::CannotTell(Why::ErrorPage),
    }
}
