//! A page's port to the background, once for the popup and the options page. What is to be done is decided by
//! [`delivery::PagePort`], which has the drawing; this connects, posts and sets the timer.
//! `page.js` makes the first connection, before this module is there.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use readmit_core::protocol::delivery::{self, ConnectionName, DeliveryStep, OrderId, ToPage};
use readmit_webext::ApiError;
use readmit_webext::runtime::{self, Port};
use readmit_webext::value::decode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::{Element, VisibilityState, window};

use crate::dom;
use crate::guard::{Guard, SENDING, now};

/// A page of ours, as far as its port is concerned.
pub(crate) trait Surface: 'static {
    /// What it orders.
    type Request: Clone + PartialEq + Serialize;
    /// What it is shown.
    type View: DeserializeOwned + 'static;

    /// Its port.
    fn background(&self) -> &BackgroundPort<Self::Request>;
    /// What decides which press counts.
    fn guard(&self) -> &Rc<Guard>;
    /// Shows a view.
    fn show(&self, view: Self::View);
    /// Does what this view shows go on without a click?
    fn goes_on(view: &Self::View) -> bool;
    /// Says that the background cannot be reached.
    fn say_unreachable(&self);
}

#[wasm_bindgen]
extern "C" {
    /// The connection that `page.js` makes before this module is there.
    pub(crate) type EarlyConnection;
    #[wasm_bindgen(method, getter)]
    fn port(this: &EarlyConnection) -> Port;
    /// The tab that the popup is about; `undefined` for a window without one.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn tab(this: &EarlyConnection) -> JsValue;
    /// The last message.
    #[wasm_bindgen(method, getter)]
    fn heard(this: &EarlyConnection) -> JsValue;
    /// Has it ended?
    #[wasm_bindgen(method, getter)]
    fn lost(this: &EarlyConnection) -> bool;
}

/// What is to be done for a page, in order.
type Steps<S> = Vec<DeliveryStep<<S as Surface>::Request, <S as Surface>::View>>;

/// What is called when an order was taken in (`true`) or given up.
type Then = Box<dyn FnOnce(bool)>;

/// A port that is replaced whenever its other end is lost.
pub(crate) struct BackgroundPort<R> {
    page: String,
    tab: Option<i32>,
    core: RefCell<delivery::PagePort<R>>,
    /// What `page.js` has connected, until it is taken over.
    early: RefCell<Option<EarlyConnection>>,
    port: RefCell<Option<(u32, Port)>>,
    timer: RefCell<Option<Timeout>>,
    waiting: RefCell<Vec<(OrderId, Then)>>,
}

impl<R: Clone + PartialEq> BackgroundPort<R> {
    /// Takes `early` over as soon as it is opened.
    pub(crate) fn new(early: EarlyConnection) -> Self {
        let name = early.port().name();
        let ConnectionName { page, tab, .. } = ConnectionName::parse(&name);
        Self {
            page: page.to_owned(),
            tab,
            core: RefCell::new(delivery::PagePort::new(random())),
            early: RefCell::new(Some(early)),
            port: RefCell::default(),
            timer: RefCell::default(),
            waiting: RefCell::default(),
        }
    }
}

/// Connects, and stays connected as long as the page lives.
pub(crate) fn open<S: Surface>(surface: &Rc<S>) {
    let steps = surface.background().core.borrow_mut().open(now());
    perform(surface, steps);
    let looked_at = Rc::clone(surface);
    let ask = move || {
        let steps = looked_at.background().core.borrow_mut().ask(now());
        perform(&looked_at, steps);
    };
    if let Some(document) = window().and_then(|window| window.document()) {
        let page = document.clone();
        let listener = EventListener::new(&document, "visibilitychange", move |_| {
            if page.visibility_state() == VisibilityState::Visible {
                ask();
            }
        });
        listener.forget();
    }
}

