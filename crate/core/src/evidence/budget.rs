//! Which request may be made now: at most two to the refusing host and one trace a look, none again within a minute, and
//! none at all while the site has asked for silence.
//!
//! ```text
//!                    ┌─ WithCookies ─ refused ─▶ WithoutCookies ─┐
//!  no look, or old ──┤             └─ served ──▶ PageTrace ──────┼─▶ Reuse for the rest of the minute
//!                    └─ Trace ───────────────────────────────────┘
//!  a site that the worker may not ask ── PageTrace ──▶ Reuse
//!  429, 1015, Retry-After ─▶ Silent until it has passed
//! ```
//!
//! The second request depends on the first answer, because each only tells something in one case: cookies can be to blame
//! only where the request with them was refused, and another extension only where it was served. A worker's request does not
//! bring partitioned cookies: where the site has some, the page itself is asked without any in place of the page's trace.

use serde::{Deserialize, Serialize};

use super::probe::Outcome;
use crate::base::id::Time;

/// Answers are taken as they are for so long, in seconds.
const REUSE: u32 = 60;
/// Requests to the refusing host in one look.
const REQUESTS: usize = 2;
/// Traces from the worker in one look.
const TRACES: usize = 1;

/// One request that tells something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Experiment {
    /// The refused address from the worker, with the site's cookies.
    WithCookies,
    /// The same without cookies.
    WithoutCookies,
    /// `/cdn-cgi/trace` from the worker, which other extensions cannot touch.
    Trace,
    /// `/cdn-cgi/trace` from the content script, which they can.
    PageTrace,
    /// The refused address from the content script, without cookies.
    PageWithoutCookies,
}

impl Experiment {
    const fn is_trace(self) -> bool {
        matches!(self, Self::Trace)
    }
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Progress {
    UnderWay,
    Answered(Outcome),
    /// The worker died over it. It was made, so it counts; it may be made again.
    Lost,
}

/// What was asked of one host in the current look. Kept with the case, so that a worker that dies does not ask twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLog {
    /// When the current look began.
    began: Option<Time>,
    asked: Vec<(Experiment, Progress)>,
    cooldown_until: Option<Time>,
}

impl RequestLog {
    /// Notes that `experiment` is being made now.
    pub fn ask(&mut self, now: Time, experiment: Experiment) {
        if !self.is_fresh(now) {
            self.began = Some(now);
            self.asked.clear();
        }
        self.asked.push((experiment, Progress::UnderWay));
    }

    /// Notes its answer, and the seconds of silence that follow from it. A trace's outcome plays no part.
    pub fn answer(&mut self, now: Time, experiment: Experiment, outcome: Outcome, error: Option<u32>) {
        let under_way = |asked: &&mut (Experiment, Progress)| **asked == (experiment, Progress::UnderWay);
        if let Some((_, progress)) = self.asked.iter_mut().find(under_way) {
            *progress = Progress::Answered(outcome);
        }
        if let Some(seconds) = error {
            self.hush(now.plus_seconds(seconds));
        }
    }

    /// Notes that the page itself asked for silence until then. The longest silence counts.
    pub fn hush(&mut self, until: Time) {
        self.cooldown_until = self.cooldown_until.max(Some(until));
    }

    /// The worker has started anew: what was under way will never be answered.
    pub fn lose(&mut self) {
        for (_, progress) in &mut self.asked {
            if *progress == Progress::UnderWay {
                *progress = Progress::Lost;
            }
        }
    }

    /// Something was changed (a fix, an address, a click on "look again" after the minute): the next look asks anew.
    pub fn forget(&mut self) {
        self.began = None;
        self.asked.clear();
    }

    /// Is this one's answer still to come?
    pub fn awaits(&self, experiment: Experiment) -> bool {
        self.asked.contains(&(experiment, Progress::UnderWay))
    }

    /// Is an answer still to come?
    pub fn is_waiting(&self) -> bool {
        self.asked.iter().any(|(_, progress)| *progress == Progress::UnderWay)
    }

