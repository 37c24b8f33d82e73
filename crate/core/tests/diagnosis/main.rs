//! From answers to the first cause and the first fix: the table of the cases that people have reported (`field.rs`), what else
//! leads where, and then every combination of answers of the main experiments, none of which may leave anybody without a next step.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test's helpers may fail the test")]
#![allow(clippy::unnecessary_wraps, reason = "answers are written as the fields that they are put in")]

mod field;

use std::path::Path;

use proptest::prelude::*;
use readmit_core::base::host::Host;
use readmit_core::base::id::Time;
use readmit_core::diagnosis::cause::{Cause, Kind};
use readmit_core::diagnosis::finding::{Findings, NeededHost, OtherHost};
use readmit_core::diagnosis::fix::{Fix, TriedFix};
use readmit_core::diagnosis::observation::Observation::{self, *};
use readmit_core::diagnosis::prior::Prior;
use readmit_core::diagnosis::{Diagnosis, diagnose as diagnose_after};
use readmit_core::evidence::budget::Experiment;
use readmit_core::evidence::connection::Connection;
use readmit_core::evidence::probe::{Answer, ExperimentOutcome, FetchError, Response, TraceAnswer};
use readmit_core::evidence::status::{Service, ServiceStatus};
use readmit_core::evidence::trace::{Agent, Skew};
use readmit_core::recognize::{self, ClientAddress, Family, Page, Verdict};

const HOME: &str = "203.0.113.7";
const EXIT: &str = "198.51.100.9";
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0";

/// A browser that adds a name of its own.
const ODD: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 AtContent/95.5";

/// For somebody who was never refused before.
fn diagnose(refusal: &Verdict, seen: &[Observation], trials: &[TriedFix]) -> Diagnosis {
    diagnose_after(refusal, seen, trials, &Prior::default())
}

fn grounds(refusal: &Verdict, seen: &[Observation], trials: &[TriedFix]) -> Vec<Observation> {
    let first = diagnose(refusal, seen, trials).first_cause().unwrap().cause;
    readmit_core::diagnosis::grounds(first, refusal, seen, trials, &Prior::default())
}

/// A refusal that is all text: `error code: 1020`.
fn refusal(code: u16) -> Verdict {
    let body = format!("error code: {code}");
    let verdict = recognize::recognize(&Page { status: Some(403), headers: &[], url: "https://chatgpt.com/", body: &body });
    Verdict { client_ip: ClientAddress::parse(HOME), ..verdict.unwrap() }
}

fn openais_own() -> Verdict {
    shown("openai-block-2026.html")
}

/// What one of the project's pages is recognized as on chatgpt.com.
fn shown(file: &str) -> Verdict {
    let page = Page { status: Some(403), headers: &[], url: "https://chatgpt.com/", body: &page_text(file) };
    recognize::recognize(&page).unwrap()
}

fn page_text(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/pages").join(file)).unwrap()
}

/// One of Cloudflare's checks, which come one after the other.
fn checking() -> Verdict {
    let body = "<noscript>Enable JavaScript</noscript><script>window._cf_chl_opt = {cRay: '8f2c0123456789ab'};</script>";
    recognize::recognize(&Page { status: Some(403), headers: &[], url: "https://chatgpt.com/", body }).unwrap()
}

fn answered(status: u16, body: &str) -> Option<Answer> {
    let response = Response { status, url: "https://chatgpt.com/", headers: &[], body };
    Some(Answer::of_response(&Host::chatgpt(), &response))
}

fn served() -> Option<Answer> {
    answered(200, "<html><body>Hello</body></html>")
}

fn refused() -> Option<Answer> {
    answered(403, "error code: 1020")
}

fn traced(ip: &str, country: &str, agent: &str) -> Option<TraceAnswer> {
    let body = format!("fl=1\nip={ip}\nts=1763896656.120\nuag={agent}\ncolo=FRA\nloc={country}\nwarp=off\n");
    let response = Response { status: 200, url: "https://chatgpt.com/cdn-cgi/trace", headers: &[], body: &body };
    Some(TraceAnswer::of_response(&Host::chatgpt(), &response))
}

/// What is found at home, without a VPN, while all is well: the worker's requests are both refused.
fn at_home() -> Findings {
    Findings {
        with_cookies: refused(),
        without_cookies: refused(),
        trace: traced(HOME, "DE", AGENT),
        agent: Agent::parse(AGENT),
        zone_fits: Some(true),
        service: Some(ServiceStatus::Well),
        others_answer: Some(true),
        ..Findings::default()
    }
}

/// The same, but the worker is let in with the site's cookies.
fn at_home_served() -> Findings {
    Findings { with_cookies: served(), without_cookies: None, page_trace: traced(HOME, "DE", AGENT), ..at_home() }
}

fn outage() -> Option<ServiceStatus> {
    let summary = r#"{"components":[{"name":"Conversations","status":"operational"}],
        "incidents":[{"id":"1","name":"Elevated errors","status":"investigating","impact":"major"}],"status":{"indicator":"none"}}"#;
    Some(ServiceStatus::read(Service::Openai, &[summary]))
}

fn failed(fixes: &[Fix]) -> Vec<TriedFix> {
    fixes.iter().map(|&fix| TriedFix { fix, helped: false }).collect()
}

#[track_caller]
fn check(refusal: &Verdict, findings: &Findings, more: &[Observation], tried: &[Fix], cause: Cause, fix: Fix) {
    let observations = [findings.observations(refusal).as_slice(), more].concat();
    let diagnosis = diagnose(refusal, &observations, &failed(tried));
    check_whatever_the_past(refusal, &observations, &failed(tried));
    let first = (diagnosis.causes[0].cause, diagnosis.fixes[0]);
    assert_eq!(first, (cause, fix), "{observations:?}\n{:#?}\n{:?}", &diagnosis.causes[..4], diagnosis.fixes);
}

