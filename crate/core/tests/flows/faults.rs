//! Every flow in a browser that fails at one thing, from the click on. Each ends in a sentence for the person and a way on.

use std::collections::BTreeSet;

use readmit_core::evidence::probe::FetchError;
use readmit_core::protocol::message::PopupRequest;
use readmit_core::store::{FaultKind, LEDGER, StorageFault};
use readmit_core::view::{Phase, View};

use super::browser::{Blindness, Browser, Death, Fate, Fault, Who};
use super::deaths::{End, STORIES, Story};
use super::loaded_by_get;

const FAULTS: [Fault; 17] = [
    Fault::Save,
    Fault::List,
    Fault::Switch,
    Fault::Look(Blindness::Closed),
    Fault::Look(Blindness::Late),
    Fault::Look(Blindness::Unreadable),
    Fault::Look(Blindness::ErrorPage),
    Fault::Look(Blindness::Offline),
    Fault::Look(Blindness::Nonsense),
    Fault::Inventory,
    Fault::Remove,
    Fault::Restore,
    Fault::Fetch(FetchError::Timeout),
    Fault::Fetch(FetchError::Unreachable),
    Fault::Nonsense,
    Fault::Popup,
    Fault::Silent,
];

/// The keys of everything that is said at once, without opening a card.
fn said(view: &View) -> BTreeSet<String> {
    let rows = view.extensions.iter().flat_map(|extensions| &extensions.rows);
    let remarks = rows.filter_map(|row| row.remark.as_ref());
    let problem = view.extensions.as_ref().and_then(|extensions| extensions.problem.as_ref());
    let notice = view.notice.iter().flat_map(|notice| &notice.text);
    let all = [&view.headline].into_iter().chain(&view.detail).chain(&view.why).chain(problem).chain(notice).chain(remarks);
    all.map(|text| text.key.clone().into_owned()).collect()
}

fn story(name: &str) -> &'static Story {
    STORIES.iter().find(|story| story.name == name).unwrap()
}

fn with(story: &Story, fault: Fault) -> Browser {
    let mut browser = (story.begin)();
    browser.fault = Some(fault);
    story.tell(&mut browser);
    browser
}

#[test]
fn whatever_fails_no_flow_hangs_and_there_is_a_way_on() {
    for story in STORIES {
        let whole = story.whole();
        for fault in FAULTS {
            let mut browser = with(story, fault);
            let context = format!("{}, {fault:?}", story.name);
            story.holds(&whole, &browser, (1, 3), &context);
            browser.fault = None;
            browser.visit();
            browser.open_popup();
            story.holds(&whole, &browser, (2, 4), &context);
        }
    }
}

#[track_caller]
fn check(name: &str, fault: Fault, sentence: &str) {
    let browser = with(story(name), fault);
    let said = said(&browser.view());
    assert!(said.contains(sentence), "{name}, {fault:?}: {said:?}");
}

#[test]
fn what_failed_is_said_in_one_plain_sentence() {
    check("asking why", Fault::List, "extensions_failed");
    check("asking why", Fault::Look(Blindness::Offline), "headline_offline");
    check("one culprit", Fault::Save, "headline_unclear");
    check("one culprit", Fault::Switch, "headline_unclear");
    check("one culprit", Fault::Look(Blindness::Closed), "headline_clear");
    for (look, sentence) in
        [(Blindness::Late, "detail_timeout"), (Blindness::ErrorPage, "detail_error_page"), (Blindness::Offline, "detail_offline")]
    {
        let mut browser = loaded_by_get((story("one culprit").begin)());
        browser.fault = Some(Fault::Look(look));
        browser.click(PopupRequest::FindExtension);
        assert!(said(&browser.view()).contains(sentence), "{look:?}: {:?}", said(&browser.view()));
    }
    for fault in [Fault::Save, Fault::Switch] {
        check("suspects off", fault, "row_failed");
        check("one switched off", fault, "row_failed");
        check("put back", fault, "row_failed");
    }
    for look in [Blindness::Late, Blindness::ErrorPage] {
        check("check again", Fault::Look(look), "detail_unseen");
        check("suspects off", Fault::Look(look), "detail_unseen");
        check("one culprit", Fault::Look(look), "detail_unseen");
    }
    for fault in [Fault::Save, Fault::Remove, Fault::Inventory, Fault::Silent] {
        check("clear everything", fault, "clearing_failed");
        check("reset the check", fault, "clearing_failed");
    }
    for fault in [Fault::Save, Fault::Restore] {
        check("undo", fault, "undone_missing");
    }
    check("clear everything", Fault::Look(Blindness::Late), "detail_unseen");
}

#[test]
fn a_worker_that_wakes_and_is_not_told_what_is_on_claims_nothing() {
    for name in ["one culprit", "two culprits", "innocent", "suspects off"] {
        let story = story(name);
        let whole = story.whole();
        for at in 1..=whole.effects {
            let mut browser = (story.begin)();
            browser.dies([Death { at, fate: Fate::Done, who: Who::Worker }]);
            browser.fault = Some(Fault::List);
            story.tell(&mut browser);
            let context = format!("{name}, {at}");
            story.holds(&whole, &browser, (2, 3), &context);
            let view = browser.view();
            let claims = view.cleared || !view.culprits.is_empty() || view.phase == Phase::Done;
            let is_told = said(&view).iter().any(|key| key == "extensions_failed" || key == "detail_not_listed");
            // Whoever had answered before the worker died may be believed.
            let is_true = End::of(&browser).is_the_end_of(&whole);
            assert!(is_true || (!claims && is_told), "{context}: {:?}", said(&view));
            browser.fault = None;
            browser.open_popup();
            browser.click(PopupRequest::PutBack);
            whole.all_is_back(&browser, &context);
        }
    }
}

#[test]
fn what_could_not_be_read_is_said_until_the_browser_ends_and_is_in_the_report() {
    let mut browser = (story("asking why").begin)();
    for kind in [FaultKind::Newer, FaultKind::Unreadable] {
        browser.storage_faults = vec![StorageFault { key: LEDGER.key.into(), kind }];
        browser.kill();
        browser.open_popup();
        let view = browser.view();
        let sentence = if kind == FaultKind::Newer { "trouble_newer" } else { "trouble_unreadable" };
        assert!(said(&view).contains(sentence), "{:?}", said(&view));
        assert!(view.report.iter().any(|line| line.name == "saved_ledger"));
        assert_eq!(view.phase, Phase::Answered, "and everything else is as ever");
    }
}
