//! Loops of checks: counted, explained by what is behind them, and mended only by a page that opens.

use readmit_core::diagnosis::cause::Cause;
use readmit_core::diagnosis::fix::Fix;
use readmit_core::feature::clear_data::Strength;
use readmit_core::protocol::message::PopupRequest;
use readmit_core::view::{Act, FixOutcome, Phase};

use super::browser::{Browser, Check, Rule};
use super::{cookie, extension, outcome};

fn checked(rule: Rule) -> Browser {
    let extensions = vec![extension("tweaker", &["declarativeNetRequest"]), extension("notes", &[])];
    let mut browser = Browser::new(extensions, vec![cookie("session", "login"), cookie("cf_clearance", "stale")], rule);
    browser.checks = Some(Check::Suspects);
    browser
}

fn in_a_loop(mut browser: Browser) -> Browser {
    for _ in 0..3 {
        browser.visit();
    }
    browser.open_popup();
    browser
}

fn stale() -> Browser {
    checked(Rule { cookies: vec!["cf_clearance"], ..Rule::default() })
}

#[test]
fn two_checks_are_left_alone_and_the_third_is_a_case_without_a_banner() {
    let mut browser = stale();
    browser.visit();
    browser.visit();
    browser.open_popup();
    assert_eq!((browser.badge.as_str(), browser.view().phase), ("", Phase::Clear));
    assert_eq!(browser.view().headline.key, "headline_challenge");
    assert!(browser.asked.is_empty(), "and nobody is asked");
    browser.visit();
    assert_eq!(browser.badge, "!");
    browser.open_popup();
    let view = browser.view();
    assert_eq!((view.phase, view.headline.key.as_ref()), (Phase::Answered, "headline_loop"));
    assert_eq!(view.facts.unwrap().label.key, "fact_blocked");
    assert!(browser.banners.is_empty());
}

#[test]
fn three_checks_in_more_than_two_minutes_are_none_of_ours() {
    let mut browser = stale();
    for _ in 0..9 {
        browser.visit();
        browser.now = browser.now.plus_seconds(61);
    }
    browser.open_popup();
    assert_eq!((browser.badge.as_str(), browser.view().phase), ("", Phase::Clear));
}

#[test]
fn a_worker_that_sleeps_between_two_checks_counts_on() {
    let mut browser = stale();
    for _ in 0..3 {
        browser.visit();
        browser.kill();
    }
    browser.open_popup();
    assert_eq!(browser.view().phase, Phase::Answered);
}

#[test]
fn resetting_the_check_comes_first_and_a_page_that_opens_proves_it() {
    let mut browser = stale();
    browser.extensions.retain(|extension| extension.id.as_str() == "notes");
    let mut browser = in_a_loop(browser);
    assert_eq!(browser.view().cards[0].fix, Fix::CloudflareCheck);
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    assert_eq!(browser.view().phase, Phase::Done);
    assert_eq!(browser.view().detail.unwrap().key, "helped_cloudflare_check");
    browser.visit();
    assert_eq!(browser.badge, "", "counted anew");
}

#[test]
fn a_check_that_is_passed_after_the_fix_is_the_fixs_success() {
    let mut browser = in_a_loop(stale());
    browser.checks = Some(Check::Always);
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    assert_eq!(browser.view().phase, Phase::Done);
}

#[test]
fn a_loop_that_goes_on_after_a_fix_says_that_it_did_not_help() {
    let mut browser = in_a_loop(checked(Rule { always: true, ..Rule::default() }));
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    assert_eq!(browser.view().phase, Phase::Answered);
    assert_eq!(outcome(&browser, "cloudflare-check"), FixOutcome::NoHelp);
}

