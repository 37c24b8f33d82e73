//! Finds the extensions that are to blame by experiment: decides which ones to turn off for the next reload, and interprets the
//! result.
//!
//! This module turns nothing off, reloads nothing and has no clock. Candidates with weights go in, a [`Trial`] comes out, the
//! [`TrialResult`] goes in, and so on until there is a [`Finding`]. The shell carries out each trial, waits between two of them,
//! and restores all extensions at the end.
//!
//! ```text
//!            all off: blocked, twice
//!  Control ────────────────────────▶ Innocent
//!     │ open
//!     ▼       half of the suspects off, until one is left
//!  Narrow ──────────────────────────────────────────────▶ BackOn: only it (or the set found so far)
//!     ▲ ▲                                                   │ open: it needs another one    │ blocked
//!     │ └───────────────────────────────────────────────────┘                               ▼
//!     │ blocked: there is another set                                          Off: all others are on
//!     └────────────────────────────────────────────────────────────────────────────────────┤ open
//!                                                                                           ▼
//!  any: two contradictory answers ──▶ Again ──▶ (as before) or Flaky                     Culprits
//!  any: CannotTell, but it may pass ──▶ the same trial, at most two more times ──▶ Unclear
//!  any: CannotTell, and it does not pass ──▶ Unclear ── resume (click) ──▶ as before
//! ```
//!
//! # How it works
//!
//! There is one assumption: what blocks with some extensions on also blocks with more of them on. So each answer applies to many
//! configurations: a blocked answer to all supersets, an open answer to all subsets. Only the answers are stored. Each step is
//! derived from them alone, so no other state can contradict them.
//!
//! * **Narrowing.** The suspects are the difference between a configuration known to be open and a larger one known to be
//!   blocked. The next trial is between the two and cuts the suspects where the answer reveals the most (see `split`). Of the two
//!   possible trials, the one with fewer switches is chosen: a few heavy suspects are switched, and many light ones stay as they
//!   are.
//! * **Several culprits.** When one suspect is left, it belongs to every blocking set within that configuration. It is tried with
//!   nothing else on. If that blocks, it is a set. If not, the search continues for the extension that it needs.
//! * **The end.** With one extension of each set found turned off and everything else on, the page must open, whichever extension
//!   is chosen. Only then is it certain that there is no other set, and only then is a culprit named: it blocks alone, and
//!   without it nothing blocks. If that trial is blocked, there is another set to find.
//! * **Inconsistent answers.** Contradictory answers are tried again, and so is an answer that a surprise depends on. The
//!   majority counts. After stray answers, everything is confirmed again, more often the more there were. With too many of them,
//!   or with two confirmed answers that contradict each other, the result is [`Finding::Flaky`]. A single wrong answer never
//!   leads to a wrong culprit. More than one culprit is rarer than two wrong answers, so each set of several needs more support
//!   than a single culprit.
//! * **A block that comes and goes**, such as a rate limit, can do so in step with the switches by chance. While a regular one
//!   would give the same answers (see `rhythm`), the result is confirmed again, by a trial to which it would answer differently.
//!
//! # Weights
//!
//! How suspicious each candidate is: see [`Weight`]. Weights change how soon an answer is found, but never which one.

mod answer;
mod hitting;
mod plan;
mod record;
mod rhythm;
mod search;
mod session;
mod set;
mod split;

use serde::{Deserialize, Serialize};

pub use self::record::{RecordedAnswer, RecordedMember, SearchRecord};
pub use self::search::{MOST_CHECKS, MOST_REPEATS, Search};
pub use self::session::SearchSession;
use super::suspect::Suspicion;
use crate::base::id::ExtensionId;

/// An extension that can take part: it is on, can be switched, is not Readmit itself and is not pinned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The extension.
    pub id: ExtensionId,
    /// How suspicious it is.
    pub weight: Weight,
}

/// How suspicious a candidate is compared to the others: twice the weight means twice as likely. From 1 to [`Weight::MOST`], so
/// that finding an unlikely candidate does not take too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "u32")]
pub struct Weight(u32);

impl Weight {
    /// The largest weight.
    pub const MOST: u32 = 1000;

    /// The nearest valid weight.
    pub fn new(weight: u32) -> Self {
        Self(weight.clamp(1, Self::MOST))
    }

    /// The weight as a number.
    pub fn value(self) -> u32 {
        self.0
    }
}

