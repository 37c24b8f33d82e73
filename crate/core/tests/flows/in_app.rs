//! Refused inside an open page: confirmed before anything is said, and mended by what the page is answered, never by its
//! merely opening.

use readmit_core::base::id::Path;
use readmit_core::diagnosis::fix::Fix;
use readmit_core::evidence::probe::FetchError;
use readmit_core::feature::clear_data::Strength;
use readmit_core::feature::settings::setting::Setting;
use readmit_core::protocol::effect::Purpose;
use readmit_core::protocol::message::{Burst, OptionsRequest, PageRequest, PopupRequest};
use readmit_core::view::Phase;

use super::browser::{Browser, Rule};
use super::{cookie, extension, refused};

fn inside(rule: Rule) -> Browser {
    let extensions = vec![extension("tweaker", &["declarativeNetRequest"]), extension("notes", &[])];
    let cookies = vec![cookie("session", "login"), cookie("cf_clearance", "stale")];
    let mut browser = Browser::new(extensions, cookies, rule);
    browser.inside = true;
    browser
}

fn by_extension() -> Browser {
    inside(Rule { extensions: vec!["tweaker"], ..Rule::default() })
}

fn asked(browser: &Browser) -> usize {
    browser.asked.iter().filter(|purpose| **purpose == Purpose::Inside).count()
}

#[test]
fn a_burst_that_is_a_refusal_is_a_case_with_its_own_headline_and_the_banner_is_the_answer() {
    let mut browser = by_extension();
    browser.visit();
    assert_eq!((browser.badge_and_code().as_str(), asked(&browser)), ("! 1020", 1));
    assert_eq!(browser.banners.last().unwrap().headline.key, "headline_inside");
    browser.open_popup();
    let view = browser.view();
    assert_eq!((view.phase, view.code), (Phase::Answered, Some(1020)));
    assert_eq!(view.headline.key, "headline_inside");
    assert_eq!(view.causes[0].cause.name(), "extension", "the experiments ask for what was refused, not for the page");
    assert_eq!(asked(&browser), 1, "what is known serves");
}

#[test]
fn with_the_banner_turned_off_only_the_button_tells() {
    let mut browser = by_extension();
    browser.order(OptionsRequest::Set { setting: Setting::Banner, on: false });
    browser.visit();
    browser.open_popup();
    browser.click(PopupRequest::FindExtension);
    assert_eq!(browser.view().phase, Phase::Found);
    assert_eq!((asked(&browser) > 1, browser.banners.len()), (true, 0));
}

#[test]
fn a_burst_that_is_no_refusal_is_nothing() {
    let mut browser = by_extension();
    browser.visit();
    let told = browser.burst().unwrap();
    let mut other = inside(Rule::default());
    other.happens(told);
    assert_eq!((asked(&other), other.badge.as_str(), other.banners.len()), (1, "", 0));
    for error in [FetchError::Timeout, FetchError::Unreachable, FetchError::Offline] {
        let mut browser = by_extension();
        browser.error = Some(error);
        browser.visit();
        assert_eq!((browser.badge_and_code().as_str(), browser.banners.len()), ("", 0), "{error:?}");
        browser.open_popup();
        assert_eq!(browser.view().phase, Phase::Clear, "{error:?}");
    }
}

#[test]
fn that_the_page_opens_after_a_reload_proves_nothing() {
    let mut browser = refused(inside(Rule { always: true, ..Rule::default() }));
    browser.click(PopupRequest::CheckAgain { after: None });
    assert_eq!(browser.view().phase, Phase::Answered);
    assert_eq!(browser.view().headline.key, "headline_inside");
    assert_eq!(asked(&browser), 2, "once for the burst and once for the reload");
    browser.click(PopupRequest::TurnOffSuspects);
    assert_ne!(browser.view().phase, Phase::Done);
}

#[test]
fn each_fix_is_proven_by_what_the_page_is_answered() {
    let mut browser = refused(by_extension());
    browser.click(PopupRequest::TurnOffSuspects);
    assert_eq!(browser.view().phase, Phase::Done);
    assert_eq!(browser.view().detail.unwrap().key, "helped_extensions");

    let mut browser = refused(inside(Rule { cookies: vec!["cf_clearance"], ..Rule::default() }));
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    assert_eq!(browser.view().phase, Phase::Done);
    assert_eq!(browser.view().detail.unwrap().key, "helped_cloudflare_check");
}

