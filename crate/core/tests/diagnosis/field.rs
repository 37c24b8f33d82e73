//! The table of scenarios: each of the 26 cases that people have reported in public, with everything unusual that is observed in
//! it, and what has to be advised first. In `tests/e2e` the cases have the same numbers. Those that no diagnosis decides are flows,
//! which are named below the table.

use super::*;

/// A case, or one side of it.
struct Row {
    case: u8,
    situation: &'static str,
    page: Verdict,
    findings: Findings,
    /// What is observed besides [`USUAL`], and a usual one where it matters.
    seen: &'static [Observation],
    /// The likeliest. `None` where the observations do not decide.
    cause: Option<Cause>,
    /// What leads, one after the other: each after those before it were tried in vain.
    fixes: &'static [Fix],
    /// What may not be among the first three.
    never: &'static [Fix],
}

/// What is observed at home, without a VPN, while all is well. No row has to name it.
const USUAL: [Observation; 7] =
    [RefusedBothWays, TraceReached, ZoneFits, ServiceWell, OthersAnswer, ClockRight, NoProxyExtensionOn];

/// Told by the list of extensions, by the browser or by the tab, and not by the answer to a request.
const WITHOUT_REQUESTS: [Observation; 10] = [
    StrongSuspectOn,
    DisguiseOn,
    NoSuspectOn,
    ProxyExtensionOn,
    NoProxyExtensionOn,
    OwnProtection,
    FormSent,
    FormAlone,
    InsidePage,
    EmptyInside,
];

/// What no one should be led to where the site's data is not to blame.
const CLEARING: &[Fix] = &[Fix::SiteData, Fix::CloudflareCheck];

fn row(case: u8, situation: &'static str, page: Verdict, findings: Findings) -> Row {
    Row { case, situation, page, findings, seen: &[], cause: None, fixes: &[], never: &[] }
}

impl Row {
    fn seen(self, seen: &'static [Observation]) -> Self {
        Self { seen, ..self }
    }

    fn leads(self, cause: Cause, fixes: &'static [Fix]) -> Self {
        Self { cause: Some(cause), fixes, ..self }
    }

    /// For a case whose observations do not decide which cause it has.
    fn first(self, fixes: &'static [Fix]) -> Self {
        Self { fixes, ..self }
    }

    fn never(self, never: &'static [Fix]) -> Self {
        Self { never, ..self }
    }

    /// The observations are those of the row and no others, and what is advised is what the row says.
    fn check(&self) {
        let name = format!("{}: {}", self.case, self.situation);
        let by_requests = self.findings.observations(&self.page);
        let unusual = by_requests.iter().filter(|seen| !USUAL.contains(seen));
        let untold: Vec<_> = unusual.filter(|seen| !self.seen.contains(seen)).collect();
        let told = self.seen.iter().filter(|seen| !WITHOUT_REQUESTS.contains(seen));
        let missing: Vec<_> = told.filter(|seen| !by_requests.contains(seen)).collect();
        assert!(
            untold.is_empty() && missing.is_empty(),
            "{name}: observed and not told {untold:?}, told and not observed {missing:?}"
        );
        let mut seen = [by_requests.as_slice(), self.seen].concat();
        seen.extend((!seen.contains(&ProxyExtensionOn)).then_some(NoProxyExtensionOn));
        check_whatever_the_past(&self.page, &seen, &[]);
        let at_first = diagnose(&self.page, &seen, &[]);
        let cause = at_first.causes[0].cause;
        assert_eq!(cause, self.cause.unwrap_or(cause), "{name}: {:?}", &at_first.causes[..4]);
        for (tried, &fix) in self.fixes.iter().enumerate() {
            let led = diagnose(&self.page, &seen, &failed(&self.fixes[..tried])).fixes;
            assert_eq!(led[0], fix, "{name}: after {:?} in vain: {led:?}", &self.fixes[..tried]);
        }
        let is_spared = |fix: &Fix| !self.never.contains(fix);
        assert!(at_first.fixes[..3].iter().all(is_spared), "{name}: {:?} before {:?}", at_first.fixes, self.never);
    }
}

fn needed(host: &str, is_reached: bool) -> Option<NeededHost> {
    Some(NeededHost { host: Host::parse(host).unwrap(), is_reached })
}

/// What is found where a check has ended, and its host is reached.
fn at_ended_check() -> Findings {
    Findings { needed_host: needed("challenges.cloudflare.com", true), ..at_check() }
}