/// What is seen now is not hidden by whatever was proven before, a hundred times the same: an answer that speaks for a cause
/// decides, and what an answer rules out does not come back.
#[track_caller]
fn check_whatever_the_past(refusal: &Verdict, seen: &[Observation], tried: &[TriedFix]) {
    let now = diagnose(refusal, seen, tried);
    let is_decided = seen.iter().any(|observation| Cause::ALL.iter().any(|&cause| observation.ratio(cause) >= 10.0));
    for proven in Cause::ALL {
        let after = diagnose_after(refusal, seen, tried, &[proven; 100].into_iter().collect());
        if is_decided {
            assert_eq!(after, now, "{seen:?} {proven:?}");
        }
        let first = after.causes[0].cause;
        let is_ruled_out = seen.iter().any(|observation| observation.ratio(first) < 0.1);
        assert!(first == now.causes[0].cause || !is_ruled_out, "{seen:?} {proven:?}: {:?}", after.causes);
    }
}

#[test]
fn a_load_that_fails_for_everyone_accuses_no_extension() {
    let both = |answer: fn() -> Option<Answer>| Findings { with_cookies: answer(), without_cookies: answer(), ..at_home() };
    let led_away = || Some(Answer::Silent(FetchError::LedAway));
    // A redirect for everyone is no block.
    let redirected = both(led_away).observations(&Verdict::redirect());
    assert!(!redirected.iter().any(|it| matches!(it, RefusedBothWays | ServedOnlyWithoutCookies)), "{redirected:?}");
    // A 403 for everyone is none of the extensions' doing.
    let refused = both(|| answered(403, "")).observations(&Verdict::unrecognized(Some(403)));
    assert!(refused.contains(&RefusedBothWays), "{refused:?}");
    // Nothing answers.
    let silent = || Some(Answer::Silent(FetchError::Unreachable));
    let unreachable = Some(TraceAnswer::Silent(FetchError::Unreachable));
    let nothing = Findings { with_cookies: silent(), without_cookies: None, trace: unreachable, ..at_home() };
    check(&Verdict::unrecognized(None), &nothing, &[], &[], Cause::Connection, Fix::Connection);
}

#[test]
fn what_was_proven_before_leads_until_an_experiment_has_answered() {
    let refusal = refusal(1020);
    let twice: Prior = [Cause::SiteData; 2].into_iter().collect();
    assert_eq!(diagnose(&refusal, &[NoProxyExtensionOn], &[]).causes[0].cause, Cause::Extension);
    let after = diagnose_after(&refusal, &[NoProxyExtensionOn], &[], &twice);
    assert_eq!((after.causes[0].cause, after.fixes[0]), (Cause::SiteData, Fix::CloudflareCheck));
    let always: Prior = [Cause::SiteData; 100].into_iter().collect();
    for (seen, cause) in [(ServedBothWays, Cause::Extension), (TorExit, Cause::Vpn), (RateLimited, Cause::RateLimit)] {
        assert_eq!(diagnose_after(&refusal, &[seen], &[], &always).causes[0].cause, cause, "{seen:?}");
    }
    let refused = diagnose_after(&refusal, &[RefusedBothWays], &[], &always);
    assert_ne!(refused.causes[0].cause, Cause::SiteData, "{:?}", refused.causes);
}

#[test]
fn an_extension_that_changes_headers() {
    for refusal in [refusal(1020), openais_own()] {
        check(&refusal, &at_home_served(), &[StrongSuspectOn], &[], Cause::Extension, Fix::Extensions);
        // Its rule may look harmless: the experiment is enough.
        check(&refusal, &at_home_served(), &[], &[], Cause::Extension, Fix::Extensions);
    }
    // An added X-Forwarded-For makes Cloudflare itself refuse.
    check(&refusal(1000), &at_home_served(), &[StrongSuspectOn], &[], Cause::Extension, Fix::Extensions);
}

#[test]
fn an_extension_that_rewrites_the_user_agent() {
    let rewritten = Findings { page_trace: traced(HOME, "DE", "Mozilla/4.0 (compatible; MSIE 6.0)"), ..at_home_served() };
    for refusal in [refusal(1010), openais_own()] {
        check(&refusal, &rewritten, &[StrongSuspectOn, DisguiseOn], &[], Cause::Extension, Fix::Extensions);
        check(&refusal, &rewritten, &[], &[], Cause::Extension, Fix::Extensions);
    }
}

#[test]
fn a_browser_that_looks_wrong_by_itself() {
    check(&refusal(1010), &at_home(), &[NoSuspectOn], &[], Cause::BrowserSignature, Fix::Browser);
}

#[test]
fn a_stale_cookie() {
    let stale = Findings { without_cookies: served(), ..at_home() };
    for refusal in [refusal(1020), openais_own()] {
        check(&refusal, &stale, &[], &[], Cause::SiteData, Fix::CloudflareCheck);
        check(&refusal, &stale, &[StrongSuspectOn], &[], Cause::SiteData, Fix::CloudflareCheck);
        check(&refusal, &stale, &[], &[Fix::CloudflareCheck], Cause::SiteData, Fix::SiteData);
    }
}

#[test]
fn too_many_cookies() {
    for code in [520, 1038] {
        let with_cookies = answered(code.min(520), &format!("error code: {code}"));
        let oversized = Findings { with_cookies, without_cookies: served(), ..at_home() };
        check(&refusal(code), &oversized, &[], &[], Cause::SiteData, Fix::SiteData);
        check(&refusal(code), &oversized, &[LargeCookies], &[], Cause::SiteData, Fix::SiteData);
    }
    let oversized = Findings { without_cookies: served(), large_cookies: Some(true), ..at_home() };
    check(&openais_own(), &oversized, &[], &[], Cause::SiteData, Fix::SiteData);
}

