//! The machine: events in, effects out, the view derived.
//!
//! `update` is the only door. Whatever has to be kept is compared before and after each event, and the difference is saved
//! by an effect that stands *before* all others: so state is on disk before the browser is changed, by construction.

mod order;

use crate::base::failure::Failure;
use crate::base::host::Host;
use crate::base::id::{ExtensionId, LoadId, TabId, Time, WindowId};
use crate::case::{Case, Question, Step};
use crate::diagnosis::fix::Fix;
use crate::extensions::installed::Installed;
use crate::extensions::ledger::Entry;
use crate::extensions::listing::{Listed, Listing};
use crate::extensions::suspect;
use crate::feature::clear_data::clearing::{Clearing, Next};
use crate::feature::clear_data::{Site, Strength};
use crate::feature::culprit_search::update::switched;
use crate::feature::in_app::update::Asked;
use crate::feature::settings::policy::Policy;
use crate::feature::settings::setting::Setting;
use crate::feature::settings::watched::Watched;
use crate::protocol::effect::{Capabilities, Effect, Event, Grants, Provider, ReplyId, TabSnapshot};
use crate::protocol::message::{Classified, PageRequest, PopupRequest};
use crate::protocol::rate_limiter::MessageRateLimiter;
use crate::recognize::{self, Page, Verdict};
use crate::store::Stored;
use crate::view::{self, Notice, Scene, View};

pub(crate) use crate::feature::culprit_search::manual::ManualToggle;
pub use crate::feature::settings::update::Leaving;

/// Refused pages that are remembered at once. The oldest go first.
const MOST_CASES: usize = 50;

/// Milliseconds between a page's answer and the next reload: quick for a person, gentle for a site.
pub(crate) const SPACING: u32 = 200;

/// What the last look at a tab without a case said.
#[derive(Clone, Debug, PartialEq)]
pub enum TabStatus {
    /// A look is under way.
    Looking,
    /// No refusal.
    Fine,
    /// One of Cloudflare's challenges: left alone.
    Challenge(Host),
    /// The browser has no connection.
    Offline,
    /// The browser's own error page.
    NotLoaded,
    /// A page that we may not read.
    Unreadable,
}

/// A popup that is open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Open {
    pub(crate) tab: TabId,
    pub(crate) status: TabStatus,
    /// Is the cause being looked for, so that an answer is worth waiting for?
    pub(crate) asking: bool,
    /// May it be looked for? Where that is not done at once, a click says so.
    pub(crate) may_ask: bool,
}

/// All that is known.
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) own: ExtensionId,
    pub(crate) kept: Stored,
    pub(crate) capabilities: Capabilities,
    pub(crate) listing: Listing,
    pub(crate) popups: Vec<Open>,
    /// Tabs whose search is driven by this worker. Empty after a wake-up: then it is taken up where it was.
    pub(crate) driven_searches: Vec<TabId>,
    /// Tabs that were told to reload and have not answered. Empty after a wake-up: then a look tells whether the reload
    /// took place before the worker died.
    pub(crate) reloading: Vec<TabId>,
    /// Status pages that are being read.
    pub(crate) hearing: Vec<(TabId, Provider)>,
    /// Tabs for which requests are being timed.
    pub(crate) timing: Vec<TabId>,
    /// Tabs that show a check, and whose next load is awaited. Empty after a wake-up, and then awaited anew.
    pub(crate) awaiting: Vec<TabId>,
    /// Open pages that are being asked for what was refused inside.
    pub(crate) asked: Vec<Asked>,
    /// What content scripts have said of late.
    pub(crate) rate_limiter: MessageRateLimiter,
    /// Is the permission for OpenAI's hosts there? Asked anew with every look.
    pub(crate) allowed: bool,
    /// What the administrator decided.
    pub(crate) policy: Policy,
    /// The other sites that may be touched; `None` until the browser has answered.
    pub(crate) watched: Option<Watched>,
    /// May notifications be shown?
    pub(crate) notifies: bool,
    /// Does this worker erase everything? Not after a wake-up: then it is done again.
    pub(crate) erasing: bool,
    /// When this worker has erased everything.
    pub(crate) erased_at: Option<Time>,
    /// What came of the last click on the options page.
    pub(crate) said: Option<Notice>,
}

