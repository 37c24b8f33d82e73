//! The culprit search as a story: with the person, the browser and the worker's death in it.

use readmit_core::base::id::{ExtensionId, LoadId, TabId};
use readmit_core::base::text::keys;
use readmit_core::diagnosis::fix::Fix;
use readmit_core::feature::clear_data::Strength;
use readmit_core::protocol::delivery::{Order, OrderId};
use readmit_core::protocol::effect::{Effect, Event, TabSnapshot};
use readmit_core::protocol::message::{PageText, PopupRequest, Shown};
use readmit_core::view::{Act, Button, Phase};

use super::browser::{Browser, Death, Fate, Place, Rule, Who};
use super::{extension, loaded_by_get, refused, with_extensions};

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];

fn with(rule: Rule) -> Browser {
    let extensions =
        NAMES.iter().map(|name| extension(name, if *name == "f" { &["declarativeNetRequest"] } else { &[] })).collect();
    loaded_by_get(refused(Browser::new(extensions, vec![], rule)))
}

/// Two that block the page only together.
fn pair() -> Browser {
    with(Rule { together: vec!["c", "h"], ..Rule::default() })
}

/// Searches. How many effects does that take?
fn effects_of_search(browser: &mut Browser) -> usize {
    let before = browser.performed();
    browser.click(PopupRequest::FindExtension);
    browser.performed() - before
}

/// A search for the pair, in a browser that is killed after so many effects.
fn killed_while_searching(stop_after: usize) -> Browser {
    let mut browser = pair();
    browser.dies([Death { at: stop_after, fate: Fate::Done, who: Who::Browser { switches: usize::MAX } }]);
    browser.click(PopupRequest::FindExtension);
    browser
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
fn the_innocent_are_cleared_with_two_reloads_and_all_are_back() {
    let mut browser = with(Rule { always: true, ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert_eq!((view.phase, view.cleared, browser.reloads), (Phase::Stuck, true, 2));
    assert_eq!(off(&browser), Vec::<&str>::new());
    assert_ne!(view.cards[0].fix.name(), "extensions");
}

#[test]
fn a_result_that_no_popup_has_shown_is_marked_until_one_does_and_told_in_the_page() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.begin(PopupRequest::FindExtension);
    browser.close_popup();
    assert_eq!((browser.view().phase, browser.badge.as_str()), (Phase::Found, "✓"));
    let [(headline, Some(detail))] = &*browser.told else { panic!("told once: {:?}", browser.told) };
    assert_eq!((headline.key.as_ref(), detail.key.as_ref()), ("headline_found", "detail_found"));
    assert_eq!(headline.args, ["d"]);
    browser.open_popup();
    assert_eq!((browser.view().phase, browser.badge.as_str()), (Phase::Found, ""));
}

#[test]
fn a_result_that_the_popup_shows_is_not_told_in_the_page_as_well() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    assert_eq!(browser.view().phase, Phase::Found);
    assert!(browser.told.is_empty(), "{:?}", browser.told);
}

#[test]
fn what_was_found_can_stay_off_for_good() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    browser.click(PopupRequest::KeepOff { id: ExtensionId("d".into()) });
    assert_eq!(browser.view().put_back, 0);
    assert_eq!(off(&browser), ["d"]);
}

/// Two rewriters, of which one is guilty, turned off together: the page is open.
fn suspects_off() -> Browser {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::TurnOffSuspects);
    assert_eq!((browser.view().phase, browser.view().put_back), (Phase::Done, 2));
    browser
}

fn offers_to_find(browser: &Browser) -> bool {
    let find = |button: &Button| matches!(button.act, Act::Order { request: PopupRequest::FindExtension, .. });
    browser.view().cards.iter().any(|card| card.fix == Fix::Extensions && card.buttons.iter().any(find))
}

#[test]
fn after_turning_suspects_off_helped_the_search_finds_which_one() {
    let mut browser = suspects_off();
    assert!(offers_to_find(&browser));
    browser.click(PopupRequest::FindExtension);
    assert_eq!((browser.view().phase, culprits(&browser)), (Phase::Found, vec!["tweaker".to_owned()]));
    assert!(browser.is_on("rewriter") && !browser.is_on("tweaker"));
    assert!(!browser.switches.iter().any(|(id, _)| id == "notes"), "only those that were turned off are tested");
}