#[test]
fn an_address_that_is_blocked_and_then_another_one() {
    for code in [1006, 1020] {
        // Whether a VPN outside the browser is on cannot be seen from here: that is asked first, for it costs least.
        check(&refusal(code), &at_home(), &[NoSuspectOn], &[], Cause::Address, Fix::Vpn);
        let changed = Findings { trace: traced("203.0.113.200", "DE", AGENT), ..at_home() };
        check(&refusal(code), &changed, &[NoSuspectOn], &[Fix::Vpn], Cause::Address, Fix::Router);
    }
    check(&refusal(1006), &at_home(), &[NoSuspectOn], &[Fix::Vpn], Cause::Address, Fix::Router);
}

#[test]
fn a_router_that_brought_no_new_address_says_nothing_about_the_old_one() {
    let unchanged = Findings { address_before: ClientAddress::parse(HOME), ..at_home() };
    let seen = unchanged.observations(&refusal(1006));
    assert!(seen.contains(&AddressUnchanged));
    let with = diagnose(&refusal(1006), &seen, &failed(&[Fix::Router]));
    let without = diagnose(&refusal(1006), &seen, &[]);
    assert_eq!(with.causes, without.causes);
    assert_ne!(with.fixes[0], Fix::Router);
}

#[test]
fn a_proxy_extension_whose_exit_is_blocked() {
    let abroad = Findings { trace: traced(EXIT, "NL", AGENT), zone_fits: Some(false), ..at_home() };
    let refused_there = |verdict: Verdict| Verdict { client_ip: ClientAddress::parse(EXIT), ..verdict };
    for refusal in [refusal(1006), refusal(1020), openais_own()] {
        check(&refused_there(refusal), &abroad, &[ProxyExtensionOn], &[], Cause::Vpn, Fix::Vpn);
    }
    // An exit at home gives itself away by the extension alone.
    check(&refusal(1020), &at_home(), &[ProxyExtensionOn], &[], Cause::Vpn, Fix::Vpn);
}

#[test]
fn tor_and_warp_are_known_by_the_edges_own_word() {
    let tor = Findings { trace: traced(EXIT, "T1", AGENT), zone_fits: None, ..at_home() };
    check(&refusal(1020), &tor, &[], &[], Cause::Vpn, Fix::Vpn);
    check(&refusal(1020), &at_home(), &[WarpOn], &[], Cause::Vpn, Fix::Vpn);
}

#[test]
fn a_rate_limit() {
    check(&refusal(1015), &Findings::default(), &[], &[], Cause::RateLimit, Fix::Wait);
    check(&refusal(1015), &Findings::default(), &[StrongSuspectOn, ProxyExtensionOn], &[], Cause::RateLimit, Fix::Wait);
    check(&shown("openai-rate-limit.json"), &Findings::default(), &[], &[], Cause::RateLimit, Fix::Wait);
    // Our own look hit it.
    let limited = Findings { with_cookies: answered(429, "error code: 1015"), without_cookies: None, ..at_home() };
    assert!(limited.observations(&refusal(1020)).contains(&RateLimited));
    check(&refusal(1020), &limited, &[], &[], Cause::RateLimit, Fix::Wait);
}

#[test]
fn a_country_that_is_not_served() {
    check(&refusal(1009), &at_home(), &[], &[], Cause::Region, Fix::Owner);
    check(&refusal(1009), &at_home(), &[], &Fix::ALL, Cause::Region, Fix::Owner);
    check(&refusal(1026), &at_home(), &[], &[], Cause::OwnerRule, Fix::Owner);
    // Where a VPN makes it look so that is said, and still nothing around the rule is advised.
    let abroad = Findings { zone_fits: Some(false), trace: traced(HOME, "KP", AGENT), ..at_home() };
    check(&refusal(1009), &abroad, &[ProxyExtensionOn], &[], Cause::Vpn, Fix::Owner);
}

#[test]
fn an_outage_with_an_open_incident_and_indicator_none() {
    let down = Findings { service: outage(), ..at_home() };
    for refusal in [refusal(503), refusal(522), openais_own(), refusal(1020)] {
        check(&refusal, &down, &[], &[], Cause::ServiceDown, Fix::Status);
        check(&refusal, &down, &[], &[Fix::Status], Cause::ServiceDown, Fix::Wait);
    }
    // Even when the cookies look guilty: first the outage.
    let both = Findings { without_cookies: served(), ..down };
    check(&refusal(1020), &both, &[], &[], Cause::SiteData, Fix::Status);
}

#[test]
fn a_status_page_that_moved_is_not_an_outage() {
    let moved = ServiceStatus::read(Service::Openai, &["<!doctype html><title>OpenAI status</title><h1>We have moved</h1>"]);
    let unknown = Findings { service: Some(moved), ..at_home() };
    let unasked = Findings { service: None, ..at_home() };
    let refusal = refusal(1020);
    assert!(unknown.observations(&refusal).contains(&ServiceUnknown));
    check(&refusal, &unknown, &[NoSuspectOn], &[], Cause::Address, Fix::Vpn);
    let cookies_measured = |findings: &Findings| diagnose(&refusal, &findings.observations(&refusal), &[]);
    assert_eq!(cookies_measured(&unknown), cookies_measured(&unasked));
}

#[test]
fn resets_and_timeouts() {
    for error in [FetchError::Timeout, FetchError::Unreachable] {
        let broken = Findings {
            with_cookies: Some(Answer::Silent(error)),
            without_cookies: None,
            trace: Some(TraceAnswer::Silent(error)),
            connection: Connection::measure(&[Some(40), None, Some(35), None, Some(300)], None),
            others_answer: None,
            service: None,
            ..at_home()
        };
        for refusal in [refusal(1020), openais_own()] {
            check(&refusal, &broken, &[], &[], Cause::Connection, Fix::Connection);
        }
    }
}

#[test]
fn everything_else_fails_too() {
    let offline = Findings {
        with_cookies: Some(Answer::Silent(FetchError::Unreachable)),
        trace: Some(TraceAnswer::Silent(FetchError::Unreachable)),
        others_answer: Some(false),
        ..Findings::default()
    };
    check(&refusal(1020), &offline, &[], &[], Cause::Connection, Fix::Connection);
}

