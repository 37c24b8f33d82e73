//! The results of the experiments as they arrive, and the observations that follow from them. They are stored with the case, so
//! that a restarted worker does not repeat requests.

use serde::{Deserialize, Serialize};

use super::fix::Fix;
use super::observation::Observation;
use crate::base::host::Host;
use crate::evidence::browser::{is_old, is_unusual};
use crate::evidence::budget::Experiment;
use crate::evidence::connection::{Connection, Steadiness};
use crate::evidence::probe::{Answer, ExperimentOutcome, FetchError, TraceAnswer};
use crate::evidence::status::ServiceStatus;
use crate::evidence::trace::{Agent, Country, Skew, Trace, is_same_network};
use crate::recognize::{ClientAddress, Evidence, Family, Verdict};

/// All answers about one block page. `None` means that there was no request, or that it has no answer yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// The blocked URL from the worker, with cookies.
    pub with_cookies: Option<Answer>,
    /// The blocked URL from the worker, without cookies.
    pub without_cookies: Option<Answer>,
    /// The blocked URL from the page itself, without cookies.
    pub page_without_cookies: Option<Answer>,
    /// The trace from the worker.
    pub trace: Option<TraceAnswer>,
    /// The trace from the content script, which other extensions can change.
    pub page_trace: Option<TraceAnswer>,
    /// The browser's own user agent, from the worker's `navigator.userAgent`.
    pub agent: Option<Agent>,
    /// Does the computer's time zone exist in the trace's country? The browser knows the zones of each country.
    pub zone_fits: Option<bool>,
    /// Are the site's cookies together larger than servers accept (8 KB)?
    pub large_cookies: Option<bool>,
    /// The status page of the blocking service.
    pub service: Option<ServiceStatus>,
    /// Cloudflare's status page, for the data center that responded.
    pub cloudflare: Option<ServiceStatus>,
    /// The timed requests.
    pub connection: Option<Connection>,
    /// Did any other host respond to a request?
    pub others_answer: Option<bool>,
    /// The user's answer to "Did it open there?" about a private window.
    pub private_opened: Option<bool>,
    /// The user's answer to the same question about another browser.
    pub other_browser_opened: Option<bool>,
    /// The IP address before the router was restarted or the network was changed.
    pub address_before: Option<ClientAddress>,
    /// How wrong the computer's clock is, according to the worker's trace.
    pub skew: Option<Skew>,
    /// Does the browser have a clearance cookie from Cloudflare's checks?
    pub has_clearance_cookie: Option<bool>,
    /// Did the culprit search find that no extension is to blame?
    pub extensions_cleared: bool,
    /// What another host behind Cloudflare saw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_host: Option<OtherHost>,
    /// Whether the worker has reached a host that the page needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed_host: Option<NeededHost>,
    /// Did the user say that they use no VPN?
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub no_vpn: bool,
    /// Are requests inside an open page answered with nothing?
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub empty_inside: bool,
    /// Does the browser tell the page another time zone than it tells us? Firefox does so while `resistFingerprinting` is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hides_zone: Option<bool>,
}

/// The trace of a host other than the site's, behind the same edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherHost {
    /// The IP address that it saw.
    pub address: ClientAddress,
    /// The one that the site saw then.
    pub compared_with: ClientAddress,
}

/// A host without which the page, or the check in front of it, does not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeededHost {
    /// The host.
    pub host: Host,
    /// Has it answered, in whatever way?
    pub is_reached: bool,
}

/// Where else the user can open the page, for comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Elsewhere {
    /// A private window of this browser.
    PrivateWindow,
    /// Another browser on this computer.
    OtherBrowser,
}

impl Elsewhere {
    /// The fix whose card asks about it.
    pub fn fix(self) -> Fix {
        match self {
            Self::PrivateWindow => Fix::PrivateWindow,
            Self::OtherBrowser => Fix::Browser,
        }
    }
}