/// Cloudflare's own status page is red, and OpenAI's is green.
fn checks_down() -> Option<ServiceStatus> {
    let summary = r#"{"status":{"indicator":"critical"},"components":[],"incidents":[]}"#;
    Some(ServiceStatus::read(Service::CloudflareChecks, &[summary]))
}

/// What is found where a check comes in place of the page: the worker's requests get one, too, which says nothing.
fn at_check() -> Findings {
    Findings { with_cookies: None, without_cookies: None, ..at_home() }
}

/// A version of 2024. The traces here are of November 2025.
const OLD: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36";

fn ended_checks() -> Vec<Row> {
    let extension = || shown("challenge-ended-extension.html");
    let clock = || shown("challenge-ended-clock.html");
    let browser = || shown("challenge-ended-browser.html");
    let unblock = || shown("challenge-ended-unblock.html");
    let fast = Findings { skew: Skew::between(Time(1_763_896_656_000 + 3_600_000), Time(1_763_896_656_000)), ..at_check() };
    let old = Findings { agent: Agent::parse(OLD), trace: traced(HOME, "DE", OLD), ..at_check() };
    let hidden = Findings { hides_zone: Some(true), ..at_check() };
    let down = Findings { cloudflare: checks_down(), ..at_ended_check() };
    let down_and_unreached = Findings { needed_host: needed("challenges.cloudflare.com", false), ..down.clone() };
    vec![
        row(1, "a check has ended and names an extension, and one that changes pages is on", extension(), at_ended_check())
            .seen(&[CheckNamesExtension, NeededHostReached, StrongSuspectOn])
            .leads(Cause::Extension, &[Fix::Extensions]),
        row(1, "a check has ended and names an extension, and none stands out", extension(), at_ended_check())
            .seen(&[CheckNamesExtension, NeededHostReached])
            .leads(Cause::Extension, &[Fix::Extensions]),
        row(2, "a check has ended and names the clock, which is an hour fast", clock(), fast)
            .seen(&[CheckNamesClock, ClockWrong, StrongSuspectOn])
            .leads(Cause::Clock, &[Fix::Clock]),
        row(2, "the clock is right, and an extension is on that changes what sites see", clock(), at_check())
            .seen(&[CheckNamesClock, ClockRight, StrongSuspectOn])
            .leads(Cause::Extension, &[Fix::Extensions])
            .never(&[Fix::Clock]),
        row(2, "the clock is right, and no extension can be to blame", clock(), at_check())
            .seen(&[CheckNamesClock, ClockRight, NoSuspectOn])
            .leads(Cause::BrowserSignature, &[Fix::Browser])
            .never(&[Fix::Clock]),
        row(3, "a check has ended and names the browser, which is more than a year old", browser(), old)
            .seen(&[CheckNamesBrowser, BrowserOld, StrongSuspectOn])
            .leads(Cause::BrowserSignature, &[Fix::BrowserSetting]),
        row(3, "the browser is new, and hides the time zone", browser(), hidden)
            .seen(&[CheckNamesBrowser, ZoneHidden, OwnProtection, NoSuspectOn])
            .leads(Cause::BrowserSignature, &[Fix::BrowserSetting]),
        row(3, "the browser is new, and has a protection of its own", browser(), at_check())
            .seen(&[CheckNamesBrowser, OwnProtection, NoSuspectOn])
            .leads(Cause::BrowserSignature, &[Fix::BrowserSetting]),
        row(3, "an extension alters what the check measures", browser(), at_check())
            .seen(&[CheckNamesBrowser, StrongSuspectOn, DisguiseOn, OwnProtection])
            .leads(Cause::Extension, &[Fix::Extensions]),
        row(3, "nothing is known to alter it", browser(), at_check())
            .seen(&[CheckNamesBrowser, NoSuspectOn])
            .leads(Cause::BrowserSignature, &[Fix::Browser]),
        row(4, "the check fails for everyone, and Cloudflare says so", unblock(), down)
            .seen(&[CheckNamesHost, ChecksTroubled, NeededHostReached, StrongSuspectOn, DisguiseOn])
            .leads(Cause::ServiceDown, &[Fix::Status])
            .never(CLEARING),
        row(4, "the same, and the check's host does not answer", unblock(), down_and_unreached)
            .seen(&[CheckNamesHost, ChecksTroubled, NeededHostUnreachable])
            .leads(Cause::ServiceDown, &[Fix::Status, Fix::Wait])
            .never(CLEARING),
    ]
}