#[test]
fn a_captive_portal() {
    let hello = "<html><body>Welcome to the hotel</body></html>";
    let response = Response { status: 200, url: "https://chatgpt.com/cdn-cgi/trace", headers: &[], body: hello };
    // The portal serves every address, so the worker seems to be let in: that must not be held against extensions.
    let portal = Findings {
        with_cookies: answered(200, hello),
        without_cookies: answered(200, hello),
        trace: Some(TraceAnswer::of_response(&Host::chatgpt(), &response)),
        service: Some(ServiceStatus::Unknown),
        ..Findings::default()
    };
    for refusal in [refusal(1020), openais_own()] {
        check(&refusal, &portal, &[StrongSuspectOn], &[], Cause::Connection, Fix::Connection);
    }
}

#[test]
fn a_rule_about_what_only_page_loads_have() {
    for refusal in [refusal(1020), openais_own()] {
        // Before the search the extensions are suspected, and rightly so.
        check(&refusal, &at_home_served(), &[], &[], Cause::Extension, Fix::Extensions);
        let cleared = Findings { extensions_cleared: true, ..at_home_served() };
        let seen = cleared.observations(&refusal);
        let diagnosis = diagnose(&refusal, &[seen.as_slice(), &[StrongSuspectOn]].concat(), &failed(&[Fix::Extensions]));
        assert!(diagnosis.probability(Cause::Extension) < 0.01, "{:?}", diagnosis.causes);
        assert_eq!(diagnosis.fixes.last(), Some(&Fix::Extensions));
    }
    let cleared = Findings { extensions_cleared: true, ..at_home_served() };
    check(&refusal(1020), &cleared, &[StrongSuspectOn], &[Fix::Extensions], Cause::OwnerRule, Fix::Browser);
}

#[test]
fn a_clear_experiment_gives_a_clear_answer() {
    let stale = Findings { without_cookies: served(), ..at_home() };
    for refusal in [refusal(1020), openais_own()] {
        let belief = |findings: &Findings, cause| diagnose(&refusal, &findings.observations(&refusal), &[]).probability(cause);
        assert!(belief(&at_home_served(), Cause::Extension) > 0.8);
        assert!(belief(&stale, Cause::SiteData) > 0.95);
        // What the two requests rule out is ruled out.
        assert!(belief(&at_home(), Cause::Extension) + belief(&at_home(), Cause::SiteData) < 0.1);
    }
}

#[test]
fn nothing_brings_cleared_extensions_back() {
    let against = [ExtensionsCleared, StrongSuspectOn, DisguiseOn, AgentRewritten, ServedOnlyWithCookies, PrivateOpened];
    for verdict in &every_kind() {
        check_promises(verdict, &against, &[]);
        check_promises(verdict, &against, &failed(&Fix::ALL));
    }
}

#[test]
fn a_private_window_tells() {
    let opened = Findings { private_opened: Some(true), ..Findings::default() };
    let refused = Findings { private_opened: Some(false), ..Findings::default() };
    let refusal = refusal(1020);
    let data = |findings: &Findings| diagnose(&refusal, &findings.observations(&refusal), &[]).probability(Cause::SiteData);
    let untold = data(&Findings::default());
    assert!(data(&opened) > 2.0 * untold && data(&refused) < untold / 4.0);
}

#[test]
fn an_ipv6_refusal_and_an_ipv4_trace_are_no_change_of_address() {
    let refusal = Verdict { client_ip: ClientAddress::parse("2001:db8::7"), ..refusal(1020) };
    assert!(!at_home().observations(&refusal).contains(&AddressChanged));
}

#[test]
fn a_loop_of_checks_is_stale_data_or_a_disguise_and_a_clock_only_where_it_is_wrong() {
    let alone = Findings { has_clearance_cookie: Some(true), trace: traced(HOME, "DE", AGENT), ..Findings::default() };
    check(&checking(), &alone, &[NoSuspectOn], &[], Cause::SiteData, Fix::CloudflareCheck);
    check(&checking(), &alone, &[], &[], Cause::SiteData, Fix::CloudflareCheck);
    check(&checking(), &alone, &[StrongSuspectOn, DisguiseOn], &[], Cause::Extension, Fix::Extensions);
    let wrong = Findings { skew: Some(Skew { ahead: false, minutes: 10 }), ..alone.clone() };
    check(&checking(), &wrong, &[NoSuspectOn], &[], Cause::Clock, Fix::Clock);
    check(&checking(), &wrong, &[StrongSuspectOn], &[], Cause::Clock, Fix::Clock);
    check(&checking(), &wrong, &[NoSuspectOn], &[Fix::Clock], Cause::SiteData, Fix::CloudflareCheck);
    // A refusal does not care what time it is.
    check(&refusal(1009), &wrong, &[], &[], Cause::Region, Fix::Owner);
}

#[test]
fn a_browser_whose_worker_lies_too_is_not_an_extensions_work() {
    let agent = "Mozilla/4.0 (compatible; MSIE 6.0)";
    let findings = Findings { trace: traced(HOME, "DE", agent), page_trace: traced(HOME, "DE", agent), ..at_home() };
    let seen = findings.observations(&refusal(1010));
    assert!(seen.contains(&AgentChangedUnderway) && !seen.contains(&AgentRewritten));
}

#[test]
fn why_is_answered_by_what_made_the_difference() {
    let refusal = refusal(1020);
    let stale = Findings { without_cookies: served(), ..at_home() };
    assert_eq!(grounds(&refusal, &stale.observations(&refusal), &[])[0], ServedOnlyWithoutCookies);
    let seen = [at_home_served().observations(&refusal), vec![StrongSuspectOn]].concat();
    assert_eq!(grounds(&refusal, &seen, &[]), [ServedWithCookies, StrongSuspectOn]);
    assert_eq!(grounds(&refusal, &[], &[]), []);
}

