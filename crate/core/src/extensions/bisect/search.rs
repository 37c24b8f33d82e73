//! The state of a search: who takes part, what was answered, and which trial is in progress.

use std::cmp::Reverse;

use super::answer::Answers;
use super::plan::{Known, Plan};
use super::record::{RecordedMember, SearchRecord};
use super::set::Set;
use super::{Aim, Candidate, Culprit, Doubt, Finding, Left, SearchNext, SearchProgress, Trial, TrialAnswer, TrialResult, Weight};
use crate::base::id::ExtensionId;

/// The most reloads in one search. In the simulation, no search without stray answers needs as many.
pub const MOST_CHECKS: u32 = 48;
/// How often a trial without a result is repeated.
pub const MOST_REPEATS: u8 = 2;
/// How many times a weight counts relative to the mean of all weights. Weights are guesses. If they are right, this costs
/// nothing. If they are wrong, no candidate is so light that finding it takes much longer. The value was chosen by simulation.
const CERTAINTY: u64 = 24;

/// A search and its state. Save its [`SearchRecord`] before a trial is carried out. After [`Search::recall`], [`Search::next`] says
/// what to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    members: Vec<Member>,
    answers: Answers,
    /// The answers in the order in which they were given.
    order: Vec<TrialAnswer>,
    checks: u32,
    step: SearchStep,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Member {
    id: ExtensionId,
    weight: Weight,
    /// Its fixed state, if it was taken out.
    left: Option<Left>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum SearchStep {
    Trying { on: Set, aim: Aim, suspects: Set, expected: u32, repeats: u8 },
    Finished(Finding),
}

impl Search {
    /// Starts a search. All candidates are on, and the page is blocked.
    pub fn begin(candidates: Vec<Candidate>) -> (Self, SearchNext) {
        let members = candidates.into_iter().map(|it| Member { id: it.id, weight: it.weight, left: None }).collect();
        let mut search = Self {
            members,
            answers: Answers::default(),
            order: Vec::new(),
            checks: 0,
            step: SearchStep::Finished(Finding::Innocent),
        };
        let all = search.all();
        search.answers.add(all.clone(), TrialAnswer::Blocked);
        search.decide(&all);
        let next = search.next();
        (search, next)
    }

    /// Stores the result of the current trial. Ignored if there is none.
    pub fn observe(&mut self, observation: TrialResult) -> SearchNext {
        let SearchStep::Trying { on, repeats, .. } = &mut self.step else { return self.next() };
        self.checks = self.checks.saturating_add(1);
        let answer = match observation {
            TrialResult::Blocked => TrialAnswer::Blocked,
            TrialResult::Open => TrialAnswer::Open,
            TrialResult::CannotTell(why) => {
                if !why.may_pass() || *repeats >= MOST_REPEATS {
                    self.step = SearchStep::Finished(Finding::Unclear(Doubt::CannotTell(why)));
                } else if self.checks >= MOST_CHECKS {
                    self.step = SearchStep::Finished(Finding::Unclear(Doubt::TooManyChecks));
                } else {
                    *repeats += 1;
                }
                return self.next();
            }
        };
        let on = on.clone();
        self.answers.add(on.clone(), answer);
        self.order.push(answer);
        self.decide(&on);
        self.next()
    }

    /// What to do now. The same again after a restart.
    pub fn next(&self) -> SearchNext {
        match &self.step {
            SearchStep::Trying { on, aim, .. } => {
                SearchNext::Try(Trial { off: self.ids(&self.all().minus(on)), on: self.ids(on), aim: *aim })
            }
            SearchStep::Finished(finding) => SearchNext::Finished(finding.clone()),
        }
    }

    /// This extension no longer takes part: it was uninstalled, or the user switched it. All answers that do not depend on it
    /// stay valid. The current trial can change, so a result of the previous one must not be passed in.
    pub fn drop_candidate(&mut self, id: &ExtensionId, left: Left) -> SearchNext {
        let SearchStep::Trying { on, .. } = &self.step else { return self.next() };
        let on = on.clone();
        let mut members = self.members.iter_mut().enumerate();
        if let Some((place, member)) = members.find(|(_, member)| member.id == *id && member.left.is_none()) {
            member.left = Some(left);
            self.answers.fix(place, left);
            self.decide(&on.without(place));
        }
        self.next()
    }

    /// Another extension takes part: it was installed or turned on in the meantime. It was off until now, so all answers stay
    /// valid. The current trial can change, so a result of the previous one must not be passed in.
    pub fn join(&mut self, candidate: Candidate) -> SearchNext {
        let SearchStep::Trying { on, .. } = &self.step else { return self.next() };
        let on = on.clone();
        if self.members.iter().all(|member| member.id != candidate.id || member.left.is_some()) {
            let place = self.members.len();
            self.members.push(Member { id: candidate.id, weight: candidate.weight, left: None });
            self.decide(&on.with(place));
        }
        self.next()
    }

    /// Continues with all answers after an interruption, or after a stop without a result ([`Doubt::CannotTell`]). All members
    /// must be on, as they are after every end.
    pub fn resume(&mut self) -> SearchNext {
        if self.can_resume() {
            self.decide(&self.all());
        }
        self.next()
    }

    /// Is there anything left to find out?
    pub fn can_resume(&self) -> bool {
        matches!(self.step, SearchStep::Trying { .. } | SearchStep::Finished(Finding::Unclear(Doubt::CannotTell(_))))
    }

    /// The extensions that take part.
    pub fn candidates(&self) -> impl Iterator<Item = &ExtensionId> {
        self.members.iter().filter(|member| member.left.is_none()).map(|member| &member.id)
    }

    /// Everything that another worker, or a later browser session, needs to continue.
    pub fn record(&self) -> SearchRecord {
        let member = |member: &Member| RecordedMember { id: member.id.clone(), weight: member.weight.value(), left: member.left };
        SearchRecord {
            members: self.members.iter().map(member).collect(),
            answers: self.answers.record(),
            order: self.order.clone(),
            checks: self.checks,
        }
    }

    /// Restores a search from its record. Invalid answers are ignored.
    pub fn recall(record: SearchRecord) -> Self {
        let count = record.members.len();
        let member = |it: RecordedMember| Member { id: it.id, weight: Weight::new(it.weight), left: it.left };
        let members = record.members.into_iter().map(member).collect();
        let answers = Answers::recall(record.answers, count);
        let mut search =
            Self { members, answers, order: record.order, checks: record.checks, step: SearchStep::Finished(Finding::Innocent) };
        search.decide(&search.all());
        search
    }

    /// The state of the search, for display.
    pub fn progress(&self) -> SearchProgress {
        let all = self.all();
        let (expected, suspected, off, aim) = match &self.step {
            SearchStep::Trying { on, aim, suspects, expected, .. } => (*expected, suspects.len(), all.minus(on), Some(*aim)),
            SearchStep::Finished(_) => (self.checks, 0, Set::default(), None),
        };
        SearchProgress {
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
        let weight_of = |place: usize| self.members.get(place).map_or(1, |member| u64::from(member.weight.value()));
        let mean = all.iter().map(weight_of).sum::<u64>() / u64::try_from(all.len()).unwrap_or(1).max(1);
        let weight = |place| weight_of(place).saturating_mul(CERTAINTY).saturating_add(mean);
        let plan = Known { answers: &self.answers, order: &self.order, all: &all, present, weight }.plan();
        self.step = match plan {
            Plan::Try { .. } if self.checks >= MOST_CHECKS => SearchStep::Finished(self.exhausted()),
            Plan::Try { on, aim, suspects, left } => {
                // A repeated trial makes no one more suspicious than before in the progress display.
                let suspects = match &self.step {
                    SearchStep::Trying { suspects: before, .. } if aim == Aim::Again => before.intersection(&all),
                    _ => suspects,
                };
                SearchStep::Trying { on, aim, suspects, expected: self.checks.saturating_add(left).min(MOST_CHECKS), repeats: 0 }
            }
            Plan::Innocent => SearchStep::Finished(self.left_out(Left::On).unwrap_or(Finding::Innocent)),
            Plan::AllOpen => SearchStep::Finished(self.left_out(Left::Off).unwrap_or(Finding::Flaky)),
            Plan::Culprits { sets, keep_off } => {
                let sets = sets.iter().map(|set| Culprit { members: self.ids(set) }).collect();
                SearchStep::Finished(Finding::Culprits { sets, keep_off: self.ids(&keep_off) })
            }
            Plan::Flaky => SearchStep::Finished(Finding::Flaky),
            Plan::TooMany => SearchStep::Finished(self.exhausted()),
        };
    }

    fn exhausted(&self) -> Finding {
        if self.answers.strays() > 0 { Finding::Flaky } else { Finding::Unclear(Doubt::TooManyChecks) }
    }

    /// If there are extensions that were taken out and stay `left`, one of them is involved.
    fn left_out(&self, left: Left) -> Option<Finding> {
        let out = self.members.iter().filter(|member| member.left == Some(left));
        let ids: Vec<_> = out.map(|member| member.id.clone()).collect();
        (!ids.is_empty()).then_some(Finding::Unclear(Doubt::LeftOut(ids)))
    }

    fn all(&self) -> Set {
        self.members.iter().enumerate().filter(|(_, member)| member.left.is_none()).map(|(place, _)| place).collect()
    }

    /// The most suspicious first.
    fn ids(&self, set: &Set) -> Vec<ExtensionId> {
        let mut members: Vec<_> = set.iter().filter_map(|place| self.members.get(place)).collect();
        members.sort_by_key(|member| Reverse(member.weight));
        members.into_iter().map(|member| member.id.clone()).collect()
    }
}
