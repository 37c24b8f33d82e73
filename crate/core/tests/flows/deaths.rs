//! Every flow, with the worker or the browser dying at each of its effects, and the worker twice in a row. What has to hold
//! afterwards is said once, in [`Story::survives`].
//!
//! An effect at which somebody dies has taken place or not; its answer is lost in both cases, and so are the effects that
//! were yet to come, save for those that the browser had begun already.

use std::collections::BTreeSet;

use readmit_core::base::id::ExtensionId;
use readmit_core::diagnosis::finding::Elsewhere;
use readmit_core::diagnosis::fix::Fix;
use readmit_core::evidence::budget::Experiment;
use readmit_core::feature::clear_data::Strength;
use readmit_core::protocol::effect::Purpose;
use readmit_core::protocol::message::{PageRequest, PopupRequest};
use readmit_core::view::{FixOutcome, Phase, View};

use super::browser::{BEGINNING, Browser, Check, Death, Fate, Rule, Who};
use super::{cookie, extension, refused};

/// Off before Readmit came.
const NEVER_OURS: &str = "off";
/// A search that was taken up may go another way, but not further than this.
const MOST_RELOADS: usize = 16;
/// Between two second deaths.
const STRIDE: usize = 9;
const FATES: [Fate; 3] = [Fate::Undone, Fate::Done, Fate::AllDone];
const HOME: &str = "203.0.113.7";
const OTHER: &str = "198.51.100.23";

/// A flow: what there is before it, what is clicked, and what comes of it: the phase, and who is off by then. The first of
/// the ends is the undisturbed one; the others come when one of several clicks was lost.
pub(super) struct Story {
    pub(super) name: &'static str,
    pub(super) begin: fn() -> Browser,
    act: fn(&mut Browser),
    ends: &'static [(Phase, &'static [&'static str])],
}

/// What a person, and the world, has in the end.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct End {
    phase: Phase,
    culprits: BTreeSet<String>,
    off: Vec<String>,
    put_back: u32,
    cookies: BTreeSet<(String, String)>,
    notice: Vec<(String, Option<u32>)>,
    running: Vec<Fix>,
    tried: Vec<(Fix, FixOutcome)>,
}

impl End {
    pub(super) fn of(browser: &Browser) -> Self {
        let view = browser.view();
        let notice = view.notice.iter().flat_map(|notice| &notice.text);
        let of_outcome = |wanted: fn(FixOutcome) -> bool| {
            let mut fixes: Vec<_> =
                view.cards.iter().filter(|card| wanted(card.outcome)).map(|card| (card.fix, card.outcome)).collect();
            fixes.sort_by_key(|(fix, _)| fix.name());
            fixes
        };
        Self {
            phase: view.phase,
            culprits: view.culprits.iter().map(|culprit| culprit.id.as_str().to_owned()).collect(),
            off: off(browser),
            put_back: view.put_back,
            cookies: browser.cookies.iter().map(|cookie| (cookie.name.clone(), cookie.value.clone())).collect(),
            notice: notice.map(|text| (text.key.clone().into_owned(), text.count)).collect(),
            running: of_outcome(|outcome| outcome == FixOutcome::Running).into_iter().map(|(fix, _)| fix).collect(),
            tried: of_outcome(|outcome| matches!(outcome, FixOutcome::Helped | FixOutcome::NoHelp)),
        }
    }
}

impl End {
    pub(super) fn is_the_end_of(&self, whole: &Whole) -> bool {
        (self.phase, &self.culprits) == (whole.after.phase, &whole.after.culprits)
    }

    fn ours_off(&self) -> Vec<&str> {
        self.off.iter().map(String::as_str).filter(|id| *id != NEVER_OURS).collect()
    }
}

fn off(browser: &Browser) -> Vec<String> {
    browser.extensions.iter().filter(|extension| !extension.enabled).map(|extension| extension.id.as_str().to_owned()).collect()
}