#[test]
fn the_same_observation_counts_once() {
    let refusal = refusal(1020);
    let twice: Vec<Observation> = vec![StrongSuspectOn; 10_000];
    assert_eq!(diagnose(&refusal, &twice, &[]), diagnose(&refusal, &[StrongSuspectOn], &[]));
}

#[test]
fn what_opened_the_page_once_is_believed_again() {
    let refusal = refusal(1020);
    let helped = [TriedFix { fix: Fix::SiteData, helped: true }];
    assert_eq!(diagnose(&refusal, &[], &helped).causes[0].cause, Cause::SiteData);
}

#[test]
fn looking_at_the_status_page_mends_nothing_and_so_proves_nothing() {
    let refusal = refusal(522);
    assert_eq!(diagnose(&refusal, &[], &failed(&[Fix::Status, Fix::Owner])).causes, diagnose(&refusal, &[], &[]).causes);
}

/// What is observed in `findings`, and not in what is found at home.
#[track_caller]
fn check_observed(findings: &Findings, expected: &[Observation]) {
    let refusal = refusal(1020);
    let usual = at_home().observations(&refusal);
    let mut seen = findings.observations(&refusal);
    seen.retain(|observation| !usual.contains(observation));
    assert_eq!(seen, expected);
}

#[test]
fn each_answer_is_observed() {
    let silent = |error| Some(Answer::Silent(error));
    let trace = |error| Some(TraceAnswer::Silent(error));
    let unasked = || Findings { others_answer: None, service: None, ..Findings::default() };
    check_observed(&Findings::default(), &[]);
    check_observed(&at_home(), &[]);
    check_observed(&Findings { without_cookies: None, ..at_home() }, &[RefusedWithCookies]);
    check_observed(&Findings { with_cookies: silent(FetchError::Timeout), ..at_home() }, &[RefusedWithoutCookies]);
    check_observed(&Findings { with_cookies: silent(FetchError::Timeout), ..unasked() }, &[WorkerUnanswered]);
    check_observed(&Findings { trace: trace(FetchError::Unreachable), ..at_home() }, &[TraceUnreachable]);
    check_observed(&Findings { trace: trace(FetchError::Offline), ..unasked() }, &[EverythingFails]);
    check_observed(&Findings { with_cookies: silent(FetchError::Offline), ..unasked() }, &[EverythingFails]);
    check_observed(&Findings { others_answer: Some(false), ..unasked() }, &[EverythingFails]);
    check_observed(&Findings { others_answer: Some(false), ..at_home() }, &[]);
    let withheld = |status| Some(TraceAnswer::Withheld { status, retry_after: None });
    check_observed(&Findings { trace: withheld(403), ..at_home() }, &[]);
    check_observed(&Findings { trace: withheld(429), ..at_home() }, &[RateLimited]);
    check_observed(&Findings { page_trace: traced(EXIT, "DE", AGENT), ..at_home() }, &[AddressDiffers]);
    check_observed(&Findings { page_trace: traced("2001:db8::7", "DE", AGENT), ..at_home() }, &[]);
    check_observed(&Findings { page_trace: traced(HOME, "DE", ""), ..at_home() }, &[AgentRewritten]);
    check_observed(&Findings { agent: None, page_trace: traced(HOME, "DE", ""), ..at_home() }, &[]);
    check_observed(&Findings { zone_fits: Some(false), ..at_home() }, &[ZoneMismatch]);
    check_observed(&Findings { service: outage(), ..at_home() }, &[ServiceTroubled]);
    check_observed(&Findings { cloudflare: outage(), ..at_home() }, &[ColoTroubled]);
    let elsewhere = ServiceStatus::Elsewhere { incidents: Vec::new() };
    check_observed(&Findings { service: Some(elsewhere), ..at_home() }, &[ServiceTroubledElsewhere]);
    check_observed(&Findings { extensions_cleared: true, ..at_home() }, &[ExtensionsCleared]);
    check_observed(&Findings { large_cookies: Some(false), ..at_home() }, &[]);
    check_observed(&Findings { private_opened: Some(true), ..at_home() }, &[PrivateOpened]);
    check_observed(&Findings { private_opened: Some(false), ..at_home() }, &[PrivateRefused]);
    check_observed(&Findings { other_browser_opened: Some(true), ..at_home() }, &[OtherBrowserOpened]);
    check_observed(&Findings { other_browser_opened: Some(false), ..at_home() }, &[OtherBrowserRefused]);
    let timed = |samples: &[Option<u32>]| Findings { connection: Connection::measure(samples, None), ..at_home() };
    check_observed(&timed(&[Some(30)]), &[ConnectionSteady]);
    check_observed(&timed(&[Some(700)]), &[ConnectionSlow]);
    check_observed(&timed(&[Some(30), Some(300), Some(30)]), &[ConnectionUnsteady]);
    check_observed(&timed(&[Some(30), None]), &[ConnectionLossy]);
    check_observed(&timed(&[None]), &[ConnectionDead]);
}

#[test]
fn a_new_look_keeps_what_people_and_the_search_have_said() {
    let mut findings = Findings { private_opened: Some(false), extensions_cleared: true, ..at_home_served() };
    findings.answered(Experiment::WithCookies, refused().unwrap());
    assert_eq!(findings.page_trace, None, "it belonged to the look before");
    let seen = findings.observations(&refusal(1020));
    assert_eq!(seen, [RefusedWithCookies, TraceReached, ZoneFits, ExtensionsCleared, ServiceWell, OthersAnswer, PrivateRefused]);
}

