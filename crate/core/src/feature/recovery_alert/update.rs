//! Telling somebody when a site is back. Begun by a click, one for a site; it needs no tab, no popup and no worker that lives.
//!
//! ```text
//!  (click) ─▶ Waiting ── due, and no silence asked for ──▶ looked: one request
//!               ▲ ▲ ▲         │ not open: later next time     │
//!               │ │ └─────────┘ no connection: not counted ───┤
//!               │ └── due, but silence asked for: then        └─ open ─▶ Back: said, and the button marked;
//!               └── a second click joins                                 each refused tab is looked at, and reloaded
//!                                                                        if it still shows the refusal
//!  Back ─▶ forgotten when somebody has opened the popup or clicked what was said
//!  Stop (click), a day, the page seen open, the permission taken back, everything erased ─▶ gone
//! ```
//!
//! The next look's time is on disk before a look is made, and `Back` before anything is said. Killed at any arrow, the worker
//! says it again when it wakes: under the same name, which replaces what was said before. Tabs to be looked at are marked in
//! their cases, which end with the browser as the tabs do. A page that is itself open, and refused only inside, is not
//! reloaded: somebody may be writing in it.

use crate::base::host::Host;
use crate::base::id::{TabId, Time};
use crate::base::text::keys;
use crate::case::{Blocked, Case, Flow};
use crate::evidence::probe::{Answer, FetchError, HttpResponse, is_same_site};
use crate::feature::recovery_alert::{RecoveryAlert, Stage};
use crate::model::Model;
use crate::protocol::effect::{Effect, TabSnapshot};

impl Model {
    /// A click on "Tell me when it is back".
    pub(crate) fn tell_when_back(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let case = self.case(tab).filter(|case| case.is_blocked() && case.may_ask);
        if let Some((host, silent)) = case.map(|case| (case.host.clone(), case.cooldown_until(now))) {
            self.kept.recovery_alerts.begin(now, host, silent);
        }
        Vec::new()
    }

    /// Nobody wants to be told any more.
    pub(crate) fn stop_recovery_alert(&mut self, host: &Host) -> Vec<Effect> {
        self.kept.recovery_alerts.retain(|alert| alert.host != *host);
        self.mark_button()
    }

    /// Time has passed.
    pub(crate) fn keep_recovery_alert(&mut self, now: Time) -> Vec<Effect> {
        self.kept.recovery_alerts.expire(now);
        let cases = &self.kept.cases;
        let refused = |host: &Host| {
            let host = host.clone();
            cases.iter().map(|(_, case)| case).filter(move |case| case.is_blocked() && is_same_site(&case.host, &host))
        };
        let silent = |host: &Host| refused(host).filter_map(|case| case.cooldown_until(now)).max();
        let due = self.kept.recovery_alerts.take_due(now, silent);
        // Where the refused page is still there, its own address is asked for; that one is not on disk.
        let url = |host: &Host| refused(host).next().map_or_else(|| format!("https://{host}/"), Case::address);
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
        let of_site = self.kept.cases.iter_mut().filter(|(_, case)| is_same_site(&case.host, host));
        if let Some(until) = answer.error().map(|seconds| now.plus_seconds(seconds)) {
            self.kept.recovery_alerts.hush(host, until);
            of_site.for_each(|(_, case)| case.requests.hush(until));
            return Vec::new();
        }
        if !answer.is_open() {
            return Vec::new();
        }
        self.kept.recovery_alerts.is_back(now, host, false);
        let mut effects = vec![say(host)];
        for (tab, case) in of_site.filter(|(_, case)| case.is_blocked()) {
            case.enter(Flow::Blocked(Blocked::Returning));
            effects.push(Effect::Look { tab: *tab });
        }
        effects.extend(self.mark_button());
        effects
    }

    /// The browser was told to say so; whether it could does not matter, for the button tells it too.
    pub(crate) fn said_back(&mut self, now: Time, host: &Host) -> Vec<Effect> {
        if self.kept.recovery_alerts.of(host).is_some_and(|alert| matches!(alert.stage, Stage::Back { .. })) {
            self.kept.recovery_alerts.is_back(now, host, true);
        }
        Vec::new()
    }

    /// Somebody clicked what was said.
    pub(crate) fn goes_back(&mut self, host: Host) -> Vec<Effect> {
        let mut effects = self.stop_recovery_alert(&host);
        effects.push(Effect::Visit { host });
        effects
    }

    /// A popup was opened: whoever looks at it has seen the mark.
    pub(crate) fn saw_mark(&mut self) -> Vec<Effect> {
        let has_mark = self.has_mark();
        has_mark.then_some(Effect::Mark(false)).into_iter().collect()
    }

    /// A popup was closed, and with it the line that said who is back.
    pub(crate) fn saw_who_is_back(&mut self) -> Vec<Effect> {
        let had_mark = self.has_mark();
        self.kept.recovery_alerts.retain(|alert| alert.stage != Stage::Back { told: true });
        if had_mark { self.mark_button() } else { Vec::new() }
    }

    /// The worker has started: says again what may not have been said.
    pub(crate) fn take_up_recovery_alerts(&mut self, now: Time) -> Vec<Effect> {
        self.kept.recovery_alerts.expire(now);
        let unsaid = self.kept.recovery_alerts.iter().filter(|alert| alert.stage == Stage::Back { told: false });
        let mut effects: Vec<Effect> = unsaid.map(|alert| say(&alert.host)).collect();
        if self.has_mark() {
            effects.push(Effect::Mark(true));
        }
        for (tab, case) in self.kept.cases.iter_mut().filter(|(_, case)| case.flow == Flow::Blocked(Blocked::Returning)) {
            // The two lie in two places: where only the mark was written, the next look finds out again.
            if self.kept.recovery_alerts.of(&case.host).is_some_and(|alert| matches!(alert.stage, Stage::Back { .. })) {
                effects.push(Effect::Look { tab: *tab });
            } else {
                case.enter(Flow::Blocked(Blocked::Idle));
            }
        }
        effects
    }

    /// A tab was looked at, because its site is back or for another reason: one that still shows the refusal is reloaded.
    pub(crate) fn seen_after_return(&mut self, now: Time, tab: TabId, snapshot: &TabSnapshot) -> Vec<Effect> {
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        if case.flow != Flow::Blocked(Blocked::Returning) {
            return Vec::new();
        }
        case.enter(Flow::Blocked(Blocked::Idle));
        let is_seen = !case.inside && matches!(snapshot, TabSnapshot::Page { .. });
        if is_seen { self.check(now, tab) } else { Vec::new() }
    }

    /// A page of the site that was refused has opened: there is nothing left to wait for.
    pub(crate) fn seen_open(&mut self, host: &Host) {
        let is_over = |alert: &RecoveryAlert| matches!(alert.stage, Stage::Waiting { .. }) && is_same_site(&alert.host, host);
        self.kept.recovery_alerts.retain(|alert| !is_over(alert));
    }

    fn has_mark(&self) -> bool {
        self.kept.recovery_alerts.iter().any(|alert| matches!(alert.stage, Stage::Back { .. }))
    }

    pub(crate) fn mark_button(&self) -> Vec<Effect> {
        vec![Effect::Mark(self.has_mark())]
    }
}

fn say(host: &Host) -> Effect {
    Effect::Notify { host: host.clone(), title: keys::headline_open(host.as_str()), body: keys::back_body() }
}
