//! The popup's line to the background: what is asked over it and what is heard.

use std::rc::Rc;

use readmit_core::id::TabId;
use readmit_core::message::{Answer, PopupRequest, Push};
use readmit_core::packed::{pack, unpack};
use readmit_core::text::keys;
use wasm_bindgen::JsValue;

use super::{Popup, time};
use crate::line::Line;

pub(super) struct Connection {
    pub(super) tab: TabId,
    line: Line,
}

impl Connection {
    /// `early` is what `page.js` laid.
    pub(super) fn new(tab: TabId, early: JsValue) -> Self {
        Self { tab, line: Line::new(early) }
    }

    /// Tells the background something. `false` when there is no line.
    pub(super) fn send(&self, request: &PopupRequest) -> bool {
        self.line.send(&pack(request))
    }
}

/// Lays the line; the view comes over it by itself.
pub(super) fn open(popup: &Rc<Popup>) {
    let Some(connection) = popup.connection.get() else { return };
    let (hearing, losing) = (Rc::downgrade(popup), Rc::downgrade(popup));
    let hear = move |message: JsValue| {
        if let Some(popup) = hearing.upgrade() {
            hear(&popup, &message);
        }
    };
    let lose = move || {
        if let Some(popup) = losing.upgrade() {
            lost(&popup);
        }
    };
    if !connection.line.lay(hear, lose) {
        lost(popup);
    }
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
        Some(connection) if connection.line.lose(time::now()) => open(popup),
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
