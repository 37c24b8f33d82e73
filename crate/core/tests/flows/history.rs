//! What is remembered of refused pages, and the extension that was to blame and is back.

use std::collections::BTreeSet;

use readmit_core::diagnosis::cause::Cause;
use readmit_core::diagnosis::fix::Fix;
use readmit_core::feature::clear_data::Strength;
use readmit_core::feature::history::{History, Turn};
use readmit_core::feature::settings::policy::{Policy, Rules};
use readmit_core::feature::settings::setting::Setting;
use readmit_core::protocol::effect::Event;
use readmit_core::protocol::message::{OptionsRequest, PageRequest, PopupRequest};
use readmit_core::store::HISTORY;
use readmit_core::view::{Control, OptionRow, Phase};
use serde_json::json;

use super::browser::{Browser, Rule};
use super::{cookie, extension, refused, with_cookies, with_extensions};

fn kept(browser: &Browser) -> History {
    browser.stored().history
}

/// What it was and what helped, case by case.
fn learnt(browser: &Browser) -> Vec<(Option<Cause>, Option<Fix>)> {
    kept(browser).records().map(|record| (record.found, record.helped)).collect()
}

/// The extensions that were to blame, and what became of them.
fn blamed(browser: &Browser) -> Vec<(String, Turn)> {
    let memory = kept(browser);
    let blamed = memory.records().flat_map(|record| &record.blamed);
    blamed.map(|blamed| (blamed.id.as_str().to_owned(), blamed.turn)).collect()
}

fn history(browser: &Browser) -> Vec<OptionRow> {
    browser.options().groups.into_iter().find(|group| group.name == "history").unwrap().rows
}

fn later(browser: &mut Browser) {
    browser.now = browser.now.plus_seconds(60);
}

/// What the popup says, and the banner.
fn said(browser: &Browser) -> (String, Option<String>) {
    let why = browser.view().why.map(|text| text.key.clone().into_owned()).unwrap_or_default();
    (why, browser.banners.last().map(|banner| banner.hint.key.clone().into_owned()))
}

/// One guilty extension that was found, and put back by a click a while later.
fn found_and_put_back(by: fn(&mut Browser)) -> Browser {
    let mut browser = refused(with_extensions());
    by(&mut browser);
    assert_eq!(blamed(&browser), [("tweaker".to_owned(), Turn::Off)]);
    later(&mut browser);
    browser.click(PopupRequest::PutBack);
    assert_eq!(blamed(&browser), [("tweaker".to_owned(), Turn::On)]);
    later(&mut browser);
    browser
}

fn search(browser: &mut Browser) {
    browser.click(PopupRequest::FindExtension);
}

fn turn_off(browser: &mut Browser) {
    browser.click(PopupRequest::TurnOff { id: readmit_core::base::id::ExtensionId("tweaker".into()) });
}

#[test]
fn one_case_is_one_record_however_often_it_is_loaded() {
    let mut browser = with_cookies();
    for _ in 0..5 {
        browser.visit();
        later(&mut browser);
    }
    assert_eq!(learnt(&browser), [(None, None)]);
    browser.open_popup();
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    assert_eq!(learnt(&browser), [(Some(Cause::SiteData), Some(Fix::CloudflareCheck))]);
    later(&mut browser);
    browser.cookies = vec![cookie("cf_clearance", "stale")];
    browser.visit();
    browser.visit();
    assert_eq!(learnt(&browser), [(Some(Cause::SiteData), Some(Fix::CloudflareCheck)), (None, None)], "refused anew");
}

#[test]
fn nothing_is_kept_of_it_but_what_the_list_says() {
    let mut browser = refused(with_cookies());
    browser.click(PopupRequest::Clear(Strength::Everything));
    let record = &browser.kept(HISTORY.key).unwrap()["value"][0];
    let names: BTreeSet<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["at", "code", "host", "page", "cause", "helped", "extensions"]));
    assert_eq!((&record["host"], &record["page"], &record["extensions"]), (&json!("chatgpt.com"), &json!("plain"), &json!([])));
    assert_eq!((&record["cause"], &record["helped"]), (&json!("site-data"), &json!("site-data")));
}

