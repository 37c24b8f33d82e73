//! One blocked tab, from the first detection until it opens. A case has one [`Flow`]; starting another one ends the current
//! one.
//!
//! ```text
//!            check (click), or wait is over       other load, blocked
//!  Blocked ────────────────────────▶ Checking ──────────────────────▶ Blocked
//!   │ │                                 │ other load, open
//!   │ │ suspects off (click)            └──────────────▶ Open
//!   │ └──▶ TurningOff ── all answered ──▶ Checking
//!   │
//!   └ find ──▶ Searching ── finding ──▶ Found, everything is being put back
//!                  └ stop (click) ──▶ Stopping ── all put back ──▶ Checking
//!
//!  Before extensions are switched: Blocked ─▶ Confirming ── blocked by a GET, too ──▶ TurningOff, Searching (see
//!                                                └ open ──▶ Open                         feature::load_method)
//!
//!  Within Blocked:  Idle ── wait (click) ──▶ Retrying ── the time is over, or another IP address ──▶ Checking
//!                    └ the site is back ──▶ Returning ── the tab was inspected, and is still blocked ──▶ Checking
//! ```
//!
//! Within `Searching`: `Switching` until every switch was answered, `Reloading` until the page was seen, then the next trial.
//! If a candidate is switched by hand during a reload, the result belongs to another trial: it is `Stale` and does not count.
//!
//! If the worker is killed while `Checking` or `Confirming`, the next one inspects the tab. Another load is the result. The same load means
//! that the reload never happened, so it is done now. If the worker is killed while switching (`TurningOff`, `Stopping`,
//! `Found`), the next one asks the browser what is on and makes the remaining switches.

use serde::{Deserialize, Serialize};

use crate::base::host::Host;
use crate::base::id::{ExtensionId, LoadId, SetBack, Time};
use crate::diagnosis::cause::Kind;
use crate::diagnosis::finding::{Elsewhere, Findings};
use crate::diagnosis::fix::{Fix, TriedFix};
use crate::diagnosis::observation::Observation;
use crate::evidence::budget::{Experiment, Reach, RequestLog};
use crate::evidence::probe::{Answer, DEFAULT_COOLDOWN, FetchError, LONGEST_COOLDOWN};
use crate::extensions::bisect::Finding;
use crate::feature::clear_data::Site;
use crate::feature::load_method::{Confirmation, LoadMethod, Plan};
use crate::recognize::{ClientAddress, Verdict, catalogue};

/// A blocked page and what was done about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one page")]
pub struct Case {
    /// The host that blocked the page, from the page's URL.
    pub host: Host,
    /// Did the page itself open, and are requests that it makes blocked?
    pub inside: bool,
    /// The verdict on the last block page.
    pub verdict: Verdict,
    /// Does the browser show its own error page? Then only a request of the worker tells what the site answers.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub error_page: bool,
    /// When it was first seen in this load.
    pub seen: Time,
    /// The load in which it was seen.
    pub load: LoadId,
    /// How this load was made.
    #[serde(default, skip_serializing_if = "LoadMethod::is_unknown")]
    pub method: LoadMethod,
    /// When it was first blocked since it was last open. This identifies it in the [history](crate::feature::history).
    pub since: Time,
    /// Extensions that were switched off for it since the page was last inspected.
    pub switched: Vec<ExtensionId>,
    /// What is in progress.
    pub flow: Flow,
    /// Fixes carried out since the page was last inspected.
    pub pending: Vec<Fix>,
    /// Fixes tried, and whether the page opened. Only the last result of each is kept.
    pub trials: Vec<TriedFix>,
    /// The blocked page's own URL, once an inspection has reported it; or the URL of the blocked request inside the page.
    pub address: Option<String>,
    /// Does this URL work once? Then it is requested without its query, and by no watch.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub one_time: bool,
    /// May the worker send requests to this site?
    pub may_ask: bool,
    /// The site's registrable domain, if it is not OpenAI's and the browser has reported it.
    pub domain: Option<Host>,
    /// Does the site have cookies that a request of the worker does not send?
    pub has_partitioned: bool,
    /// Which requests were sent, and when.
    pub requests: RequestLog,
    /// What their answers showed.
    pub findings: Findings,
    /// The timed requests, in milliseconds; `None` for a lost one.
    pub samples: Vec<Option<u32>>,
    /// When the service's status was fetched.
    pub status_fetched: Option<Time>,
    /// The page was opened elsewhere: did it open there?
    pub compares: Option<Elsewhere>,
    /// What the user has asked to find out, and has no answer to yet.
    pub questions: Vec<Question>,
    /// The last click in the banner: its message may arrive more than once.
    pub last_click: Option<u64>,
}

