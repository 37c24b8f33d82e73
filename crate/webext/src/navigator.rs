//! What the browser says of itself and of its connection: [`navigator`](https://developer.mozilla.org/docs/Web/API/Navigator).

use serde::Deserialize;

use crate::sys::navigator::{NAVIGATOR, Navigator};
use crate::value::{decode, member};

/// What the browser calls itself in requests.
pub fn user_agent() -> String {
    NAVIGATOR.with(|navigator| navigator.user_agent()).unwrap_or_default()
}

/// The brands that the browser says it is of; none where it does not say.
pub fn brands() -> Vec<String> {
    #[derive(Deserialize)]
    struct Brand {
        brand: String,
    }
    let data = NAVIGATOR.with(Navigator::user_agent_data);
    let brands: Option<Vec<Brand>> = data.and_then(|data| decode(data.brands()));
    brands.unwrap_or_default().into_iter().map(|brand| brand.brand).collect()
}

/// Does the browser say that it has no connection at all?
pub fn is_offline() -> bool {
    NAVIGATOR.with(|navigator| !navigator.on_line())
}

/// The browser's own estimate of what the connection carries, in kilobits a second. `None` where it makes none.
///
/// Source: [`NetworkInformation.downlink`](https://developer.mozilla.org/docs/Web/API/NetworkInformation/downlink).
pub fn downlink() -> Option<u32> {
    let megabits = NAVIGATOR.with(Navigator::connection)?.downlink()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "browsers say at most some thousand megabits")]
    Some((megabits * 1000.0).clamp(0.0, 1e9) as u32)
}

/// Is there an object of this name, in the global object, the navigator, or beside the extension's own functions? Some
/// browsers have one that no other has.
pub fn has_object(name: &str) -> bool {
    let global = js_sys::global();
    ["navigator", "chrome"].iter().any(|place| member(&member(&global, place), name).is_object())
        || member(&global, name).is_object()
}