#[test]
fn stopping_the_search_among_turned_off_suspects_puts_them_back() {
    let mut browser = suspects_off();
    browser.begin(PopupRequest::FindExtension);
    for _ in 0..4 {
        browser.step();
    }
    browser.click(PopupRequest::Stop);
    assert!(browser.is_on("rewriter") && browser.is_on("tweaker"));
}

#[test]
fn a_single_extension_that_was_turned_off_is_the_answer_already() {
    let mut browser = Browser::new(
        vec![extension("tweaker", &["declarativeNetRequest"]), extension("notes", &[])],
        vec![],
        Rule { extensions: vec!["tweaker"], ..Rule::default() },
    );
    browser = refused(browser);
    browser.click(PopupRequest::TurnOffSuspects);
    assert_eq!(browser.view().phase, Phase::Done);
    assert!(!offers_to_find(&browser));
    let reloads = browser.reloads;
    browser.click(PopupRequest::FindExtension);
    assert_eq!(browser.reloads, reloads);
}

#[test]
fn the_result_is_told_when_everything_else_is_back_on() {
    let mut putting_back = 0;
    for stop_after in 1..=effects_of_search(&mut pair()) {
        let browser = killed_while_searching(stop_after);
        match browser.view().phase {
            Phase::Found => assert_eq!(off(&browser), ["h"], "told after effect {stop_after}"),
            Phase::Looking if browser.view().headline == keys::headline_putting_back() => putting_back += 1,
            _ => {}
        }
    }
    assert!(putting_back > 0, "something is put back before the result is told");
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
fn a_browser_that_is_killed_in_the_middle_has_all_on_after_the_next_start_whatever_it_forgot() {
    let mut whole = pair();
    let (effects, found) = (effects_of_search(&mut whole), off(&whole));
    for stop_after in 1..=effects {
        // What it had written down of its last switches is anybody's guess.
        for forgotten in [0, 1, 3, 100] {
            let mut browser = killed_while_searching(stop_after);
            // The result, or the last switches before it is told.
            let done = matches!(browser.view().phase, Phase::Found | Phase::Looking);
            browser.restart_without_the_last(forgotten);
            let left = off(&browser);
            assert!(left.is_empty() || (done && left == found), "killed after effect {stop_after}, forgot {forgotten}: {left:?}");
        }
    }
}

#[test]
fn a_browser_that_is_killed_again_and_again_still_has_all_on_in_the_end() {
    for stop_after in 1..60 {
        let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
        browser.dies([Death { at: stop_after, fate: Fate::Done, who: Who::Browser { switches: usize::MAX } }]);
        browser.click(PopupRequest::FindExtension);
        if browser.view().phase == Phase::Found {
            break;
        }
        // Killed while it gives back, before any of that was written down: off once more.
        let before = browser.switches.len();
        browser.restart();
        browser.restart_without_the_last(browser.switches.len() - before);
        assert_eq!(off(&browser), Vec::<&str>::new(), "killed after effect {stop_after}");
        browser.now = browser.now.plus_seconds(60);
        browser.switch_by_hand("a", false);
        browser.restart();
        assert_eq!(off(&browser), ["a"], "what a person switches off later is theirs: killed after effect {stop_after}");
    }
}

/// What `oddity` in place of the third reload's page leads to.
#[track_caller]
fn check_odd(oddity: &TabSnapshot, times: usize, key: &str) -> Browser {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.oddities = vec![(3, oddity.clone()); times];
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert_eq!((view.phase, view.headline.key.as_ref()), (Phase::Stuck, "headline_unclear"));
    assert_eq!(view.detail.unwrap().key, key);
    assert_eq!(browser.reloads as usize, 2 + times, "no reload more");
    assert_eq!(off(&browser), Vec::<&str>::new());
    browser
}

fn page(url: &str, status: u16, html: &str) -> TabSnapshot {
    let text = PageText { status: Some(status), html: html.into(), load: LoadId(77) };
    TabSnapshot::Page { url: url.into(), text, hides_zone: false }
}

#[test]
fn what_cannot_be_told_is_not_guessed_and_the_search_goes_on_from_there_with_a_click() {
    let challenge = include_str!("../../../../tests/pages/challenge-2019.html");
    for (oddity, times, key) in [
        (TabSnapshot::Offline, 1, "detail_offline"),
        (page("https://chatgpt.com/", 503, challenge), 1, "detail_challenged"),
        (TabSnapshot::Late, 3, "detail_timeout"),
        (TabSnapshot::ErrorPage { url: None }, 3, "detail_error_page"),
    ] {
        let mut browser = check_odd(&oddity, times, key);
        let asked = browser.reloads;
        assert_eq!(
            browser.view().cards.iter().find(|card| card.fix.name() == "extensions").unwrap().buttons[0].label.key,
            "button_go_on"
        );
        browser.click(PopupRequest::GoOn);
        assert_eq!(culprits(&browser), ["d"], "{key}");
        assert_eq!(off(&browser), ["d"], "{key}");
        let mut straight = with(Rule { extensions: vec!["d"], ..Rule::default() });
        straight.click(PopupRequest::FindExtension);
        assert!(browser.reloads - asked < straight.reloads, "{key}: what was known is not asked again");
    }
}

#[test]
fn a_search_whose_tab_shows_another_site_ends_with_everything_back_and_goes_on_when_it_returns() {
    for place in [Place::OtherSite, Place::Closed, Place::Hidden] {
        let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
        browser.place = place;
        browser.click(PopupRequest::FindExtension);
        assert_eq!((browser.view().phase, browser.reloads), (Phase::Clear, 0), "{place:?}");
        assert_eq!(off(&browser), Vec::<&str>::new(), "{place:?}");
        browser.comes_back();
        browser.click(PopupRequest::GoOn);
        assert_eq!(culprits(&browser), ["d"], "{place:?}");
    }
}

#[test]
fn a_rate_limit_in_the_middle_stops_it_and_nothing_is_asked_until_it_has_passed() {
    let limit = include_str!("../../../../tests/pages/1015-generation-b.html");
    let mut browser = check_odd(&page("https://chatgpt.com/", 429, limit), 1, "detail_limited");
    let reloads = browser.reloads;
    assert!(browser.view().wait_until.is_some());
    browser.click(PopupRequest::GoOn);
    browser.click(PopupRequest::FindExtension);
    browser.click(PopupRequest::TurnOffSuspects);
    assert_eq!(browser.reloads, reloads);
    assert_eq!(off(&browser), Vec::<&str>::new());
    browser.now = browser.view().wait_until.unwrap();
    browser.click(PopupRequest::GoOn);
    assert_eq!(culprits(&browser), ["d"]);
}

#[test]
fn an_interrupted_search_goes_on_after_the_browser_was_killed() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.begin(PopupRequest::FindExtension);
    while browser.reloads < 3 {
        assert!(browser.step());
    }
    browser.restart();
    assert_eq!(off(&browser), Vec::<&str>::new());
    browser.visit();
    browser.open_popup();
    let before = browser.reloads;
    browser.click(PopupRequest::GoOn);
    assert_eq!(culprits(&browser), ["d"]);
    let mut straight = with(Rule { extensions: vec!["d"], ..Rule::default() });
    straight.click(PopupRequest::FindExtension);
    assert!(browser.reloads - before < straight.reloads);
}