#[test]
fn a_check_that_waits_for_a_click_says_nothing() {
    let mut browser = checked(Rule { always: true, ..Rule::default() });
    browser.checks = Some(Check::ByHand);
    let mut browser = in_a_loop(browser);
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    assert_eq!((browser.view().phase, browser.view().detail.unwrap().key.as_ref()), (Phase::Answered, "detail_unseen"));
    assert_eq!(outcome(&browser, "cloudflare-check"), FixOutcome::Untried);
    browser.click(PopupRequest::FindExtension);
    assert_eq!(browser.view().headline.key, "headline_unclear");
    assert!(browser.is_on("tweaker"));
}

#[test]
fn an_extension_to_blame_for_a_loop_is_found() {
    let extensions = ["a", "b", "c", "d"].map(|name| extension(name, &["declarativeNetRequest"]));
    let mut browser = Browser::new(extensions.into(), vec![], Rule { extensions: vec!["c"], ..Rule::default() });
    browser.checks = Some(Check::Suspects);
    let mut browser = in_a_loop(browser);
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert_eq!(view.phase, Phase::Found);
    assert_eq!(view.culprits.iter().map(|culprit| culprit.id.as_str()).collect::<Vec<_>>(), ["c"]);
}

#[track_caller]
fn check_clock(ahead: i64, key: &str, hours_and_minutes: [&str; 2]) {
    let mut browser = checked(Rule { always: true, ..Rule::default() });
    browser.ahead = ahead;
    let browser = in_a_loop(browser);
    let view = browser.view();
    let why = view.why.clone().unwrap();
    assert_eq!((why.key.as_ref(), why.args.as_slice()), (key, hours_and_minutes.map(str::to_owned).as_slice()));
    assert_eq!((view.causes[0].cause, view.cards[0].fix), (Cause::Clock, Fix::Clock));
}

#[test]
fn a_wrong_clock_is_named_with_how_wrong_it_is_and_which_way() {
    check_clock(3 * 3600 + 300, "clock_ahead", ["3", "5"]);
    check_clock(-600, "clock_behind", ["0", "10"]);
    check_clock(86_400 * 365, "clock_ahead", ["8760", "0"]);
}

#[test]
fn a_right_clock_is_no_card() {
    let mut browser = stale();
    browser.ahead = 60;
    let browser = in_a_loop(browser);
    assert!(browser.view().cards.iter().all(|card| card.fix != Fix::Clock));
    assert_ne!(browser.view().causes[0].cause, Cause::Clock);
}

#[test]
fn cookies_that_do_not_stay_may_be_blocked() {
    let mut browser = Browser::new(vec![extension("notes", &[])], vec![], Rule { always: true, ..Rule::default() });
    browser.checks = Some(Check::Suspects);
    let browser = in_a_loop(browser);
    let view = browser.view();
    let data = view.causes.iter().position(|cause| cause.cause == Cause::SiteData).unwrap();
    assert!(data > 1, "what is not there cannot be stale");
    assert_eq!(view.why.unwrap().key, "why_no_proof");
}

#[test]
fn a_single_check_in_place_of_a_refusal_forgets_it_as_ever() {
    let mut browser = Browser::new(vec![], vec![], Rule { always: true, ..Rule::default() });
    browser.visit();
    browser.checks = Some(Check::Suspects);
    browser.open_popup();
    assert_eq!(browser.view().headline.key, "headline_challenge");
}

const ENDED_EXTENSION: &str = include_str!("../../../../tests/pages/challenge-ended-extension.html");
const ENDED_CLOCK: &str = include_str!("../../../../tests/pages/challenge-ended-clock.html");
const ENDED_BROWSER: &str = include_str!("../../../../tests/pages/challenge-ended-browser.html");
const ENDED_UNBLOCK: &str = include_str!("../../../../tests/pages/challenge-ended-unblock.html");

/// A site whose check ends with `page` for browsers with a fault.
fn ending(page: &'static str, rule: Rule) -> Browser {
    let extensions = ["a", "b", "c", "d"].map(|name| extension(name, &["declarativeNetRequest"]));
    let mut browser = Browser::new(extensions.into(), vec![], rule);
    browser.checks = Some(Check::Ends);
    browser.refusal = (403, page);
    browser
}