fn logins_and_requests_inside() -> Vec<Row> {
    let inside = || Verdict::unrecognized(Some(403));
    let login = |family| Verdict::login_error(family, None);
    let activity = || shown("openai-unusual-activity.json");
    let noticed = inner(403, &page_text("openai-unusual-activity.json"));
    let needed_host = needed("ab.chatgpt.com", true);
    let signed_in = Findings {
        with_cookies: noticed.clone(),
        without_cookies: inner(401, "{}"),
        needed_host: needed_host.clone(),
        ..at_home()
    };
    let signed_out = Findings { with_cookies: inner(401, "{}"), without_cookies: None, ..signed_in.clone() };
    let everywhere = Findings { with_cookies: noticed.clone(), without_cookies: noticed, needed_host, ..at_home() };
    let served = Findings { with_cookies: served(), without_cookies: served(), ..at_home() };
    let well = Findings { service: Some(ServiceStatus::Well), ..Findings::default() };
    let lossy = Findings { connection: Connection::measure(&[Some(30), None], None), ..at_check() };
    vec![
        row(5, "the login's one request is answered with a check", inside(), at_check())
            .seen(&[InsidePage, FormSent, StrongSuspectOn])
            .first(&[Fix::Reopen, Fix::Extensions]),
        row(5, "the login shows its own error", login(Family::LoginBlocked), well)
            .leads(Cause::Extension, &[Fix::Reopen, Fix::Extensions, Fix::Vpn]),
        row(6, "a script of the login is blocked", login(Family::LoginScript), at_check())
            .seen(&[StrongSuspectOn])
            .leads(Cause::Extension, &[Fix::Reopen, Fix::Extensions]),
        row(6, "the same, and no extension can be to blame", login(Family::LoginScript), at_check())
            .seen(&[NoSuspectOn])
            .leads(Cause::Dns, &[Fix::Reopen, Fix::Dns]),
        row(6, "a script of the login is lost on the way", login(Family::LoginScript), lossy)
            .seen(&[ConnectionLossy, NoSuspectOn])
            .leads(Cause::Connection, &[Fix::Reopen, Fix::Connection]),
        row(7, "the login has expired, or its cookie is missing", login(Family::LoginExpired), at_check())
            .leads(Cause::SiteData, &[Fix::Reopen]),
        row(8, "requests inside are answered with nothing, and the status page is green", inside(), at_home())
            .seen(&[InsidePage, EmptyInside, StrongSuspectOn])
            .leads(Cause::ServiceDown, &[Fix::Wait])
            .never(CLEARING),
        row(8, "only the page's own requests are answered with nothing", inside(), served)
            .seen(&[InsidePage, ServedBothWays, StrongSuspectOn])
            .leads(Cause::Extension, &[Fix::Reopen, Fix::Extensions]),
        row(9, "unusual activity, and an extension is on that may block telemetry", activity(), signed_in.clone())
            .seen(&[InsidePage, NeededHostReached, StrongSuspectOn])
            .leads(Cause::Extension, &[Fix::Reopen, Fix::Extensions])
            .never(CLEARING),
        row(9, "unusual activity, and no extension can be to blame", activity(), signed_in)
            .seen(&[InsidePage, NeededHostReached, NoSuspectOn])
            .first(&[Fix::Reopen, Fix::Vpn])
            .never(CLEARING),
        row(9, "unusual activity, and a request of ours is told to sign in", activity(), signed_out)
            .seen(&[InsidePage, NeededHostReached, NoSuspectOn])
            .first(&[Fix::Reopen, Fix::Vpn])
            .never(CLEARING),
        row(9, "unusual activity, with and without a login", activity(), everywhere)
            .seen(&[InsidePage, NeededHostReached, NoSuspectOn])
            .first(&[Fix::Reopen, Fix::Vpn])
            .never(CLEARING),
    ]
}

