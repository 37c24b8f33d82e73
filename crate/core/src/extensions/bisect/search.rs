//! The search as it is kept: who takes part, what was answered, what is being tried.

use std::cmp::Reverse;

use super::answer::{Answers, Verdict};
use super::plan::{Known, Plan};
use super::record::{Record, RecordedMember};
use super::set::Set;
use super::{Aim, Candidate, Culprit, Doubt, Finding, Left, Next, Observation, Progress, Trial, Weight};
use crate::base::id::ExtensionId;

/// Reloads in one search, whatever happens. No world of the simulation without stray answers needs as many.
pub const MOST_CHECKS: u32 = 48;
/// How often a trial is repeated that could not be judged.
pub const MOST_REPEATS: u8 = 2;
/// How many times a weight counts beside the mean of all: weights are guesses. Where they are right that costs nothing;
/// where they are wrong, nobody is so light that finding it takes much longer. Chosen with the simulation.
const CERTAINTY: u64 = 24;

/// A search and where it stands. Save its [`Record`] before a trial is carried out; [`Search::next`] of what is recalled from it
/// tells what to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    members: Vec<Member>,
    answers: Answers,
    checks: u32,
    step: Step,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    id: ExtensionId,
    weight: Weight,
    /// Taken out, and how it stays.
    left: Option<Left>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Trying { on: Set, aim: Aim, suspects: Set, expected: u32, repeats: u8 },
    Finished(Finding),
}

impl Search {
    /// All candidates are on, and the page is blocked.
    pub fn begin(candidates: Vec<Candidate>) -> (Self, Next) {
        let members = candidates.into_iter().map(|it| Member { id: it.id, weight: it.weight, left: None }).collect();
        let mut search = Self { members, answers: Answers::default(), checks: 0, step: Step::Finished(Finding::Innocent) };
        let all = search.all();
        search.answers.add(all.clone(), Verdict::Blocked);
        search.decide(&all);
        let next = search.next();
        (search, next)
    }

    /// The answer to the trial under way. Ignored when there is none.
    pub fn observe(&mut self, observation: Observation) -> Next {
        let Step::Trying { on, repeats, .. } = &mut self.step else { return self.next() };
        self.checks = self.checks.saturating_add(1);
        let verdict = match observation {
            Observation::Blocked => Verdict::Blocked,
            Observation::Open => Verdict::Open,
            Observation::CannotTell(why) => {
                if !why.may_pass() || *repeats >= MOST_REPEATS {
                    self.step = Step::Finished(Finding::Unclear(Doubt::CannotTell(why)));
                } else if self.checks >= MOST_CHECKS {
                    self.step = Step::Finished(Finding::Unclear(Doubt::TooManyChecks));
                } else {
                    *repeats += 1;
                }
                return self.next();
            }
        };
        let on = on.clone();
        self.answers.add(on.clone(), verdict);
        self.decide(&on);
        self.next()
    }

    /// What is to be done now: the same again after a wake-up.
    pub fn next(&self) -> Next {
        match &self.step {
            Step::Trying { on, aim, .. } => {
                Next::Try(Trial { off: self.ids(&self.all().minus(on)), on: self.ids(on), aim: *aim })
            }
            Step::Finished(finding) => Next::Finished(finding.clone()),
        }
    }

    /// This one takes part no longer: uninstalled, or switched by hand. What is known without it stays known. The trial under
    /// way may be another one now; an answer to the one before must not be given.
    pub fn drop_candidate(&mut self, id: &ExtensionId, left: Left) -> Next {
        let Step::Trying { on, .. } = &self.step else { return self.next() };
        let on = on.clone();
        let mut members = self.members.iter_mut().enumerate();
        if let Some((place, member)) = members.find(|(_, member)| member.id == *id && member.left.is_none()) {
            member.left = Some(left);
            self.answers.fix(place, left);
            self.decide(&on.without(place));
        }
        self.next()
    }

    /// One more takes part: installed or switched on meanwhile. Until now it was off, so all that is known stays known.
    /// The trial under way may be another one now; an answer to the one before must not be given.
    pub fn join(&mut self, candidate: Candidate) -> Next {
        let Step::Trying { on, .. } = &self.step else { return self.next() };
        let on = on.clone();
        if self.members.iter().all(|member| member.id != candidate.id || member.left.is_some()) {
            let place = self.members.len();
            self.members.push(Member { id: candidate.id, weight: candidate.weight, left: None });
            self.decide(&on.with(place));
        }
        self.next()
    }

    /// Goes on with everything known after it was interrupted, or stopped because nothing could be said
    /// ([`Doubt::CannotTell`]). All that take part have to be on, as after every end.
    pub fn resume(&mut self) -> Next {
        if self.can_resume() {
            self.decide(&self.all());
        }
        self.next()
    }

