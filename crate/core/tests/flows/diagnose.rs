//! Finding the cause as a story: what is asked of whom, what follows from the answers, and what is waited for.

use readmit_core::base::id::ExtensionId;
use readmit_core::diagnosis::cause::Cause;
use readmit_core::diagnosis::finding::Elsewhere;
use readmit_core::diagnosis::fix::Fix;
use readmit_core::evidence::budget::Experiment::{self, PageTrace, PageWithoutCookies, Trace, WithCookies, WithoutCookies};
use readmit_core::evidence::probe::FetchError;
use readmit_core::feature::clear_data::Strength;
use readmit_core::feature::clear_data::cookie::{Cookie, PartitionKey};
use readmit_core::protocol::effect::{Brand, Event, Provider, Purpose};
use readmit_core::protocol::message::{PageRequest, PopupRequest};
use readmit_core::view::{Card, FixOutcome, Phase, Privacy};

use super::browser::{Browser, Rule, TAB};
use super::{cookie, extension, killed_everywhere, outcome, refused, with_extensions};

const HOME: &str = "203.0.113.7";
const OTHER: &str = "198.51.100.23";

fn at(address: &'static str, rule: Rule) -> Browser {
    let mut browser = Browser::new(vec![extension("notes", &[])], vec![cookie("session", "login")], rule);
    browser.address = address;
    browser
}

fn banned() -> Browser {
    refused(at(HOME, Rule { addresses: vec![HOME], ..Rule::default() }))
}

fn asked(browser: &Browser) -> Vec<Experiment> {
    let experiment = |purpose: &Purpose| match purpose {
        Purpose::Experiment(experiment) => Some(*experiment),
        Purpose::Watch | Purpose::Inside => None,
    };
    browser.asked.iter().filter_map(experiment).collect()
}

fn watches(browser: &Browser) -> usize {
    browser.asked.iter().filter(|purpose| **purpose == Purpose::Watch).count()
}

#[track_caller]
fn check(browser: &Browser, experiments: &[Experiment], cause: Cause, fix: Fix, why: &str) {
    let view = browser.view();
    assert_eq!(asked(browser), experiments);
    let said = (view.phase, view.causes[0].cause, view.cards[0].fix, view.why.unwrap().key.clone());
    assert_eq!(said, (Phase::Answered, cause, fix, why.into()));
}

#[test]
fn what_the_worker_may_see_and_the_page_may_not_is_an_extensions_work() {
    let extensions = vec![extension("plain", &[]), extension("notes", &[])];
    let browser = refused(Browser::new(extensions, vec![], Rule { extensions: vec!["plain"], ..Rule::default() }));
    check(&browser, &[WithCookies, Trace, PageTrace], Cause::Extension, Fix::Extensions, "why_served");
}

#[test]
fn a_rewritten_user_agent_shows_in_the_pages_trace() {
    let extensions = vec![extension("plain", &[])];
    let mut browser = Browser::new(extensions, vec![], Rule { extensions: vec!["plain"], ..Rule::default() });
    browser.page_agent = "Nokia";
    let browser = refused(browser);
    check(&browser, &[WithCookies, Trace, PageTrace], Cause::Extension, Fix::Extensions, "why_agent");
}

#[test]
fn a_trace_that_comes_before_the_sites_own_answer_does_not_make_the_popup_change_its_mind() {
    let mut browser = at(HOME, Rule { addresses: vec![HOME], ..Rule::default() });
    browser.withholds = Some(Purpose::Experiment(WithCookies));
    let mut browser = refused(browser);
    assert_eq!((asked(&browser), browser.view().phase), (vec![WithCookies, Trace], Phase::Looking));
    browser.happens(Event::Fetched { tab: TAB, purpose: Purpose::Experiment(WithCookies), answer: Err(FetchError::Timeout) });
    assert_eq!(browser.view().phase, Phase::Answered);
}

