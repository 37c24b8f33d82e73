//! "Tell me when it is back", as stories.

use readmit_core::base::host::Host;
use readmit_core::base::id::Time;
use readmit_core::evidence::probe::FetchError;
use readmit_core::protocol::effect::Event;
use readmit_core::protocol::message::{OptionsRequest, PopupRequest};
use readmit_core::store::backup::Backup;
use readmit_core::view::{Act, Phase, RecoveryAlertView, View};

use super::browser::{Browser, Death, Fate, Rule, Who};
use super::{extension, killed_everywhere, refused};

const DAY: u64 = 24 * 60 * 60 * 1000;

fn down() -> Rule {
    Rule { always: true, ..Rule::default() }
}

/// Refused for a reason that ends by itself, and asked to be told when it has.
fn waiting() -> Browser {
    let mut browser = refused(Browser::new(vec![extension("notes", &[])], vec![], down()));
    browser.click(PopupRequest::TellWhenBack);
    browser
}

fn recovers(browser: &mut Browser) {
    browser.rule = Rule::default();
}

fn hosts(view: &View) -> Vec<&str> {
    view.recovery_alerts.iter().map(|alert| alert.host.as_str()).collect()
}

fn next(browser: &Browser) -> Time {
    browser.view().recovery_alerts[0].next.unwrap()
}

fn chatgpt() -> Host {
    Host::chatgpt()
}

#[test]
fn when_it_is_back_it_is_said_the_button_is_marked_and_the_tab_is_reloaded() {
    let mut browser = waiting();
    browser.ring();
    assert_eq!((browser.availability_checks.len(), browser.reloads), (1, 0), "one request, and the refused tab is left alone");
    assert!(browser.notifications.is_empty() && !browser.mark());
    recovers(&mut browser);
    browser.ring();
    assert_eq!((browser.availability_checks.len(), browser.reloads), (2, 1));
    assert_eq!(browser.view().phase, Phase::Done);
    assert!(browser.notifications.contains("chatgpt.com") && browser.mark());
    assert_eq!(browser.view().recovery_alerts, [RecoveryAlertView { host: chatgpt(), next: None }]);
    browser.close_popup();
    browser.open_popup();
    assert!(browser.view().recovery_alerts.is_empty() && !browser.mark(), "seen once is enough");
    browser.ring();
    assert_eq!(browser.availability_checks.len(), 2, "and nobody is asked any more");
}

#[test]
fn a_tab_that_shows_something_else_by_now_is_left_alone() {
    let mut browser = waiting();
    recovers(&mut browser);
    browser.changes_itself();
    browser.ring();
    assert_eq!(browser.reloads, 0);
    assert!(browser.notifications.contains("chatgpt.com"));
}

#[test]
fn a_tab_that_stays_refused_is_reloaded_once_and_no_more() {
    let mut browser = waiting();
    // To the worker it is open; to the page it is not.
    browser.rule = Rule { extensions: vec!["notes"], ..Rule::default() };
    for _ in 0..5 {
        browser.ring();
        browser.open_popup();
    }
    assert_eq!((browser.availability_checks.len(), browser.reloads), (1, 1));
    assert_eq!(browser.view().phase, Phase::Answered);
}

#[test]
fn whoever_may_not_be_notified_still_has_the_button() {
    let mut browser = waiting();
    browser.notifies = false;
    browser.happens(Event::GrantsChanged);
    recovers(&mut browser);
    browser.ring();
    assert!(browser.notifications.is_empty() && browser.mark());
    assert_eq!(browser.view().phase, Phase::Done);
}

#[test]
fn a_second_click_joins_the_first() {
    let mut browser = waiting();
    let first = next(&browser);
    browser.now = browser.now.plus_seconds(30);
    browser.click(PopupRequest::TellWhenBack);
    assert_eq!(next(&browser), first);
}

