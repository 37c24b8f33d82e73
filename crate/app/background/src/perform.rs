//! Each effect, and the answer it brings back. The shell's whole job, in one match.

use std::pin::Pin;
use std::rc::Rc;

use futures_util::future::{join, join_all};
use js_sys::Function;
use readmit_core::base::host::Host;
use readmit_core::base::id::{TabId, Time};
use readmit_core::base::text::Text;
use readmit_core::feature::clear_data::clearing::Inventory;
use readmit_core::feature::clear_data::cookie::Cookie;
use readmit_core::feature::clear_data::{Query, Scope, Site, Strength};
use readmit_core::feature::settings::watched::Watched;
use readmit_core::protocol::effect::{Effect, Event, TabSnapshot};
use readmit_core::protocol::message::Classified;
use readmit_core::view::{GlobalBadge, NEEDED, TabBadge};
use readmit_webext::permissions::Permissions;
use readmit_webext::scripting::{ContentScript, RunAt};
use readmit_webext::tabs::OpenTab;
use readmit_webext::{
    ApiError, action, alarms, browsing_data, cookies, firefox, i18n, management, navigator, notifications, permissions, runtime,
    scripting, tabs, time, zone,
};
use serde::Serialize;
use serde::de::IgnoredAny;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{Shell, convert, failure, http, snapshot, store};

/// The content script proper.
const CONTENT_SCRIPT: &str = "content.js";

/// What runs in every page of the sites that we have access to: the same files as in the manifest.
const CONTENT_SCRIPTS: [&str; 2] = [CONTENT_SCRIPT, "forms.js"];

/// Milliseconds after which the other tabs get the content script even if a visible one has not answered, and after which no
/// answer is waited for. The scripts run all the same when the browser gets to it.
const VISIBLE_PATIENCE: u32 = 500;
const HIDDEN_PATIENCE: u32 = 5_000;

/// The color of the badge of a blocked page.
const BLOCKED_COLOR: &str = "#b3261e";

/// Milliseconds below which an alarm may not be kept to.
const SHORTEST_ALARM: f64 = 29_000.0;

/// Performs a batch: saves in order and to the end, everything else begun in order. What is only to be read before anything else
/// is done does not wait for what is saved.
pub(super) async fn batch(shell: &Rc<Shell>, effects: Vec<Effect>) {
    let (saves, mut reads): (Vec<_>, Vec<_>) = effects.into_iter().partition(|effect| matches!(effect, Effect::Save(_)));
    let leading = reads.iter().position(|effect| !effect.only_reads()).unwrap_or(reads.len());
    let others = reads.split_off(leading);
    let mut unsaved = None;
    for effect in [reads, saves, others].into_iter().flatten() {
        if let Effect::Save(values) = effect {
            if let Err(error) = shell.store.write(values).await {
                unsaved = Some(failure(&error));
            }
            continue;
        }
        let unsaved = unsaved.as_ref().filter(|_| effect.changes_browser());
        if let Some(event) = unsaved.and_then(|failure| effect.unanswered(failure.clone())) {
            shell.dispatch(event);
            continue;
        }
        let shell = Rc::clone(shell);
        spawn_local(async move {
            if let Some(event) = in_time(&shell, effect).await {
                shell.dispatch(event);
            }
        });
    }
}

/// The browser's answer, or that there was none.
async fn in_time(shell: &Shell, effect: Effect) -> Option<Event> {
    let Some(patience) = effect.patience() else {
        return one(shell, effect).await;
    };
    let unanswered = effect.unanswered(failure(&ApiError::Timeout));
    time::within(patience, async { Ok(one(shell, effect).await) }).await.unwrap_or(unanswered)
}