#[test]
fn a_stale_cookie_shows_by_its_absence() {
    let cookies = vec![cookie("cf_clearance", "stale")];
    let browser = refused(Browser::new(vec![], cookies, Rule { cookies: vec!["cf_clearance"], ..Rule::default() }));
    check(&browser, &[WithCookies, Trace, WithoutCookies], Cause::SiteData, Fix::CloudflareCheck, "why_cookies");
}

#[test]
fn without_cookies_of_cloudflares_there_is_no_check_to_reset() {
    let cookies = vec![cookie("session", "stale")];
    let browser = refused(Browser::new(vec![], cookies, Rule { cookies: vec!["session"], ..Rule::default() }));
    check(&browser, &[WithCookies, Trace, WithoutCookies], Cause::SiteData, Fix::SiteData, "why_cookies");
}

#[test]
fn a_stale_cookie_that_only_pages_bring_is_found_by_the_page() {
    let key = PartitionKey { top_level_site: Some("https://chatgpt.com".into()), has_cross_site_ancestor: None };
    let stale = Cookie { partition_key: Some(key), ..cookie("cf_clearance", "stale") };
    let browser = refused(Browser::new(vec![], vec![stale], Rule { cookies: vec!["cf_clearance"], ..Rule::default() }));
    check(&browser, &[WithCookies, Trace, PageWithoutCookies], Cause::SiteData, Fix::CloudflareCheck, "why_cookies");
}

#[test]
fn an_outage_spares_peoples_cookies() {
    let mut browser = at(HOME, Rule { always: true, ..Rule::default() });
    browser.status = Some(
        r#"{"components":[{"name":"Conversations","status":"operational"}],"status":{"indicator":"none"},
        "incidents":[{"id":"1","name":"Elevated errors","status":"investigating","impact":"major"}]}"#,
    );
    let browser = refused(browser);
    let view = browser.view();
    assert_eq!(view.causes[0].cause, Cause::ServiceDown);
    assert!(!matches!(view.cards[0].fix, Fix::SiteData | Fix::CloudflareCheck));
    let status = view.cards.iter().find(|card| card.fix == Fix::Status).unwrap();
    assert_eq!(status.incidents[0].title, "Elevated errors");
}

#[test]
fn a_status_page_that_moved_is_no_outage() {
    let mut browser = at(HOME, Rule { addresses: vec![HOME], ..Rule::default() });
    browser.status = Some("<!doctype html><h1>We have moved</h1>");
    let browser = refused(browser);
    assert_ne!(browser.view().causes[0].cause, Cause::ServiceDown);
}

#[test]
fn looking_again_within_a_minute_asks_nothing_and_after_it_everything() {
    let mut browser = banned();
    let first = asked(&browser);
    browser.open_popup();
    assert_eq!((asked(&browser), browser.response.len()), (first.clone(), 1));
    browser.now = browser.now.plus_seconds(61);
    browser.open_popup();
    assert_eq!((asked(&browser).len(), browser.response.len()), (first.len() * 2, 2));
}

#[test]
fn one_request_too_many_ends_all_asking_until_the_time_has_passed() {
    let mut browser = at(HOME, Rule { addresses: vec![HOME], ..Rule::default() });
    browser.refuses_with = 429;
    let mut browser = refused(browser);
    assert_eq!(asked(&browser), [WithCookies, Trace]);
    let until = browser.view().wait_until.unwrap();
    browser.click(PopupRequest::CheckAgain { after: None });
    browser.click(PopupRequest::TimeConnection);
    browser.open_popup();
    assert_eq!((asked(&browser).len(), browser.reloads), (2, 0));
    browser.now = until.plus_seconds(60);
    browser.open_popup();
    assert!(asked(&browser).len() > 2);
}

#[test]
fn after_a_try_the_cause_is_looked_for_anew() {
    let mut browser = banned();
    let first = asked(&browser).len();
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    assert_eq!(browser.view().phase, Phase::Answered);
    assert_eq!(outcome(&browser, "cloudflare-check"), FixOutcome::NoHelp);
    assert_eq!(asked(&browser).len(), first * 2);
}

