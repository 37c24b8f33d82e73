//! One refused page, from first sight to open.
//!
//! ```text
//!            check (click)             other load, refused
//!  Refused ───────────────▶ Checking ──────────────────────▶ Refused
//!   │ │                        │ other load, not refused
//!   │ │ suspects off (click)   └──────────────▶ Open
//!   │ └──▶ TurningOff ── all answered ──▶ Checking
//!   │            ▲ stop (click)
//!   └ find ──▶ Searching ── finding, all put back ──▶ Found
//! ```
//!
//! Within `Searching`: `Switching` until every switch was answered, `Reloading` until the page was seen, then the next trial.
//! When a candidate is switched by hand during a reload, its answer speaks of another trial: `Stale`, and not counted.
//!
//! Killed while `Checking`, the worker looks at the tab when it wakes: another load is the answer, the same load means that
//! the reload never took place, and it is done now. Killed while `TurningOff`, it goes on with `Checking`, with whatever
//! was switched until then (the ledger knows).

use serde::{Deserialize, Serialize};

use crate::diagnosis::cause::Kind;
use crate::diagnosis::fix::{Fix, Trial};
use crate::extensions::culprit::{Finding, Search};
use crate::host::Host;
use crate::id::{ExtensionId, LoadId, Time};
use crate::packed::Packed;
use crate::page::{Verdict, catalogue};

/// A refused page and what was done about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Packed)]
pub struct Case {
    /// The host that refused, by the page's address.
    pub host: Host,
    /// The last refusal.
    pub verdict: Verdict,
    /// When it was first seen in this load.
    pub seen: Time,
    /// The load it was seen in.
    pub load: LoadId,
    /// Where it stands.
    pub step: Step,
    /// Fixes carried out since the page was last looked at.
    pub pending: Vec<Fix>,
    /// Fixes tried, and whether the page opened. The last word on each.
    pub trials: Vec<Trial>,
}

/// Where a trial of the culprit search stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Packed)]
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

/// What each step knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Packed)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The page shows a refusal.
    Refused,
    /// Suspects are being switched off; these have not answered yet.
    TurningOff {
        /// Not answered yet.
        waiting: Vec<ExtensionId>,
    },
    /// The page was told to reload, and its next load is awaited.
    Checking,
    /// The culprit search runs on this tab.
    Searching {
        /// What it knows.
        search: Box<Search>,
        /// Where its trial stands.
        stage: Stage,
        /// What was switched off before it began, which it does not put back.
        before: Vec<ExtensionId>,
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

impl Case {
    /// A refusal that was not known.
    pub fn new(host: Host, verdict: Verdict, seen: Time, load: LoadId) -> Self {
        Self { host, verdict, seen, load, step: Step::Refused, pending: Vec::new(), trials: Vec::new() }
    }

    /// A refusal is shown by load `load`.
    pub fn refused(&mut self, verdict: Verdict, seen: Time, load: LoadId) {
        let other_load = load != self.load;
        if other_load {
            self.seen = seen;
            self.load = load;
        }
        self.verdict = verdict;
        match self.step {
            // The load before the reload says nothing about the fix, nor does one while suspects are still being switched.
            Step::Checking if !other_load => {}
            Step::TurningOff { .. } | Step::Searching { .. } => {}
            // Whatever the search leaves on the screen is no news.
            Step::Found { .. } if !other_load => {}
            Step::Checking => {
                self.settle(false);
                self.step = Step::Refused;
            }
            Step::Refused | Step::Open { .. } | Step::Found { .. } => self.step = Step::Refused,
        }
    }

    /// No refusal is shown by load `load`.
    pub fn opened(&mut self, load: LoadId) {
        if self.step == Step::Checking && load == self.load {
            return;
        }
        self.load = load;
        let helped = self.pending.clone();
        self.settle(true);
        self.step = Step::Open { helped };
    }

    /// The awaited load could not be seen (timeout, an error page): back to where we were; what was tried stays untried.
    pub fn unseen(&mut self) {
        if self.step == Step::Checking {
            self.step = Step::Refused;
        }
    }

    /// Notes what came of `fix`.
    pub fn tried(&mut self, fix: Fix, helped: bool) {
        self.trials.retain(|trial| trial.fix != fix);
        self.trials.push(Trial { fix, helped });
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
        let seconds = self.verdict.retry_after.or(default.filter(|_| limited))?;
        (limited && !matches!(self.step, Step::Open { .. })).then(|| self.seen.plus_seconds(seconds))
    }

    /// Has the site asked for silence that has not passed?
    pub fn is_silent(&self, now: Time) -> bool {
        self.wait_until().is_some_and(|until| now < until)
    }

    /// What the toolbar button wears: the code, or a sign that there is none.
    pub fn badge(&self) -> String {
        self.verdict.code.map_or_else(|| "!".to_owned(), |code| code.number().to_string())
    }

    fn settle(&mut self, helped: bool) {
        for fix in std::mem::take(&mut self.pending) {
            self.tried(fix, helped);
        }
    }
}
