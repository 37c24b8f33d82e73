//! The line from a page of ours to the background, which sends the view over it as soon as it is laid. `page.js` lays the first
//! one, before this module is there. The worker at its other end may be stopped at any time: then the line is laid anew, and the
//! background, which keeps everything, sends the view again. What is said over it is the page's business.

use std::cell::{Cell, RefCell};

use readmit_core::id::Time;
use readmit_webext::runtime::{self, Port};
use readmit_webext::value::member;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// So many losses within [`WHILE`] are no chance any more.
const TOO_MANY: usize = 3;

/// In milliseconds.
const WHILE: u64 = 5000;

pub(crate) struct Line {
    name: String,
    /// What `page.js` laid, until it is taken over.
    early: Cell<JsValue>,
    port: RefCell<Option<Port>>,
    losses: RefCell<Vec<Time>>,
}

impl Line {
    /// `early` is the line that `page.js` laid: its port, the last message it `heard`, and whether it is `lost`.
    pub(crate) fn new(early: JsValue) -> Self {
        let name = Port::from_js(member(&early, "port")).name();
        Self { name, early: Cell::new(early), port: RefCell::default(), losses: RefCell::default() }
    }

    /// Lays it, and takes over the first. `false` when there is nobody at the other end.
    pub(crate) fn lay(&self, mut hear: impl FnMut(JsValue) + 'static, lost: impl Fn() + Clone + 'static) -> bool {
        let early = self.early.take();
        let port = if member(&early, "lost").as_bool() == Some(false) {
            Port::from_js(member(&early, "port"))
        } else {
            let Ok(port) = runtime::connect(&self.name) else { return false };
            port
        };
        let heard = member(&early, "heard");
        if !heard.is_undefined() {
            hear(heard);
        }
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