#[test]
fn it_is_given_up_after_a_day_and_never_in_a_hurry() {
    let mut browser = waiting();
    let begun = browser.now;
    while browser.wakes_at.is_some() {
        browser.ring();
    }
    assert!(browser.view().recovery_alerts.is_empty() && browser.notifications.is_empty() && !browser.mark());
    assert!((50..80).contains(&browser.availability_checks.len()), "{} looks", browser.availability_checks.len());
    assert!(browser.availability_checks.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 96_000));
    assert!(browser.availability_checks.iter().all(|time| time.0 < begun.0 + DAY));
    assert_eq!(browser.reloads, 0);
}

#[test]
fn what_the_site_asks_for_is_kept_to() {
    let mut browser = waiting();
    (browser.refuses_with, browser.retry_after) = (429, Some(7200));
    browser.ring();
    let response = browser.now;
    assert_eq!(next(&browser), response.plus_seconds(7200));
    let cooldown_until = browser.view().wait_until;
    assert_eq!(cooldown_until, Some(response.plus_seconds(7200)), "and so does everything else about this site");
    // Woken before its time, it asks nobody.
    browser.now = response.plus_seconds(3600);
    browser.happens(Event::Woken);
    assert_eq!(browser.availability_checks.len(), 1);
}

#[test]
fn while_another_request_has_been_told_to_wait_it_waits_too() {
    let mut browser = waiting();
    browser.refuses_with = 429;
    browser.now = browser.now.plus_seconds(61);
    browser.open_popup();
    let cooldown_until = browser.view().wait_until.unwrap();
    browser.now = next(&browser).max(Time(cooldown_until.0 - 1)).min(Time(cooldown_until.0 - 1));
    browser.happens(Event::Woken);
    assert!(browser.availability_checks.is_empty());
}

#[test]
fn without_a_connection_nothing_is_claimed_and_nothing_counts() {
    let mut browser = waiting();
    browser.error = Some(FetchError::Offline);
    for _ in 0..10 {
        let before = browser.now;
        browser.ring();
        assert!((96_000..=144_000).contains(&(next(&browser).0 - browser.now.0)), "{before:?}");
    }
    assert!(browser.notifications.is_empty());
    browser.error = None;
    recovers(&mut browser);
    browser.ring();
    assert!(browser.notifications.contains("chatgpt.com"));
}

#[test]
fn it_outlives_the_browser_and_opens_nothing_by_itself() {
    let mut browser = waiting();
    browser.restart();
    recovers(&mut browser);
    browser.ring();
    assert_eq!((browser.availability_checks.len(), browser.reloads, browser.going), (1, 0, 0));
    assert!(browser.notifications.contains("chatgpt.com") && browser.mark());
    browser.restart();
    assert!(browser.mark(), "no one has seen it yet");
    browser.happens(Event::NotificationClicked(chatgpt()));
    assert_eq!((browser.going, browser.mark()), (1, false));
    assert!(browser.view().recovery_alerts.is_empty());
}

#[test]
fn a_page_that_has_opened_meanwhile_ends_it() {
    let mut browser = waiting();
    recovers(&mut browser);
    browser.click(PopupRequest::CheckAgain { after: None });
    assert_eq!(browser.view().phase, Phase::Done);
    assert!(browser.view().recovery_alerts.is_empty());
    while browser.wakes_at.is_some() {
        browser.ring();
    }
    assert!(browser.availability_checks.is_empty() && browser.notifications.is_empty());
}

#[test]
fn it_is_stopped_from_the_popup_from_the_options_and_by_erasing() {
    let popup = |browser: &mut Browser| browser.click(PopupRequest::StopRecoveryAlert(chatgpt()));
    let options = |browser: &mut Browser| browser.order(OptionsRequest::StopRecoveryAlert(chatgpt()));
    let erase = |browser: &mut Browser| browser.order(OptionsRequest::Erase);
    for stop in [popup, options, erase] {
        let mut browser = waiting();
        assert_eq!(hosts(&browser.view()), ["chatgpt.com"]);
        let group = browser.options().groups.into_iter().find(|group| group.name == "recovery-alerts").unwrap();
        assert_eq!(group.rows.len(), 1);
        let file = Backup::read(&browser.options().backup).unwrap();
        let empty = Backup { memory: file.memory.clone(), ..Backup::default() };
        assert_eq!(file, empty, "it is no setting, and not in the file");
        stop(&mut browser);
        assert!(browser.view().recovery_alerts.is_empty());
        recovers(&mut browser);
        browser.now = browser.now.plus_seconds(9999);
        browser.happens(Event::Woken);
        assert!(browser.availability_checks.is_empty() && browser.notifications.is_empty() && !browser.mark());
    }
}

