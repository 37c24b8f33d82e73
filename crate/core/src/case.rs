//! One blocked tab, from first sight to open. A case has one [`Flow`]; whatever begins another ends the one before.
//!
//! ```text
//!            check (click), or waited for         other load, blocked
//!  Blocked ────────────────────────▶ Checking ──────────────────────▶ Blocked
//!   │ │                                 │ other load, open
//!   │ │ suspects off (click)            └──────────────▶ Open
//!   │ └──▶ TurningOff ── all answered ──▶ Checking
//!   │
//!   └ find ──▶ Searching ── finding ──▶ Found, all being put back
//!                  └ stop (click) ──▶ Stopping ── all put back ──▶ Checking
//!
//!  Within Blocked:  Idle ── wait (click) ──▶ Retrying ── the time has come, or another IP address ──▶ Checking
//!                    └ the site is back ──▶ Returning ── the tab was looked at, and is still blocked ──▶ Checking
//! ```
//!
//! Within `Searching`: `Switching` until every switch was answered, `Reloading` until the page was seen, then the next trial.
//! When a candidate is switched by hand during a reload, its answer speaks of another trial: `Stale`, and not counted.
//!
//! Killed while `Checking`, the worker looks at the tab when it wakes. Another load is the answer; the same load means that the reload
//! never took place, and it is done now. Killed while switching (`TurningOff`, `Stopping`, `Found`), it asks the browser what is on and
//! switches the rest.

use serde::{Deserialize, Serialize};

use crate::base::host::Host;
use crate::base::id::{ExtensionId, LoadId, Time};
use crate::diagnosis::cause::Kind;
use crate::diagnosis::finding::{Elsewhere, Findings};
use crate::diagnosis::fix::{Fix, Trial};
use crate::diagnosis::observation::Observation;
use crate::evidence::budget::{Experiment, Reach, RequestLog};
use crate::evidence::probe::LONGEST_SILENCE;
use crate::extensions::bisect::Finding;
use crate::recognize::{ClientAddress, Verdict, catalogue};

/// A refused page and what was done about it.
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one page")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The host that refused, by the page's address.
    pub host: Host,
    /// Did the page itself open, and is something refused that it asks for?
    pub inside: bool,
    /// The last refusal.
    pub verdict: Verdict,
    /// When it was first seen in this load.
    pub seen: Time,
    /// The load it was seen in.
    pub load: LoadId,
    /// When it was first refused since it was last open: what names it in the [memory](crate::feature::history).
    pub since: Time,
    /// Extensions that were switched off for it since the page was last looked at.
    pub switched: Vec<ExtensionId>,
    /// What is under way.
    pub flow: Flow,
    /// Fixes carried out since the page was last looked at.
    pub pending: Vec<Fix>,
    /// Fixes tried, and whether the page opened. The last word on each.
    pub trials: Vec<Trial>,
    /// The refused page's own address, once a look has told it; or that of what is refused inside.
    pub address: Option<String>,
    /// May the worker ask this site?
    pub may_ask: bool,
    /// Its registrable domain, for a site that is not OpenAI's, where the browser has told it.
    pub domain: Option<Host>,
    /// Has the site cookies that a worker's request does not bring?
    pub has_partitioned: bool,
    /// What was asked, and when.
    pub requests: RequestLog,
    /// What the answers were.
    pub findings: Findings,
    /// The timed requests, in milliseconds; `None` for one lost.
    pub samples: Vec<Option<u32>>,
    /// When the service's status was heard.
    pub status_fetched: Option<Time>,
    /// The page was opened elsewhere: did it open there?
    pub compares: Option<Elsewhere>,
    /// What someone has asked to find out, and has no answer to yet.
    pub questions: Vec<Question>,
    /// The last click in the banner: a message may come more than once.
    pub last_click: Option<u64>,
}

/// Something to find out that a click has asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Why the page is refused.
    Cause,
    /// What the services say of themselves.
    Status,
    /// How steady the connection is.
    Connection,
}

/// Waiting for something that ends by itself, and then one reload.
///
/// ```text
///  (click) ─▶ Time ── it has come ─────────────▶ reload
///  (click) ─▶ Address ── another address ──────▶ reload
///                 └── the same for ten minutes ─▶ it did not change
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutoRetry {
    /// For a moment.
    Time {
        /// When.
        until: Time,
    },
    /// For another address.
    Address {
        /// What was done for it.
        fix: Fix,
        /// The one to be left; none where it could not be seen.
        before: Option<ClientAddress>,
        /// When the next look is due.
        next: Time,
        /// When it is given up.
        until: Time,
    },
}

impl AutoRetry {
    /// Seconds between two looks at the address: an alarm cannot ring sooner.
    pub const PACE: u32 = 30;
    /// Seconds after which no other address is expected any more.
    pub const LONGEST: u32 = 600;