impl Model {
    /// Before the first event. `own` is our own id, which is never a suspect.
    pub fn new(own: ExtensionId) -> Self {
        Self {
            own,
            kept: Stored::default(),
            capabilities: Capabilities::default(),
            listing: Listing::default(),
            popups: Vec::new(),
            driven_searches: Vec::new(),
            reloading: Vec::new(),
            hearing: Vec::new(),
            timing: Vec::new(),
            awaiting: Vec::new(),
            asked: Vec::new(),
            rate_limiter: MessageRateLimiter::default(),
            allowed: true,
            policy: Policy::default(),
            watched: None,
            notifies: false,
            erasing: false,
            erased_at: None,
            said: None,
        }
    }

    /// Takes in what happened; gives out what is to be done, in order.
    pub fn update(&mut self, now: Time, event: Event) -> Vec<Effect> {
        if let Event::Started { stored, capabilities } = event {
            self.kept = *stored;
            self.capabilities = capabilities;
            let effects = self.saving(&self.kept.clone(), |model| model.started(now));
            // Whether the alarm outlived the worker, or the browser, is for nobody to know.
            let wake = self.next_wake().map(Effect::WakeAt);
            return effects.into_iter().chain(wake).collect();
        }
        let written = match event {
            // Nothing is on disk any more, and the orders that were taken in before are known well enough without it.
            Event::Erased(_) => Stored { inbox: self.kept.inbox.clone(), ..Stored::default() },
            _ => self.kept.clone(),
        };
        self.saving(&written, |model| model.react(now, event))
    }

    /// What a popup about `tab` shows.
    pub fn view(&self, now: Time, tab: TabId) -> View {
        let case = self.case(tab);
        let site = self.site(tab);
        let host = case.map_or_else(Host::chatgpt, |case| case.host.clone());
        let looking = TabStatus::Looking;
        let helped = case.and_then(|case| self.kept.memory.helped(&case.host, &case.verdict));
        let scene = Scene {
            clearing: self.kept.clearing.as_ref().filter(|clearing| clearing.tab == tab),
            undo_cookies: self.kept.undo_cookies.as_ref(),
            storage_faults: &self.kept.storage_faults,
            rows: self.rows(&host),
            recurrence: case.and_then(|case| self.recurrence(case)),
            past: case.map(|case| self.kept.memory.past(&case.host, &case.verdict)).unwrap_or_default(),
            helped,
            listing: &self.listing,
            ledger: &self.kept.ledger,
            pins: &self.kept.pins,
            searching: self.is_anything_searched(),
            progress: self.kept.session.as_ref().map(|session| session.search.progress()),
            elsewhere: self.is_held(tab),
            can_go_on: self.interrupted(now, tab).is_some(),
            can_switch: self.capabilities.switches_extensions,
            opens_list: self.capabilities.opens_list,
            clears_whole_cache: self.capabilities.clears_whole_cache,
            brand: self.capabilities.brand,
            toggles: self.toggles(tab),
            opens_edge: self.capabilities.opens_edge,
            asking: self.popups.iter().any(|popup| popup.tab == tab && popup.asking),
            timing: self.timing.contains(&tab),
            watched: self.watched.as_ref(),
            recovery_alerts: &self.kept.recovery_alerts,
            notifies: self.notifies,
            allowed: self.allowed,
            status: self.popups.iter().find(|popup| popup.tab == tab).map_or(&looking, |popup| &popup.status),
            contact: self.policy.owner_contact.as_ref(),
            forbidden: Fix::ALL.into_iter().filter(|&fix| self.policy.forbids(fix, &site)).collect(),
            offers_cause: self.popups.iter().any(|popup| popup.tab == tab && !popup.may_ask),
            site,
        };
        view::popup(&scene, case, now)
    }

    /// The tabs that popups are open about, each once.
    pub fn watched(&self) -> Vec<TabId> {
        self.popups.iter().map(|popup| popup.tab).collect()
    }

    pub(crate) fn saving(&mut self, before: &Stored, react: impl FnOnce(&mut Self) -> Vec<Effect>) -> Vec<Effect> {
        let woken_at = self.next_wake();
        // What is written while everything is erased might outlive it.
        let may_write = !self.erasing;
        let effects = react(self);
        self.kept.banner_disabled = !self.is_set(Setting::Banner);
        let changes = self.kept.changes_since(before);
        let save = ((may_write || !self.erasing) && !changes.is_empty()).then_some(Effect::Save(changes));
        let wake = self.next_wake().filter(|time| woken_at != Some(*time)).map(Effect::WakeAt);
        save.into_iter().chain(wake).chain(effects).collect()
    }