#[test]
fn what_is_written_is_written_when_it_changes() {
    let mut browser = refused(with_cookies());
    browser.click(PopupRequest::Clear(Strength::Everything));
    let before = browser.kept(HISTORY.key).unwrap();
    browser.happens(Event::Woken);
    browser.open_popup();
    assert_eq!(browser.kept(HISTORY.key), Some(before));
}

#[test]
fn a_page_that_opens_by_itself_or_after_several_fixes_proves_nothing() {
    let mut browser = refused(with_cookies());
    browser.rule = Rule::default();
    browser.click(PopupRequest::CheckAgain { after: None });
    assert_eq!((browser.view().phase, learnt(&browser)), (Phase::Done, vec![(None, None)]));
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::Switch { id: readmit_core::base::id::ExtensionId("tweaker".into()), on: false });
    browser.click(PopupRequest::CheckAgain { after: Some(Fix::Vpn) });
    assert_eq!((browser.view().phase, learnt(&browser)), (Phase::Done, vec![(None, None)]));
}

#[test]
fn what_helped_twice_leads_where_nothing_was_asked_and_is_told() {
    let mut browser = with_cookies();
    browser.order(OptionsRequest::Set { setting: Setting::AskAtOnce, on: false });
    for _ in 0..2 {
        browser.cookies = vec![cookie("cf_clearance", "stale")];
        later(&mut browser);
        browser.visit();
        browser.open_popup();
        browser.click(PopupRequest::Clear(Strength::Everything));
    }
    browser.rule = Rule { always: true, ..Rule::default() };
    later(&mut browser);
    browser.restart();
    browser.visit();
    browser.open_popup();
    let view = browser.view();
    assert_eq!(view.causes[0].cause, Cause::SiteData);
    assert_eq!(view.why.unwrap().key, "why_before");
    let helped = view.helped.unwrap();
    assert_eq!((helped.fix.key.as_ref(), helped.times), ("fix_site_data", 2));
    browser.rule(Policy::of(Rules { hidden_fixes: vec!["site-data".into()], ..Rules::default() }));
    assert_eq!(browser.view().helped, None, "what an administrator hides is not named");
    browser.order(OptionsRequest::Forget);
    assert_eq!(browser.view().helped, None);
    assert_ne!(browser.view().causes[0].cause, Cause::SiteData);
}

#[test]
fn the_list_shows_the_latest_first_and_is_forgotten_with_one_click() {
    let mut browser = refused(with_extensions());
    search(&mut browser);
    later(&mut browser);
    browser.click(PopupRequest::PutBack);
    browser.visit();
    let rows = history(&browser);
    assert_eq!(rows.len(), 2);
    assert!(rows[0].at > rows[1].at && rows.iter().all(|row| row.control == Control::Nothing));
    assert_eq!(rows[0].more, []);
    let more: Vec<&str> = rows[1].more.iter().map(|text| text.key.as_ref()).collect();
    assert_eq!(more, ["was_extension", "fix_extensions", "outcome_helped"]);
    assert_eq!(rows[1].more[0].args, ["tweaker"]);
    browser.order(OptionsRequest::Forget);
    assert!(history(&browser).is_empty() && kept(&browser).is_empty());
    later(&mut browser);
    browser.visit();
    assert!(kept(&browser).is_empty(), "what was forgotten is not remembered by a reload");
}

#[test]
fn erasing_everything_erases_it_and_a_file_brings_it_back() {
    let mut browser = refused(with_cookies());
    browser.click(PopupRequest::Clear(Strength::Everything));
    let (file, before) = (browser.options().backup, kept(&browser));
    browser.order(OptionsRequest::Erase);
    assert_eq!(browser.kept(HISTORY.key), None);
    browser.order(OptionsRequest::Import(file.clone()));
    assert_eq!(kept(&browser), before);
    browser.order(OptionsRequest::Import(file));
    assert_eq!(kept(&browser), before, "and once");
}