#[test]
fn a_search_of_yesterday_does_not_go_on() {
    let mut browser = check_odd(&TabSnapshot::Offline, 1, "detail_offline");
    browser.now = browser.now.plus_seconds(24 * 60 * 60);
    let reloads = browser.reloads;
    browser.click(PopupRequest::GoOn);
    assert_eq!(browser.reloads, reloads);
}

/// Does `act` at each step of a search, with `d` to blame; it says whether there was anything to do.
fn at_every_step(act: fn(&mut Browser) -> bool, then: fn(usize, &Browser)) {
    for at in 1.. {
        let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
        browser.begin(PopupRequest::FindExtension);
        let whole = (0..at).all(|_| browser.step());
        if !whole || browser.view().phase != Phase::Searching {
            assert!(at > 20, "the story has steps");
            return;
        }
        if act(&mut browser) {
            while browser.step() {}
            then(at, &browser);
        }
    }
}

#[test]
fn one_that_is_installed_in_the_middle_and_blocks_is_found_too() {
    at_every_step(
        |browser| {
            browser.rule.extensions.push("new");
            browser.install(extension("new", &[]));
            true
        },
        |at, browser| {
            let mut found = culprits(browser);
            found.sort();
            assert_eq!(
                (found, browser.is_on("new"), off(browser)),
                (vec!["d".to_owned(), "new".to_owned()], false, vec!["d"]),
                "step {at}"
            );
        },
    );
}

