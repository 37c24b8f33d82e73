//! Tabs that were open before Readmit could see them.

use readmit_core::extensions::installed::Installed;
use readmit_core::view::{NEEDED, Phase};

use super::browser::{Browser, Death, Fate, Move, Rule, Who};
use super::extension;

const SHOP: [&str; 2] = ["https://*.shop.example/*", "http://*.shop.example/*"];

fn on() -> Vec<Installed> {
    vec![extension("notes", &[])]
}

/// A page was blocked before Readmit came; its worker starts for the first time.
fn installed_on_a_blocked_tab() -> Browser {
    let mut browser = Browser::new(on(), vec![], Rule { always: true, ..Rule::default() });
    browser.load();
    browser.kill();
    browser
}

/// Case 25 of the table of scenarios. The content script shows the banner as soon as it is in the tab.
#[test]
fn a_tab_that_was_blocked_before_the_installation_is_marked() {
    let mut browser = installed_on_a_blocked_tab();
    assert_eq!(browser.entered, [NEEDED]);
    assert_eq!(browser.badge_and_code(), "! 1020");
    browser.open_popup();
    assert_eq!((browser.view().phase, browser.view().code), (Phase::Answered, Some(1020)));
    assert_eq!(browser.reloads, 0);
}

#[test]
fn a_worker_that_starts_again_enters_no_tab_again() {
    let mut browser = installed_on_a_blocked_tab();
    browser.kill();
    browser.grant(&[]);
    assert_eq!(browser.entered.len(), 1);
}

#[test]
fn after_an_update_or_a_pause_open_tabs_are_entered_again() {
    let mut browser = installed_on_a_blocked_tab();
    // The browser forgets what it keeps in memory, and tells of neither.
    browser.moves = Some((0, Move::Updated));
    browser.load();
    browser.open_popup();
    assert_eq!(browser.entered, [NEEDED, NEEDED]);
    assert_eq!(browser.badge_and_code(), "! 1020");
}

#[test]
fn a_blocked_tab_of_a_site_is_marked_when_the_site_is_granted() {
    let mut browser = Browser::new(on(), vec![], Rule { always: true, ..Rule::default() });
    browser.host = "shop.example";
    browser.load();
    browser.kill();
    assert_eq!((browser.entered.as_slice(), browser.badge.as_str()), ([NEEDED.map(String::from).to_vec()].as_slice(), ""));
    browser.grant(&SHOP);
    assert_eq!(browser.entered[1..], [SHOP]);
    assert_eq!(browser.badge_and_code(), "! 1020");
    // Taken away and given again: in between, pages were loaded without the content script.
    browser.grant(&[]);
    browser.grant(&SHOP);
    assert_eq!(browser.entered[2..], [SHOP]);
}

#[test]
fn open_tabs_are_entered_wherever_the_worker_dies() {
    for at in 1..10 {
        let mut browser = Browser::new(on(), vec![], Rule { always: true, ..Rule::default() });
        browser.load();
        browser.dies([Death { at, fate: Fate::Undone, who: Who::Worker }]);
        browser.kill();
        // What the content script then says, it says until it is answered.
        assert_eq!(browser.entered.last().map(Vec::as_slice), Some(NEEDED.map(String::from).as_slice()), "killed at effect {at}");
        let entered = browser.kept("entered").unwrap();
        assert_eq!(entered["value"].as_array().unwrap().len(), NEEDED.len(), "killed at effect {at}");
    }
}