impl Findings {
    /// The observations about `refusal` that follow from these findings, each once.
    pub fn observations(&self, refusal: &Verdict) -> Vec<Observation> {
        let mut seen = Vec::new();
        if let Some(stranger) = self.stranger(refusal) {
            // The response did not come from the site, so the answers say nothing about the block page.
            seen.push(stranger);
        } else {
            self.observe_worker(refusal, &mut seen);
            self.observe_traces(refusal, &mut seen);
        }
        if !refusal.is_refusal() {
            self.observe_check(&mut seen);
        }
        seen.extend(refusal.ended.and_then(Observation::of_ended));
        if self.large_cookies == Some(true) || refusal.evidence.contains(&Evidence::TooLarge) {
            seen.push(Observation::LargeCookies);
        }
        self.observe_rest(refusal, &mut seen);
        seen
    }

    /// Stores the answer to a request for the blocked URL. The first answer of a round removes the results of the round before,
    /// because the second request may be a different one this time.
    pub fn answered(&mut self, experiment: Experiment, answer: Answer) {
        match experiment {
            Experiment::WithoutCookies => self.without_cookies = Some(answer),
            Experiment::PageWithoutCookies => self.page_without_cookies = Some(answer),
            _ => {
                self.with_cookies = Some(answer);
                self.without_cookies = None;
                self.page_without_cookies = None;
                self.page_trace = None;
            }
        }
    }

    /// Stores what the user saw elsewhere.
    pub fn compared(&mut self, elsewhere: Elsewhere, opened: bool) {
        match elsewhere {
            Elsewhere::PrivateWindow => self.private_opened = Some(opened),
            Elsewhere::OtherBrowser => self.other_browser_opened = Some(opened),
        }
    }

    /// Stores a trace.
    pub fn traced(&mut self, experiment: Experiment, answer: TraceAnswer) {
        if experiment == Experiment::PageTrace {
            self.page_trace = Some(answer);
        } else {
            self.trace = Some(answer);
            self.zone_fits = None;
        }
    }

    /// Has no experiment been answered yet?
    pub fn is_empty(&self) -> bool {
        self.with_cookies.is_none() && self.trace.is_none() && self.page_trace.is_none()
    }

    /// The current IP address of the requests.
    pub fn address(&self) -> Option<&ClientAddress> {
        self.seen_trace().map(|trace| &trace.ip)
    }

    /// The country of this IP address.
    pub fn country(&self) -> Option<&Country> {
        self.seen_trace().and_then(|trace| trace.country.as_ref())
    }

    /// The worker's trace. If there is none, the page's.
    pub fn seen_trace(&self) -> Option<&Trace> {
        [&self.trace, &self.page_trace].into_iter().flatten().find_map(TraceAnswer::trace)
    }

    fn answers(&self) -> [&Option<Answer>; 3] {
        [&self.with_cookies, &self.without_cookies, &self.page_without_cookies]
    }

    /// What answers in place of the site, if something does.
    fn stranger(&self, refusal: &Verdict) -> Option<Observation> {
        let traced = |of: fn(&TraceAnswer) -> bool| [&self.trace, &self.page_trace].into_iter().flatten().any(of);
        let answered = |of: fn(&Answer) -> bool| self.answers().into_iter().flatten().any(of);
        let is_led_away = traced(|answer| *answer == TraceAnswer::LedAway);
        let has_no_trace = traced(|answer| *answer == TraceAnswer::CaptivePortal);
        if answered(|answer| *answer == Answer::CaptivePortal) {
            return Some(Observation::CaptivePortal);
        }
        // The tab shows a page of no one that is known, and the trace, which has nothing to do with pages, is not the edge's either.
        let is_strange_page = refusal.family == Family::Unrecognized && refusal.status.is_some_and(|status| status < 500);
        let is_openai = || answered(|answer| matches!(answer, Answer::Page(page) if page.host.is_openai()));
        let is_replaced = has_no_trace || traced(|answer| matches!(answer, TraceAnswer::Replaced { .. }));
        if is_strange_page && (is_replaced || (is_led_away && is_openai())) {
            return Some(Observation::FilterAnswers);
        }
        // If only the trace is redirected, but pages of the site load, this is an unusual site and not a captive portal.
        let is_portal = has_no_trace || (is_led_away && !answered(|answer| matches!(answer, Answer::Page(_))));
        is_portal.then_some(Observation::CaptivePortal)
    }