    pub(crate) fn started(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.forget_old_cookies(now);
        let is_switching = self.kept.cases.iter().any(|(_, case)| case.is_switching()) || self.kept.leaving.is_some();
        if !self.kept.ledger.is_empty() || is_switching || !self.kept.inbox.is_done() {
            effects.push(Effect::List);
        }
        effects.push(Effect::ReadGrants);
        effects.extend(self.take_up_recovery_alerts(now));
        for (tab, case) in &mut self.kept.cases {
            case.history.lose();
            if case.step == Step::Checking {
                effects.push(Effect::Look { tab: *tab });
            }
        }
        let undo_cookies = self.kept.undo_cookies.as_ref();
        let next = self.kept.clearing.as_mut().map_or(Next::Rest, |clearing| clearing.resume(undo_cookies));
        effects.extend(self.follow(now, next));
        effects
    }

    pub(crate) fn react(&mut self, now: Time, event: Event) -> Vec<Effect> {
        match event {
            Event::Started { .. } => Vec::new(),
            Event::Page { tab, window, host, request, reply } => self.page(now, tab, window, &host, request, reply),
            Event::PopupConnected { tab } => self.popup_connected(now, tab),
            Event::OptionsConnected => vec![Effect::List, Effect::ReadGrants],
            Event::Ordered { id, order } => self.ordered(now, id, order),
            Event::PopupClosed { tab } => {
                self.popups.retain(|popup| popup.tab != tab);
                if self.popups.is_empty() && !self.is_anything_searched() {
                    self.listing.forget();
                }
                self.saw_who_is_back()
            }
            Event::PolicyChanged(policy) => {
                self.policy = *policy;
                // What may be switched has changed with it.
                if self.listing.is_known() { vec![Effect::List] } else { Vec::new() }
            }
            Event::Granted { watched, notifies } => self.granted(watched, notifies),
            Event::GrantsChanged => vec![Effect::ReadGrants],
            Event::Erased(answer) => self.erased(now, answer),
            Event::UninstallFailed(failure) => self.uninstall_failed(&failure),
            Event::Listed(answer) => {
                let answer = answer.map(|all| all.into_iter().map(|extension| self.under_policy(extension)).collect());
                let is_first = !self.listing.is_known();
                self.listing.answered(answer, &self.own, &self.kept.ledger);
                self.reconcile(now);
                let told = if is_first { self.tell_pages_of_recurrences() } else { Vec::new() };
                let taken_up = self.take_up(now);
                let moved = if self.switches_manually() { self.switched_manually(now) } else { self.give_back_strays() };
                let ordered = self.take_up_orders(now);
                taken_up.into_iter().chain(moved).chain(ordered).chain(told).collect()
            }
            Event::ExtensionChanged(extension) => self.extension_changed(now, *extension),
            Event::ExtensionRemoved(id) => {
                self.listing.removed(&id);
                self.kept.inbox.end_switch(&id);
                self.kept.memory.uninstalled(&id);
                self.kept.ledger.close(&id);
                self.kept.pins.set(&id, false);
                self.changed_under_the_search(now, &id, false)
            }
            Event::Switched { id, on, answer } => self.switched(now, &id, on, &answer),
            Event::Looked { tab, snapshot, grants } => {
                self.allowed = grants.openai;
                if self.is_searched(tab) {
                    // What the page shows in the middle of a trial is the search's business.
                    self.set_status(tab, TabStatus::Fine);
                    return Vec::new();
                }
                if self.is_stopping(tab) {
                    return self.seen_while_stopping(now, tab, &snapshot);
                }
                let asks = self.awaits_check(tab, &snapshot, false).or_else(|| self.asks_inside(now, tab, &snapshot, &grants));
                let mut effects = asks.unwrap_or_else(|| self.looked(now, tab, &snapshot, grants, false));
                effects.extend(self.seen_after_return(now, tab, &snapshot));
                effects
            }
            Event::Reloaded { tab, snapshot, grants } => {
                self.allowed = grants.openai;
                self.reloading.retain(|other| *other != tab);
                let asks = self.awaits_check(tab, &snapshot, true).or_else(|| self.asks_inside(now, tab, &snapshot, &grants));
                asks.unwrap_or_else(|| self.reloaded(now, tab, &snapshot, grants, false))
            }
            Event::Fetched { tab, purpose, answer } => self.fetched(now, tab, purpose, answer),
            Event::StatusFetched { tab, provider, documents } => self.status_fetched(now, tab, provider, documents.as_deref()),
            Event::Timed { tab, samples, kilobits } => self.timed(tab, samples, kilobits),
            Event::ZoneCompared { tab, fits } => self.zone_compared(tab, fits),
            Event::CookiesMeasured { tab, clearance_cookie, bytes, partitioned } => {
                self.cookies_measured(now, tab, clearance_cookie, bytes, partitioned)
            }
            Event::Inventoried(answer) => {
                let undo_cookies = &mut self.kept.undo_cookies;
                let next =
                    self.kept.clearing.as_mut().map_or(Next::Rest, |clearing| clearing.inventoried(now, answer, undo_cookies));
                self.follow(now, next)
            }
            Event::Removed(answer) => {
                let next = self.kept.clearing.as_mut().map_or(Next::Rest, |clearing| clearing.removed(answer));
                self.follow(now, next)
            }
            Event::Restored(count) => {
                let next = self.kept.clearing.as_mut().map_or(Next::Rest, |clearing| clearing.restored(count));
                self.follow(now, next)
            }
            Event::PopupOpened { tab, answer } => match answer {
                Ok(()) => Vec::new(),
                Err(_) => vec![Effect::OpenPopupTab { tab }],
            },
            Event::AvailabilityChecked { host, answer } => self.availability_checked(now, &host, answer),
            Event::Notified(host) => self.said_back(now, &host),
            Event::NotificationClicked(host) => self.goes_back(host),
            Event::Woken => {
                self.forget_old_cookies(now);
                self.watch_over_searches(now);
                let auto_retries = self.look_after_auto_retries(now);
                self.keep_recovery_alert(now).into_iter().chain(auto_retries).collect()
            }
        }
    }