/// The whole story, undisturbed.
pub(super) struct Whole {
    before: End,
    after: End,
    pub(super) effects: usize,
    browser: Browser,
}

impl Story {
    pub(super) fn whole(&self) -> Whole {
        let mut browser = (self.begin)();
        let before = End::of(&browser);
        let performed = browser.performed();
        (self.act)(&mut browser);
        let effects = browser.performed() - performed;
        assert!(effects > 0, "{}: nothing happens", self.name);
        let after = End::of(&browser);
        assert_eq!((after.phase, after.ours_off().as_slice()), self.ends[0], "{}", self.name);
        Whole { before, after, effects, browser }
    }

    /// Tells the story with these deaths in it.
    fn with(&self, deaths: &[Death], doubles_orders: bool) -> Browser {
        let mut browser = (self.begin)();
        browser.doubles_orders = doubles_orders;
        browser.dies(deaths.iter().copied());
        self.tell(&mut browser);
        browser
    }

    /// The story, and whatever is waited for in the end.
    pub(super) fn tell(&self, browser: &mut Browser) {
        (self.act)(browser);
        browser.dies([]);
        for _ in 0..3 {
            if browser.view().cards.iter().any(|card| card.until.is_some()) {
                browser.ring();
            }
        }
    }

    /// What holds after the worker's deaths: it ends as it would have ended, for no click is lost and none is carried out
    /// twice.
    fn survives(&self, whole: &Whole, deaths: &[Death]) {
        for doubles_orders in [false, true] {
            let mut browser = self.with(deaths, doubles_orders);
            let context = format!("{}, {deaths:?}, orders doubled: {doubles_orders}", self.name);
            self.holds(whole, &browser, (1, deaths.len()), &context);
            let end = End::of(&browser);
            if !self.ends[1..].contains(&(end.phase, end.ours_off().as_slice())) {
                assert_eq!(end, whole.after, "{context}");
            }
            browser.click(PopupRequest::PutBack);
            whole.all_is_back(&browser, &context);
        }
    }

    /// What holds at any time when nothing is under way.
    pub(super) fn holds(&self, whole: &Whole, browser: &Browser, (tellings, interruptions): (usize, usize), context: &str) {
        let view = browser.view();
        assert!(!matches!(view.phase, Phase::Looking | Phase::Searching), "{context}: it hangs in {:?}", view.phase);
        assert!(offers_a_way_on(&view), "{context}: no way on from {:?}", view.headline);
        assert!(!view.notice.as_ref().is_some_and(|notice| notice.running), "{context}: the clearing hangs");
        let is_awaited = |fix: Fix| view.cards.iter().any(|card| card.fix == fix && card.until.is_some());
        for fix in End::of(browser).running {
            assert!(is_awaited(fix), "{context}: {fix:?} runs for ever");
        }
        let rows = view.extensions.iter().flat_map(|extensions| &extensions.rows);
        for row in rows {
            assert!(!row.busy, "{context}: {} is being switched for ever", row.name);
            let was_on = !whole.before.off.contains(&row.id.0) || whole.before_ledger(&row.id.0);
            let is_kept_off = whole.after.off.contains(&row.id.0) && whole.after.put_back == 0;
            assert!(row.on || !was_on || is_kept_off || view.put_back > 0, "{context}: {} is off and nobody knows", row.name);
        }
        for (id, _) in &browser.switches {
            assert!(!whole.before.off.contains(id) || whole.before_ledger(id), "{context}: {id} was never ours");
        }
        assert!(browser.removals <= whole.browser.removals.max(1), "{context}: cleared twice");
        assert!(browser.restored <= whole.browser.restored, "{context}: put back twice");
        let count = |wanted: fn(&Experiment) -> bool| {
            let experiments = browser.asked.iter().filter_map(|purpose| match purpose {
                Purpose::Experiment(experiment) => Some(*experiment),
                Purpose::Watch | Purpose::Inside => None,
            });
            experiments.filter(wanted).count()
        };
        // Each reload may be followed by a look of its own, and so may each minute and each visit.
        let minutes = usize::try_from((browser.now.0 - BEGINNING.0) / 60_000).unwrap();
        let looks = browser.visits + usize::try_from(browser.reloads).unwrap() + minutes;
        // Each death can cost a reload whose answer was lost.
        let whole_reloads = usize::try_from(whole.browser.reloads).unwrap();
        let whole_reloads = if whole_reloads > 1 || self.ends.len() > 1 { MOST_RELOADS } else { whole_reloads };
        let most_reloads = whole_reloads * tellings + interruptions;
        let (traces, requests) =
            (count(|experiment| *experiment == Experiment::Trace), count(|experiment| *experiment != Experiment::Trace));
        assert!(requests <= 2 * looks && traces <= looks, "{context}: {requests} requests and {traces} traces in {looks} looks");
        let reloads = usize::try_from(browser.reloads).unwrap();
        assert!(reloads <= most_reloads, "{context}: {reloads} reloads");
        assert!(
            browser.response.len() <= whole.browser.response.len().max(1) + interruptions,
            "{context}: {:?}",
            browser.response
        );
    }