/// Each arm is a future of its own: the browser compiles a function when it is first called, and one that held all of them would
/// be the longest of all.
fn one(shell: &Shell, effect: Effect) -> Pin<Box<dyn Future<Output = Option<Event>> + '_>> {
    match effect {
        // Performed by `batch`, which alone knows the order.
        Effect::Save(_) => Box::pin(async move { None }),
        Effect::List => Box::pin(async move { Some(Event::Listed(management::all().await.map_err(|error| failure(&error)))) }),
        Effect::Switch { id, on } => Box::pin(async move {
            let answer = management::set_enabled(id.as_str(), on).await.map_err(|error| failure(&error));
            Some(Event::Switched { id, on, answer })
        }),
        Effect::Look { tab, site } => Box::pin(async move {
            let (allowed, snapshot) = snapshot::look(tab, site.as_ref()).await;
            let grants = snapshot::grants(allowed, tab, &snapshot).await;
            Some(Event::Looked { tab, snapshot, grants })
        }),
        Effect::Reload { tab, site, before, reopens, pause } => Box::pin(async move {
            time::sleep(pause).await;
            Some(reloaded(tab, snapshot::reload_and_look(tab, &site, before, reopens).await).await)
        }),
        Effect::Await { tab, site, before } => {
            Box::pin(async move { Some(reloaded(tab, snapshot::await_load(tab, &site, before).await).await) })
        }
        Effect::Badge { tab, badge } => Box::pin(show_badge(tab, badge)),
        Effect::TellResult { tab, site, headline, detail } => Box::pin(async move {
            // Where it cannot be told, there is the mark on the button.
            let _ = tell_result(tab, &site, &ToldResult { headline, detail }).await;
            None
        }),
        Effect::ShowBanner { tab, banner } => Box::pin(async move {
            // Where no page of ours is refused there is no banner to change.
            let _ = tabs::tell(tab.0, &Classified { banner: Some(banner), runs: false, hidden: false }).await;
            None
        }),
        Effect::OpenPopup { tab, window } => Box::pin(async move {
            let answer = action::open_popup(window.0).await.map_err(|error| failure(&error));
            Some(Event::PopupOpened { tab, answer })
        }),
        Effect::OpenPopupTab { tab } => Box::pin(async move {
            let address = [runtime::url("popup/popup.html?tab="), tab.0.to_string()].concat();
            // Without a window to put it in there is nobody to show it to.
            let _ = tabs::create(&address).await;
            None
        }),
        Effect::TakeInventory { tab, queries } => {
            Box::pin(async move { Some(Event::Inventoried(inventory(tab, &queries).await.map_err(|error| failure(&error)))) })
        }
        Effect::RemoveData { tab, scope } => {
            Box::pin(async move { Some(Event::Removed(remove_data(tab, &scope).await.map_err(|error| failure(&error)))) })
        }
        Effect::RemoveCookies(cookies) => {
            Box::pin(async move { Some(Event::Removed(remove_cookies(&cookies).await.map_err(|error| failure(&error)))) })
        }
        Effect::RestoreCookies(cookies) => Box::pin(async move { Some(Event::Restored(restore_cookies(&cookies).await)) }),
        Effect::Fetch { tab, purpose, url } => {
            Box::pin(async move { Some(Event::Fetched { tab, purpose, answer: http::fetch(tab, purpose, &url).await }) })
        }
        Effect::FetchStatus { tab, provider } => {
            Box::pin(async move { Some(Event::StatusFetched { tab, provider, documents: http::status(provider).await }) })
        }
        Effect::TimeRequests { tab, url } => Box::pin(async move {
            let samples = http::time_requests(&url).await;
            Some(Event::Timed { tab, samples, kilobits: navigator::downlink() })
        }),
        Effect::CompareZone { tab, country } => {
            Box::pin(async move { Some(Event::ZoneCompared { tab, fits: zone::fits(country.as_str()) }) })
        }
        Effect::MeasureCookies { tab, host, queries } => {
            Box::pin(async move { Some(measure_cookies(tab, &host, &queries).await) })
        }
        Effect::CheckAvailability { host, url } => {
            Box::pin(async move { Some(Event::AvailabilityChecked { host, answer: http::check_availability(&url).await }) })
        }
        Effect::Notify { host, title, body } => Box::pin(async move {
            // Without leave there is the button.
            let _ = notify(&host, &[title, body]).await;
            Some(Event::Notified(host))
        }),
        Effect::GlobalBadge(badge) => Box::pin(show_global_badge(badge)),
        Effect::Visit { host } => Box::pin(async move {
            let _ = notifications::clear(host.as_str()).await;
            // Without a window to put it in there is nobody to show it to.
            let _ = visit(&host).await;
            None
        }),
        // Without an answer nothing is changed: what was registered stays.
        Effect::ReadGrants => Box::pin(async move { permissions::all().await.ok().map(granted) }),
        Effect::Watch { watched, banner } => Box::pin(async move {
            watch(&watched, banner).await;
            None
        }),
        Effect::EnterOpenTabs { patterns, banner } => Box::pin(enter_open_tabs(patterns, banner)),
        Effect::Erase(watched) => {
            Box::pin(async move { Some(Event::Erased(erase(&watched).await.map_err(|error| failure(&error)))) })
        }
        Effect::Uninstall => {
            Box::pin(async move { management::uninstall_self().await.err().map(|error| Event::UninstallFailed(failure(&error))) })
        }
        Effect::WakeAt(time) => Box::pin(wake_at(time)),
        Effect::Acknowledge(id) => Box::pin(async move {
            shell.acknowledge(id);
            None
        }),
        Effect::Reply { to, answer } => Box::pin(async move {
            shell.reply(to, &answer);
            None
        }),
    }
}

