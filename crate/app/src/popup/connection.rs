//! The line to the background. The worker at its other end may be stopped at any time: then the line is laid anew, and the
//! background, which keeps everything, sends the view again.

use std::cell::RefCell;
use std::rc::Rc;

use readmit_core::id::{TabId, Time};
use readmit_core::message::{Answer, PopupRequest, Push};
use readmit_core::packed::{pack, unpack};
use readmit_core::text::keys;
use readmit_webext::runtime::{self, Port};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::{Popup, time};

/// So many losses within [`WHILE`] are no chance any more.
const TOO_MANY: usize = 3;

/// In milliseconds.
const WHILE: u64 = 5000;

pub(super) struct Connection {
    pub(super) tab: TabId,
    port: RefCell<Option<Port>>,
    losses: RefCell<Vec<Time>>,
}

impl Connection {
    pub(super) fn new(tab: TabId) -> Self {
        Self { tab, port: RefCell::default(), losses: RefCell::default() }
    }

    /// Tells the background something. `false` when there is no line.
    pub(super) fn send(&self, request: &PopupRequest) -> bool {
        self.port.borrow().as_ref().is_some_and(|port| port.post(&pack(request)).is_ok())
    }

    /// Is it worth trying again?
    fn lose(&self, now: Time) -> bool {
        self.port.take();
        let mut losses = self.losses.borrow_mut();
        losses.retain(|loss| loss.0 + WHILE > now.0);
        losses.push(now);
        losses.len() < TOO_MANY
    }
}

/// Lays the line and asks for the view.
pub(super) fn open(popup: &Rc<Popup>) {
    let Some(connection) = popup.connection.get() else { return };
    let laid = runtime::connect(&["popup:", &connection.tab.0.to_string()].concat());
    if let Ok(port) = laid {
        let (hearing, losing) = (Rc::downgrade(popup), Rc::downgrade(popup));
        port.on_message(move |message| {
            if let Some(popup) = hearing.upgrade() {
                hear(&popup, &message);
            }
        });
        port.on_disconnect(move || {
            if let Some(popup) = losing.upgrade() {
                // Later, for the port whose end this is cannot go while it is telling so.
                spawn_local(async move { lost(&popup) });
            }
        });
        connection.port.replace(Some(port));
        if connection.send(&PopupRequest::Open) {
            return;
        }
    }
    lost(popup);
}

/// Tells the background something, over a new line if need be.
pub(super) fn send(popup: &Rc<Popup>, request: &PopupRequest) {
    let Some(connection) = popup.connection.get() else { return };
    if !connection.send(request) {
        open(popup);
        connection.send(request);
    }
}

fn hear(popup: &Rc<Popup>, message: &JsValue) {
    let shown = match unpack::<Answer<PopupRequest>>(&message.as_string().unwrap_or_default()) {
        Some(Push::View(view)) => popup.screen.borrow_mut().show(*view).is_ok(),
        None => false,
    };
    if !shown {
        give_up(popup);
    }
}

fn lost(popup: &Rc<Popup>) {
    match popup.connection.get() {
        Some(connection) if connection.lose(time::now()) => open(popup),
        _ => give_up(popup),
    }
}

/// Says that the background does not answer.
pub(super) fn give_up(popup: &Popup) {
    let mut screen = popup.screen.borrow_mut();
    let text = screen.words.of(&keys::problem_background());
    screen.keep_saying(&text);
    screen.stop_looking();
}
