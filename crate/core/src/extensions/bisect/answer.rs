//! The answers so far, and what they imply for configurations that were never tried.

use super::record::RecordedAnswer;
use super::set::Set;
use super::{Left, TrialAnswer};

/// All answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answers {
    all: Vec<Answer>,
}

/// The answers for one configuration: exactly these extensions were on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) on: Set,
    blocked: u8,
    open: u8,
}

impl Answer {
    /// The majority of the answers. `None` for a tie: then it counts as never tried.
    pub(super) fn majority(&self) -> Option<TrialAnswer> {
        match self.blocked.cmp(&self.open) {
            std::cmp::Ordering::Less => Some(TrialAnswer::Open),
            std::cmp::Ordering::Equal => None,
            std::cmp::Ordering::Greater => Some(TrialAnswer::Blocked),
        }
    }

    /// How many more answers support the majority than contradict it.
    pub(super) fn lead(&self) -> u32 {
        u32::from(self.blocked.abs_diff(self.open))
    }

    fn count(&self) -> u8 {
        self.blocked.saturating_add(self.open)
    }
}

impl Answers {
    pub(super) fn add(&mut self, on: Set, answer: TrialAnswer) {
        let (blocked, open) = if answer == TrialAnswer::Blocked { (1, 0) } else { (0, 1) };
        self.merge(Answer { on, blocked, open });
    }

    pub(super) fn record(&self) -> Vec<RecordedAnswer> {
        let one = |answer: &Answer| RecordedAnswer {
            on: answer.on.iter().filter_map(|place| u32::try_from(place).ok()).collect(),
            blocked: answer.blocked,
            open: answer.open,
        };
        self.all.iter().map(one).collect()
    }

    /// Reads recorded answers. Answers about members outside `0..count` are dropped.
    pub(super) fn recall(answers: Vec<RecordedAnswer>, count: usize) -> Self {
        let mut known = Self::default();
        for RecordedAnswer { on, blocked, open } in answers {
            let places: Option<Vec<usize>> =
                on.into_iter().map(|place| usize::try_from(place).ok().filter(|place| *place < count)).collect();
            if let Some(places) = places {
                known.merge(Answer { on: places.into_iter().collect(), blocked, open });
            }
        }
        known
    }

    /// What is known about a configuration, even if it was never tried.
    pub(super) fn of(&self, on: &Set) -> Option<TrialAnswer> {
        if self.blocked().any(|blocked| blocked.on.is_subset(on)) {
            Some(TrialAnswer::Blocked)
        } else if self.open().any(|open| on.is_subset(&open.on)) {
            Some(TrialAnswer::Open)
        } else {
            None
        }
    }

    pub(super) fn blocked(&self) -> impl Iterator<Item = &Answer> {
        self.all.iter().filter(|answer| answer.majority() == Some(TrialAnswer::Blocked))
    }

    pub(super) fn open(&self) -> impl Iterator<Item = &Answer> {
        self.all.iter().filter(|answer| answer.majority() == Some(TrialAnswer::Open))
    }

    /// The lead of the answers to exactly this configuration.
    pub(super) fn lead(&self, on: &Set) -> u32 {
        self.all.iter().find(|answer| answer.on == *on).map_or(0, Answer::lead)
    }

    /// The members without which `blocked` would be open. Each of them belongs to every blocking set within `blocked`.
    pub(super) fn needed(&self, blocked: &Set) -> Set {
        self.open().filter_map(|open| blocked.only_beyond(&open.on)).collect()
    }

    /// If fewer than `sure` answers say that `on` is open: the best supported of them.
    pub(super) fn unsure_open(&self, on: &Set, sure: u32) -> Option<&Answer> {
        let saying = || self.open().filter(|open| on.is_subset(&open.on));
        let unsure = saying().map(Answer::lead).sum::<u32>() < sure;
        saying().max_by_key(|open| open.lead()).filter(|_| unsure)
    }

    /// The number of blocked answers that `set` explains and that no other set in `found` explains.
    pub(super) fn blocked_by(&self, set: &Set, found: &[&Set]) -> u32 {
        let others = || found.iter().filter(|other| **other != set);
        let explained = self.blocked().filter(|blocked| set.is_subset(&blocked.on));
        explained.filter(|blocked| !others().any(|other| other.is_subset(&blocked.on))).map(Answer::lead).sum()
    }

    /// The answer for exactly `on`, if that configuration was first tried after `other`.
    pub(super) fn newer(&self, on: &Set, other: &Answer) -> Option<&Answer> {
        self.all.iter().skip_while(|answer| *answer != other).find(|answer| answer.on == *on)
    }

