//! Decides which request may be sent now. Each round of experiments sends at most two requests to the blocking host and one
//! trace. The next round starts after a minute at the earliest. While the site has asked Readmit to wait, no requests are sent.
//!
//! ```text
//!                          ┌─ WithCookies ─ Refused ─▶ WithoutCookies ─┐
//!  no round, or an old one ┤             └─ Served ──▶ PageTrace ──────┼─▶ Reuse for the rest of the minute
//!                          └─ Trace ───────────────────────────────────┘
//!  a site that the worker may not request ── PageTrace ──▶ Reuse
//!  429, 1015, Retry-After ─▶ Silent until the wait is over
//! ```
//!
//! The second request depends on the first answer, because each one is useful in one case only: cookies can be to blame only if
//! the request with cookies was blocked, and another extension only if it was served. A request from the worker does not include
//! partitioned cookies. If the site has some, the page itself sends a request without cookies instead of the page's trace.

use serde::{Deserialize, Serialize};

use super::probe::ExperimentOutcome;
use crate::base::id::{SetBack, Time};

/// Answers are reused for this many seconds.
const REUSE: u32 = 60;
/// The most requests to the blocking host in one round.
const REQUESTS: usize = 2;
/// The most traces from the worker in one round.
const TRACES: usize = 1;

/// A request that can reveal something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Experiment {
    /// The blocked URL from the worker, with the site's cookies.
    WithCookies,
    /// The blocked URL from the worker, without cookies.
    WithoutCookies,
    /// `/cdn-cgi/trace` from the worker, which other extensions cannot change.
    Trace,
    /// `/cdn-cgi/trace` from the content script, which other extensions can change.
    PageTrace,
    /// The blocked URL from the content script, without cookies.
    PageWithoutCookies,
    /// `/cdn-cgi/trace` of another host behind Cloudflare, from the worker. At most once for each case.
    OtherHostTrace,
    /// A host that the page or its check needs, from the worker. At most once for each case.
    NeededHost,
}

impl Experiment {
    const fn is_trace(self) -> bool {
        matches!(self, Self::Trace)
    }
}

/// The state of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RequestStatus {
    UnderWay,
    Answered(ExperimentOutcome),
    /// The worker stopped before the answer arrived. The request was sent, so it counts. It may be sent again.
    Lost,
}

/// The requests to one host in the current round. It is stored with the case, so that a restarted worker does not repeat
/// requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestLog {
    /// When the current round began.
    began: Option<Time>,
    asked: Vec<(Experiment, RequestStatus)>,
    cooldown_until: Option<Time>,
    /// The requests that a case makes only once, and whether each was answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    once: Vec<(Experiment, bool)>,
}

impl RequestLog {
    /// Records that `experiment` is being sent now, if this case has never sent it.
    #[must_use]
    pub fn ask_once(&mut self, experiment: Experiment) -> bool {
        let is_new = !self.once.iter().any(|(other, _)| *other == experiment);
        if is_new {
            self.once.push((experiment, false));
        }
        is_new
    }

    /// Records the answer to it. Returns whether one was missing.
    #[must_use]
    pub fn answer_once(&mut self, experiment: Experiment) -> bool {
        let missing = self.once.iter_mut().find(|asked| **asked == (experiment, false));
        missing.is_some_and(|(_, is_answered)| !std::mem::replace(is_answered, true))
    }

    /// Records that `experiment` is being sent now.
    pub fn ask(&mut self, now: Time, experiment: Experiment) {
        if !self.is_fresh(now) {
            self.began = Some(now);
            self.asked.clear();
        }
        self.asked.push((experiment, RequestStatus::UnderWay));
    }

    /// Records the answer, and how many seconds to wait after it. The outcome of a trace does not matter.
    pub fn answer(&mut self, now: Time, experiment: Experiment, outcome: ExperimentOutcome, cooldown: Option<u32>) {
        let under_way = |asked: &&mut (Experiment, RequestStatus)| **asked == (experiment, RequestStatus::UnderWay);
        if let Some((_, progress)) = self.asked.iter_mut().find(under_way) {
            *progress = RequestStatus::Answered(outcome);
        }
        if let Some(seconds) = cooldown {
            self.wait_until_at_least(now.plus_seconds(seconds));
        }
    }