fn outside_the_browser() -> Vec<Row> {
    let led_away = Findings { other_host: other_host(EXIT), ..at_home() };
    let abroad = Findings { zone_fits: Some(false), ..led_away.clone() };
    let rewritten = Findings { trace: traced(HOME, "DE", "Mozilla/5.0 (Windows NT 10.0) Strange/1.0"), ..at_home() };
    let compared = Findings { private_opened: Some(false), other_browser_opened: Some(false), ..rewritten.clone() };
    let strange_page = || Verdict::unrecognized(Some(403));
    let filter = "<!doctype html><title>Blocked</title><h1>This site is not allowed here</h1>";
    let filtered =
        |trace| Findings { with_cookies: answered(403, filter), without_cookies: answered(403, filter), trace, ..at_home() };
    let through_gateway =
        Findings { trace: trace_with(200, "fl=1\nip=203.0.113.7\ncolo=FRA\nloc=DE\nwarp=on\ngateway=on\n"), ..at_home() };
    vec![
        row(10, "a hosts file leads ChatGPT elsewhere, and no VPN is on", openais_own(), led_away.clone())
            .seen(&[OtherHostDisagrees, NoSuspectOn])
            .leads(Cause::Dns, &[Fix::Dns]),
        row(10, "the same, and it leads abroad", openais_own(), abroad)
            .seen(&[OtherHostDisagrees, ZoneMismatch])
            .leads(Cause::Dns, &[Fix::Dns]),
        row(10, "an extension routes ChatGPT and not the others", openais_own(), led_away)
            .seen(&[OtherHostDisagrees, ProxyExtensionOn])
            .leads(Cause::Vpn, &[Fix::Vpn]),
        row(11, "a program changes the user agent of every request", refusal(1010), rewritten)
            .seen(&[AgentChangedUnderway, StrongSuspectOn, DisguiseOn])
            .leads(Cause::LocalProgram, &[Fix::LocalProgram])
            .never(&[Fix::PrivateWindow]),
        row(11, "the same, and neither a private window nor another browser helps", refusal(1010), compared)
            .seen(&[AgentChangedUnderway, PrivateRefused, OtherBrowserRefused])
            .leads(Cause::LocalProgram, &[Fix::LocalProgram])
            .never(&[Fix::Browser, Fix::PrivateWindow]),
        row(11, "a program inspects the encrypted connection", refusal(1013), at_home())
            .seen(&[NoSuspectOn])
            .leads(Cause::LocalProgram, &[Fix::LocalProgram])
            .never(&[Fix::PrivateWindow]),
        row(12, "a company's filter answers with a page of its own", strange_page(), filtered(trace_with(403, filter)))
            .seen(&[FilterAnswers, StrongSuspectOn, DisguiseOn])
            .leads(Cause::LocalProgram, &[Fix::LocalProgram]),
        row(12, "it serves its page for the trace", strange_page(), filtered(trace_with(200, filter)))
            .seen(&[FilterAnswers, StrongSuspectOn, DisguiseOn])
            .leads(Cause::LocalProgram, &[Fix::LocalProgram]),
        row(12, "it leads the trace away", strange_page(), filtered(Some(TraceAnswer::LedAway)))
            .seen(&[FilterAnswers, StrongSuspectOn, DisguiseOn])
            .leads(Cause::LocalProgram, &[Fix::LocalProgram]),
        row(12, "a company's gateway, which the trace names", openais_own(), through_gateway)
            .seen(&[GatewayOn])
            .leads(Cause::LocalProgram, &[Fix::LocalProgram]),
    ]
}

fn trace_with(status: u16, body: &str) -> Option<TraceAnswer> {
    let response = Response { status, url: "https://chatgpt.com/cdn-cgi/trace", headers: &[], body };
    Some(TraceAnswer::of_response(&Host::chatgpt(), &response))
}

/// The answer to a request of ours to what the page itself has requested.
fn inner(status: u16, body: &str) -> Option<Answer> {
    let response = Response { status, url: "https://chatgpt.com/backend-api/me", headers: &[], body };
    Some(Answer::of_inner_response(&Host::chatgpt(), &response))
}

