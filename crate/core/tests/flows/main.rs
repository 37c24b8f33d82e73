//! Whole stories against a browser in memory, with the worker dying after every effect.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that finds nothing has failed")]

mod browser;
mod challenge;
mod culprit_search;
mod deaths;
mod diagnose;
mod failed_load;
mod faults;
mod form;
mod history;
mod in_app;
mod limits;
mod looks;
mod manual_search;
mod open_tabs;
mod options;
mod recovery_alert;
mod reminder;
mod scale;
mod site;
mod world;

use browser::{Browser, Death, Fate, Rule, Who};
use readmit_core::base::id::ExtensionId;
use readmit_core::diagnosis::cause::Cause;
use readmit_core::extensions::installed::Installed;
use readmit_core::feature::clear_data::Strength;
use readmit_core::feature::clear_data::cookie::Cookie;
use readmit_core::protocol::message::{PageRequest, PopupRequest};
use readmit_core::view::{FixOutcome, Phase};

fn extension(id: &str, permissions: &[&str]) -> Installed {
    Installed {
        id: ExtensionId(id.into()),
        name: id.into(),
        version: "1".into(),
        enabled: true,
        may_disable: true,
        may_enable: None,
        disabled_reason: None,
        kind: "extension".into(),
        permissions: permissions.iter().map(|&permission| permission.into()).collect(),
        host_permissions: vec!["<all_urls>".into()],
        icons: Vec::new(),
    }
}

fn cookie(name: &str, value: &str) -> Cookie {
    Cookie {
        name: name.into(),
        value: value.into(),
        domain: ".chatgpt.com".into(),
        host_only: false,
        path: "/".into(),
        secure: true,
        http_only: true,
        same_site: "lax".into(),
        expiration_date: None,
        store_id: "0".into(),
        partition_key: None,
    }
}

/// Two rewriters, of which one is guilty, and an innocent.
fn with_extensions() -> Browser {
    let extensions = vec![
        extension("tweaker", &["declarativeNetRequest"]),
        extension("rewriter", &["declarativeNetRequest"]),
        extension("notes", &[]),
    ];
    Browser::new(extensions, vec![], Rule { extensions: vec!["tweaker"], ..Rule::default() })
}

/// A login and a stale proof.
fn with_cookies() -> Browser {
    let cookies = vec![cookie("session", "login"), cookie("cf_clearance", "stale")];
    Browser::new(vec![extension("notes", &[])], cookies, Rule { cookies: vec!["cf_clearance"], ..Rule::default() })
}

fn refused(mut browser: Browser) -> Browser {
    browser.visit();
    browser.open_popup();
    browser
}

/// The page is known to have been loaded by a GET, so nothing has to be loaded before extensions are switched.
fn loaded_by_get(mut browser: Browser) -> Browser {
    browser.click(PopupRequest::CheckAgain { after: None });
    browser.reloads = 0;
    browser
}

fn outcome(browser: &Browser, fix: &str) -> FixOutcome {
    browser.view().cards.iter().find(|card| card.fix.name() == fix).unwrap().outcome
}

#[test]
fn a_refusal_puts_its_code_on_the_button_and_into_the_popup() {
    let browser = refused(with_extensions());
    assert_eq!(browser.badge_and_code(), "! 1020");
    let view = browser.view();
    assert_eq!((view.phase, view.code), (Phase::Answered, Some(1020)));
    assert_eq!(view.headline.key, "headline_refused");
    assert_eq!(view.extensions.unwrap().rows.len(), 3);
    assert_eq!(view.causes.len(), Cause::ALL.len());
    assert!((view.causes.iter().map(|cause| cause.probability).sum::<f64>() - 1.0).abs() < 1e-9);
}

#[test]
fn turning_suspects_off_opens_the_page_and_one_click_puts_them_back() {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::TurnOffSuspects);
    assert_eq!(browser.switches, [("rewriter".to_owned(), false), ("tweaker".to_owned(), false)]);
    let view = browser.view();
    assert_eq!((view.phase, view.put_back), (Phase::Done, 2));
    assert_eq!(view.detail.unwrap().key, "helped_extensions");
    assert_eq!(browser.badge, "");
    browser.click(PopupRequest::PutBack);
    assert!(browser.is_on("tweaker") && browser.is_on("rewriter"));
    assert_eq!(browser.view().put_back, 0);
}

