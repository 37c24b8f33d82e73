//! Every flow, with the world moving after each of its effects: the tab goes elsewhere or is closed, the page takes its block
//! away, the clock is set, a permission is taken away, an extension is switched by hand, Readmit is updated. Whatever moves, the
//! flow ends, what a search switched is put back, and nothing waits longer than planned.

use readmit_core::evidence::probe::{FetchError, LONGEST_COOLDOWN};
use readmit_core::feature::clear_data::Strength;
use readmit_core::protocol::message::{PageRequest, PopupRequest};
use readmit_core::view::Phase;

use super::browser::{Browser, Death, Fate, Fault, Move, Place, Who};
use super::deaths::{STORIES, Story, Whole};
use super::{cookie, extension, refused, with_cookies, with_extensions};

const HOUR: i64 = 60 * 60;
const YEAR: i64 = 365 * 24 * HOUR;

const MOVES: [Move; 11] = [
    Move::Elsewhere,
    Move::ElsewhereAndBack,
    Move::Closed,
    Move::Unblocks,
    Move::Clock(HOUR),
    Move::Clock(-HOUR),
    Move::Clock(YEAR),
    Move::Clock(-YEAR),
    Move::Forbidden,
    Move::SwitchedByHand,
    Move::Updated,
];

/// What else happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trouble {
    None,
    /// This one dies right after the world has moved.
    Dies(Who),
    /// The browser fails at this from the click on, until the popup is opened again.
    Fails(Fault),
}

fn with(story: &Story, at: usize, step: Move, trouble: Trouble) -> Browser {
    let mut browser = (story.begin)();
    match trouble {
        Trouble::None => {}
        Trouble::Dies(who) => browser.dies([Death { at: at + 1, fate: Fate::Done, who }]),
        Trouble::Fails(fault) => browser.fault = Some(fault),
    }
    browser.moves = Some((browser.performed() + at, step));
    story.tell(&mut browser);
    browser
}

#[track_caller]
fn holds(story: &Story, whole: &Whole, at: usize, step: Move, trouble: Trouble) {
    let mut browser = with(story, at, step, trouble);
    let context = format!("{}, {step:?} after effect {at}, {trouble:?}", story.name);
    browser.fault = None;
    if trouble != Trouble::None && browser.moves.is_some() {
        // With trouble a flow may end before the world has moved.
        return;
    }
    match step {
        // The popup was closed with the old version.
        Move::Updated => browser.comes_back(),
        // What nothing has looked at since is seen when the popup is opened.
        Move::Elsewhere => browser.open_popup(),
        // The next worker sets the alarm anew, if anything is waited for.
        Move::Clock(_) => {
            browser.wakes_at = None;
            browser.kill();
        }
        _ => {}
    }
    if trouble != Trouble::None {
        // A new worker knows nothing of a tab until a popup asks for it.
        browser.open_popup();
    }
    let view = browser.view();
    assert!(!matches!(view.phase, Phase::Looking | Phase::Searching), "{context}: it hangs in {:?}", view.phase);
    let longest = browser.now.plus_seconds(LONGEST_COOLDOWN);
    assert!(
        browser.wakes_at.is_none_or(|time| time <= longest),
        "{context}: {:?} is far from {:?}",
        browser.wakes_at,
        browser.now
    );
    if matches!(step, Move::Elsewhere | Move::Closed) {
        assert_eq!(view.phase, Phase::Clear, "{context}: the case has ended");
        whole.nothing_was_forgotten(&browser, &context);
    }
    browser.comes_back();
    browser.click(PopupRequest::PutBack);
    let by_hand = usize::from(step == Move::SwitchedByHand);
    whole.all_is_back_but(&browser, by_hand, &context);
}

#[test]
fn the_world_may_move_at_any_effect() {
    for story in STORIES {
        let whole = story.whole();
        for at in 1..=whole.effects {
            for step in MOVES {
                holds(story, &whole, at, step, Trouble::None);
            }
        }
    }
}

#[test]
fn the_worker_may_die_right_after_the_world_has_moved() {
    for story in STORIES {
        let whole = story.whole();
        for at in 1..=whole.effects {
            for step in MOVES {
                holds(story, &whole, at, step, Trouble::Dies(Who::Worker));
            }
        }
    }
}

/// Each fault meets each move, though not at each effect.
#[test]
fn the_browser_may_fail_while_the_world_moves() {
    let faults = [Fault::Save, Fault::List, Fault::Switch, Fault::Remove, Fault::Fetch(FetchError::Timeout)];
    for story in STORIES {
        let whole = story.whole();
        for at in 1..=whole.effects {
            for (place, step) in MOVES.into_iter().enumerate() {
                holds(story, &whole, at, step, Trouble::Fails(faults[(at + place) % faults.len()]));
            }
        }
    }
}

/// Was nothing done, and is that said?
#[track_caller]
fn is_refused(browser: &Browser, switches: usize) {
    let notice = browser.view().notice.unwrap();
    assert_eq!(notice.text[0].key, "order_changed");
    assert_eq!((browser.removals, browser.restored, browser.switches.len()), (0, 0, switches));
}

#[test]
fn a_click_to_clear_one_site_does_not_clear_another() {
    let mut browser = with_cookies();
    browser.host = "blocked.example";
    let mut browser = refused(browser);
    let shown = browser.view().shown;
    browser.changes_itself();
    browser.page_says(PageRequest::Gone);
    for strength in [Strength::Everything, Strength::CloudflareCheck] {
        browser.click_late(PopupRequest::Clear(strength), &shown);
        is_refused(&browser, 0);
    }
    browser.click(PopupRequest::Clear(Strength::Everything));
    assert_eq!((browser.removals, browser.view().notice.unwrap().text[0].key == "order_changed"), (1, false));
}

#[test]
fn suspects_that_were_not_shown_are_not_turned_off() {
    let mut browser = refused(with_extensions());
    let shown = browser.view().shown;
    browser.install(extension("another", &["declarativeNetRequest"]));
    browser.click_late(PopupRequest::TurnOffSuspects, &shown);
    is_refused(&browser, 0);
    browser.click(PopupRequest::TurnOffSuspects);
    assert_eq!((browser.view().phase, browser.switches.len()), (Phase::Done, 3));
}

#[test]
fn undo_restores_only_what_it_was_shown_for() {
    let mut browser = refused(with_cookies());
    browser.click(PopupRequest::Clear(Strength::CloudflareCheck));
    let shown = browser.view().shown;
    browser.now = browser.now.plus_seconds(60);
    browser.cookies.push(cookie("session", "newer"));
    browser.visit();
    browser.click(PopupRequest::Clear(Strength::Everything));
    browser.click_late(PopupRequest::Undo, &shown);
    assert_eq!((browser.restored, browser.view().notice.unwrap().text[0].key.as_ref()), (0, "order_changed"));
    browser.click(PopupRequest::Undo);
    assert!(browser.restored > 0);
}

/// The popup stays open in a tab of its own, and has nothing else to look at the page for.
#[test]
fn a_page_that_is_blocked_again_under_an_open_popup_is_diagnosed() {
    for away in [Place::OtherSite, Place::Hidden] {
        for dies in [false, true] {
            let mut browser = refused(with_cookies());
            browser.place = away;
            if dies {
                browser.kill();
            }
            browser.place = Place::Here;
            browser.visit();
            let view = browser.view();
            assert_eq!(view.phase, Phase::Answered, "{away:?}, dies: {dies}");
            assert!(
                view.causes.first().is_some_and(|cause| cause.probability > 0.5),
                "{away:?}, dies: {dies}: nothing was asked"
            );
        }
    }
}