    /// What holds after the browser was ended by force: everything of ours can be put back, and nothing else was touched.
    fn can_be_put_back(&self, whole: &Whole, death: Death) {
        let mut browser = self.with(&[death], false);
        let context = format!("{}, {death:?}", self.name);
        browser.restart();
        browser.visit();
        browser.open_popup();
        self.holds(whole, &browser, (1, 1), &context);
        browser.click(PopupRequest::PutBack);
        self.holds(whole, &browser, (1, 1), &context);
        whole.all_is_back(&browser, &context);
        assert_eq!(browser.view().put_back, 0, "{context}");
    }
}

impl Whole {
    /// Had Readmit switched it off already before the story began?
    fn before_ledger(&self, id: &str) -> bool {
        self.before.put_back > 0 && self.before.off.iter().any(|off| off == id) && id != NEVER_OURS
    }

    /// Off is only who was off before Readmit came, and who was to stay off.
    pub(super) fn all_is_back(&self, browser: &Browser, context: &str) {
        self.all_is_back_but(browser, 0, context);
    }

    /// The same, save for so many that were switched off by hand.
    pub(super) fn all_is_back_but(&self, browser: &Browser, by_hand: usize, context: &str) {
        let off = off(browser);
        let is_kept_off = |id: &String| self.after.put_back == 0 && self.after.off.contains(id);
        let may_be_off = |id: &String| self.before.off.contains(id) && !self.before_ledger(id);
        let left: Vec<_> = off.iter().filter(|id| !may_be_off(id) && !is_kept_off(id)).collect();
        assert!(left.len() <= by_hand, "{context}: not put back: {left:?}");
    }

    /// Only those extensions are off that were off before, or are off at the end of the undisturbed story: no trial of a search is left.
    pub(super) fn nothing_was_forgotten(&self, browser: &Browser, context: &str) {
        let off = off(browser);
        let may_be_off = |id: &String| self.before.off.contains(id) || self.after.off.contains(id);
        assert!(off.iter().all(may_be_off), "{context}: left off: {off:?}");
    }
}

/// There is something to click, or nothing more to wish for.
fn offers_a_way_on(view: &View) -> bool {
    let cards = view.cards.iter().any(|card| !card.buttons.is_empty());
    let culprits = view.culprits.iter().any(|culprit| !culprit.buttons.is_empty());
    matches!(view.phase, Phase::Done | Phase::Clear) || cards || culprits || !view.allow.is_empty()
}

fn rewriters(rule: Rule) -> Browser {
    let mut all: Vec<_> = ["a", "b", "c", "d"].into_iter().map(|name| extension(name, &["declarativeNetRequest"])).collect();
    all.push(extension("notes", &[]));
    let mut never_ours = extension(NEVER_OURS, &["declarativeNetRequest"]);
    never_ours.enabled = false;
    all.push(never_ours);
    refused(Browser::new(all, vec![], rule))
}

