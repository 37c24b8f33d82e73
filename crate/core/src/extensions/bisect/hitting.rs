//! The ways to turn off at least one extension of each set found.

use super::set::Set;

/// With more ways than this, no one would wait for the reloads.
const MOST: usize = 16;

/// All minimal ways: without any one of its members, a way would leave some set complete. `None` if there are too many.
pub(super) fn hitting_sets(sets: &[&Set]) -> Option<Vec<Set>> {
    let mut ways = vec![Set::default()];
    for set in sets {
        let (mut longer, short): (Vec<Set>, Vec<Set>) = ways.into_iter().partition(|way| !way.intersection(set).is_empty());
        let extended = short.iter().flat_map(|way| set.iter().map(|place| way.with(place)));
        let fresh: Vec<Set> = extended.filter(|way| !longer.iter().any(|known| known.is_subset(way))).collect();
        longer.extend(fresh);
        ways = longer;
        if ways.len() > MOST {
            return None;
        }
    }
    Some(ways)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sets: &[&[usize]], expected: &[&[usize]]) {
        let set = |places: &[usize]| places.iter().copied().collect::<Set>();
        let sets: Vec<Set> = sets.iter().map(|places| set(places)).collect();
        let expected: Vec<Set> = expected.iter().map(|places| set(places)).collect();
        assert_eq!(hitting_sets(&sets.iter().collect::<Vec<_>>()), Some(expected));
    }

    #[test]
    fn one_member_of_each_set_is_off() {
        check(&[], &[&[]]);
        check(&[&[1]], &[&[1]]);
        check(&[&[1, 2]], &[&[1], &[2]]);
        check(&[&[1], &[2], &[3]], &[&[1, 2, 3]]);
        check(&[&[1, 2], &[3, 4]], &[&[1, 3], &[1, 4], &[2, 3], &[2, 4]]);
    }

    #[test]
    fn a_shared_member_is_enough_for_both_sets() {
        check(&[&[1, 2], &[1, 3]], &[&[1], &[2, 3]]);
    }

    #[test]
    fn too_many_ways_give_none() {
        let sets: Vec<Set> = (0..5).map(|at| [2 * at, 2 * at + 1].into_iter().collect()).collect();
        assert_eq!(hitting_sets(&sets.iter().collect::<Vec<_>>()), None);
    }
}