    pub(crate) fn page(
        &mut self,
        now: Time,
        tab: TabId,
        window: WindowId,
        host: &Host,
        request: PageRequest,
        reply: ReplyId,
    ) -> Vec<Effect> {
        let taken = Effect::Reply { to: reply, answer: Classified { banner: None } };
        if !self.rate_limiter.lets_through(now, tab, &request) {
            return vec![taken];
        }
        let effects = match request {
            PageRequest::Seen(seen) => {
                if seen.verdict.is_refusal() {
                    self.reported(now, tab, host, seen.verdict, seen.load)
                } else {
                    self.check_seen(now, tab, host, seen.verdict, seen.load)
                }
            }
            PageRequest::Classify(text) => {
                let url = ["https://", host.as_str(), "/"].concat();
                let verdict = recognize(&url, text.status, &text.html);
                let usual = verdict.as_ref().and_then(|verdict| view::banner(verdict, host));
                let banner = usual.map(|usual| self.banner_of_search(tab).unwrap_or(usual));
                let mut effects = vec![Effect::Reply { to: reply, answer: Classified { banner } }];
                effects.extend(match verdict {
                    Some(verdict) if verdict.is_refusal() => self.reported(now, tab, host, verdict, text.load),
                    Some(verdict) => self.check_seen(now, tab, host, verdict, text.load),
                    None => Vec::new(),
                });
                return effects;
            }
            PageRequest::Burst(burst) => return self.burst(now, tab, host, &burst, reply),
            PageRequest::Gone => {
                // Navigation inside a page proves nothing about a fix: forget the page and claim nothing.
                self.kept.cases.retain(|(other, case)| *other != tab || case.step != Step::Refused);
                self.set_status(tab, TabStatus::Fine);
                vec![Effect::Badge { tab, text: String::new() }]
            }
            PageRequest::PageActive => self.page_active(now, tab),
            PageRequest::FixIt { click } => {
                // Only where there is something to fix: a page cannot make popups appear elsewhere.
                let case = self.case_mut(tab).filter(|case| case.last_click != Some(click));
                let open = case.map(|case| {
                    case.last_click = Some(click);
                    Effect::OpenPopup { tab, window }
                });
                open.into_iter().collect()
            }
        };
        [taken].into_iter().chain(effects).collect()
    }