/// Something to find out after a click.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Why the page is blocked.
    Cause,
    /// What the services report about themselves.
    Status,
    /// How stable the connection is.
    Connection,
}

/// Waiting for something that ends on its own, followed by one reload.
///
/// ```text
///  (click) ─▶ Time ── it has come ────────────────────▶ reload
///  (click) ─▶ Address ── another IP address ──────────▶ reload
///                 └── the same one for ten minutes ───▶ it did not change
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutoRetry {
    /// For a certain time.
    Time {
        /// The end of the wait.
        until: Time,
    },
    /// For another IP address.
    Address {
        /// The fix that was carried out for it.
        fix: Fix,
        /// The IP address before the fix; `None` if it could not be read.
        before: Option<ClientAddress>,
        /// When the next check is due.
        next: Time,
        /// When the wait is given up.
        until: Time,
    },
}

impl AutoRetry {
    /// Seconds between two checks of the IP address: an alarm cannot fire sooner.
    pub const PACE: u32 = 30;
    /// Seconds after which another IP address is no longer expected.
    pub const LONGEST: u32 = 600;

    /// The fix that it belongs to.
    pub fn fix(&self) -> Fix {
        match self {
            Self::Time { .. } => Fix::Wait,
            Self::Address { fix, .. } => *fix,
        }
    }

    /// When it needs attention next.
    pub fn due(&self) -> Time {
        match self {
            Self::Time { until } => *until,
            Self::Address { next, .. } => *next,
        }
    }

    /// The latest time at which it ends.
    pub fn until(&self) -> Time {
        match self {
            Self::Time { until } | Self::Address { until, .. } => *until,
        }
    }
}

/// The stage of a trial of the culprit search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SearchStage {
    /// Some switches are not answered yet.
    Switching {
        /// The extensions without an answer.
        waiting: Vec<ExtensionId>,
    },
    /// The page is being reloaded for this trial.
    Reloading,
    /// The page is being reloaded, and the result will not count.
    Stale,
}

/// What is in progress, with the data that it needs. A case has one flow, and only [`Case::enter`] starts another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// The page is blocked, and nothing is being done about it.
    Blocked(Blocked),
    /// Suspects are being switched off.
    TurningOff {
        /// The extensions without an answer.
        waiting: Vec<ExtensionId>,
    },
    /// The culprit search was stopped, and what it switched off is being put back.
    Stopping {
        /// The extensions that are not back yet.
        waiting: Vec<ExtensionId>,
    },
    /// The page was told to reload, and its next load is awaited.
    Checking,
    /// The page is loaded by a GET, because no one knows that its last load was one. Then the plan begins.
    Confirming {
        /// What is to be done if the page is blocked again.
        plan: Plan,
        /// How far it is.
        step: Confirmation,
    },
    /// The culprit search runs on this tab. Its state is stored separately, because it outlives the tab and the browser.
    Searching {
        /// The stage of its trial.
        stage: SearchStage,
        /// When to check whether a worker still carries it out. If a worker died and nothing woke the next one, extensions
        /// would stay off.
        due: Time,
    },
    /// The culprit search has ended, and what it switched is being put back.
    Found {
        /// Its result.
        finding: Finding,
        /// Extensions that are being put back, or switched off for good, and have not answered yet.
        waiting: Vec<ExtensionId>,
    },
    /// The page opened.
    Open {
        /// The fixes carried out just before. Empty: it opened without one.
        helped: Vec<Fix>,
    },
}