#[test]
fn what_was_compared_or_asked_is_not_asked_for_again() {
    let answers = [
        (Fix::PrivateWindow, [PrivateOpened, PrivateRefused]),
        (Fix::Browser, [OtherBrowserRefused, OtherBrowserRefused]),
        (Fix::Vpn, [NoVpn, NoVpn]),
        (Fix::Status, [ServiceWell, ServiceTroubledElsewhere]),
        (Fix::Connection, [ConnectionSteady, ConnectionSlow]),
    ];
    for (fix, seen) in answers {
        for seen in seen {
            assert_eq!(diagnose(&refusal(1020), &[seen], &[]).fixes.last(), Some(&fix), "{seen:?}");
        }
    }
}

/// What a person learns who does what a card says, and it does not open the page.
fn in_vain(fix: Fix) -> Option<Observation> {
    match fix {
        Fix::PrivateWindow => Some(PrivateRefused),
        Fix::Browser => Some(OtherBrowserRefused),
        Fix::Status => Some(ServiceWell),
        Fix::Connection => Some(ConnectionSteady),
        _ => None,
    }
}

#[test]
fn whoever_does_in_vain_what_is_recommended_comes_to_the_owner_and_does_nothing_twice() {
    let skew = Some(Skew { ahead: true, minutes: 90 });
    let situations = [
        Findings::default(),
        at_home(),
        at_home_served(),
        Findings { without_cookies: served(), ..at_home() },
        Findings { skew, has_clearance_cookie: Some(false), ..at_home() },
    ];
    for verdict in &every_kind() {
        for findings in &situations {
            let mut seen = findings.observations(verdict);
            let mut done: Vec<Fix> = Vec::new();
            loop {
                let tried: Vec<Fix> = done.iter().copied().filter(|&fix| in_vain(fix).is_none()).collect();
                let fix = diagnose(verdict, &seen, &failed(&tried)).fixes[0];
                if fix == Fix::Owner {
                    break;
                }
                assert!(!done.contains(&fix), "{:?} after {done:?}: {fix:?} again", Kind::of(verdict));
                seen.extend(in_vain(fix));
                done.push(fix);
            }
        }
    }
}

/// One refusal of each kind.
fn every_kind() -> Vec<Verdict> {
    let codes = [1020, 1006, 1009, 1010, 1000, 1038, 1015, 1013, 1034, 1026, 522];
    let mut verdicts: Vec<Verdict> = codes.into_iter().map(refusal).collect();
    verdicts.push(openais_own());
    verdicts.push(checking());
    verdicts.push(shown("openai-unusual-activity.json"));
    verdicts.push(shown("challenge-ended-unblock.html"));
    let mut kinds: Vec<Kind> = verdicts.iter().map(Kind::of).collect();
    kinds.dedup();
    assert_eq!(kinds.len(), 15);
    verdicts
}

/// What must hold of every diagnosis.
#[track_caller]
fn check_promises(refusal: &Verdict, seen: &[Observation], trials: &[TriedFix]) {
    check_whatever_the_past(refusal, seen, trials);
    let diagnosis = diagnose(refusal, seen, trials);
    let situation = || format!("{:?} {seen:?} {trials:?}\n{diagnosis:#?}", Kind::of(refusal));
    let total: f64 = diagnosis.causes.iter().map(|belief| belief.probability).sum();
    assert!((total - 1.0).abs() < 1e-9, "{}", situation());
    assert!(diagnosis.causes.iter().all(|belief| (0.0..=1.0).contains(&belief.probability)), "{}", situation());
    assert!(diagnosis.causes.is_sorted_by(|a, b| a.probability >= b.probability), "{}", situation());
    assert_eq!(diagnosis.causes.len(), Cause::ALL.len(), "{}", situation());
    // Only waiting, opening anew, setting a clock that is right, and adjusting a browser that needs nothing, are left out.
    assert!(diagnosis.fixes.len() >= Fix::ALL.len() - 4, "{}", situation());

    let (cause, fix) = (diagnosis.causes[0].cause, diagnosis.fixes[0]);
    let failed = |wanted: Fix| trials.iter().any(|trial| trial.fix == wanted && !trial.helped);
    let kind = Kind::of(refusal);
    if matches!(kind, Kind::Region | Kind::Legal) {
        assert_eq!(fix, Fix::Owner, "{}", situation());
    } else if (kind == Kind::RateLimit || seen.contains(&RateLimited)) && !failed(Fix::Wait) {
        assert_eq!(fix, Fix::Wait, "{}", situation());
    }
    let is_outage = seen.contains(&ServiceTroubled) || seen.contains(&ChecksTroubled);
    if is_outage {
        assert!(!matches!(fix, Fix::SiteData | Fix::CloudflareCheck), "{}", situation());
    }
    if seen.contains(&ExtensionsCleared) {
        assert_ne!(cause, Cause::Extension, "{}", situation());
        assert_eq!(diagnosis.fixes.last(), Some(&Fix::Extensions), "{}", situation());
    }
    check_learned(refusal, seen, trials);
    let ruled_out = |fix: Fix| {
        let cleared = fix == Fix::Extensions && seen.contains(&ExtensionsCleared);
        cleared || (seen.contains(&OtherBrowserOpened) && is_outside(fix, seen, refusal))
    };
    let is_left = |fix: &Fix| !failed(*fix) && !ruled_out(*fix);
    // What has failed comes back only when nothing else is left, where nothing else is honest, or to spare the data.
    if diagnosis.fixes.iter().any(is_left) && !matches!(kind, Kind::Region | Kind::Legal) && !is_outage {
        assert!(!failed(fix), "{}", situation());
    }
}

/// Is this advice about something outside this browser? A VPN is inside where it is an extension that was not cleared, and a wait
/// that the site itself has asked for is about neither.
fn is_outside(fix: Fix, seen: &[Observation], refusal: &Verdict) -> bool {
    let is_limited = Kind::of(refusal) == Kind::RateLimit || seen.contains(&RateLimited);
    match fix {
        Fix::Vpn => !seen.contains(&ProxyExtensionOn) || seen.contains(&ExtensionsCleared),
        Fix::Wait => !is_limited,
        Fix::Router | Fix::Connection | Fix::Status | Fix::Clock | Fix::LocalProgram | Fix::Dns => true,
        _ => false,
    }
}