fn failed_loads() -> Vec<Row> {
    let failed = |status| Verdict::unrecognized(Some(status));
    let only_with_cookies = |status| Findings {
        large_cookies: Some(true),
        with_cookies: answered(status, ""),
        without_cookies: served(),
        ..at_home()
    };
    let circles = Findings {
        with_cookies: Some(Answer::Silent(FetchError::LedAway)),
        without_cookies: served(),
        has_clearance_cookie: Some(false),
        ..at_home()
    };
    let broken = Findings { with_cookies: answered(500, ""), without_cookies: answered(500, ""), ..at_home() };
    let empty = Findings { with_cookies: answered(403, ""), without_cookies: answered(403, ""), ..at_home() };
    let with_check = Findings { has_clearance_cookie: Some(true), ..at_check() };
    vec![
        row(13, "the page says that the cookies are too large", shown("unstyled-400-cookies.html"), with_check)
            .seen(&[LargeCookies, StrongSuspectOn, DisguiseOn])
            .leads(Cause::SiteData, &[Fix::SiteData]),
        row(13, "the answer to large cookies is an empty 431", failed(431), only_with_cookies(431))
            .seen(&[ServedOnlyWithoutCookies, LargeCookies])
            .leads(Cause::SiteData, &[Fix::SiteData]),
        row(13, "the answer to large cookies is Cloudflare's 520", failed(520), only_with_cookies(520))
            .seen(&[ServedOnlyWithoutCookies, LargeCookies])
            .leads(Cause::SiteData, &[Fix::SiteData]),
        row(14, "a cookie sends the page around in circles", Verdict::redirect(), circles)
            .seen(&[ServedOnlyWithoutCookies, NoCloudflareCookies])
            .leads(Cause::SiteData, &[Fix::SiteData]),
        row(15, "an empty 403 for every request", failed(403), empty)
            .seen(&[NoSuspectOn])
            .leads(Cause::Address, &[Fix::Vpn])
            .never(CLEARING),
        row(15, "an empty 403 that the worker does not get", failed(403), at_home_served())
            .seen(&[ServedWithCookies, StrongSuspectOn])
            .leads(Cause::Extension, &[Fix::Extensions]),
        row(15, "an empty 500", failed(500), broken).leads(Cause::ServiceDown, &[Fix::Wait]).never(CLEARING),
        row(16, "the edge's bare 403", shown("unstyled-403.html"), at_home())
            .seen(&[NoSuspectOn])
            .leads(Cause::Address, &[Fix::Vpn])
            .never(CLEARING),
        row(16, "the edge's bare 429", shown("unstyled-429.html"), Findings::default())
            .seen(&[StrongSuspectOn])
            .leads(Cause::RateLimit, &[Fix::Wait])
            .never(CLEARING),
        row(16, "the edge's bare 502, and the status page is green", shown("unstyled-502.html"), at_home())
            .leads(Cause::ServiceDown, &[Fix::Wait]),
        row(16, "the edge's bare 502, before the status page has answered", shown("unstyled-502.html"), Findings::default())
            .leads(Cause::ServiceDown, &[Fix::Status, Fix::Wait])
            .never(CLEARING),
        row(17, "the login says that the country is not supported", shown("openai-region-login.html"), at_home())
            .leads(Cause::Region, &[Fix::Owner]),
    ]
}