/// A page that stays blocked for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blocked {
    /// The user has to do something.
    Idle,
    /// After the last reload nothing could be seen, so the result of the last fix is unknown.
    Unseen,
    /// The page is reloaded after a wait.
    Retrying(AutoRetry),
    /// The site is back: the tab is inspected, and reloaded if it is still blocked.
    Returning,
}

impl Case {
    /// A new case.
    pub fn new(host: Host, verdict: Verdict, seen: Time, load: LoadId) -> Self {
        Self {
            host,
            inside: false,
            verdict,
            error_page: false,
            seen,
            load,
            method: LoadMethod::Unknown,
            since: seen,
            switched: Vec::new(),
            flow: Flow::Blocked(Blocked::Idle),
            pending: Vec::new(),
            trials: Vec::new(),
            address: None,
            one_time: false,
            may_ask: false,
            domain: None,
            has_partitioned: false,
            requests: RequestLog::default(),
            findings: Findings::default(),
            samples: Vec::new(),
            status_fetched: None,
            compares: None,
            questions: Vec::new(),
            last_click: None,
        }
    }

    /// Starts another flow and ends the current one.
    pub(crate) fn enter(&mut self, flow: Flow) {
        self.flow = flow;
    }

    /// Is the page blocked, and nothing being done about it?
    pub fn is_blocked(&self) -> bool {
        matches!(self.flow, Flow::Blocked(_))
    }

    /// Was nothing to be seen after the last reload?
    pub fn is_unseen(&self) -> bool {
        self.flow == Flow::Blocked(Blocked::Unseen)
    }

    /// The current wait, if there is one.
    pub fn auto_retry(&self) -> Option<&AutoRetry> {
        match &self.flow {
            Flow::Blocked(Blocked::Retrying(auto_retry)) => Some(auto_retry),
            _ => None,
        }
    }

    /// Ends the wait.
    pub(crate) fn stop_retrying(&mut self) -> Option<AutoRetry> {
        let auto_retry = self.auto_retry().cloned();
        if auto_retry.is_some() {
            self.enter(Flow::Blocked(Blocked::Idle));
        }
        auto_retry
    }

    /// The page is blocked in load `load`.
    pub fn refused(&mut self, verdict: Verdict, seen: Time, load: LoadId) {
        let other_load = load != self.load;
        if other_load {
            self.seen = seen;
            self.load = load;
        }
        self.verdict = verdict;
        (self.inside, self.error_page) = (false, false);
        if other_load && self.is_open() {
            self.since = seen;
            self.switched.clear();
        }
        match self.flow {
            // The load before the reload says nothing about the fix. The same is true for a load while suspects are still being
            // switched.
            Flow::Checking | Flow::Confirming { .. } if !other_load => {}
            Flow::Confirming { step: ref mut confirmation, .. } => *confirmation = Confirmation::Blocked,
            Flow::TurningOff { .. } | Flow::Stopping { .. } | Flow::Searching { .. } => {}
            // The last load of the search itself is no new result.
            Flow::Found { .. } if !other_load => {}
            Flow::Checking => {
                self.settle(false);
                self.enter(Flow::Blocked(Blocked::Idle));
            }
            // A wait continues in the next load.
            Flow::Blocked(Blocked::Retrying(_) | Blocked::Returning) => {}
            Flow::Blocked(Blocked::Unseen) if !other_load => {}
            Flow::Blocked(_) | Flow::Open { .. } | Flow::Found { .. } => self.enter(Flow::Blocked(Blocked::Idle)),
        }
    }

    /// The page is open in load `load`.
    pub fn opened(&mut self, load: LoadId) {
        if self.is_awaiting_load() && load == self.load {
            return;
        }
        self.load = load;
        // That the page itself opens says nothing about what has blocked the form.
        if self.method.is_form() {
            self.pending.clear();
            self.requests.forget();
        }
        let helped = self.pending.clone();
        self.compares = None;
        self.settle(true);
        self.enter(Flow::Open { helped });
    }

    /// The awaited load could not be seen (timeout, an error page): the page stays blocked, and what was tried counts as
    /// untried.
    pub fn unseen(&mut self) {
        if self.is_awaiting_load() {
            self.enter(Flow::Blocked(Blocked::Unseen));
        }
    }

