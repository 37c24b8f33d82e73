//! Settings, an administrator's policy, and leaving, as stories.

use readmit_core::base::id::ExtensionId;
use readmit_core::extensions::installed::Installed;
use readmit_core::feature::clear_data::Strength;
use readmit_core::feature::settings::policy::{Policy, Rules};
use readmit_core::feature::settings::setting::{Setting, Settings};
use readmit_core::protocol::message::{OptionsRequest, PopupRequest};
use readmit_core::view::{Control, Group, Label, OptionRow, OptionsAct, Phase};

use super::browser::{Browser, Death, Fate, Rule, Who};
use super::{extension, killed_everywhere, loaded_by_get, refused, with_cookies, with_extensions};

fn rows(browser: &Browser, group: &str) -> Vec<OptionRow> {
    browser.options().groups.into_iter().find(|Group { name, .. }| name == group).unwrap().rows
}

/// The row's name, and whether it can be changed.
fn names(browser: &Browser, group: &str) -> Vec<(String, bool)> {
    let name = |row: OptionRow| {
        let name = match row.label {
            Label::Name(name) => name,
            Label::Text(text) => text.key.to_string(),
        };
        let free = !matches!(row.control, Control::Nothing | Control::Switch { act: None, .. });
        (name, free)
    };
    rows(browser, group).into_iter().map(name).collect()
}

fn said(browser: &Browser) -> Option<String> {
    browser.options().said.map(|said| said.text[0].key.to_string())
}

fn set(setting: Setting, on: bool) -> OptionsRequest {
    OptionsRequest::Set { setting, on }
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.into()).collect()
}

fn on() -> Installed {
    extension("notes", &[])
}

#[test]
fn a_choice_outlives_the_browser() {
    let mut browser = Browser::new(vec![on()], vec![], Rule::default());
    browser.order(set(Setting::AskAtOnce, false));
    browser.restart();
    let choices = rows(&browser, "settings").into_iter().map(|row| matches!(row.control, Control::Switch { on: true, .. }));
    assert_eq!(choices.collect::<Vec<_>>(), [true, false]);
}

#[test]
fn the_page_is_told_that_the_banner_is_off_by_choice_or_by_policy() {
    let mut browser = Browser::new(vec![on()], vec![], Rule::default());
    browser.order(set(Setting::Banner, false));
    assert!(!browser.banner_is_on);
    browser.order(set(Setting::Banner, true));
    assert!(browser.banner_is_on);
    let mut settings = Settings::default();
    settings.choose(Setting::Banner, false);
    browser.rule(Policy::of(Rules { settings, ..Rules::default() }));
    assert!(!browser.banner_is_on);
    assert_eq!(names(&browser, "settings")[0], ("setting_banner".into(), false), "and it cannot be changed here");
    browser.order(set(Setting::Banner, true));
    assert!(!browser.banner_is_on);
}

#[test]
fn where_nothing_is_to_be_asked_at_once_a_click_asks() {
    let mut browser = Browser::new(vec![on()], vec![], Rule { always: true, ..Rule::default() });
    browser.order(set(Setting::AskAtOnce, false));
    let mut browser = refused(browser);
    assert!(browser.asked.is_empty() && browser.response.is_empty());
    assert_eq!((browser.view().phase, browser.view().offers_cause), (Phase::Answered, true));
    browser.click(PopupRequest::FindCause);
    assert!(!browser.asked.is_empty() && !browser.response.is_empty());
    assert!(!browser.view().offers_cause);
}

#[test]
fn the_content_script_runs_where_the_permission_is_and_nowhere_else() {
    let mut browser = Browser::new(vec![on()], vec![], Rule::default());
    browser.grant(&["https://*.chatgpt.com/*", "https://*.example.com/*", "http://*.example.com/*"]);
    assert_eq!(browser.watched.patterns(), ["https://*.example.com/*", "http://*.example.com/*"]);
    assert_eq!(names(&browser, "sites"), [("site_all".into(), true), ("example.com".into(), true)]);
    browser.grant(&["https://*.chatgpt.com/*"]);
    assert!(browser.watched.patterns().is_empty());
    browser.granted = texts(&["https://*.example.org/*"]);
    browser.restart();
    assert_eq!(browser.watched.patterns(), ["https://*.example.org/*"], "also what was granted while nobody listened");
}