/// `Result` in `content/result.js`.
#[derive(Serialize)]
struct ToldResult {
    headline: Text,
    detail: Option<Text>,
}

/// Has the content script tell it.
async fn tell_result(tab: TabId, site: &Site, result: &ToldResult) -> Result<(), ApiError> {
    if !snapshot::shows(tab, site).await {
        return Ok(());
    }
    let json = serde_json::to_string(result).unwrap_or_default();
    scripting::call::<IgnoredAny>(tab.0, KEEP_RESULT.with(Clone::clone), &[&json]).await?;
    scripting::run_all(tab.0, &[CONTENT_SCRIPT]).await
}

// Bundled like `http::REFETCH`.
#[cfg_attr(not(test), wasm_bindgen(raw_module = "../keep_result.js"))]
#[cfg_attr(test, wasm_bindgen)]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = keepResult)]
    static KEEP_RESULT: Function;
}

async fn show_badge(tab: TabId, badge: TabBadge) -> Option<Event> {
    let title: Vec<String> = badge.title.iter().map(|text| i18n::message(&text.key, &text.args)).collect();
    // The tab may be gone; then there is nothing to set.
    let _ = action::set_title(Some(tab.0), &title.join(" · ")).await;
    let _ = action::set_badge(Some(tab.0), &badge.text, BLOCKED_COLOR).await;
    None
}

async fn show_global_badge(badge: GlobalBadge) -> Option<Event> {
    let title = badge.title();
    // A browser that cannot show it still has the popup.
    let _ = action::set_title(None, &i18n::message(&title.key, &title.args)).await;
    let _ = action::set_badge(None, badge.text(), badge.color()).await;
    None
}

fn granted(permissions: Permissions) -> Event {
    let notifies = permissions.notifies();
    Event::Granted { origins: permissions.origins, notifies }
}

/// On watched sites. On OpenAI's hosts the manifest says so.
const WATCHED: ContentScript = ContentScript { id: "watched", files: &CONTENT_SCRIPTS, run_at: RunAt::DocumentEnd };

/// Tells the content script, before it runs, that the banner is turned off.
const NO_BANNER: ContentScript = ContentScript { id: "no-banner", files: &["no_banner.js"], run_at: RunAt::DocumentStart };

async fn watch(watched: &Watched, banner: bool) {
    let silent: Vec<String> = if banner {
        Vec::new()
    } else {
        NEEDED.iter().map(|&needed| needed.to_owned()).chain(watched.patterns().iter().cloned()).collect()
    };
    // Where the browser does neither, the toolbar button works all the same.
    let _ = scripting::register(WATCHED, watched.patterns(), &NEEDED).await;
    let _ = scripting::register(NO_BANNER, &silent, &[]).await;
}

/// Runs the content script in all tabs that show a page of these sites: in the visible ones first, because someone may be
/// looking at a blocked page. A tab that does not answer holds up no other.
async fn enter_open_tabs(patterns: Vec<String>, banner: bool) -> Option<Event> {
    let before: &[&str] = if banner { &[] } else { NO_BANNER.files };
    let files = &[before, WATCHED.files].concat();
    let open = tabs::all_showing(&patterns).await.unwrap_or_default();
    let (visible, others): (Vec<_>, Vec<_>) = open.iter().filter(|tab| !tab.discarded).partition(|tab| tab.active);
    for (tabs, patience) in [(visible, VISIBLE_PATIENCE), (others, HIDDEN_PATIENCE)] {
        let entries = join_all(tabs.into_iter().map(|tab: &OpenTab| scripting::run_all(tab.id, files)));
        // An error page, a tab that is closed, a page that never ends to load: there is nothing to be done about a single tab.
        let _ = time::within(patience, async { Ok(entries.await) }).await;
    }
    Some(Event::EnteredOpenTabs { patterns })
}

async fn wake_at(time: Time) -> Option<Event> {
    // Without an alarm the cookies are forgotten at the next event, or with the browser.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
    let when = time.0 as f64;
    let _ = alarms::set("wake", when).await;
    // An alarm may be rounded up to half a minute; a worker that lives so long anyway is punctual.
    let left = when - time::now();
    if left > SHORTEST_ALARM {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "less than half a minute, and not negative")]
    time::sleep(left.max(0.0) as u32).await;
    Some(Event::Woken)
}

async fn notify(host: &Host, said: &[Text; 2]) -> Result<(), ApiError> {
    let [title, body] = said.each_ref().map(|text| i18n::message(&text.key, &text.args));
    notifications::show(host.as_str(), &runtime::url("icons/128.png"), &title, &body).await
}