#[test]
fn without_a_popup_nobody_is_asked() {
    let mut browser = at(HOME, Rule { addresses: vec![HOME], ..Rule::default() });
    browser.visit();
    assert!(browser.asked.is_empty() && browser.response.is_empty());
}

#[test]
fn a_new_address_is_noticed_and_the_page_reloaded_once() {
    let mut browser = banned();
    browser.click(PopupRequest::Await(Fix::Router));
    let card = browser.view().cards.remove(0);
    assert_eq!((card.fix, card.outcome, card.until.is_some()), (Fix::Router, FixOutcome::Running, true));
    browser.ring();
    assert_eq!((watches(&browser), browser.reloads), (1, 0), "the same address");
    browser.error = Some(FetchError::Unreachable);
    browser.ring();
    assert_eq!(browser.reloads, 0, "the router is starting");
    (browser.error, browser.address) = (None, OTHER);
    browser.ring();
    let view = browser.view();
    assert_eq!((browser.reloads, view.phase), (1, Phase::Done));
    browser.ring();
    assert_eq!(watches(&browser), 3, "nobody asks any more");
}

#[test]
fn an_address_that_does_not_change_is_said_so_after_ten_minutes() {
    let mut browser = banned();
    browser.click(PopupRequest::Await(Fix::Router));
    for _ in 0..30 {
        browser.ring();
    }
    assert_eq!((watches(&browser), browser.reloads), (20, 0));
    assert_eq!(outcome(&browser, "router"), FixOutcome::NoHelp);
    let router = card(&browser, Fix::Router);
    assert_eq!(router.body[0].key, "router_unchanged");
}

#[test]
fn a_page_that_stirs_is_looked_after_but_not_at_its_pace() {
    let mut browser = banned();
    browser.click(PopupRequest::Await(Fix::Vpn));
    for _ in 0..50 {
        browser.page_says(PageRequest::PageActive);
    }
    assert_eq!(watches(&browser), 0, "it was only just begun");
    browser.now = browser.now.plus_seconds(4);
    browser.address = OTHER;
    browser.page_says(PageRequest::PageActive);
    assert_eq!((watches(&browser), browser.reloads), (1, 1));
    assert_eq!(browser.view().detail.unwrap().key, "helped_vpn");
}

#[test]
fn waiting_ends_with_one_reload_and_can_be_stopped() {
    let mut browser = banned();
    browser.click(PopupRequest::Await(Fix::Wait));
    browser.click(PopupRequest::StopWaiting);
    browser.ring();
    assert_eq!(browser.reloads, 0);
    browser.click(PopupRequest::Await(Fix::Wait));
    browser.rule = Rule::default();
    browser.ring();
    assert_eq!((browser.reloads, browser.view().phase), (1, Phase::Done));
}

#[test]
fn what_was_seen_in_a_private_window_is_evidence() {
    let mut browser = banned();
    browser.click(PopupRequest::Compare(Elsewhere::PrivateWindow));
    let card = card(&browser, Fix::PrivateWindow);
    assert_eq!(card.body[0].key, "compare_question");
    let before = probability(&browser, Cause::SiteData);
    browser.click(PopupRequest::Compared { elsewhere: Elsewhere::PrivateWindow, opened: true });
    assert!(probability(&browser, Cause::SiteData) > before);
}

#[test]
fn what_was_seen_in_another_browser_is_evidence_too_and_an_answer_nobody_was_asked_for_is_none() {
    let mut browser = banned();
    let before = probability(&browser, Cause::Address);
    let refused_there = PopupRequest::Compared { elsewhere: Elsewhere::OtherBrowser, opened: false };
    browser.click(refused_there.clone());
    assert_eq!(probability(&browser, Cause::Address).to_bits(), before.to_bits());
    browser.click(PopupRequest::Compare(Elsewhere::OtherBrowser));
    let card = card(&browser, Fix::Browser);
    assert_eq!((card.body[0].key.as_ref(), card.buttons[0].label.key.as_ref()), ("compare_question", "button_opened"));
    browser.click(refused_there);
    assert!(probability(&browser, Cause::Address) > before);
    assert_eq!(self::card(&browser, Fix::Browser).note.key, "compared_refused");
}

