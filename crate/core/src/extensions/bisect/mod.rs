//! Finds the extensions to blame, by experiment: which ones to switch off for the next reload, and what its answer means.
//!
//! It switches nothing, reloads nothing and knows no time: candidates with weights go in, a [`Trial`] comes out, the
//! [`Observation`] goes in, until there is a [`Finding`]. The shell carries a trial out, waits between two of them, and
//! gives back to everybody what they had.
//!
//! ```text
//!            all off: blocked
//!  Control ──────────────────▶ Innocent
//!     │ open
//!     ▼       half of the suspects off, until one is left
//!  Narrow ──────────────────────────────────────────────▶ BackOn, it alone (or the set found so far)
//!     ▲ ▲                                                   │ open: it needs another one    │ blocked
//!     │ └───────────────────────────────────────────────────┘                               ▼
//!     │ blocked: there is one more                                             Off, with all others on
//!     └────────────────────────────────────────────────────────────────────────────────────┤ open
//!                                                                                           ▼
//!  any: two answers that exclude each other ──▶ Again ──▶ (as before) or Flaky           Culprits
//!  any: cannot tell, but perhaps a moment later ──▶ the same trial, at most twice more ──▶ Unclear
//!  any: cannot tell for now ──▶ Unclear ── resume (click) ──▶ as before
//! ```
//!
//! # How it thinks
//!
//! One thing is taken for granted: what blocks with some extensions on also blocks with more of them on. So each answer
//! speaks for many configurations: a blocked one for all that contain it, an open one for all within it. All that is kept is
//! those answers, and each step is derived from them alone; there is no other state that could disagree with them.
//!
//! * **Narrowing.** Between a configuration known to be open and a larger one known to be blocked lie the suspects. The
//!   next trial lies between the two and cuts the suspects where the answer tells most (see `split`). It is carried out
//!   from whichever side takes fewer switches: few heavy suspects are switched, many light ones stay as they are.
//! * **More than one.** When one is left between the two, it belongs to every set that blocks there. Alone on, it either
//!   blocks too, or the search goes on for the one it needs.
//! * **The end.** With one extension of each set found switched off and everything else on, the page has to open, whichever one
//!   that is. Then, and only then, there cannot be another set, and only then a name is said: it blocks alone, and without
//!   it nothing blocks. Wherever that trial is blocked, another set is there to be found.
//! * **Flickering answers.** Answers that exclude each other are asked for again, and so is an answer that a surprise
//!   rests on. The majority counts, and after a stray one each confirmation is asked for twice. Too many stray ones, or two that
//!   exclude each other and hold: it is [`Finding::Flaky`]. No single wrong answer after the control leads to a wrong name.
//!
//! # Weights
//!
//! How suspicious each candidate is: see [`Weight`]. They change how soon an answer is found, never which.

mod answer;
mod hitting;
mod plan;
mod record;
mod search;
mod session;
mod set;
mod split;

use serde::{Deserialize, Serialize};

pub use self::record::{Record, RecordedAnswer, RecordedMember};
pub use self::search::{MOST_CHECKS, MOST_REPEATS, Search};
pub use self::session::SearchSession;
use super::suspect::Suspicion;
use crate::base::id::ExtensionId;

/// An extension that may take part: it is on, may be switched, is not ourselves and not pinned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Which.
    pub id: ExtensionId,
    /// How suspicious.
    pub weight: Weight,
}

/// How suspicious a candidate is beside the others: twice the weight, twice as likely. From 1 to [`Weight::MOST`], so that
/// no candidate is so unlikely that finding it takes for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "u32")]
pub struct Weight(u32);

impl Weight {
    /// The heaviest.
    pub const MOST: u32 = 1000;

    /// The nearest weight that is allowed.
    pub fn new(weight: u32) -> Self {
        Self(weight.clamp(1, Self::MOST))
    }

    /// As a number.
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
    /// Rough on purpose: what counts is the order, and that a step is a factor of some three.
    fn from(suspicion: Suspicion) -> Self {
        Self::new(match suspicion {
            Suspicion::Strong => 80,
            Suspicion::Medium => 30,
            Suspicion::Weak => 10,
            // It cannot touch the site as far as we know, and what we know comes from what it declares.
            Suspicion::None => 1,
        })
    }
}

/// How every candidate is to be for the next reload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// These are off.
    pub off: Vec<ExtensionId>,
    /// These are on.
    pub on: Vec<ExtensionId>,
    /// What it is good for.
    pub aim: Aim,
}

/// What a trial is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aim {
    /// All off, or all on: is it about extensions at all?
    Control,
    /// Which half?
    Narrow,
    /// A confirmation: these alone are on. Blocked, if it is them.
    BackOn,
    /// A confirmation: these alone are off. Open, if it was them.
    Off,
    /// An answer is asked for again, since another one speaks against it or much rests on it.
    Again,
}

/// What the page said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Observation {
    /// Refused as before.
    Blocked,
    /// Not refused.
    Open,
    /// Neither can be said.
    CannotTell(Why),
}

/// Why nothing can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The page did not finish in time.
    Timeout,
    /// The tab was closed, or went elsewhere.
    TabGone,
    /// One of Cloudflare's challenges.
    Challenge,
    /// The browser has no connection.
    Offline,
    /// Too many requests.
    RateLimit,
    /// The browser's own error page, or a refusal of another kind.
    ErrorPage,
}

impl Why {
    /// May the same reload say more a moment later? Where it may not, nothing is gained by it and something is lost: a tab
    /// that shows another page, a challenge that would begin again, a site that asked for silence.
    pub fn may_pass(self) -> bool {
        matches!(self, Self::Timeout | Self::ErrorPage)
    }
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Switch, reload, observe.
    Try(Trial),
    /// Put back what is off, save for what the finding says.
    Finished(Finding),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// The page is refused without them all.
    Innocent,
    /// These, proven both ways.
    Culprits {
        /// Each blocks by itself. All there are.
        sets: Vec<Culprit>,
        /// What has to stay off for the page to open, and nothing more: one of each set, the most suspicious. This is what
        /// the last trial left off, unless an earlier one had shown it.
        keep_off: Vec<ExtensionId>,
    },
    /// Stopped without an answer.
    Unclear(Doubt),
    /// It depends: the same extensions, and now this answer, now that.
    Flaky,
}

/// Extensions that block together, and only together. Mostly one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Culprit {
    /// Who, the most suspicious first.
    pub members: Vec<ExtensionId>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// The page could not be judged, [`MOST_REPEATS`] times more.
    CannotTell(Why),
    /// It takes too many reloads ([`MOST_CHECKS`]), or there are more than four sets, or more than four in one.
    TooManyChecks,
    /// None of those that took part to the end; it has to do with one of these, which were taken out on the way.
    LeftOut(Vec<ExtensionId>),
    /// The browser does not say which extensions are on.
    NotListed,
}

/// How a candidate that is taken out stays from now on. On disk: is it on?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum Left {
    /// Switched off by hand, or gone altogether.
    Off,
    /// Switched on by hand, or it cannot be switched.
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

/// Where the search stands, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Reloads that were answered, whatever the answer.
    pub checks_done: u32,
    /// Reloads in all, as far as one can guess. Never less than `checks_done`.
    pub checks_expected: u32,
    /// How many may still be to blame.
    pub still_suspected: usize,
    /// How many take part.
    pub total: usize,
    /// Those that the trial under way wants off.
    pub off_now: Vec<ExtensionId>,
    /// What the trial under way is good for; `None` when finished.
    pub aim: Option<Aim>,
}
