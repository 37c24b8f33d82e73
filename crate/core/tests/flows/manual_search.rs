//! The culprit search with the person as the hand: nothing is switched but by them, and everything else is as ever.

use readmit_core::protocol::message::PopupRequest;
use readmit_core::view::{ManualView, Phase};

use super::browser::{Browser, Rule};
use super::{extension, killed_everywhere, loaded_by_get, refused};

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

fn with(rule: Rule) -> Browser {
    let extensions =
        NAMES.iter().map(|name| extension(name, if *name == "f" { &["declarativeNetRequest"] } else { &[] })).collect();
    let mut browser = Browser::new(extensions, vec![], rule);
    browser.by_hand = true;
    browser.kill();
    loaded_by_get(refused(browser))
}

fn toggles(browser: &Browser) -> Vec<(String, bool)> {
    let manual = browser.view().manual;
    manual
        .map(|ManualView { toggles, .. }| toggles.into_iter().map(|toggle| (toggle.id.as_str().to_owned(), toggle.on)).collect())
        .unwrap_or_default()
}

/// A diligent person: does whatever is asked, one after the other.
fn obey(browser: &mut Browser) {
    for _ in 0..1_000 {
        let Some((id, on)) = toggles(browser).first().cloned() else { return };
        browser.switch_by_hand(&id, on);
    }
    assert!(toggles(browser).is_empty(), "it has to end");
}

fn off(browser: &Browser) -> Vec<&'static str> {
    NAMES.into_iter().filter(|name| !browser.is_on(name)).collect()
}

fn culprits(browser: &Browser) -> Vec<String> {
    let mut ids: Vec<String> = browser.view().culprits.iter().map(|culprit| culprit.id.as_str().to_owned()).collect();
    ids.sort();
    ids
}

fn find(browser: &mut Browser) {
    browser.click(PopupRequest::FindExtension);
    obey(browser);
}

#[test]
fn one_culprit_is_found_and_all_others_are_seen_to_be_back() {
    for name in ["c", "f"] {
        let mut browser = with(Rule { extensions: vec![name], ..Rule::default() });
        find(&mut browser);
        let view = browser.view();
        assert_eq!((view.phase, view.manual.is_none()), (Phase::Found, true), "{:?}", view.headline);
        assert_eq!(view.detail.unwrap().key, "detail_found");
        assert_eq!(culprits(&browser), [name]);
        assert_eq!(off(&browser), [name]);
    }
}

#[test]
fn two_that_block_by_themselves_and_two_that_block_together_are_found() {
    let mut browser = with(Rule { extensions: vec!["b", "e"], ..Rule::default() });
    find(&mut browser);
    assert_eq!(culprits(&browser), ["b", "e"]);
    assert_eq!(off(&browser), ["b", "e"]);
    let mut browser = with(Rule { together: vec!["a", "d"], ..Rule::default() });
    find(&mut browser);
    assert_eq!(browser.view().headline.key, "headline_found_together");
    assert_eq!(off(&browser).len(), 1);
}

