//! The state machine: events in, effects out, and the view derived from the state.
//!
//! `update` is the only way in. It compares the stored part of the state before and after each event, and saves the difference
//! with an effect that comes *before* all others. So the state is always on disk before the browser is changed.

mod order;

use crate::base::failure::Failure;
use crate::base::host::Host;
use crate::base::id::{SetBack, TabId, Time, WindowId};
use crate::case::{Case, Flow, Question};
use crate::diagnosis::fix::Fix;
use crate::extensions::installed::Installed;
use crate::feature::clear_data::clearing::ClearNext;
use crate::feature::clear_data::view::ClearInput;
use crate::feature::culprit_search::view::SearchInput;
use crate::feature::diagnose::view::DiagnoseInput;
use crate::feature::recovery_alert::view::RecoveryInput;
use crate::feature::settings::policy::PolicyInput;
use crate::feature::settings::setting::Setting;
use crate::feature::toggle_extensions::view::ExtensionsInput;
use crate::feature::uninstall::Erasure;
use crate::model::{Model, recognize};
use crate::protocol::effect::{Effect, Event, Grants, ReplyId, TabSnapshot};
use crate::protocol::message::{PageRequest, PopupRequest};
use crate::recognize::Verdict;
use crate::store::Stored;
use crate::tab::TabStatus;
use crate::view::input::PopupInput;
use crate::view::{self, TabBadge, View};

/// In seconds. Synchronizing a clock moves it by less.
const SLEW: u32 = 2;

impl Model {
    /// Handles an event and returns what has to be done, in order.
    pub fn update(&mut self, now: Time, event: Event) -> Vec<Effect> {
        if let Event::Started { stored, capabilities } = event {
            self.kept = *stored;
            self.capabilities = capabilities;
            let effects = self.saving(now, &self.kept.clone(), |model| model.started(now));
            // It is unknown whether the alarm has outlived the worker or the browser, and what the button shows.
            let wake = self.next_wake().map(Effect::WakeAt);
            return effects.into_iter().chain(wake).chain([Effect::GlobalBadge(self.global_badge())]).collect();
        }
        if self.is_one_of_several(&event) {
            self.note_switch(event);
            return Vec::new();
        }
        let written = match event {
            // Nothing is on disk anymore. Requests received before are still known from the inbox in memory.
            Event::Erased(_) => Stored { inbox: self.kept.inbox.clone(), ..Stored::default() },
            _ => self.kept.clone(),
        };
        let badge = self.global_badge();
        let effects = self.saving(now, &written, |model| {
            // An event finds everything as the browser has reported it so far.
            let answered = model.take_answers(now);
            answered.into_iter().chain(model.react(now, event)).collect()
        });
        let changed = Some(self.global_badge()).filter(|new| *new != badge).map(Effect::GlobalBadge);
        let marks = changed.is_some().then(|| self.marks_of_blocked()).into_iter().flatten();
        effects.into_iter().chain(marks).map(|effect| self.reminding(effect)).chain(changed).collect()
    }

    /// The marks of all blocked pages, whose titles hide the one of all pages.
    fn marks_of_blocked(&self) -> Vec<Effect> {
        let blocked = self.kept.cases.iter().filter(|(_, case)| case.is_blocked());
        blocked.map(|(tab, case)| Effect::Badge { tab: *tab, badge: TabBadge::of_blocked(case) }).collect()
    }

    /// A title of a tab's own hides the one of all pages. While that one reminds of something, it is said as well.
    fn reminding(&self, mut effect: Effect) -> Effect {
        if let Effect::Badge { badge, .. } = &mut effect {
            let global = self.global_badge();
            if badge.title.is_empty() || global.has_off {
                badge.title.push(global.title());
            }
        }
        effect
    }

