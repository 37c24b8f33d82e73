//! The culprit search on a tab: carries out the search's trials, one switch and one reload at a time, and puts everything back
//! at the end. `extensions::culprit` decides what to try and what the results mean.
//!
//! The steps are drawn in `case.rs`. The state of the search is on disk after every result, and each switch is in the ledger
//! before it is made. What happens if one of these ends:
//!
//! * the popup: nothing, because it only displays.
//! * the worker: the next event starts another one, at the latest an alarm. It asks the browser what is on and carries out the
//!   trial again.
//! * the tab: everything is put back, and the search can continue in another tab of that site.
//! * the browser: everything is put back at the next start, and the search can continue.

use crate::base::host::Host;
use crate::base::id::{ExtensionId, TabId, Time};
use crate::case::{Blocked, Case, Flow, SearchStage};
use crate::diagnosis::cause::Kind;
use crate::diagnosis::fix::Fix;
use crate::extensions::bisect::{Candidate, Doubt, Finding, Left, Search, SearchNext, SearchSession, TrialResult, Weight, Why};
use crate::extensions::ledger::Ledger;
use crate::extensions::listing::Listed;
use crate::feature::challenge_loop::update::is_of_loop;
use crate::feature::clear_data::Site;
use crate::feature::clear_data::clearing::Clearing;
use crate::feature::culprit_search::strategy::Strategy;
use crate::feature::load_method::Plan;
use crate::feature::toggle_extensions::SwitchAnswers;
use crate::model::{Model, SPACING};
use crate::protocol::effect::{Effect, TabSnapshot};
use crate::recognize::Verdict;
use crate::view::{self, Banner, TabBadge};

/// The pause before the next reload, in milliseconds, after a page that gave no result: the obstacle may be gone by then.
const RESPITE: u32 = 2_000;
/// A step has to be done after this many seconds. A reload gives up earlier, and an alarm cannot fire sooner.
const WATCH: u32 = 30;

impl Model {
    pub(crate) fn is_searched(&self, tab: TabId) -> bool {
        self.case(tab).is_some_and(is_searching)
    }

    pub(crate) fn is_anything_searched(&self) -> bool {
        self.kept.cases.iter().any(|(_, case)| is_searching(case))
    }

    /// Is something in progress in another tab that a request for `tab` would disturb? All tabs share the extensions and a
    /// site's data.
    pub(crate) fn is_held(&self, tab: TabId) -> bool {
        let under_way = |case: &Case| {
            matches!(case.flow, Flow::Searching { .. } | Flow::TurningOff { .. } | Flow::Checking | Flow::Confirming { .. })
        };
        self.kept.cases.iter().any(|(other, case)| *other != tab && under_way(case))
    }

    /// Handles a click on "Find the extension".
    pub(crate) fn find_extension(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let turned_off = self.case(tab).is_some_and(|case| matches!(case.flow, Flow::Open { .. }));
        let candidates = if turned_off { self.turned_off(tab) } else { self.candidates(tab) };
        if candidates.is_empty() {
            return Vec::new();
        }
        if let Some(effects) = self.confirm_first(now, tab, Plan::Search) {
            return effects;
        }
        let (search, _) = Search::begin(candidates);
        self.begin_search(now, tab, now, search)
    }

    /// Handles a click on "Go on with the search".
    pub(crate) fn go_on(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let (Some(search), Some(begun)) =
            (self.interrupted(now, tab), self.kept.search_session.as_ref().map(|session| session.at))
        else {
            return Vec::new();
        };
        if let Some(effects) = self.confirm_first(now, tab, Plan::GoOn) {
            return effects;
        }
        self.begin_search(now, tab, begun, search)
    }

    /// The interrupted search of this tab's site, if there is one that can continue.
    pub(crate) fn interrupted(&self, now: Time, tab: TabId) -> Option<Search> {
        if self.is_anything_searched() {
            return None;
        }
        let session = self.kept.search_session.as_ref()?;
        let same_site = Site::holds_both(&self.case(tab)?.host, &session.host);
        let is_on = |id: &ExtensionId| self.listing.find(id).is_some_and(|extension| extension.enabled);
        session.go_on(now, &self.candidates(tab), is_on).filter(|_| same_site)
    }

