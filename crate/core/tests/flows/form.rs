//! A blocked page that answers a form: the form is never sent again, no extension is suspected for it, and the page is opened
//! anew. Where no one heard how a page was loaded, one GET comes before anything is switched.

use readmit_core::diagnosis::fix::Fix;
use readmit_core::feature::clear_data::Strength;
use readmit_core::protocol::message::{PageRequest, PopupRequest};
use readmit_core::view::{FixOutcome, Phase};

use super::browser::{Browser, Move};
use super::{loaded_by_get, outcome, refused, with_cookies, with_extensions};

const REOPEN: PopupRequest = PopupRequest::CheckAgain { after: Some(Fix::Reopen) };

/// The answer to a form is blocked, and the page itself is served.
fn blocked_form(mut browser: Browser) -> Browser {
    browser.blocks_forms = true;
    browser.visit();
    browser.send_form("/login");
    browser.open_popup();
    browser
}

fn always() -> Browser {
    let mut browser = with_extensions();
    browser.rule.always = true;
    browser
}

fn first_fix(browser: &Browser) -> &'static str {
    browser.view().cards[0].fix.name()
}

#[test]
fn a_blocked_form_says_so_and_the_page_is_opened_again() {
    let mut browser = blocked_form(with_extensions());
    let view = browser.view();
    assert_eq!((view.phase, view.code, browser.badge_and_code().as_str()), (Phase::Answered, Some(1020), "! 1020"));
    assert_eq!(view.detail.unwrap().key, "detail_form");
    assert_eq!(view.why.unwrap().key, "why_form");
    let card = &view.cards[0];
    assert_eq!((card.fix.name(), card.buttons[0].label.key.as_ref()), ("reopen", "fix_reopen"));
    assert_eq!(card.body[0].key, "reopen_body_form");
    browser.click(REOPEN);
    let view = browser.view();
    assert_eq!((view.phase, view.detail.unwrap().key.as_ref()), (Phase::Done, "helped_form"));
    assert_eq!((browser.forms, browser.urls.as_slice()), (1, ["https://chatgpt.com/login".to_owned()].as_slice()));
}

#[test]
fn no_extension_is_suspected_because_the_page_without_the_form_is_served() {
    let by_page = {
        let mut browser = with_extensions();
        browser.visit();
        browser.open_popup();
        browser.view()
    };
    assert_eq!(by_page.causes[0].cause.name(), "extension", "the control");
    let probability = |browser: &Browser| {
        let view = browser.view();
        view.causes.iter().find(|cause| cause.cause.name() == "extension").unwrap().probability
    };
    let form = blocked_form(with_extensions());
    assert!(probability(&form) < by_page.causes[0].probability / 1.5, "{}", probability(&form));
}

#[test]
fn whatever_is_tried_on_a_blocked_form_nothing_is_named_as_the_cause() {
    for request in [
        PopupRequest::FindExtension,
        PopupRequest::TurnOffSuspects,
        PopupRequest::CheckAgain { after: Some(Fix::Vpn) },
        PopupRequest::Clear(Strength::CloudflareCheck),
        REOPEN,
    ] {
        let mut browser = with_extensions();
        browser.cookies = with_cookies().cookies;
        let mut browser = blocked_form(browser);
        browser.click(request.clone());
        let view = browser.view();
        assert_eq!((view.phase, view.detail.unwrap().key.as_ref()), (Phase::Done, "helped_form"), "{request:?}");
        assert_eq!((browser.switches.len(), browser.forms), (0, 1), "{request:?}");
        assert!(browser.stored().history.records().all(|record| record.found.is_none()), "{request:?}");
    }
}

#[test]
fn a_form_whose_page_is_blocked_too_is_searched_by_gets() {
    let mut browser = with_extensions();
    browser.visit();
    browser.send_form("/login");
    browser.open_popup();
    assert_eq!((first_fix(&browser), browser.view().detail.unwrap().key.as_ref()), ("reopen", "detail_form"));
    browser.click(REOPEN);
    assert_eq!((browser.view().phase, outcome(&browser, "reopen")), (Phase::Answered, FixOutcome::NoHelp));
    assert_eq!(browser.view().detail, None, "what is shown now is no answer to the form");
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert_eq!((view.phase, view.culprits[0].name.as_str(), browser.forms), (Phase::Found, "tweaker", 1));
}