    /// The sets found: each one blocks, and it would not block without any of its members.
    pub(super) fn culprits(&self) -> Vec<&Set> {
        self.blocked().map(|answer| &answer.on).filter(|on| self.needed(on) == **on).collect()
    }

    /// A blocked configuration within an open one, which is impossible.
    pub(super) fn contradiction(&self) -> Option<(&Answer, &Answer)> {
        self.blocked().find_map(|blocked| {
            let open = self.open().find(|open| blocked.on.is_subset(&open.on))?;
            Some((blocked, open))
        })
    }

    /// How many answers were outvoted.
    pub(super) fn strays(&self) -> u32 {
        self.all.iter().map(|answer| u32::from(answer.blocked.min(answer.open))).sum()
    }

    /// From now on, `place` is always off or always on. Keeps the answers that are still valid under this condition.
    pub(super) fn fix(&mut self, place: usize, left: Left) {
        for mut answer in std::mem::take(&mut self.all) {
            let on = answer.on.contains(place);
            match (left, on) {
                // Fewer extensions are on than in the answer, so only an open answer stays valid.
                (Left::Off, true) => answer.blocked = 0,
                // More extensions are on than in the answer, so only a blocked answer stays valid.
                (Left::On, false) => answer.open = 0,
                _ => {}
            }
            answer.on = answer.on.without(place);
            if answer.count() > 0 {
                self.merge(answer);
            }
        }
    }

    fn merge(&mut self, answer: Answer) {
        if let Some(known) = self.all.iter_mut().find(|known| known.on == answer.on) {
            known.blocked = known.blocked.saturating_add(answer.blocked);
            known.open = known.open.saturating_add(answer.open);
        } else {
            self.all.push(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(places: &[usize]) -> Set {
        places.iter().copied().collect()
    }

    fn answers(blocked: &[&[usize]], open: &[&[usize]]) -> Answers {
        let mut answers = Answers::default();
        for on in blocked {
            answers.add(set(on), TrialAnswer::Blocked);
        }
        for on in open {
            answers.add(set(on), TrialAnswer::Open);
        }
        answers
    }

    #[test]
    fn an_answer_applies_to_supersets_and_subsets() {
        let answers = answers(&[&[1, 2]], &[&[3, 4]]);
        assert_eq!(answers.of(&set(&[0, 1, 2])), Some(TrialAnswer::Blocked));
        assert_eq!(answers.of(&set(&[4])), Some(TrialAnswer::Open));
        assert_eq!(answers.of(&set(&[1])), None);
    }

    #[test]
    fn a_set_is_found_when_every_member_is_needed() {
        assert_eq!(answers(&[&[1, 2]], &[&[1]]).culprits(), Vec::<&Set>::new());
        assert_eq!(answers(&[&[1, 2]], &[&[1], &[2, 3]]).culprits(), [&set(&[1, 2])]);
        assert_eq!(answers(&[&[1]], &[]).culprits(), Vec::<&Set>::new(), "not before the control");
        assert_eq!(answers(&[&[1]], &[&[]]).culprits(), [&set(&[1])]);
    }

    #[test]
    fn the_majority_counts_and_the_others_are_strays() {
        let mut answers = answers(&[&[1]], &[&[1]]);
        assert_eq!(answers.of(&set(&[1])), None, "as if it had not been asked");
        answers.add(set(&[1]), TrialAnswer::Open);
        assert_eq!(answers.of(&set(&[1])), Some(TrialAnswer::Open));
        assert_eq!(answers.strays(), 1);
    }

    #[test]
    fn a_blocked_subset_of_an_open_set_is_a_contradiction() {
        assert!(answers(&[&[1]], &[&[1, 2]]).contradiction().is_some());
        assert!(answers(&[&[1, 2]], &[&[1]]).contradiction().is_none());
    }

    #[test]
    fn fixing_a_member_off_keeps_only_the_valid_answers() {
        let mut known = answers(&[&[1, 2], &[3]], &[&[2, 4], &[5]]);
        known.fix(2, Left::Off);
        assert_eq!(known, answers(&[&[3]], &[&[4], &[5]]));
    }

    #[test]
    fn fixing_a_member_on_keeps_only_the_valid_answers() {
        let mut known = answers(&[&[1, 2], &[3]], &[&[2, 4], &[5]]);
        known.fix(2, Left::On);
        assert_eq!(known, answers(&[&[1], &[3]], &[&[4]]));
    }
}