#[test]
fn an_answer_to_a_look_that_was_stopped_says_nothing() {
    let mut browser = waiting();
    recovers(&mut browser);
    browser.interjection = Some((browser.performed() + 2, PopupRequest::StopRecoveryAlert(chatgpt())));
    browser.ring();
    assert!(browser.notifications.is_empty() && browser.view().recovery_alerts.is_empty());
}

#[test]
fn it_is_offered_where_the_refusal_ends_by_itself_and_nowhere_else() {
    let offers = |browser: &Browser| {
        let buttons = browser.view().cards.into_iter().flat_map(|card| card.buttons);
        buttons.filter(|button| button.act == Act::TellWhenBack).count()
    };
    let mut browser = refused(Browser::new(vec![extension("notes", &[])], vec![], down()));
    assert_eq!(offers(&browser), 0, "a firewall's rule stays");
    browser.status = Some(
        r#"{"components":[{"name":"Conversations","status":"major_outage"}],"incidents":[],"status":{"indicator":"major"}}"#,
    );
    browser.now = browser.now.plus_seconds(61);
    browser.open_popup();
    assert_eq!(offers(&browser), 2, "on the service's card and on the one for waiting");
    browser.click(PopupRequest::TellWhenBack);
    assert_eq!(offers(&browser), 0);
    let said = |browser: &Browser| {
        let texts = browser.view().cards.into_iter().flat_map(|card| card.body).map(|text| text.key.to_string());
        texts.filter(|key| key.starts_with("lookout_")).collect::<Vec<_>>()
    };
    assert_eq!(said(&browser), ["lookout_body", "lookout_body"]);
    browser.notifies = false;
    browser.happens(Event::GrantsChanged);
    assert_eq!(said(&browser), ["lookout_body", "lookout_badge", "lookout_body", "lookout_badge"]);
}

#[test]
fn killed_after_any_effect_it_is_said_and_the_tab_is_reloaded() {
    let begin = || {
        let mut browser = waiting();
        browser.close_popup();
        recovers(&mut browser);
        browser
    };
    let story = |browser: &mut Browser| {
        browser.ring();
        browser.ring();
    };
    killed_everywhere(begin, story, |kill_after, browser| {
        assert!(browser.notifications.contains("chatgpt.com") && browser.mark(), "killed after effect {kill_after}");
        assert_eq!(browser.view().phase, Phase::Done, "killed after effect {kill_after}");
        assert!(
            browser.availability_checks.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 96_000),
            "{:?}",
            browser.availability_checks
        );
        assert!(browser.reloads <= 2, "killed after effect {kill_after}: {} reloads", browser.reloads);
    });
}

#[test]
fn a_browser_that_ends_at_any_effect_still_says_it() {
    let mut whole = waiting();
    whole.close_popup();
    recovers(&mut whole);
    let before = whole.performed();
    whole.ring();
    for at in 1..=whole.performed() - before {
        for fate in [Fate::Undone, Fate::Done, Fate::AllDone] {
            let mut browser = waiting();
            browser.close_popup();
            recovers(&mut browser);
            browser.dies([Death { at, fate, who: Who::Browser { switches: 0 } }]);
            browser.ring();
            browser.restart();
            browser.ring();
            assert!(browser.mark(), "{at} {fate:?}: it is marked until someone has seen it");
            assert!(
                browser.availability_checks.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 96_000),
                "{:?}",
                browser.availability_checks
            );
        }
    }
}
