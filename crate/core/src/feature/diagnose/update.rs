//! Finds the cause by experiment: which requests are sent for a blocked page while its popup is open, and how their answers are
//! interpreted.
//!
//! ```text
//!  popup opens, or the page is blocked again
//!     └─▶ cookies measured ─▶ requests sent, within the budget ─▶ answers ─▶ more requests … ─▶ none left: done
//!                              ├─▶ the trace's country ─▶ time zones compared
//!                              ├─▶ the service's status, fetched at most once a minute for all tabs
//!                              └─▶ none left, and the names of hosts may lead elsewhere ─▶ asked once a case: another host, if the
//!                                  IP address leads; a host that the page needs, if the page says that it was blocked
//! ```
//!
//! Every request and answer is kept in the case. If the worker is killed at any arrow, the popup calls the next worker. It
//! counts the pending requests as made and continues with the rest.

use crate::base::host::Host;
use crate::base::id::{TabId, Time};
use crate::case::{Case, Question};
use crate::diagnosis::cause::{Cause, Kind};
use crate::diagnosis::diagnose;
use crate::diagnosis::finding::{NeededHost, OtherHost};
use crate::evidence::budget::{Budget, Experiment, Plan};
use crate::evidence::connection::Connection;
use crate::evidence::probe::{Answer, ExperimentOutcome, FetchError, HttpResponse, TraceAnswer};
use crate::evidence::status::{Service, ServiceStatus};
use crate::evidence::trace::{Country, Skew, Trace};
use crate::feature::clear_data::Site;
use crate::feature::diagnose::observed;
use crate::model::Model;
use crate::protocol::effect::{Effect, Provider, Purpose};
use crate::recognize::Ended;
use crate::view::TabBadge;

/// How long a service's status is reused, in seconds, for all tabs.
const STATUS_SERVES: u32 = 60;
/// Servers accept request headers of up to 8 KB or 16 KB. Cookies larger than this are by far their largest part.
const LARGE_COOKIES: u32 = 7 * 1024;
/// Cloudflare's own page about a connection. It exists on every host that Cloudflare serves.
const TRACE: &str = "/cdn-cgi/trace";
/// The trace of a host that every page may read (`Access-Control-Allow-Origin: *`). Neither VPNs nor lists of names treat it
/// differently from most hosts.
const OTHER_TRACE: &str = "https://crypto.cloudflare.com/cdn-cgi/trace";
/// The script of Cloudflare's checks, which every site's check loads.
const CHECK_SCRIPT: &str = "https://challenges.cloudflare.com/turnstile/v0/api.js";
/// Where ChatGPT reports to. Block lists contain it, and without it some accounts look unusual to OpenAI.
const TELEMETRY: &str = "https://ab.chatgpt.com/";

impl Model {
    /// Starts the diagnosis of a blocked page whose popup is open.
    pub(crate) fn diagnose(&mut self, tab: TabId) -> Vec<Effect> {
        let Some(case) = self.case(tab).filter(|case| case.is_blocked()) else { return Vec::new() };
        let (host, queries) = (case.host.clone(), Site::of(&case.host).queries());
        let Some(popup) = self.popup_mut(tab) else { return Vec::new() };
        if !popup.may_ask {
            return Vec::new();
        }
        popup.asking = true;
        vec![Effect::MeasureCookies { tab, host, queries }]
    }

    pub(crate) fn cookies_measured(
        &mut self,
        now: Time,
        tab: TabId,
        clearance_cookie: Option<bool>,
        bytes: Option<u32>,
        partitioned: bool,
    ) -> Vec<Effect> {
        let agent = self.capabilities.agent.clone();
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        case.findings.large_cookies = bytes.map(|bytes| bytes > LARGE_COOKIES);
        case.findings.has_clearance_cookie = clearance_cookie;
        case.findings.agent = agent;
        case.has_partitioned = partitioned;
        let mut effects = self.ask_on(now, tab);
        effects.extend(self.fetch_status(now, tab, false));
        effects
    }

    /// Sends all requests that are allowed now.
    fn ask_on(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let is_watched = self.popup(tab).is_some();
        let plan = match self.case(tab) {
            Some(case) if is_watched && case.is_blocked() && !case.is_cooling_down(now) => {
                Budget::plan(now, &case.requests, case.reach())
            }
            _ => Plan::Reuse,
        };
        let mut effects = Vec::new();
        if let (Plan::Ask(experiments), Some(case)) = (plan, self.case_mut(tab)) {
            for experiment in experiments {
                case.requests.ask(now, experiment);
                let url = match experiment {
                    Experiment::Trace | Experiment::PageTrace => case.place(TRACE),
                    _ => case.address(),
                };
                effects.push(Effect::Fetch { tab, purpose: Purpose::Experiment(experiment), url });
            }
        }
        let is_waiting = self.case(tab).is_some_and(|case| case.is_blocked() && case.requests.is_waiting());
        if let Some(popup) = self.popup_mut(tab) {
            popup.asking = is_waiting;
        }
        if let Some(case) = self.case_mut(tab).filter(|_| !is_waiting) {
            case.answers(Question::Cause);
        }
        if is_watched && !is_waiting {
            effects.extend(self.ask_others(now, tab));
        }
        effects
    }