#[test]
fn an_ended_check_is_a_case_at_once_without_a_banner() {
    let mut browser = ending(ENDED_EXTENSION, Rule { extensions: vec!["c"], ..Rule::default() });
    browser.visit();
    assert_eq!(browser.badge, "!");
    browser.open_popup();
    let view = browser.view();
    assert_eq!((view.phase, view.headline.key.as_ref()), (Phase::Answered, "headline_ended"));
    assert_eq!((view.causes[0].cause, view.cards[0].fix), (Cause::Extension, Fix::Extensions));
    let orders = |request: &PopupRequest| {
        view.cards[0].buttons.iter().any(|button| match &button.act {
            Act::Order { request: order, .. } => order == request,
            _ => false,
        })
    };
    assert!(orders(&PopupRequest::FindExtension));
    assert!(browser.banners.is_empty());
}

#[test]
fn the_extension_that_ends_the_check_is_found() {
    let mut browser = ending(ENDED_EXTENSION, Rule { extensions: vec!["c"], ..Rule::default() });
    browser.visit();
    browser.open_popup();
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert_eq!(view.phase, Phase::Found);
    assert_eq!(view.culprits.iter().map(|culprit| culprit.id.as_str()).collect::<Vec<_>>(), ["c"]);
    assert!(!browser.is_on("c") && browser.is_on("a"));
}

#[test]
fn a_check_that_ends_again_after_a_fix_says_that_it_did_not_help() {
    let mut browser = ending(ENDED_EXTENSION, Rule { always: true, ..Rule::default() });
    browser.visit();
    browser.open_popup();
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    assert_eq!((browser.view().phase, browser.view().headline.key.as_ref()), (Phase::Answered, "headline_ended"));
    assert_eq!(outcome(&browser, "cloudflare-check"), FixOutcome::NoHelp);
}

#[test]
fn a_new_check_after_an_ended_one_is_left_alone() {
    let mut browser = ending(ENDED_EXTENSION, Rule { always: true, ..Rule::default() });
    browser.visit();
    browser.checks = Some(Check::Suspects);
    browser.visit();
    browser.open_popup();
    assert_eq!((browser.badge.as_str(), browser.view().headline.key.as_ref()), ("", "headline_challenge"));
}

#[track_caller]
fn check_ended(page: &'static str, ahead: i64, status: Option<&'static str>, cause: Cause, fix: Fix, why: &str) {
    let mut browser = ending(page, Rule { always: true, ..Rule::default() });
    browser.extensions.clear();
    (browser.ahead, browser.status) = (ahead, status);
    browser.visit();
    browser.open_popup();
    let view = browser.view();
    assert_eq!((view.causes[0].cause, view.cards[0].fix), (cause, fix), "{:?}", view.causes);
    assert_eq!(view.why.unwrap().key, why);
}

#[test]
fn the_cause_that_an_ended_check_names_is_checked() {
    let well = r#"{"components":[{"name":"Conversations","status":"operational"}],"incidents":[],"status":{"indicator":"none"}}"#;
    let down =
        r#"{"components":[{"name":"Turnstile","status":"major_outage"}],"incidents":[],"status":{"indicator":"critical"}}"#;
    check_ended(ENDED_CLOCK, 3600, Some(well), Cause::Clock, Fix::Clock, "clock_ahead");
    check_ended(ENDED_CLOCK, 0, Some(well), Cause::BrowserSignature, Fix::Browser, "why_clock_right");
    check_ended(ENDED_BROWSER, 0, Some(well), Cause::BrowserSignature, Fix::Browser, "hint_ended_browser");
    check_ended(ENDED_UNBLOCK, 0, Some(down), Cause::ServiceDown, Fix::Status, "hint_service");
}
