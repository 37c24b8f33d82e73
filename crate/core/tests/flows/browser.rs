//! A browser in memory, with a worker that can be killed. It performs the core's effects one at a time and hands the answers
//! back, as the real shell does; time moves only when a test moves it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use readmit_core::base::failure::Failure;
use readmit_core::base::host::Host;
use readmit_core::base::id::{ExtensionId, LoadId, Path, TabId, Time, WindowId};
use readmit_core::base::text::Text;
use readmit_core::base::url::{reopening, repeatable};
use readmit_core::evidence::budget::Experiment;
use readmit_core::evidence::probe::{FetchError, HttpResponse};
use readmit_core::evidence::trace::Agent;
use readmit_core::extensions::installed::Installed;
use readmit_core::feature::clear_data::clearing::Inventory;
use readmit_core::feature::clear_data::cookie::Cookie;
use readmit_core::feature::load_method::SentForm;
use readmit_core::feature::settings::policy::Policy;
use readmit_core::feature::settings::watched::Watched;
use readmit_core::model::Model;
use readmit_core::protocol::delivery::{Order, OrderId};
use readmit_core::protocol::effect::{Brand, Capabilities, Effect, Event, Grants, Provider, Purpose, ReplyId, TabSnapshot};
use readmit_core::protocol::message::{Burst, OptionsRequest, PageRequest, PageText, PopupRequest, Seen, Shown};
use readmit_core::recognize::{Page, recognize};
use readmit_core::store::{Area, ITEMS, StorageFault, Stored, Value, in_writing_order};
use readmit_core::view::{Act, Banner, Button, GlobalBadge, NEEDED, OptionsView, View};
use serde_json::Value as Json;

pub(crate) const TAB: TabId = TabId(7);
/// When every story begins.
pub(crate) const BEGINNING: Time = Time(1_800_000_000_000);
const OWN: &str = "self";
pub(crate) const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0";
const WELL: &str =
    r#"{"components":[{"name":"Conversations","status":"operational"}],"incidents":[],"status":{"indicator":"none"}}"#;
const REFUSAL: &str = include_str!("../../../../tests/pages/1020-plain-chromium.html");
const CHECK: &str = include_str!("../../../../tests/pages/challenge-2026.html");

/// How a page checks browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// Only those that it would refuse.
    Suspects,
    /// Everybody, at each load; who has no fault passes.
    Always,
    /// Like suspects, and somebody has to click.
    ByHand,
    /// Like suspects, and the check ends with the refusal's page.
    Ends,
}

/// What makes the site refuse.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rule {
    /// Any of these extensions being on.
    pub(crate) extensions: Vec<&'static str>,
    /// All of these extensions being on, if there are any.
    pub(crate) together: Vec<&'static str>,
    /// Any cookie of one of these names.
    pub(crate) cookies: Vec<&'static str>,
    /// Coming from one of these addresses.
    pub(crate) addresses: Vec<&'static str>,
    /// The weather.
    pub(crate) always: bool,
}