#[test]
fn the_innocent_are_told_so_and_another_fix_leads() {
    let mut browser = refused(with_extensions());
    browser.rule = Rule { always: true, ..Rule::default() };
    let first = browser.view().cards[0].fix.name();
    assert_eq!(first, "extensions");
    browser.click(PopupRequest::TurnOffSuspects);
    let view = browser.view();
    assert_eq!(view.phase, Phase::Answered);
    assert_eq!(outcome(&browser, "extensions"), FixOutcome::NoHelp);
    assert_ne!(view.cards[0].fix.name(), "extensions");
}

#[test]
fn switching_one_by_hand_and_checking_again_is_a_try() {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::Switch { id: ExtensionId("tweaker".into()), on: false });
    assert_eq!(browser.view().put_back, 1);
    assert_eq!(browser.view().phase, Phase::Answered, "nothing is claimed before the page was looked at");
    browser.click(PopupRequest::CheckAgain { after: None });
    assert_eq!(browser.view().phase, Phase::Done);
}

#[test]
fn what_a_person_switches_on_again_elsewhere_need_not_be_put_back() {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::TurnOffSuspects);
    browser.switch_by_hand("tweaker", true);
    assert_eq!(browser.view().put_back, 1);
    browser.click(PopupRequest::PutBack);
    assert!(browser.is_on("rewriter"));
}

#[test]
fn what_was_off_before_is_never_switched_on() {
    let mut browser = with_extensions();
    browser.switch_by_hand("notes", false);
    let mut browser = refused(browser);
    browser.click(PopupRequest::TurnOffSuspects);
    browser.click(PopupRequest::PutBack);
    assert!(!browser.is_on("notes"));
}

#[test]
fn put_back_works_after_the_browser_was_restarted() {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::TurnOffSuspects);
    browser.restart();
    browser.open_popup();
    assert_eq!(browser.view().put_back, 2);
    browser.click(PopupRequest::PutBack);
    assert!(browser.is_on("tweaker") && browser.is_on("rewriter"));
}

#[test]
fn a_locked_extension_says_what_the_browser_said_and_stays_on() {
    let mut browser = with_extensions();
    browser.locked = vec![ExtensionId("tweaker".into())];
    let mut browser = refused(browser);
    browser.click(PopupRequest::Switch { id: ExtensionId("tweaker".into()), on: false });
    let rows = browser.view().extensions.unwrap().rows;
    let row = rows.iter().find(|row| row.name == "tweaker").unwrap();
    assert!(row.on && row.wrong);
    assert_eq!(row.remark.as_ref().unwrap().args, ["cannot be modified by user"]);
    assert_eq!(browser.view().put_back, 0);
}

#[test]
fn clearing_everything_opens_the_page_and_undo_brings_the_login_back() {
    let mut browser = refused(with_cookies());
    browser.click(PopupRequest::Clear(Strength::Everything));
    assert!(browser.cookies.is_empty());
    let view = browser.view();
    assert_eq!(view.phase, Phase::Done);
    let notice = view.notice.unwrap();
    assert_eq!((notice.text[0].key.as_ref(), notice.text[0].count), ("cleared_cookies", Some(2)));
    assert!(notice.undo_until.is_some());
    browser.click(PopupRequest::Undo);
    assert_eq!(browser.cookies.len(), 2);
    assert_eq!(browser.view().notice.unwrap().text[0].key, "undone");
}

#[test]
fn resetting_the_check_opens_the_page_and_keeps_the_login() {
    let mut browser = refused(with_cookies());
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    assert_eq!(browser.cookies, [cookie("session", "login")]);
    assert_eq!(browser.view().detail.unwrap().key, "helped_cloudflare_check");
}