async fn visit(host: &Host) -> Result<(), ApiError> {
    let address = ["https://", host.as_str(), "/"].concat();
    match tabs::showing(&[&address, "*"].concat()).await {
        Some(tab) => tabs::show(&tab).await,
        None => tabs::create(&address).await,
    }
}

async fn reloaded(tab: TabId, snapshot: TabSnapshot) -> Event {
    let grants = snapshot::grants(snapshot::is_allowed().await, tab, &snapshot).await;
    Event::Reloaded { tab, snapshot, grants }
}

async fn erase(watched: &Watched) -> Result<(), ApiError> {
    store::erase().await?;
    if !watched.patterns().is_empty() {
        permissions::remove(watched.patterns()).await?;
    }
    permissions::remove_notifications().await?;
    Ok(())
}

async fn inventory(tab: TabId, queries: &[Query]) -> Result<Inventory, ApiError> {
    // Only a page of the site itself can count what is stored there; without one the cookies have to do.
    let count = async {
        match tabs::find(tab.0).await.ok()?.url.and_then(|url| Host::of_url(&url)) {
            Some(host) if queries.iter().any(|query| query.covers(&host)) => scripting::run(tab.0, "inventory.js").await.ok(),
            _ => None,
        }
    };
    let (cookies, stored) = join(cookies_of(tab, queries), count).await;
    Ok(Inventory { cookies: cookies?, stored })
}

async fn remove_data(tab: TabId, scope: &Scope) -> Result<(), ApiError> {
    browsing_data::remove(tab.0, &scope.origins, &scope.hostnames).await?;
    if firefox::is_here() {
        clear_origin(tab, scope).await;
    }
    Ok(())
}

/// Lets the page of a cleared host remove what only itself can. The function compares the host once more: the tab may show
/// another page by now. What is left is counted afterwards.
async fn clear_origin(tab: TabId, scope: &Scope) {
    let hostnames: Vec<&str> = scope.hostnames.iter().map(String::as_str).collect();
    let _ = scripting::call::<IgnoredAny>(tab.0, CLEAR_ORIGIN.with(Clone::clone), &hostnames).await;
}

// Bundled like `http::REFETCH`.
#[cfg_attr(not(test), wasm_bindgen(raw_module = "../clear_origin.js"))]
#[cfg_attr(test, wasm_bindgen)]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = clearOrigin)]
    static CLEAR_ORIGIN: Function;
}

async fn cookies_of(tab: TabId, queries: &[Query]) -> Result<Vec<Cookie>, ApiError> {
    let store = firefox::store_of(tab.0).await;
    let ask = async |query: &Query| -> Result<Vec<Cookie>, ApiError> {
        match query {
            Query::Domain(domain) => cookies::of_domain(domain, store.as_deref()).await,
            Query::Host(host) => cookies::of_url(&["https://", host.as_str(), "/"].concat(), store.as_deref()).await,
        }
    };
    let mut all: Vec<Cookie> = Vec::new();
    for found in join_all(queries.iter().map(ask)).await {
        all.extend(found?);
    }
    Ok(all)
}

async fn measure_cookies(tab: TabId, host: &Host, queries: &[Query]) -> Event {
    let Ok(mut all) = cookies_of(tab, queries).await else {
        return Event::CookiesMeasured { tab, clearance_cookie: None, bytes: None, partitioned: false };
    };
    all.retain(|cookie| host.is_within(cookie.domain.trim_start_matches('.')));
    // `name=value; `
    let bytes: usize = all.iter().map(|cookie| cookie.name.len() + cookie.value.len() + 3).sum();
    // Neither a partition's nor a container's go along with a request of the worker's.
    let left_behind = |cookie: &Cookie| cookie.partition_key.is_some() || firefox::is_container(&cookie.store_id);
    let partitioned = all.iter().any(left_behind);
    let clearance_cookie = Some(all.iter().any(|cookie| Strength::CloudflareCheck.takes(cookie)));
    Event::CookiesMeasured { tab, clearance_cookie, bytes: u32::try_from(bytes).ok(), partitioned }
}

async fn remove_cookies(all: &[Cookie]) -> Result<(), ApiError> {
    let remove = async |cookie| cookies::remove(&convert::cookie_details(cookie)).await;
    join_all(all.iter().map(remove)).await.into_iter().collect()
}

/// One that the browser will not take back does not keep the others from coming back.
async fn restore_cookies(all: &[Cookie]) -> u32 {
    let restore = async |cookie| cookies::set(&convert::set_details(cookie)).await == Ok(true);
    let taken = join_all(all.iter().map(restore)).await.into_iter().filter(|taken| *taken).count();
    u32::try_from(taken).unwrap_or(u32::MAX)
}
