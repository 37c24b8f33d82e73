//! Every look of the popup and the options page, each reached by a short story. `tests/e2e/looks.js` draws them in a browser from
//! what this test writes to `looks.json` in Cargo's folder for temporary files, so it cannot show a state that no user ever sees.

use std::collections::BTreeMap;
use std::path::Path;

use readmit_core::base::host::Host;
use readmit_core::base::id::{ExtensionId, TabId, Time, WindowId};
use readmit_core::diagnosis::finding::Elsewhere;
use readmit_core::diagnosis::fix::Fix;
use readmit_core::evidence::budget::Experiment;
use readmit_core::extensions::installed::{Icon, Installed};
use readmit_core::feature::clear_data::Strength;
use readmit_core::feature::settings::policy::{Policy, Rules};
use readmit_core::feature::settings::setting::{Setting, Settings};
use readmit_core::protocol::delivery::Order;
use readmit_core::protocol::effect::{Event, Grants, Purpose, ReplyId, TabSnapshot};
use readmit_core::protocol::message::{OptionsRequest, PageRequest, PopupRequest};
use readmit_core::view::{FixOutcome, Phase, View};
use serde_json::{Value as Json, json, to_value};

use super::browser::{Browser, Check, Fault, Rule, TAB};
use super::{cookie, extension, loaded_by_get, refused};

const OUTAGE: &str = r#"{"components":[{"name":"Conversations","status":"major_outage"}],"status":{"indicator":"major"},
    "incidents":[{"id":"1","name":"Elevated error rates on ChatGPT","status":"investigating","impact":"major",
    "started_at":"2027-01-15T07:15:00Z","shortlink":"https://status.openai.com/incidents/1"}]}"#;
const OVERSIZED: &str = include_str!("../../../../tests/pages/unstyled-400-cookies.html");
const RATE_LIMIT: &str = include_str!("../../../../tests/pages/1015-plain.txt");
const REGION: &str = include_str!("../../../../tests/pages/openai-region.html");
const ENDED: &str = include_str!("../../../../tests/pages/challenge-ended-extension.html");

/// What people have installed, suspects among it.
fn installed() -> Vec<Installed> {
    let with_icon = |mut extension: Installed, url: &str| {
        extension.icons = vec![Icon { size: 32, url: url.into() }];
        extension
    };
    let called = |id: &str, name: &str, permissions: &[&str]| Installed { name: name.into(), ..extension(id, permissions) };
    let only = |id: &str, name: &str| Installed { host_permissions: Vec::new(), ..called(id, name, &[]) };
    let mut all = vec![
        called("header-tweaker", "Header Tweaker", &["declarativeNetRequestWithHostAccess"]),
        with_icon(called("nordvpn", "NordVPN - VPN Proxy for Privacy", &["proxy"]), "../icons/32.png"),
        with_icon(called("ublock-origin-lite", "uBlock Origin Lite", &["declarativeNetRequest"]), "../icons/none.png"),
        with_icon(called("1password", "1Password", &[]), "../icons/32.png"),
        called("grammarly", "Grammarly", &[]),
        called("dark-reader", "Dark Reader", &[]),
        only("google-docs-offline", "Google Docs Offline"),
    ];
    let names = ["Tab", "Note", "Price", "Video", "Mail", "Color", "Über", "翻訳"];
    all.extend(names.iter().cycle().zip(8..26).map(|(name, number)| {
        let enabled = number % 5 != 4;
        Installed { enabled, ..only(&format!("companion-{number}"), &format!("{name} Companion {number}")) }
    }));
    all
}

fn id(id: &str) -> ExtensionId {
    ExtensionId(id.into())
}