/// The browser, the site and the worker.
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one small world")]
pub(crate) struct Browser {
    pub(crate) model: Model,
    pub(crate) now: Time,
    pub(crate) extensions: Vec<Installed>,
    pub(crate) cookies: Vec<Cookie>,
    pub(crate) rule: Rule,
    pub(crate) locked: Vec<ExtensionId>,
    pub(crate) badge: String,
    /// What the toolbar button says where the pointer rests on it.
    pub(crate) title: Vec<Text>,
    /// The results that were told in the page.
    pub(crate) told: Vec<(Text, Option<Text>)>,
    /// What the banner on the refused page was told to say, in order.
    pub(crate) banners: Vec<Banner>,
    pub(crate) popup_tabs: u32,
    pub(crate) removals: u32,
    /// Cookies that were put back.
    pub(crate) restored: u32,
    pub(crate) reloads: u32,
    /// What they have loaded, in order.
    pub(crate) urls: Vec<String>,
    pub(crate) visits: usize,
    /// Every switch that the browser was told, in order.
    pub(crate) switches: Vec<(String, bool)>,
    /// Who was on before each of them.
    before_switches: Vec<Vec<bool>>,
    pub(crate) refuses_popup: bool,
    /// A browser with more built in.
    pub(crate) brand: Option<Brand>,
    pub(crate) hides_zone: bool,
    /// Only a person may switch extensions, as in Firefox.
    pub(crate) by_hand: bool,
    /// Requests of ours to the site, in order.
    pub(crate) asked: Vec<Purpose>,
    /// Status pages read, in order.
    pub(crate) response: Vec<Provider>,
    /// What the status pages say; `None` when they do not answer.
    pub(crate) status: Option<&'static str>,
    /// What timed requests take.
    pub(crate) samples: Vec<Option<u32>>,
    /// The site.
    pub(crate) host: &'static str,
    /// The registrable domain that the browser tells of it, if it is another site.
    pub(crate) domain: Option<&'static str>,
    /// What it shows to those it refuses, and with which status.
    pub(crate) refusal: (u16, &'static str),
    /// The browser shows an error page of its own where the page is refused.
    pub(crate) error_page: bool,
    /// The page is not refused, but leads away, and so are requests of ours that it would refuse.
    pub(crate) leads_away: bool,
    /// Was the site's page touched by a permission, or only by the click on the toolbar button?
    pub(crate) may_ask: bool,
    /// The visitor's address.
    pub(crate) address: &'static str,
    /// The address that other hosts see, if it is another one.
    pub(crate) address_elsewhere: Option<&'static str>,
    /// Hosts that do not answer.
    pub(crate) unreachable: Vec<&'static str>,
    /// Requests of ours to other hosts, in order.
    pub(crate) asked_elsewhere: Vec<String>,
    /// The user agent as the page's own requests carry it.
    pub(crate) page_agent: &'static str,
    /// A request of ours that is still on its way.
    pub(crate) withholds: Option<Purpose>,
    /// In place of an answer to any request of ours.
    pub(crate) error: Option<FetchError>,
    /// When it was asked whether the site is back.
    pub(crate) availability_checks: Vec<Time>,
    /// What such a refusal says about when to come again.
    pub(crate) retry_after: Option<u32>,
    /// May notifications be shown?
    pub(crate) notifies: bool,
    /// Those that are shown, each by its name.
    pub(crate) notifications: BTreeSet<String>,
    /// What the button shows over all pages; `None` while that is what the manifest says.
    pub(crate) global_badge: Option<GlobalBadge>,
    /// How often a click on a notification has led somewhere.
    pub(crate) going: u32,
    /// The status with which requests of ours are refused.
    pub(crate) refuses_with: u16,
    /// The permissions for other sites.
    pub(crate) granted: Vec<String>,
    /// Where the content script runs besides.
    pub(crate) watched: Watched,
    /// What the content script is told as the page loads.
    pub(crate) banner_is_on: bool,
    /// Which sites' open tabs the content script was run in, in order.
    pub(crate) entered: Vec<Vec<String>>,
    /// Does the content script run in the present load?
    has_script: bool,
    /// The administrator's.
    pub(crate) policy: Policy,
    /// How often it was asked to remove Readmit.
    pub(crate) uninstalls: u32,
    /// When the alarm rings.
    pub(crate) wakes_at: Option<Time>,
    /// What is stored under each key. It is written as JSON when it is read: only that survives a death.
    disk: BTreeMap<&'static str, Value>,
    load: u64,
    /// What the present load shows: a page does not change because its cookies went.
    shows_refusal: bool,
    /// The page does not refuse, but checks the browser: again and again where it would refuse, and where this says so, once.
    pub(crate) checks: Option<Check>,
    /// Is a check shown, by which a browser without a fault passes?
    is_checked: bool,
    /// Has the check that is shown ended?
    has_ended: bool,
    /// By how many seconds the computer's clock is ahead of the edge's.
    pub(crate) ahead: i64,
    /// The page opens, and what would block it blocks only the answer to a form.
    pub(crate) blocks_forms: bool,
    /// How often a form was sent.
    pub(crate) forms: u32,
    /// The page's path and query.
    pub(crate) path: &'static str,
    /// The page itself always opens, and what would refuse it refuses what it asks for.
    pub(crate) inside: bool,
    /// What it asks for.
    pub(crate) inner_path: &'static str,
    /// The status of the only request, if it is a login's.
    pub(crate) login: Option<u16>,
    /// What the site itself answers to it.
    pub(crate) inner_answer: (u16, &'static str),
    queue: VecDeque<Effect>,
    performed: usize,
    /// What the next reloads show in place of the page, each after so many that show it.
    pub(crate) oddities: Vec<(u32, TabSnapshot)>,
    /// The popup is closed after so many effects, once.
    pub(crate) close_after: Option<usize>,
    /// The deaths that are to come, each counted from the one before it.
    pub(crate) deaths: VecDeque<Death>,
    /// Effects since the last death.
    survived: usize,
    /// The browser has ended: nothing more happens until it is started again.
    ended: bool,
    /// How often it was started again.
    pub(crate) restarts: usize,
    /// What is clicked after so many effects, in the middle of something else.
    pub(crate) interjection: Option<(usize, PopupRequest)>,
    /// What the worker cannot read when it starts the next time.
    pub(crate) storage_faults: Vec<StorageFault>,
    /// What happens outside after so many effects, once.
    pub(crate) moves: Option<(usize, Move)>,
    pub(crate) place: Place,
    /// What is broken.
    pub(crate) fault: Option<Fault>,
    /// Whoever's data is removed signs in anew at once.
    pub(crate) signs_in_anew: bool,
    /// Was the popup open? It reconnects when the worker dies.
    popup_open: bool,
    /// How often something was saved.
    pub(crate) saves: usize,
    /// The bytes of all that was saved, if they are counted.
    pub(crate) bytes: Option<usize>,
    /// How often an open popup was sent a view.
    pub(crate) views: usize,
    /// How many orders our pages have sent.
    orders: u32,
    /// Those that were not acknowledged: sent again when the worker has died.
    pending: Vec<(OrderId, Order)>,
    /// Every order is heard twice, and all of them once more after each death.
    pub(crate) doubles_orders: bool,
    sent: Vec<(OrderId, Order)>,
}

/// What the browser does not do as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing can be saved, so nothing may be changed.
    Save,
    /// It does not say which extensions there are.
    List,
    /// It switches nothing.
    Switch,
    /// What tabs show cannot be seen.
    Look(Blindness),
    /// What it says a site keeps is refused.
    Inventory,
    /// It removes nothing.
    Remove,
    /// It takes no cookie back.
    Restore,
    /// No request is answered.
    Fetch(FetchError),
    /// Requests are answered with nonsense.
    Nonsense,
    /// It opens no popup.
    Popup,
    /// It does not answer at all.
    Silent,
}

/// Why a tab cannot be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blindness {
    Closed,
    Late,
    Unreadable,
    ErrorPage,
    Offline,
    /// A page that makes no sense.
    Nonsense,
}

/// What happens in the world outside, whatever is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Move {
    /// The tab goes to another site.
    Elsewhere,
    /// The same, and comes back: another load.
    ElsewhereAndBack,
    /// The tab is closed.
    Closed,
    /// The page takes its block away without a load.
    Unblocks,
    /// The computer's clock is set, by so many seconds.
    Clock(i64),
    /// The permission for the site is taken away.
    Forbidden,
    /// The first extension that is on is switched off by hand.
    SwitchedByHand,
    /// Readmit is updated: the browser forgets what it keeps until it is closed, and the popup is gone.
    Updated,
}

/// Where the tab is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Here,
    OtherSite,
    Closed,
    /// Here, and we may not look.
    Hidden,
}

/// What becomes of the effect at which somebody dies, and of those that were begun together with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It never took place.
    Undone,
    /// It took place, and its answer is lost.
    Done,
    /// It and all that was begun with it took place, and all answers are lost.
    AllDone,
}

/// Who dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// The worker: memory of its own is lost, `storage.session` is not.
    Worker,
    /// The browser, by force: only the disk stays, and so many of the switches made. The browser writes its own preferences
    /// down only every ten seconds.
    Browser {
        /// How many of the switches it had written down.
        switches: usize,
    },
}

