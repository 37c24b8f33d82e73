//! Where Firefox is different, and what it takes to come to the same end: all of it was seen in Firefox 153. Nothing else in
//! this crate asks which browser it is in.

use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::value::{member, object, texts};
use crate::{ApiError, management, scripting, sys, tabs};

const YES: JsValue = JsValue::TRUE;

/// What its stores are called, and the store of every tab that is in no container.
const STORES: &str = "firefox-";
const DEFAULT_STORE: &str = "firefox-default";

/// Told by a function that only Firefox has.
pub fn is_here() -> bool {
    sys::RUNTIME.with(|runtime| member(runtime, "getBrowserInfo").is_function())
}

/// May extensions be switched? Chromium lets us, even where a policy forbids that we be switched ourselves. Firefox refuses it
/// unless a policy installed us, which is found out by trying: `own` is our id, we are on, so it changes nothing.
pub async fn may_switch(own: &str) -> Result<(), ApiError> {
    if is_here() { management::set_enabled(own, true).await } else { Ok(()) }
}

/// The name of the cookies that a tab uses: each container has its own. `None` in other browsers, which do not say.
pub async fn store_of(tab: i32) -> Option<String> {
    if !is_here() {
        return None;
    }
    tabs::find(tab).await.ok()?.store
}

/// Is this the store of some container's, whose cookies no request of the background's brings?
pub fn is_container(store: &str) -> bool {
    store.starts_with(STORES) && store != DEFAULT_STORE
}

/// Removes what these hosts keep in the container of `tab`.
///
/// - Without a store Firefox takes the cookies out of every container, and out of private windows.
/// - A store is refused together with caches and service workers.
/// - It takes host names for the cache too, and leaves that as it was: only the whole cache can be emptied.
/// - Caches that a page keeps (`caches`) and its private files are not removed at all; the page itself can do it.
pub(crate) async fn remove(tab: i32, hostnames: &[String]) -> Result<(), ApiError> {
    let store = store_of(tab).await;
    let store = ("cookieStoreId", store.as_deref().map_or(JsValue::UNDEFINED, JsValue::from_str));
    let hosts = || ("hostnames", texts(hostnames));
    let kept = object(&[("cookies", YES), ("localStorage", YES), ("indexedDB", YES)]);
    JsFuture::from(sys::remove_data(&object(&[hosts(), store]), &kept)?).await?;
    JsFuture::from(sys::remove_data(&object(&[hosts()]), &object(&[("serviceWorkers", YES)]))?).await?;
    JsFuture::from(sys::remove_data(&object(&[]), &object(&[("cache", YES)]))?).await?;
    // Where the tab shows something else there is nothing that could be asked; what is left is counted afterwards.
    let _ = scripting::run(tab, "clear_origin.js").await;
    Ok(())
}
