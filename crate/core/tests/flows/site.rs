//! Sites that are not OpenAI's: what is asked for, what is said there, and what is left when the permission is taken back.

use std::collections::BTreeMap;

use readmit_core::base::text::Text;
use readmit_core::diagnosis::fix::Fix;
use readmit_core::feature::clear_data::Strength;
use readmit_core::protocol::message::PopupRequest;
use readmit_core::view::{Act, Phase, View};

use super::browser::{Browser, Rule};
use super::{cookie, extension};

const WATCHED: [&str; 2] = ["https://*.shop.co.uk/*", "http://*.shop.co.uk/*"];

/// www.shop.co.uk refuses, and the toolbar button was clicked there.
fn refused_by_the_shop() -> Browser {
    let mut browser =
        Browser::new(vec![extension("notes", &[])], vec![cookie("a", "1")], Rule { always: true, ..Rule::default() });
    (browser.host, browser.domain, browser.may_ask) = ("www.shop.co.uk", Some("shop.co.uk"), false);
    browser.load();
    browser.open_popup();
    browser
}

/// It is watched, and refused by itself.
fn watched() -> Browser {
    let mut browser = refused_by_the_shop();
    browser.may_ask = true;
    browser.grant(&WATCHED);
    browser.visit();
    browser.open_popup();
    browser
}

#[test]
fn another_site_that_refuses_can_be_watched_whole_by_a_click_and_then_it_is_not_offered_any_more() {
    let mut browser = refused_by_the_shop();
    assert_eq!(browser.view().watch, WATCHED);
    // An older browser does not tell the domain.
    browser.domain = None;
    browser.open_popup();
    assert_eq!(browser.view().watch, ["https://*.www.shop.co.uk/*", "http://*.www.shop.co.uk/*"]);
    assert!(watched().view().watch.is_empty());
    let mut everywhere = refused_by_the_shop();
    everywhere.grant(&["https://*/*", "http://*/*"]);
    assert!(everywhere.view().watch.is_empty());
    let mut ours = Browser::new(vec![extension("notes", &[])], vec![], Rule { always: true, ..Rule::default() });
    ours.visit();
    ours.open_popup();
    assert!(ours.view().watch.is_empty());
}

/// Case 23 of the table of scenarios: people publish pages there, and Readmit has no access to them. Only their owner decides.
#[test]
fn a_blocked_page_on_chatgpt_site_can_be_watched() {
    let mut browser =
        Browser::new(vec![extension("notes", &[])], vec![cookie("a", "1")], Rule { always: true, ..Rule::default() });
    (browser.host, browser.domain, browser.may_ask) = ("artifact.chatgpt.site", Some("artifact.chatgpt.site"), false);
    browser.load();
    assert!(browser.badge.is_empty(), "without a click nothing is read there");
    browser.open_popup();
    let view = browser.view();
    assert_eq!(
        (view.phase, view.code, view.headline.args.as_slice()),
        (Phase::Answered, Some(1020), ["artifact.chatgpt.site".to_owned()].as_slice())
    );
    assert_eq!(view.watch, ["https://*.artifact.chatgpt.site/*", "http://*.artifact.chatgpt.site/*"]);
    assert!(view.cards.iter().any(|card| card.fix == Fix::Owner && !card.buttons.is_empty()));
}

#[test]
fn clearing_asks_for_the_domain_and_names_it() {
    let browser = refused_by_the_shop();
    let card = browser.view().cards.into_iter().find(|card| card.fix.name() == "site-data").unwrap();
    assert_eq!(card.body[0].key, "site_data_body_domain");
    assert_eq!(card.body[0].args, ["shop.co.uk", "www.shop.co.uk"]);
    let Act::Order { request, needs } = &card.buttons[0].act else { panic!("it clears") };
    assert_eq!(*request, PopupRequest::Clear(Strength::Everything));
    assert_eq!(*needs, WATCHED);
}

#[test]
fn a_permission_that_is_taken_back_takes_everything_with_it() {
    let mut browser = watched();
    browser.click(PopupRequest::TellWhenBack);
    browser.click(PopupRequest::Clear(Strength::Everything));
    assert_eq!((browser.badge_and_code().as_str(), browser.view().recovery_alerts.len()), ("! 1020", 1));
    assert!(browser.view().notice.unwrap().undo_until.is_some());
    browser.grant(&[]);
    let view = browser.view();
    assert!(browser.watched.patterns().is_empty() && browser.badge.is_empty());
    assert!(view.recovery_alerts.is_empty() && view.notice.is_none() && view.code.is_none());
    browser.click(PopupRequest::Undo);
    assert!(browser.cookies.is_empty());
    browser.ring();
    assert!(browser.availability_checks.is_empty());
}