/// The same, and the page itself opens.
fn inside(rule: Rule) -> Browser {
    let mut browser = rewriters(Rule::default());
    browser.inside = true;
    browser.rule = rule;
    refused(browser)
}

/// The same, in a loop of checks.
fn looping(rule: Rule) -> Browser {
    let mut browser = rewriters(Rule::default());
    browser.checks = Some(Check::Suspects);
    browser.rule = rule;
    browser.visit();
    browser.visit();
    refused(browser)
}

fn guilty() -> Browser {
    rewriters(Rule { extensions: vec!["c"], ..Rule::default() })
}

fn with_cookies() -> Browser {
    let cookies = vec![cookie("session", "login"), cookie("cf_clearance", "stale")];
    let rule = Rule { cookies: vec!["cf_clearance"], ..Rule::default() };
    let mut browser = Browser::new(vec![extension("notes", &[])], cookies, rule);
    browser.signs_in_anew = true;
    refused(browser)
}

fn banned() -> Browser {
    refused(Browser::new(vec![extension("notes", &[])], vec![], Rule { addresses: vec![HOME], ..Rule::default() }))
}

fn stopped_after(browser: &mut Browser, effects: usize) {
    browser.interjection = Some((browser.performed() + effects, PopupRequest::Stop));
    browser.click(PopupRequest::FindExtension);
}

fn moved(browser: &mut Browser, fix: Fix) {
    browser.click(PopupRequest::Await(fix));
    browser.ring();
    browser.address = OTHER;
    browser.ring();
    browser.ring();
}

fn id(name: &str) -> ExtensionId {
    ExtensionId(name.into())
}

