//! Waits for something that ends on its own (a rate limit, a router restart, a VPN that is being turned off), then reloads the
//! page once. The user starts the wait with a click. The steps are drawn at [`AutoRetry`]. Neither the popup nor the worker has
//! to stay alive: alarms wake the worker, and the blocked page reports when the browser is online again or the user returns to
//! the page.

use crate::base::id::{TabId, Time};
use crate::case::{AutoRetry, Blocked, Case, Flow};
use crate::diagnosis::fix::Fix;
use crate::evidence::probe::{FetchError, HttpResponse};
use crate::evidence::trace::is_same_network;
use crate::feature::diagnose::update::{trace_answer, trace_of};
use crate::model::Model;
use crate::protocol::effect::{Effect, Purpose};

/// How long to wait, in seconds, when the site gives no time.
const WHILE: u32 = 60;
/// The shortest time between two checks of the IP address that the page triggers, in seconds.
const SHORT: u32 = 3;

impl Model {
    /// Handles a click on a card that waits.
    pub(crate) fn wait_for(&mut self, now: Time, tab: TabId, fix: Fix) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab).filter(|case| case.is_blocked()) else { return Vec::new() };
        let auto_retry = match fix {
            Fix::Wait => AutoRetry::Time { until: case.cooldown_until(now).unwrap_or_else(|| now.plus_seconds(WHILE)) },
            Fix::Router | Fix::Vpn => {
                let before = case.findings.address().or(case.verdict.client_ip.as_ref()).cloned();
                case.findings.address_before = None;
                let (next, until) = (now.plus_seconds(AutoRetry::PACE), now.plus_seconds(AutoRetry::LONGEST));
                AutoRetry::Address { fix, before, next, until }
            }
            _ => return Vec::new(),
        };
        case.enter(Flow::Blocked(Blocked::Retrying(auto_retry)));
        Vec::new()
    }

    /// When the worker has to wake up: the earliest of all times that something is due.
    pub(crate) fn next_wake(&self) -> Option<Time> {
        let auto_retries = self.kept.cases.iter().filter_map(|(_, case)| case.auto_retry()).map(AutoRetry::due);
        let recovery_alerts = self.kept.recovery_alerts.due();
        auto_retries
            .chain(recovery_alerts)
            .chain(self.kept.undo_cookies.as_ref().map(|undo_cookies| undo_cookies.until))
            .chain(self.search_due())
            .min()
    }

    /// Handles every wait that is due.
    pub(crate) fn look_after_auto_retries(&mut self, now: Time) -> Vec<Effect> {
        let is_due = |auto_retry: &AutoRetry| auto_retry.due() <= now;
        let due = self.kept.cases.iter().filter(|(_, case)| case.auto_retry().is_some_and(is_due));
        let tabs: Vec<TabId> = due.map(|(tab, _)| *tab).collect();
        tabs.into_iter().flat_map(|tab| self.look_after(now, tab)).collect()
    }

    /// Handles the blocked page's report that something may have changed.
    pub(crate) fn page_active(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        match self.case(tab).and_then(Case::auto_retry) {
            // Check at most every few seconds, however often the page reports.
            Some(AutoRetry::Address { next, .. }) if next.0 <= now.plus_seconds(AutoRetry::PACE - SHORT).0 => {
                self.look_after(now, tab)
            }
            Some(AutoRetry::Time { until }) if *until <= now => self.look_after(now, tab),
            _ => Vec::new(),
        }
    }

    fn look_after(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let silent = case.cooldown_until(now);
        let url = trace_of(case);
        match &mut case.flow {
            Flow::Blocked(Blocked::Retrying(AutoRetry::Time { until })) => match silent {
                Some(silent) => {
                    *until = silent;
                    Vec::new()
                }
                None => self.auto_retry_ended(now, tab),
            },
            Flow::Blocked(Blocked::Retrying(AutoRetry::Address { next, .. })) => {
                *next = silent.unwrap_or_else(|| now.plus_seconds(AutoRetry::PACE));
                if silent.is_some() { Vec::new() } else { vec![Effect::Fetch { tab, purpose: Purpose::Watch, url }] }
            }
            _ => Vec::new(),
        }
    }

    /// Handles the IP address, or the error in its place. While the router restarts, there is no IP address.
    pub(crate) fn address_seen(&mut self, now: Time, tab: TabId, answer: Result<HttpResponse, FetchError>) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let answer = trace_answer(case, answer);
        if let Some(seconds) = answer.cooldown() {
            case.requests.wait_until_at_least(now.plus_seconds(seconds));
        }
        let Some(AutoRetry::Address { fix, before, until, .. }) = case.auto_retry().cloned() else { return Vec::new() };
        let address = answer.trace().map(|trace| trace.ip.clone());
        let is_another = match (&address, &before) {
            (Some(address), Some(before)) => is_same_network(address, before) == Some(false),
            // The IP address could not be read before, and now it can: the connection works again.
            (Some(_), None) => true,
            (None, _) => false,
        };
        if is_another {
            case.findings.address_before = before;
            return self.auto_retry_ended(now, tab);
        }
        if until <= now {
            case.stop_retrying();
            case.findings.address_before = before;
            case.tried(fix, false);
        }
        Vec::new()
    }

    /// Handles the end of a wait. One reload shows whether it helped.
    fn auto_retry_ended(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let Some(auto_retry) = case.stop_retrying() else { return Vec::new() };
        case.carried_out(auto_retry.fix());
        self.check(now, tab)
    }
}