    pub(crate) fn popup(&mut self, now: Time, tab: TabId, request: PopupRequest) -> Vec<Effect> {
        let harmless = matches!(request, PopupRequest::PermissionChanged | PopupRequest::Stop);
        let crosses = (self.is_searched(tab) && !harmless) || (self.is_held(tab) && request.crosses_a_search());
        if crosses || self.is_forbidden(tab, &request) {
            return Vec::new();
        }
        match request {
            PopupRequest::PermissionChanged => vec![Effect::Look { tab }],
            PopupRequest::FindCause => {
                if let Some(popup) = self.popups.iter_mut().find(|popup| popup.tab == tab) {
                    popup.may_ask = true;
                }
                self.find_out(now, tab, Question::Cause)
            }
            PopupRequest::Switch { id, on } => {
                let fix = self.fix_of_switch(tab, &id);
                if let (Some(fix), Some(case)) = (fix, self.case_mut(tab)) {
                    case.has_switched(&id, on);
                    if !on {
                        case.carried_out(fix);
                    }
                }
                let effects = self.switch(now, &id, on);
                self.kept.inbox.begin_switches(&effects);
                effects
            }
            PopupRequest::Pin { id, pinned } => {
                self.kept.pins.set(&id, pinned);
                Vec::new()
            }
            PopupRequest::TurnOffSuspects => self.turn_off_suspects(now, tab),
            PopupRequest::TurnOff { id } => self.turn_off(now, tab, &id),
            PopupRequest::FindExtension => self.find_extension(now, tab),
            PopupRequest::GoOn => self.go_on(now, tab),
            PopupRequest::Stop => self.stop_search(now, tab),
            PopupRequest::KeepOff { id } => {
                self.kept.ledger.close(&id);
                Vec::new()
            }
            PopupRequest::PutBack => self.put_back(),
            PopupRequest::Clear(strength) => self.clear(now, tab, strength),
            PopupRequest::Undo => {
                self.forget_old_cookies(now);
                let undo_cookies = self.kept.undo_cookies.as_ref();
                let next = self.kept.clearing.as_mut().map_or(Next::Rest, |clearing| clearing.undo(undo_cookies));
                self.follow(now, next)
            }
            PopupRequest::CheckStatus => self.find_out(now, tab, Question::Status),
            PopupRequest::TimeConnection => self.find_out(now, tab, Question::Connection),
            PopupRequest::Await(fix) => self.wait_for(now, tab, fix),
            PopupRequest::StopWaiting => {
                if let Some(case) = self.case_mut(tab) {
                    case.auto_retry = None;
                }
                Vec::new()
            }
            PopupRequest::TellWhenBack => self.tell_when_back(now, tab),
            PopupRequest::StopRecoveryAlert(host) => self.stop_recovery_alert(&host),
            PopupRequest::Compare(elsewhere) => {
                if let Some(case) = self.case_mut(tab).filter(|case| case.step == Step::Refused) {
                    case.compares = Some(elsewhere);
                }
                Vec::new()
            }
            PopupRequest::Compared { elsewhere, opened } => {
                if let Some(case) = self.case_mut(tab).filter(|case| case.compares == Some(elsewhere)) {
                    case.compares = None;
                    case.findings.compared(elsewhere, opened);
                }
                Vec::new()
            }
            PopupRequest::CheckAgain { after } => {
                if let (Some(fix), Some(case)) = (after, self.case_mut(tab)) {
                    case.carried_out(fix);
                }
                self.check(now, tab)
            }
        }
    }

    /// A content script tells of a refusal: it runs only where we may ask, too.
    pub(crate) fn reported(&mut self, now: Time, tab: TabId, host: &Host, verdict: Verdict, load: LoadId) -> Vec<Effect> {
        let effects = self.refused(now, tab, host, verdict, load);
        if let Some(case) = self.case_mut(tab) {
            case.may_ask = true;
        }
        self.record_refusal(now, tab);
        // And the banner is there.
        effects.into_iter().chain(self.tell_page_of_recurrence(tab)).collect()
    }

    pub(crate) fn refused(&mut self, now: Time, tab: TabId, host: &Host, verdict: Verdict, load: LoadId) -> Vec<Effect> {
        if self.case(tab).is_some_and(|case| case.host == *host && case.step == Step::Checking && case.load != load) {
            self.exonerate_switched(tab);
        }
        match self.case_mut(tab) {
            Some(case) if case.host == *host => case.refused(verdict, now, load),
            _ => {
                self.kept.cases.retain(|(other, _)| *other != tab);
                if self.kept.cases.len() >= MOST_CASES {
                    // Not one for which something is under way, if it can be helped: a page may open any number of tabs.
                    let is_idle = |(_, case): &(TabId, Case)| !case.is_switching() && case.auto_retry.is_none();
                    let oldest = self.kept.cases.iter().position(is_idle).unwrap_or(0);
                    self.kept.cases.remove(oldest);
                }
                self.kept.cases.push((tab, Case::new(host.clone(), verdict, now, load)));
            }
        }
        if self.is_searched(tab) {
            return self.tell_page_of_search(tab);
        }
        let text = self.case(tab).map(Case::badge).unwrap_or_default();
        let mut effects = vec![Effect::Badge { tab, text }];
        effects.extend(self.reload_that_was_lost(tab));
        effects
    }

    /// Still the load from before the reload, and nobody reloading: the worker died in between.
    pub(crate) fn reload_that_was_lost(&mut self, tab: TabId) -> Vec<Effect> {
        let is_lost = self.case(tab).is_some_and(|case| case.step == Step::Checking) && !self.reloading.contains(&tab);
        if is_lost { self.reload(tab, 0) } else { Vec::new() }
    }

