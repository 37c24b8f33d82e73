//! Pages that failed to load and are no known block page: never called "not blocked", and explained as far as it goes.

use readmit_core::diagnosis::cause::Cause;
use readmit_core::evidence::budget::Experiment;
use readmit_core::evidence::probe::FetchError;
use readmit_core::feature::clear_data::Strength;
use readmit_core::feature::settings::setting::Setting;
use readmit_core::protocol::effect::Purpose;
use readmit_core::protocol::message::{OptionsRequest, PopupRequest};
use readmit_core::view::{Phase, View};

use super::browser::{Browser, Rule};
use super::{extension, killed_everywhere, with_cookies, with_extensions};

/// The site answers with this status and a page of its own, or none at all.
fn answering(mut browser: Browser, status: u16) -> Browser {
    (browser.refusal, browser.refuses_with) = ((status, "<html><body>No.</body></html>"), status);
    browser.load();
    browser
}

/// The browser shows an error page of its own in its place.
fn with_error_page(mut browser: Browser) -> Browser {
    (browser.refusal.1, browser.error_page) = ("", true);
    browser
}

/// For everyone.
fn always() -> Browser {
    Browser::new(vec![extension("notes", &[])], vec![], Rule { always: true, ..Rule::default() })
}

/// A cookie sends the page around in circles.
fn led_in_circles() -> Browser {
    let mut browser = with_cookies();
    browser.leads_away = true;
    with_error_page(answering(browser, 302))
}

fn opened(mut browser: Browser) -> Browser {
    browser.open_popup();
    browser
}

#[track_caller]
fn check(view: &View, code: Option<u16>, headline: &str) {
    assert_eq!((view.phase, view.code, view.headline.key.as_ref()), (Phase::Answered, code, headline));
}

fn first_cause(browser: &Browser) -> Cause {
    browser.view().causes[0].cause
}

#[test]
fn a_page_with_an_unknown_error_says_what_it_answered() {
    for status in [400, 401, 403, 404, 418, 429, 451, 500, 503, 599] {
        let browser = opened(answering(always(), status));
        check(&browser.view(), Some(status), "headline_answered");
        assert_eq!(browser.view().headline.args, ["chatgpt.com".to_owned(), status.to_string()]);
        assert_eq!(browser.badge_and_code(), format!("! {status}"));
        assert!(browser.banners.is_empty());
        assert!(browser.view().cards.iter().any(|card| !card.buttons.is_empty()), "{status}: something can be done");
        // It is not known well enough to learn from it.
        assert!(browser.stored().history.is_empty());
    }
}

#[test]
fn a_page_that_answers_429_is_not_asked_again() {
    let browser = opened(answering(always(), 429));
    assert_eq!(browser.asked, []);
    assert!(browser.view().wait_until.is_some());
}

/// Case 20 of the table of scenarios: the page opens, and its script fails. Another browser comes before anything is deleted.
#[test]
fn a_page_that_opens_is_still_not_blocked() {
    let browser = opened(answering(Browser::new(vec![], vec![], Rule::default()), 403));
    assert_eq!(browser.view().phase, Phase::Clear);
    let tools: Vec<_> = browser.view().cards.iter().map(|card| card.fix.name()).collect();
    assert_eq!(tools, ["browser", "site-data", "cloudflare-check"]);
}

#[test]
fn an_error_of_a_site_that_is_not_watched_is_not_our_business() {
    let mut browser = always();
    (browser.host, browser.may_ask) = ("shop.example", false);
    let browser = opened(answering(browser, 403));
    assert_eq!(browser.view().phase, Phase::Clear);
    let mut browser = always();
    browser.host = "shop.example";
    check(&opened(answering(browser, 403)).view(), Some(403), "headline_answered");
}

#[test]
fn behind_the_browsers_error_page_the_worker_finds_the_status() {
    for (status, cause) in [(403, Cause::Vpn), (500, Cause::ServiceDown), (503, Cause::ServiceDown)] {
        let browser = opened(with_error_page(answering(always(), status)));
        check(&browser.view(), Some(status), "headline_answered");
        assert_eq!(browser.badge_and_code(), format!("! {status}"));
        assert_eq!(browser.asked[0], Purpose::Experiment(Experiment::WithCookies));
        let pages = browser.asked.iter().filter(|purpose| **purpose == Purpose::Experiment(Experiment::WithCookies));
        assert_eq!(pages.count(), 1);
        if status >= 500 {
            assert_eq!(first_cause(&browser), cause, "{status}");
        }
    }
}

#[test]
fn too_large_cookies_are_cleared_at_once() {
    for status in [400, 431, 520] {
        let mut browser = opened(with_error_page(answering(with_cookies(), status)));
        check(&browser.view(), Some(status), "headline_answered");
        assert_eq!((first_cause(&browser), browser.view().cards[0].fix.name()), (Cause::SiteData, "site-data"), "{status}");
        browser.click(PopupRequest::Clear(Strength::Everything));
        assert_eq!(browser.view().phase, Phase::Done, "{status}");
    }
}

#[test]
fn a_redirect_that_only_cookies_cause_is_site_data() {
    let browser = opened(led_in_circles());
    check(&browser.view(), None, "headline_redirect");
    let first = &browser.view().causes[0];
    assert!(first.cause == Cause::SiteData && first.probability > 0.8, "{:?}", browser.view().causes);
}

#[test]
fn a_redirect_for_everyone_is_not_explained() {
    let mut browser = always();
    browser.leads_away = true;
    let browser = opened(with_error_page(answering(browser, 302)));
    check(&browser.view(), None, "headline_redirect");
    assert!(browser.view().causes[0].probability < 0.5);
    assert_eq!(browser.view().why.unwrap().key, "hint_redirect");
}