#[test]
fn a_kept_extension_is_never_switched() {
    let mut browser = with_extensions();
    browser.rule(Policy::of(Rules { kept_extensions: texts(&["tweaker"]), ..Rules::default() }));
    let mut browser = refused(browser);
    browser.click(PopupRequest::Switch { id: ExtensionId("tweaker".into()), on: false });
    browser.click(PopupRequest::TurnOffSuspects);
    browser.click(PopupRequest::FindExtension);
    assert!(browser.switches.iter().any(|(id, _)| id == "rewriter"));
    assert!(!browser.switches.iter().any(|(id, _)| id == "tweaker"));
    let row = browser.view().extensions.unwrap().rows.into_iter().find(|row| row.id.as_str() == "tweaker").unwrap();
    assert!(row.locked);
    assert_eq!(row.remark.unwrap().key, "lock_policy");
    // The list is the browser's own again when the policy is taken back.
    browser.rule(Policy::default());
    browser.click(PopupRequest::Switch { id: ExtensionId("tweaker".into()), on: false });
    assert!(browser.switches.iter().any(|(id, _)| id == "tweaker"));
}

#[test]
fn protected_data_is_never_cleared_nor_offered() {
    let mut browser = with_cookies();
    browser.rule(Policy::of(Rules { protected_sites: texts(&["openai.com"]), ..Rules::default() }));
    let mut browser = refused(browser);
    for strength in [Strength::Everything, Strength::CloudflareCheck] {
        browser.click(PopupRequest::Clear(strength));
    }
    assert_eq!((browser.removals, browser.cookies.len()), (0, 2));
    let offered = browser.view().cards.into_iter().map(|card| card.fix.name()).collect::<Vec<_>>();
    assert!(!offered.contains(&"site-data") && !offered.contains(&"cloudflare-check") && offered.contains(&"vpn"), "{offered:?}");
}

#[test]
fn a_hidden_fix_is_neither_shown_nor_carried_out() {
    let mut browser = with_extensions();
    let hidden_fixes = texts(&["router", "extensions", "connection"]);
    browser.rule(Policy::of(Rules { hidden_fixes, owner_contact: Some("help@corp.example".into()), ..Rules::default() }));
    let mut browser = refused(browser);
    let view = browser.view();
    assert!(view.cards.iter().all(|card| !["router", "extensions", "connection"].contains(&card.fix.name())));
    assert!(view.extensions.unwrap().rows.iter().all(|row| row.locked));
    let owner = view.cards.into_iter().find(|card| card.fix.name() == "owner").unwrap();
    assert!(owner.body.iter().any(|text| text.args == ["help@corp.example"]));
    assert!(view.report.iter().any(|line| line.name == "send_to" && line.value == "help@corp.example"));
    browser.click(PopupRequest::TurnOffSuspects);
    browser.click(PopupRequest::Switch { id: ExtensionId("tweaker".into()), on: false });
    browser.click(PopupRequest::FindExtension);
    assert!(browser.switches.is_empty());
}

#[test]
fn the_options_page_shows_what_the_administrator_decided() {
    let mut browser = with_extensions();
    browser.rule(Policy::of(Rules {
        watched_sites: texts(&["intranet.example"]),
        kept_extensions: texts(&["notes"]),
        protected_sites: texts(&["corp.example"]),
        hidden_fixes: texts(&["router", "rooter"]),
        owner_contact: Some("help@corp.example".into()),
        ..Rules::default()
    }));
    let shown: Vec<String> = names(&browser, "policy").into_iter().map(|(name, _)| name).collect();
    assert_eq!(shown, ["notes", "corp.example", "fix_router", "help@corp.example", "rooter"]);
    // A policy cannot give the browser's permission; the person can, and cannot take it back here.
    assert_eq!(names(&browser, "sites")[1], ("intranet.example".into(), true));
    browser.grant(&["https://*.intranet.example/*", "http://*.intranet.example/*"]);
    assert_eq!(names(&browser, "sites")[1], ("intranet.example".into(), false));
}