/// A death.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Death {
    /// At which effect since the last death; the first is 1.
    pub(crate) at: usize,
    pub(crate) fate: Fate,
    pub(crate) who: Who,
}

impl Browser {
    pub(crate) fn new(extensions: Vec<Installed>, cookies: Vec<Cookie>, rule: Rule) -> Self {
        let mut browser = Self {
            model: Model::new(ExtensionId(OWN.into())),
            now: BEGINNING,
            extensions,
            cookies,
            rule,
            locked: Vec::new(),
            badge: String::new(),
            title: Vec::new(),
            told: Vec::new(),
            banners: Vec::new(),
            popup_tabs: 0,
            removals: 0,
            restored: 0,
            reloads: 0,
            urls: Vec::new(),
            visits: 0,
            switches: Vec::new(),
            before_switches: Vec::new(),
            refuses_popup: false,
            by_hand: false,
            brand: None,
            hides_zone: false,
            asked: Vec::new(),
            response: Vec::new(),
            status: Some(WELL),
            samples: vec![Some(30); 6],
            host: "chatgpt.com",
            domain: None,
            refusal: (403, REFUSAL),
            error_page: false,
            leads_away: false,
            may_ask: true,
            address: "203.0.113.7",
            address_elsewhere: None,
            unreachable: Vec::new(),
            asked_elsewhere: Vec::new(),
            page_agent: AGENT,
            withholds: None,
            error: None,
            availability_checks: Vec::new(),
            retry_after: None,
            notifies: true,
            notifications: BTreeSet::new(),
            global_badge: None,
            going: 0,
            refuses_with: 403,
            granted: Vec::new(),
            watched: Watched::default(),
            banner_is_on: true,
            entered: Vec::new(),
            has_script: false,
            policy: Policy::default(),
            uninstalls: 0,
            wakes_at: None,
            disk: BTreeMap::new(),
            load: 1,
            shows_refusal: false,
            checks: None,
            is_checked: false,
            has_ended: false,
            blocks_forms: false,
            forms: 0,
            path: "/",
            ahead: 0,
            inside: false,
            inner_path: "/backend-api/me",
            login: None,
            inner_answer: (401, "{}"),
            queue: VecDeque::new(),
            performed: 0,
            oddities: Vec::new(),
            close_after: None,
            deaths: VecDeque::new(),
            survived: 0,
            ended: false,
            restarts: 0,
            interjection: None,
            storage_faults: Vec::new(),
            moves: None,
            place: Place::Here,
            fault: None,
            signs_in_anew: false,
            popup_open: false,
            saves: 0,
            bytes: None,
            views: 0,
            orders: 0,
            pending: Vec::new(),
            doubles_orders: false,
            sent: Vec::new(),
        };
        browser.start();
        browser
    }

    /// The page loads; its content script reports if it is refused.
    pub(crate) fn visit(&mut self) {
        self.visits += 1;
        self.load();
        self.has_script = true;
        if let Some(event) = self.burst() {
            self.happens(event);
        } else if self.shows_refusal || self.is_checked {
            self.page_says(PageRequest::Seen(self.seen()));
            if self.checks == Some(Check::Ends) {
                self.has_ended = true;
                self.page_says(PageRequest::Seen(self.seen()));
            }
        }
    }

    /// The page sends a form, its content script says so, and the answer is the next page.
    pub(crate) fn send_form(&mut self, path: &'static str) {
        self.forms += 1;
        self.visits += 1;
        self.now = self.now.plus_seconds(1);
        let (host, at) = (Host::parse(self.host).unwrap(), LoadId(self.now.0 * 1000));
        let to = Path::parse(path.split('?').next().unwrap()).unwrap();
        self.page_says(PageRequest::FormSent(SentForm { host, path: to, at }));
        self.path = path;
        self.load();
        self.shows_refusal = self.is_refused();
        if self.shows_refusal {
            self.page_says(PageRequest::Seen(self.seen()));
        }
    }

    pub(crate) fn load_id(&self) -> LoadId {
        LoadId(self.load)
    }

    /// What the content script tells of an open page.
    pub(crate) fn burst(&self) -> Option<Event> {
        let burst = Burst { path: Path::parse(self.inner_path).unwrap(), load: LoadId(self.load), login: self.login };
        (self.inside && self.shows_refusal).then(|| self.says(PageRequest::Burst(burst)))
    }

    /// The content script comes into the open page, if it is one of these sites and not there yet.
    fn enter(&mut self, patterns: &[String]) -> Option<Event> {
        let site = Host::parse(self.host).unwrap();
        let covers = |pattern: &String| Watched::of(vec![pattern.clone()]).covers(&site) || is_openai(pattern, &site);
        if self.has_script || self.place != Place::Here || !patterns.iter().any(covers) {
            return None;
        }
        self.has_script = true;
        let is_known = self.shows_refusal && recognize(&self.page()).is_some();
        self.burst().or_else(|| is_known.then(|| self.says(PageRequest::Seen(self.seen()))))
    }

    pub(crate) fn says(&self, request: PageRequest) -> Event {
        let host = Host::parse(self.host).unwrap();
        Event::Page { tab: TAB, window: WindowId(1), host, request, reply: ReplyId(1) }
    }

    pub(crate) fn page_says(&mut self, request: PageRequest) {
        self.happens(self.says(request));
    }

    pub(crate) fn open_popup(&mut self) {
        self.popup_open = true;
        self.happens(Event::PopupConnected { tab: TAB });
    }

    pub(crate) fn close_popup(&mut self) {
        self.popup_open = false;
        self.happens(Event::PopupClosed { tab: TAB });
    }

    pub(crate) fn click(&mut self, request: PopupRequest) {
        let ordered = self.ordered(self.clicked(request));
        self.happens(ordered);
    }

    /// A click on what the popup showed earlier.
    pub(crate) fn click_late(&mut self, request: PopupRequest, shown: &Shown) {
        let ordered = self.ordered(Order::Popup { tab: TAB, request, shown: shown.clone() });
        self.happens(ordered);
    }

    /// A click on what the popup shows now.
    pub(crate) fn clicked(&self, request: PopupRequest) -> Order {
        Order::Popup { tab: TAB, request, shown: self.view().shown }
    }