#[test]
fn the_search_finds_who_is_to_blame_for_what_is_refused_inside() {
    let extensions = ["a", "b", "c", "d"].map(|name| extension(name, &["declarativeNetRequest"]));
    let mut browser = Browser::new(extensions.into(), vec![], Rule { extensions: vec!["c"], ..Rule::default() });
    browser.inside = true;
    let mut browser = refused(browser);
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert_eq!(view.phase, Phase::Found);
    assert_eq!(view.culprits.iter().map(|culprit| culprit.id.as_str()).collect::<Vec<_>>(), ["c"]);
}

#[test]
fn an_answer_that_does_not_come_leaves_it_open_whether_the_fix_helped() {
    let mut browser = refused(by_extension());
    browser.error = Some(FetchError::Unreachable);
    browser.click(PopupRequest::TurnOffSuspects);
    assert_eq!(browser.view().phase, Phase::Answered);
    assert_eq!(browser.view().detail.unwrap().key, "detail_unseen");
}

#[test]
fn a_page_that_is_let_in_again_ends_the_case() {
    let mut browser = by_extension();
    browser.visit();
    browser.page_says(PageRequest::Gone);
    assert_eq!(browser.badge, "");
    browser.rule = Rule::default();
    browser.open_popup();
    assert_eq!(browser.view().phase, Phase::Clear);
}

#[test]
fn reloaded_by_hand_it_is_asked_again_when_somebody_looks() {
    let mut browser = by_extension();
    browser.visit();
    browser.rule = Rule::default();
    browser.visit();
    browser.open_popup();
    assert_eq!((browser.view().phase, asked(&browser)), (Phase::Clear, 2), "opened by itself");
}

#[test]
fn a_page_that_is_refused_whole_in_the_end_is_a_refused_page() {
    let mut browser = refused(inside(Rule { always: true, ..Rule::default() }));
    browser.inside = false;
    browser.click(PopupRequest::CheckAgain { after: None });
    assert_eq!(browser.view().headline.key, "headline_refused");
}

#[test]
fn while_the_site_wants_a_pause_a_burst_asks_nothing() {
    let mut browser = inside(Rule { always: true, ..Rule::default() });
    browser.refuses_with = 429;
    browser.visit();
    assert_eq!(browser.badge_and_code(), "! 1015");
    browser.visit();
    assert_eq!(asked(&browser), 1);
    browser.open_popup();
    assert_eq!(asked(&browser), 1);
    assert_eq!(browser.view().headline.key, "headline_limited");
}

#[test]
fn a_flood_of_bursts_asks_a_few_times() {
    let mut browser = inside(Rule::default());
    let mut guilty = by_extension();
    guilty.visit();
    let told = guilty.burst().unwrap();
    for _ in 0..1000 {
        browser.happens(told.clone());
    }
    assert_eq!(asked(&browser), 6);
}

const REOPEN: PopupRequest = PopupRequest::CheckAgain { after: Some(Fix::Reopen) };

/// Requests inside the page are answered like this, for everyone.
fn answered_with(status: u16, body: &'static str) -> Browser {
    let mut browser = inside(Rule { always: true, ..Rule::default() });
    (browser.refusal, browser.refuses_with) = ((status, body), status);
    browser
}

fn fixes(browser: &Browser) -> Vec<&'static str> {
    browser.view().cards.iter().map(|card| card.fix.name()).collect()
}

#[test]
fn empty_answers_unusual_activity_and_checks_inside_are_blocks() {
    let activity = include_str!("../../../../tests/pages/openai-unusual-activity.json");
    let check = include_str!("../../../../tests/pages/challenge-2026.html");
    for (body, headline) in [("", "headline_inside"), (activity, "headline_activity"), (check, "headline_inside")] {
        let mut browser = answered_with(403, body);
        browser.visit();
        assert_eq!(browser.banners.last().unwrap().headline.key, headline);
        browser.open_popup();
        let view = browser.view();
        assert_eq!((view.phase, view.code, view.headline.key.as_ref()), (Phase::Answered, Some(403), headline));
    }
}

#[test]
fn a_new_load_of_the_whole_page_is_the_first_fix_inside() {
    let activity = include_str!("../../../../tests/pages/openai-unusual-activity.json");
    let check = include_str!("../../../../tests/pages/challenge-2026.html");
    let block = include_str!("../../../../tests/pages/1020-plain-chromium.html");
    for body in [activity, check, block] {
        let mut browser = refused(answered_with(403, body));
        assert_eq!(fixes(&browser)[0], "reopen");
        browser.rule = Rule::default();
        browser.click(REOPEN);
        assert_eq!(
            (browser.view().phase, browser.urls.as_slice()),
            (Phase::Done, ["https://chatgpt.com/".to_owned()].as_slice())
        );
        assert_eq!(browser.view().detail.unwrap().key, "helped_itself");
    }
    let mut browser = refused(answered_with(403, check));
    browser.click(REOPEN);
    assert_eq!(browser.view().phase, Phase::Answered);
    assert_ne!(fixes(&browser)[0], "reopen", "it was tried");
}