/// Blocked by these extensions.
fn by(extensions: &[&'static str]) -> Browser {
    Browser::new(installed(), vec![], Rule { extensions: extensions.to_vec(), ..Rule::default() })
}

/// Blocked whatever is done.
fn always() -> Browser {
    Browser::new(installed(), vec![], Rule { always: true, ..Rule::default() })
}

/// Blocked by its IP address, without an extension that could be the cause.
fn by_ip_address() -> Browser {
    let innocent = installed().into_iter().skip(6).collect();
    let mut browser = Browser::new(innocent, vec![], Rule { addresses: vec!["203.0.113.7"], ..Rule::default() });
    browser.address = "203.0.113.7";
    browser
}

fn with_page(mut browser: Browser, status: u16, page: &'static str) -> Browser {
    (browser.refusal, browser.refuses_with) = ((status, page), status);
    browser
}

/// Blocked by old cookies.
fn by_cookies() -> Browser {
    let cookies = vec![cookie("session", "login"), cookie("cf_clearance", "stale")];
    Browser::new(installed(), cookies, Rule { cookies: vec!["cf_clearance"], ..Rule::default() })
}

/// A clear page.
fn clear(extensions: Vec<Installed>) -> Browser {
    let mut browser = Browser::new(extensions, vec![], Rule::default());
    browser.visit();
    browser.open_popup();
    browser
}

/// A tab that shows this, with or without the permission for OpenAI's sites.
fn seen(snapshot: TabSnapshot, openai: bool) -> Browser {
    let mut browser = clear(installed());
    browser.happens(Event::Looked { tab: TAB, snapshot, grants: Grants { openai, site: openai, domain: None } });
    browser
}

/// Clicks, and stops in the middle, where the view is as wanted.
fn stopped_where(mut browser: Browser, request: PopupRequest, is_there: impl Fn(&View) -> bool) -> Browser {
    browser.begin(request);
    while !is_there(&browser.view()) {
        assert!(browser.step(), "it never comes to that: {:?}", browser.view().headline);
    }
    browser
}

fn clicked(mut browser: Browser, requests: impl IntoIterator<Item = PopupRequest>) -> Browser {
    for request in requests {
        browser.click(request);
    }
    browser
}

fn check_again(fix: Fix) -> PopupRequest {
    PopupRequest::CheckAgain { after: Some(fix) }
}

/// Tries what leads, one fix after the other, until nothing on this computer is left to try.
fn at_the_end(mut browser: Browser) -> Browser {
    while browser.view().phase == Phase::Answered {
        let first = browser.view().cards[0].fix;
        browser.click(check_again(first));
        assert_eq!(browser.view().cards.iter().find(|card| card.fix == first).unwrap().outcome, FixOutcome::NoHelp, "{first:?}");
    }
    browser
}

/// Where the user switches, as in Firefox.
fn by_hand(mut browser: Browser) -> Browser {
    browser.by_hand = true;
    browser.kill();
    refused(browser)
}

/// A search that has begun in another tab.
fn searched_elsewhere() -> Browser {
    let other = TabId(8);
    let mut browser = refused(by(&["header-tweaker"]));
    browser.happens(Event::Page {
        tab: other,
        window: WindowId(1),
        host: Host::parse("chatgpt.com").unwrap(),
        request: browser.seen_request(),
        reply: ReplyId(2),
    });
    let find = Order::Popup { tab: other, request: PopupRequest::FindExtension, shown: browser.view().shown };
    let ordered = browser.ordered(find);
    browser.tell(ordered);
    browser
}

/// The search told the culprit, and a while later its extension was put back: the page is blocked again.
fn blocked_again() -> Browser {
    let mut browser = clicked(refused(by(&["header-tweaker"])), [PopupRequest::FindExtension]);
    browser.now = browser.now.plus_seconds(60);
    browser.click(PopupRequest::PutBack);
    browser.now = browser.now.plus_seconds(60);
    browser.visit();
    browser.open_popup();
    browser
}

/// A browser in which one thing is different.
fn with(mut browser: Browser, change: impl FnOnce(&mut Browser)) -> Browser {
    change(&mut browser);
    browser
}

/// The popup is opened on a page that failed to load and reports nothing.
fn opened_on_a_failed_load(browser: Browser) -> Browser {
    with(browser, |browser| {
        browser.load();
        browser.open_popup();
    })
}

/// The third challenge in a row.
fn in_a_loop(ahead: i64) -> Browser {
    let checks = |browser: &mut Browser| (browser.checks, browser.ahead) = (Some(Check::Suspects), ahead);
    with(refused(with(by_cookies(), checks)), |browser| {
        browser.visit();
        browser.visit();
        browser.open_popup();
    })
}

fn pin(extension: &str) -> PopupRequest {
    PopupRequest::Pin { id: id(extension), pinned: true }
}

fn switch_off(extension: &str) -> PopupRequest {
    PopupRequest::Switch { id: id(extension), on: false }
}

/// In the middle of a search, at this test.
fn searching(test: &str) -> Browser {
    stopped_where(refused(by(&["header-tweaker"])), PopupRequest::FindExtension, |view| {
        view.phase == Phase::Searching && view.detail.as_ref().is_some_and(|detail| detail.args[0] == test)
    })
}

/// A look of the popup: its name, the phase that it shows, and how it comes to be.
type Look = (&'static str, Phase, Browser);

/// Blocked pages, each explained.
fn explained() -> Vec<Look> {
    let is_asked = Purpose::Experiment(Experiment::WithCookies);
    let looking = with(by_ip_address(), |browser| browser.withholds = Some(is_asked));
    let outage = with(always(), |browser| browser.status = Some(OUTAGE));
    let ended = with(with_page(by(&["ublock-origin-lite"]), 403, ENDED), |browser| browser.checks = Some(Check::Ends));
    let other_site = with(always(), |browser| {
        (browser.host, browser.domain, browser.may_ask) = ("www.shop.co.uk", Some("shop.co.uk"), false);
    });
    let error_page = with(with_page(always(), 403, ""), |browser| browser.error_page = true);
    let not_asked = with(by(&["header-tweaker"]), |browser| {
        browser.order(OptionsRequest::Set { setting: Setting::AskAtOnce, on: false });
    });
    let answered = vec![
        ("answered", refused(by(&["header-tweaker"]))),
        ("no-suspects", refused(by_ip_address())),
        ("site-data", refused(with_page(by_cookies(), 400, OVERSIZED))),
        ("cookies", refused(by_cookies())),
        ("vpn", refused(by(&["nordvpn"]))),
        ("outage", refused(outage)),
        ("inside", refused(with(by(&["header-tweaker"]), |browser| browser.inside = true))),
        ("loop", in_a_loop(0)),
        ("clock", in_a_loop(11_100)),
        ("ended", refused(ended)),
        ("other-site", refused(other_site)),
        ("failed-load", opened_on_a_failed_load(with_page(always(), 418, "<html><body>No.</body></html>"))),
        ("error-page", opened_on_a_failed_load(error_page)),
        ("limited", refused(with_page(always(), 429, RATE_LIMIT))),
        ("region", refused(with_page(always(), 403, REGION))),
        ("not-asked", refused(not_asked)),
        ("again", blocked_again()),
        ("again-pinned", clicked(blocked_again(), [pin("header-tweaker")])),
    ];
    let looking = [("looking", Phase::Looking, refused(looking))];
    let answered = answered.into_iter().map(|(name, browser)| (name, Phase::Answered, browser));
    looking.into_iter().chain(answered).collect()
}

/// What follows from a click.
fn tried() -> Vec<Look> {
    let slow = with(by_ip_address(), |browser| {
        browser.samples = vec![Some(310), Some(60), None, Some(420), Some(80), Some(390)];
    });
    let unremoved = with(by_cookies(), |browser| browser.fault = Some(Fault::Remove));
    let outage = with(always(), |browser| browser.status = Some(OUTAGE));
    let cleared_before = clicked(refused(by_cookies()), [PopupRequest::Clear(Strength::CloudflareCheck)]);
    let remembered = with(cleared_before, |browser| {
        browser.now = browser.now.plus_seconds(60);
        browser.cookies = vec![cookie("session", "login"), cookie("cf_clearance", "stale")];
    });
    let clear = || PopupRequest::Clear(Strength::Everything);
    let checking =
        stopped_where(refused(always()), PopupRequest::TurnOffSuspects, |view| view.headline.key == "headline_checking");
    let clearing =
        stopped_where(refused(by_cookies()), clear(), |view| view.notice.as_ref().is_some_and(|notice| notice.running));
    vec![
        ("awaiting", Phase::Answered, clicked(refused(by_ip_address()), [PopupRequest::Await(Fix::Router)])),
        ("comparing", Phase::Answered, clicked(refused(by_ip_address()), [PopupRequest::Compare(Elsewhere::PrivateWindow)])),
        ("connection", Phase::Answered, clicked(refused(slow), [PopupRequest::TimeConnection])),
        ("checking", Phase::Looking, checking),
        ("failed", Phase::Answered, clicked(refused(always()), [PopupRequest::TurnOffSuspects])),
        ("clearing", Phase::Answered, clearing),
        ("cleared", Phase::Done, clicked(refused(by_cookies()), [clear()])),
        ("not-cleared", Phase::Answered, clicked(refused(unremoved), [clear()])),
        ("remembered", Phase::Answered, refused(remembered)),
        ("done", Phase::Done, clicked(refused(by(&["header-tweaker"])), [PopupRequest::TurnOffSuspects])),
        ("waited", Phase::Answered, clicked(refused(outage), [PopupRequest::TellWhenBack])),
        ("stuck", Phase::Stuck, at_the_end(refused(by_ip_address()))),
    ]
}

/// The culprit search and its results.
fn searched() -> Vec<Look> {
    let pair = vec!["header-tweaker", "nordvpn"];
    let together = with(by(&[]), |browser| browser.rule.together.clone_from(&pair));
    let offline =
        with(loaded_by_get(refused(by(&["header-tweaker"]))), |browser| browser.oddities = vec![(1, TabSnapshot::Offline); 3]);
    let find = |browser: Browser| clicked(browser, [PopupRequest::FindExtension]);
    vec![
        ("searching", Phase::Searching, searching("2")),
        ("hand", Phase::Searching, find(by_hand(by(&["header-tweaker"])))),
        ("found", Phase::Found, find(refused(by(&["header-tweaker"])))),
        ("found-several", Phase::Found, find(refused(by(&pair)))),
        ("found-pair", Phase::Found, find(refused(together))),
        ("unclear", Phase::Stuck, find(offline)),
        ("interrupted", Phase::Answered, clicked(searching("3"), [PopupRequest::Stop])),
        ("elsewhere", Phase::Answered, searched_elsewhere()),
        ("innocent", Phase::Stuck, find(refused(always()))),
        ("innocent-others", Phase::Stuck, find(clicked(refused(always()), [pin("1password")]))),
    ]
}

/// Pages that are not blocked, or cannot be read.
fn clear_pages() -> Vec<Look> {
    let looks = vec![
        ("clear", clear(installed())),
        ("clear-few", clear(vec![])),
        ("pinned", clicked(clear(installed()), [pin("1password"), pin("grammarly")])),
        ("challenge", refused(with(by_cookies(), |browser| browser.checks = Some(Check::Suspects)))),
        ("offline", seen(TabSnapshot::Offline, true)),
        ("unreadable", seen(TabSnapshot::Unreadable, true)),
        ("allow", seen(TabSnapshot::Unreadable, false)),
    ];
    looks.into_iter().map(|(name, browser)| (name, Phase::Clear, browser)).collect()
}

/// Lists of extensions, and texts of every length.
fn lists() -> Vec<Look> {
    let locked = with(by(&["header-tweaker"]), |browser| {
        browser.locked = vec![id("header-tweaker")];
        browser.extensions[2].may_disable = false;
        browser.kill();
    });
    let unlisted = with(always(), |browser| browser.fault = Some(Fault::List));
    let helper = |number| Installed { host_permissions: Vec::new(), ..extension(&format!("Helper {number}"), &[]) };
    let many = installed().into_iter().chain((0..375).map(helper)).collect();
    let long = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz";
    let slogan = "The best free unlimited video downloader and converter for every site in the world";
    let with_long_names = Browser::new(
        vec![extension(long, &["proxy"]), extension(slogan, &["declarativeNetRequest"]), extension(&"W".repeat(70), &[])],
        vec![],
        Rule { extensions: vec![long], ..Rule::default() },
    );
    let looks = [
        ("rows", clicked(refused(locked), [switch_off("header-tweaker"), switch_off("dark-reader")])),
        ("by-hand", by_hand(by(&["header-tweaker"]))),
        ("no-list", refused(unlisted)),
        ("400", refused(Browser::new(many, vec![], Rule { extensions: vec!["header-tweaker"], ..Rule::default() }))),
        (
            "long",
            refused(with(with_long_names, |browser| {
                browser.host = "donaudampfschifffahrtsgesellschaft.intranet.example.org";
            })),
        ),
    ];
    looks.map(|(name, browser)| (name, Phase::Answered, browser)).into()
}

/// The options page's looks.
fn options() -> Vec<(&'static str, Browser)> {
    let mut full = clicked(
        refused(by(&["header-tweaker"])),
        [PopupRequest::Pin { id: id("1password"), pinned: true }, PopupRequest::TurnOffSuspects],
    );
    full.grant(&["https://*.donaudampfschifffahrtsgesellschaft.intranet.example.org/*", "https://*.example.org/*"]);
    let mut settings = Settings::default();
    settings.choose(Setting::Banner, true);
    full.rule(Policy::of(Rules {
        settings,
        kept_extensions: vec!["Company Guard".into()],
        protected_sites: vec!["corp.example".into()],
        ..Rules::default()
    }));
    let mut history = by(&["header-tweaker"]);
    for day in 1..40 {
        history.visit();
        history.now = Time(history.now.0 + 86_400_000);
        history.page_says(PageRequest::Gone);
        if day % 7 == 0 {
            history.visit();
            history.open_popup();
            history.click(PopupRequest::TurnOff { id: id("header-tweaker") });
            history.now = history.now.plus_seconds(60);
            history.click(PopupRequest::PutBack);
            history.close_popup();
        }
    }
    vec![("options", clear(installed())), ("options-full", full), ("options-history", history)]
}

#[test]
fn every_look_is_reached_and_written_for_the_pictures() {
    let mut looks: BTreeMap<&str, Json> = BTreeMap::new();
    for (name, phase, browser) in [explained(), tried(), searched(), clear_pages(), lists()].into_iter().flatten() {
        let view = browser.view();
        assert_eq!(view.phase, phase, "{name}: {:?}", view.headline);
        looks.insert(name, json!({ "now": browser.now, "view": to_value(view).unwrap() }));
    }
    for (name, browser) in options() {
        looks.insert(name, json!({ "now": browser.now, "view": to_value(browser.options()).unwrap() }));
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("looks.json");
    std::fs::write(file, serde_json::to_vec(&looks).unwrap()).unwrap();
}