#[test]
fn nothing_is_reloaded_before_the_last_switch_was_made() {
    let mut browser = with(Rule { extensions: vec!["c"], ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert_eq!((view.phase, view.headline.key.as_ref(), view.headline.count), (Phase::Searching, "headline_hand", Some(1)));
    assert_eq!(view.manual.unwrap().title.key, "hand_search");
    assert_eq!(browser.reloads, 0);
    browser.switch_by_hand("f", false);
    assert_eq!((browser.reloads, toggles(&browser).len()), (2, 5), "the suspect is innocent: the others");
    for name in &NAMES[..4] {
        browser.switch_by_hand(name, false);
        assert_eq!(browser.reloads, 2);
    }
    assert_eq!(toggles(&browser), [("e".to_owned(), false)]);
    browser.switch_by_hand("e", false);
    assert!(browser.reloads > 1);
}

#[test]
fn nothing_ticks_while_a_person_takes_their_time() {
    let mut browser = with(Rule { extensions: vec!["c"], ..Rule::default() });
    browser.wakes_at = None;
    browser.click(PopupRequest::FindExtension);
    assert_eq!((browser.view().phase, browser.wakes_at), (Phase::Searching, None));
}

#[test]
fn a_slip_of_the_hand_is_asked_to_be_mended() {
    let mut browser = with(Rule { extensions: vec!["c"], ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    browser.switch_by_hand("f", false);
    browser.switch_by_hand("a", false);
    browser.switch_by_hand("a", true);
    assert!(toggles(&browser).contains(&("a".to_owned(), false)));
    obey(&mut browser);
    assert_eq!(culprits(&browser), ["c"]);
}

#[test]
fn the_innocent_are_cleared_once_they_are_back_on() {
    let mut browser = with(Rule { always: true, ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    for name in ["f", "a", "b", "c", "d", "e"] {
        browser.switch_by_hand(name, false);
    }
    let view = browser.view();
    assert_eq!((view.phase, view.cleared), (Phase::Stuck, true));
    assert_eq!(view.detail.unwrap().key, "detail_hand_back");
    assert_eq!(view.manual.unwrap().title.key, "hand_back");
    obey(&mut browser);
    assert_eq!(off(&browser), Vec::<&str>::new());
    assert_eq!(browser.view().detail.unwrap().key, "detail_innocent");
}

#[test]
fn stop_tells_what_is_to_be_switched_back_on() {
    let mut browser = with(Rule { extensions: vec!["c"], ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    browser.switch_by_hand("f", false);
    browser.switch_by_hand("b", false);
    browser.click(PopupRequest::Stop);
    assert_eq!(browser.view().phase, Phase::Answered);
    assert_eq!(toggles(&browser), [("f".to_owned(), true), ("b".to_owned(), true)]);
    obey(&mut browser);
    assert_eq!((off(&browser).len(), browser.view().manual.is_none()), (0, true));
}

#[test]
fn whoever_cannot_touch_the_site_is_left_alone() {
    let mut far = extension("far", &[]);
    far.host_permissions = vec!["https://elsewhere.example/*".into()];
    let mut browser =
        Browser::new(vec![far, extension("near", &[])], vec![], Rule { extensions: vec!["near"], ..Rule::default() });
    browser.by_hand = true;
    browser.kill();
    let mut browser = refused(browser);
    browser.click(PopupRequest::FindExtension);
    assert_eq!(toggles(&browser), [("near".to_owned(), false)]);
    obey(&mut browser);
    assert_eq!(culprits(&browser), ["near"]);
}

#[test]
fn no_button_promises_what_only_a_hand_can_do() {
    let mut browser = with(Rule { extensions: vec!["c"], ..Rule::default() });
    let labels = |browser: &Browser| -> Vec<String> {
        let view = browser.view();
        let cards = view.cards.iter().flat_map(|card| card.buttons.iter());
        let culprits = view.culprits.iter().flat_map(|culprit| culprit.buttons.iter());
        cards.chain(culprits).map(|button| button.label.key.clone().into_owned()).collect()
    };
    assert!(labels(&browser).contains(&"button_find".to_owned()));
    assert!(!labels(&browser).contains(&"button_suspects".to_owned()));
    find(&mut browser);
    assert_eq!(labels(&browser), ["button_keep_off"]);
    assert_eq!(browser.view().put_back, 0);
}

#[test]
fn a_browser_that_ends_in_the_middle_remembers_what_is_to_be_switched_back_on() {
    let mut browser = with(Rule { extensions: vec!["c"], ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    browser.switch_by_hand("f", false);
    browser.switch_by_hand("d", false);
    browser.restart();
    browser.open_popup();
    assert_eq!(toggles(&browser), [("f".to_owned(), true), ("d".to_owned(), true)]);
}

#[test]
fn killed_after_any_effect_the_search_comes_to_the_same_end() {
    killed_everywhere(
        || with(Rule { extensions: vec!["c"], ..Rule::default() }),
        find,
        |kill_after, mut browser| {
            // Killed between two saves: the click itself was lost.
            if browser.view().phase == Phase::Answered {
                find(&mut browser);
            }
            obey(&mut browser);
            assert_eq!(browser.view().phase, Phase::Found, "killed after effect {kill_after}");
            assert_eq!(culprits(&browser), ["c"], "killed after effect {kill_after}");
            assert_eq!(off(&browser), ["c"], "killed after effect {kill_after}");
        },
    );
}

#[test]
fn the_last_switch_may_be_what_wakes_the_worker() {
    let mut browser = with(Rule { extensions: vec!["c"], ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    browser.extensions.last_mut().unwrap().enabled = false;
    browser.kill();
    assert_eq!(browser.reloads, 2);
    obey(&mut browser);
    assert_eq!(culprits(&browser), ["c"]);
}

#[test]
fn a_guilty_suspect_among_many_takes_a_few_switches() {
    let names: Vec<String> = (0..23).map(|number| format!("weak{number}")).collect();
    let weak = names.iter().map(|name| extension(name, &[]));
    let suspects = ["one", "two"].map(|name| extension(name, &["declarativeNetRequest"]));
    let mut browser = Browser::new(weak.chain(suspects).collect(), vec![], Rule { extensions: vec!["two"], ..Rule::default() });
    browser.by_hand = true;
    browser.kill();
    let mut browser = refused(browser);
    browser.click(PopupRequest::FindExtension);
    let mut switches = 0;
    while let Some((id, on)) = toggles(&browser).first().cloned() {
        browser.switch_by_hand(&id, on);
        switches += 1;
    }
    assert_eq!(culprits(&browser), ["two"]);
    assert!(switches <= 9, "{switches}");
}