    /// Asks the hosts that show whether names lead where they should, each at most once for a case.
    fn ask_others(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let may_ask = |case: &&Case| case.is_blocked() && case.may_ask && !case.is_cooling_down(now);
        let Some(case) = self.case(tab).filter(may_ask).filter(|case| case.findings.address().is_some()) else {
            return Vec::new();
        };
        let needed = needed_url(case).map(|url| (Experiment::NeededHost, url));
        let leads = self.likeliest(case);
        let by_address = matches!(leads, Some(Cause::Address | Cause::Vpn | Cause::Dns));
        let other = by_address.then_some((Experiment::OtherHostTrace, OTHER_TRACE));
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let ask = |(experiment, url): (Experiment, &str)| {
            let fetch = || Effect::Fetch { tab, purpose: Purpose::Experiment(experiment), url: url.to_owned() };
            case.requests.ask_once(experiment).then(fetch)
        };
        needed.into_iter().chain(other).filter_map(ask).collect()
    }

    /// The likeliest cause, as the popup shows it.
    fn likeliest(&self, case: &Case) -> Option<Cause> {
        let rows = self.listing.is_known().then(|| self.rows(&case.host));
        let seen = observed::of(case, rows.as_deref(), self.recurrence(case).is_some(), &self.capabilities);
        let prior = self.kept.history.prior(&case.host, &case.verdict);
        diagnose(&case.verdict, &seen, &case.trials, &prior).first_cause().map(|belief| belief.cause)
    }

    /// Handles the answer of a host that is asked once. It takes no part in the rounds.
    fn other_answered(&mut self, tab: TabId, experiment: Experiment, answer: Result<HttpResponse, FetchError>) {
        let Some(case) = self.case_mut(tab) else { return };
        if !case.requests.answer_once(experiment) {
            return;
        }
        if experiment == Experiment::NeededHost {
            let host = needed_url(case).and_then(Host::of_url);
            let is_reached = match answer {
                Ok(_) | Err(FetchError::LedAway) => Some(true),
                Err(FetchError::Timeout | FetchError::Unreachable) => Some(false),
                Err(FetchError::Offline) => None,
            };
            case.findings.needed_host = host.zip(is_reached).map(|(host, is_reached)| NeededHost { host, is_reached });
            return;
        }
        let trace = answer.ok().filter(|response| response.status == 200).and_then(|response| Trace::parse(&response.body).ok());
        let seen = trace.zip(case.findings.address().cloned());
        case.findings.other_host = seen.map(|(trace, compared_with)| OtherHost { address: trace.ip, compared_with });
    }

    pub(crate) fn fetched(
        &mut self,
        now: Time,
        tab: TabId,
        purpose: Purpose,
        answer: Result<HttpResponse, FetchError>,
    ) -> Vec<Effect> {
        let experiment = match purpose {
            Purpose::Experiment(experiment @ (Experiment::OtherHostTrace | Experiment::NeededHost)) => {
                self.other_answered(tab, experiment, answer);
                return Vec::new();
            }
            Purpose::Experiment(experiment) => experiment,
            Purpose::Watch => return self.address_seen(now, tab, answer),
            Purpose::Inside => return self.answered_inside(now, tab, &answer),
        };
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        // Something was changed in the meantime: the answer is about the state before.
        if !case.requests.awaits(experiment) {
            return Vec::new();
        }
        let mut effects = Vec::new();
        let mut badge = None;
        if matches!(experiment, Experiment::Trace | Experiment::PageTrace) {
            let answer = trace_answer(case, answer);
            if experiment == Experiment::Trace {
                case.findings.skew = answer.trace().and_then(|trace| trace.time).and_then(|edge| Skew::between(now, edge));
            }
            case.requests.answer(now, experiment, ExperimentOutcome::Unclear, answer.cooldown());
            case.findings.traced(experiment, answer);
            let country = case.findings.country().filter(|country| country.is_known());
            effects.extend(country.map(|country: &Country| Effect::CompareZone { tab, country: country.clone() }));
        } else {
            let answer = match answer {
                Ok(response) if case.inside => Answer::of_inner_response(&case.host, &response.response()),
                Ok(response) => Answer::of_response(&case.host, &response.response()),
                Err(error) => Answer::Silent(error),
            };
            if experiment == Experiment::WithCookies {
                case.learn_of_error_page(&answer);
                badge = case.error_page.then(|| Effect::Badge { tab, badge: TabBadge::of_blocked(case) });
            }
            case.requests.answer(now, experiment, answer.outcome(&case.verdict), answer.cooldown());
            case.findings.answered(experiment, answer);
        }
        effects.extend(badge);
        effects.extend(self.ask_on(now, tab));
        effects
    }

    pub(crate) fn zone_compared(&mut self, tab: TabId, fits: Option<bool>) -> Vec<Effect> {
        if let Some(case) = self.case_mut(tab) {
            case.findings.zone_fits = fits;
        }
        Vec::new()
    }