#[test]
fn one_that_is_removed_in_the_middle_is_forgotten_and_the_rest_is_exact() {
    at_every_step(
        |browser| {
            browser.uninstall("b");
            true
        },
        |at, browser| {
            assert_eq!(culprits(browser), ["d"], "step {at}");
            assert_eq!(off(browser), ["b", "d"], "step {at}: one is gone, one is off");
        },
    );
}

/// While our own switch is under way, a person's is not told from it.
fn switches_by_hand(browser: &mut Browser, on: bool) -> bool {
    let can = !browser.is_switching("b") && browser.is_on("b") != on;
    if can {
        browser.switch_by_hand("b", on);
    }
    can
}

#[test]
fn one_that_is_switched_by_hand_in_the_middle_stays_as_its_owner_has_it() {
    at_every_step(
        |browser| switches_by_hand(browser, false),
        |at, browser| assert_eq!((culprits(browser), off(browser)), (vec!["d".to_owned()], vec!["b", "d"]), "step {at}"),
    );
    at_every_step(
        |browser| switches_by_hand(browser, true),
        |at, browser| assert_eq!((culprits(browser), off(browser)), (vec!["d".to_owned()], vec!["d"]), "step {at}"),
    );
}

#[test]
fn a_pinned_one_is_never_switched_off_and_the_pin_outlives_the_browser() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    for name in ["f", "b"] {
        browser.click(PopupRequest::Pin { id: ExtensionId(name.into()), pinned: true });
    }
    browser.click(PopupRequest::TurnOffSuspects);
    browser.restart();
    browser.visit();
    browser.open_popup();
    let rows = browser.view().extensions.unwrap();
    let pinned: Vec<_> = rows.rows.iter().filter(|row| row.pinned).map(|row| row.id.as_str()).collect();
    assert_eq!(pinned, ["f", "b"]);
    assert_eq!(rows.pinned.len(), 2);
    browser.click(PopupRequest::FindExtension);
    assert_eq!(culprits(&browser), ["d"]);
    assert!(browser.switches.iter().all(|(id, _)| id != "f" && id != "b"), "{:?}", browser.switches);
    browser.click(PopupRequest::Pin { id: ExtensionId("b".into()), pinned: false });
    assert_eq!(browser.view().extensions.unwrap().pinned.len(), 1);
}

#[test]
fn where_a_pinned_one_is_to_blame_only_the_others_are_cleared() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.click(PopupRequest::Pin { id: ExtensionId("d".into()), pinned: true });
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert_eq!((view.phase, view.cleared, view.headline.key.as_ref()), (Phase::Stuck, false, "headline_innocent_others"));
    assert_eq!(view.detail.unwrap().names, ["d"]);
    assert_eq!(off(&browser), Vec::<&str>::new());
}

#[test]
fn the_banner_tells_how_far_it_is_and_afterwards_what_it_told_before() {
    let mut browser = with(Rule { always: true, ..Rule::default() });
    browser.click(PopupRequest::FindExtension);
    let told: Vec<_> = browser.banners.iter().map(|banner| (banner.headline.key.as_ref(), banner.hint.key.as_ref())).collect();
    assert_eq!(told.first(), Some(&("headline_searching", "search_progress")));
    assert_eq!(told.last(), Some(&("headline_refused", "hint_rule")));
    assert_eq!(browser.banners[0].hint.args, ["1", "6", "8", "8"]);
}

const OTHER: TabId = TabId(8);