    /// Records that the page itself asked Readmit to wait until then. The longest wait counts.
    pub fn wait_until_at_least(&mut self, until: Time) {
        self.cooldown_until = self.cooldown_until.max(Some(until));
    }

    /// The clock was set back.
    pub fn clock_set_back(&mut self, set_back: SetBack) {
        self.began = self.began.map(|began| set_back.past(began));
        self.cooldown_until = self.cooldown_until.map(|until| set_back.due(until));
    }

    /// The worker has restarted: requests in progress will never be answered.
    pub fn lose(&mut self) {
        for (_, progress) in &mut self.asked {
            if *progress == RequestStatus::UnderWay {
                *progress = RequestStatus::Lost;
            }
        }
    }

    /// Something changed (a fix, the IP address, a click on "look again" after the minute), so the next round starts from the
    /// beginning.
    pub fn forget(&mut self) {
        self.began = None;
        self.asked.clear();
    }

    /// Is this experiment's answer still missing?
    pub fn awaits(&self, experiment: Experiment) -> bool {
        self.asked.contains(&(experiment, RequestStatus::UnderWay))
    }

    /// Is any answer still missing?
    pub fn is_waiting(&self) -> bool {
        self.asked.iter().any(|(_, progress)| *progress == RequestStatus::UnderWay)
    }

    /// Until when no request and no reload may happen. `None` if that time has passed.
    pub fn cooldown_until(&self, now: Time) -> Option<Time> {
        self.cooldown_until.filter(|until| now < *until)
    }

    /// Did the round begin less than a minute ago? A start in the future means that the clock was set back, so the round counts
    /// as old.
    fn is_fresh(&self, now: Time) -> bool {
        self.began.is_some_and(|began| began <= now && now < began.plus_seconds(REUSE))
    }

    fn outcome(&self, experiment: Experiment) -> Option<ExperimentOutcome> {
        self.asked.iter().rev().find_map(|(other, progress)| match progress {
            RequestStatus::Answered(outcome) if *other == experiment => Some(*outcome),
            _ => None,
        })
    }

    fn is_settled(&self, experiment: Experiment) -> bool {
        self.asked.iter().any(|(other, progress)| *other == experiment && *progress != RequestStatus::Lost)
    }
}

/// Which requests are possible, and which of them are useful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// May the worker send requests to this site? If not, only the page's own trace is possible.
    pub worker_may_ask: bool,
    /// Does the site have partitioned cookies? Only the page's own requests include them.
    pub has_partitioned: bool,
}

impl Reach {
    fn first(self) -> &'static [Experiment] {
        if self.worker_may_ask { &[Experiment::WithCookies, Experiment::Trace] } else { &[Experiment::PageTrace] }
    }
}

/// What may happen now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Send these requests, all at once.
    Ask(Vec<Experiment>),
    /// Send nothing: the existing answers are enough, or they will arrive soon.
    Reuse,
    /// Send nothing and reload nothing until then.
    Silent(Time),
}

/// The limits on requests.
#[derive(Clone, Copy, Debug)]
pub struct Budget;