    /// What a popup about `tab` shows.
    pub fn view(&self, now: Time, tab: TabId) -> View {
        let case = self.case(tab);
        let site = self.site(tab);
        let host = case.map_or_else(Host::chatgpt, |case| case.host.clone());
        let popup = self.popup(tab);
        let input = PopupInput {
            browser: &self.capabilities,
            extensions: ExtensionsInput {
                rows: self.rows(&host),
                listing: &self.listing,
                ledger: &self.kept.ledger,
                pins: &self.kept.pins,
                recurrence: case.and_then(|case| self.recurrence(case)),
                browser: &self.capabilities,
            },
            search: SearchInput {
                searching: self.is_anything_searched(),
                progress: self.kept.search_session.as_ref().map(|session| session.search.progress()),
                elsewhere: self.is_held(tab),
                can_go_on: self.interrupted(now, tab).is_some(),
                toggles: self.toggles(tab),
            },
            data: ClearInput {
                allowed: self.allowed,
                clearing: self.kept.clearing.as_ref().filter(|clearing| clearing.tab == tab),
                undo_cookies: self.kept.undo_cookies.as_ref(),
                site: site.clone(),
            },
            diagnosis: DiagnoseInput {
                prior: case.map(|case| self.kept.history.prior(&case.host, &case.verdict)).unwrap_or_default(),
                helped: case.and_then(|case| self.kept.history.helped(&case.host, &case.verdict)),
                status: popup.map_or(&TabStatus::Looking, |popup| &popup.status),
                asking: popup.is_some_and(|popup| popup.asking),
                timing: self.tab(tab).is_some_and(|known| known.times_requests),
                offers_cause: popup.is_some_and(|popup| !popup.may_ask),
            },
            recovery: RecoveryInput { alerts: &self.kept.recovery_alerts, notifies: self.notifies },
            policy: PolicyInput {
                contact: self.policy.owner_contact.as_ref(),
                forbidden: Fix::ALL.into_iter().filter(|&fix| self.policy.forbids(fix, &site)).collect(),
                watched: self.watched.as_ref(),
            },
            has_changed: popup.is_some_and(|popup| popup.has_changed),
            storage_faults: &self.kept.storage_faults,
        };
        View { shown: self.shown(tab, &input.extensions.rows), ..view::popup(&input, case, now) }
    }

    fn saving(&mut self, now: Time, before: &Stored, react: impl FnOnce(&mut Self) -> Vec<Effect>) -> Vec<Effect> {
        let woken_at = self.next_wake();
        if now.plus_seconds(SLEW) < self.kept.clock {
            self.kept.clock_set_back(SetBack { before: self.kept.clock, now });
        }
        // A value written while everything is erased might survive.
        let may_write = self.erasure != Erasure::Running;
        let had_banner = self.is_set(Setting::Banner);
        let mut effects = react(self);
        self.tabs.retain(|_, known| !known.is_idle());
        if self.is_set(Setting::Banner) != had_banner {
            effects.extend(self.watched.clone().map(|watched| self.watch(watched)));
        }
        if !self.is_set(Setting::Banner) {
            effects.retain(|effect| !matches!(effect, Effect::ShowBanner { .. }));
        }
        // Once everything was erased, nothing is left to tell when that was.
        if self.erasure == Erasure::None && self.kept != *before {
            self.kept.clock = now;
        }
        let changes = self.kept.changes_since(before);
        let save = ((may_write || self.erasure != Erasure::Running) && !changes.is_empty()).then_some(Effect::Save(changes));
        let wake = self.next_wake().filter(|time| woken_at != Some(*time)).map(Effect::WakeAt);
        save.into_iter().chain(wake).chain(effects).collect()
    }