#[test]
fn a_load_that_no_one_heard_is_made_again_by_a_get_before_anything_is_switched() {
    for request in [PopupRequest::FindExtension, PopupRequest::TurnOffSuspects] {
        let mut browser = refused(with_extensions());
        browser.blocks_forms = true;
        browser.click(request.clone());
        let view = browser.view();
        assert_eq!((view.phase, view.detail.unwrap().key.as_ref()), (Phase::Done, "helped_itself"), "{request:?}");
        assert_eq!((browser.switches.len(), browser.reloads), (0, 1), "{request:?}");

        let mut unknown = refused(with_extensions());
        unknown.click(request.clone());
        let mut known = loaded_by_get(refused(with_extensions()));
        known.click(request.clone());
        assert_eq!((unknown.reloads, unknown.view().phase), (known.reloads + 1, known.view().phase), "{request:?}");
        assert_eq!(unknown.switches, known.switches, "{request:?}");
    }
}

#[test]
fn a_form_that_was_sent_earlier_or_elsewhere_has_not_loaded_this_page() {
    let says_form = |browser: &Browser| browser.view().detail.is_some_and(|detail| detail.key == "detail_form");
    // The answer to the form was no page: the tab is used again later.
    let mut browser = with_extensions();
    browser.blocks_forms = true;
    browser.visit();
    browser.send_form("/login");
    browser.page_says(PageRequest::Gone);
    browser.blocks_forms = false;
    browser.now = browser.now.plus_seconds(10);
    assert!(!says_form(&refused(browser)));
    // The answer has led to another page of the site.
    let mut browser = with_extensions();
    browser.visit();
    browser.send_form("/login");
    browser.path = "/welcome";
    browser.open_popup();
    assert!(!says_form(&browser));
    // The worker has died since: no one knows.
    let mut browser = with_extensions();
    browser.blocks_forms = true;
    browser.visit();
    browser.send_form("/login");
    assert!(says_form(&opened_by_another_worker(browser)), "it was kept with the block");
}

fn opened_by_another_worker(mut browser: Browser) -> Browser {
    browser.kill();
    browser.open_popup();
    browser
}

#[test]
fn a_page_that_opens_once_is_opened_again_at_the_sites_start() {
    let mut browser = always();
    browser.path = "/api/auth/callback/openai?code=1&state=2";
    let mut browser = refused(browser);
    browser.click(PopupRequest::CheckAgain { after: None });
    browser.click(REOPEN);
    assert_eq!(browser.urls, ["https://chatgpt.com/api/auth/callback/openai", "https://chatgpt.com/"]);
}

#[test]
fn no_watch_requests_a_page_that_opens_once() {
    for (path, watched) in [("/callback?code=1", "https://chatgpt.com/"), ("/c/1", "https://chatgpt.com/c/1")] {
        let mut browser = always();
        browser.path = path;
        let mut browser = refused(browser);
        browser.click(PopupRequest::TellWhenBack);
        browser.ring();
        assert_eq!(browser.urls, [watched]);
    }
}

#[test]
fn the_world_may_move_while_the_first_get_is_on_its_way() {
    let moves = [Move::Elsewhere, Move::Closed, Move::ElsewhereAndBack, Move::Unblocks, Move::Forbidden, Move::SwitchedByHand];
    for step in moves {
        for at in 1..8 {
            let mut browser = blocked_form(with_extensions());
            browser.moves = Some((browser.performed() + at, step));
            browser.click(PopupRequest::TurnOffSuspects);
            let context = format!("{step:?} after effect {at}");
            assert_ne!(browser.view().phase, Phase::Looking, "{context}: it hangs");
            assert_eq!(browser.forms, 1, "{context}");
            assert!(browser.switches.is_empty(), "{context}: {:?}", browser.switches);
        }
    }
}