#[test]
fn erasing_puts_everything_back_first_and_leaves_nothing() {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::TurnOffSuspects);
    browser.order(set(Setting::Banner, false));
    browser.grant(&["https://*.example.com/*"]);
    assert!(!browser.is_on("tweaker"));
    browser.order(OptionsRequest::Erase);
    assert!(browser.is_on("tweaker") && browser.is_on("rewriter"));
    assert_eq!(said(&browser).as_deref(), Some("erased"));
    assert!(["ledger", "settings", "cases", "jar"].iter().all(|key| browser.kept(key).is_none()));
    assert!(browser.granted.is_empty() && browser.watched.patterns().is_empty());
    assert_eq!(browser.options().put_back, 0);
}

#[test]
fn removing_puts_everything_back_first_and_asks_the_browser() {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::TurnOffSuspects);
    browser.order(OptionsRequest::Uninstall);
    assert!(browser.is_on("tweaker"));
    assert_eq!((browser.uninstalls, said(&browser).as_deref()), (1, Some("remove_failed")), "the person thought better of it");
}

#[test]
fn what_cannot_be_put_back_stops_the_leaving_once() {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::TurnOffSuspects);
    browser.locked = vec![ExtensionId("rewriter".into())];
    browser.order(OptionsRequest::Uninstall);
    assert_eq!((browser.uninstalls, said(&browser).as_deref()), (0, Some("leaving_stuck")));
    assert!(browser.is_on("tweaker") && browser.options().put_back == 1);
    // Another way out is another question.
    browser.order(OptionsRequest::Erase);
    assert_eq!(said(&browser).as_deref(), Some("leaving_stuck"));
    browser.order(OptionsRequest::Erase);
    assert_eq!((browser.options().put_back, said(&browser).as_deref()), (0, Some("erased")));
}

/// The first reload of the search is on its way, and everything is off.
fn in_the_middle_of_a_search() -> Browser {
    let mut browser = loaded_by_get(refused(with_extensions()));
    browser.begin(PopupRequest::FindExtension);
    while browser.reloads == 0 {
        assert!(browser.step());
    }
    browser
}

#[test]
fn a_search_is_stopped_before_leaving() {
    for killed in [None, Some(3)] {
        let mut browser = in_the_middle_of_a_search();
        assert!(!browser.is_on("tweaker"));
        browser.dies(killed.map(|at| Death { at, fate: Fate::Done, who: Who::Worker }));
        browser.order(OptionsRequest::Erase);
        if killed.is_some() {
            browser.order(OptionsRequest::Erase);
        }
        assert!(browser.is_on("tweaker") && browser.is_on("rewriter") && browser.is_on("notes"), "{killed:?}");
        assert_eq!(browser.options().put_back, 0);
    }
}

#[test]
fn a_file_brings_the_choices_back_and_a_wrong_one_changes_nothing() {
    let mut browser = Browser::new(vec![on()], vec![], Rule::default());
    browser.order(set(Setting::AskAtOnce, false));
    let file = browser.options().backup;
    browser.order(OptionsRequest::Erase);
    assert_ne!(browser.options().backup, file);
    browser.order(OptionsRequest::Import("{}".into()));
    assert_eq!(said(&browser).as_deref(), Some("import_foreign"));
    assert_ne!(browser.options().backup, file);
    browser.order(OptionsRequest::Import(file.clone()));
    assert_eq!((browser.options().backup, said(&browser).as_deref()), (file, Some("imported")));
}

#[test]
fn a_pin_is_listed_kept_in_the_file_and_taken_out() {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::Pin { id: ExtensionId("tweaker".into()), pinned: true });
    assert_eq!(names(&browser, "pins"), [("tweaker".into(), true)]);
    let file = browser.options().backup;
    browser.order(OptionsRequest::Unpin(ExtensionId("tweaker".into())));
    assert!(names(&browser, "pins").is_empty());
    browser.order(OptionsRequest::Import(file));
    assert_eq!(names(&browser, "pins").len(), 1);
}

