//! What earlier block pages imply for the next one: causes that were proven here before shift the prior odds of the table.
//!
//! # The rule
//!
//! The table's prior `p` of a cause counts as [`TABLE`] = 4 past cases of this user, of which `4p` had this cause. Each block
//! page of the same kind from the same site whose cause was *proven* (the page opened on reload after one fix, or the search
//! found the extension) counts as one more case: a success for its cause, a failure for every other. So each cause has a Beta
//! distribution, `α = 4p + s` and `β = 4(1 − p) + f`, and its weight is multiplied by the change of its mean:
//! `(α / (α + β)) / p`.
//!
//! * **Four**, so that after four cases of the user that all agree, these cases and the table weigh the same.
//! * **Decay**: each case counts 4/5 of the one after it, because computers and sites change. All past cases together never count
//!   more than five cases.
//! * **Bounded**: at most [`MOST`] = 4 times up, and at least 4/9, which is the result of five cases against the cause. So the
//!   past shifts the odds between two causes by a factor of at most nine.
//! * **No effect beside strong evidence**: if an observation speaks for a cause [`DECISIVE`] = 10 times or more, the past is
//!   ignored. If an observation has ruled out a cause ([`RULED_OUT`] = 1/10), the cause counts as if it had never been proven.
//!   Past cases never hide current observations.
//! * **Only proven causes count**: not a page that opened without a fix or after several fixes, and not a fix that failed.
//! * Without past cases, the odds are exactly those of the table.

use super::cause::Cause;
use super::observation::Observation;

/// How many cases the table's prior counts as.
const TABLE: f64 = 4.0;
/// The factor by which each proven cause counts less than the one after it.
const FADING: f64 = 0.8;
/// The largest factor by which the past can raise a cause's weight.
const MOST: f64 = 4.0;
/// If an observation has at least this likelihood ratio, it overrides the past.
const DECISIVE: f64 = 10.0;
/// An observation with a smaller likelihood ratio rules a cause out.
const RULED_OUT: f64 = 0.1;

/// The proven causes, as decayed counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prior {
    proven: [f64; Cause::ALL.len()],
    last: Option<Cause>,
}

impl FromIterator<Cause> for Prior {
    /// From the oldest to the newest.
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
    /// The factor for the weight of `cause`, given its `prior` in the table and the observations in `seen`.
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

    /// The cause of the most recent case.
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
    fn without_past_cases_the_odds_stay_exactly_the_same() {
        for cause in Cause::ALL {
            assert_eq!(Prior::default().lift(cause, 0.183, &[]).to_bits(), 1.0_f64.to_bits());
        }
    }

    #[test]
    fn the_numbers_follow_the_rule() {
        let near = |left: f64, right: f64| assert!((left - right).abs() < 1e-9, "{left} {right}");
        let once = past(&[Cause::SiteData]);
        near(once.lift(Cause::SiteData, 0.2, &[]), (0.8 + 1.0) / 5.0 / 0.2);
        near(once.lift(Cause::Vpn, 0.2, &[]), 4.0 / 5.0);
        let twice = past(&[Cause::SiteData; 2]);
        near(twice.lift(Cause::SiteData, 0.2, &[]), (0.8 + 1.8) / 5.8 / 0.2);
        // The table and four cases of the user, if the cases did not decay.
        let always = past(&[Cause::SiteData; 100]);
        near(always.lift(Cause::Vpn, 0.2, &[]), 4.0 / 9.0);
        near(always.lift(Cause::SiteData, 0.01, &[]), MOST);
    }

    #[test]
    fn decisive_evidence_and_exclusions_override_the_past() {
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
        fn the_lift_is_bounded(before in causes(100), prior in 0.0005_f64..0.9995) {
            for cause in Cause::ALL {
                let lift = past(&before).lift(cause, prior, &[]);
                prop_assert!((4.0 / 9.0 - 1e-9..=MOST).contains(&lift), "{lift}");
            }
        }

        #[test]
        fn another_case_never_lowers_its_own_cause(before in causes(30), cause in prop::sample::select(Cause::ALL.to_vec()), prior in 0.0005_f64..0.9995) {
            let after: Vec<Cause> = before.iter().copied().chain([cause]).collect();
            let (before, after) = (past(&before), past(&after));
            prop_assert!(after.lift(cause, prior, &[]) >= before.lift(cause, prior, &[]) - 1e-9);
        }

        #[test]
        fn causes_are_treated_equally(before in causes(30), one in 0_usize..11, other in 0_usize..11, prior in 0.0005_f64..0.9995) {
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