#[test]
fn each_extension_that_changes_the_address_has_its_button_and_turning_it_off_is_a_try() {
    let extensions = vec![extension("swift", &["proxy"]), extension("quick", &["proxy"]), extension("notes", &[])];
    let mut browser = refused(Browser::new(extensions, vec![], Rule { extensions: vec!["swift"], ..Rule::default() }));
    let vpn = card(&browser, Fix::Vpn);
    assert_eq!((vpn.note.key.as_ref(), vpn.note.count), ("vpn_found_several", Some(2)));
    let named: Vec<_> = vpn.buttons.iter().filter(|button| button.label.key == "button_turn_off").collect();
    assert_eq!(named.iter().map(|button| button.label.args[0].as_str()).collect::<Vec<_>>(), ["quick", "swift"]);
    browser.click(PopupRequest::TurnOff { id: ExtensionId("quick".into()) });
    assert_eq!((browser.view().phase, outcome(&browser, "vpn")), (Phase::Answered, FixOutcome::NoHelp));
    browser.click(PopupRequest::TurnOff { id: ExtensionId("swift".into()) });
    let view = browser.view();
    assert_eq!((view.phase, view.detail.unwrap().key.as_ref(), view.put_back), (Phase::Done, "helped_vpn", 2));
}

#[test]
fn a_new_address_that_does_not_help_is_named_beside_the_old_one() {
    let mut browser = at(HOME, Rule { always: true, ..Rule::default() });
    browser.address = HOME;
    let mut browser = refused(browser);
    browser.click(PopupRequest::Await(Fix::Router));
    browser.address = OTHER;
    browser.ring();
    let router = card(&browser, Fix::Router);
    assert_eq!(router.outcome, FixOutcome::NoHelp);
    let said: Vec<_> = router.body.iter().map(|text| (text.key.as_ref(), text.args.first().map(String::as_str))).collect();
    assert_eq!(said, [("router_changed", Some(HOME)), ("router_other_network", None), ("router_now", Some(OTHER))]);
}

#[test]
fn a_network_that_leads_away_wants_a_login() {
    let mut browser = at(HOME, Rule { always: true, ..Rule::default() });
    browser.error = Some(FetchError::LedAway);
    let browser = refused(browser);
    let view = browser.view();
    assert_eq!((view.causes[0].cause, view.cards[0].fix), (Cause::Connection, Fix::Connection));
    assert_eq!(view.why.unwrap().key, "why_portal");
}

#[test]
fn the_report_tells_what_was_asked_and_tried_and_keeps_names_and_addresses_apart() {
    let mut browser = banned();
    browser.click(PopupRequest::TimeConnection);
    browser.click(PopupRequest::Compare(Elsewhere::PrivateWindow));
    browser.click(PopupRequest::Compared { elsewhere: Elsewhere::PrivateWindow, opened: false });
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    let report = browser.view().report;
    let value = |name: &str| report.iter().find(|line| line.name == name).map(|line| line.value.as_str());
    let expected = [
        ("with_cookies", "blocked"),
        ("without_cookies", "blocked"),
        ("trace", "answered"),
        ("service", "no problems reported"),
        ("connection", "steady"),
        ("private_window", "blocked"),
        ("tried_cloudflare-check", "did not help"),
    ];
    for (name, said) in expected {
        assert_eq!(value(name), Some(said), "{name}");
    }
    let open: Vec<_> = report.iter().filter(|line| line.privacy == Privacy::Open).collect();
    assert!(open.iter().all(|line| !line.value.contains(HOME) && !line.value.contains("notes")), "{open:?}");
    assert_eq!((value("address"), value("extensions")), (Some(HOME), Some("notes")));
}

