//! The background: feeds events to the core and performs its effects.
//!
//! `extension/background.js` registers the browser's listeners and calls in here once the module is ready. Effects come in
//! batches; batches are performed one after another, and within one every `Save` is finished before what follows begins, unless
//! that only reads. That is the whole of the ordering that "state is saved before the browser is changed" rests on.

mod ask;
mod border;
mod perform;
mod sight;
mod store;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use js_sys::{Function, Promise};
use readmit_core::effect::{Brand, Capabilities, Effect, Event, ReplyId};
use readmit_core::failure::Failure;
use readmit_core::host::Host;
use readmit_core::id::{ExtensionId, TabId, Time};
use readmit_core::message::{Answer, OptionsRequest, PageRequest, PageText, PopupRequest, Push, Source};
use readmit_core::model::Model;
use readmit_core::network::trace::Agent;
use readmit_core::packed::{pack, unpack};
use readmit_webext::runtime::{self, Port};
use readmit_webext::{ApiError, firefox, storage, time};
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
    /// Popups that are connected: the number that `background.js` gave each, and the tab it is about.
    popups: RefCell<Vec<Popup>>,
    /// Options pages that are connected, by their numbers.
    options: RefCell<Vec<(u32, Port)>>,
    replies: RefCell<Vec<(ReplyId, Function)>>,
    last_reply: Cell<u32>,
    batches: RefCell<VecDeque<Vec<Effect>>>,
    performing: Cell<bool>,
    store: Store,
}

struct Popup {
    number: u32,
    tab: TabId,
    port: Port,
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
            popups: RefCell::default(),
            options: RefCell::default(),
            replies: RefCell::default(),
            last_reply: Cell::default(),
            batches: RefCell::default(),
            performing: Cell::default(),
            store: Store::default(),
        });
        let (kept, policy) = (shell.store.read(local, session), store::policy(time::answer(policy)));
        let switching = time::within(store::PATIENCE, firefox::may_switch(&shell.own_id));
        let ((stored, policy), switching) = time::both(time::both(kept, policy), switching).await;
        let agent = runtime::user_agent();
        let capabilities = Capabilities {
            switches_extensions: switching.is_ok(),
            opens_list: !firefox::is_here(),
            clears_whole_cache: firefox::is_here(),
            // Windows alone has the scheme, and in Edge itself it leads nowhere else.
            opens_edge: agent.contains("Windows") && !agent.contains("Edg/"),
            brand: Brand::of(runtime::has_object, &runtime::brands()),
            agent: Agent::parse(&agent),
        };
        shell.dispatch(Event::Started { stored: Box::new(stored), capabilities });
        // Before any answer to what starting asked for: nothing is switched against the policy.
        shell.dispatch(Event::Ruled(Box::new(policy)));
        Self(shell)
    }

    /// A message from a content script. Resolves with the answer, or with nothing.
    pub fn message(&self, message: &JsValue, sender: &JsValue) -> Promise {
        let heard = self.0.source(sender).zip(border::page_message(message).and_then(PageRequest::of));
        let Some((Source::WebPage { tab, window, host }, request)) = heard else { return Promise::resolve(&JsValue::UNDEFINED) };
        let reply = ReplyId(self.0.last_reply.get().wrapping_add(1));
        self.0.last_reply.set(reply.0);
        let waits = request.is_awaited();
        let promise = Promise::new(&mut |resolve, _reject| {
            if waits {
                self.0.replies.borrow_mut().push((reply, resolve));
            } else {
                // Nothing to answer; an exception in a resolver is impossible.
                let _ = resolve.call0(&JsValue::UNDEFINED);
            }
        });
        self.0.dispatch(Event::Page { tab, window, host, request, reply });
        promise
    }

    /// A popup or an options page connected: it is to be shown everything, without having to ask. Anyone else is disconnected at
    /// once.
    pub fn connected(&self, number: u32, port: JsValue) {
        let port = Port::from_js(port);
        let tab = port.name().strip_prefix("popup:").and_then(|tab| tab.parse().ok()).map(TabId);
        match (self.0.source(&port.sender()), tab) {
            (Some(Source::OwnPage), Some(tab)) => {
                self.0.popups.borrow_mut().push(Popup { number, tab, port });
                self.0.dispatch(Event::Popup { tab, request: PopupRequest::Open });
            }
            (Some(Source::OwnPage), None) if port.name() == "options" => {
                self.0.options.borrow_mut().push((number, port));
                self.0.dispatch(Event::Options(OptionsRequest::Open));
            }
            _ => port.disconnect(),
        }
    }

    /// A click in a popup or on an options page.
    pub fn ordered(&self, number: u32, message: &str) {
        if self.0.options.borrow().iter().any(|(other, _)| *other == number) {
            if let Some(request) = unpack::<OptionsRequest>(message) {
                self.0.dispatch(Event::Options(request));
            }
            return;
        }
        let tab = self.0.popups.borrow().iter().find(|popup| popup.number == number).map(|popup| popup.tab);
        if let Some((tab, request)) = tab.zip(unpack::<PopupRequest>(message)) {
            self.0.dispatch(Event::Popup { tab, request });
        }
    }

    /// A popup or an options page was closed.
    pub fn disconnected(&self, number: u32) {
        self.0.options.borrow_mut().retain(|(other, _)| *other != number);
        let mut popups = self.0.popups.borrow_mut();
        let Some(index) = popups.iter().position(|popup| popup.number == number) else { return };
        let tab = popups.remove(index).tab;
        let last = popups.iter().all(|popup| popup.tab != tab);
        drop(popups);
        if last {
            self.0.dispatch(Event::PopupClosed { tab });
        }
    }

    /// An extension was switched, installed or updated.
    pub fn extension_changed(&self, info: &JsValue) {
        if let Some(extension) = border::installed(info) {
            self.0.dispatch(Event::ExtensionChanged(Box::new(extension)));
        }
    }

    /// An extension was removed.
    pub fn extension_removed(&self, id: String) {
        self.0.dispatch(Event::ExtensionRemoved(ExtensionId(id)));
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
            shell.dispatch(Event::Ruled(Box::new(policy)));
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
    fn source(&self, sender: &JsValue) -> Option<Source> {
        Source::of(&border::sender(sender)?, &self.own_id, &self.own_origin)
    }

    fn dispatch(self: &Rc<Self>, event: Event) {
        let effects = self.model.borrow_mut().update(now(), event);
        self.show();
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

    /// Tells each popup what to show. A popup that is just closing cannot be told, and need not be.
    fn show(&self) {
        let model = self.model.borrow();
        for popup in self.popups.borrow().iter() {
            let push: Answer<PopupRequest> = Push::View(Box::new(model.view(now(), popup.tab)));
            let _ = popup.port.post(&pack(&push));
        }
        for (_, port) in self.options.borrow().iter() {
            let view: Answer<OptionsRequest> = model.options_view();
            let _ = port.post(&pack(&view));
        }
    }

    fn reply(&self, to: ReplyId, answer: &Answer<PageText>) {
        let mut replies = self.replies.borrow_mut();
        if let Some(index) = replies.iter().position(|(id, _)| *id == to) {
            let (_, resolve) = replies.remove(index);
            let _ = resolve.call1(&JsValue::UNDEFINED, &border::judged(answer));
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the clock counts whole positive milliseconds")]
fn now() -> Time {
    Time(time::now() as u64)
}

fn failure(error: &ApiError) -> Failure {
    Failure::new(&error.to_string())
}
