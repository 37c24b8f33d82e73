//! The next step, from nothing but what was answered.

use std::cmp::Reverse;

use super::Aim;
use super::answer::{Answer, Answers, Verdict};
use super::hitting::hitting_sets;
use super::set::Set;
use super::split::split;

/// More outvoted answers than this, and the page is not to be relied on.
const MOST_STRAYS: u32 = 2;
/// What this many answers say is not asked for again.
const SURE: u32 = 2;
/// More sets, or more members in one, and it is no longer a matter of extensions that anybody could be told about.
const MOST_SETS: usize = 4;
const MOST_MEMBERS: usize = 4;
/// The trials that confirm a single culprit: back on, and off.
const CONFIRMATIONS: u32 = 2;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    /// Try this configuration.
    Try {
        on: Set,
        aim: Aim,
        /// Who may be to blame.
        suspects: Set,
        /// Trials that are still to come, this one included: a guess.
        left: u32,
    },
    /// Blocked without them all.
    Innocent,
    /// Found and confirmed.
    Culprits { sets: Vec<Set>, keep_off: Set },
    /// Open with them all.
    AllOpen,
    /// Answers that do not fit together.
    Flaky,
    /// Too many culprits, or too many that only block together.
    TooMany,
}

/// What is known when a step is to be chosen.
pub(super) struct Known<'a, W> {
    pub(super) answers: &'a Answers,
    /// Everyone who takes part.
    pub(super) all: &'a Set,
    /// What is on now.
    pub(super) present: &'a Set,
    /// How suspicious each is.
    pub(super) weight: W,
}

impl<W: Fn(usize) -> u64> Known<'_, W> {
    /// Every plan to try something asks for what does not follow from the answers, or for one of them again, and that
    /// only until it is sure: so there is an end.
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
            (Some(Verdict::Blocked), _) => Plan::Innocent,
            (None, _) => self.control(Set::default()),
            (_, Some(Verdict::Open)) => Plan::AllOpen,
            (_, None) => self.control(self.all.clone()),
            (Some(Verdict::Open), Some(Verdict::Blocked)) => self.search(),
        }
    }

    /// Some set blocks. Is there one that the sets found do not explain?
    fn search(&self) -> Plan {
        let found = self.answers.culprits();
        let Some(mut ways) = hitting_sets(&found).filter(|_| found.len() <= MOST_SETS) else { return Plan::TooMany };
        // The way that will be proposed is tried last: then the page is open, and as it will be left.
        ways.sort_by_key(|way| (Reverse(way.len()), self.measure_cookies(way)));
        let rest = |way: &Set| self.all.minus(way);

        if let Some(way) = ways.iter().find(|way| self.answers.of(&rest(way)) == Some(Verdict::Blocked)) {
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
        if let Some(&set) = found.iter().find(|set| self.answers.blocked_by(set, &found) < SURE) {
            return Plan::Try { on: set.clone(), aim: Aim::BackOn, suspects: set.clone(), left: 1 };
        }
        // A page that was wrong before has to confirm twice.
        if self.answers.strays() > 0 {
            let back_on = found.iter().map(|&set| (set.clone(), Aim::BackOn));
            let off = ways.iter().map(|way| (rest(way), Aim::Off));
            if let Some((on, aim)) = back_on.chain(off).find(|(on, _)| self.answers.lead(on) < SURE) {
                return Plan::Try { suspects: self.all.clone(), left: CONFIRMATIONS, on, aim };
            }
        }
        let keep_off = ways.pop().unwrap_or_default();
        Plan::Culprits { sets: found.into_iter().cloned().collect(), keep_off }
    }

    /// There is a set within `blocked` that is not found yet: one step nearer to it.
    fn narrow(&self, blocked: &Set) -> Plan {
        let within = self.answers.blocked().filter(|answer| answer.on.is_subset(blocked));
        let Some(upper) = within.min_by_key(|answer| (answer.on.len(), self.measure_cookies(&answer.on))) else {
            return Plan::Flaky;
        };
        let needed = self.answers.needed(&upper.on);
        if needed.len() > MOST_MEMBERS {
            return Plan::TooMany;
        }
        if self.answers.of(&needed).is_none() {
            return Plan::Try { on: needed.clone(), aim: Aim::BackOn, suspects: needed, left: CONFIRMATIONS };
        }
        // These alone do not do, which is rare: is that so, and is the set they were found in really blocked?
        if let Some(surprise) = self.answers.newer(&needed, upper).filter(|_| !needed.is_empty())
            && let Some(unsure) = [surprise, upper].into_iter().find(|answer| answer.lead() < SURE)
        {
            return self.again(unsure);
        }
        let lowers = self.answers.open().map(|open| open.on.intersection(&upper.on));
        let lowers = lowers.filter(|open| needed.is_subset(open));
        let Some(lower) = lowers.min_by_key(|open| self.measure_cookies(&upper.on.minus(open))) else { return Plan::Flaky };

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

    /// An answer that much rests on and that nothing else supports: that some member of a set can not be spared.
    fn doubt(&self, found: &[&Set]) -> Option<&Answer> {
        // For a single one alone that answer is the control, or says more than the control.
        let sets = found.iter().filter(|set| set.len() > 1 || found.len() > 1);
        let mut rests = sets.flat_map(|set| set.iter().map(|place| set.without(place)));
        rests.find_map(|rest| self.answers.unsure_open(&rest, SURE))
    }

    fn control(&self, on: Set) -> Plan {
        let left = split(self.all, &self.weight).questions.saturating_add(1 + CONFIRMATIONS);
        Plan::Try { on, aim: Aim::Control, suspects: self.all.clone(), left }
    }

    fn again(&self, answer: &Answer) -> Plan {
        Plan::Try { on: answer.on.clone(), aim: Aim::Again, suspects: self.all.clone(), left: 1 + CONFIRMATIONS }
    }

    fn measure_cookies(&self, set: &Set) -> u64 {
        set.iter().map(&self.weight).sum()
    }
}