pub(super) const STORIES: &[Story] = &[
    Story {
        name: "asking why",
        begin: || {
            let mut browser =
                Browser::new(vec![extension("notes", &[])], vec![], Rule { addresses: vec![HOME], ..Rule::default() });
            browser.visit();
            browser
        },
        act: Browser::open_popup,
        ends: &[(Phase::Answered, &[])],
    },
    Story {
        name: "one culprit",
        begin: guilty,
        act: |browser| browser.click(PopupRequest::FindExtension),
        ends: &[(Phase::Found, &["c"])],
    },
    Story {
        name: "one culprit that is back",
        begin: || {
            let mut browser = guilty();
            browser.click(PopupRequest::FindExtension);
            browser.click(PopupRequest::PutBack);
            browser.visit();
            browser.open_popup();
            browser
        },
        act: |browser| browser.click(PopupRequest::TurnOff { id: id("c") }),
        ends: &[(Phase::Done, &["c"])],
    },
    Story {
        name: "two culprits",
        begin: || rewriters(Rule { extensions: vec!["a", "d"], ..Rule::default() }),
        act: |browser| browser.click(PopupRequest::FindExtension),
        ends: &[(Phase::Found, &["a", "d"])],
    },
    Story {
        name: "a pair",
        begin: || rewriters(Rule { together: vec!["b", "d"], ..Rule::default() }),
        act: |browser| browser.click(PopupRequest::FindExtension),
        ends: &[(Phase::Found, &["d"])],
    },
    Story {
        name: "innocent",
        begin: || rewriters(Rule { always: true, ..Rule::default() }),
        act: |browser| browser.click(PopupRequest::FindExtension),
        ends: &[(Phase::Stuck, &[])],
    },
    Story {
        name: "stopped while switching",
        begin: guilty,
        act: |browser| stopped_after(browser, 4),
        ends: &[(Phase::Answered, &[]), (Phase::Found, &["c"])],
    },
    Story {
        name: "stopped while reloading",
        begin: guilty,
        act: |browser| stopped_after(browser, 9),
        ends: &[(Phase::Answered, &[]), (Phase::Found, &["c"])],
    },
    Story {
        name: "stopped later",
        begin: guilty,
        act: |browser| stopped_after(browser, 20),
        ends: &[(Phase::Answered, &[]), (Phase::Found, &["c"])],
    },
    Story {
        name: "keep off",
        begin: || {
            let mut browser = guilty();
            browser.click(PopupRequest::FindExtension);
            browser
        },
        act: |browser| browser.click(PopupRequest::KeepOff { id: id("c") }),
        ends: &[(Phase::Found, &["c"])],
    },
    Story {
        name: "suspects off",
        begin: guilty,
        act: |browser| browser.click(PopupRequest::TurnOffSuspects),
        ends: &[(Phase::Done, &["a", "b", "c", "d"])],
    },
    Story {
        name: "which of the suspects",
        begin: || {
            let mut browser = guilty();
            browser.click(PopupRequest::TurnOffSuspects);
            browser
        },
        act: |browser| browser.click(PopupRequest::FindExtension),
        ends: &[(Phase::Found, &["c"])],
    },
    Story {
        name: "one switched off",
        begin: guilty,
        act: |browser| browser.click(PopupRequest::Switch { id: id("a"), on: false }),
        ends: &[(Phase::Answered, &["a"])],
    },
    Story {
        name: "one switched on",
        begin: || {
            let mut browser = guilty();
            browser.click(PopupRequest::Switch { id: id("a"), on: false });
            browser
        },
        act: |browser| browser.click(PopupRequest::Switch { id: id("a"), on: true }),
        ends: &[(Phase::Answered, &[])],
    },
    Story {
        name: "put back",
        begin: || {
            let mut browser = guilty();
            browser.click(PopupRequest::TurnOffSuspects);
            browser
        },
        act: |browser| browser.click(PopupRequest::PutBack),
        ends: &[(Phase::Done, &[])],
    },
    Story {
        name: "check again",
        begin: || {
            let mut browser = guilty();
            browser.click(PopupRequest::Switch { id: id("c"), on: false });
            browser
        },
        act: |browser| browser.click(PopupRequest::CheckAgain { after: None }),
        ends: &[(Phase::Done, &["c"])],
    },
    Story {
        name: "clear everything",
        begin: with_cookies,
        act: |browser| browser.click(PopupRequest::Clear(Strength::Everything)),
        ends: &[(Phase::Done, &[])],
    },
    Story {
        name: "reset the check",
        begin: with_cookies,
        act: |browser| browser.click(PopupRequest::Clear(Strength::CloudflareCheck)),
        ends: &[(Phase::Done, &[])],
    },
    Story {
        name: "undo",
        begin: || {
            let mut browser = with_cookies();
            browser.click(PopupRequest::Clear(Strength::Everything));
            browser
        },
        act: |browser| browser.click(PopupRequest::Undo),
        ends: &[(Phase::Done, &[])],
    },
    Story { name: "router", begin: banned, act: |browser| moved(browser, Fix::Router), ends: &[(Phase::Done, &[])] },
    Story { name: "vpn", begin: banned, act: |browser| moved(browser, Fix::Vpn), ends: &[(Phase::Done, &[])] },
    Story {
        name: "wait",
        begin: banned,
        act: |browser| {
            browser.click(PopupRequest::Await(Fix::Wait));
            browser.address = OTHER;
            browser.ring();
        },
        ends: &[(Phase::Done, &[])],
    },
    Story {
        name: "told when it is back",
        begin: banned,
        act: |browser| {
            browser.click(PopupRequest::TellWhenBack);
            browser.address = OTHER;
            for _ in 0..3 {
                browser.ring();
            }
        },
        ends: &[(Phase::Done, &[])],
    },
    Story {
        name: "private window",
        begin: banned,
        act: |browser| browser.click(PopupRequest::Compare(Elsewhere::PrivateWindow)),
        ends: &[(Phase::Answered, &[])],
    },
    Story {
        name: "status",
        begin: banned,
        act: |browser| browser.click(PopupRequest::CheckStatus),
        ends: &[(Phase::Answered, &[])],
    },
    Story {
        name: "timing",
        begin: banned,
        act: |browser| browser.click(PopupRequest::TimeConnection),
        ends: &[(Phase::Answered, &[])],
    },
    Story {
        name: "inside, asking why",
        begin: || inside(Rule { addresses: vec![HOME], ..Rule::default() }),
        act: Browser::open_popup,
        ends: &[(Phase::Answered, &[])],
    },
    Story {
        name: "inside, check again",
        begin: || inside(Rule { addresses: vec![HOME], ..Rule::default() }),
        act: |browser| browser.click(PopupRequest::CheckAgain { after: Some(Fix::Browser) }),
        ends: &[(Phase::Answered, &[])],
    },
    Story {
        name: "inside, suspects off",
        begin: || inside(Rule { extensions: vec!["c"], ..Rule::default() }),
        act: |browser| browser.click(PopupRequest::TurnOffSuspects),
        ends: &[(Phase::Done, &["a", "b", "c", "d"])],
    },
    Story {
        name: "inside, one culprit",
        begin: || inside(Rule { extensions: vec!["c"], ..Rule::default() }),
        act: |browser| browser.click(PopupRequest::FindExtension),
        ends: &[(Phase::Found, &["c"])],
    },
    Story {
        name: "inside, innocent",
        begin: || inside(Rule { always: true, ..Rule::default() }),
        act: |browser| browser.click(PopupRequest::FindExtension),
        ends: &[(Phase::Stuck, &[])],
    },
    Story {
        name: "loop, suspects off",
        begin: || looping(Rule { extensions: vec!["c"], ..Rule::default() }),
        act: |browser| browser.click(PopupRequest::TurnOffSuspects),
        ends: &[(Phase::Done, &["a", "b", "c", "d"])],
    },
    Story {
        name: "loop, one culprit",
        begin: || looping(Rule { extensions: vec!["c"], ..Rule::default() }),
        act: |browser| browser.click(PopupRequest::FindExtension),
        ends: &[(Phase::Found, &["c"])],
    },
    Story {
        name: "loop, check again",
        begin: || looping(Rule { addresses: vec![HOME], ..Rule::default() }),
        act: |browser| browser.click(PopupRequest::CheckAgain { after: Some(Fix::Browser) }),
        ends: &[(Phase::Answered, &[])],
    },
    Story {
        name: "gone",
        begin: || {
            let mut browser = guilty();
            browser.rule = Rule::default();
            browser
        },
        act: |browser| {
            browser.changes_itself();
            browser.page_says(PageRequest::Gone);
        },
        ends: &[(Phase::Clear, &[])],
    },
];