    fn begin_search(&mut self, now: Time, tab: TabId, begun: Time, search: Search) -> Vec<Effect> {
        let busy = self.is_held(tab) || self.kept.clearing.as_ref().is_some_and(Clearing::is_running);
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let ready = match &case.flow {
            Flow::Blocked(_) => true,
            Flow::Found { waiting, .. } => waiting.is_empty(),
            // The page opened without several extensions. Which of them was it?
            Flow::Open { .. } => true,
            _ => false,
        };
        if busy || !ready || case.is_cooling_down(now) {
            return Vec::new();
        }
        case.pending.clear();
        case.enter(Flow::Searching { stage: SearchStage::Switching { waiting: Vec::new() }, due: now });
        let (host, next) = (case.host.clone(), search.next());
        self.kept.search_session = Some(SearchSession { host, at: begun, search });
        self.tab_mut(tab).drives_search = true;
        self.advance_search(now, tab, next, SPACING)
    }

    /// The enabled extensions that may be switched, each with its weight.
    fn candidates(&self, tab: TabId) -> Vec<Candidate> {
        let Some(case) = self.case(tab) else { return Vec::new() };
        let rows = self.worth_trying(self.rows(&case.host));
        rows.iter().filter(|row| row.is_free()).map(candidate).collect()
    }

    /// The extensions that were turned off before this tab's page opened, if it is not known which of them was the culprit.
    fn turned_off(&self, tab: TabId) -> Vec<Candidate> {
        let Some(case) = self.case(tab) else { return Vec::new() };
        let rows = self.rows(&case.host);
        turned_off(case, &rows, &self.kept.ledger).into_iter().map(candidate).collect()
    }

    /// Handles a click on "Stop", in the popup of any tab: puts everything back, then inspects the page.
    pub(crate) fn stop_search(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let searched = self.kept.cases.iter().find(|(_, case)| is_searching(case)).map(|(searched, _)| *searched);
        let Some(tab) = Some(tab).filter(|tab| self.is_searched(*tab)).or(searched) else { return Vec::new() };
        self.end_search(now, tab)
    }

    pub(crate) fn stop_automatic_search(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let waiting = self.temporary(&[]);
        if let Some(case) = self.case_mut(tab) {
            case.enter(Flow::Stopping { waiting });
        }
        self.go_on_switching(now, tab)
    }

    /// Does this worker carry out the search on this tab?
    fn drives_search(&self, tab: TabId) -> bool {
        self.tab(tab).is_some_and(|known| known.drives_search)
    }

    /// Continues the searches that a new worker found in storage.
    pub(crate) fn take_up_searches(&mut self, now: Time) -> Vec<Effect> {
        let searched = self.kept.cases.iter().filter(|(_, case)| is_searching(case)).map(|(tab, _)| *tab);
        let tabs: Vec<TabId> = searched.filter(|tab| !self.drives_search(*tab)).collect();
        let mut effects = Vec::new();
        for tab in tabs {
            // Without the list of enabled extensions, the search cannot continue: a trial might test something else than it
            // says.
            if self.listing.failure().is_some() {
                effects.extend(self.conclude(now, tab, Finding::Unclear(Doubt::NotListed)));
                continue;
            }
            match self.kept.search_session.as_ref().map(|session| session.search.next()) {
                Some(next) => {
                    self.tab_mut(tab).drives_search = true;
                    effects.extend(self.advance_search(now, tab, next, SPACING));
                }
                // The worker died before the search was written, so nothing was switched yet.
                None if self.temporary(&[]).is_empty() => {
                    if let Some(case) = self.case_mut(tab) {
                        case.enter(Flow::Blocked(Blocked::Idle));
                    }
                    effects.extend(self.find_extension(now, tab));
                }
                None => effects.extend(self.stop_search(now, tab)),
            }
        }
        effects
    }

    /// Puts back the extensions that are still off for a search that has ended. This happens when the browser was killed, or
    /// the worker while it put them back.
    pub(crate) fn give_back_strays(&mut self) -> Vec<Effect> {
        if self.is_anything_searched() {
            return Vec::new();
        }
        let found = self.kept.cases.iter().filter_map(|(_, case)| match &case.flow {
            Flow::Found { finding: Finding::Culprits { keep_off, .. }, .. } => Some(keep_off.clone()),
            _ => None,
        });
        // What has to stay off stays off, even if its entry in the ledger was lost.
        let keep_off: Vec<ExtensionId> = found.flatten().collect();
        self.put_back_those(|entry| entry.temporary && !keep_off.contains(&entry.id))
    }

