//! The background: feeds events to the core and performs its effects.
//!
//! `extension/background.js` registers the browser's listeners and calls in here once the module is ready. Effects come in
//! batches; batches are performed one after another, and within one every `Save` is finished before what follows begins, unless
//! that only reads. That is the whole of the ordering that "state is saved before the browser is changed" rests on.

mod convert;
mod http;
mod perform;
mod snapshot;
mod store;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use futures_util::future::join3;
use js_sys::{Function, Promise};
use readmit_core::base::failure::Failure;
use readmit_core::base::host::Host;
use readmit_core::base::id::{ExtensionId, TabId, Time};
use readmit_core::evidence::trace::Agent;
use readmit_core::model::Model;
use readmit_core::protocol::delivery::{ConnectionName, Order, OrderId, ToBackground, ToPage, ViewFeed};
use readmit_core::protocol::effect::{Brand, Capabilities, Effect, Event, ReplyId};
use readmit_core::protocol::message::{Classified, PageRequest, PopupClick, Source};
use readmit_core::view::{OptionsView, View};
use readmit_webext::runtime::{self, Port};
use readmit_webext::value::{decode, encode};
use readmit_webext::{ApiError, firefox, navigator, storage, time};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use self::store::Store;

/// What `background.js` holds.
#[wasm_bindgen]
pub struct Background(Rc<Shell>);

struct Shell {
    own_id: String,
    own_origin: String,
    model: RefCell<Model>,
    /// Our own pages that are connected.
    connections: RefCell<Vec<Connection>>,
    replies: RefCell<Vec<(ReplyId, Function)>>,
    last_reply: Cell<u32>,
    batches: RefCell<VecDeque<Vec<Effect>>>,
    performing: Cell<bool>,
    store: Store,
}

struct Connection {
    /// `background.js` counts them.
    number: u32,
    port: Port,
    page: OwnPage,
}

/// Which page of ours is connected, and what it was shown.
enum OwnPage {
    Popup { tab: TabId, feed: Box<ViewFeed<View>> },
    Options { feed: ViewFeed<OptionsView> },
}

#[wasm_bindgen]
impl Background {
    /// Reads what was kept and takes up what was interrupted. What it waits for, `background.js` has asked for: everything in
    /// the two areas that we keep things in, and the administrator's policy.
    pub async fn start(local: Promise, session: Promise, policy: Promise) -> Self {
        let own_id = runtime::id();
        let shell = Rc::new(Shell {
            model: RefCell::new(Model::new(ExtensionId(own_id.clone()))),
            own_origin: runtime::url("").trim_end_matches('/').to_owned(),
            own_id,
            connections: RefCell::default(),
            replies: RefCell::default(),
            last_reply: Cell::default(),
            batches: RefCell::default(),
            performing: Cell::default(),
            store: Store::default(),
        });
        let (kept, policy) = (shell.store.read(local, session), store::policy(async { Ok(policy.await?) }));
        let switching = time::within(store::PATIENCE, firefox::may_switch(&shell.own_id));
        let (stored, policy, switching) = join3(kept, policy, switching).await;
        let agent = navigator::user_agent();
        let capabilities = Capabilities {
            switches_extensions: switching.is_ok(),
            opens_list: !firefox::is_here(),
            clears_whole_cache: firefox::is_here(),
            // Windows alone has the scheme, and in Edge itself it leads nowhere else.
            opens_edge: agent.contains("Windows") && !agent.contains("Edg/"),
            brand: Brand::of(navigator::has_object, &navigator::brands())
                .or_else(|| firefox::is_here().then_some(Brand::Firefox)),
            agent: Agent::parse(&agent),
        };
        shell.dispatch(Event::Started { stored: Box::new(stored), capabilities });
        // Before any answer to what starting asked for: nothing is switched against the policy.
        shell.dispatch(Event::PolicyChanged(Box::new(policy)));
        Self(shell)
    }