impl Budget {
    /// What may happen now, given the requests in `history` and the requests that are possible according to `reach`.
    pub fn plan(now: Time, history: &RequestLog, reach: Reach) -> Plan {
        if let Some(until) = history.cooldown_until(now) {
            return Plan::Silent(until);
        }
        if !history.is_fresh(now) {
            return Plan::Ask(reach.first().to_vec());
        }
        let second = history.outcome(Experiment::WithCookies).and_then(|outcome| match outcome {
            ExperimentOutcome::Refused => Some(Experiment::WithoutCookies),
            ExperimentOutcome::Served if reach.has_partitioned => Some(Experiment::PageWithoutCookies),
            ExperimentOutcome::Served => Some(Experiment::PageTrace),
            ExperimentOutcome::Unclear => None,
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

    /// A round that began at 0 with these answers, each one second after the other.
    fn look(answers: &[(Experiment, Option<ExperimentOutcome>)]) -> RequestLog {
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
    fn a_round_starts_with_one_request_and_one_trace() {
        check(0, &RequestLog::default(), &Plan::Ask(vec![WithCookies, Trace]));
    }

    #[test]
    fn the_first_answer_decides_the_second_request() {
        let first = |outcome| look(&[(WithCookies, Some(outcome)), (Trace, Some(ExperimentOutcome::Served))]);
        check(1, &first(ExperimentOutcome::Refused), &Plan::Ask(vec![WithoutCookies]));
        check(1, &first(ExperimentOutcome::Served), &Plan::Ask(vec![PageTrace]));
        check(1, &first(ExperimentOutcome::Unclear), &Plan::Reuse);
    }

    #[test]
    fn nothing_is_sent_while_an_answer_is_missing() {
        let history = look(&[(WithCookies, None), (Trace, None)]);
        assert!(history.is_waiting());
        check(1, &history, &Plan::Reuse);
    }

    #[test]
    fn answers_are_reused_for_a_minute() {
        let all = [
            (WithCookies, Some(ExperimentOutcome::Refused)),
            (Trace, Some(ExperimentOutcome::Served)),
            (WithoutCookies, Some(ExperimentOutcome::Refused)),
        ];
        check(59, &look(&all), &Plan::Reuse);
        check(60, &look(&all), &Plan::Ask(vec![WithCookies, Trace]));
        let mut changed = look(&all);
        changed.forget();
        check(2, &changed, &Plan::Ask(vec![WithCookies, Trace]));
    }

    #[test]
    fn a_clock_set_back_does_not_block_requests_forever() {
        let mut history = RequestLog::default();
        history.ask(at(1_000_000), WithCookies);
        check(0, &history, &Plan::Ask(vec![WithCookies, Trace]));
    }

    #[test]
    fn a_request_lost_with_the_worker_counts_and_is_repeated() {
        let mut history = look(&[(WithCookies, None), (Trace, None)]);
        history.lose();
        check(1, &history, &Plan::Ask(vec![WithCookies]));
        history.ask(at(1), WithCookies);
        history.lose();
        check(2, &history, &Plan::Reuse);
    }

    #[test]
    fn the_cooldown_outlasts_the_round() {
        let mut history = look(&[(WithCookies, None), (Trace, Some(ExperimentOutcome::Served))]);
        history.answer(at(1), WithCookies, ExperimentOutcome::Unclear, Some(300));
        check(1, &history, &Plan::Silent(at(301)));
        history.wait_until_at_least(at(100));
        history.forget();
        check(300, &history, &Plan::Silent(at(301)));
        check(301, &history, &Plan::Ask(vec![WithCookies, Trace]));
    }

    #[test]
    fn no_order_of_answers_and_restarts_exceeds_the_budget() {
        let outcomes = [ExperimentOutcome::Served, ExperimentOutcome::Refused, ExperimentOutcome::Unclear];
        // Each digit of `seed` says what happens after a request: one of three answers, or the worker stops.
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
    fn what_is_asked_once_is_asked_once_for_the_whole_case() {
        let mut history = RequestLog::default();
        assert!(history.ask_once(Experiment::OtherHostTrace));
        history.lose();
        history.forget();
        assert!(!history.ask_once(Experiment::OtherHostTrace) && history.ask_once(Experiment::NeededHost));
        assert!(history.answer_once(Experiment::OtherHostTrace) && !history.answer_once(Experiment::OtherHostTrace));
        check(0, &history, &Plan::Ask(vec![WithCookies, Trace]));
    }

    #[test]
    fn a_request_log_survives_serialization() {
        let history = look(&[(WithCookies, Some(ExperimentOutcome::Refused)), (Trace, None)]);
        let kept = serde_json::to_string(&history).unwrap();
        assert_eq!(serde_json::from_str::<RequestLog>(&kept).unwrap(), history);
    }
}