    fn observe_worker(&self, refusal: &Verdict, seen: &mut Vec<Observation>) {
        let outcome =
            |answer: &Option<Answer>| answer.as_ref().map_or(ExperimentOutcome::Unclear, |answer| answer.outcome(refusal));
        let by_worker = Observation::of_worker(outcome(&self.with_cookies), outcome(&self.without_cookies));
        // A request from the worker lacks the partitioned cookies. So if it is served, it counts as one without cookies. The
        // page's own request without cookies shows whether they are to blame, because it is subject to all other extensions.
        let by_page = outcome(&self.page_without_cookies);
        let without_cookies = Observation::ServedOnlyWithoutCookies;
        let is_blocked_for_all =
            |seen: &Observation| matches!(seen, Observation::RefusedBothWays | Observation::RefusedWithoutCookies);
        seen.extend(match by_worker {
            // OpenAI notices it over time, and in a login. Our requests are not signed in as the page's are, and what an extension
            // kept from being reported is missing for them, too. Only a block without any login shows more.
            by_worker if refusal.family == Family::OpenaiUnusualActivity => by_worker.filter(is_blocked_for_all),
            _ if by_page == ExperimentOutcome::Served => Some(without_cookies),
            // Many pages redirect, and do so for everyone. It means something only where cookies make the difference.
            by_worker if refusal.family == Family::Redirect => by_worker.filter(|by_worker| *by_worker == without_cookies),
            by_worker => by_worker,
        });
        let mut answers = [&self.with_cookies, &self.without_cookies].into_iter().flatten().peekable();
        let is_asked = answers.peek().is_some();
        if is_asked && answers.all(|answer| matches!(answer, Answer::Silent(FetchError::Timeout | FetchError::Unreachable))) {
            seen.push(Observation::WorkerUnanswered);
        }
        let answers = self.answers();
        let traces = [&self.trace, &self.page_trace];
        let is_limited = answers.into_iter().flatten().any(Answer::is_rate_limited)
            || traces.into_iter().flatten().any(TraceAnswer::is_rate_limited);
        if is_limited {
            seen.push(Observation::RateLimited);
        }
    }

    fn observe_traces(&self, refusal: &Verdict, seen: &mut Vec<Observation>) {
        if matches!(self.trace, Some(TraceAnswer::Silent(FetchError::Timeout | FetchError::Unreachable))) {
            seen.push(Observation::TraceUnreachable);
        }
        let trace = self.trace.as_ref().and_then(TraceAnswer::trace);
        let page_trace = self.page_trace.as_ref().and_then(TraceAnswer::trace);
        let is_changed = |trace: Option<&Trace>| Some(trace?.agent.as_ref()? != self.agent.as_ref()?);
        match (is_changed(trace), is_changed(page_trace)) {
            (Some(true), _) => seen.push(Observation::AgentChangedUnderway),
            (_, Some(true)) => seen.push(Observation::AgentRewritten),
            _ => {}
        }
        let Some(now) = self.seen_trace() else { return };
        seen.push(Observation::TraceReached);
        if now.gateway {
            seen.push(Observation::GatewayOn);
        } else if now.warp {
            // A company's gateway is reached through WARP, too. Then no one can just turn it off.
            seen.push(Observation::WarpOn);
        }
        if now.country.as_ref().is_some_and(Country::is_tor) {
            seen.push(Observation::TorExit);
        }
        let same_as = |other: Option<&ClientAddress>| is_same_network(&now.ip, other?);
        if same_as(page_trace.map(|trace| &trace.ip)) == Some(false) {
            seen.push(Observation::AddressDiffers);
        }
        if same_as(refusal.client_ip.as_ref()) == Some(false) {
            seen.push(Observation::AddressChanged);
        } else if same_as(self.address_before.as_ref()) == Some(true) {
            seen.push(Observation::AddressUnchanged);
        }
        seen.extend(self.zone_fits.map(|fits| if fits { Observation::ZoneFits } else { Observation::ZoneMismatch }));
        // With another IP address than then, the comparison is out of date.
        let compared = self.other_host.as_ref().filter(|other| same_as(Some(&other.compared_with)) == Some(true));
        seen.extend(compared.and_then(|other| {
            let is_same = is_same_network(&other.address, &other.compared_with)?;
            Some(if is_same { Observation::OtherHostAgrees } else { Observation::OtherHostDisagrees })
        }));
        let is_reached = self.needed_host.as_ref().map(|host| host.is_reached);
        let needed = |reached| if reached { Observation::NeededHostReached } else { Observation::NeededHostUnreachable };
        seen.extend(is_reached.map(needed));
        if is_reached == Some(false) {
            // A block list hides names and leads none elsewhere.
            seen.retain(|observation| *observation != Observation::OtherHostAgrees);
        }
        seen.extend((self.hides_zone == Some(true)).then_some(Observation::ZoneHidden));
        if let Some(agent) = &self.agent {
            // The computer's own clock may be wrong.
            seen.extend((now.time.and_then(|time| is_old(agent, time)) == Some(true)).then_some(Observation::BrowserOld));
        }
    }