    /// A click on the options page.
    pub(crate) fn order(&mut self, request: OptionsRequest) {
        let ordered = self.ordered(Order::Options(request));
        self.happens(ordered);
    }

    /// The same, of which nothing has followed yet.
    pub(crate) fn begin_options(&mut self, request: OptionsRequest) {
        let ordered = self.ordered(Order::Options(request));
        self.tell(ordered);
    }

    /// What the content script says of a refusal.
    pub(crate) fn seen_request(&self) -> PageRequest {
        PageRequest::Seen(self.seen())
    }

    /// A page of ours sends an order.
    pub(crate) fn ordered(&mut self, order: Order) -> Event {
        self.orders += 1;
        let id = OrderId { page: 1, number: self.orders };
        self.pending.push((id, order.clone()));
        self.sent.push((id, order.clone()));
        Event::Ordered { id, order }
    }

    pub(crate) fn options(&self) -> OptionsView {
        self.model.options_view()
    }

    /// The administrator decides.
    pub(crate) fn rule(&mut self, policy: Policy) {
        self.policy = policy.clone();
        self.happens(Event::PolicyChanged(Box::new(policy)));
    }

    /// The person changes permissions.
    pub(crate) fn grant(&mut self, origins: &[&str]) {
        self.granted = origins.iter().map(|&origin| origin.into()).collect();
        self.happens(Event::GrantsChanged);
    }

    /// What lies on disk under this key.
    pub(crate) fn kept(&self, key: &str) -> Option<Json> {
        self.disk.get(key).map(json)
    }

    /// Everything that is stored.
    pub(crate) fn stored(&self) -> Stored {
        let written: BTreeMap<&str, Json> = self.disk.iter().map(|(key, value)| (*key, json(value))).collect();
        let (stored, damaged) = Stored::read(|item| written.get(item.key).cloned().unwrap_or_default());
        assert_eq!(damaged, [], "what was written can be read");
        for again in stored.changes_since(&Stored::default()) {
            match self.disk.get(again.item().key) {
                // What a search derives from its answers is derived again, and may count less.
                Some(value @ Value::SearchSession(_)) => assert_eq!(json(&again), json(value)),
                value => assert_eq!(Some(&again), value, "it comes back as it was"),
            }
        }
        stored
    }

    /// Time passes until the alarm rings, if one is set.
    pub(crate) fn ring(&mut self) {
        if let Some(time) = self.wakes_at.take() {
            self.now = self.now.max(time);
            self.happens(Event::Woken);
        }
    }

    /// Somebody switches an extension by hand, outside Readmit.
    pub(crate) fn switch_by_hand(&mut self, id: &str, on: bool) {
        let extension = self.extensions.iter_mut().find(|extension| extension.id.as_str() == id).unwrap();
        extension.enabled = on;
        let changed = Box::new(extension.clone());
        self.happens(Event::ExtensionChanged(changed));
    }

    /// An extension gets another version.
    pub(crate) fn update(&mut self, id: &str, version: &str) {
        let extension = self.extensions.iter_mut().find(|extension| extension.id.as_str() == id).unwrap();
        extension.version = version.into();
        let changed = Box::new(extension.clone());
        self.happens(Event::ExtensionChanged(changed));
    }

    /// The page shows something else without being loaded anew.
    pub(crate) fn changes_itself(&mut self) {
        self.shows_refusal = false;
    }

    /// One event, and all that follows from it.
    pub(crate) fn happens(&mut self, event: Event) {
        if !self.ended {
            self.tell(event);
            self.settle();
        }
    }

    /// The worker ends, whatever it was doing, and is started again. A popup that is open connects anew.
    pub(crate) fn kill(&mut self) {
        self.queue.clear();
        self.survived = 0;
        self.model = Model::new(ExtensionId(OWN.into()));
        self.start();
        if self.popup_open {
            self.tell(Event::PopupConnected { tab: TAB });
        }
        let again = if self.doubles_orders { self.sent.clone() } else { self.pending.clone() };
        for (id, order) in again {
            self.tell(Event::Ordered { id, order });
        }
        self.settle();
    }

    /// The browser starts again: memory is lost, the disk stays, tabs are other tabs.
    pub(crate) fn restart(&mut self) {
        self.disk.retain(|key, _| ITEMS.iter().any(|item| item.key == *key && item.area == Area::Local));
        self.deaths.clear();
        self.pending.clear();
        self.sent.clear();
        self.popup_open = false;
        self.ended = false;
        self.restarts += 1;
        self.shows_refusal = false;
        self.wakes_at = None;
        self.notifications.clear();
        self.global_badge = None;
        self.kill();
    }

    /// The same, killed: it had not yet written down its last `count` switches.
    pub(crate) fn restart_without_the_last(&mut self, count: usize) {
        for (id, on) in self.switches.iter().rev().take(count) {
            if let Some(extension) = self.extensions.iter_mut().find(|extension| extension.id.as_str() == id) {
                extension.enabled = !on;
            }
        }
        self.restart();
    }

    pub(crate) fn install(&mut self, extension: Installed) {
        self.extensions.push(extension.clone());
        self.happens(Event::ExtensionChanged(Box::new(extension)));
    }

    pub(crate) fn uninstall(&mut self, id: &str) {
        self.extensions.retain(|extension| extension.id.as_str() != id);
        self.happens(Event::ExtensionRemoved(ExtensionId(id.into())));
    }

    /// One effect of those that wait, and what follows from it waits too.
    pub(crate) fn step(&mut self) -> bool {
        let Some(effect) = self.queue.pop_front() else { return false };
        let answer = self.perform(effect);
        self.performed += 1;
        for event in answer {
            self.tell(event);
        }
        true
    }

    /// Has the browser yet to carry out a switch of this one?
    pub(crate) fn is_switching(&self, name: &str) -> bool {
        self.queue.iter().any(|effect| matches!(effect, Effect::Switch { id, .. } if id.as_str() == name))
    }

    /// A click, of which nothing has followed yet.
    pub(crate) fn begin(&mut self, request: PopupRequest) {
        let ordered = self.ordered(self.clicked(request));
        self.tell(ordered);
    }