#[test]
fn while_a_search_runs_no_other_popup_can_cross_it_but_it_can_stop_it() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.begin(PopupRequest::FindExtension);
    while browser.reloads < 2 {
        assert!(browser.step());
    }
    let mut number = 0;
    let mut order = |request| {
        number += 1;
        Event::Ordered { id: OrderId { page: 2, number }, order: Order::Popup { tab: OTHER, request, shown: Shown::default() } }
    };
    let id = || ExtensionId("a".into());
    for request in [
        PopupRequest::FindExtension,
        PopupRequest::GoOn,
        PopupRequest::TurnOffSuspects,
        PopupRequest::PutBack,
        PopupRequest::Switch { id: id(), on: false },
        PopupRequest::Switch { id: id(), on: true },
        PopupRequest::Pin { id: id(), pinned: true },
        PopupRequest::Clear(Strength::Everything),
        PopupRequest::CheckAgain { after: None },
    ] {
        let effects = browser.model.update(browser.now, order(request.clone()));
        assert!(matches!(effects[..], [Effect::Save(_), Effect::Acknowledge(_)]), "{request:?}: {effects:?}");
    }
    let view = browser.model.view(browser.now, OTHER);
    assert!(view.held && view.stoppable && view.put_back == 0);
    assert_eq!(view.detail.unwrap().key, "detail_elsewhere");
    browser.happens(order(PopupRequest::Stop));
    assert_eq!(off(&browser), Vec::<&str>::new());
    assert_eq!(browser.view().phase, Phase::Answered);
}

#[test]
fn a_search_does_not_begin_while_a_clearing_runs_nor_a_clearing_while_a_search_runs() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.begin(PopupRequest::Clear(Strength::Everything));
    browser.begin(PopupRequest::FindExtension);
    while browser.step() {}
    assert_eq!((browser.switches.len(), browser.removals), (0, 1));
    browser.begin(PopupRequest::FindExtension);
    browser.begin(PopupRequest::Clear(Strength::Everything));
    while browser.step() {}
    assert_eq!((culprits(&browser), browser.removals), (vec!["d".to_owned()], 1));
}

#[test]
fn a_worker_that_died_in_the_middle_is_woken_by_an_alarm_if_by_nobody_else() {
    let mut browser = with(Rule { extensions: vec!["d"], ..Rule::default() });
    browser.begin(PopupRequest::FindExtension);
    while browser.reloads < 2 {
        assert!(browser.step());
    }
    let rings = browser.wakes_at.unwrap();
    assert!(rings > browser.now && rings <= browser.now.plus_seconds(30));
    browser.now = rings;
    browser.kill();
    assert_eq!(culprits(&browser), ["d"]);
}

/// A blocker that a site dislikes, and an innocent.
fn with_blocker() -> Browser {
    let mut blocker = extension("blocker", &["declarativeNetRequest"]);
    blocker.name = "Tiny AdBlock - fewer ads".into();
    let extensions = vec![blocker, extension("rewriter", &["declarativeNetRequest"]), extension("notes", &[])];
    Browser::new(extensions, vec![], Rule { extensions: vec!["blocker"], ..Rule::default() })
}

#[test]
fn a_blocker_is_marked_and_the_result_names_the_site() {
    let mut browser = refused(with_blocker());
    let rows = browser.view().extensions.unwrap().rows;
    let marked: Vec<&str> = rows.iter().filter(|row| row.protects).map(|row| row.id.as_str()).collect();
    assert_eq!(marked, ["blocker"]);
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert_eq!(
        (view.headline.key.as_ref(), view.headline.args.as_slice()),
        ("headline_found_protection", &["Tiny AdBlock".to_owned()][..])
    );
    assert_eq!(view.detail.unwrap().key, "detail_found_protection");
    let buttons: Vec<&str> = view.culprits[0].buttons.iter().map(|button| button.label.key.as_ref()).collect();
    assert_eq!(buttons, ["button_limit", "button_keep_off", "button_turn_on"]);
}

#[test]
fn a_blocker_among_several_causes_is_no_culprit_either() {
    let mut browser = with_blocker();
    browser.rule = Rule { together: vec!["blocker", "rewriter"], ..Rule::default() };
    let mut browser = refused(browser);
    browser.click(PopupRequest::FindExtension);
    assert_eq!(browser.view().headline.key, "headline_found_protections");
}
