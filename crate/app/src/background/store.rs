//! Reading and writing what is kept. A value that cannot be read is set aside under another key, never thrown away and
//! never in the way: starting always succeeds.

use readmit_core::packed::{Packed, pack, unpack};
use readmit_core::policy::Policy;
use readmit_core::stored::{self, CASES, CLEARING, ITEMS, Item, JAR, LEDGER, PINS, PURSUIT, QUIET, SETTINGS, Stored, Value};
use readmit_webext::ApiError;
use readmit_webext::storage::{self, Area};
use readmit_webext::value::member;
use wasm_bindgen::JsValue;

use super::border;

/// Everything that is kept; what is missing or unreadable is as if it never was.
pub(super) async fn read() -> Stored {
    let local = area_contents(Area::Local).await;
    let session = area_contents(Area::Session).await;
    Stored {
        ledger: kept(&local, LEDGER, border::ledger).await.unwrap_or_default(),
        pins: kept(&local, PINS, border::pins).await.unwrap_or_default(),
        pursuit: kept(&local, PURSUIT, border::pursuit).await,
        settings: kept(&local, SETTINGS, border::settings).await.unwrap_or_default(),
        quiet: kept(&local, QUIET, JsValue::as_bool).await.unwrap_or_default(),
        cases: kept(&session, CASES, unpacked).await.unwrap_or_default(),
        clearing: kept(&session, CLEARING, unpacked).await.unwrap_or_default(),
        jar: kept(&session, JAR, unpacked).await.unwrap_or_default(),
    }
}

/// Writes one value. What is on disk outlives this build and is written with names; what is in memory does not (an update
/// clears it) and is packed.
pub(super) async fn write(value: &Value) -> Result<(), ApiError> {
    let written = match value {
        Value::Ledger(ledger) => border::written_ledger(ledger),
        Value::Pins(pins) => border::written_pins(pins),
        Value::Pursuit(pursuit) => border::written_pursuit(pursuit.as_ref()),
        Value::Settings(settings) => border::written_settings(settings),
        Value::Quiet(quiet) => (*quiet).into(),
        Value::Cases(cases) => pack(cases).into(),
        Value::Clearing(clearing) => pack(clearing).into(),
        Value::Jar(jar) => pack(jar).into(),
    };
    let item = value.item();
    storage::set(area(item), item.key, border::envelope(item.version, written)).await
}

/// What the administrator laid down; nothing where the browser knows of none.
pub(super) async fn policy() -> Policy {
    storage::managed().await.map(|rules| Policy::of(border::rules(&rules))).unwrap_or_default()
}

/// Forgets everything.
pub(super) async fn erase() -> Result<(), ApiError> {
    storage::clear(Area::Session).await?;
    storage::clear(Area::Local).await
}

async fn area_contents(wanted: Area) -> JsValue {
    let keys: Vec<&str> = ITEMS.iter().filter(|item| area(**item) == wanted).map(|item| item.key).collect();
    storage::get(wanted, &keys).await.unwrap_or(JsValue::UNDEFINED)
}

fn unpacked<T: Packed>(value: &JsValue) -> Option<T> {
    unpack(&value.as_string()?)
}

async fn kept<T>(contents: &JsValue, item: Item, read: fn(&JsValue) -> Option<T>) -> Option<T> {
    let raw = member(contents, item.key);
    if raw.is_undefined() {
        return None;
    }
    let opened = border::opened(&raw, item.version);
    if opened.as_ref().is_some_and(JsValue::is_null) {
        return None;
    }
    let value = opened.and_then(|value| read(&value));
    if value.is_none() {
        // If even this cannot be written, the value stays where it is until the next save.
        let _ = storage::set(area(item), &[item.key, "-set-aside"].concat(), raw).await;
    }
    value
}

fn area(item: Item) -> Area {
    match item.area {
        stored::Area::Local => Area::Local,
        stored::Area::Session => Area::Session,
    }
}