    /// What a reload has led to. `inside`: the sight is what the page was answered when it asked once more.
    pub(crate) fn reloaded(
        &mut self,
        now: Time,
        tab: TabId,
        snapshot: &TabSnapshot,
        grants: Grants,
        inside: bool,
    ) -> Vec<Effect> {
        if self.is_searched(tab) {
            self.observed(now, tab, snapshot)
        } else if self.is_stopping(tab) {
            self.seen_while_stopping(now, tab, snapshot)
        } else {
            self.looked(now, tab, snapshot, grants, inside)
        }
    }

    pub(crate) fn looked(&mut self, now: Time, tab: TabId, snapshot: &TabSnapshot, grants: Grants, inside: bool) -> Vec<Effect> {
        let status = match snapshot {
            TabSnapshot::Page { url, text } => {
                let Some(host) = Host::of_url(url) else {
                    self.forget_case(tab);
                    self.set_status(tab, TabStatus::Unreadable);
                    return Vec::new();
                };
                match recognize(url, text.status, &text.html) {
                    Some(verdict) if verdict.is_refusal() || self.is_looping(tab, &host) => {
                        self.set_status(tab, TabStatus::Fine);
                        if inside {
                            // The page itself has opened.
                            self.kept.memory.opened(&host, text.load);
                        }
                        let mut effects = self.refused(now, tab, &host, verdict, text.load);
                        if let Some(case) = self.case_mut(tab) {
                            case.address = url.split('#').next().map(Into::into);
                            case.may_ask = grants.site;
                            case.domain = grants.domain;
                            case.inside = inside;
                        }
                        self.record_refusal(now, tab);
                        effects.extend(self.tell_page_of_recurrence(tab));
                        // First, for a person waits for what it finds, and looking at cookies need not wait for what is saved.
                        return self.diagnose(tab).into_iter().chain(effects).collect();
                    }
                    Some(_) => {
                        self.set_status(tab, TabStatus::Challenge(host));
                        return self.challenged(tab);
                    }
                    None => return self.open(now, tab, &host, text.load),
                }
            }
            TabSnapshot::Offline => TabStatus::Offline,
            TabSnapshot::ErrorPage => TabStatus::NotLoaded,
            TabSnapshot::Unreadable => TabStatus::Unreadable,
            TabSnapshot::Late | TabSnapshot::Missing => TabStatus::Fine,
        };
        match (&status, self.case(tab)) {
            (TabStatus::Unreadable, Some(case)) if case.step == Step::Refused => self.forget_case(tab),
            // Between two pages there is nothing to see, and the reload's own answer is still to come.
            _ if self.reloading.contains(&tab) => {}
            _ => {
                if let Some(case) = self.case_mut(tab) {
                    case.unseen();
                }
            }
        }
        if let Some(popup) = self.popups.iter_mut().find(|popup| popup.tab == tab) {
            popup.asking = false;
        }
        self.set_status(tab, status);
        Vec::new()
    }

    /// A challenge is neither a refusal nor an open door: what was tried stays untried.
    pub(crate) fn challenged(&mut self, tab: TabId) -> Vec<Effect> {
        self.forget_case(tab);
        vec![Effect::Badge { tab, text: String::new() }]
    }

    /// The tab shows a page that is no refusal.
    pub(crate) fn open(&mut self, now: Time, tab: TabId, host: &Host, load: LoadId) -> Vec<Effect> {
        self.kept.challenges.forget(tab);
        self.set_status(tab, TabStatus::Fine);
        self.kept.memory.opened(host, load);
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let same_site = Site::holds_both(&case.host, host);
        let has_changed = same_site && load != case.load && matches!(case.step, Step::Checking | Step::Refused);
        let opened = has_changed.then(|| case.host.clone());
        let was_open = matches!(case.step, Step::Open { .. });
        match case.step {
            Step::Checking if same_site => case.opened(load),
            // Whatever it shows while extensions are being switched is no answer yet.
            Step::TurningOff { .. } | Step::Stopping { .. } if same_site => {}
            // What was found is still to be read, whatever the page shows meanwhile.
            Step::Open { .. } | Step::Found { .. } if same_site => {}
            // Reloaded by hand, and open: that is worth saying too, if something was done about it.
            Step::Refused if same_site && !case.pending.is_empty() => case.opened(load),
            _ => self.forget_case(tab),
        }
        if let Some(host) = opened {
            self.seen_open(&host);
        }
        if !was_open {
            self.record_opening(now, tab);
        }
        let reload = self.reload_that_was_lost(tab);
        [Effect::Badge { tab, text: String::new() }].into_iter().chain(reload).collect()
    }

