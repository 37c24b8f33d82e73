//! Blocks that come and go by themselves, such as rate limits. By chance, one can do so in step with the switches of a search.

use super::TrialAnswer;

/// The longest phase of such a block, in loads. One that stays longer is seen to contradict itself, or stays the same for the
/// whole search.
const LONGEST_PHASE: usize = 8;

/// Blocks that come and go regularly can explain all `answers`, in the order in which they were given. What would most of these
/// blocks show next? `None` if none of them explains the answers.
pub(super) fn predicted(answers: &[TrialAnswer]) -> Option<TrialAnswer> {
    let (mut blocked, mut open) = (0_usize, 0_usize);
    for (blocked_for, open_for) in phases() {
        let period = blocked_for + open_for;
        for begin in 0..period {
            let at = |load: usize| if (begin + load) % period < blocked_for { TrialAnswer::Blocked } else { TrialAnswer::Open };
            if answers.iter().enumerate().all(|(load, answer)| *answer == at(load)) {
                match at(answers.len()) {
                    TrialAnswer::Blocked => blocked += 1,
                    TrialAnswer::Open => open += 1,
                }
            }
        }
    }
    match (blocked, open) {
        (0, 0) => None,
        _ if blocked >= open => Some(TrialAnswer::Blocked),
        _ => Some(TrialAnswer::Open),
    }
}

/// How long the page is blocked, and how long it is open after that.
fn phases() -> impl Iterator<Item = (usize, usize)> {
    (1..=LONGEST_PHASE).flat_map(|blocked| (1..=LONGEST_PHASE).map(move |open| (blocked, open)))
}

#[cfg(test)]
mod tests {
    use super::TrialAnswer::{Blocked, Open};
    use super::*;

    #[test]
    fn a_regular_block_is_continued() {
        assert_eq!(predicted(&[Open, Blocked, Open, Blocked, Open, Blocked, Open, Blocked, Open]), Some(Blocked));
        assert_eq!(predicted(&[Open, Open, Blocked, Open, Open, Blocked]), Some(Open));
    }

    #[test]
    fn an_irregular_block_is_not_explained() {
        assert_eq!(predicted(&[Open, Blocked, Open, Open, Blocked, Blocked, Open, Blocked]), None);
    }
}
