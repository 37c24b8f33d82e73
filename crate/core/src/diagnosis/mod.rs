//! Why a page was refused and what is most worth trying: causes with their odds, fixes with their chance and cost.

pub mod cause;
pub mod finding;
pub mod fix;
pub mod observation;
pub mod prior;

use self::cause::{Belief, Cause};
use self::fix::{Fix, Trial};
use self::observation::Observation;
use self::prior::Prior;
use crate::recognize::Verdict;

/// What follows from a verdict, what was observed, and what was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// All causes, likeliest first.
    pub causes: Vec<Belief>,
    /// All fixes that make sense here, the one most worth trying first.
    pub fixes: Vec<Fix>,
}

/// Prior odds, times the likelihood ratio of each observation, times what each tried fix leaves of each cause. What is
/// observed twice counts once; observations that contradict each other are weighed like any others. `past` shifts the prior.
pub fn diagnose(verdict: &Verdict, observations: &[Observation], trials: &[Trial], past: &Prior) -> Diagnosis {
    let causes = measure_cookies(verdict, observations, (trials, past), None);
    let fixes = fix::order(&causes, observations, trials, verdict);
    Diagnosis { causes, fixes }
}

/// The observations to which the likeliest cause owes its place, the weightiest first: what "why?" is answered with. Those
/// that made no difference, or spoke against it, are left out.
pub fn grounds(verdict: &Verdict, observations: &[Observation], trials: &[Trial], past: &Prior) -> Vec<Observation> {
    let with = Diagnosis { causes: measure_cookies(verdict, observations, (trials, past), None), fixes: Vec::new() };
    let Some(first) = with.first_cause() else { return Vec::new() };
    let mut grounds: Vec<(Observation, f64)> = Vec::new();
    for &observation in observations {
        let without =
            Diagnosis { causes: measure_cookies(verdict, observations, (trials, past), Some(observation)), fixes: Vec::new() };
        let odds = |probability: f64| probability / (1.0 - probability).max(f64::EPSILON);
        let lift = odds(first.probability) / odds(without.probability(first.cause)).max(f64::EPSILON);
        if lift > WORTH_TELLING && !grounds.iter().any(|(other, _)| *other == observation) {
            grounds.push((observation, lift));
        }
    }
    grounds.sort_by(|a, b| b.1.total_cmp(&a.1));
    grounds.into_iter().map(|(observation, _)| observation).collect()
}

/// An observation that does less than this to the odds is no reason that a person would see.
const WORTH_TELLING: f64 = 1.25;

fn measure_cookies(
    verdict: &Verdict,
    observations: &[Observation],
    (trials, past): (&[Trial], &Prior),
    without: Option<Observation>,
) -> Vec<Belief> {
    let mut seen = observations.to_vec();
    seen.sort_unstable();
    seen.dedup();
    seen.retain(|observation| Some(*observation) != without);
    let cleared = seen.contains(&Observation::ExtensionsCleared);
    // The router gave no new address: that the page stays refused says nothing about the old one.
    let is_idle = |trial: &Trial| trial.fix == Fix::Router && seen.contains(&Observation::AddressUnchanged);
    cause::posterior(verdict, |cause, prior| {
        let observed = seen.iter().map(|observation| {
            let ratio = observation.ratio(cause);
            // All off and still refused is the experiment itself; suspicions and comparisons only stood in for it.
            if cleared && cause == Cause::Extension { ratio.min(1.0) } else { ratio }
        });
        let tried = trials.iter().filter(|trial| !is_idle(trial)).map(|trial| trial.leaves(cause));
        observed.chain(tried).chain([past.lift(cause, prior, &seen)]).product()
    })
}

impl Diagnosis {
    /// The likeliest cause.
    pub fn first_cause(&self) -> Option<&Belief> {
        self.causes.first()
    }

    /// How probable `cause` is, from 0 to 1.
    pub fn probability(&self, cause: Cause) -> f64 {
        self.causes.iter().find(|belief| belief.cause == cause).map_or(0.0, |belief| belief.probability)
    }
}