#[test]
fn a_switch_on_the_page_orders_the_other_way_round() {
    let mut browser = Browser::new(vec![on()], vec![], Rule::default());
    for expected in [false, true] {
        let row = rows(&browser, "settings").remove(0);
        let Control::Switch { act: Some(OptionsAct::Order(request)), .. } = row.control else { panic!("no switch") };
        browser.order(request);
        let row = rows(&browser, "settings").remove(0);
        assert!(matches!(row.control, Control::Switch { on, .. } if on == expected));
    }
}

fn with_suspects_off() -> Browser {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::TurnOffSuspects);
    browser
}

#[test]
fn killed_anywhere_on_the_way_out_it_gives_back_and_asks_once_at_most() {
    killed_everywhere(
        with_suspects_off,
        |browser| browser.order(OptionsRequest::Uninstall),
        |kill_after, browser| {
            assert!(browser.is_on("tweaker") && browser.is_on("rewriter"), "killed after effect {kill_after}");
            // The browser asks the person: better not at all than twice.
            assert!(browser.uninstalls <= 1, "killed after effect {kill_after}");
        },
    );
}

#[test]
fn killed_anywhere_while_erasing_everything_is_on_and_forgotten() {
    killed_everywhere(
        with_suspects_off,
        |browser| browser.order(OptionsRequest::Erase),
        |kill_after, browser| {
            assert!(browser.is_on("tweaker") && browser.is_on("rewriter"), "killed after effect {kill_after}");
            assert_eq!(browser.kept("ledger"), None, "killed after effect {kill_after}");
        },
    );
}

#[test]
fn killed_anywhere_a_choice_a_pin_and_an_import_are_kept() {
    let file = {
        let mut browser = Browser::new(vec![on()], vec![], Rule::default());
        browser.order(set(Setting::Banner, false));
        browser.options().backup
    };
    for at in 1..=6 {
        let mut browser = refused(with_extensions());
        browser.dies([Death { at, fate: Fate::Undone, who: Who::Worker }]);
        browser.click(PopupRequest::Pin { id: ExtensionId("tweaker".into()), pinned: true });
        browser.order(set(Setting::AskAtOnce, false));
        assert_eq!(names(&browser, "pins").len(), 1, "killed at effect {at}");
        let chosen = |browser: &Browser| {
            rows(browser, "settings")
                .iter()
                .map(|row| matches!(row.control, Control::Switch { on: true, .. }))
                .collect::<Vec<_>>()
        };
        assert_eq!(chosen(&browser), [true, false], "killed at effect {at}");
        browser.dies([Death { at, fate: Fate::Undone, who: Who::Worker }]);
        browser.order(OptionsRequest::Import(file.clone()));
        assert_eq!(chosen(&browser), [false, true], "killed at effect {at}");
    }
}

#[test]
fn what_happens_while_everything_is_erased_is_not_written_down() {
    let mut browser = refused(with_extensions());
    browser.now = browser.now.plus_seconds(5);
    browser.begin_options(OptionsRequest::Erase);
    browser.begin(PopupRequest::Pin { id: ExtensionId("notes".into()), pinned: true });
    let seen = browser.seen_request();
    browser.page_says(seen);
    assert!(["pins", "memory", "ledger", "leaving", "orders"].iter().all(|key| browser.kept(key).is_none()), "something is left");
    assert_eq!(said(&browser).as_deref(), Some("erased"));
}

#[test]
fn a_load_from_before_the_erasing_is_not_recorded_again() {
    let mut browser = refused(with_extensions());
    browser.now = browser.now.plus_seconds(5);
    browser.order(OptionsRequest::Erase);
    let seen = browser.seen_request();
    browser.page_says(seen);
    assert_eq!(browser.kept("memory"), None);
    browser.visit();
    assert!(browser.kept("memory").is_some(), "a new load is");
}