    /// Until when no request and no reload may be made. Past ones are none.
    pub fn cooldown_until(&self, now: Time) -> Option<Time> {
        self.cooldown_until.filter(|until| now < *until)
    }

    /// Began less than a minute ago. A look from the future is the work of a clock that was set back: it counts as old.
    fn is_fresh(&self, now: Time) -> bool {
        self.began.is_some_and(|began| began <= now && now < began.plus_seconds(REUSE))
    }

    fn outcome(&self, experiment: Experiment) -> Option<Outcome> {
        self.asked.iter().rev().find_map(|(other, progress)| match progress {
            Progress::Answered(outcome) if *other == experiment => Some(*outcome),
            _ => None,
        })
    }

    fn is_settled(&self, experiment: Experiment) -> bool {
        self.asked.iter().any(|(other, progress)| *other == experiment && *progress != Progress::Lost)
    }
}

/// Which requests can be made at all, and which tell something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// May the worker ask this site? Else only the page's own trace is left.
    pub worker_may_ask: bool,
    /// Has the site partitioned cookies, which only a page brings?
    pub has_partitioned: bool,
}

impl Reach {
    fn first(self) -> &'static [Experiment] {
        if self.worker_may_ask { &[Experiment::WithCookies, Experiment::Trace] } else { &[Experiment::PageTrace] }
    }
}

/// What may be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Make these, all at once.
    Ask(Vec<Experiment>),
    /// Nothing: the answers that are there, or under way, serve.
    Reuse,
    /// Nothing until then, reloads included.
    Silent(Time),
}

/// The rules of politeness.
#[derive(Clone, Copy, Debug)]
pub struct Budget;

impl Budget {
    /// What `history` leaves room for, where such requests as `reach` says can be made.
    pub fn plan(now: Time, history: &RequestLog, reach: Reach) -> Plan {
        if let Some(until) = history.cooldown_until(now) {
            return Plan::Silent(until);
        }
        if !history.is_fresh(now) {
            return Plan::Ask(reach.first().to_vec());
        }
        let second = history.outcome(Experiment::WithCookies).and_then(|outcome| match outcome {
            Outcome::Refused => Some(Experiment::WithoutCookies),
            Outcome::Served if reach.has_partitioned => Some(Experiment::PageWithoutCookies),
            Outcome::Served => Some(Experiment::PageTrace),
            Outcome::Unclear => None,
        });
        let wanted = reach.first().iter().copied().chain(second);
        let mut requests = history.asked.iter().filter(|(experiment, _)| !experiment.is_trace()).count();
        let mut traces = history.asked.len().saturating_sub(requests);
        let mut asks = Vec::new();
        for experiment in wanted.filter(|&experiment| !history.is_settled(experiment)) {
            let (spent, most) = if experiment.is_trace() { (&mut traces, TRACES) } else { (&mut requests, REQUESTS) };
            if *spent < most {
                *spent += 1;
                asks.push(experiment);
            }
        }
        if asks.is_empty() { Plan::Reuse } else { Plan::Ask(asks) }
    }
}

#[cfg(test)]
mod tests {
    use super::Experiment::{PageTrace, Trace, WithCookies, WithoutCookies};
    use super::*;

    const FREE: Reach = Reach { worker_may_ask: true, has_partitioned: false };

    fn at(seconds: u32) -> Time {
        Time(1_700_000_000_000).plus_seconds(seconds)
    }

    /// A look that began at 0 with these answers, each a second after the other.
    fn look(answers: &[(Experiment, Option<Outcome>)]) -> RequestLog {
        let mut history = RequestLog::default();
        for (experiment, answer) in answers {
            history.ask(at(0), *experiment);
            if let Some(outcome) = answer {
                history.answer(at(1), *experiment, *outcome, None);
            }
        }
        history
    }

    #[track_caller]
    fn check(seconds: u32, history: &RequestLog, expected: &Plan) {
        assert_eq!(&Budget::plan(at(seconds), history, FREE), expected, "{history:?}");
    }

