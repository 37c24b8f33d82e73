//! Where Firefox is different, and what it takes to come to the same end: all of it was seen in Firefox 153. Nothing else in
//! this crate finds out which browser it is in.

use crate::removal::{self, DataTypeSet, RemovalOptions};
use crate::sys::runtime::{RUNTIME, Runtime};
use crate::{ApiError, management, tabs};

/// What its stores are called, and the store of every tab that is in no container.
const STORES: &str = "firefox-";
const DEFAULT_STORE: &str = "firefox-default";

/// Told by a function that only Firefox has.
pub fn is_here() -> bool {
    RUNTIME.with(Runtime::get_browser_info).is_some()
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
    tabs::find(tab).await.ok()?.cookie_store_id
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
/// - Caches that a page keeps (`caches`) and its private files are not removed at all; only the page itself can do it.
pub(crate) async fn remove(tab: i32, hostnames: &[String]) -> Result<(), ApiError> {
    let store = store_of(tab).await;
    let of_hosts = RemovalOptions { hostnames: Some(hostnames), ..RemovalOptions::default() };
    let in_container =
        RemovalOptions { hostnames: Some(hostnames), cookie_store_id: store.as_deref(), ..RemovalOptions::default() };
    let kept = DataTypeSet { cookies: true, local_storage: true, indexed_db: true, ..DataTypeSet::default() };
    removal::remove(&in_container, &kept).await?;
    removal::remove(&of_hosts, &DataTypeSet { service_workers: true, ..DataTypeSet::default() }).await?;
    removal::remove(&RemovalOptions::default(), &DataTypeSet { cache: true, ..DataTypeSet::default() }).await
}