#[test]
fn switched_on_again_and_refused_again_it_is_said_at_once_and_one_click_turns_it_off() {
    for by in [search, turn_off] {
        let mut browser = found_and_put_back(by);
        browser.visit();
        assert_eq!(said(&browser), ("started_on".to_owned(), Some("started_on".to_owned())));
        browser.open_popup();
        let view = browser.view();
        assert_eq!((view.causes[0].cause, view.cards[0].fix), (Cause::Extension, Fix::Extensions));
        assert_eq!(view.extensions.unwrap().rows[0].id.as_str(), "tweaker");
        let buttons: Vec<&str> = view.cards[0].buttons.iter().map(|button| button.label.key.as_ref()).collect();
        assert_eq!(buttons, ["button_turn_off", "button_suspects", "button_find"], "what can be done elsewhere can be done here");
        turn_off(&mut browser);
        assert_eq!(browser.view().phase, Phase::Done);
        assert!(!browser.is_on("tweaker") && browser.is_on("rewriter"));
    }
}

#[test]
fn the_banner_says_so_without_a_popup_and_after_the_worker_was_ended_in_between() {
    let mut browser = found_and_put_back(search);
    browser.restart();
    later(&mut browser);
    let before = browser.banners.len();
    browser.visit();
    assert_eq!(browser.banners.len(), before + 1);
    assert_eq!(browser.banners.last().unwrap().hint.key, "started_on");
}

#[test]
fn a_page_whose_policy_forbids_webassembly_is_told_too() {
    let mut browser = found_and_put_back(search);
    browser.visit();
    let html = include_str!("../../../../tests/pages/1020-plain-chromium.html").to_owned();
    let load = readmit_core::base::id::LoadId(browser.now.0 * 1000 + 77);
    browser.banners.clear();
    browser.page_says(PageRequest::Classify(readmit_core::protocol::message::PageText { status: Some(403), html, load }));
    assert_eq!(browser.banners.last().unwrap().hint.key, "started_on");
}

#[test]
fn updated_while_it_is_on_it_is_said_so() {
    let mut browser = found_and_put_back(search);
    browser.update("tweaker", "2");
    later(&mut browser);
    browser.visit();
    assert_eq!(said(&browser).0, "started_update");
}

#[test]
fn nothing_is_said_where_it_is_not_certain() {
    // It is off.
    let mut browser = found_and_put_back(search);
    browser.switch_by_hand("tweaker", false);
    browser.rule.always = true;
    browser.visit();
    browser.open_popup();
    assert_ne!(said(&browser).0, "started_on");
    // The page was open with it on in between.
    let mut browser = found_and_put_back(search);
    browser.rule = Rule::default();
    browser.visit();
    browser.open_popup();
    assert_eq!(blamed(&browser), [("tweaker".to_owned(), Turn::Settled)]);
    browser.rule.always = true;
    later(&mut browser);
    browser.visit();
    assert_ne!(said(&browser).0, "started_on");
    // The refusal was there before it was switched on.
    let mut browser = refused(with_extensions());
    search(&mut browser);
    browser.rule.always = true;
    later(&mut browser);
    browser.visit();
    later(&mut browser);
    browser.click(PopupRequest::PutBack);
    assert_ne!(said(&browser).0, "started_on");
    // It was long ago.
    let mut browser = found_and_put_back(search);
    browser.now = browser.now.plus_seconds(2 * 24 * 60 * 60);
    browser.visit();
    browser.open_popup();
    assert_ne!(said(&browser).0, "started_on");
    assert_eq!(browser.view().extensions.unwrap().rows[0].id.as_str(), "tweaker", "but it leads the suspects");
}