    /// When to check whether a search is still being carried out.
    pub(crate) fn search_due(&self) -> Option<Time> {
        self.kept.cases.iter().find_map(|(_, case)| match case.flow {
            // The user may take any time, and each switch wakes the worker.
            Flow::Searching { stage: SearchStage::Switching { .. }, .. } if self.strategy() == Strategy::Manual => None,
            Flow::Searching { due, .. } => Some(due),
            _ => None,
        })
    }

    /// The alarm has fired, so this worker is alive. Sets the next alarm in case it dies.
    pub(crate) fn watch_over_searches(&mut self, now: Time) {
        for (_, case) in &mut self.kept.cases {
            if let Flow::Searching { due, .. } = &mut case.flow {
                *due = now.plus_seconds(WATCH);
            }
        }
    }

    /// Handles the answers to switches.
    pub(crate) fn switched_for_search(&mut self, now: Time, answers: &SwitchAnswers) -> Vec<Effect> {
        let Some((tab, case)) = self.kept.cases.iter_mut().find(|(_, case)| is_searching(case)) else { return Vec::new() };
        let Flow::Searching { stage: SearchStage::Switching { waiting }, .. } = &mut case.flow else { return Vec::new() };
        let (tab, before) = (*tab, waiting.len());
        if let Some(session) = &mut self.kept.search_session {
            // What cannot be switched no longer takes part.
            for id in waiting.iter().filter(|id| answers.get(id).is_some_and(|answer| !answer.done)) {
                let is_on = self.listing.find(id).is_some_and(|extension| extension.enabled);
                session.search.drop_candidate(id, if is_on { Left::On } else { Left::Off });
            }
        }
        waiting.retain(|id| answers.get(id).is_none());
        let is_ready = waiting.is_empty() && before > 0;
        if is_ready { self.advance_to_next(now, tab) } else { Vec::new() }
    }

    /// Handles an extension that was switched by hand, installed or removed. A candidate is left as it is from now on. An
    /// extension that is on and was not a candidate was off until now, and joins.
    pub(crate) fn changed_under_the_search(&mut self, now: Time, id: &ExtensionId, on: bool) -> Vec<Effect> {
        let driven = self.kept.cases.iter().map(|(tab, _)| *tab).find(|tab| self.drives_search(*tab) && self.is_searched(*tab));
        let Some(tab) = driven else { return Vec::new() };
        let joins = self.case(tab).and_then(|case| {
            let rows = self.rows(&case.host);
            rows.iter().find(|row| row.extension.id == *id && row.is_free()).map(candidate)
        });
        let Some(session) = &mut self.kept.search_session else { return Vec::new() };
        let before = session.search.next();
        let takes_part = session.search.candidates().any(|other| other == id);
        let next = match joins.filter(|_| on && !takes_part) {
            Some(candidate) => session.search.join(candidate),
            None => session.search.drop_candidate(id, if on { Left::On } else { Left::Off }),
        };
        let Some(Flow::Searching { stage, .. }) = self.case_mut(tab).map(|case| &mut case.flow) else { return Vec::new() };
        match stage {
            SearchStage::Switching { waiting } => {
                waiting.retain(|other| other != id);
                if waiting.is_empty() { self.advance_search(now, tab, next, SPACING) } else { Vec::new() }
            }
            SearchStage::Reloading => {
                if next != before {
                    *stage = SearchStage::Stale;
                }
                Vec::new()
            }
            SearchStage::Stale => Vec::new(),
        }
    }

