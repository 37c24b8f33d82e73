//! The culprit search as a story: with the person, the browser and the worker's death in it.

use readmit_core::id::ExtensionId;
use readmit_core::message::PopupRequest;
use readmit_core::view::Phase;

use super::browser::{Browser, Rule};
use super::{extension, killed_everywhere, refused};

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

fn with(rule: Rule) -> Browser {
    let extensions =
        NAMES.iter().map(|name| extension(name, if *name == "f" { &["declarativeNetRequest"] } else { &[] })).collect();
    refused(Browser::new(extensions, vec![], rule))
}

fn culprits(browser: &Browser) -> Vec<String> {
    browser.view().culprits.iter().map(|culprit| culprit.id.as_str().to_owned()).collect()
}

fn off(browser: &Browser) -> Vec<&'static str> {
    NAMES.into_iter().filter(|name| !browser.is_on(name)).collect()
}

/// Searches, and checks who was found and who is off in the end.
#[track_caller]
fn check(rule: Rule, phase: Phase, found: &[&str], off_in_the_end: &[&str]) {
    let mut browser = with(rule);
    browser.click(PopupRequest::FindExtension);
    assert_eq!(browser.view().phase, phase, "{:?}", browser.view().headline);
    let mut names = culprits(&browser);
    names.sort();
    assert_eq!(names, found);
    assert_eq!(off(&browser), off_in_the_end);
    browser.click(PopupRequest::PutBack);
    assert_eq!(off(&browser), Vec::<&str>::new(), "everything can be put back");
}

#[test]
fn one_culprit_is_found_and_stays_off() {
    check(Rule { extensions: vec!["d"], ..Rule::default() }, Phase::Found, &["d"], &["d"]);
    check(Rule { extensions: vec!["f"], ..Rule::default() }, Phase::Found, &["f"], &["f"]);
}

#[test]
fn two_that_block_by_themselves_are_both_found() {
    check(Rule { extensions: vec!["b", "g"], ..Rule::default() }, Phase::Found, &["b", "g"], &["b", "g"]);
}

#[test]
fn two_that_block_together_are_both_named_and_one_stays_off() {
    let mut browser = with(Rule { together: vec!["c", "h"], ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    assert_eq!(browser.view().phase, Phase::Found);
    assert_eq!(browser.view().headline.key, "headline_found_together");
    assert_eq!(off(&browser).len(), 1);
}

#[test]
fn the_innocent_are_cleared_with_one_reload_and_all_are_back() {
    let mut browser = with(Rule { always: true, ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert_eq!((view.phase, view.cleared, browser.reloads), (Phase::Stuck, true, 1));
    assert_eq!(off(&browser), Vec::<&str>::new());
    assert_ne!(view.cards[0].fix.name(), "extensions");
}

#[test]
fn what_was_found_can_stay_off_for_good() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    browser.click(PopupRequest::KeepOff { id: ExtensionId("d".into()) });
    assert_eq!(browser.view().put_back, 0);
    assert_eq!(off(&browser), ["d"]);
}

#[test]
fn what_was_off_before_the_search_stays_off_after_it() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.click(PopupRequest::Switch { id: ExtensionId("a".into()), on: false });
    browser.click(PopupRequest::FindExtension);
    assert_eq!(off(&browser), ["a", "d"]);
}

#[test]
fn a_locked_extension_is_no_candidate_and_one_that_refuses_is_left_out() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.locked = vec![ExtensionId("b".into())];
    browser.click(PopupRequest::FindExtension);
    assert_eq!(culprits(&browser), ["d"]);
    assert_eq!(off(&browser), ["d"]);
}

#[test]
fn a_search_on_a_page_that_asks_for_silence_does_not_begin() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.click(PopupRequest::Stop);
    assert_eq!(browser.reloads, 0, "there is nothing to stop");
    assert_eq!(browser.view().phase, Phase::Answered);
}

#[test]
fn killed_after_any_effect_the_search_goes_on_to_the_same_end() {
    let begin = || with(Rule { extensions: vec!["d"], ..Rule::default() });
    killed_everywhere(
        begin,
        |browser| browser.click(PopupRequest::FindExtension),
        |kill_after, mut browser| {
            assert_eq!(browser.view().phase, Phase::Found, "killed after effect {kill_after}");
            assert_eq!(culprits(&browser), ["d"], "killed after effect {kill_after}");
            assert_eq!(off(&browser), ["d"], "killed after effect {kill_after}");
            browser.click(PopupRequest::PutBack);
            assert_eq!(off(&browser), Vec::<&str>::new(), "killed after effect {kill_after}");
        },
    );
}

#[test]
fn a_browser_that_ends_in_the_middle_leaves_all_to_be_put_back() {
    let begin = || with(Rule { together: vec!["c", "h"], ..Rule::default() });
    let mut whole = begin();
    let before = whole.performed();
    whole.click(PopupRequest::FindExtension);
    for stop_after in 1..=whole.performed() - before {
        let mut browser = begin();
        browser.end_after = Some(browser.performed() + stop_after);
        browser.click(PopupRequest::FindExtension);
        browser.restart();
        browser.open_popup();
        browser.click(PopupRequest::PutBack);
        assert_eq!(off(&browser), Vec::<&str>::new(), "ended after effect {stop_after}");
    }
}