    /// The fix that it belongs to.
    pub fn fix(&self) -> Fix {
        match self {
            Self::Time { .. } => Fix::Wait,
            Self::Address { fix, .. } => *fix,
        }
    }

    /// When it has to be thought of next.
    pub fn due(&self) -> Time {
        match self {
            Self::Time { until } => *until,
            Self::Address { next, .. } => *next,
        }
    }

    /// When it ends at the latest.
    pub fn until(&self) -> Time {
        match self {
            Self::Time { until } | Self::Address { until, .. } => *until,
        }
    }
}

/// Where a trial of the culprit search stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// These have not answered yet.
    Switching {
        /// Not answered yet.
        waiting: Vec<ExtensionId>,
    },
    /// The page's answer is awaited.
    Reloading,
    /// An answer is awaited that no longer counts.
    Stale,
}

/// What is under way, and what it knows. A case has one, and [`Case::enter`] alone begins another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flow {
    /// The page is blocked, and nothing is being done about it.
    Blocked(Blocked),
    /// Suspects are being switched off; these have not answered yet.
    TurningOff {
        /// Not answered yet.
        waiting: Vec<ExtensionId>,
    },
    /// The culprit search was stopped, and what it switched off is being put back.
    Stopping {
        /// Not back yet.
        waiting: Vec<ExtensionId>,
    },
    /// The page was told to reload, and its next load is awaited.
    Checking,
    /// The culprit search runs on this tab. What it knows is kept by itself, for it outlives the tab and the browser.
    Searching {
        /// Where its trial stands.
        stage: Stage,
        /// When to see whether anybody still carries it out: a worker that died with nobody to wake it would leave extensions
        /// off.
        due: Time,
    },
    /// The culprit search has ended, and what it switched is put back.
    Found {
        /// What came of it.
        finding: Finding,
        /// Extensions that are being put back, or off for good, and have not answered yet.
        waiting: Vec<ExtensionId>,
    },
    /// The page opened.
    Open {
        /// The fixes carried out just before. None: it opened by itself.
        helped: Vec<Fix>,
    },
}

/// A page that stays blocked for now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Blocked {
    /// Someone has to do something.
    Idle,
    /// After the last reload nothing could be seen, so nothing is known of what was tried.
    Unseen,
    /// It is reloaded once something has passed.
    Retrying(AutoRetry),
    /// Its site is back: the tab is looked at, and reloaded if it is still blocked.
    Returning,
}

