//! Which extensions can be switched off so that of each set found at least one is off.

use super::set::Set;

/// More ways than this are more reloads than anybody waits for.
const MOST: usize = 16;

/// Every smallest way: without any one of its members, some set would be whole. `None` when there are too many.
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
    fn one_of_each_set_is_off() {
        check(&[], &[&[]]);
        check(&[&[1]], &[&[1]]);
        check(&[&[1, 2]], &[&[1], &[2]]);
        check(&[&[1], &[2], &[3]], &[&[1, 2, 3]]);
        check(&[&[1, 2], &[3, 4]], &[&[1, 3], &[1, 4], &[2, 3], &[2, 4]]);
    }

    #[test]
    fn one_that_is_in_two_sets_is_enough_for_both() {
        check(&[&[1, 2], &[1, 3]], &[&[1], &[2, 3]]);
    }

    #[test]
    fn too_many_ways_are_none() {
        let sets: Vec<Set> = (0..5).map(|at| [2 * at, 2 * at + 1].into_iter().collect()).collect();
        assert_eq!(hitting_sets(&sets.iter().collect::<Vec<_>>()), None);
    }
}
