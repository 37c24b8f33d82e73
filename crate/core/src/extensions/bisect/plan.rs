//! Derives the next step from the answers alone.

use std::cmp::Reverse;

use super::answer::{Answer, Answers};
use super::hitting::hitting_sets;
use super::rhythm;
use super::set::Set;
use super::split::split;
use super::{Aim, TrialAnswer};

/// With more outvoted answers than this, the page is unreliable.
const MOST_STRAYS: u32 = 4;
/// An answer with this lead is not tried again.
const SURE: u32 = 2;
/// The same where it says that extensions block only together, which is rarer than two wrong answers.
const SURE_OF_PAIR: u32 = 3;
/// How many answers have to support each set where there are several. Chosen by simulation, like the others: with 5 % wrong
/// answers, 2 in 1000 searches name an innocent one (`scripts/xtask/src/culprit.rs`).
const SURE_OF_SETS: u32 = 4;
/// With more sets, or more members in one set, no explanation would help the user.
const MOST_SETS: usize = 4;
const MOST_MEMBERS: usize = 4;
/// The trials that confirm a single culprit: `BackOn` and `Off`.
const CONFIRMATIONS: u32 = 2;

/// The next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Try this configuration.
    Try {
        on: Set,
        aim: Aim,
        /// The extensions that can be to blame.
        suspects: Set,
        /// An estimate of the remaining trials, including this one.
        left: u32,
    },
    /// Blocked even with all candidates off.
    Innocent,
    /// Found and confirmed.
    Culprits { sets: Vec<Set>, keep_off: Set },
    /// Open even with all candidates on.
    AllOpen,
    /// The answers contradict each other.
    Flaky,
    /// Too many culprits, or too many that only block together.
    TooMany,
}

/// The facts on which the next step is based.
pub(super) struct Known<'a, W> {
    pub(super) answers: &'a Answers,
    /// All answers, in the order in which they were given.
    pub(super) order: &'a [TrialAnswer],
    /// All candidates that take part.
    pub(super) all: &'a Set,
    /// What is on now.
    pub(super) present: &'a Set,
    /// How suspicious each candidate is.
    pub(super) weight: W,
}