    /// One event, of which nothing has followed yet.
    pub(crate) fn tell(&mut self, event: Event) {
        let again = matches!(event, Event::Ordered { .. }) && self.doubles_orders;
        for event in [event.clone()].into_iter().chain(again.then_some(event)) {
            self.views += usize::from(self.popup_open && !self.model.is_one_of_several(&event));
            for effect in self.model.update(self.now, event) {
                match effect {
                    // Two places are written one after the other.
                    Effect::Save(values) => {
                        self.queue.extend(in_writing_order(values).into_iter().map(|(_, values)| Effect::Save(values)));
                    }
                    effect => self.queue.push_back(effect),
                }
            }
        }
    }

    /// From now on these deaths are to come.
    pub(crate) fn dies(&mut self, deaths: impl IntoIterator<Item = Death>) {
        self.deaths = deaths.into_iter().collect();
        self.survived = 0;
    }

    /// The text on the toolbar button, and the code that its title has.
    pub(crate) fn badge_and_code(&self) -> String {
        let codes = self.title.iter().filter(|text| text.key == "fact_code").flat_map(|text| text.args.iter().cloned());
        [self.badge.clone()].into_iter().chain(codes).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn view(&self) -> View {
        let view = self.model.view(self.now, TAB);
        for card in &view.cards {
            let warns = card.promise.as_ref().is_some_and(|text| WARNINGS.contains(&text.key.as_ref()));
            assert!(
                warns || !card.buttons.iter().any(turns_off_several),
                "{:?} says what else is off: {:?}",
                card.fix,
                card.promise
            );
        }
        view
    }

    pub(crate) fn is_on(&self, id: &str) -> bool {
        self.extensions.iter().any(|extension| extension.id.as_str() == id && extension.enabled)
    }

    /// Does the button say over all pages that a site is back?
    pub(crate) fn mark(&self) -> bool {
        self.global_badge.is_some_and(|badge| badge.is_back)
    }

    /// Does the button remind over all pages of what is off?
    pub(crate) fn reminds(&self) -> bool {
        self.global_badge.is_some_and(|badge| badge.has_off)
    }

    pub(crate) fn performed(&self) -> usize {
        self.performed
    }

    fn is_refused(&self) -> bool {
        let extension = self.rule.extensions.iter().any(|id| self.is_on(id));
        let cookie = self.rule.cookies.iter().any(|name| self.cookies.iter().any(|cookie| cookie.name == *name));
        let together = !self.rule.together.is_empty() && self.rule.together.iter().all(|id| self.is_on(id));
        let address = self.rule.addresses.contains(&self.address);
        self.rule.always || extension || cookie || together || address
    }

    /// The page loads, and no content script is there to tell.
    pub(crate) fn load(&mut self) {
        // Loads are named by their time, in microseconds.
        self.load = (self.load + 1).max(self.now.0 * 1000);
        self.badge.clear();
        self.has_script = false;
        self.shows_refusal = self.is_refused() && !self.blocks_forms;
        self.is_checked = self.checks == Some(Check::Always);
        self.has_ended = false;
    }

    /// A check ends by itself: the page loads anew, and whoever has a fault is checked again. One that waits for a person stays.
    fn passes_check(&mut self) {
        if self.checks == Some(Check::ByHand) {
            return;
        }
        if self.checks == Some(Check::Ends) && self.is_refused() {
            self.has_ended = true;
            return;
        }
        self.load();
        self.is_checked = false;
    }

    fn url(&self) -> String {
        ["https://", self.host, self.path].concat()
    }

    fn grants(&self) -> Grants {
        Grants { openai: true, site: self.may_ask, domain: self.domain.and_then(Host::parse) }
    }

    fn seen(&self) -> Seen {
        Seen { verdict: recognize(&self.page()).unwrap(), load: LoadId(self.load) }
    }

    fn page(&self) -> Page<'static> {
        Page { status: Some(self.refusal.0), headers: &[], url: "", body: self.body() }
    }

    fn start(&mut self) {
        let mut stored = self.stored();
        stored.storage_faults.append(&mut self.storage_faults);
        let stored = Box::new(stored);
        let capabilities = Capabilities {
            switches_extensions: !self.by_hand,
            opens_list: !self.by_hand,
            clears_whole_cache: self.by_hand,
            agent: Agent::parse(AGENT),
            opens_edge: false,
            brand: self.brand,
        };
        self.tell(Event::Started { stored, capabilities });
        let policy = Box::new(self.policy.clone());
        self.tell(Event::PolicyChanged(policy));
    }

    fn settle(&mut self) {
        while let Some(effect) = self.queue.pop_front() {
            self.performed += 1;
            self.survived += 1;
            if let Some(death) = self.deaths.front().copied().filter(|death| death.at == self.survived) {
                self.deaths.pop_front();
                self.die(effect, death);
                return;
            }
            let answer = self.fails(&effect).unwrap_or_else(|| self.perform(effect));
            if self.close_after == Some(self.performed) {
                self.close_after = None;
                self.popup_open = false;
                self.tell(Event::PopupClosed { tab: TAB });
            }
            for event in answer {
                self.tell(event);
            }
            if let Some((_, step)) = self.moves.take_if(|(at, _)| *at <= self.performed) {
                self.moves_on(step);
            }
            if let Some((_, request)) = self.interjection.take_if(|(at, _)| *at <= self.performed) {
                self.begin(request);
            }
        }
    }

    fn moves_on(&mut self, step: Move) {
        match step {
            Move::Elsewhere => self.place = Place::OtherSite,
            Move::ElsewhereAndBack => {
                self.load();
                if self.burst().is_none() && self.shows_refusal {
                    self.tell(self.says(PageRequest::Seen(self.seen())));
                }
            }
            Move::Closed => {
                self.place = Place::Closed;
                self.tell(Event::TabClosed { tab: TAB });
            }
            Move::Unblocks => {
                self.changes_itself();
                self.tell(self.says(PageRequest::Gone));
            }
            Move::Clock(seconds) => self.now = Time(self.now.0.saturating_add_signed(seconds * 1000)),
            Move::Forbidden => {
                (self.place, self.may_ask) = (Place::Hidden, false);
                self.tell(Event::GrantsChanged);
            }
            Move::SwitchedByHand => {
                if let Some(extension) = self.extensions.iter_mut().find(|extension| extension.enabled) {
                    extension.enabled = false;
                    let changed = Box::new(extension.clone());
                    self.tell(Event::ExtensionChanged(changed));
                }
            }
            Move::Updated => {
                self.disk.retain(|key, _| ITEMS.iter().any(|item| item.key == *key && item.area == Area::Local));
                (self.popup_open, self.wakes_at) = (false, None);
                self.pending.clear();
                self.sent.clear();
                self.queue.clear();
                self.model = Model::new(ExtensionId(OWN.into()));
                self.start();
            }
        }
    }