    /// A message from a content script. Resolves with the answer once it was taken in; with nothing for what is no message of ours.
    pub fn message(&self, message: JsValue, sender: JsValue) -> Promise {
        let heard = self.0.source(sender).zip(decode(message).and_then(PageRequest::of));
        let Some((Source::WebPage { tab, window, host }, request)) = heard else {
            return Promise::resolve(&JsValue::UNDEFINED);
        };
        let reply = ReplyId(self.0.last_reply.get().wrapping_add(1));
        self.0.last_reply.set(reply.0);
        let promise = Promise::new(&mut |resolve, _reject| self.0.replies.borrow_mut().push((reply, resolve)));
        self.0.dispatch(Event::Page { tab, window, host, request, reply });
        promise
    }

    /// A popup or an options page connected: it is to be shown everything, without having to ask. Anyone else is disconnected at
    /// once.
    pub fn connected(&self, number: u32, port: Port) {
        let name = port.name();
        let ConnectionName { page, tab, heard } = ConnectionName::parse(&name);
        let (page, event) = match (self.0.source(port.sender()), page, tab.map(TabId)) {
            (Some(Source::OwnPage), "popup", Some(tab)) => {
                (OwnPage::Popup { tab, feed: Box::new(ViewFeed::new(heard)) }, Event::PopupConnected { tab })
            }
            (Some(Source::OwnPage), "options", None) => {
                (OwnPage::Options { feed: ViewFeed::new(heard) }, Event::OptionsConnected)
            }
            _ => return port.disconnect(),
        };
        self.0.connections.borrow_mut().push(Connection { number, port, page });
        self.0.dispatch(event);
        self.0.greet(number);
    }

    /// A page of ours has something to say: a click, mostly.
    pub fn heard(&self, number: u32, message: JsValue) {
        let tab = match self.0.connections.borrow().iter().find(|connection| connection.number == number) {
            Some(Connection { page: OwnPage::Popup { tab, .. }, .. }) => Some(*tab),
            Some(Connection { page: OwnPage::Options { .. }, .. }) => None,
            None => return,
        };
        // What is none of a page's messages is no one's.
        let message = match tab {
            Some(tab) => decode(message)
                .map(|message| about(message, |PopupClick { request, shown }| Order::Popup { tab, request, shown })),
            None => decode(message).map(|message| about(message, Order::Options)),
        };
        match message {
            Some(ToBackground::Order { id, request: order }) => self.0.dispatch(Event::Ordered { id, order }),
            Some(ToBackground::Ask { heard }) => self.0.answer(number, heard),
            None => {}
        }
    }

    /// A popup or an options page was closed, or has another connection.
    pub fn disconnected(&self, number: u32) {
        let mut connections = self.0.connections.borrow_mut();
        let Some(place) = connections.iter().position(|connection| connection.number == number) else { return };
        let OwnPage::Popup { tab, .. } = connections.remove(place).page else { return };
        let is_about = |connection: &Connection| matches!(connection.page, OwnPage::Popup { tab: other, .. } if other == tab);
        let last = !connections.iter().any(is_about);
        drop(connections);
        if last {
            self.0.dispatch(Event::PopupClosed { tab });
        }
    }

    /// An extension was switched, installed or updated.
    pub fn extension_changed(&self, info: JsValue) {
        if let Some(extension) = decode(info) {
            self.0.dispatch(Event::ExtensionChanged(Box::new(extension)));
        }
    }

    /// An extension was removed.
    pub fn extension_removed(&self, id: String) {
        self.0.dispatch(Event::ExtensionRemoved(ExtensionId(id)));
    }

    /// A tab was closed.
    pub fn tab_closed(&self, tab: i32) {
        self.0.dispatch(Event::TabClosed { tab: TabId(tab) });
    }

    /// Permissions were given or taken, by whomever.
    pub fn grants_changed(&self) {
        self.0.dispatch(Event::GrantsChanged);
    }

    /// The administrator's policy was changed.
    pub fn policy_changed(&self) {
        let shell = Rc::clone(&self.0);
        spawn_local(async move {
            let policy = store::policy(storage::managed()).await;
            shell.dispatch(Event::PolicyChanged(Box::new(policy)));
        });
    }

    /// What was shown under this name was clicked: it is a host, for nobody else can give a name.
    pub fn notification_clicked(&self, name: &str) {
        if let Some(host) = Host::parse(name) {
            self.0.dispatch(Event::NotificationClicked(host));
        }
    }