#[test]
fn clearing_ends_a_redirect_loop_wherever_the_worker_dies() {
    killed_everywhere(
        || opened(led_in_circles()),
        |browser| browser.click(PopupRequest::Clear(Strength::Everything)),
        |at, browser| assert_eq!((browser.view().phase, browser.removals), (Phase::Done, 1), "killed after effect {at}"),
    );
}

#[test]
fn a_site_that_does_not_answer_has_no_code() {
    for error in [FetchError::Timeout, FetchError::Unreachable] {
        let mut browser = always();
        browser.error = Some(error);
        let browser = opened(with_error_page(answering(browser, 403)));
        check(&browser.view(), None, "headline_unanswered");
        assert_eq!(first_cause(&browser), Cause::Connection);
        assert_eq!(browser.badge, "!");
    }
}

#[test]
fn a_page_that_only_the_worker_is_served_did_not_load() {
    let browser = opened(with_error_page(answering(with_extensions(), 403)));
    check(&browser.view(), None, "headline_unloaded");
    assert_eq!(first_cause(&browser), Cause::Extension);
}

#[test]
fn an_extension_that_breaks_the_load_is_found_on_the_error_page() {
    for is_error_page in [true, false] {
        let browser = answering(with_extensions(), 403);
        let mut browser = opened(if is_error_page { with_error_page(browser) } else { browser });
        browser.click(PopupRequest::FindExtension);
        assert_eq!(browser.view().phase, Phase::Found, "{is_error_page}");
        assert_eq!(browser.view().culprits[0].name, "tweaker");
    }
}

#[test]
fn an_error_page_that_stays_is_a_fix_that_did_not_help() {
    let mut browser = opened(with_error_page(answering(always(), 403)));
    browser.click(PopupRequest::CheckAgain { after: Some(readmit_core::diagnosis::fix::Fix::Vpn) });
    check(&browser.view(), Some(403), "headline_answered");
    let card = browser.view().cards.into_iter().find(|card| card.fix.name() == "vpn").unwrap();
    assert_eq!(card.outcome, readmit_core::view::FixOutcome::NoHelp);
}

#[test]
fn where_only_a_click_asks_the_error_page_stays_unexplained_until_then() {
    let mut browser = always();
    browser.order(OptionsRequest::Set { setting: Setting::AskAtOnce, on: false });
    let mut browser = opened(with_error_page(answering(browser, 403)));
    check(&browser.view(), None, "headline_unloaded");
    assert!(browser.view().offers_cause && browser.asked.is_empty());
    browser.click(PopupRequest::FindCause);
    check(&browser.view(), Some(403), "headline_answered");
}

#[test]
fn the_popup_opened_again_shows_the_same_answer_without_another_request() {
    let mut browser = opened(with_error_page(answering(always(), 403)));
    let asked = browser.asked.len();
    browser.close_popup();
    browser.open_popup();
    check(&browser.view(), Some(403), "headline_answered");
    assert_eq!(browser.asked.len(), asked);
}

/// The login's page, with this error in it.
fn login_with(status: u16, body: &'static str) -> Browser {
    let mut browser = always();
    browser.host = "auth.openai.com";
    (browser.refusal, browser.refuses_with) = ((status, body), status);
    browser.load();
    opened(browser)
}

#[test]
fn an_error_of_the_login_has_its_own_plain_advice() {
    let blocked = "<html><h1>Oops</h1>Route Error (400 Invalid content type: text/html)</html>";
    let script = "<html><h1>Oops</h1>Route Error (500 ): {&quot;isTrusted&quot;: true}</html>";
    let state = "<html><h1>Oops</h1>Route Error (400 Bad Request): {&quot;error&quot;:&quot;invalid_state&quot;}</html>";
    let session = "<html><h1>Invalid Session</h1></html>";
    for (body, hint, causes) in [
        (blocked, "hint_login_blocked", ["extension", "vpn"]),
        (script, "hint_login_script", ["extension", "connection"]),
        (state, "hint_login_expired", ["site-data", "extension"]),
        (session, "hint_login_expired", ["site-data", "extension"]),
    ] {
        for (status, code) in [(200, None), (400, Some(400))] {
            let browser = login_with(status, body);
            let view = browser.view();
            check(&view, code, "headline_login");
            assert_eq!(view.cards[0].fix.name(), "reopen", "{body}");
            let fixes: Vec<_> = view.cards.iter().map(|card| card.fix.name()).collect();
            assert_ne!(fixes[0], "site-data");
            let mut first: Vec<_> = view.causes[..2].iter().map(|cause| cause.cause.name()).collect();
            first.sort_by_key(|name| causes.iter().position(|cause| cause == name));
            assert!(first.contains(&causes[0]), "{body}: {first:?}");
            assert!(browser.banners.is_empty() && browser.stored().history.is_empty());
            // The hint is the reason as long as no experiment says more.
            let mut asks_later = always();
            asks_later.order(OptionsRequest::Set { setting: Setting::AskAtOnce, on: false });
            asks_later.extensions.clear();
            asks_later.host = "auth.openai.com";
            asks_later.refusal = (status, body);
            asks_later.load();
            assert_eq!(opened(asks_later).view().why.unwrap().key, hint);
        }
    }
}

#[test]
fn a_login_that_is_opened_again_without_its_error_is_open() {
    let mut browser = login_with(200, "<html><h1>Oops</h1>Route Error (400 Invalid content type: text/html)</html>");
    browser.rule = Rule::default();
    browser.click(PopupRequest::CheckAgain { after: Some(readmit_core::diagnosis::fix::Fix::Reopen) });
    assert_eq!((browser.view().phase, browser.reloads), (Phase::Done, 1));
}