/// Sends what `control` stands for. The control shows that it is on its way; then, once the background has taken it in, `next` is
/// done. If it is given up, the control is as before and the page says so.
pub(crate) fn send<S: Surface>(surface: &Rc<S>, request: S::Request, control: &Element, next: impl FnOnce(&Rc<S>) + 'static) {
    let background = surface.background();
    let ordered = background.core.borrow_mut().order(now(), request);
    // Not new: another control has sent the same, and shows it.
    let Some((id, steps)) = ordered else { return };
    dom::set_flag(control, SENDING, true);
    let (sender, control) = (Rc::clone(surface), control.clone());
    let then = move |taken: bool| {
        sender.guard().draw(|| dom::set_flag(&control, SENDING, false));
        if taken {
            next(&sender);
        }
    };
    background.waiting.borrow_mut().push((id, Box::new(then)));
    perform(surface, steps);
}

fn perform<S: Surface>(surface: &Rc<S>, steps: Steps<S>) {
    let background = surface.background();
    let mut steps = VecDeque::from(steps);
    while let Some(step) = steps.pop_front() {
        match step {
            DeliveryStep::Connect { connection, heard } => match connect(surface, connection, heard) {
                Ok(early) => steps.extend(early),
                Err(_) => steps.extend(background.core.borrow_mut().disconnected(now(), connection)),
            },
            DeliveryStep::Post(message) => {
                let port = background.port.borrow().clone();
                if let Some((connection, port)) = port
                    && port.post(&message).is_err()
                {
                    steps.extend(background.core.borrow_mut().disconnected(now(), connection));
                }
            }
            DeliveryStep::Show(view) => surface.show(*view),
            DeliveryStep::Acknowledged(id) => settle(background, id, true),
            DeliveryStep::Failed(id) => settle(background, id, false),
            DeliveryStep::Unreachable => surface.say_unreachable(),
        }
    }
    set_timer(surface);
}

fn settle<R>(background: &BackgroundPort<R>, id: OrderId, taken: bool) {
    let place = background.waiting.borrow().iter().position(|(waiting, _)| *waiting == id);
    if let Some(place) = place {
        let (_, then) = background.waiting.borrow_mut().remove(place);
        then(taken);
    }
}

/// Makes a connection, or takes over the first one; gives out what follows from what `page.js` has heard over that.
fn connect<S: Surface>(surface: &Rc<S>, connection: u32, heard: u64) -> Result<Steps<S>, ApiError> {
    let background = surface.background();
    let early = background.early.take().filter(|early| !early.lost());
    let port = match &early {
        Some(early) => early.port(),
        None => runtime::connect(&ConnectionName { page: &background.page, tab: background.tab, heard }.write())?,
    };
    let hearing = Rc::clone(surface);
    port.on_message(move |message| {
        let steps = hear(&hearing, connection, message);
        perform(&hearing, steps);
    });
    let losing = Rc::clone(surface);
    port.on_disconnect(move || {
        let steps = losing.background().core.borrow_mut().disconnected(now(), connection);
        perform(&losing, steps);
    });
    let before = background.port.replace(Some((connection, port)));
    if let Some((_, before)) = before {
        before.disconnect();
    }
    let message = early.map(|early| early.heard()).filter(|message| !message.is_undefined());
    Ok(message.map(|message| hear(surface, connection, message)).unwrap_or_default())
}

fn hear<S: Surface>(surface: &Rc<S>, connection: u32, message: JsValue) -> Steps<S> {
    match decode::<ToPage<S::View>>(message) {
        Some(message) => surface.background().core.borrow_mut().heard(now(), connection, message, S::goes_on),
        // Not even our own background is believed to have said that.
        None => vec![DeliveryStep::Unreachable],
    }
}

fn set_timer<S: Surface>(surface: &Rc<S>) {
    let due = surface.background().core.borrow().due();
    let timer = due.map(|due| {
        let ticking = Rc::clone(surface);
        let left = u32::try_from(due.0.saturating_sub(now().0)).unwrap_or(u32::MAX);
        Timeout::new(left, move || {
            let steps = ticking.background().core.borrow_mut().tick(now());
            perform(&ticking, steps);
        })
    });
    // The timer that has just rung is let go of here, within its own call, which it survives.
    surface.background().timer.replace(timer);
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 2^53")]
fn random() -> u64 {
    (js_sys::Math::random() * 9_007_199_254_740_992.0) as u64
}
