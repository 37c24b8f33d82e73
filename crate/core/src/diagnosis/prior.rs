//! What earlier refusals teach about the next one: the causes that were proven here before shift the odds that the table gives.
//!
//! # The rule
//!
//! The table's prior `p` of a cause is taken for [`TABLE`] = 4 cases of this person's own, of which `4p` had this cause. Each
//! refusal of the same kind by the same site whose cause was *proven* (a reload opened the page after one fix, or the search
//! found the extension) counts as one more: a success for its cause, a failure for every other. So each cause has a Beta
//! distribution, `α = 4p + s` and `β = 4(1 − p) + f`, and its weight is multiplied by how its mean has moved:
//! `(α / (α + β)) / p`.
//!
//! * **Four**, because after four cases of one's own that all agree, they and the table are worth the same.
//! * **Fading**: each case counts 4/5 of the one after it, for computers and sites change. All of the past together never
//!   counts more than five cases.
//! * **Bounded**: never more than [`MOST`] = 4 times up, and never below 4/9, which is what five cases against it come to. So
//!   the past moves the odds between two causes by nine at most.
//! * **Silent where something was seen**: once an answer speaks for a cause [`DECISIVE`] = 10 times or more, the odds are those
//!   of somebody without a past; and a cause that an answer has ruled out ([`RULED_OUT`] = 1/10) counts as if it had
//!   never been proven. What is seen now is never hidden by what was seen before.
//! * **What is not proven does not count**: neither a page that opened by itself or after several fixes, nor a fix in vain.
//! * Without a past, the odds are the table's to the last bit.

use super::cause::Cause;
use super::observation::Observation;

/// Cases that the table's prior is worth.
const TABLE: f64 = 4.0;
/// What each proven cause counts beside the one after it.
const FADING: f64 = 0.8;
/// How many times likelier a cause can become.
const MOST: f64 = 4.0;
/// From this likelihood ratio on, what is observed decides.
const DECISIVE: f64 = 10.0;
/// And below this one it rules out.
const RULED_OUT: f64 = 0.1;

/// The causes that were proven, in figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prior {
    proven: [f64; Cause::ALL.len()],
    last: Option<Cause>,
}

impl FromIterator<Cause> for Prior {
    /// From the oldest to the latest.
    fn from_iter<T: IntoIterator<Item = Cause>>(causes: T) -> Self {
        let mut past = Self::default();
        for cause in causes {
            for (place, count) in past.proven.iter_mut().enumerate() {
                *count = *count * FADING + f64::from(u8::from(place == cause as usize));
            }
            past.last = Some(cause);
        }
        past
    }
}

impl Prior {
    /// By what the weight of `cause` is multiplied, whose prior the table says is `prior`, beside what was `seen`.
    pub fn lift(&self, cause: Cause, prior: f64, seen: &[Observation]) -> f64 {
        let is_decided =
            || seen.iter().any(|observation| Cause::ALL.into_iter().any(|cause| observation.ratio(cause) >= DECISIVE));
        if self.last.is_none() || is_decided() {
            return 1.0;
        }
        let proven = self.proven.get(cause as usize).copied().unwrap_or_default();
        let all: f64 = self.proven.iter().sum();
        if seen.iter().any(|observation| observation.ratio(cause) < RULED_OUT) {
            return TABLE / (TABLE + all);
        }
        ((TABLE * prior + proven) / (TABLE + all) / prior).min(MOST)
    }

    /// What it was the last time.
    pub fn last(&self) -> Option<Cause> {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn past(causes: &[Cause]) -> Prior {
        causes.iter().copied().collect()
    }

    fn causes(most: usize) -> impl Strategy<Value = Vec<Cause>> {
        prop::collection::vec(prop::sample::select(Cause::ALL.to_vec()), 0..=most)
    }

    #[test]
    fn without_a_past_nothing_is_shifted_by_the_least_bit() {
        for cause in Cause::ALL {
            assert_eq!(Prior::default().lift(cause, 0.183, &[]).to_bits(), 1.0_f64.to_bits());
        }
    }

    #[test]
    fn the_figures_are_those_of_the_rule() {
        let near = |left: f64, right: f64| assert!((left - right).abs() < 1e-9, "{left} {right}");
        let once = past(&[Cause::SiteData]);
        near(once.lift(Cause::SiteData, 0.2, &[]), (0.8 + 1.0) / 5.0 / 0.2);
        near(once.lift(Cause::Vpn, 0.2, &[]), 4.0 / 5.0);
        let twice = past(&[Cause::SiteData; 2]);
        near(twice.lift(Cause::SiteData, 0.2, &[]), (0.8 + 1.8) / 5.8 / 0.2);
        // The table and four cases of one's own, if they did not fade.
        let always = past(&[Cause::SiteData; 100]);
        near(always.lift(Cause::Vpn, 0.2, &[]), 4.0 / 9.0);
        near(always.lift(Cause::SiteData, 0.01, &[]), MOST);
    }

    #[test]
    fn it_is_silent_beside_what_decides_and_lifts_nothing_that_was_ruled_out() {
        let always = past(&[Cause::Extension; 100]);
        for cause in Cause::ALL {
            assert_eq!(always.lift(cause, 0.1, &[Observation::TraceReached, Observation::TorExit]).to_bits(), 1.0_f64.to_bits());
        }
        assert!(always.lift(Cause::Extension, 0.1, &[Observation::RefusedWithCookies]) > 1.0);
        let ruled_out = always.lift(Cause::Extension, 0.1, &[Observation::RefusedBothWays]);
        assert_eq!(ruled_out.to_bits(), always.lift(Cause::Vpn, 0.1, &[]).to_bits());
    }

    proptest! {
        #[test]
        fn it_is_bounded(before in causes(100), prior in 0.0005_f64..0.9995) {
            for cause in Cause::ALL {
                let lift = past(&before).lift(cause, prior, &[]);
                prop_assert!((4.0 / 9.0 - 1e-9..=MOST).contains(&lift), "{lift}");
            }
        }

        #[test]
        fn one_case_more_never_speaks_against_its_cause_nor_for_another(before in causes(30), cause in prop::sample::select(Cause::ALL.to_vec()), prior in 0.0005_f64..0.9995) {
            let after: Vec<Cause> = before.iter().copied().chain([cause]).collect();
            let (before, after) = (past(&before), past(&after));
            prop_assert!(after.lift(cause, prior, &[]) >= before.lift(cause, prior, &[]) - 1e-9);
        }

        #[test]
        fn all_causes_are_treated_alike(before in causes(30), one in 0_usize..11, other in 0_usize..11, prior in 0.0005_f64..0.9995) {
            let swap = |cause: Cause| match Cause::ALL.iter().position(|it| *it == cause) {
                Some(place) if place == one => Cause::ALL[other],
                Some(place) if place == other => Cause::ALL[one],
                _ => cause,
            };
            let swapped: Prior = before.iter().copied().map(swap).collect();
            for cause in Cause::ALL {
                let (left, right) = (past(&before).lift(cause, prior, &[]), swapped.lift(swap(cause), prior, &[]));
                prop_assert!((left - right).abs() < 1e-9);
            }
        }
    }
}
