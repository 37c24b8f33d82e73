//! [`runtime`](https://developer.chrome.com/docs/extensions/reference/api/runtime): who we are, and talking to ourselves.

use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;

use crate::value::{encode, list, member, object};
use crate::{ApiError, sys};

/// Our own id.
pub fn id() -> String {
    sys::RUNTIME_ID.with(Clone::clone)
}

/// The full address of a file of ours.
pub fn url(path: &str) -> String {
    sys::get_url(path)
}

/// What the browser calls itself in requests.
pub fn user_agent() -> String {
    member(&member(&js_sys::global(), "navigator"), "userAgent").as_string().unwrap_or_default()
}

/// The brands that the browser says it is of; none where it does not say.
pub fn brands() -> Vec<String> {
    let data = member(&member(&js_sys::global(), "navigator"), "userAgentData");
    list(&member(&data, "brands"), |brand| member(brand, "brand").as_string()).unwrap_or_default()
}

/// Is there an object of this name, in the global object, the navigator, or beside the extension's own functions? Some
/// browsers have one that no other has.
pub fn has_object(name: &'static str) -> bool {
    let global = js_sys::global();
    ["navigator", "chrome"].iter().any(|place| member(&member(&global, place), name).is_object())
        || member(&global, name).is_object()
}

/// Connects to the background.
pub fn connect(name: &str) -> Result<Port, ApiError> {
    Ok(Port(sys::connect(&object(&[("name", name.into())]))?))
}

/// One end of a connection.
#[derive(Clone, Debug)]
pub struct Port(sys::Port);

impl Port {
    /// The end that the browser handed to a listener.
    pub fn from_js(port: JsValue) -> Self {
        Self(wasm_bindgen::JsCast::unchecked_into(port))
    }

    /// What the other end called it.
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// Who opened it, as the browser says.
    pub fn sender(&self) -> JsValue {
        self.0.sender()
    }

    /// Sends a message. Fails when the other end is known to be gone; that it does not fail proves nothing.
    pub fn post(&self, message: &impl Serialize) -> Result<(), ApiError> {
        Ok(self.0.post_message(&encode(message)?)?)
    }

    /// Ends the connection.
    pub fn disconnect(&self) {
        self.0.disconnect();
    }

    /// Calls `listener` with each message, for as long as the page lives.
    pub fn on_message(&self, listener: impl FnMut(JsValue) + 'static) {
        let listener: Closure<dyn FnMut(JsValue)> = Closure::new(listener);
        self.0.on_message().add_listener(wasm_bindgen::JsCast::unchecked_ref(listener.as_ref()));
        listener.forget();
    }

    /// Calls `listener` when the other end is gone.
    pub fn on_disconnect(&self, listener: impl FnMut() + 'static) {
        let listener: Closure<dyn FnMut()> = Closure::new(listener);
        self.0.on_disconnect().add_listener(wasm_bindgen::JsCast::unchecked_ref(listener.as_ref()));
        listener.forget();
    }
}
