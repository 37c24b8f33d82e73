//! Tells the user when a site is back. A click starts an alert, one for each site. It does not need a tab, a popup or a running
//! worker.
//!
//! ```text
//!  (click) ─▶ Waiting ── due, no cooldown ──▶ check: one request
//!               ▲ ▲ ▲        │ not open: next check later       │
//!               │ │ └────────┘ no connection: not counted ──────┤
//!               │ └── due, but in cooldown: check after it      └─ open ─▶ Back: notify, and mark the button;
//!               └── a second click has no effect                           inspect each blocked tab, and reload it
//!                                                                          if it still shows the block page
//!  Back ─▶ deleted when the user has opened the popup or clicked the notification
//!  Stop (click), a day, the page seen open, the permission revoked, everything erased ─▶ deleted
//! ```
//!
//! The time of the next check is on disk before a check is made, and `Back` before the user is notified. If the worker is
//! killed at any arrow, the next one notifies again under the same name, which replaces the first notification. Tabs to inspect
//! are marked in their cases, which end with the browser as the tabs do. A page that is itself open, with only requests inside
//! it blocked, is not reloaded: the user may be writing in it.

use crate::base::host::Host;
use crate::base::id::{TabId, Time};
use crate::base::text::keys;
use crate::case::{Blocked, Case, Flow};
use crate::evidence::probe::{Answer, FetchError, HttpResponse, is_same_site};
use crate::feature::recovery_alert::{AlertStage, RecoveryAlert};
use crate::model::Model;
use crate::protocol::effect::{Effect, TabSnapshot};

impl Model {
    /// Handles a click on "Tell me when it is back".
    pub(crate) fn tell_when_back(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let case = self.case(tab).filter(|case| case.is_blocked() && case.may_ask);
        if let Some((host, silent)) = case.map(|case| (case.host.clone(), case.cooldown_until(now))) {
            self.kept.recovery_alerts.begin(now, host, silent);
        }
        Vec::new()
    }

    /// Deletes an alert.
    pub(crate) fn stop_recovery_alert(&mut self, host: &Host) {
        self.kept.recovery_alerts.retain(|alert| alert.host != *host);
    }

    /// Makes the checks that are due.
    pub(crate) fn keep_recovery_alert(&mut self, now: Time) -> Vec<Effect> {
        self.kept.recovery_alerts.expire(now);
        let cases = &self.kept.cases;
        let refused = |host: &Host| {
            let host = host.clone();
            cases.iter().map(|(_, case)| case).filter(move |case| case.is_blocked() && is_same_site(&case.host, &host))
        };
        let silent = |host: &Host| refused(host).filter_map(|case| case.cooldown_until(now)).max();
        let due = self.kept.recovery_alerts.take_due(now, silent);
        // If a blocked tab is still open, check its own URL. Otherwise check the host's root, because URLs are not stored on
        // disk.
        let own = |host: &Host| refused(host).find(|case| !case.one_time).map(Case::address);
        let url = |host: &Host| own(host).unwrap_or_else(|| format!("https://{host}/"));
        due.into_iter().map(|host| Effect::CheckAvailability { url: url(&host), host }).collect()
    }

    pub(crate) fn availability_checked(
        &mut self,
        now: Time,
        host: &Host,
        answer: Result<HttpResponse, FetchError>,
    ) -> Vec<Effect> {
        if !self.kept.recovery_alerts.waits_for(host) {
            return Vec::new();
        }
        let answer = match answer {
            Ok(response) => Answer::of_response(host, &response.response()),
            Err(FetchError::Offline) => {
                self.kept.recovery_alerts.uncount(now, host);
                return Vec::new();
            }
            Err(error) => Answer::Silent(error),
        };
        // A redirect comes from a server that works, and a block or an error is none.
        let is_back = answer.is_open() || matches!(answer, Answer::Silent(FetchError::LedAway));
        let of_site = self.kept.cases.iter_mut().filter(|(_, case)| is_same_site(&case.host, host));
        if let Some(until) = answer.cooldown().map(|seconds| now.plus_seconds(seconds)) {
            self.kept.recovery_alerts.wait_until_at_least(host, until);
            of_site.for_each(|(_, case)| case.requests.wait_until_at_least(until));
            return Vec::new();
        }
        if !is_back {
            return Vec::new();
        }
        self.kept.recovery_alerts.is_back(now, host, false);
        self.saw_back = false;
        let mut effects = vec![say(host)];
        for (tab, case) in of_site.filter(|(_, case)| case.is_blocked()) {
            case.enter(Flow::Blocked(Blocked::Returning));
            effects.push(Effect::Look { tab: *tab, site: Some(case.site()) });
        }
        effects
    }

    /// Handles the answer to a notification. A failure does not matter, because the toolbar button shows it, too.
    pub(crate) fn said_back(&mut self, now: Time, host: &Host) -> Vec<Effect> {
        if self.kept.recovery_alerts.of(host).is_some_and(|alert| matches!(alert.stage, AlertStage::Back { .. })) {
            self.kept.recovery_alerts.is_back(now, host, true);
        }
        Vec::new()
    }

    /// Handles a click on the notification.
    pub(crate) fn goes_back(&mut self, host: Host) -> Vec<Effect> {
        self.stop_recovery_alert(&host);
        vec![Effect::Visit { host }]
    }

    /// Handles a closed popup, which showed the sites that are back.
    pub(crate) fn saw_who_is_back(&mut self) {
        self.kept.recovery_alerts.retain(|alert| alert.stage != AlertStage::Back { told: true });
        self.saw_back = false;
    }

    /// Handles the start of a worker: notifies again of what may not have been shown.
    pub(crate) fn take_up_recovery_alerts(&mut self, now: Time) -> Vec<Effect> {
        self.kept.recovery_alerts.expire(now);
        let unsaid = self.kept.recovery_alerts.iter().filter(|alert| alert.stage == AlertStage::Back { told: false });
        let mut effects: Vec<Effect> = unsaid.map(|alert| say(&alert.host)).collect();
        for (tab, case) in self.kept.cases.iter_mut().filter(|(_, case)| case.flow == Flow::Blocked(Blocked::Returning)) {
            // The mark and the alert are stored in two areas. If only the mark was written, the next check finds the site back
            // again.
            if self.kept.recovery_alerts.of(&case.host).is_some_and(|alert| matches!(alert.stage, AlertStage::Back { .. })) {
                effects.push(Effect::Look { tab: *tab, site: Some(case.site()) });
            } else {
                case.enter(Flow::Blocked(Blocked::Idle));
            }
        }
        effects
    }

    /// Handles the snapshot of a tab whose site is back: reloads it if it still shows the block page.
    pub(crate) fn seen_after_return(&mut self, now: Time, tab: TabId, snapshot: &TabSnapshot) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        if case.flow != Flow::Blocked(Blocked::Returning) {
            return Vec::new();
        }
        case.enter(Flow::Blocked(Blocked::Idle));
        let is_seen = !case.inside && matches!(snapshot, TabSnapshot::Page { .. });
        if is_seen { self.check(now, tab) } else { Vec::new() }
    }

    /// Handles an open page of the site: there is nothing left to wait for.
    pub(crate) fn seen_open(&mut self, host: &Host) {
        let is_over =
            |alert: &RecoveryAlert| matches!(alert.stage, AlertStage::Waiting { .. }) && is_same_site(&alert.host, host);
        self.kept.recovery_alerts.retain(|alert| !is_over(alert));
    }
}

fn say(host: &Host) -> Effect {
    Effect::Notify { host: host.clone(), title: keys::headline_open(host.name()), body: keys::back_body() }
}