#[test]
fn the_popup_may_close_after_any_effect_and_the_next_one_has_its_answer() {
    let begin = || {
        let mut browser = at(HOME, Rule { addresses: vec![HOME], ..Rule::default() });
        browser.visit();
        browser
    };
    let mut whole = begin();
    let before = whole.performed();
    whole.open_popup();
    let effects = whole.performed() - before;
    for close_after in 1..=effects {
        let mut browser = begin();
        browser.close_after = Some(browser.performed() + close_after);
        browser.open_popup();
        browser.open_popup();
        let view = browser.view();
        assert_eq!((view.phase, view.causes[0].cause), (Phase::Answered, Cause::Address), "closed after effect {close_after}");
        let traces = asked(&browser).iter().filter(|experiment| **experiment == Trace).count();
        assert!(asked(&browser).len() - traces <= 2 && traces <= 1, "closed after effect {close_after}: {:?}", browser.asked);
    }
}

fn card(browser: &Browser, fix: Fix) -> Card {
    browser.view().cards.into_iter().find(|card| card.fix == fix).unwrap()
}

fn probability(browser: &Browser, wanted: Cause) -> f64 {
    browser.view().causes.into_iter().find(|cause| cause.cause == wanted).unwrap().probability
}

#[test]
fn timed_requests_are_drawn_and_judged() {
    let mut browser = banned();
    browser.samples = vec![Some(30), None, Some(40), None, Some(30), Some(30)];
    browser.click(PopupRequest::TimeConnection);
    let card = card(&browser, Fix::Connection);
    assert_eq!((card.chart.len(), card.note.key.as_ref()), (6, "connection_lossy"));
}

#[test]
fn the_status_is_read_on_a_click_of_both_and_once_a_minute() {
    let mut browser = banned();
    assert_eq!(browser.response, [Provider::Openai]);
    browser.click(PopupRequest::CheckStatus);
    browser.click(PopupRequest::CheckStatus);
    assert_eq!(browser.response, [Provider::Openai, Provider::Cloudflare]);
}

#[test]
fn killed_after_any_effect_of_asking_it_still_answers_and_stays_polite() {
    let begin = || {
        let mut browser = at(HOME, Rule { addresses: vec![HOME], ..Rule::default() });
        browser.visit();
        browser
    };
    killed_everywhere(begin, Browser::open_popup, |kill_after, browser| {
        let view = browser.view();
        assert_eq!(view.phase, Phase::Answered, "killed after effect {kill_after}: it hangs");
        let traces = asked(&browser).iter().filter(|experiment| **experiment == Trace).count();
        assert!(asked(&browser).len() - traces <= 2 && traces <= 1, "killed after effect {kill_after}: {:?}", browser.asked);
    });
}

#[test]
fn killed_while_waiting_it_waits_on() {
    let begin = || {
        let mut browser = banned();
        browser.click(PopupRequest::Await(Fix::Router));
        browser
    };
    let story = |browser: &mut Browser| {
        browser.ring();
        browser.address = OTHER;
        browser.ring();
        browser.ring();
    };
    killed_everywhere(begin, story, |kill_after, browser| {
        assert_eq!(browser.view().phase, Phase::Done, "killed after effect {kill_after}");
    });
}

const OTHER_TRACE: &str = "https://crypto.cloudflare.com/cdn-cgi/trace";

#[test]
fn where_the_ip_address_leads_another_host_is_asked_once() {
    let mut browser = at(HOME, Rule { addresses: vec![HOME], ..Rule::default() });
    browser.address_elsewhere = Some(OTHER);
    let mut browser = refused(browser);
    check(&browser, &[WithCookies, Trace, WithoutCookies], Cause::Dns, Fix::Dns, "why_other_host");
    assert_eq!(browser.asked_elsewhere, [OTHER_TRACE]);
    // Neither later, nor after a try, nor by another worker.
    browser.now = browser.now.plus_seconds(61);
    browser.open_popup();
    browser.click(PopupRequest::CheckAgain { after: Some(Fix::Dns) });
    browser.kill();
    browser.open_popup();
    assert_eq!(browser.asked_elsewhere, [OTHER_TRACE]);
    assert_ne!(browser.view().cards[0].fix, Fix::Dns);
    // Its lines are gone from the hosts file: the page opens.
    browser.rule = Rule::default();
    browser.click(PopupRequest::CheckAgain { after: Some(Fix::Dns) });
    assert_eq!(browser.view().phase, Phase::Done);
}