/// No advice against evidence, whatever else was observed or tried.
#[track_caller]
fn check_learned(refusal: &Verdict, seen: &[Observation], trials: &[TriedFix]) {
    let Diagnosis { causes, fixes } = diagnose(refusal, seen, trials);
    let (cause, fix) = (causes[0].cause, fixes[0]);
    let situation = || format!("{:?} {seen:?} {trials:?}: {cause:?} {fix:?}", Kind::of(refusal));
    if seen.contains(&OtherBrowserOpened) {
        assert!(!is_outside(fix, seen, refusal), "{}", situation());
        let is_outside = match cause {
            Cause::Vpn => is_outside(Fix::Vpn, seen, refusal),
            Cause::Address | Cause::Region | Cause::Connection | Cause::ServiceDown => true,
            Cause::Clock | Cause::LocalProgram | Cause::Dns => true,
            _ => false,
        };
        assert!(!is_outside, "{}", situation());
    }
    if seen.contains(&ExtensionsCleared) {
        assert!(cause != Cause::Extension && fix != Fix::Extensions, "{}", situation());
    }
    if seen.contains(&NoVpn) && fixes.iter().any(|&fix| fix != Fix::Vpn && trials.iter().all(|trial| trial.fix != fix)) {
        assert_ne!(fix, Fix::Vpn, "{}", situation());
    }
}