#[test]
fn waves_of_empty_answers_are_probably_theirs_and_nothing_is_to_be_deleted() {
    let browser = refused(answered_with(403, ""));
    let view = browser.view();
    assert_eq!(view.causes[0].cause.name(), "service-down");
    assert_eq!(view.why.unwrap().key, "why_empty");
    assert_eq!((view.cards[0].fix.name(), view.cards[0].buttons[0].label.key.as_ref()), ("wait", "button_tell"));
    let first_three = &fixes(&browser)[..3];
    assert!(!first_three.contains(&"site-data") && !first_three.contains(&"cloudflare-check"), "{first_three:?}");
    assert!(fixes(&browser).contains(&"reopen"));
}

#[test]
fn empty_answers_that_only_the_page_gets_are_not_theirs() {
    let mut browser = by_extension();
    browser.refusal.1 = "";
    let browser = refused(browser);
    assert_eq!(browser.view().causes[0].cause.name(), "extension");
    assert_eq!(fixes(&browser)[0], "reopen");
}

/// The login's page is open, and its one request is blocked. `answer`: what a GET of its path gets.
fn login(rule: Rule, answer: (u16, &'static str)) -> Browser {
    let mut browser = inside(rule);
    browser.host = "auth.openai.com";
    (browser.inner_path, browser.login, browser.inner_answer) = ("/api/accounts/password/verify", Some(403), answer);
    browser
}

#[test]
fn one_blocked_request_of_the_login_is_enough() {
    let mut browser = login(Rule { extensions: vec!["tweaker"], ..Rule::default() }, (401, "{}"));
    browser.visit();
    assert_eq!((browser.badge_and_code().as_str(), asked(&browser)), ("! 1020", 1));
    assert_eq!(browser.banners.last().unwrap().headline.key, "headline_inside");
    browser.open_popup();
    assert_eq!(fixes(&browser)[0], "reopen");
    browser.click(PopupRequest::FindExtension);
    assert_eq!(browser.view().culprits[0].name, "tweaker", "a GET is blocked, too");
}

#[test]
fn a_login_whose_path_has_no_get_is_believed_and_nothing_is_named_as_its_cause() {
    for status in [404, 405] {
        let answer = (status, r#"{"error":{"message":"Method Not Allowed"}}"#);
        let mut browser = login(Rule::default(), answer);
        browser.load();
        let told = told_by_login(&browser, Some(403));
        browser.page_says(told);
        assert_eq!(
            (browser.badge_and_code().as_str(), browser.banners.last().unwrap().headline.key.as_ref()),
            ("! 403", "headline_inside")
        );
        browser.open_popup();
        assert_eq!((browser.view().phase, fixes(&browser)[0]), (Phase::Answered, "reopen"));
        assert_eq!(browser.view().detail, None);
        browser.click(PopupRequest::TurnOffSuspects);
        let view = browser.view();
        assert_eq!((view.phase, view.detail.unwrap().key.as_ref()), (Phase::Done, "helped_form"));
        assert_eq!(browser.switches, []);
    }
}

#[test]
fn what_a_get_of_the_login_shows_to_be_open_is_no_block() {
    let no_login = |host, login, answer| {
        let mut browser = super::in_app::login(Rule::default(), answer);
        (browser.host, browser.login) = (host, login);
        browser.load();
        let told = told_by_login(&browser, login);
        browser.page_says(told);
        assert_eq!((browser.badge_and_code().as_str(), browser.banners.len()), ("", 0), "{host} {login:?} {answer:?}");
    };
    no_login("auth.openai.com", Some(403), (200, "<html>"));
    no_login("auth.openai.com", Some(403), (403, r#"{"error":"no"}"#));
    no_login("auth.openai.com", Some(403), (404, "<html>"));
    no_login("auth.openai.com", Some(500), (405, "{}"));
    no_login("auth.openai.com", None, (405, "{}"));
    no_login("chatgpt.com", Some(403), (405, "{}"));
}

fn told_by_login(browser: &Browser, login: Option<u16>) -> PageRequest {
    let burst = Burst { path: Path::parse(browser.inner_path).unwrap(), load: browser.load_id(), login };
    PageRequest::Burst(burst)
}