    /// The tab comes back to the site.
    pub(crate) fn comes_back(&mut self) {
        (self.place, self.may_ask) = (Place::Here, true);
        self.visit();
        self.open_popup();
    }

    /// What the shell finds in place of a page of the site.
    fn absence(&self) -> Option<TabSnapshot> {
        match self.place {
            Place::Here => None,
            Place::OtherSite => Some(TabSnapshot::OtherSite),
            Place::Closed => Some(TabSnapshot::Missing),
            Place::Hidden => Some(TabSnapshot::Unreadable),
        }
    }

    /// What the shell answers when the browser fails at it: in its own words, or after its own deadline.
    fn fails(&self, effect: &Effect) -> Option<Vec<Event>> {
        let unanswered = || Some(effect.unanswered(Failure::new("no answer from the browser")).into_iter().collect());
        let event = match (self.fault?, effect) {
            (Fault::Save, effect) if effect.changes_browser() || matches!(effect, Effect::Save(_)) => return unanswered(),
            (Fault::List, Effect::List)
            | (Fault::Switch, Effect::Switch { .. })
            | (Fault::Inventory, Effect::TakeInventory { .. } | Effect::MeasureCookies { .. })
            | (Fault::Remove, Effect::RemoveData { .. } | Effect::RemoveCookies(_))
            | (Fault::Restore, Effect::RestoreCookies(_))
            | (Fault::Popup, Effect::OpenPopup { .. })
            | (Fault::Fetch(_), Effect::FetchStatus { .. })
            | (Fault::Nonsense, Effect::CompareZone { .. } | Effect::MeasureCookies { .. } | Effect::TimeRequests { .. })
            | (Fault::Silent, _) => return unanswered(),
            (Fault::Look(why), Effect::Look { tab, .. }) => {
                Event::Looked { tab: *tab, snapshot: blind(why), grants: self.grants() }
            }
            (Fault::Look(why), Effect::Reload { tab, .. } | Effect::Await { tab, .. }) => {
                Event::Reloaded { tab: *tab, snapshot: blind(why), grants: self.grants() }
            }
            (Fault::Fetch(error), Effect::CheckAvailability { host, .. }) => {
                Event::AvailabilityChecked { host: host.clone(), answer: Err(error) }
            }
            (Fault::Fetch(error), Effect::Fetch { tab, purpose, .. }) => {
                Event::Fetched { tab: *tab, purpose: *purpose, answer: Err(error) }
            }
            (Fault::Fetch(_), Effect::TimeRequests { tab, .. }) => {
                Event::Timed { tab: *tab, samples: vec![None; 6], kilobits: None }
            }
            (Fault::Nonsense, Effect::Fetch { tab, purpose, .. }) => {
                let response = HttpResponse { status: 65_000, url: "::".into(), headers: vec![], body: "\0<]]=\n=".repeat(99) };
                Event::Fetched { tab: *tab, purpose: *purpose, answer: Ok(response) }
            }
            (Fault::Nonsense, Effect::FetchStatus { tab, provider }) => {
                Event::StatusFetched { tab: *tab, provider: *provider, documents: Some(vec!["{\"components\":[".into()]) }
            }
            _ => return None,
        };
        Some(vec![event])
    }