#[test]
fn nothing_that_was_learned_is_contradicted() {
    let learned: [&[Observation]; 4] =
        [&[OtherBrowserOpened], &[ExtensionsCleared], &[NoVpn], &[OtherBrowserOpened, ExtensionsCleared, NoVpn]];
    for verdict in &every_kind() {
        for learned in learned {
            for one in Observation::ALL {
                for other in Observation::ALL {
                    check_learned(verdict, &[learned, &[one, other]].concat(), &[]);
                }
                for tried in Fix::ALL {
                    check_learned(verdict, &[learned, &[one]].concat(), &failed(&[tried]));
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn no_set_of_answers_contradicts_what_was_learned(
        kind in 0_usize..15,
        mut seen in prop::sample::subsequence(Observation::ALL.to_vec(), 0..=Observation::ALL.len()),
        learned in prop::sample::subsequence(vec![OtherBrowserOpened, ExtensionsCleared, NoVpn], 1..=3),
        tried in prop::sample::subsequence(Fix::ALL.to_vec(), 0..=Fix::ALL.len()),
    ) {
        seen.extend(learned);
        check_learned(&every_kind()[kind], &seen, &failed(&tried));
    }
}

#[test]
fn every_combination_of_answers_keeps_the_promises() {
    let outcomes = [ExperimentOutcome::Served, ExperimentOutcome::Refused, ExperimentOutcome::Unclear];
    let pairs = outcomes.iter().flat_map(|&with| outcomes.iter().map(move |&without| Observation::of_worker(with, without)));
    let pairs: Vec<Option<Observation>> = pairs.chain([Some(WorkerUnanswered)]).collect();
    let traces = [None, Some(TraceReached), Some(TraceUnreachable), Some(CaptivePortal), Some(AddressChanged)];
    let states =
        [None, Some(ServiceUnknown), Some(ServiceWell), Some(ServiceTroubledElsewhere), Some(ServiceTroubled), Some(RateLimited)];
    let suspects = [None, Some(NoSuspectOn), Some(StrongSuspectOn), Some(AgentRewritten), Some(ExtensionsCleared)];
    let proxies = [None, Some(ProxyExtensionOn), Some(ZoneFits)];
    // Taken in turns. Their number shares no factor with the others, so that each meets every pair of answers.
    let tried: [&[Fix]; 7] = [
        &[],
        &[Fix::Extensions],
        &[],
        &[Fix::CloudflareCheck, Fix::SiteData, Fix::Vpn],
        &[],
        &[Fix::Status, Fix::Wait],
        &[Fix::Vpn, Fix::Router],
    ];
    let mut combinations = 0;
    for verdict in &every_kind() {
        for pair in &pairs {
            for trace in &traces {
                for state in &states {
                    for suspect in &suspects {
                        for proxy in &proxies {
                            let seen: Vec<Observation> =
                                [*pair, *trace, *state, *suspect, *proxy].into_iter().flatten().collect();
                            check_promises(verdict, &seen, &failed(tried[combinations % tried.len()]));
                            combinations += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(combinations, 15 * 10 * 5 * 6 * 5 * 3);
}

#[test]
fn contradictions_and_everything_at_once_keep_the_promises() {
    for verdict in &every_kind() {
        check_promises(verdict, &Observation::ALL, &[]);
        check_promises(verdict, &Observation::ALL, &failed(&Fix::ALL));
        let all_helped: Vec<TriedFix> = Fix::ALL.iter().map(|&fix| TriedFix { fix, helped: true }).collect();
        check_promises(verdict, &Observation::ALL, &all_helped);
        // Every seventh set: still each fix with and without each other.
        for tried in (0..1_u32 << Fix::ALL.len()).step_by(7) {
            let chosen = Fix::ALL.iter().enumerate().filter(|(place, _)| tried >> place & 1 == 1);
            let trials: Vec<TriedFix> = chosen.map(|(_, &fix)| TriedFix { fix, helped: false }).collect();
            let seen: &[Observation] = if tried % 3 == 0 { &[] } else { &[ServiceTroubled, ServedOnlyWithoutCookies] };
            check_promises(verdict, seen, &trials);
        }
        for one in Observation::ALL {
            for other in Observation::ALL {
                check_promises(verdict, &[one, other], &[]);
            }
        }
    }
}

#[test]
fn findings_survive_being_kept() {
    let findings = Findings { service: outage(), connection: Connection::measure(&[Some(30)], None), ..at_home_served() };
    let kept = serde_json::to_string(&findings).unwrap();
    assert_eq!(serde_json::from_str::<Findings>(&kept).unwrap(), findings);
    assert_eq!(serde_json::from_str::<Findings>("{}").unwrap(), Findings::default());
}

#[test]
fn a_vpn_that_no_one_uses_is_not_advised_again() {
    let denied = Findings { no_vpn: true, ..at_home() };
    for (refusal, next) in [(refusal(1006), Fix::Router), (refusal(1020), Fix::Browser)] {
        check(&refusal, &at_home(), &[NoSuspectOn], &[], Cause::Address, Fix::Vpn);
        check(&refusal, &denied, &[NoSuspectOn], &[], Cause::Address, next);
    }
}

/// Another host behind Cloudflare sees this IP address.
fn other_host(address: &str) -> Option<OtherHost> {
    let parse = |text| ClientAddress::parse(text).unwrap();
    Some(OtherHost { address: parse(address), compared_with: parse(HOME) })
}

// What the table of cases says of one kind of block page, for the other kinds; and what is not taken for it.

#[test]
fn a_hosts_file_shows_by_what_other_hosts_see() {
    let led_away = Findings { other_host: other_host(EXIT), ..at_home() };
    for refusal in [refusal(1020), refusal(1006)] {
        check(&refusal, &led_away, &[NoProxyExtensionOn], &[], Cause::Dns, Fix::Dns);
        // Its exit is often in another country.
        let abroad = Findings { zone_fits: Some(false), ..led_away.clone() };
        check(&refusal, &abroad, &[NoProxyExtensionOn, NoSuspectOn], &[], Cause::Dns, Fix::Dns);
        // An extension that routes only some sites explains the same.
        check(&refusal, &led_away, &[ProxyExtensionOn], &[], Cause::Vpn, Fix::Vpn);
    }
    // Everywhere the same address, an address of another kind, and a comparison with an address that has changed since.
    let changed = Findings { trace: traced("203.0.113.200", "DE", AGENT), ..led_away.clone() };
    for findings in [
        Findings { other_host: other_host(HOME), ..at_home() },
        Findings { other_host: other_host("2001:db8::7"), ..at_home() },
        changed,
    ] {
        let diagnosis = diagnose(&openais_own(), &findings.observations(&openais_own()), &[]);
        assert!(diagnosis.probability(Cause::Dns) < 0.05, "{:?}", diagnosis.causes);
    }
    // Once it was corrected in vain, something else leads.
    let seen = led_away.observations(&openais_own());
    assert_ne!(diagnose(&openais_own(), &seen, &failed(&[Fix::Dns])).fixes[0], Fix::Dns);
    // Cloudflare's own code for a name that leads elsewhere.
    check(&refusal(1034), &at_home(), &[], &[], Cause::Dns, Fix::Dns);
}

#[test]
fn no_name_is_called_blocked_where_the_site_is_silent() {
    let needed_host = Some(NeededHost { host: Host::parse("ab.chatgpt.com").unwrap(), is_reached: false });
    let silent = Findings { needed_host, trace: Some(TraceAnswer::Silent(FetchError::Unreachable)), ..at_home() };
    assert!(!silent.observations(&shown("openai-unusual-activity.json")).contains(&NeededHostUnreachable));
}

#[test]
fn a_program_that_rewrites_every_request_is_outside_the_browser() {
    let other = "Mozilla/5.0 (Windows NT 10.0) Strange/1.0";
    let rewritten = Findings { trace: traced(HOME, "DE", other), ..at_home() };
    for refusal in [refusal(1020), openais_own()] {
        check(&refusal, &rewritten, &[StrongSuspectOn], &[], Cause::LocalProgram, Fix::LocalProgram);
        check(&refusal, &rewritten, &[NoSuspectOn], &[], Cause::LocalProgram, Fix::LocalProgram);
    }
}

#[test]
fn a_trace_that_the_edge_keeps_back_is_no_filters() {
    let page = "<!doctype html><title>Blocked</title><h1>This site is not allowed here</h1>";
    let filter = |headers: &[(String, String)]| {
        let response = Response { status: 403, url: "https://chatgpt.com/cdn-cgi/trace", headers, body: page };
        let trace = Some(TraceAnswer::of_response(&Host::chatgpt(), &response));
        Findings { with_cookies: answered(403, page), without_cookies: answered(403, page), trace, ..at_home() }
    };
    let marks = [("cf-ray".to_owned(), "8f2c0123456789ab-FRA".to_owned()), ("server".to_owned(), "cloudflare".to_owned())];
    let strange = Verdict::unrecognized(Some(403));
    assert!(filter(&[]).observations(&strange).contains(&FilterAnswers), "the control");
    assert!(!filter(&marks).observations(&strange).contains(&FilterAnswers));
    // Nor is Cloudflare's own page.
    assert!(!filter(&[]).observations(&refusal(1020)).contains(&FilterAnswers));
}

#[test]
fn an_unknown_name_in_the_user_agent_makes_the_browser_unusual() {
    let own = Findings { agent: Agent::parse(ODD), trace: traced(HOME, "DE", ODD), ..at_home() };
    for refusal in [refusal(1010), openais_own()] {
        check(&refusal, &own, &[NoSuspectOn, NoProxyExtensionOn], &[], Cause::BrowserSignature, Fix::Browser);
        // Where an extension has added it, or a program, that is said.
        let by_extension = Findings { page_trace: traced(HOME, "DE", ODD), ..at_home_served() };
        check(&refusal, &by_extension, &[StrongSuspectOn], &[], Cause::Extension, Fix::Extensions);
        let by_program = Findings { trace: traced(HOME, "DE", ODD), ..at_home() };
        check(&refusal, &by_program, &[StrongSuspectOn], &[], Cause::LocalProgram, Fix::LocalProgram);
    }
}