    /// Fetches the services' own status. Without a click, only the service that this block page is about; on a click, both.
    pub(crate) fn fetch_status(&mut self, now: Time, tab: TabId, clicked: bool) -> Vec<Effect> {
        let Some(case) = self.case(tab).filter(|case| case.is_blocked()) else { return Vec::new() };
        let is_openai = Site::of(&case.host) == Site::Openai;
        let with_cloudflare = clicked || matches!(Kind::of(&case.verdict), Kind::Service | Kind::Ended);
        let is_fresh = |case: &&Case| {
            case.status_fetched.is_some_and(|response| response <= now && now < response.plus_seconds(STATUS_SERVES))
        };
        if is_openai && !is_fresh(&case) && !with_cloudflare {
            let shared =
                self.kept.cases.iter().map(|(_, case)| case).filter(is_fresh).find(|case| case.findings.service.is_some());
            if let Some((response, service)) = shared.map(|case| (case.status_fetched, case.findings.service.clone()))
                && let Some(case) = self.case_mut(tab)
            {
                case.status_fetched = response;
                case.findings.service = service;
                return Vec::new();
            }
        }
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let response = is_fresh(&&*case);
        let needs_openai = is_openai && !(response && case.findings.service.is_some());
        let needs_cloudflare = with_cloudflare && !(response && case.findings.cloudflare.is_some());
        let wanted = [(needs_openai, Provider::Openai), (needs_cloudflare, Provider::Cloudflare)];
        let mut effects = Vec::new();
        for (_, provider) in wanted.into_iter().filter(|(needed, _)| *needed) {
            let reads = &mut self.tab_mut(tab).reads_status;
            if !reads.contains(&provider) {
                reads.push(provider);
                effects.push(Effect::FetchStatus { tab, provider });
            }
        }
        effects
    }

    pub(crate) fn status_fetched(
        &mut self,
        now: Time,
        tab: TabId,
        provider: Provider,
        documents: Option<&[String]>,
    ) -> Vec<Effect> {
        let reads = &mut self.tab_mut(tab).reads_status;
        reads.retain(|other| *other != provider);
        let is_last = reads.is_empty();
        let Some(case) = self.case_mut(tab) else { return Vec::new() };
        let texts: Vec<&str> = documents.into_iter().flatten().map(String::as_str).collect();
        case.status_fetched = Some(now);
        if is_last {
            case.answers(Question::Status);
        }
        match provider {
            Provider::Openai => case.findings.service = Some(ServiceStatus::read(Service::Openai, &texts)),
            Provider::Cloudflare => {
                let traced = case.findings.seen_trace().and_then(|trace| trace.colo.as_ref());
                let colo = traced.or(case.verdict.colo.as_ref());
                let service = match (case.verdict.ended, colo) {
                    (Some(_), _) => Some(Service::CloudflareChecks),
                    (None, colo) => colo.map(Service::Cloudflare),
                };
                let status = service.map_or(ServiceStatus::Unknown, |service| ServiceStatus::read(service, &texts));
                case.findings.cloudflare = Some(status);
            }
        }
        // If a filter blocks only one of them, the others still count as reachable.
        case.findings.others_answer = Some(documents.is_some() || case.findings.others_answer == Some(true));
        Vec::new()
    }

    /// Handles a click on "Test the connection".
    pub(crate) fn time_connection(&mut self, now: Time, tab: TabId) -> Vec<Effect> {
        let free = !self.tab(tab).is_some_and(|known| known.times_requests);
        let Some(case) = self.case(tab).filter(|case| free && case.is_blocked() && !case.is_cooling_down(now)) else {
            return Vec::new();
        };
        let url = case.place(TRACE);
        self.tab_mut(tab).times_requests = true;
        vec![Effect::TimeRequests { tab, url }]
    }

    pub(crate) fn timed(&mut self, tab: TabId, samples: Vec<Option<u32>>, kilobits: Option<u32>) -> Vec<Effect> {
        self.tab_mut(tab).times_requests = false;
        if let Some(case) = self.case_mut(tab) {
            case.answers(Question::Connection);
            case.findings.connection = Connection::measure(&samples, kilobits);
            case.samples = samples;
        }
        Vec::new()
    }
}

/// The answer to a trace request to the case's host: the trace, or what came in its place.
pub(crate) fn trace_answer(case: &Case, answer: Result<HttpResponse, FetchError>) -> TraceAnswer {
    match answer {
        Ok(response) => TraceAnswer::of_response(&case.host, &response.response()),
        Err(FetchError::LedAway) => TraceAnswer::LedAway,
        Err(error) => TraceAnswer::Silent(error),
    }
}

/// A URL on a host without which this page does not work, if the page gives reason to doubt that the host can be reached.
fn needed_url(case: &Case) -> Option<&'static str> {
    match (Kind::of(&case.verdict), case.verdict.ended) {
        (_, Some(Ended::Unblock | Ended::Extension | Ended::Unknown)) => Some(CHECK_SCRIPT),
        (Kind::Activity, _) => Some(TELEMETRY),
        _ => None,
    }
}

/// The URL of a trace from the blocking host.
pub(crate) fn trace_of(case: &Case) -> String {
    case.place(TRACE)
}