    /// Was the page told to load, without a result yet, and outside a search?
    pub fn is_awaiting_load(&self) -> bool {
        matches!(self.flow, Flow::Checking | Flow::Confirming { step: Confirmation::Loading, .. })
    }

    /// Is the next load one of ours? We only make GETs.
    pub fn is_loading(&self) -> bool {
        self.is_awaiting_load() || matches!(self.flow, Flow::Searching { .. } | Flow::Found { .. })
    }

    /// Did the page open, without being blocked again since?
    fn is_open(&self) -> bool {
        matches!(&self.flow, Flow::Open { .. } | Flow::Found { finding: Finding::Culprits { .. }, .. })
    }

    /// Is nothing being done with it?
    pub fn is_idle(&self) -> bool {
        match &self.flow {
            Flow::Blocked(Blocked::Idle | Blocked::Unseen) | Flow::Open { .. } => true,
            Flow::Found { waiting, .. } => waiting.is_empty(),
            Flow::Blocked(Blocked::Retrying(_) | Blocked::Returning) => false,
            Flow::TurningOff { .. } | Flow::Stopping { .. } | Flow::Searching { .. } => false,
            Flow::Checking | Flow::Confirming { .. } => false,
        }
    }

    /// Are extensions being switched for this case, or about to be?
    pub fn is_switching(&self) -> bool {
        match &self.flow {
            Flow::TurningOff { .. } | Flow::Stopping { .. } | Flow::Searching { .. } | Flow::Confirming { .. } => true,
            Flow::Found { waiting, .. } => !waiting.is_empty(),
            Flow::Blocked(_) | Flow::Checking | Flow::Open { .. } => false,
        }
    }

    /// Records the result of `fix`.
    pub fn tried(&mut self, fix: Fix, helped: bool) {
        self.trials.retain(|trial| trial.fix != fix);
        self.trials.push(TriedFix { fix, helped });
    }

    /// Records that `id` was switched. The next load shows the effect.
    pub fn has_switched(&mut self, id: &ExtensionId, on: bool) {
        self.switched.retain(|other| other != id);
        if !on {
            self.switched.push(id.clone());
        }
    }

    /// Records an open question.
    pub fn asks(&mut self, question: Question) {
        if !self.questions.contains(&question) {
            self.questions.push(question);
        }
    }

    /// Removes a question that is answered.
    pub fn answers(&mut self, question: Question) {
        self.questions.retain(|other| *other != question);
    }

    /// Records that `fix` was carried out. The next load shows its result.
    pub fn carried_out(&mut self, fix: Fix) {
        if !self.pending.contains(&fix) {
            self.pending.push(fix);
        }
    }

    /// Until when no request may be made: a rate limit's `Retry-After`, or Cloudflare's default for the code.
    pub fn wait_until(&self) -> Option<Time> {
        let limited = Kind::of(&self.verdict) == Kind::RateLimit;
        let default = self.verdict.code.as_ref().and_then(|code| catalogue::entry(*code)).and_then(|entry| entry.retry_after);
        // A page may state any number. A longer cooldown would only lock users out of Readmit.
        let seconds = self.verdict.retry_after.or(default.filter(|_| limited))?.min(LONGEST_COOLDOWN);
        (limited && !matches!(self.flow, Flow::Open { .. })).then(|| self.seen.plus_seconds(seconds))
    }

    /// The end of the cooldown that the page, or an answer to a request of ours, has asked for. `None` if it is over.
    pub fn cooldown_until(&self, now: Time) -> Option<Time> {
        self.requests.cooldown_until(now).max(self.wait_until().filter(|until| now < *until))
    }

    /// Is the site in a cooldown?
    pub fn is_cooling_down(&self, now: Time) -> bool {
        self.cooldown_until(now).is_some()
    }

    /// Do the answers so far support this observation?
    pub fn sees(&self, observation: Observation) -> bool {
        self.observations().contains(&observation)
    }

