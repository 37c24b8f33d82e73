//! Decides where to cut the suspects, so that the expected number of trials is minimal.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::set::Set;

/// How to find one suspect among several with weights.
pub(super) struct Split {
    /// The side with few, heavy suspects. With two or more suspects, it is neither empty nor complete.
    pub(super) heavy: Set,
    /// The average number of trials until one is left, rounded up.
    pub(super) questions: u32,
}

/// Cuts `suspects` like a Huffman code, which no other strategy beats. Among equally good codes, it uses the one that puts the
/// heaviest suspects together, because this takes few switches.
pub(super) fn split(suspects: &Set, weight: impl Fn(usize) -> u64) -> Split {
    let mut code = code(suspects, &weight);
    code.sort_by_key(|leaf| (leaf.length, Reverse(leaf.weight), leaf.place));

    // The lengths ascend, so some number of leaves from the start sums to exactly one half (Kraft).
    let (mut heavy, mut share) = (Vec::new(), 0_u64);
    for leaf in &code {
        if share >= HALF {
            break;
        }
        share = share.saturating_add((HALF << 1) >> leaf.length.min(63));
        heavy.push(leaf.place);
    }
    let total: u64 = code.iter().map(|leaf| leaf.weight).sum();
    let sum: u64 = code.iter().map(|leaf| leaf.weight.saturating_mul(u64::from(leaf.length))).sum();
    let questions = u32::try_from(sum.div_ceil(total.max(1))).unwrap_or(u32::MAX);
    Split { heavy: heavy.into_iter().collect(), questions }
}

const HALF: u64 = 1 << 61;

struct Leaf {
    place: usize,
    weight: u64,
    length: u32,
}

/// Each suspect, with the number of trials that lead to it.
fn code(suspects: &Set, weight: &impl Fn(usize) -> u64) -> Vec<Leaf> {
    let mut leaves: Vec<Leaf> = suspects.iter().map(|place| Leaf { place, weight: weight(place), length: 0 }).collect();
    // For equal weights, the older tree comes first. This keeps the longest path short.
    let mut trees: BinaryHeap<_> = leaves.iter().enumerate().map(|(at, leaf)| Reverse((leaf.weight, at, vec![at]))).collect();
    let mut age = leaves.len();
    while trees.len() > 1 {
        let (Some(Reverse((left, _, mut members))), Some(Reverse((right, _, others)))) = (trees.pop(), trees.pop()) else {
            break;
        };
        members.extend(others);
        for &at in &members {
            if let Some(leaf) = leaves.get_mut(at) {
                leaf.length = leaf.length.saturating_add(1);
            }
        }
        trees.push(Reverse((left.saturating_add(right), age, members)));
        age += 1;
    }
    leaves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(weights: &[u64], heavy: &[usize], questions: u32) {
        let split = split(&(0..weights.len()).collect(), |place| weights[place]);
        assert_eq!(split.heavy.iter().collect::<Vec<_>>(), heavy, "{weights:?}");
        assert_eq!(split.questions, questions, "{weights:?}");
    }

    #[test]
    fn equal_weights_are_halved() {
        check(&[1, 1], &[0], 1);
        check(&[1, 1, 1, 1], &[0, 1], 2);
    }

    #[test]
    fn a_heavy_suspect_is_tried_alone() {
        check(&[1, 1, 8, 1, 1], &[2], 2);
        check(&[30, 10, 80, 1, 1], &[2], 2);
    }

    #[test]
    fn neither_side_is_ever_empty() {
        for count in 2..200_usize {
            for weight in [|_| 1, |place| 1 + place as u64, |place| 1_u64 << (place % 10)] {
                let heavy = split(&(0..count).collect(), weight).heavy.len();
                assert!(heavy > 0 && heavy <= count.div_ceil(2), "{heavy} of {count}");
            }
        }
    }
}