    /// The alarm rang.
    pub fn woken(&self) {
        self.0.dispatch(Event::Woken);
    }
}

impl Shell {
    fn source(&self, sender: JsValue) -> Option<Source> {
        Source::of(&decode(sender)?, &self.own_id, &self.own_origin)
    }

    fn dispatch(self: &Rc<Self>, event: Event) {
        let is_news = !self.model.borrow().is_one_of_several(&event);
        let effects = self.model.borrow_mut().update(now(), event);
        if is_news {
            self.show();
        }
        if effects.is_empty() {
            return;
        }
        self.batches.borrow_mut().push_back(effects);
        if !self.performing.replace(true) {
            let shell = Rc::clone(self);
            spawn_local(async move {
                loop {
                    let next = shell.batches.borrow_mut().pop_front();
                    let Some(batch) = next else { break };
                    perform::batch(&shell, batch).await;
                }
                shell.performing.set(false);
            });
        }
    }

    /// Tells each page of ours what to show.
    fn show(&self) {
        for connection in self.connections.borrow_mut().iter_mut() {
            self.show_over(connection);
        }
    }

    /// Posts a view that the page does not have yet. A page that is just closing cannot be told, and need not be.
    fn show_over(&self, Connection { port, page, .. }: &mut Connection) {
        let model = self.model.borrow();
        match page {
            OwnPage::Popup { tab, feed } => {
                let view = model.view(now(), *tab);
                // A page that lost the worker before this one goes on showing what it shows until there is something to say.
                let is_worth_it = !(feed.resumes() && view.is_partial());
                is_worth_it.then(|| feed.view(view)).flatten().map(|message| port.post(&message));
            }
            OwnPage::Options { feed } => drop(feed.view(model.options_view()).map(|message| port.post(&message))),
        }
    }

    /// A page that has connected anew, and shows what is still true, is told at least that someone is there.
    fn greet(&self, number: u32) {
        let connections = self.connections.borrow();
        let Some(Connection { port, page, .. }) = connections.iter().find(|connection| connection.number == number) else {
            return;
        };
        let resumes = match page {
            OwnPage::Popup { feed, .. } => feed.resumes(),
            OwnPage::Options { feed } => feed.resumes(),
        };
        if resumes {
            drop(port.post(&ToPage::<View>::Here));
        }
    }

    /// A page wants to know whether anyone is there, and whether it shows what is so.
    fn answer(&self, number: u32, heard: u64) {
        let mut connections = self.connections.borrow_mut();
        let Some(Connection { port, page, .. }) = connections.iter_mut().find(|connection| connection.number == number) else {
            return;
        };
        let model = self.model.borrow();
        drop(match page {
            OwnPage::Popup { tab, feed } => port.post(&feed.answer(model.view(now(), *tab), heard)),
            OwnPage::Options { feed } => port.post(&feed.answer(model.options_view(), heard)),
        });
    }

    /// Whichever page has sent this order, it was taken in.
    fn acknowledge(&self, id: OrderId) {
        for connection in self.connections.borrow().iter() {
            drop(connection.port.post(&ToPage::<View>::Taken(id)));
        }
    }

    fn reply(&self, to: ReplyId, answer: &Classified) {
        let mut replies = self.replies.borrow_mut();
        if let Some(index) = replies.iter().position(|(id, _)| *id == to) {
            let (_, resolve) = replies.remove(index);
            let _ = resolve.call1(&JsValue::UNDEFINED, &encode(answer).unwrap_or_default());
        }
    }
}

/// The same message, with what was clicked as an order.
fn about<R>(message: ToBackground<R>, order: impl FnOnce(R) -> Order) -> ToBackground<Order> {
    match message {
        ToBackground::Ask { heard } => ToBackground::Ask { heard },
        ToBackground::Order { id, request } => ToBackground::Order { id, request: order(request) },
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the clock counts whole positive milliseconds")]
fn now() -> Time {
    Time(time::now() as u64)
}

fn failure(error: &ApiError) -> Failure {
    Failure::new(&error.to_string())
}
