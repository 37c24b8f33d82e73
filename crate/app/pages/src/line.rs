//! The line from a page of ours to the background. The worker at its other end may be stopped at any time: then the line is
//! laid anew, and the background, which keeps everything, sends the view again. What is said over it is the page's business.

use std::cell::RefCell;

use readmit_core::id::Time;
use readmit_webext::runtime::{self, Port};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// So many losses within [`WHILE`] are no chance any more.
const TOO_MANY: usize = 3;

/// In milliseconds.
const WHILE: u64 = 5000;

pub(crate) struct Line {
    name: String,
    port: RefCell<Option<Port>>,
    losses: RefCell<Vec<Time>>,
}

impl Line {
    /// `name` tells the background who calls.
    pub(crate) fn new(name: String) -> Self {
        Self { name, port: RefCell::default(), losses: RefCell::default() }
    }

    /// Lays it. `false` when there is nobody at the other end.
    pub(crate) fn lay(&self, hear: impl FnMut(JsValue) + 'static, lost: impl Fn() + Clone + 'static) -> bool {
        let Ok(port) = runtime::connect(&self.name) else { return false };
        port.on_message(hear);
        port.on_disconnect(move || {
            let lost = lost.clone();
            // Later, for the port whose end this is cannot go while it is telling so.
            spawn_local(async move { lost() });
        });
        self.port.replace(Some(port));
        true
    }

    /// Says something. `false` when there is no line.
    pub(crate) fn send(&self, text: &str) -> bool {
        self.port.borrow().as_ref().is_some_and(|port| port.post(text).is_ok())
    }

    /// It is lost. Is it worth trying again?
    pub(crate) fn lose(&self, now: Time) -> bool {
        self.port.take();
        let mut losses = self.losses.borrow_mut();
        losses.retain(|loss| loss.0 + WHILE > now.0);
        losses.push(now);
        losses.len() < TOO_MANY
    }
}