fn browsers_and_the_rest() -> Vec<Row> {
    let hidden = Findings { hides_zone: Some(true), ..at_home() };
    let no_clearance = Findings { has_clearance_cookie: Some(false), ..at_check() };
    let hidden_in_loop = Findings { hides_zone: Some(true), ..no_clearance.clone() };
    let exit = |country, fits| Findings { trace: traced(EXIT, country, AGENT), zone_fits: Some(fits), ..at_home() };
    let at_exit = |page| Verdict { client_ip: ClientAddress::parse(EXIT), ..page };
    let unblock = || shown("challenge-ended-unblock.html");
    let check_hidden = Findings { needed_host: needed("challenges.cloudflare.com", false), ..at_check() };
    let reports_hidden = Findings { needed_host: needed("ab.chatgpt.com", false), other_host: other_host(HOME), ..at_home() };
    let named = Findings { agent: Agent::parse(ODD), trace: traced(HOME, "DE", ODD), ..at_home() };
    let named_by_program = Findings { trace: traced(HOME, "DE", ODD), ..at_home() };
    let named_by_extension = Findings { page_trace: traced(HOME, "DE", ODD), ..at_home_served() };
    vec![
        row(18, "Firefox resists fingerprinting, and is blocked", refusal(1020), hidden)
            .seen(&[ZoneHidden, OwnProtection])
            .leads(Cause::BrowserSignature, &[Fix::BrowserSetting]),
        row(18, "Firefox resists fingerprinting, and the checks do not end", checking(), hidden_in_loop)
            .seen(&[ZoneHidden, OwnProtection, ClearanceMissing, NoCloudflareCookies])
            .leads(Cause::BrowserSignature, &[Fix::BrowserSetting]),
        row(18, "Brave's shields are up, and its signature is blocked", refusal(1010), at_home())
            .seen(&[OwnProtection, NoSuspectOn])
            .leads(Cause::BrowserSignature, &[Fix::BrowserSetting]),
        row(18, "Brave's shields are up, and the checks do not end", checking(), no_clearance)
            .seen(&[OwnProtection, ClearanceMissing, NoCloudflareCookies, NoSuspectOn])
            .leads(Cause::BrowserSignature, &[Fix::BrowserSetting]),
        row(19, "a VPN whose exit is in another country", at_exit(refusal(1020)), exit("NL", false))
            .seen(&[ZoneMismatch])
            .leads(Cause::Vpn, &[Fix::Vpn])
            .never(CLEARING),
        row(19, "a VPN whose exit is in this country", at_exit(refusal(1020)), exit("DE", true))
            .seen(&[NoSuspectOn])
            .leads(Cause::Address, &[Fix::Vpn])
            .never(CLEARING),
        row(19, "a VPN that is an extension", at_exit(openais_own()), exit("DE", true))
            .seen(&[ProxyExtensionOn])
            .leads(Cause::Vpn, &[Fix::Vpn])
            .never(CLEARING),
        row(21, "a block list hides the check's host", unblock(), check_hidden)
            .seen(&[CheckNamesHost, NeededHostUnreachable, StrongSuspectOn])
            .leads(Cause::Dns, &[Fix::Dns]),
        row(21, "the check's host is reached, and an extension keeps it from the page", unblock(), at_ended_check())
            .seen(&[CheckNamesHost, NeededHostReached, StrongSuspectOn])
            .leads(Cause::Extension, &[Fix::Extensions]),
        row(21, "a block list hides a host that ChatGPT reports to", shown("openai-unusual-activity.json"), reports_hidden)
            .seen(&[NeededHostUnreachable, NoSuspectOn])
            .leads(Cause::Dns, &[Fix::Reopen, Fix::Dns]),
        row(22, "the browser adds a name of its own to its user agent", refusal(1020), named.clone())
            .seen(&[AgentUnusual])
            .leads(Cause::BrowserSignature, &[Fix::Browser]),
        row(22, "the same, and OpenAI itself blocks it", openais_own(), named)
            .seen(&[AgentUnusual])
            .leads(Cause::BrowserSignature, &[Fix::Browser]),
        row(22, "an extension has added it", refusal(1020), named_by_extension)
            .seen(&[ServedWithCookies, AgentRewritten, StrongSuspectOn])
            .leads(Cause::Extension, &[Fix::Extensions]),
        row(22, "a program has added it", refusal(1020), named_by_program)
            .seen(&[AgentChangedUnderway, StrongSuspectOn])
            .leads(Cause::LocalProgram, &[Fix::LocalProgram]),
        row(24, "the browser has translated the page", shown("1020-generation-b-translated.html"), at_home())
            .seen(&[NoSuspectOn])
            .leads(Cause::Address, &[Fix::Vpn]),
        row(26, "a form is blocked, and the page that it was sent to is served", refusal(1020), at_check())
            .seen(&[FormSent, FormAlone, StrongSuspectOn])
            .first(&[Fix::Reopen]),
    ]
}

/// The cases that no diagnosis decides: the flow that tells each, and the file that it is in.
const FLOWS: [(u8, &str, &str); 3] = [
    (20, "a_page_that_opens_is_still_not_blocked", include_str!("../flows/failed_load.rs")),
    (23, "a_blocked_page_on_chatgpt_site_can_be_watched", include_str!("../flows/site.rs")),
    (25, "a_tab_that_was_blocked_before_the_installation_is_marked", include_str!("../flows/open_tabs.rs")),
];

fn table() -> Vec<Row> {
    let parts = [ended_checks(), logins_and_requests_inside(), outside_the_browser(), failed_loads(), browsers_and_the_rest()];
    parts.into_iter().flatten().collect()
}

#[test]
fn each_case_has_its_first_answer() {
    table().iter().for_each(Row::check);
}

#[test]
fn every_case_is_a_row_or_a_flow() {
    let mut cases: Vec<u8> = table().iter().map(|row| row.case).chain(FLOWS.map(|(case, ..)| case)).collect();
    cases.sort_unstable();
    cases.dedup();
    assert_eq!(cases, (1..=26).collect::<Vec<u8>>());
    for (case, flow, file) in FLOWS {
        assert!(file.contains(&format!("#[test]\nfn {flow}() {{")), "{case}: {flow}");
    }
}