#[test]
fn a_worker_may_die_at_any_effect() {
    for story in STORIES {
        let whole = story.whole();
        for at in 1..=whole.effects {
            for fate in FATES {
                story.survives(&whole, &[Death { at, fate, who: Who::Worker }]);
            }
        }
    }
}

#[test]
fn a_worker_may_die_again_at_any_effect_after_it_woke() {
    for story in STORIES {
        let whole = story.whole();
        for at in 1..=whole.effects {
            for (first, second) in [(Fate::Done, Fate::Done), (Fate::Undone, Fate::AllDone)] {
                let first = Death { at, fate: first, who: Who::Worker };
                // Each effect after the waking is the second death's turn with some of the first ones: all pairs take minutes.
                for again in (1 + at % STRIDE..=whole.effects + 4).step_by(STRIDE) {
                    story.survives(&whole, &[first, Death { at: again, fate: second, who: Who::Worker }]);
                }
            }
        }
    }
}

#[test]
fn a_browser_may_be_ended_at_any_effect() {
    for story in STORIES {
        let whole = story.whole();
        let before = (story.begin)().switches.len();
        for at in 1..=whole.effects {
            for fate in FATES {
                for switches in [before, before + 2, usize::MAX] {
                    story.can_be_put_back(&whole, Death { at, fate, who: Who::Browser { switches } });
                }
            }
        }
    }
}