    /// What matters only for a browser check.
    fn observe_check(&self, seen: &mut Vec<Observation>) {
        let is_told = self.trace.as_ref().and_then(TraceAnswer::trace).is_some_and(|trace| trace.time.is_some());
        seen.extend(is_told.then_some(if self.skew.is_some() { Observation::ClockWrong } else { Observation::ClockRight }));
        seen.extend((self.has_clearance_cookie == Some(false)).then_some(Observation::ClearanceMissing));
    }

    fn observe_rest(&self, refusal: &Verdict, seen: &mut Vec<Observation>) {
        seen.extend(self.extensions_cleared.then_some(Observation::ExtensionsCleared));
        seen.extend((self.has_clearance_cookie == Some(false)).then_some(Observation::NoCloudflareCookies));
        let checks_troubled = refusal.ended.is_some() && matches!(self.cloudflare, Some(ServiceStatus::Troubled { .. }));
        // Where Cloudflare's checks have problems, it says nothing that the site itself is well.
        let service = self.service.as_ref().filter(|service| !checks_troubled || **service != ServiceStatus::Well);
        seen.extend(service.map(|service| match service {
            ServiceStatus::Unknown => Observation::ServiceUnknown,
            ServiceStatus::Well => Observation::ServiceWell,
            ServiceStatus::Elsewhere { .. } => Observation::ServiceTroubledElsewhere,
            ServiceStatus::Troubled { .. } => Observation::ServiceTroubled,
        }));
        if matches!(self.cloudflare, Some(ServiceStatus::Troubled { .. })) {
            seen.push(if checks_troubled { Observation::ChecksTroubled } else { Observation::ColoTroubled });
        }
        seen.extend(self.connection.map(|connection| match connection.steadiness {
            Steadiness::Steady => Observation::ConnectionSteady,
            Steadiness::Slow => Observation::ConnectionSlow,
            Steadiness::Unsteady => Observation::ConnectionUnsteady,
            Steadiness::Lossy => Observation::ConnectionLossy,
            Steadiness::Dead => Observation::ConnectionDead,
        }));
        let is_offline = self.trace == Some(TraceAnswer::Silent(FetchError::Offline))
            || self.with_cookies == Some(Answer::Silent(FetchError::Offline));
        // A filter can block a status page. That alone does not mean that everything fails.
        let fails = is_offline || self.others_answer == Some(false);
        if fails && self.seen_trace().is_none() {
            seen.push(Observation::EverythingFails);
        } else if self.others_answer == Some(true) {
            seen.push(Observation::OthersAnswer);
        }
        let told = |opened: Option<bool>, yes, no| opened.map(|opened| if opened { yes } else { no });
        seen.extend(self.agent.as_ref().is_some_and(is_unusual).then_some(Observation::AgentUnusual));
        seen.extend(self.no_vpn.then_some(Observation::NoVpn));
        seen.extend(told(self.private_opened, Observation::PrivateOpened, Observation::PrivateRefused));
        seen.extend(told(self.other_browser_opened, Observation::OtherBrowserOpened, Observation::OtherBrowserRefused));
    }
}