impl From<u32> for Weight {
    fn from(weight: u32) -> Self {
        Self::new(weight)
    }
}

impl From<Suspicion> for Weight {
    /// Rough on purpose: the order matters, and that each step is a factor of about three.
    fn from(suspicion: Suspicion) -> Self {
        Self::new(match suspicion {
            Suspicion::Strong => 80,
            Suspicion::Medium => 30,
            Suspicion::Weak => 10,
            // As far as known, it cannot affect the site. But this is based only on what the extension declares.
            Suspicion::None => 1,
        })
    }
}

/// The state of every candidate for the next reload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// The extensions that are off.
    pub off: Vec<ExtensionId>,
    /// The extensions that are on.
    pub on: Vec<ExtensionId>,
    /// The purpose of the trial.
    pub aim: Aim,
}

/// The purpose of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    /// All off, or all on: are extensions to blame at all?
    Control,
    /// Which half of the suspects is to blame?
    Narrow,
    /// A confirmation: only these are on. Blocked if they are the culprits.
    BackOn,
    /// A confirmation: only these are off. Open if they were the culprits.
    Off,
    /// A repeated trial, because another answer contradicts this one or a lot depends on it.
    Again,
}

/// What the page showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrialResult {
    /// Blocked as before.
    Blocked,
    /// Not blocked.
    Open,
    /// Neither is known.
    CannotTell(Why),
}

/// An answer to a trial: a result that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrialAnswer {
    /// The page was blocked.
    Blocked,
    /// It was open.
    Open,
}

/// Why the result is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The page did not load in time.
    Timeout,
    /// The tab was closed, or it shows another page.
    TabGone,
    /// One of Cloudflare's challenges.
    Challenge,
    /// The browser has no connection.
    Offline,
    /// Too many requests.
    RateLimit,
    /// The browser's own error page, or another kind of block page.
    ErrorPage,
}

impl Why {
    /// Can the same reload give a result a moment later? If not, repeating it only does harm: the tab shows another page, a
    /// challenge would start again, or the site has asked Readmit to wait.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Timeout | Self::ErrorPage)
    }
}

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SearchNext {
    /// Switch the extensions, reload, and observe.
    Try(Trial),
    /// Restore everything, except for what the finding keeps off.
    Finished(Finding),
}

/// The result of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// The page is blocked even with all candidates off.
    Innocent,
    /// These extensions, confirmed both ways.
    Culprits {
        /// All blocking sets. Each one blocks on its own.
        sets: Vec<Culprit>,
        /// What must stay off for the page to open, and nothing more: the most suspicious extension of each set. The last trial
        /// had exactly these off, unless an earlier one had already shown the same.
        keep_off: Vec<ExtensionId>,
    },
    /// The search stopped without a result.
    Unclear(Doubt),
    /// The same extensions give different answers.
    Flaky,
}

/// Extensions that block together, and only together. Usually one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Culprit {
    /// The members, the most suspicious first.
    pub members: Vec<ExtensionId>,
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The page could not be classified, even after up to [`MOST_REPEATS`] repeats.
    CannotTell(Why),
    /// It takes too many reloads ([`MOST_CHECKS`]), or there are more than four sets, or more than four members in one.
    TooManyChecks,
    /// None of those that took part until the end is to blame. The cause involves at least one of these, which were taken out on
    /// the way.
    LeftOut(Vec<ExtensionId>),
    /// The browser does not list the extensions.
    NotListed,
}

/// The fixed state of a candidate that is taken out. On disk: is it on?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum Left {
    /// The user turned it off, or it was removed.
    Off,
    /// The user turned it on, or it cannot be switched.
    On,
}

impl From<bool> for Left {
    fn from(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
    }
}

impl From<Left> for bool {
    fn from(left: Left) -> Self {
        left == Left::On
    }
}

/// The state of the search, for display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchProgress {
    /// How many reloads gave an answer, of any kind.
    pub checks_done: u32,
    /// An estimate of all reloads. Never less than `checks_done`.
    pub checks_expected: u32,
    /// How many extensions can still be to blame.
    pub still_suspected: usize,
    /// How many extensions take part.
    pub total: usize,
    /// The extensions that the current trial turns off.
    pub off_now: Vec<ExtensionId>,
    /// The purpose of the current trial. `None` when finished.
    pub aim: Option<Aim>,
}