    /// What is known about the block page, each observation once.
    pub fn observations(&self) -> Vec<Observation> {
        let mut seen = self.findings.observations(&self.verdict);
        let is_form = self.method.is_form();
        seen.extend(is_form.then_some(Observation::FormSent));
        // Our requests are GETs. One that is served says nothing about a form or about an error inside the page that a GET
        // opens, and accuses no extension.
        let is_of_page = |seen: &Observation| {
            matches!(seen, Observation::ServedBothWays | Observation::ServedWithCookies | Observation::ServedOnlyWithCookies)
        };
        if (is_form || self.verdict.is_login_error()) && seen.iter().any(is_of_page) {
            seen.retain(|seen| !is_of_page(seen));
            seen.extend(is_form.then_some(Observation::FormAlone));
        }
        seen.extend(self.inside.then_some(Observation::InsidePage));
        // Where a request of ours is served, it is no wave that everyone is in.
        let is_served = matches!(&self.findings.with_cookies, Some(Answer::Page(page)) if page.is_served());
        let is_wave = self.inside && self.findings.empty_inside && !is_served;
        seen.extend(is_wave.then_some(Observation::EmptyInside));
        seen
    }

    /// Is there an answer that can name a cause? While the first request to the site itself is pending, a trace that was
    /// answered earlier does not count, because the popup would change its answer a moment later.
    pub fn has_first_answer(&self) -> bool {
        let is_asked = self.findings.with_cookies.is_none() && self.requests.awaits(Experiment::WithCookies);
        !is_asked && !self.findings.is_empty()
    }

    /// The clock was set back.
    pub fn clock_set_back(&mut self, set_back: SetBack) {
        // A cooldown counts from here, so it starts again.
        self.seen = set_back.past(self.seen);
        self.status_fetched = self.status_fetched.map(|fetched| set_back.past(fetched));
        self.requests.clock_set_back(set_back);
        match &mut self.flow {
            Flow::Searching { due, .. } => *due = set_back.due(*due),
            Flow::Blocked(Blocked::Retrying(AutoRetry::Time { until })) => *until = set_back.due(*until),
            Flow::Blocked(Blocked::Retrying(AutoRetry::Address { next, until, .. })) => {
                (*next, *until) = (set_back.due(*next), set_back.due(*until));
            }
            _ => {}
        }
    }

    /// The site that the blocking host belongs to.
    pub fn site(&self) -> Site {
        Site::within(&self.host, self.domain.as_ref())
    }

    /// What requests about it are possible.
    pub fn reach(&self) -> Reach {
        Reach { worker_may_ask: self.may_ask, has_partitioned: self.has_partitioned }
    }

    /// The URL to request.
    pub fn address(&self) -> String {
        self.address.clone().unwrap_or_else(|| self.place("/"))
    }

    /// A URL on the blocking host.
    pub fn place(&self, path: &str) -> String {
        ["https://", self.host.as_str(), path].concat()
    }

    /// Takes from the worker's request what the site answers where the browser shows its own error page.
    pub(crate) fn learn_of_error_page(&mut self, answer: &Answer) {
        if !self.error_page {
            return;
        }
        self.verdict = match answer {
            Answer::Page(page) => match &page.verdict {
                Some(verdict) if verdict.is_refusal() => verdict.clone(),
                _ => failed_with(Some(page.status).filter(|status| *status >= 400), page.retry_after),
            },
            Answer::Silent(FetchError::LedAway) => Verdict::redirect(),
            Answer::Silent(_) | Answer::Redirected(_) | Answer::CaptivePortal => Verdict::unrecognized(None),
        };
    }

    /// The fixes tried have a result. The experiments' answers are about the time before it, so they are dropped.
    fn settle(&mut self, helped: bool) {
        if !self.pending.is_empty() {
            self.requests.forget();
        }
        for fix in std::mem::take(&mut self.pending) {
            self.tried(fix, helped);
        }
    }
}

/// The verdict on a page load that failed with this status.
pub(crate) fn failed_with(status: Option<u16>, retry_after: Option<u32>) -> Verdict {
    let default = (status == Some(429)).then_some(DEFAULT_COOLDOWN);
    Verdict { retry_after: retry_after.or(default), ..Verdict::unrecognized(status) }
}