#[test]
fn taken_back_while_nobody_listens_is_taken_back_too() {
    let mut browser = watched();
    browser.click(PopupRequest::TellWhenBack);
    assert_eq!(remembered(&browser), 1);
    browser.granted.clear();
    browser.restart();
    assert!(browser.view().recovery_alerts.is_empty());
    assert_eq!(remembered(&browser), 0);
}

/// Refused pages that are on disk.
fn remembered(browser: &Browser) -> usize {
    browser.stored().history.records().count()
}

#[test]
fn a_site_is_remembered_while_it_is_watched_and_not_for_a_click_on_the_toolbar_button() {
    let mut browser = refused_by_the_shop();
    assert_eq!(remembered(&browser), 0);
    browser.may_ask = true;
    browser.grant(&WATCHED);
    browser.visit();
    assert_eq!(remembered(&browser), 1);
    browser.grant(&[]);
    assert_eq!(remembered(&browser), 0);
}

#[test]
fn what_a_click_on_the_toolbar_button_gave_outlives_the_permission_for_another_site() {
    let mut browser = refused_by_the_shop();
    browser.grant(&["https://*.other.example/*"]);
    browser.grant(&[]);
    assert_eq!(browser.view().phase, Phase::Answered);
}

fn texts(view: &View) -> Vec<&Text> {
    let cards = view.cards.iter().flat_map(|card| {
        let buttons = card.buttons.iter().map(|button| &button.label);
        [&card.title, &card.note].into_iter().chain(&card.body).chain(&card.promise).chain(buttons)
    });
    let causes = view.causes.iter().flat_map(|cause| [&cause.title, &cause.belief]);
    let notice = view.notice.iter().flat_map(|notice| &notice.text);
    let report = view.report.iter().map(|line| &line.text);
    [&view.headline]
        .into_iter()
        .chain(&view.detail)
        .chain(&view.why)
        .chain(cards)
        .chain(causes)
        .chain(notice)
        .chain(report)
        .collect()
}

#[test]
fn no_word_on_another_sites_page_is_about_chatgpt() {
    const PAGES: [(u16, &str); 12] = [
        (403, include_str!("../../../../tests/pages/1020-generation-d.html")),
        (403, include_str!("../../../../tests/pages/1005-generation-b.html")),
        (403, include_str!("../../../../tests/pages/1009-generation-b.html")),
        (403, include_str!("../../../../tests/pages/1010-generation-b.html")),
        (429, include_str!("../../../../tests/pages/1015-generation-b.html")),
        (530, include_str!("../../../../tests/pages/1016-generation-b.html")),
        (500, include_str!("../../../../tests/pages/1101-generation-a-2026.html")),
        (520, include_str!("../../../../tests/pages/520-generation-b.html")),
        (522, include_str!("../../../../tests/pages/522-generation-b.html")),
        (525, include_str!("../../../../tests/pages/525-generation-b.html")),
        (403, include_str!("../../../../tests/pages/block-2026.html")),
        (403, "error code: 1020"),
    ];
    let messages: BTreeMap<String, serde_json::Value> =
        serde_json::from_str(include_str!("../../../../extension/_locales/en/messages.json")).unwrap();
    let mut seen = 0;
    for refusal in PAGES {
        for domain in [None, Some("shop.co.uk")] {
            let mut browser = watched();
            (browser.refusal, browser.domain) = (refusal, domain);
            browser.visit();
            browser.open_popup();
            for act in [PopupRequest::CheckStatus, PopupRequest::TellWhenBack, PopupRequest::Clear(Strength::Everything)] {
                browser.click(act);
                let view = browser.view();
                assert_ne!(view.phase, Phase::Clear, "{}", refusal.1);
                for text in texts(&view) {
                    let names = [text.key.to_string(), [&text.key, "__other"].concat()];
                    let message = names.iter().find_map(|name| messages.get(name)).unwrap();
                    let words = message.get("message").unwrap().as_str().unwrap();
                    let said = [words, &text.args.join(" ")].concat();
                    assert!(!said.contains("ChatGPT") && !said.to_lowercase().contains("openai"), "{}: {said}", text.key);
                    seen += 1;
                }
            }
            assert!(browser.response.iter().all(|provider| *provider != readmit_core::protocol::effect::Provider::Openai));
        }
    }
    assert!(seen > 1000, "{seen}");
}