    /// Is there anything left to find out?
    pub fn can_resume(&self) -> bool {
        matches!(self.step, Step::Trying { .. } | Step::Finished(Finding::Unclear(Doubt::CannotTell(_))))
    }

    /// Those that take part.
    pub fn candidates(&self) -> impl Iterator<Item = &ExtensionId> {
        self.members.iter().filter(|member| member.left.is_none()).map(|member| &member.id)
    }

    /// What another worker, or another browser's session, needs to go on with it.
    pub fn record(&self) -> Record {
        let member = |member: &Member| RecordedMember { id: member.id.clone(), weight: member.weight.value(), left: member.left };
        Record { members: self.members.iter().map(member).collect(), answers: self.answers.record(), checks: self.checks }
    }

    /// The search that a record is of. What makes no sense in it is as if it had not been answered.
    pub fn recall(record: Record) -> Self {
        let count = record.members.len();
        let member = |it: RecordedMember| Member { id: it.id, weight: Weight::new(it.weight), left: it.left };
        let members = record.members.into_iter().map(member).collect();
        let answers = Answers::recall(record.answers, count);
        let mut search = Self { members, answers, checks: record.checks, step: Step::Finished(Finding::Innocent) };
        search.decide(&search.all());
        search
    }

    /// Where it stands.
    pub fn progress(&self) -> Progress {
        let all = self.all();
        let (expected, suspected, off, aim) = match &self.step {
            Step::Trying { on, aim, suspects, expected, .. } => (*expected, suspects.len(), all.minus(on), Some(*aim)),
            Step::Finished(_) => (self.checks, 0, Set::default(), None),
        };
        Progress {
            checks_done: self.checks,
            checks_expected: expected.max(self.checks),
            still_suspected: suspected,
            total: all.len(),
            off_now: self.ids(&off),
            aim,
        }
    }

    fn decide(&mut self, present: &Set) {
        let all = self.all();
        let measure_cookies = |place: usize| self.members.get(place).map_or(1, |member| u64::from(member.weight.value()));
        let mean = all.iter().map(measure_cookies).sum::<u64>() / u64::try_from(all.len()).unwrap_or(1).max(1);
        let weight = |place| measure_cookies(place).saturating_mul(CERTAINTY).saturating_add(mean);
        let plan = Known { answers: &self.answers, all: &all, present, weight }.plan();
        self.step = match plan {
            Plan::Try { .. } if self.checks >= MOST_CHECKS => Step::Finished(self.exhausted()),
            Plan::Try { on, aim, suspects, left } => {
                // An answer asked for again makes nobody more suspect than before, as far as people are told.
                let suspects = match &self.step {
                    Step::Trying { suspects: before, .. } if aim == Aim::Again => before.intersection(&all),
                    _ => suspects,
                };
                Step::Trying { on, aim, suspects, expected: self.checks.saturating_add(left).min(MOST_CHECKS), repeats: 0 }
            }
            Plan::Innocent => Step::Finished(self.left_out(Left::On).unwrap_or(Finding::Innocent)),
            Plan::AllOpen => Step::Finished(self.left_out(Left::Off).unwrap_or(Finding::Flaky)),
            Plan::Culprits { sets, keep_off } => {
                let sets = sets.iter().map(|set| Culprit { members: self.ids(set) }).collect();
                Step::Finished(Finding::Culprits { sets, keep_off: self.ids(&keep_off) })
            }
            Plan::Flaky => Step::Finished(Finding::Flaky),
            Plan::TooMany => Step::Finished(self.exhausted()),
        };
    }

    fn exhausted(&self) -> Finding {
        if self.answers.strays() > 0 { Finding::Flaky } else { Finding::Unclear(Doubt::TooManyChecks) }
    }

    /// The answer lies with those that were taken out and stay `left`, if there are such.
    fn left_out(&self, left: Left) -> Option<Finding> {
        let out = self.members.iter().filter(|member| member.left == Some(left));
        let ids: Vec<_> = out.map(|member| member.id.clone()).collect();
        (!ids.is_empty()).then_some(Finding::Unclear(Doubt::LeftOut(ids)))
    }

    fn all(&self) -> Set {
        self.members.iter().enumerate().filter(|(_, member)| member.left.is_none()).map(|(place, _)| place).collect()
    }

    /// Heaviest first.
    fn ids(&self, set: &Set) -> Vec<ExtensionId> {
        let mut members: Vec<_> = set.iter().filter_map(|place| self.members.get(place)).collect();
        members.sort_by_key(|member| Reverse(member.weight));
        members.into_iter().map(|member| member.id.clone()).collect()
    }
}