impl Case {
    /// A refusal that was not known.
    pub fn new(host: Host, verdict: Verdict, seen: Time, load: LoadId) -> Self {
        Self {
            host,
            inside: false,
            verdict,
            seen,
            load,
            since: seen,
            switched: Vec::new(),
            flow: Flow::Blocked(Blocked::Idle),
            pending: Vec::new(),
            trials: Vec::new(),
            address: None,
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

    /// Begins another flow, and ends the one before.
    pub(crate) fn enter(&mut self, flow: Flow) {
        self.flow = flow;
    }

    /// Is the page blocked, and nothing being done about it?
    pub fn is_blocked(&self) -> bool {
        matches!(self.flow, Flow::Blocked(_))
    }

    /// Could nothing be seen after the last reload?
    pub fn is_unseen(&self) -> bool {
        self.flow == Flow::Blocked(Blocked::Unseen)
    }

    /// What is being waited for.
    pub fn auto_retry(&self) -> Option<&AutoRetry> {
        match &self.flow {
            Flow::Blocked(Blocked::Retrying(auto_retry)) => Some(auto_retry),
            _ => None,
        }
    }

    /// Waits no longer.
    pub(crate) fn stop_retrying(&mut self) -> Option<AutoRetry> {
        let auto_retry = self.auto_retry().cloned();
        if auto_retry.is_some() {
            self.enter(Flow::Blocked(Blocked::Idle));
        }
        auto_retry
    }

    /// A refusal is shown by load `load`.
    pub fn refused(&mut self, verdict: Verdict, seen: Time, load: LoadId) {
        let other_load = load != self.load;
        if other_load {
            self.seen = seen;
            self.load = load;
        }
        self.verdict = verdict;
        self.inside = false;
        if other_load && self.is_open() {
            self.since = seen;
            self.switched.clear();
        }
        match self.flow {
            // The load before the reload says nothing about the fix, nor does one while suspects are still being switched.
            Flow::Checking if !other_load => {}
            Flow::TurningOff { .. } | Flow::Stopping { .. } | Flow::Searching { .. } => {}
            // Whatever the search leaves on the screen is no news.
            Flow::Found { .. } if !other_load => {}
            Flow::Checking => {
                self.settle(false);
                self.enter(Flow::Blocked(Blocked::Idle));
            }
            // What is waited for is waited for in the next load, too.
            Flow::Blocked(Blocked::Retrying(_) | Blocked::Returning) => {}
            Flow::Blocked(Blocked::Unseen) if !other_load => {}
            Flow::Blocked(_) | Flow::Open { .. } | Flow::Found { .. } => self.enter(Flow::Blocked(Blocked::Idle)),
        }
    }

    /// No refusal is shown by load `load`.
    pub fn opened(&mut self, load: LoadId) {
        if self.flow == Flow::Checking && load == self.load {
            return;
        }
        self.load = load;
        let helped = self.pending.clone();
        self.compares = None;
        self.settle(true);
        self.enter(Flow::Open { helped });
    }

    /// The awaited load could not be seen (timeout, an error page): back to where we were; what was tried stays untried.
    pub fn unseen(&mut self) {
        if self.flow == Flow::Checking {
            self.enter(Flow::Blocked(Blocked::Unseen));
        }
    }

    /// Was it opened, and not refused again yet?
    fn is_open(&self) -> bool {
        matches!(&self.flow, Flow::Open { .. } | Flow::Found { finding: Finding::Culprits { .. }, .. })
    }

    /// Are extensions being switched for it, or about to be?
    pub fn is_switching(&self) -> bool {
        match &self.flow {
            Flow::TurningOff { .. } | Flow::Stopping { .. } | Flow::Searching { .. } => true,
            Flow::Found { waiting, .. } => !waiting.is_empty(),
            Flow::Blocked(_) | Flow::Checking | Flow::Open { .. } => false,
        }
    }

    /// Notes what came of `fix`.
    pub fn tried(&mut self, fix: Fix, helped: bool) {
        self.trials.retain(|trial| trial.fix != fix);
        self.trials.push(Trial { fix, helped });
    }

    /// Notes that `id` was switched, whose effect shows in the next load.
    pub fn has_switched(&mut self, id: &ExtensionId, on: bool) {
        self.switched.retain(|other| other != id);
        if !on {
            self.switched.push(id.clone());
        }
    }

    /// Someone wants to know.
    pub fn asks(&mut self, question: Question) {
        if !self.questions.contains(&question) {
            self.questions.push(question);
        }
    }

    /// There is an answer.
    pub fn answers(&mut self, question: Question) {
        self.questions.retain(|other| *other != question);
    }

    /// Notes that `fix` was carried out, to be judged by the next load.
    pub fn carried_out(&mut self, fix: Fix) {
        if !self.pending.contains(&fix) {
            self.pending.push(fix);
        }
    }

    /// Until when not one request more may be made: a rate limit's `Retry-After`, or Cloudflare's default for the code.
    pub fn wait_until(&self) -> Option<Time> {
        let limited = Kind::of(&self.verdict) == Kind::RateLimit;
        let default = self.verdict.code.as_ref().and_then(|code| catalogue::entry(*code)).and_then(|entry| entry.retry_after);
        // A page may say anything; a longer silence would only lock people out of their own tool.
        let seconds = self.verdict.retry_after.or(default.filter(|_| limited))?.min(LONGEST_SILENCE);
        (limited && !matches!(self.flow, Flow::Open { .. })).then(|| self.seen.plus_seconds(seconds))
    }

    /// Until when the page, or an answer to a request of ours, has asked for silence. Past ones are none.
    pub fn cooldown_until(&self, now: Time) -> Option<Time> {
        self.requests.cooldown_until(now).max(self.wait_until().filter(|until| now < *until))
    }

    /// Has the site asked for silence that has not passed?
    pub fn is_cooling_down(&self, now: Time) -> bool {
        self.cooldown_until(now).is_some()
    }

    /// Do the answers so far amount to this?
    pub fn sees(&self, observation: Observation) -> bool {
        self.findings.observations(&self.verdict).contains(&observation)
    }

    /// Is there an answer that a cause can be named by? While the site itself is being asked for the first time, a trace that
    /// came earlier would only have the popup change its mind a moment later.
    pub fn has_first_answer(&self) -> bool {
        let is_asked = self.findings.with_cookies.is_none() && self.requests.awaits(Experiment::WithCookies);
        !is_asked && !self.findings.is_empty()
    }

    /// What can be asked about it.
    pub fn reach(&self) -> Reach {
        Reach { worker_may_ask: self.may_ask, has_partitioned: self.has_partitioned }
    }

    /// The address to ask for.
    pub fn address(&self) -> String {
        self.address.clone().unwrap_or_else(|| self.place("/"))
    }

    /// An address of the refusing host.
    pub fn place(&self, path: &str) -> String {
        ["https://", self.host.as_str(), path].concat()
    }

    /// What the toolbar button wears: the code, or a sign that there is none.
    pub fn badge(&self) -> String {
        self.verdict.code.map_or_else(|| "!".to_owned(), |code| code.number().to_string())
    }

    /// What was tried has an answer. Whatever the experiments said was about the time before it.
    fn settle(&mut self, helped: bool) {
        if !self.pending.is_empty() {
            self.requests.forget();
        }
        for fix in std::mem::take(&mut self.pending) {
            self.tried(fix, helped);
        }
    }
}