    #[test]
    fn a_look_begins_with_one_request_and_one_trace() {
        check(0, &RequestLog::default(), &Plan::Ask(vec![WithCookies, Trace]));
    }

    #[test]
    fn the_second_request_follows_from_the_first_answer() {
        let first = |outcome| look(&[(WithCookies, Some(outcome)), (Trace, Some(Outcome::Served))]);
        check(1, &first(Outcome::Refused), &Plan::Ask(vec![WithoutCookies]));
        check(1, &first(Outcome::Served), &Plan::Ask(vec![PageTrace]));
        check(1, &first(Outcome::Unclear), &Plan::Reuse);
    }

    #[test]
    fn while_an_answer_is_awaited_nothing_more_is_asked() {
        let history = look(&[(WithCookies, None), (Trace, None)]);
        assert!(history.is_waiting());
        check(1, &history, &Plan::Reuse);
    }

    #[test]
    fn answers_serve_for_a_minute() {
        let all =
            [(WithCookies, Some(Outcome::Refused)), (Trace, Some(Outcome::Served)), (WithoutCookies, Some(Outcome::Refused))];
        check(59, &look(&all), &Plan::Reuse);
        check(60, &look(&all), &Plan::Ask(vec![WithCookies, Trace]));
        let mut changed = look(&all);
        changed.forget();
        check(2, &changed, &Plan::Ask(vec![WithCookies, Trace]));
    }

    #[test]
    fn a_clock_set_back_does_not_end_looking_for_good() {
        let mut history = RequestLog::default();
        history.ask(at(1_000_000), WithCookies);
        check(0, &history, &Plan::Ask(vec![WithCookies, Trace]));
    }

    #[test]
    fn a_request_that_died_with_the_worker_counts_and_may_be_made_once_more() {
        let mut history = look(&[(WithCookies, None), (Trace, None)]);
        history.lose();
        check(1, &history, &Plan::Ask(vec![WithCookies]));
        history.ask(at(1), WithCookies);
        history.lose();
        check(2, &history, &Plan::Reuse);
    }

    #[test]
    fn silence_outlasts_the_look_and_everything_else() {
        let mut history = look(&[(WithCookies, None), (Trace, Some(Outcome::Served))]);
        history.answer(at(1), WithCookies, Outcome::Unclear, Some(300));
        check(1, &history, &Plan::Silent(at(301)));
        history.hush(at(100));
        history.forget();
        check(300, &history, &Plan::Silent(at(301)));
        check(301, &history, &Plan::Ask(vec![WithCookies, Trace]));
    }

    #[test]
    fn no_order_of_answers_and_deaths_exceeds_the_budget() {
        let outcomes = [Outcome::Served, Outcome::Refused, Outcome::Unclear];
        // Each digit of `seed` is what happens after an asking: one of three answers, or the worker's death.
        for seed in 0..4_u32.pow(6) {
            let mut history = RequestLog::default();
            let mut made: Vec<Experiment> = Vec::new();
            for step in 0..6 {
                let Plan::Ask(asks) = Budget::plan(at(step), &history, FREE) else { break };
                for experiment in &asks {
                    history.ask(at(step), *experiment);
                }
                match outcomes.get((seed / 4_u32.pow(step) % 4) as usize) {
                    Some(outcome) => asks.iter().for_each(|&ask| history.answer(at(step), ask, *outcome, None)),
                    None => history.lose(),
                }
                made.extend(asks);
            }
            let traces = made.iter().filter(|experiment| experiment.is_trace()).count();
            assert!(traces <= 1 && made.len() - traces <= 2, "{seed}: {made:?}");
        }
    }

    #[test]
    fn a_history_survives_being_kept() {
        let history = look(&[(WithCookies, Some(Outcome::Refused)), (Trace, None)]);
        let kept = serde_json::to_string(&history).unwrap();
        assert_eq!(serde_json::from_str::<RequestLog>(&kept).unwrap(), history);
    }
}