#[test]
fn where_something_else_leads_no_other_host_is_asked() {
    let cookies = vec![cookie("cf_clearance", "stale")];
    let browser = refused(Browser::new(vec![], cookies, Rule { cookies: vec!["cf_clearance"], ..Rule::default() }));
    assert_eq!(browser.asked_elsewhere, Vec::<String>::new());
    let extensions = vec![extension("plain", &[]), extension("notes", &[])];
    let browser = refused(Browser::new(extensions, vec![], Rule { extensions: vec!["plain"], ..Rule::default() }));
    assert_eq!(browser.asked_elsewhere, Vec::<String>::new());
}

#[test]
fn killed_while_another_host_is_asked_it_is_not_asked_again() {
    let begin = || {
        let mut browser = at(HOME, Rule { addresses: vec![HOME], ..Rule::default() });
        browser.address_elsewhere = Some(OTHER);
        browser.visit();
        browser
    };
    killed_everywhere(begin, Browser::open_popup, |kill_after, browser| {
        assert!(browser.asked_elsewhere.len() <= 1, "killed after effect {kill_after}: {:?}", browser.asked_elsewhere);
        assert_eq!(browser.view().phase, Phase::Answered, "killed after effect {kill_after}: it hangs");
    });
}

#[test]
fn a_host_that_the_page_needs_is_asked_for_where_the_page_gives_reason() {
    let activity = include_str!("../../../../tests/pages/openai-unusual-activity.json");
    for is_blocked in [true, false] {
        let mut browser = at(HOME, Rule { always: true, ..Rule::default() });
        browser.refusal = (403, activity);
        if is_blocked {
            browser.unreachable = vec!["ab.chatgpt.com"];
        }
        let browser = refused(browser);
        assert_eq!(browser.asked_elsewhere[0], "https://ab.chatgpt.com/");
        let cause = browser.view().causes[0].cause;
        assert_eq!(cause == Cause::Dns, is_blocked, "{cause:?}");
    }
}

#[test]
fn who_uses_no_vpn_says_so_once() {
    let mut browser = banned();
    let named = |browser: &Browser| {
        let buttons = card(browser, Fix::Vpn).buttons.into_iter().map(|button| button.label.key.to_string());
        buttons.collect::<Vec<_>>()
    };
    assert_eq!(
        (browser.view().cards[0].fix, named(&browser)[..2].to_vec()),
        (Fix::Vpn, vec!["button_vpn".into(), "button_no_vpn".into()])
    );
    browser.click(PopupRequest::NoVpn);
    assert_ne!(browser.view().cards[0].fix, Fix::Vpn);
    assert_eq!((browser.reloads, card(&browser, Fix::Vpn).note.key.as_ref()), (0, "vpn_denied"));
    assert_eq!(named(&browser), ["button_vpn", "button_check"]);
    browser.kill();
    browser.now = browser.now.plus_seconds(61);
    browser.open_popup();
    browser.click(PopupRequest::CheckAgain { after: None });
    assert_ne!(browser.view().cards[0].fix, Fix::Vpn);
}

#[test]
fn a_vpn_extension_that_was_cleared_is_not_named_again() {
    let extensions = vec![extension("swift", &["proxy"]), extension("notes", &[])];
    let mut browser = Browser::new(extensions, vec![], Rule { always: true, ..Rule::default() });
    browser.address = HOME;
    let mut browser = refused(browser);
    assert_eq!(card(&browser, Fix::Vpn).note.key, "vpn_found");
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert!(view.cleared, "{:?}", view.phase);
    assert_ne!(view.causes[0].cause, Cause::Extension);
    let labels: Vec<_> = view.cards[0].buttons.iter().map(|button| button.label.key.as_ref()).collect();
    assert!(!labels.contains(&"button_turn_off"), "{labels:?}");
    assert_eq!(card(&browser, Fix::Vpn).note.key, "vpn_none");
}