#[test]
fn refused_without_it_it_is_innocent_this_time() {
    for off in [search, turn_off] {
        let mut browser = found_and_put_back(search);
        browser.rule = Rule { always: true, ..Rule::default() };
        browser.visit();
        browser.open_popup();
        off(&mut browser);
        assert_eq!(blamed(&browser), [("tweaker".to_owned(), Turn::Settled)]);
        browser.click(PopupRequest::PutBack);
        later(&mut browser);
        browser.visit();
        assert_ne!(said(&browser).0, "started_on");
    }
}

#[test]
fn one_that_is_gone_is_forgotten() {
    let mut browser = found_and_put_back(search);
    browser.uninstall("tweaker");
    assert_eq!(blamed(&browser), []);
    let rows = history(&browser);
    assert_eq!(rows[0].more[0].key, "cause_extension");
}

#[test]
fn pinned_or_locked_it_is_said_and_no_switch_is_offered() {
    let pin = |browser: &mut Browser| {
        browser.click(PopupRequest::Pin { id: readmit_core::base::id::ExtensionId("tweaker".into()), pinned: true });
    };
    let lock = |browser: &mut Browser| {
        browser.rule(Policy::of(Rules { kept_extensions: vec!["tweaker".into()], ..Rules::default() }));
    };
    for (keep, note) in [(pin as fn(&mut Browser), "row_pinned"), (lock, "lock_policy")] {
        let mut browser = found_and_put_back(search);
        keep(&mut browser);
        browser.visit();
        browser.open_popup();
        let card = browser.view().cards.remove(0);
        assert_eq!((said(&browser).0.as_str(), card.note.key.as_ref()), ("started_on", note));
        assert!(card.buttons.iter().all(|button| button.label.key != "button_turn_off"), "{:?}", card.buttons);
    }
}

#[test]
fn what_an_administrator_forbids_is_not_done_by_that_click_either() {
    let mut browser = found_and_put_back(search);
    browser.rule(Policy::of(Rules { hidden_fixes: vec!["extensions".into()], ..Rules::default() }));
    browser.visit();
    browser.open_popup();
    turn_off(&mut browser);
    assert!(browser.is_on("tweaker"));
}

#[test]
fn the_search_tries_it_first() {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let all = || names.iter().map(|name| extension(name, &["declarativeNetRequest"])).collect();
    let mut browser = refused(Browser::new(all(), vec![], Rule { extensions: vec!["g"], ..Rule::default() }));
    search(&mut browser);
    let first = browser.reloads;
    browser.click(PopupRequest::PutBack);
    later(&mut browser);
    browser.visit();
    browser.open_popup();
    search(&mut browser);
    assert_eq!(browser.view().culprits[0].id.as_str(), "g");
    assert!(browser.reloads - first < first, "{first} reloads, then {}", browser.reloads - first);
}

#[test]
fn where_only_a_person_switches_it_is_said_all_the_same() {
    let mut browser = with_extensions();
    browser.by_hand = true;
    browser.kill();
    let mut browser = refused(browser);
    browser.switch_by_hand("tweaker", false);
    browser.click(PopupRequest::CheckAgain { after: Some(Fix::Extensions) });
    assert_eq!(blamed(&browser), [("tweaker".to_owned(), Turn::Off)]);
    later(&mut browser);
    browser.switch_by_hand("tweaker", true);
    later(&mut browser);
    browser.visit();
    assert_eq!(said(&browser), ("started_on".to_owned(), Some("started_on".to_owned())));
    browser.open_popup();
    let card = browser.view().cards.remove(0);
    assert_eq!(card.fix, Fix::Extensions);
    assert!(card.buttons.iter().all(|button| button.label.key != "button_turn_off"), "no button can");
    browser.switch_by_hand("tweaker", false);
    browser.click(PopupRequest::CheckAgain { after: Some(Fix::Extensions) });
    assert_eq!(browser.view().phase, Phase::Done);
}