    pub(crate) fn switch(&mut self, now: Time, id: &ExtensionId, on: bool) -> Vec<Effect> {
        let Some(extension) = self.listing.find(id) else { return Vec::new() };
        let unchanged = extension.enabled == on;
        if !self.capabilities.switches_extensions || *id == self.own || (!on && extension.lock().is_some()) {
            return Vec::new();
        }
        if unchanged {
            if on {
                self.kept.ledger.is_back(id, now);
            }
            return Vec::new();
        }
        if !self.listing.begin(id) {
            return Vec::new();
        }
        if !on {
            self.kept.ledger.open(id, now, self.is_anything_searched());
        }
        vec![Effect::Switch { id: id.clone(), on }]
    }

    /// Switches on whatever the ledger holds, even before the browser has said what is installed.
    pub(crate) fn put_back(&mut self) -> Vec<Effect> {
        for (_, case) in &mut self.kept.cases {
            if let Step::TurningOff { waiting } = &mut case.step {
                case.pending.retain(|fix| *fix != Fix::Extensions);
                case.step = Step::Stopping { waiting: std::mem::take(waiting) };
            }
        }
        self.order_back(|_| true)
    }

    /// Switches on some of those that the ledger holds; that this was ordered outlives the worker.
    pub(crate) fn order_back(&mut self, wanted: impl Fn(&Entry) -> bool) -> Vec<Effect> {
        let effects = self.put_back_those(wanted);
        self.kept.inbox.begin_switches(&effects);
        effects
    }

    /// The same without noting it as an order.
    pub(crate) fn put_back_those(&mut self, wanted: impl Fn(&Entry) -> bool) -> Vec<Effect> {
        if self.switches_manually() {
            return Vec::new();
        }
        let ids = self.kept.ledger.off().filter(|entry| wanted(entry)).map(|entry| &entry.id);
        let free = ids.filter(|id| self.listing.begin(id));
        free.map(|id| Effect::Switch { id: id.clone(), on: true }).collect()
    }

    pub(crate) fn switched(&mut self, now: Time, id: &ExtensionId, on: bool, answer: &Result<(), Failure>) -> Vec<Effect> {
        self.listing.finish(id, on, answer);
        self.kept.inbox.end_switch(id);
        // Off and refused, or on and done: either way it is on, and nothing is left to put back.
        if on == answer.is_ok() {
            self.kept.ledger.is_back(id, now);
        }
        let hunt = self.switched_for_search(now, id, answer.is_ok());
        let leaving = self.switched_before_leaving(id, on, answer.is_ok());
        hunt.into_iter().chain(self.switched_for_good(now, id)).chain(leaving).collect()
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

    /// Off, then reload and see whether `fix` helped.
    pub(crate) fn turn_off_those(&mut self, now: Time, tab: TabId, ids: &[ExtensionId], fix: Fix) -> Vec<Effect> {
        if self.case(tab).is_none_or(|case| case.is_cooling_down(now) || !matches!(case.step, Step::Refused | Step::Found { .. }))
        {
            return Vec::new();
        }
        let effects: Vec<Effect> = ids.iter().flat_map(|id| self.switch(now, id, false)).collect();
        let waiting = switched(&effects);
        if let Some(case) = self.case_mut(tab).filter(|_| !waiting.is_empty()) {
            case.carried_out(fix);
            for id in &waiting {
                case.has_switched(id, false);
            }
            case.step = Step::TurningOff { waiting };
        }
        effects
    }

    /// Reload and see, unless the site has asked for silence.
    pub(crate) fn check(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab) else { return vec![Effect::Look { tab }] };
        if case.is_cooling_down(now) || !matches!(case.step, Step::Refused | Step::Open { .. } | Step::Found { .. }) {
            return Vec::new();
        }
        case.step = Step::Checking;
        case.auto_retry = None;
        self.reload(tab, 0)
    }

    pub(crate) fn reload(&mut self, tab: TabId, pause: u32) -> Vec<Effect> {
        let Some(before) = self.case(tab).map(|case| case.load) else { return Vec::new() };
        self.reloading.push(tab);
        vec![Effect::Reload { tab, before, pause }]
    }

