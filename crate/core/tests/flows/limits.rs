//! Many blocked tabs at once: the last one works like the first, and nothing that was learned is lost.

use readmit_core::base::id::{TabId, Time, WindowId};
use readmit_core::diagnosis::fix::Fix;
use readmit_core::protocol::effect::Event;
use readmit_core::protocol::message::{PageRequest, PopupRequest};
use readmit_core::view::Phase;

use super::browser::{Browser, TAB};
use super::{refused, with_extensions};

/// More tabs of the same site are blocked, one right after the other.
fn storm(browser: &mut Browser, count: i32) {
    for tab in 100..100 + count {
        browser.now = Time(browser.now.0 + 7);
        let Event::Page { window, host, request, reply, .. } = browser.says(browser.seen_request()) else { continue };
        browser.happens(Event::Page { tab: TabId(tab), window, host, request, reply });
    }
}

fn phase_of(browser: &Browser, tab: i32) -> Phase {
    browser.model.view(browser.now, TabId(tab)).phase
}

#[test]
fn fix_it_works_in_the_last_tab_and_in_the_first() {
    let mut browser = with_extensions();
    browser.refuses_popup = true;
    browser.visit();
    storm(&mut browser, 60);
    browser.happens(Event::Page {
        tab: TabId(159),
        window: WindowId(1),
        host: readmit_core::base::host::Host::chatgpt(),
        request: PageRequest::FixIt { click: 1 },
        reply: readmit_core::protocol::effect::ReplyId(1),
    });
    assert_eq!(browser.popup_tabs, 1);
    // The first tab's case had to make room. Its banner is still there.
    for click in [7, 7] {
        browser.page_says(PageRequest::FixIt { click });
    }
    assert_eq!(browser.popup_tabs, 2, "once for each click");
    browser.open_popup();
    assert_eq!(browser.view().phase, Phase::Answered);
    browser.click(PopupRequest::TurnOffSuspects);
    assert_eq!(browser.view().phase, Phase::Done);
}

#[test]
fn an_open_page_without_a_case_opens_no_popup() {
    let mut browser = with_extensions();
    browser.refuses_popup = true;
    browser.page_says(PageRequest::FixIt { click: 1 });
    assert_eq!(browser.popup_tabs, 0);
}

#[test]
fn a_tab_with_something_in_progress_keeps_its_case() {
    let flows: [fn(&mut Browser); 4] = [
        |browser| browser.begin(PopupRequest::CheckAgain { after: None }),
        |browser| browser.begin(PopupRequest::TurnOffSuspects),
        |browser| browser.begin(PopupRequest::FindExtension),
        |browser| browser.begin(PopupRequest::Await(Fix::Wait)),
    ];
    for begin in flows {
        let mut browser = refused(with_extensions());
        begin(&mut browser);
        browser.tell(Event::PopupClosed { tab: TAB });
        let before = browser.view().headline;
        for tab in 100..180 {
            let Event::Page { window, host, request, reply, .. } = browser.says(browser.seen_request()) else { continue };
            browser.tell(Event::Page { tab: TabId(tab), window, host, request, reply });
        }
        assert_eq!(browser.view().headline, before);
    }
}

#[test]
fn a_storm_of_blocked_tabs_is_one_entry() {
    let mut browser = refused(with_extensions());
    browser.click(PopupRequest::FindExtension);
    browser.click(PopupRequest::PutBack);
    let learned: Vec<_> = browser.stored().history.records().cloned().collect();
    assert_eq!(learned.len(), 1);
    browser.now = browser.now.plus_seconds(60);
    browser.load();
    for hour in 0..3 {
        storm(&mut browser, 110);
        let records: Vec<_> = browser.stored().history.records().cloned().collect();
        assert_eq!(records.len(), 2 + hour, "one for each hour");
        assert_eq!(records[0].blamed[0].id, learned[0].blamed[0].id);
        browser.now = browser.now.plus_seconds(3600);
        browser.load();
    }
    assert_eq!(phase_of(&browser, 209), Phase::Answered);
}