#[test]
fn undo_is_forgotten_after_ten_minutes() {
    let mut browser = refused(with_cookies());
    browser.click(PopupRequest::Clear(Strength::Everything));
    browser.now = browser.now.plus_seconds(600);
    browser.happens(readmit_core::protocol::effect::Event::Woken);
    assert_eq!(browser.view().notice.unwrap().undo_until, None);
    browser.click(PopupRequest::Undo);
    assert!(browser.cookies.is_empty());
}

#[test]
fn the_banner_opens_the_popup_or_a_tab_and_only_where_there_is_a_case() {
    let mut browser = with_extensions();
    browser.page_says(PageRequest::FixIt { click: 1 });
    assert_eq!(browser.popup_tabs, 0);
    browser.visit();
    browser.refuses_popup = true;
    browser.page_says(PageRequest::FixIt { click: 1 });
    assert_eq!(browser.popup_tabs, 1);
}

#[test]
fn a_page_that_navigated_inside_itself_leaves_neither_badge_nor_case() {
    let mut browser = with_extensions();
    browser.visit();
    browser.page_says(PageRequest::Gone);
    assert_eq!(browser.badge, "");
    browser.rule = Rule::default();
    browser.visit();
    browser.open_popup();
    assert_eq!(browser.view().phase, Phase::Clear);
}

/// Runs `story` once whole and once for every effect it performs, with the worker killed right after that effect.
fn killed_everywhere(begin: fn() -> Browser, story: fn(&mut Browser), then: fn(usize, Browser)) {
    let mut whole = begin();
    let before = whole.performed();
    story(&mut whole);
    let effects = whole.performed() - before;
    assert!(effects > 3, "the story does something");
    for kill_after in 1..=effects {
        let mut browser = begin();
        browser.dies([Death { at: kill_after, fate: Fate::Done, who: Who::Worker }]);
        story(&mut browser);
        then(kill_after, browser);
    }
}

#[test]
fn killed_after_any_effect_every_extension_can_be_put_back() {
    let story = |browser: &mut Browser| browser.click(PopupRequest::TurnOffSuspects);
    killed_everywhere(
        || refused(with_extensions()),
        story,
        |kill_after, mut browser| {
            assert_ne!(browser.view().phase, Phase::Looking, "killed after effect {kill_after}: it hangs");
            browser.click(PopupRequest::PutBack);
            let all_on = ["tweaker", "rewriter", "notes"].iter().all(|id| browser.is_on(id));
            assert!(all_on, "killed after effect {kill_after}: {:?}", browser.switches);
            assert_eq!(browser.view().put_back, 0, "killed after effect {kill_after}");
        },
    );
}

#[test]
fn killed_while_putting_back_it_can_be_done_again() {
    let begin = || {
        let mut browser = refused(with_extensions());
        browser.click(PopupRequest::TurnOffSuspects);
        browser
    };
    killed_everywhere(
        begin,
        |browser| browser.click(PopupRequest::PutBack),
        |kill_after, mut browser| {
            browser.click(PopupRequest::PutBack);
            assert!(browser.is_on("tweaker") && browser.is_on("rewriter"), "killed after effect {kill_after}");
            assert_eq!(browser.view().put_back, 0, "killed after effect {kill_after}");
        },
    );
}

#[test]
fn killed_after_any_effect_of_clearing_it_ends_and_is_done_once() {
    let story = |browser: &mut Browser| browser.click(PopupRequest::Clear(Strength::Everything));
    killed_everywhere(
        || refused(with_cookies()),
        story,
        |kill_after, browser| {
            let view = browser.view();
            assert!(browser.cookies.is_empty(), "killed after effect {kill_after}: {view:?}");
            assert_eq!(browser.removals, 1, "killed after effect {kill_after}: cleared twice");
            let notice = view.notice.unwrap();
            assert!(!notice.running, "killed after effect {kill_after}: it hangs");
            assert_eq!(notice.text[0].count, Some(2), "killed after effect {kill_after}: half-reported");
            assert_eq!(view.phase, Phase::Done, "killed after effect {kill_after}");
        },
    );
}