impl<W: Fn(usize) -> u64> Known<'_, W> {
    /// Every trial either tests something that does not follow from the answers, or repeats an answer that is not yet sure. So
    /// the search always ends.
    pub(super) fn plan(&self) -> Plan {
        if self.answers.strays() > MOST_STRAYS {
            return Plan::Flaky;
        }
        if let Some((blocked, open)) = self.answers.contradiction() {
            return match (blocked.lead(), open.lead()) {
                (blocked, open) if blocked.min(open) >= SURE => Plan::Flaky,
                (first, second) if first <= second => self.again(blocked),
                _ => self.again(open),
            };
        }
        match (self.answers.of(&Set::default()), self.answers.of(self.all)) {
            // Most pages are blocked whatever is on, and a single wrong answer would end the search.
            (Some(TrialAnswer::Blocked), _) if self.answers.lead(&Set::default()) < SURE && !self.all.is_empty() => {
                self.control(Set::default())
            }
            (Some(TrialAnswer::Blocked), _) => Plan::Innocent,
            (None, _) => self.control(Set::default()),
            (_, Some(TrialAnswer::Open)) => Plan::AllOpen,
            (_, None) => self.control(self.all.clone()),
            (Some(TrialAnswer::Open), Some(TrialAnswer::Blocked)) => self.search(),
        }
    }

    /// Some set blocks. Is there a blocked configuration that the sets found do not explain?
    fn search(&self) -> Plan {
        let found = self.answers.culprits();
        let Some(mut ways) = hitting_sets(&found).filter(|_| found.len() <= MOST_SETS) else { return Plan::TooMany };
        // The way that will be proposed is tried last. Then the page is open, and the extensions are in their final state.
        ways.sort_by_key(|way| (Reverse(way.len()), self.weight_of(way)));
        let rest = |way: &Set| self.all.minus(way);

        if let Some(way) = ways.iter().find(|way| self.answers.of(&rest(way)) == Some(TrialAnswer::Blocked)) {
            return self.doubt(&found).map_or_else(|| self.narrow(&rest(way)), |answer| self.again(answer));
        }
        let open: Vec<&Set> = ways.iter().filter(|way| self.answers.of(&rest(way)).is_none()).collect();
        if let Some(way) = open.first() {
            let left = u32::try_from(open.len()).unwrap_or(u32::MAX);
            return Plan::Try { on: rest(way), aim: Aim::Off, suspects: (*way).clone(), left };
        }
        if let Some(answer) = self.doubt(&found) {
            let confirms = ways.iter().any(|way| rest(way) == answer.on);
            let aim = if confirms { Aim::Off } else { Aim::Again };
            return Plan::Try { on: answer.on.clone(), aim, suspects: self.all.minus(&answer.on), left: 1 };
        }
        let confirmation = self
            .of_few_answers(&found)
            .or_else(|| self.after_strays(&found, &ways))
            .or_else(|| self.against_time(ways.last().unwrap_or(&Set::default())));
        confirmation.unwrap_or_else(|| Plan::Culprits {
            sets: found.into_iter().cloned().collect(),
            keep_off: ways.pop().unwrap_or_default(),
        })
    }

    /// Confirms a set that too few answers support.
    fn of_few_answers(&self, found: &[&Set]) -> Option<Plan> {
        let sure = |set: &Set| match (found.len(), set.len()) {
            (1, 1) => SURE,
            (1, _) => SURE_OF_PAIR,
            _ => SURE_OF_SETS,
        };
        let &set = found.iter().find(|set| self.answers.blocked_by(set, found) < sure(set))?;
        Some(Plan::Try { on: set.clone(), aim: Aim::BackOn, suspects: set.clone(), left: 1 })
    }

    /// If answers were wrong before, time may decide and not the extensions. So each confirmation is repeated, in turns: the more
    /// wrong answers there were, the more often.
    fn after_strays(&self, found: &[&Set], ways: &[Set]) -> Option<Plan> {
        let strays = Some(self.answers.strays()).filter(|strays| *strays > 0)?;
        let back_on = found.iter().map(|&set| (set.clone(), Aim::BackOn));
        let off = ways.iter().map(|way| (self.all.minus(way), Aim::Off));
        let unsure = back_on.chain(off).filter(|(on, _)| self.answers.lead(on) < SURE.saturating_add(strays));
        let (on, aim) = unsure.min_by_key(|(on, _)| self.answers.lead(on))?;
        Some(Plan::Try { suspects: self.all.clone(), left: CONFIRMATIONS, on, aim })
    }

    /// If a block that comes and goes would give the same answers, the next trial is one to which it would answer differently from
    /// the culprits. The last trial leaves the page open.
    fn against_time(&self, keep_off: &Set) -> Option<Plan> {
        let (on, aim) = match (rhythm::predicted(self.order), self.order.last()) {
            (Some(TrialAnswer::Open), _) => (self.all.clone(), Aim::Again),
            (Some(TrialAnswer::Blocked), _) | (None, Some(TrialAnswer::Blocked)) => (self.all.minus(keep_off), Aim::Off),
            (None, _) => return None,
        };
        Some(Plan::Try { on, aim, suspects: keep_off.clone(), left: 1 })
    }

    /// There is a set within `blocked` that is not found yet. This goes one step closer to it.
    fn narrow(&self, blocked: &Set) -> Plan {
        let within = self.answers.blocked().filter(|answer| answer.on.is_subset(blocked));
        let Some(upper) = within.min_by_key(|answer| (answer.on.len(), self.weight_of(&answer.on))) else {
            return Plan::Flaky;
        };
        let needed = self.answers.needed(&upper.on);
        if needed.len() > MOST_MEMBERS {
            return Plan::TooMany;
        }
        if self.answers.of(&needed).is_none() {
            return Plan::Try { on: needed.clone(), aim: Aim::BackOn, suspects: needed, left: CONFIRMATIONS };
        }
        // The needed members alone do not block, which is rare. Is that answer sure, and is the larger configuration really
        // blocked?
        if let Some(surprise) = self.answers.newer(&needed, upper).filter(|_| !needed.is_empty())
            && let Some(unsure) = [surprise, upper].into_iter().find(|answer| answer.lead() < SURE_OF_PAIR)
        {
            return self.again(unsure);
        }
        let lowers = self.answers.open().map(|open| open.on.intersection(&upper.on));
        let lowers = lowers.filter(|open| needed.is_subset(open));
        let Some(lower) = lowers.min_by_key(|open| self.weight_of(&upper.on.minus(open))) else { return Plan::Flaky };

        let suspects = upper.on.minus(&lower);
        let split = split(&suspects, &self.weight);
        let heavy_on = lower.union(&split.heavy);
        let heavy_off = upper.on.minus(&split.heavy);
        let nearer = self.present.distance(&heavy_on) <= self.present.distance(&heavy_off);
        Plan::Try {
            on: if nearer { heavy_on } else { heavy_off },
            aim: Aim::Narrow,
            suspects: suspects.union(&needed),
            left: split.questions.saturating_add(CONFIRMATIONS),
        }
    }

    /// An open answer that a lot depends on and that nothing else supports: it says that a set does not block without some
    /// member.
    fn doubt(&self, found: &[&Set]) -> Option<&Answer> {
        // For a single culprit, that answer is the control, or it says more than the control.
        let sets = found.iter().filter(|set| set.len() > 1 || found.len() > 1);
        let mut rests = sets.flat_map(|set| set.iter().map(|place| set.without(place)));
        rests.find_map(|rest| self.answers.unsure_open(&rest, SURE_OF_PAIR))
    }

    fn control(&self, on: Set) -> Plan {
        let left = split(self.all, &self.weight).questions.saturating_add(1 + CONFIRMATIONS);
        Plan::Try { on, aim: Aim::Control, suspects: self.all.clone(), left }
    }

    fn again(&self, answer: &Answer) -> Plan {
        Plan::Try { on: answer.on.clone(), aim: Aim::Again, suspects: self.all.clone(), left: 1 + CONFIRMATIONS }
    }

    fn weight_of(&self, set: &Set) -> u64 {
        set.iter().map(&self.weight).sum()
    }
}
