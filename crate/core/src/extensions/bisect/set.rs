//! A set of candidates, by index. It is a bit set, because a search compares many of them.

/// Has no zero words at the end, so that equal sets compare as equal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    words: Vec<u32>,
}

impl Set {
    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    pub(super) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub(super) fn contains(&self, place: usize) -> bool {
        self.words.get(place / 32).is_some_and(|word| word >> (place % 32) & 1 == 1)
    }

    pub(super) fn is_subset(&self, other: &Self) -> bool {
        let word = |at: usize| other.words.get(at).copied().unwrap_or(0);
        self.words.iter().enumerate().all(|(at, &own)| own & !word(at) == 0)
    }

    /// The one member that is not in `other`. `None` if there is no such member, or more than one.
    pub(super) fn only_beyond(&self, other: &Self) -> Option<usize> {
        let mut found = None;
        for (at, &own) in self.words.iter().enumerate() {
            let word = own & !other.words.get(at).copied().unwrap_or(0);
            if word != 0 {
                if found.is_some() || !word.is_power_of_two() {
                    return None;
                }
                found = Some(at * 32 + word.trailing_zeros() as usize);
            }
        }
        found
    }

    pub(super) fn union(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a | b)
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a & !b)
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        self.combine(other, |a, b| a & b)
    }

    /// How many switches lead from one set to the other.
    pub(super) fn distance(&self, other: &Self) -> usize {
        self.combine(other, |a, b| a ^ b).len()
    }

    pub(super) fn with(&self, place: usize) -> Self {
        self.union(&[place].into_iter().collect())
    }

    pub(super) fn without(&self, place: usize) -> Self {
        self.minus(&[place].into_iter().collect())
    }

    /// The members in ascending order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.words.len().saturating_mul(32)).filter(|&place| self.contains(place))
    }

    fn combine(&self, other: &Self, operation: impl Fn(u32, u32) -> u32) -> Self {
        let word = |set: &Self, at: usize| set.words.get(at).copied().unwrap_or(0);
        let length = self.words.len().max(other.words.len());
        let mut words: Vec<u32> = (0..length).map(|at| operation(word(self, at), word(other, at))).collect();
        while words.last() == Some(&0) {
            words.pop();
        }
        Self { words }
    }
}

impl FromIterator<usize> for Set {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        let mut words: Vec<u32> = Vec::new();
        for place in places {
            if words.len() <= place / 32 {
                words.resize(place / 32 + 1, 0);
            }
            if let Some(word) = words.get_mut(place / 32) {
                *word |= 1 << (place % 32);
            }
        }
        Self { words }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(places: &[usize]) -> Set {
        places.iter().copied().collect()
    }

    #[test]
    fn equal_sets_compare_as_equal() {
        assert_eq!(set(&[1, 70]).without(70), set(&[1]));
        assert_eq!(set(&[70]).minus(&set(&[70])), Set::default());
        assert_eq!(set(&[40]).with(3), set(&[3, 40]));
    }

    #[test]
    fn a_subset_is_found_across_words() {
        assert!(set(&[1]).is_subset(&set(&[1, 99])));
        assert!(!set(&[1, 99]).is_subset(&set(&[1])));
        assert!(Set::default().is_subset(&Set::default()));
    }

    #[test]
    fn only_a_single_extra_member_is_returned() {
        assert_eq!(set(&[1, 40]).only_beyond(&set(&[1, 2])), Some(40));
        assert_eq!(set(&[1, 40]).only_beyond(&set(&[2])), None, "two, in two words");
        assert_eq!(set(&[1, 3]).only_beyond(&set(&[])), None, "two, in one word");
        assert_eq!(set(&[1]).only_beyond(&set(&[1])), None);
    }

    #[test]
    fn members_are_sorted_and_counted() {
        let some = set(&[64, 0, 31, 32]);
        assert_eq!(some.iter().collect::<Vec<_>>(), [0, 31, 32, 64]);
        assert_eq!(some.len(), 4);
        assert_eq!(some.distance(&set(&[0, 5])), 4);
    }
}