    pub(crate) fn clear(&mut self, now: Time, tab: TabId, strength: Strength) -> Vec<Effect> {
        let challenged = self.popups.iter().any(|popup| popup.tab == tab && matches!(popup.status, TabStatus::Challenge(_)));
        if challenged || self.kept.clearing.as_ref().is_some_and(Clearing::is_running) {
            return Vec::new();
        }
        if let Some(case) = self.case_mut(tab) {
            case.carried_out(strength.fix());
        }
        let (clearing, next) = Clearing::begin(tab, self.site(tab), strength);
        self.kept.clearing = Some(clearing);
        self.kept.undo_cookies = None;
        self.follow(now, next)
    }

    pub(crate) fn follow(&mut self, now: Time, next: Next) -> Vec<Effect> {
        let Some(clearing) = &self.kept.clearing else { return Vec::new() };
        let tab = clearing.tab;
        match next {
            Next::TakeInventory => vec![Effect::TakeInventory { tab, queries: clearing.site.queries() }],
            Next::RemoveData(scope) => vec![Effect::RemoveData { tab, scope }],
            Next::RemoveCookies(cookies) => vec![Effect::RemoveCookies(cookies)],
            Next::Restore(cookies) => vec![Effect::RestoreCookies(cookies)],
            Next::Check if self.case(tab).is_some() => self.check(now, tab),
            Next::Check | Next::Rest => Vec::new(),
        }
    }

    pub(crate) fn fix_of_switch(&self, tab: TabId, id: &ExtensionId) -> Option<Fix> {
        let host = &self.case(tab)?.host;
        Some(suspect::assess(self.listing.find(id)?, host).fix())
    }

    pub(crate) fn extension_changed(&mut self, now: Time, extension: Installed) -> Vec<Effect> {
        let (id, on) = (extension.id.clone(), extension.enabled);
        self.kept.memory.sighted(now, &extension);
        let by_us = self.listing.is_under_way(&id);
        let before = self.listing.find(&id).map(|known| known.enabled);
        let extension = self.under_policy(extension);
        self.listing.changed(extension, &self.own, &self.kept.ledger);
        if by_us {
            return Vec::new();
        }
        // Someone has switched it by hand since it was ordered, or this is what the order came to.
        self.kept.inbox.end_switch(&id);
        for (_, case) in self.kept.cases.iter_mut().filter(|(_, case)| case.step == Step::Refused) {
            case.has_switched(&id, on);
        }
        match on {
            true => self.kept.ledger.is_back(&id, now),
            // A switch of ours that was given up as unanswered, and took place late.
            false if self.listing.has_failed(&id) => self.kept.ledger.open(&id, now, false),
            false => self.kept.ledger.switched_off_by_hand(&id),
        }
        let is_news = before.map_or(on && self.listing.is_known(), |before| before != on);
        match is_news {
            true if self.switches_manually() => self.switched_manually(now),
            true => self.changed_under_the_search(now, &id, on),
            false => Vec::new(),
        }
    }

    pub(crate) fn reconcile(&mut self, now: Time) {
        if self.listing.failure().is_none() {
            let mut ledger = std::mem::take(&mut self.kept.ledger);
            ledger.reconcile(now, self.listing.installed(), |id| {
                self.listing.is_under_way(id) || self.is_asked_off(id) || self.is_ordered_off(id)
            });
            self.kept.ledger = ledger;
            self.kept.memory.reconcile(now, self.listing.installed());
        }
    }

    pub(crate) fn forget_old_cookies(&mut self, now: Time) {
        self.kept.undo_cookies = self.kept.undo_cookies.take().filter(|undo_cookies| now < undo_cookies.until);
    }

    /// Whose data the tools clear: the refusing site's, else ChatGPT's.
    pub(crate) fn site(&self, tab: TabId) -> Site {
        self.case(tab).map_or(Site::Openai, |case| Site::within(&case.host, case.domain.as_ref()))
    }

    pub(crate) fn case(&self, tab: TabId) -> Option<&Case> {
        self.kept.cases.iter().find(|(other, _)| *other == tab).map(|(_, case)| case)
    }

    pub(crate) fn case_mut(&mut self, tab: TabId) -> Option<&mut Case> {
        self.kept.cases.iter_mut().find(|(other, _)| *other == tab).map(|(_, case)| case)
    }

    pub(crate) fn forget_case(&mut self, tab: TabId) {
        self.kept.cases.retain(|(other, _)| *other != tab);
    }

    pub(crate) fn set_status(&mut self, tab: TabId, status: TabStatus) {
        if let Some(popup) = self.popups.iter_mut().find(|popup| popup.tab == tab) {
            popup.status = status;
        }
    }
}

pub(crate) fn recognize(url: &str, status: Option<u16>, html: &str) -> Option<Verdict> {
    recognize::recognize(&Page { status, headers: &[], url, body: html })
}