    /// Handles the snapshot of the reloaded page.
    pub(crate) fn observed(&mut self, now: Time, tab: TabId, snapshot: &TabSnapshot) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let is_elsewhere = match snapshot {
            TabSnapshot::Page { url, .. } => Host::of_url(url).is_none_or(|host| !case.site().holds(&host)),
            TabSnapshot::Unreadable | TabSnapshot::Missing | TabSnapshot::OtherSite => true,
            TabSnapshot::ErrorPage { .. } | TabSnapshot::Offline | TabSnapshot::Late => false,
        };
        if is_elsewhere {
            return self.left(now, tab);
        }
        let (observation, verdict) = observation(case, snapshot);
        if let TabSnapshot::Page { text, .. } = snapshot {
            case.load = text.load;
        }
        // Keep its cooldown, whether or not the page itself has reported it.
        if let Some(verdict) = verdict.filter(|_| observation == TrialResult::CannotTell(Why::RateLimit)) {
            case.verdict = verdict;
            case.seen = now;
        }
        let Flow::Searching { stage, .. } = &case.flow else { return Vec::new() };
        let pause = match (stage, observation) {
            // The result is not expected: the search was restarted in the meantime.
            (SearchStage::Switching { .. }, _) => return Vec::new(),
            (SearchStage::Reloading, TrialResult::CannotTell(_)) => RESPITE,
            (SearchStage::Reloading | SearchStage::Stale, _) => SPACING,
        };
        let counts = *stage == SearchStage::Reloading;
        let Some(session) = self.kept.search_session.as_mut() else { return self.stop_search(now, tab) };
        let next = if counts { session.search.observe(observation) } else { session.search.next() };
        self.advance_search(now, tab, next, pause)
    }

    pub(crate) fn advance_to_next(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let next = self.kept.search_session.as_ref().map(|session| session.search.next());
        // The time that the switches took is part of the pause.
        let begun = self.search_due().map_or(now.0, |due| due.0.saturating_sub(u64::from(WATCH).saturating_mul(1000)));
        let spent = u32::try_from(now.0.saturating_sub(begun)).unwrap_or(u32::MAX);
        next.map(|next| self.advance_search(now, tab, next, SPACING.saturating_sub(spent))).unwrap_or_default()
    }

    pub(crate) fn advance_search(&mut self, now: Time, tab: TabId, next: SearchNext, pause: u32) -> Vec<Effect> {
        let trial = match next {
            SearchNext::Try(trial) => trial,
            SearchNext::Finished(Finding::Innocent) => {
                return self.after_innocence(now, tab).unwrap_or_else(|| self.conclude(now, tab, Finding::Innocent));
            }
            SearchNext::Finished(finding) => return self.conclude(now, tab, finding),
        };
        let (mut effects, waiting) = self.begin_switches(now, tab, &trial);
        let reloads = waiting.is_empty();
        if let Some(Flow::Searching { stage, due }) = self.case_mut(tab).map(|case| &mut case.flow) {
            *stage = if reloads { SearchStage::Reloading } else { SearchStage::Switching { waiting } };
            *due = now.plus_seconds(WATCH);
        }
        if reloads {
            effects.extend(self.reload(tab, pause));
        }
        effects.extend(self.kept.search_session.as_ref().map(|session| {
            let progress = session.search.progress();
            let check = progress.checks_done.saturating_add(1);
            Effect::Badge { tab, badge: TabBadge::of_search(check, progress.checks_expected.max(check)) }
        }));
        effects.extend(self.tell_page_of_search(tab));
        effects
    }

    /// Puts back what the search switched, except what has to stay off, and stores the finding.
    fn conclude(&mut self, now: Time, tab: TabId, finding: Finding) -> Vec<Effect> {
        let keep_off = match &finding {
            Finding::Culprits { keep_off, .. } => keep_off.clone(),
            _ => Vec::new(),
        };
        let is_on = |id: &&ExtensionId| self.listing.find(id).is_some_and(|extension| extension.enabled);
        let to_be_off: Vec<ExtensionId> = keep_off.iter().filter(is_on).cloned().collect();
        let waiting = [self.temporary(&keep_off), to_be_off].concat();
        for id in &keep_off {
            self.kept.ledger.keep(id);
        }
        self.record_finding(now, tab, &finding);
        self.tab_mut(tab).drives_search = false;
        // A later search may be able to tell what this one could not.
        if !matches!(finding, Finding::Unclear(Doubt::CannotTell(_) | Doubt::NotListed)) {
            self.kept.search_session = None;
        }
        let Some(host) = self.case(tab).map(|case| case.host.clone()) else { return Vec::new() };
        let held_back = self.rows(&host).iter().any(Listed::is_held_back);
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        match finding {
            Finding::Culprits { .. } => case.tried(Fix::Extensions, true),
            Finding::Innocent => {
                case.tried(Fix::Extensions, false);
                // Only the extensions that were off are proven innocent.
                case.findings.extensions_cleared = !held_back;
            }
            Finding::Unclear(_) | Finding::Flaky => {}
        }
        let opened = matches!(finding, Finding::Culprits { .. });
        case.seen = now;
        case.enter(Flow::Found { finding, waiting });
        let blocked = TabBadge::of_blocked(case);
        let banner = view::banner_of_case(case).map(|banner| Effect::ShowBanner { tab, banner });
        let badge = if opened { self.badge_of_open_page(tab) } else { blocked };
        let effects = self.begin_last_switches(now, tab);
        effects.into_iter().chain([Effect::Badge { tab, badge }]).chain(banner).chain(self.unseen_result(now, tab)).collect()
    }

    /// The extensions that are off for the search, or about to be, except `keep_off`. A search among extensions that were off
    /// already puts them back, too.
    fn temporary(&self, keep_off: &[ExtensionId]) -> Vec<ExtensionId> {
        let takes_part = |id| self.kept.search_session.iter().any(|session| session.search.candidates().any(|other| other == id));
        let off = self.kept.ledger.off().filter(|entry| entry.temporary || takes_part(&entry.id));
        off.filter(|entry| !keep_off.contains(&entry.id)).map(|entry| entry.id.clone()).collect()
    }

    /// Updates the banner on the searched page with the progress.
    pub(crate) fn tell_page_of_search(&self, tab: TabId) -> Vec<Effect> {
        self.banner_of_search(tab).map(|banner| Effect::ShowBanner { tab, banner }).into_iter().collect()
    }

    /// The banner while a search runs on this tab.
    pub(crate) fn banner_of_search(&self, tab: TabId) -> Option<Banner> {
        let case = self.case(tab).filter(|case| is_searching(case))?;
        Some(view::banner_of_search(&case.verdict, &self.kept.search_session.as_ref()?.search.progress()))
    }
}

