//! Hundreds of extensions and thousands of cookies: what an extension or a cookie costs does not depend on how many there are.

use readmit_core::feature::clear_data::Strength;
use readmit_core::protocol::message::PopupRequest;
use readmit_core::view::Phase;

use super::browser::{Browser, Rule};
use super::{cookie, extension, loaded_by_get, refused};

const GUILTY: &str = "extension-7";

/// What a whole search among so many extensions does.
struct Cost {
    reloads: usize,
    switches: usize,
    saves: usize,
    bytes: usize,
    views: usize,
}

fn cost_of_search(count: usize) -> Cost {
    let extensions = (0..count).map(|number| extension(&format!("extension-{number}"), &[])).collect();
    let rule = Rule { extensions: vec![GUILTY], ..Rule::default() };
    let mut browser = loaded_by_get(refused(Browser::new(extensions, vec![], rule)));
    (browser.saves, browser.bytes, browser.views) = (0, Some(0), 0);
    browser.click(PopupRequest::FindExtension);
    let view = browser.view();
    assert_eq!((view.phase, view.culprits.len()), (Phase::Found, 1));
    assert!(!browser.is_on(GUILTY));
    let (reloads, switches) = (usize::try_from(browser.reloads).unwrap(), browser.switches.len());
    Cost { reloads, switches, saves: browser.saves, bytes: browser.bytes.unwrap(), views: browser.views }
}

#[test]
fn a_search_saves_and_shows_as_often_for_each_reload_among_few_and_among_many() {
    for count in [25, 100, 400, 1000] {
        let Cost { reloads, switches, saves, views, .. } = cost_of_search(count);
        assert!(switches >= 2 * count, "all are off once: {switches} of {count}");
        assert!(saves <= 4 * reloads + 4, "{saves} saves, {reloads} reloads, {count} extensions");
        assert!(views <= 4 * reloads + 4, "{views} views, {reloads} reloads, {count} extensions");
    }
}

#[test]
fn what_a_search_saves_grows_with_the_number_of_extensions_and_not_with_its_square() {
    let for_each = |count: usize| {
        let Cost { reloads, bytes, .. } = cost_of_search(count);
        bytes / (count * reloads)
    };
    let (few, many) = (for_each(100), for_each(1000));
    assert!(many <= few * 3 / 2, "{few} bytes for each extension and reload among 100, {many} among 1,000");
}

#[test]
fn thousands_of_cookies_are_cleared_and_restored() {
    let cookies = (0..5000).map(|number| cookie(&format!("cookie-{number}"), "value")).chain([cookie("stale", "value")]);
    let rule = Rule { cookies: vec!["stale"], ..Rule::default() };
    let mut browser = refused(Browser::new(vec![], cookies.collect(), rule));
    browser.click(PopupRequest::Clear(Strength::Everything));
    assert_eq!((browser.cookies.len(), browser.view().phase), (0, Phase::Done));
    browser.saves = 0;
    browser.click(PopupRequest::Undo);
    assert_eq!((browser.cookies.len(), browser.restored), (5001, 5001));
    assert!(browser.saves <= 6, "{} saves: as many as for one cookie", browser.saves);
}
