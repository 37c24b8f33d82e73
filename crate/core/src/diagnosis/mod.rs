//! Why a page was refused and what is most worth trying: causes with their odds, fixes with their chance and cost.

pub mod cause;
pub mod fix;

use self::cause::{Belief, Cause, Observation};
use self::fix::{Fix, Trial};
use crate::page::Verdict;

/// What follows from a verdict, what was observed, and what was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnosis {
    /// All causes, likeliest first.
    pub causes: Vec<Belief>,
    /// All fixes that make sense here, the one most worth trying first.
    pub fixes: Vec<Fix>,
}

/// Prior odds, times the likelihood ratio of each observation, times what each failed fix leaves of each cause.
pub fn diagnose(verdict: &Verdict, observations: &[Observation], trials: &[Trial]) -> Diagnosis {
    let causes = cause::posterior(verdict, |cause| {
        let seen: f64 = observations.iter().map(|observation| observation.ratio(cause)).product();
        let failed = trials.iter().filter(|trial| !trial.helped);
        seen * failed.map(|trial| 1.0 - trial.fix.efficacy(cause)).product::<f64>()
    });
    let fixes = fix::order(&causes, trials, verdict);
    Diagnosis { causes, fixes }
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