    fn die(&mut self, effect: Effect, death: Death) {
        if death.fate != Fate::Undone {
            self.perform(effect);
        }
        if death.fate == Fate::AllDone {
            // What stands behind a save is begun only when that is finished.
            let begun = self.queue.iter().take_while(|effect| !matches!(effect, Effect::Save(_))).count();
            for effect in self.queue.drain(..begun).collect::<Vec<_>>() {
                self.perform(effect);
            }
        }
        match death.who {
            Who::Worker => self.kill(),
            Who::Browser { switches } => {
                self.queue.clear();
                self.ended = true;
                if let Some(written) = self.before_switches.get(switches) {
                    for (extension, on) in self.extensions.iter_mut().zip(written) {
                        extension.enabled = *on;
                    }
                }
            }
        }
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each effect")]
    fn perform(&mut self, effect: Effect) -> Vec<Event> {
        match effect {
            Effect::Save(values) => {
                self.saves += 1;
                for value in values {
                    if let Some(bytes) = &mut self.bytes {
                        *bytes += json(&value).to_string().len();
                    }
                    self.disk.insert(value.item().key, value);
                }
                vec![]
            }
            Effect::List => vec![Event::Listed(Ok(self.extensions.clone()))],
            Effect::Switch { id, on } => {
                assert!(!self.by_hand, "{id:?} must not be switched but by hand");
                self.switches.push((id.as_str().to_owned(), on));
                self.before_switches.push(self.extensions.iter().map(|extension| extension.enabled).collect());
                if self.locked.contains(&id) {
                    return vec![Event::Switched { id, on, answer: Err(Failure::new("cannot be modified by user")) }];
                }
                let Some(extension) = self.extensions.iter_mut().find(|extension| extension.id == id) else {
                    return vec![Event::Switched { id, on, answer: Err(Failure::new("no such extension")) }];
                };
                extension.enabled = on;
                // The browser tells everybody before it answers.
                vec![Event::ExtensionChanged(Box::new(extension.clone())), Event::Switched { id, on, answer: Ok(()) }]
            }
            Effect::Look { tab, site } => {
                // Without a click of its own, the page of another site is not read; with one, it is none of ours.
                let absence = self.absence().map(|absence| if site.is_some() { absence } else { TabSnapshot::Unreadable });
                vec![Event::Looked { tab, snapshot: absence.unwrap_or_else(|| self.snapshot()), grants: self.grants() }]
            }
            Effect::Reload { tab, site, before, reopens, .. } => {
                assert!(site.holds(&Host::parse(self.host).unwrap()), "{site:?} is not where the case is");
                if let Some(snapshot) = self.absence() {
                    return vec![Event::Reloaded { tab, snapshot, grants: self.grants() }];
                }
                self.reloads += 1;
                // A GET of the URL, without what is valid once.
                let url = if reopens { reopening(&self.url()) } else { repeatable(&self.url()) };
                self.urls.push(url);
                self.load();
                assert_ne!(before, LoadId(self.load));
                if let Some(at) = self.oddities.iter().position(|(after, _)| *after <= self.reloads) {
                    let (_, snapshot) = self.oddities.remove(at);
                    return vec![Event::Reloaded { tab, snapshot, grants: self.grants() }];
                }
                let reloaded = Event::Reloaded { tab, snapshot: self.snapshot(), grants: self.grants() };
                // The page's own requests are refused before the browser says that it has loaded, or after.
                let mut both: Vec<Event> = self.burst().into_iter().chain([reloaded]).collect();
                if self.load.is_multiple_of(2) {
                    both.reverse();
                }
                both
            }
            Effect::Await { tab, site, before } => {
                assert!(site.holds(&Host::parse(self.host).unwrap()), "{site:?} is not where the case is");
                if let Some(snapshot) = self.absence() {
                    return vec![Event::Reloaded { tab, snapshot, grants: self.grants() }];
                }
                self.passes_check();
                let snapshot = if before == LoadId(self.load) && !self.has_ended { TabSnapshot::Late } else { self.snapshot() };
                vec![Event::Reloaded { tab, snapshot, grants: self.grants() }]
            }
            Effect::Badge { badge, .. } => {
                self.badge = badge.text;
                self.title = badge.title;
                vec![]
            }
            Effect::TellResult { headline, detail, .. } => {
                if self.absence().is_none() {
                    self.told.push((headline, detail));
                }
                vec![]
            }
            Effect::ShowBanner { banner, .. } => {
                if self.shows_refusal {
                    self.banners.push(banner);
                }
                vec![]
            }
            Effect::OpenPopup { tab, .. } => {
                let answer = if self.refuses_popup { Err(Failure::new("no active window")) } else { Ok(()) };
                vec![Event::PopupOpened { tab, answer }]
            }
            Effect::OpenPopupTab { .. } => {
                self.popup_tabs += 1;
                vec![]
            }
            Effect::TakeInventory { .. } => {
                vec![Event::Inventoried(Ok(Inventory { cookies: self.cookies.clone(), stored: Some(0) }))]
            }
            Effect::RemoveData { .. } => {
                self.removals += 1;
                self.cookies.clear();
                self.signed_in_anew();
                vec![Event::Removed(Ok(()))]
            }
            Effect::RemoveCookies(cookies) => {
                self.removals += 1;
                self.cookies.retain(|cookie| !cookies.iter().any(|other| other.is_same_slot(cookie)));
                self.signed_in_anew();
                vec![Event::Removed(Ok(()))]
            }
            Effect::RestoreCookies(cookies) => {
                let count = u32::try_from(cookies.len()).unwrap();
                self.restored += count;
                self.cookies.retain(|cookie| !cookies.iter().any(|other| other.is_same_slot(cookie)));
                self.cookies.extend(cookies);
                vec![Event::Restored(count)]
            }
            Effect::Fetch {
                tab,
                purpose: purpose @ Purpose::Experiment(Experiment::OtherHostTrace | Experiment::NeededHost),
                url,
            } => {
                let answer = self.ask_elsewhere(&url);
                self.asked_elsewhere.push(url);
                vec![Event::Fetched { tab, purpose, answer }]
            }
            Effect::Fetch { tab, purpose, url } => {
                assert_eq!(Host::of_url(&url), Host::parse(self.host), "no other host is asked");
                self.asked.push(purpose);
                if self.withholds == Some(purpose) {
                    return vec![];
                }
                vec![Event::Fetched { tab, purpose, answer: self.ask(purpose) }]
            }
            Effect::FetchStatus { tab, provider } => {
                self.response.push(provider);
                vec![Event::StatusFetched { tab, provider, documents: self.status.map(|text| vec![text.to_owned()]) }]
            }
            Effect::TimeRequests { tab, .. } => vec![Event::Timed { tab, samples: self.samples.clone(), kilobits: Some(9000) }],
            Effect::CompareZone { tab, .. } => vec![Event::ZoneCompared { tab, fits: Some(true) }],
            Effect::MeasureCookies { tab, .. } => {
                let partitioned = self.cookies.iter().any(|cookie| cookie.partition_key.is_some());
                let clearance_cookie = Some(self.cookies.iter().any(|cookie| cookie.name == "cf_clearance"));
                vec![Event::CookiesMeasured { tab, clearance_cookie, bytes: Some(100), partitioned }]
            }
            Effect::WakeAt(time) => {
                self.wakes_at = Some(time);
                vec![]
            }
            Effect::CheckAvailability { host, url } => {
                self.urls.push(url);
                self.availability_checks.push(self.now);
                vec![Event::AvailabilityChecked { host, answer: self.check_availability() }]
            }
            Effect::Notify { host, .. } => {
                if self.notifies {
                    self.notifications.insert(host.as_str().to_owned());
                }
                vec![Event::Notified(host)]
            }
            Effect::GlobalBadge(badge) => {
                self.global_badge = Some(badge);
                vec![]
            }
            Effect::Visit { .. } => {
                self.going += 1;
                vec![]
            }
            Effect::ReadGrants => {
                let openai =
                    NEEDED.iter().filter(|_| self.may_ask || self.host != "chatgpt.com").map(|&pattern| pattern.to_owned());
                let origins = openai.chain(self.granted.clone()).collect();
                vec![Event::Granted { origins, notifies: self.notifies }]
            }
            Effect::EnterOpenTabs { patterns, .. } => {
                self.entered.push(patterns.clone());
                let seen = self.enter(&patterns);
                seen.into_iter().chain([Event::EnteredOpenTabs { patterns }]).collect()
            }
            Effect::Watch { watched, banner } => {
                self.watched = watched;
                self.banner_is_on = banner;
                vec![]
            }
            Effect::Erase(watched) => {
                self.disk.clear();
                self.granted.retain(|origin| !watched.patterns().contains(origin));
                vec![Event::Erased(Ok(()))]
            }
            Effect::Uninstall => {
                self.uninstalls += 1;
                vec![Event::UninstallFailed(Failure::new("The user canceled it"))]
            }
            Effect::Acknowledge(id) => {
                self.pending.retain(|(pending, _)| *pending != id);
                vec![]
            }
            Effect::Reply { answer, .. } => {
                self.banners.extend(answer.banner.filter(|_| !answer.hidden));
                vec![]
            }
        }
    }

    fn signed_in_anew(&mut self) {
        if self.signs_in_anew && !self.cookies.iter().any(|cookie| cookie.name == "session") {
            self.cookies.push(super::cookie("session", "fresh"));
        }
    }

    /// What the site answers to a request of ours: extensions touch only the page's, and the worker's brings no partitioned
    /// cookies.
    fn ask(&self, purpose: Purpose) -> Result<HttpResponse, FetchError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let response = |status: u16, body: String| Ok(HttpResponse { status, url: self.url(), headers: vec![], body });
        let experiment = match purpose {
            Purpose::Watch => Experiment::Trace,
            Purpose::Inside => Experiment::WithCookies,
            Purpose::Experiment(experiment) => experiment,
        };
        let with_all = purpose == Purpose::Inside;
        let by_page = with_all || matches!(experiment, Experiment::PageTrace | Experiment::PageWithoutCookies);
        if matches!(experiment, Experiment::Trace | Experiment::PageTrace) {
            let agent = if by_page { self.page_agent } else { AGENT };
            let edge = i64::try_from(self.now.0 / 1000).unwrap() - self.ahead;
            return response(200, format!("ip={}\nts={edge}.5\nuag={agent}\ncolo=FRA\nloc=DE\nwarp=off\n", self.address));
        }
        let together = !self.rule.together.is_empty() && self.rule.together.iter().all(|id| self.is_on(id));
        let extension = by_page && (together || self.rule.extensions.iter().any(|id| self.is_on(id)));
        let sent = |cookie: &&Cookie| experiment == Experiment::WithCookies && (with_all || cookie.partition_key.is_none());
        let cookie = self.cookies.iter().filter(sent).any(|cookie| self.rule.cookies.contains(&cookie.name.as_str()));
        let address = self.rule.addresses.contains(&self.address);
        let is_refused = (extension || cookie || address || self.rule.always) && !self.blocks_forms;
        if is_refused && self.leads_away {
            return Err(FetchError::LedAway);
        }
        if is_refused {
            return response(self.refuses_with, if self.refuses_with == 429 { "error code: 1015" } else { self.answer() }.into());
        }
        // The service wants more of a request than its path.
        let (status, body) = self.inner_answer;
        if self.inside { response(status, body.into()) } else { response(200, String::new()) }
    }

