//! Why a page was blocked and what is most worth trying: causes with their probabilities, and fixes ranked by benefit and cost.

pub mod cause;
pub mod finding;
pub mod fix;
mod learned;
pub mod observation;
pub mod prior;

use self::cause::{Belief, Cause};
use self::fix::{Fix, TriedFix};
use self::learned::Learned;
use self::observation::Observation;
use self::prior::Prior;
use crate::recognize::Verdict;

/// The conclusions from a verdict, the observations and the tried fixes.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// All causes, most probable first.
    pub causes: Vec<Belief>,
    /// All fixes that make sense here, the most worthwhile first.
    pub fixes: Vec<Fix>,
}

/// Multiplies the prior odds by the likelihood ratio of each observation, and by what each tried fix implies for each cause. A
/// repeated observation counts once. Contradictory observations are weighted like all others. `past` shifts the prior.
pub fn diagnose(verdict: &Verdict, observations: &[Observation], trials: &[TriedFix], past: &Prior) -> Diagnosis {
    let causes = posterior(verdict, observations, (trials, past), None);
    let fixes = fix::order(&causes, observations, trials, verdict);
    Diagnosis { causes, fixes }
}

/// The observations that speak for `cause`, the strongest first: the answer to "why?". Observations that made no difference, or
/// that spoke against it, are left out.
pub fn grounds(
    cause: Cause,
    verdict: &Verdict,
    observations: &[Observation],
    trials: &[TriedFix],
    past: &Prior,
) -> Vec<Observation> {
    let with = Diagnosis { causes: posterior(verdict, observations, (trials, past), None), fixes: Vec::new() };
    let mut grounds: Vec<(Observation, f64)> = Vec::new();
    for &observation in observations {
        let without =
            Diagnosis { causes: posterior(verdict, observations, (trials, past), Some(observation)), fixes: Vec::new() };
        let odds = |probability: f64| probability / (1.0 - probability).max(f64::EPSILON);
        let lift = odds(with.probability(cause)) / odds(without.probability(cause)).max(f64::EPSILON);
        if lift > WORTH_TELLING && !grounds.iter().any(|(other, _)| *other == observation) {
            grounds.push((observation, lift));
        }
    }
    grounds.sort_by(|a, b| b.1.total_cmp(&a.1));
    grounds.into_iter().map(|(observation, _)| observation).collect()
}

/// The smallest factor that an observation must change the odds by to be listed as a reason.
const WORTH_TELLING: f64 = 1.25;

fn posterior(
    verdict: &Verdict,
    observations: &[Observation],
    (trials, past): (&[TriedFix], &Prior),
    without: Option<Observation>,
) -> Vec<Belief> {
    let mut seen = observations.to_vec();
    seen.sort_unstable();
    seen.dedup();
    seen.retain(|observation| Some(*observation) != without);
    let learned = Learned::of(&seen);
    // The router got no new IP address, so the fact that the page stays blocked says nothing about the old one.
    let is_idle = |trial: &TriedFix| trial.fix == Fix::Router && seen.contains(&Observation::AddressUnchanged);
    cause::posterior(verdict, |cause, prior| {
        let observed = seen.iter().map(|&observation| learned.ratio(observation, cause));
        let tried = trials.iter().filter(|trial| !is_idle(trial)).map(|trial| trial.leaves(cause));
        observed.chain(tried).chain([past.lift(cause, prior, &seen)]).product()
    })
}

impl Diagnosis {
    /// The most probable cause.
    pub fn first_cause(&self) -> Option<&Belief> {
        self.causes.first()
    }

    /// The probability of `cause`, from 0 to 1.
    pub fn probability(&self, cause: Cause) -> f64 {
        self.causes.iter().find(|belief| belief.cause == cause).map_or(0.0, |belief| belief.probability)
    }
}