fn is_searching(case: &Case) -> bool {
    matches!(case.flow, Flow::Searching { .. })
}

/// The rows of the extensions that Readmit turned off before this page opened, and that are still off. None if there is only
/// one: it is the culprit already.
pub(crate) fn turned_off<'a>(case: &Case, rows: &'a [Listed<'a>], ledger: &Ledger) -> Vec<&'a Listed<'a>> {
    let is_candidate = |row: &&Listed<'_>| {
        let id = &row.extension.id;
        !row.extension.enabled && !row.pinned && ledger.holds(id) && case.switched.contains(id)
    };
    let off: Vec<_> = rows.iter().filter(is_candidate).collect();
    if off.len() > 1 { off } else { Vec::new() }
}

pub(crate) fn candidate(row: &Listed<'_>) -> Candidate {
    // An earlier culprit is usually the culprit again: it is as likely as all the others together.
    let weight = if row.leads { Weight::new(Weight::MOST) } else { Weight::from(row.assessment.suspicion) };
    Candidate { id: row.extension.id.clone(), weight }
}

/// What a snapshot says about a trial on the case's page, and the verdict if it shows a block page.
fn observation(case: &Case, snapshot: &TabSnapshot) -> (TrialResult, Option<Verdict>) {
    let cannot_tell = |why| (TrialResult::CannotTell(why), None);
    let (url, text) = match snapshot {
        TabSnapshot::Page { url, text, .. } => (url, text),
        // The same failure as before the search.
        TabSnapshot::ErrorPage { .. } if case.error_page => return (TrialResult::Blocked, None),
        TabSnapshot::ErrorPage { .. } => return cannot_tell(Why::ErrorPage),
        TabSnapshot::Offline => return cannot_tell(Why::Offline),
        TabSnapshot::Unreadable | TabSnapshot::Missing | TabSnapshot::OtherSite => return cannot_tell(Why::TabGone),
        TabSnapshot::Late => return cannot_tell(Why::Timeout),
    };
    let same_site = Host::of_url(url).is_some_and(|other| Site::holds_both(&case.host, &other));
    if !same_site {
        return cannot_tell(Why::TabGone);
    }
    match crate::model::recognize(url, text.status, &text.html) {
        Some(verdict) if !verdict.is_refusal() && (is_of_loop(case) || verdict.ended.is_some()) => (TrialResult::Blocked, None),
        Some(verdict) if !verdict.is_refusal() => cannot_tell(Why::Challenge),
        Some(verdict) => {
            let observation = match Kind::of(&verdict) {
                Kind::RateLimit => TrialResult::CannotTell(Why::RateLimit),
                Kind::Service => TrialResult::CannotTell(Why::ErrorPage),
                _ => TrialResult::Blocked,
            };
            (observation, Some(verdict))
        }
        None if text.status.is_some_and(|status| status < 400) => (TrialResult::Open, None),
        None if text.status == Some(429) => cannot_tell(Why::RateLimit),
        None if !case.verdict.is_known() && text.status == case.verdict.status => (TrialResult::Blocked, None),
        // A server's own 404 or 500 says nothing about the culprit.
        None => cannot_tell(Why::ErrorPage),
    }
}