#[test]
fn killed_after_any_effect_of_undo_the_cookies_are_back() {
    let begin = || {
        let mut browser = refused(with_cookies());
        browser.click(PopupRequest::Clear(Strength::Everything));
        browser
    };
    killed_everywhere(
        begin,
        |browser| browser.click(PopupRequest::Undo),
        |kill_after, browser| {
            assert_eq!(browser.cookies.len(), 2, "killed after effect {kill_after}");
            assert_eq!(browser.view().notice.unwrap().text[0].key, "undone", "killed after effect {kill_after}");
        },
    );
}

/// Everything was cleared, and someone has signed in again since.
fn signed_in_again() -> Browser {
    let mut browser = refused(with_cookies());
    browser.click(PopupRequest::Clear(Strength::Everything));
    assert!(browser.view().notice.unwrap().undo_until.is_some());
    browser.cookies.push(cookie("session", "new login"));
    browser
}

#[test]
fn undo_is_not_done_over_a_newer_login() {
    let mut browser = signed_in_again();
    browser.click(PopupRequest::Undo);
    assert_eq!((browser.cookies.as_slice(), browser.restored), (&[cookie("session", "new login")][..], 0));
    let notice = browser.view().notice.unwrap();
    assert_eq!((notice.text[0].key.as_ref(), notice.undo_until), ("undo_superseded", None));
    browser.click(PopupRequest::Undo);
    assert_eq!(browser.restored, 0, "what would end the login is not kept either");
}

#[test]
fn a_newer_login_is_kept_wherever_the_worker_dies() {
    killed_everywhere(
        signed_in_again,
        |browser| browser.click(PopupRequest::Undo),
        |kill_after, browser| {
            assert_eq!(browser.cookies, [cookie("session", "new login")], "killed after effect {kill_after}");
            assert_eq!(browser.view().notice.unwrap().text[0].key, "undo_superseded", "killed after effect {kill_after}");
        },
    );
}

#[test]
fn what_the_reload_brings_is_no_login() {
    let mut browser = refused(with_cookies());
    browser.signs_in_anew = true;
    browser.click(PopupRequest::Clear(Strength::Everything));
    assert_eq!(browser.cookies, [cookie("session", "fresh")], "a visitor's session");
    browser.click(PopupRequest::Undo);
    assert!(browser.cookies.contains(&cookie("session", "login")));
    let text = browser.view().notice.unwrap().text;
    assert_eq!(text.iter().map(|text| text.key.as_ref()).collect::<Vec<_>>(), ["undone", "undone_only_cookies"]);
}

#[test]
fn a_reset_check_can_be_undone_whoever_signed_in() {
    let mut browser = refused(with_cookies());
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    browser.cookies = vec![cookie("session", "new login")];
    browser.click(PopupRequest::Undo);
    assert_eq!(browser.cookies, [cookie("session", "new login"), cookie("cf_clearance", "stale")]);
}

#[test]
fn what_someone_has_asked_to_find_out_is_found_out_whoever_dies() {
    for (request, expected) in [(PopupRequest::CheckStatus, 2), (PopupRequest::TimeConnection, 1)] {
        for at in 1..=4 {
            for fate in [Fate::Undone, Fate::Done] {
                let mut browser = refused(with_extensions());
                browser.response.clear();
                browser.now = browser.now.plus_seconds(3600);
                browser.dies([Death { at, fate, who: Who::Worker }]);
                browser.click(request.clone());
                let view = browser.view();
                let card = |fix: &str| view.cards.iter().find(|card| card.fix.name() == fix).unwrap();
                let found = match request {
                    PopupRequest::CheckStatus => {
                        browser.response.len() >= expected && outcome(&browser, "status") != FixOutcome::Running
                    }
                    _ => !card("connection").chart.is_empty() && outcome(&browser, "connection") != FixOutcome::Running,
                };
                assert!(found, "{request:?}, killed at effect {at}, {fate:?}");
            }
        }
    }
}

#[test]
fn a_click_in_the_banner_opens_one_popup_however_often_it_is_heard() {
    let mut browser = refused(with_extensions());
    browser.refuses_popup = true;
    for click in [1, 1, 2, 2, 2] {
        browser.page_says(PageRequest::FixIt { click });
        browser.kill();
    }
    assert_eq!(browser.popup_tabs, 2);
}