    fn started(&mut self, now: Time) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.forget_old_cookies(now);
        let is_switching = self.kept.cases.iter().any(|(_, case)| case.is_switching()) || self.kept.leaving.is_some();
        if !self.kept.ledger.is_empty() || is_switching || !self.kept.inbox.is_done() {
            effects.push(Effect::List);
        }
        effects.push(Effect::ReadGrants);
        effects.extend(self.take_up_recovery_alerts(now));
        for (tab, case) in &mut self.kept.cases {
            case.requests.lose();
            if matches!(case.flow, Flow::Checking | Flow::Confirming { .. }) {
                effects.push(Effect::Look { tab: *tab, site: Some(case.site()) });
            }
        }
        let undo_cookies = self.kept.undo_cookies.as_ref();
        let next = self.kept.clearing.as_mut().map_or(ClearNext::Rest, |clearing| clearing.resume(undo_cookies));
        effects.extend(self.follow(now, next));
        effects
    }

    /// Handles the browser's list of extensions: continues what an earlier worker started.
    fn listed(&mut self, now: Time, answer: Result<Vec<Installed>, Failure>) -> Vec<Effect> {
        let answer = answer.map(|all| all.into_iter().map(|extension| self.under_policy(extension)).collect());
        let is_first = !self.listing.is_known();
        self.listing.answered(answer, &self.own, &self.kept.ledger);
        self.reconcile(now);
        let told = if is_first { self.tell_pages_of_recurrences() } else { Vec::new() };
        let taken_up = self.take_up(now);
        let moved = self.continue_switches(now);
        let ordered = self.take_up_orders(now);
        taken_up.into_iter().chain(moved).chain(ordered).chain(told).collect()
    }

    fn react(&mut self, now: Time, event: Event) -> Vec<Effect> {
        match event {
            Event::Started { .. } => Vec::new(),
            Event::Page { tab, window, host, request, reply } => self.page(now, tab, window, &host, request, reply),
            Event::PopupConnected { tab } => self.popup_connected(now, tab),
            Event::OptionsConnected => vec![Effect::List, Effect::ReadGrants],
            Event::Ordered { id, order } => self.ordered(now, id, order),
            Event::PopupClosed { tab } => {
                self.tab_mut(tab).popup = None;
                if self.watched().is_empty() && !self.is_anything_searched() {
                    self.listing.forget();
                }
                self.saw_who_is_back();
                Vec::new()
            }
            Event::PolicyChanged(policy) => {
                self.policy = *policy;
                // The policy also changes what may be switched.
                if self.listing.is_known() { vec![Effect::List] } else { Vec::new() }
            }
            Event::Granted { origins, notifies } => self.granted(origins, notifies),
            Event::GrantsChanged => vec![Effect::ReadGrants],
            Event::EnteredOpenTabs { patterns } => self.entered_open_tabs(patterns),
            Event::Erased(answer) => self.erased(now, answer),
            Event::UninstallFailed(failure) => self.uninstall_failed(&failure),
            Event::Listed(answer) => self.listed(now, answer),
            Event::ExtensionChanged(extension) => self.extension_changed(now, *extension),
            Event::ExtensionRemoved(id) => {
                self.listing.removed(&id);
                self.kept.inbox.end_switch(&id);
                self.kept.history.uninstalled(&id);
                self.kept.ledger.close(&id);
                self.kept.pins.set(&id, false);
                self.changed_under_the_search(now, &id, false)
            }
            Event::Switched { .. } => {
                self.note_switch(event);
                self.take_answers(now)
            }
            Event::TabClosed { tab } => self.tab_closed(now, tab),
            Event::Looked { tab, snapshot, grants } => self.inspected(now, tab, &snapshot, grants),
            Event::Reloaded { tab, snapshot, grants } => {
                self.allowed = grants.openai;
                self.tab_mut(tab).reloads = false;
                let asks = self.awaits_check(tab, &snapshot, true).or_else(|| self.asks_inside(now, tab, &snapshot, &grants));
                let effects = asks.unwrap_or_else(|| self.reloaded(now, tab, &snapshot, grants, false));
                effects.into_iter().chain(self.loaded_after_clearing(tab)).collect()
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
                let next = self
                    .kept
                    .clearing
                    .as_mut()
                    .map_or(ClearNext::Rest, |clearing| clearing.inventoried(now, answer, undo_cookies));
                self.follow(now, next)
            }
            Event::Removed(answer) => {
                let next = self.kept.clearing.as_mut().map_or(ClearNext::Rest, |clearing| clearing.removed(answer));
                self.follow(now, next)
            }
            Event::Restored(count) => {
                let next = self.kept.clearing.as_mut().map_or(ClearNext::Rest, |clearing| clearing.restored(count));
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

    /// Handles the inspection of a tab.
    fn inspected(&mut self, now: Time, tab: TabId, snapshot: &TabSnapshot, grants: Grants) -> Vec<Effect> {
        self.allowed = grants.openai;
        if self.is_searched(tab) {
            // During a trial, only the search interprets what the page shows.
            self.set_status(tab, TabStatus::Fine);
            return Vec::new();
        }
        if self.is_stopping(tab) {
            return self.seen_while_stopping(now, tab, snapshot);
        }
        let asks = self.awaits_check(tab, snapshot, false).or_else(|| self.asks_inside(now, tab, snapshot, &grants));
        let mut effects = asks.unwrap_or_else(|| self.looked(now, tab, snapshot, grants, false));
        effects.extend(self.seen_after_return(now, tab, snapshot));
        effects.extend(self.seen_after_click(tab));
        effects
    }

    fn page(
        &mut self,
        now: Time,
        tab: TabId,
        window: WindowId,
        host: &Host,
        request: PageRequest,
        reply: ReplyId,
    ) -> Vec<Effect> {
        let taken = self.reply(reply, None, false);
        if !self.rate_limiter.lets_through(now, tab, &request) {
            return vec![taken];
        }
        let effects = match request {
            PageRequest::Seen(seen) => {
                if seen.verdict.is_running_challenge() {
                    self.check_seen(now, tab, host, seen.verdict, seen.load)
                } else {
                    self.reported(now, tab, host, seen.verdict, seen.load)
                }
            }
            PageRequest::Classify(text) => {
                let url = ["https://", host.as_str(), "/"].concat();
                let verdict = recognize(&url, text.status, &text.html);
                let usual = verdict.as_ref().and_then(|verdict| view::banner(verdict, host));
                let banner = usual.map(|usual| self.banner_of_search(tab).unwrap_or(usual));
                let runs = verdict.as_ref().is_some_and(Verdict::is_running_challenge);
                let mut effects = vec![self.reply(reply, banner, runs)];
                effects.extend(match verdict {
                    Some(verdict) if verdict.is_running_challenge() => self.check_seen(now, tab, host, verdict, text.load),
                    Some(verdict) => self.reported(now, tab, host, verdict, text.load),
                    None => Vec::new(),
                });
                return effects;
            }
            PageRequest::Burst(burst) => return self.burst(now, tab, host, &burst, reply),
            PageRequest::FormSent(form) => self.form_sent(tab, form),
            PageRequest::Gone => {
                // Navigation inside a page proves nothing about a fix: forget the page and report nothing.
                self.kept.cases.retain(|(other, case)| *other != tab || !case.is_blocked());
                self.set_status(tab, TabStatus::Fine);
                vec![Effect::Badge { tab, badge: TabBadge::default() }]
            }
            PageRequest::PageActive => self.page_active(now, tab),
            PageRequest::FixIt { click } => self.fix_it(tab, window, host, click),
        };
        [taken].into_iter().chain(effects).collect()
    }

    fn popup_request(&mut self, now: Time, tab: TabId, request: PopupRequest) -> Vec<Effect> {
        let harmless = matches!(request, PopupRequest::PermissionChanged | PopupRequest::Stop);
        let crosses = (self.is_searched(tab) && !harmless) || (self.is_held(tab) && request.crosses_a_search());
        if crosses || self.is_forbidden(tab, &request) {
            return Vec::new();
        }
        match request {
            PopupRequest::PermissionChanged => vec![Effect::Look { tab, site: None }],
            PopupRequest::FindCause => {
                if let Some(popup) = self.popup_mut(tab) {
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
                let effects = self.switch(now, std::slice::from_ref(&id), on);
                self.note_ordered_switches(&effects);
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
            PopupRequest::KeepAllOff { ids } => {
                for id in &ids {
                    self.kept.ledger.close(id);
                }
                Vec::new()
            }
            PopupRequest::PutBack => self.put_back(),
            PopupRequest::Clear(strength) => self.clear(now, tab, strength),
            PopupRequest::Undo => {
                self.forget_old_cookies(now);
                let undo_cookies = self.kept.undo_cookies.as_ref();
                let next = self.kept.clearing.as_mut().map_or(ClearNext::Rest, |clearing| clearing.undo(undo_cookies));
                self.follow(now, next)
            }
            PopupRequest::CheckStatus => self.find_out(now, tab, Question::Status),
            PopupRequest::TimeConnection => self.find_out(now, tab, Question::Connection),
            PopupRequest::Await(fix) => self.wait_for(now, tab, fix),
            PopupRequest::StopWaiting => {
                self.case_mut(tab).and_then(Case::stop_retrying);
                Vec::new()
            }
            PopupRequest::NoVpn => {
                if let Some(case) = self.case_mut(tab).filter(|case| case.is_blocked()) {
                    case.findings.no_vpn = true;
                }
                Vec::new()
            }
            PopupRequest::TellWhenBack => self.tell_when_back(now, tab),
            PopupRequest::StopRecoveryAlert(host) => {
                self.stop_recovery_alert(&host);
                Vec::new()
            }
            PopupRequest::Compare(elsewhere) => {
                if let Some(case) = self.case_mut(tab).filter(|case| case.is_blocked()) {
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
}
