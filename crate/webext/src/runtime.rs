//! [`runtime`](https://developer.chrome.com/docs/extensions/reference/api/runtime): who we are, and talking to ourselves.

use serde::Serialize;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};

use crate::ApiError;
use crate::sys::runtime as sys;
pub use crate::sys::runtime::Port;
use crate::value::encode;

#[derive(Serialize)]
struct ConnectInfo<'a> {
    name: &'a str,
}

/// Our own id.
pub fn id() -> String {
    sys::ID.with(Clone::clone)
}

/// The full address of a file of ours.
pub fn url(path: &str) -> String {
    sys::get_url(path)
}

/// Connects to the background.
pub fn connect(name: &str) -> Result<Port, ApiError> {
    Ok(sys::connect(&encode(&ConnectInfo { name })?)?)
}

impl Port {
    /// Sends a message. Fails when the other end is known to be gone; that it does not fail proves nothing.
    pub fn post(&self, message: &impl Serialize) -> Result<(), ApiError> {
        Ok(self.post_message(&encode(message)?)?)
    }

    /// Calls `listener` with each message, for as long as the page lives.
    pub fn on_message(&self, listener: impl FnMut(JsValue) + 'static) {
        let listener: Closure<dyn FnMut(JsValue)> = Closure::new(listener);
        self.message_event().add_listener(listener.as_ref().unchecked_ref());
        listener.forget();
    }

    /// Calls `listener` when the other end is gone.
    pub fn on_disconnect(&self, listener: impl FnMut() + 'static) {
        let listener: Closure<dyn FnMut()> = Closure::new(listener);
        self.disconnect_event().add_listener(listener.as_ref().unchecked_ref());
        listener.forget();
    }
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::{check_calls, chromium, throws};

    #[wasm_bindgen_test]
    fn a_port_has_a_name_and_takes_messages() {
        chromium();
        throws("runtime.connect", "Extension context invalidated.");
        assert_eq!(connect("popup:3").err(), Some(ApiError::Refused("Extension context invalidated.".into())));
        check_calls(&json!([["runtime.connect", { "name": "popup:3" }]]));
    }
}