#[test]
fn after_it_opened_in_another_browser_nothing_outside_leads() {
    let mut browser = banned();
    browser.click(PopupRequest::Compare(Elsewhere::OtherBrowser));
    browser.click(PopupRequest::Compared { elsewhere: Elsewhere::OtherBrowser, opened: true });
    let view = browser.view();
    let outside = [Fix::Vpn, Fix::Router, Fix::Connection, Fix::Status, Fix::Wait, Fix::Clock, Fix::LocalProgram, Fix::Dns];
    assert!(!outside.contains(&view.cards[0].fix), "{:?}", view.cards[0].fix);
    assert!(!matches!(view.causes[0].cause, Cause::Address | Cause::Vpn), "{:?}", view.causes[0]);
}

#[test]
fn this_browsers_own_protection_has_a_card_by_name() {
    let body = |brand| {
        let mut browser = at(HOME, Rule { always: true, ..Rule::default() });
        browser.brand = brand;
        browser.kill();
        let cards = refused(browser).view().cards.into_iter().filter(|card| card.fix == Fix::BrowserSetting);
        cards.flat_map(|card| card.body).map(|text| text.key.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(body(None), Vec::<String>::new());
    assert_eq!(body(Some(Brand::Brave)), ["protection_brave"]);
    assert_eq!(body(Some(Brand::Opera)), ["protection_shield"]);
    assert_eq!(body(Some(Brand::Firefox)), ["protection_firefox", "protection_firefox_config"]);
}

#[test]
fn firefox_that_hides_the_time_zone_is_led_to_that_setting() {
    let mut browser = at(HOME, Rule { always: true, ..Rule::default() });
    (browser.brand, browser.hides_zone) = (Some(Brand::Firefox), true);
    browser.kill();
    let mut browser = refused(browser);
    let view = browser.view();
    assert_eq!(view.causes[0].cause, Cause::BrowserSignature);
    assert_eq!(view.why.unwrap().key, "why_zone_hidden");
    assert_eq!(view.cards[0].fix, Fix::BrowserSetting);
    let body: Vec<_> = view.cards[0].body.iter().map(|text| text.key.as_ref()).collect();
    assert_eq!(body, ["protection_firefox_config"]);
    browser.kill();
    browser.open_popup();
    assert_eq!(browser.view().cards[0].fix, Fix::BrowserSetting, "it is kept");
}

#[test]
fn what_a_browser_has_built_in_is_named_where_it_matters() {
    let words = |brand| {
        let mut browser = with_extensions();
        browser.brand = brand;
        browser.kill();
        let view = refused(browser).view();
        let cards = view.cards.into_iter().filter(|card| ["vpn", "extensions"].contains(&card.fix.name()));
        let mut keys: Vec<_> = cards.flat_map(|card| card.body).map(|text| text.key.to_string()).collect();
        keys.retain(|key| ["brave", "edge", "opera", "vivaldi", "firefox"].iter().any(|name| key.ends_with(name)));
        keys.sort();
        keys
    };
    assert_eq!(words(None), Vec::<String>::new());
    assert_eq!(words(Some(Brand::Brave)), ["blocker_brave", "vpn_brave"]);
    assert_eq!(words(Some(Brand::Edge)), ["blocker_edge", "vpn_edge"]);
    assert_eq!(words(Some(Brand::Opera)), ["blocker_opera", "vpn_opera"]);
    assert_eq!(words(Some(Brand::Vivaldi)), ["blocker_vivaldi", "vpn_vivaldi"]);
    assert_eq!(words(Some(Brand::Firefox)), ["blocker_firefox"]);
}
