//! The bound that no search strategy can beat: the least checks and switches that it takes to find one culprit, if the weights
//! are right and all suspects are switched off first. This is not an estimate: it tries every way to split the suspects, at
//! every step.
//!
//! All are off first, because nothing else clears the innocent ones in one check. Then each check switches some of the
//! suspects. An extension that is no longer a suspect stays as it is, because switching it costs time and reveals nothing.
//!
//! ```text
//!  suspects off: switch A on ── blocked ──▶ A, on       suspects on: switch A off ── open ──▶ A, off
//!                          └── open ──▶ the rest, off                          └── blocked ──▶ the rest, on
//! ```

use std::collections::HashMap;

/// How many suspects of each weight there are.
type Suspects = [u8; 4];

/// Means over all culprits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bound {
    pub(crate) checks: f64,
    pub(crate) switches: f64,
}

/// The minimum of `checks + price * switches` until one suspect is left.
pub(crate) fn least(weights: [u32; 4], counts: Suspects, price: f64) -> Bound {
    let mut search = Ways { weights: weights.map(f64::from), price, known: HashMap::new() };
    let mass = search.mass(counts);
    let best = search.best(counts, false);
    let all: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    Bound { checks: 1.0 + best.checks / mass, switches: all + best.switches / mass }
}

struct Ways {
    weights: [f64; 4],
    price: f64,
    known: HashMap<(Suspects, bool), Bound>,
}

impl Ways {
    fn mass(&self, suspects: Suspects) -> f64 {
        suspects.iter().zip(self.weights).map(|(&count, weight)| f64::from(count) * weight).sum()
    }

    /// Not divided by the total weight, so that the parts can be added.
    fn best(&mut self, suspects: Suspects, on: bool) -> Bound {
        if suspects.iter().sum::<u8>() < 2 {
            return Bound::default();
        }
        if let Some(known) = self.known.get(&(suspects, on)) {
            return *known;
        }
        let mass = self.mass(suspects);
        let mut best: Option<Bound> = None;
        for part in parts(suspects) {
            let rest = without(suspects, part);
            let moved = f64::from(part.iter().sum::<u8>());
            let (first, second) = (self.best(part, !on), self.best(rest, on));
            let checks = mass + first.checks + second.checks;
            let switches = mass * moved + first.switches + second.switches;
            if best.is_none_or(|best| checks + self.price * switches < best.checks + self.price * best.switches - 1e-9) {
                best = Some(Bound { checks, switches });
            }
        }
        let best = best.unwrap_or_default();
        self.known.insert((suspects, on), best);
        best
    }
}

fn without([a, b, c, d]: Suspects, [less_a, less_b, less_c, less_d]: Suspects) -> Suspects {
    [a - less_a, b - less_b, c - less_c, d - less_d]
}

/// Every part that is neither empty nor the whole.
fn parts(suspects: Suspects) -> Vec<Suspects> {
    let [a, b, c, d] = suspects;
    let each = (0..=a).flat_map(|a| (0..=b).flat_map(move |b| (0..=c).flat_map(move |c| (0..=d).map(move |d| [a, b, c, d]))));
    each.filter(|part| *part != suspects && part.iter().any(|&count| count > 0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_take_as_many_checks_as_halving() {
        let bound = least([1; 4], [8, 0, 0, 0], 0.0);
        assert!((bound.checks - 4.0).abs() < 1e-9, "the control and three halvings: {bound:?}");
    }

    #[test]
    fn two_suspects_take_one_check_and_one_switch() {
        let bound = least([1; 4], [2, 0, 0, 0], 1.0);
        assert!((bound.checks - 2.0).abs() < 1e-9 && (bound.switches - 3.0).abs() < 1e-9, "{bound:?}");
    }

    #[test]
    fn a_price_on_switches_trades_checks_for_them() {
        let [cheap, dear] = [0.001, 1.0].map(|price| least([80, 30, 10, 1], [1, 2, 3, 2], price));
        assert!(cheap.checks < dear.checks && cheap.switches > dear.switches, "{cheap:?} {dear:?}");
    }
}