    /// What other hosts answer.
    fn ask_elsewhere(&self, url: &str) -> Result<HttpResponse, FetchError> {
        if self.unreachable.iter().any(|host| Host::of_url(url) == Host::parse(host)) {
            return Err(FetchError::Unreachable);
        }
        let body = format!("ip={}\ncolo=FRA\nloc=DE\n", self.address_elsewhere.unwrap_or(self.address));
        Ok(HttpResponse { status: 200, url: url.into(), headers: vec![], body })
    }

    fn body(&self) -> &'static str {
        if self.checks.is_some() && !self.has_ended { CHECK } else { self.refusal.1 }
    }

    /// A worker's request gets a check that runs: there is no page whose script could end it.
    fn answer(&self) -> &'static str {
        if self.checks.is_some() { CHECK } else { self.refusal.1 }
    }

    /// The same question without a tab.
    fn check_availability(&self) -> Result<HttpResponse, FetchError> {
        let mut answer = self.ask(Purpose::Experiment(Experiment::WithCookies));
        if let (Ok(response), Some(seconds)) = (&mut answer, self.retry_after) {
            response.headers.push(("retry-after".into(), seconds.to_string()));
        }
        answer
    }

    fn snapshot(&self) -> TabSnapshot {
        let is_shut = (self.shows_refusal && !self.inside) || self.is_checked;
        let (status, html) = if is_shut { (self.refusal.0, self.body()) } else { (200, "") };
        if is_shut && self.error_page {
            return TabSnapshot::ErrorPage { url: Some(self.url()) };
        }
        let text = PageText { status: Some(status), html: html.into(), load: LoadId(self.load) };
        TabSnapshot::Page { url: self.url(), text, hides_zone: self.hides_zone }
    }
}

/// What says that pages of extensions close, and that VPNs and blockers are off in all tabs. The last one stands where all of them
/// are off already.
const WARNINGS: [&str; 4] = ["promise_suspects", "promise_find", "promise_hand", "promise_which"];

fn turns_off_several(button: &Button) -> bool {
    use PopupRequest::{FindExtension, GoOn, TurnOffSuspects};
    let (Act::Order { request, .. } | Act::Guide(request)) = &button.act else { return false };
    matches!(request, TurnOffSuspects | FindExtension | GoOn)
}

fn is_openai(pattern: &str, site: &Host) -> bool {
    NEEDED.contains(&pattern) && site.is_openai()
}

/// As it lies on disk.
fn json(value: &Value) -> Json {
    serde_json::to_value(value.envelope()).unwrap()
}

fn blind(why: Blindness) -> TabSnapshot {
    match why {
        Blindness::Closed => TabSnapshot::Missing,
        Blindness::Late => TabSnapshot::Late,
        Blindness::Unreadable => TabSnapshot::Unreadable,
        Blindness::ErrorPage => TabSnapshot::ErrorPage { url: None },
        Blindness::Offline => TabSnapshot::Offline,
        Blindness::Nonsense => {
            let text = PageText { status: Some(1), html: "\0<!--<html <".repeat(9), load: LoadId(u64::MAX) };
            TabSnapshot::Page { url: "https://[".into(), text, hides_zone: false }
        }
    }
}
