//! What is off because of Readmit is not forgotten: the button says so on every page, and the popup names it on any page.

use readmit_core::base::id::ExtensionId;
use readmit_core::protocol::message::PopupRequest;
use readmit_core::view::Phase;

use super::browser::{Browser, Death, Fate, Place, Rule, Who};
use super::{extension, refused, with_extensions};

fn with_suspects_off() -> Browser {
    let mut browser = refused(with_extensions());
    assert!(!browser.reminds(), "nothing is off yet");
    browser.click(PopupRequest::TurnOffSuspects);
    browser
}

/// The button reminds, and the popup says of what and offers the way back.
#[track_caller]
fn check_reminded(browser: &Browser, off: &[&str]) {
    assert!(browser.reminds());
    let view = browser.view();
    let names: Vec<&str> = view.off.iter().map(|extension| extension.name.as_str()).collect();
    assert_eq!((view.put_back as usize, names.as_slice()), (off.len(), off), "{:?}", view.phase);
}

#[track_caller]
fn check_forgotten(browser: &Browser) {
    assert!(!browser.reminds());
    let view = browser.view();
    assert_eq!((view.put_back, view.off.len()), (0, 0));
}

#[test]
fn suspects_that_are_off_are_named_until_they_are_back() {
    let mut browser = with_suspects_off();
    check_reminded(&browser, &["rewriter", "tweaker"]);
    browser.click(PopupRequest::PutBack);
    check_forgotten(&browser);
}

#[test]
fn the_reminder_outlives_worker_and_browser() {
    let mut browser = with_suspects_off();
    browser.kill();
    check_reminded(&browser, &["rewriter", "tweaker"]);
    browser.restart();
    assert!(browser.reminds(), "without a popup, too");
    browser.open_popup();
    check_reminded(&browser, &["rewriter", "tweaker"]);
}

#[test]
fn the_popup_names_what_is_off_on_any_page() {
    for (place, phase) in [(Place::Here, Phase::Clear), (Place::Hidden, Phase::Clear), (Place::OtherSite, Phase::Clear)] {
        let mut browser = with_suspects_off();
        browser.close_popup();
        browser.restart();
        browser.place = place;
        browser.load();
        browser.open_popup();
        assert_eq!(browser.view().phase, phase, "{place:?}");
        check_reminded(&browser, &["rewriter", "tweaker"]);
    }
}

#[test]
fn what_is_deliberately_left_off_reminds_no_longer() {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::FindExtension);
    check_reminded(&browser, &["tweaker"]);
    browser.click(PopupRequest::KeepOff { id: ExtensionId("tweaker".into()) });
    check_forgotten(&browser);
    browser.restart();
    browser.open_popup();
    check_forgotten(&browser);
}

#[test]
fn all_that_is_named_can_be_left_off_on_any_page() {
    let mut browser = with_suspects_off();
    browser.restart();
    browser.place = Place::Hidden;
    browser.open_popup();
    let named = browser.view().off;
    browser.click(PopupRequest::KeepAllOff { ids: named.into_iter().map(|extension| extension.id).collect() });
    check_forgotten(&browser);
    browser.click(PopupRequest::PutBack);
    assert!(!browser.is_on("tweaker") && !browser.is_on("rewriter"));
}

#[test]
fn what_is_switched_on_by_hand_reminds_no_longer() {
    let mut browser = with_suspects_off();
    browser.switch_by_hand("tweaker", true);
    check_reminded(&browser, &["rewriter"]);
    browser.uninstall("rewriter");
    check_forgotten(&browser);
}

#[test]
fn a_search_reminds_while_it_runs_and_not_after_it() {
    let mut browser = refused(with_extensions());
    browser.rule = Rule { always: true, ..Rule::default() };
    browser.begin(PopupRequest::FindExtension);
    while browser.switches.is_empty() {
        assert!(browser.step());
    }
    while !browser.reminds() {
        assert!(browser.step(), "VPNs and blockers are off for all tabs meanwhile");
    }
    while browser.step() {}
    assert_eq!(browser.view().phase, Phase::Stuck);
    check_forgotten(&browser);
}

#[test]
fn an_interrupted_search_reminds_until_all_are_back() {
    let mut browser = refused(with_extensions());
    // The browser ends in the middle of the first trial, and does not switch anything back on.
    browser.dies([Death { at: 8, fate: Fate::Done, who: Who::Browser { switches: usize::MAX } }]);
    browser.click(PopupRequest::FindExtension);
    let off = ["tweaker", "rewriter", "notes"].into_iter().filter(|id| !browser.is_on(id)).count();
    assert!(off > 0);
    browser.locked = ["tweaker", "rewriter", "notes"].map(|id| ExtensionId(id.into())).to_vec();
    browser.restart();
    assert!(browser.reminds());
    browser.locked.clear();
    browser.open_popup();
    browser.click(PopupRequest::PutBack);
    check_forgotten(&browser);
}

#[test]
fn the_reminder_ends_wherever_the_worker_dies() {
    for at in 1..=12 {
        for fate in [Fate::Undone, Fate::Done, Fate::AllDone] {
            let mut browser = with_suspects_off();
            browser.dies([Death { at, fate, who: Who::Worker }]);
            browser.click(PopupRequest::PutBack);
            check_forgotten(&browser);
        }
    }
}

#[test]
fn what_was_off_before_readmit_came_is_no_reminder() {
    let mut off = extension("off", &["declarativeNetRequest"]);
    off.enabled = false;
    let browser = refused(Browser::new(vec![off], vec![], Rule { always: true, ..Rule::default() }));
    check_forgotten(&browser);
}

#[test]
fn where_only_the_user_can_switch_the_list_of_what_to_switch_reminds() {
    let mut browser = with_extensions();
    browser.by_hand = true;
    browser.kill();
    let mut browser = refused(browser);
    browser.click(PopupRequest::FindExtension);
    let asked = browser.view().manual.unwrap().toggles;
    for toggle in &asked {
        browser.switch_by_hand(toggle.id.as_str(), false);
    }
    browser.restart();
    assert!(browser.reminds());
    browser.place = Place::Hidden;
    browser.open_popup();
    let to_switch = browser.view().manual.unwrap().toggles;
    assert!(!to_switch.is_empty() && to_switch.iter().all(|toggle| toggle.on));
    for toggle in to_switch {
        browser.switch_by_hand(toggle.id.as_str(), true);
    }
    assert!(!browser.reminds());
}
