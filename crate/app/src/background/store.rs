//! Reading and writing what is kept. A value that cannot be read is set aside under another key, never thrown away and
//! never in the way: starting always succeeds.

use readmit_core::stored::{self, CASES, CLEARING, Envelope, ITEMS, Item, JAR, LEDGER, Stored, Value};
use readmit_webext::ApiError;
use readmit_webext::storage::{self, Area};
use readmit_webext::value::{from_js, member, pack, unpack};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

/// Everything that is kept; what is missing or unreadable is as if it never was.
pub(super) async fn read() -> Stored {
    let local = area_contents(Area::Local).await;
    let session = area_contents(Area::Session).await;
    Stored {
        ledger: lasting(&local, LEDGER).await.unwrap_or_default(),
        cases: passing(&session, CASES).await.unwrap_or_default(),
        clearing: passing(&session, CLEARING).await.unwrap_or_default(),
        jar: passing(&session, JAR).await.unwrap_or_default(),
    }
}

/// Writes one value. What is on disk outlives this build and is written with names; what is in memory does not (an update
/// clears it) and is packed.
pub(super) async fn write(value: &Value) -> Result<(), ApiError> {
    match value {
        Value::Ledger(ledger) => {
            let envelope = Envelope { version: LEDGER.version, value: ledger };
            storage::set(Area::Local, LEDGER.key, &envelope).await
        }
        Value::Cases(cases) => write_packed(CASES, pack(cases)?).await,
        Value::Clearing(clearing) => write_packed(CLEARING, pack(clearing)?).await,
        Value::Jar(jar) => write_packed(JAR, pack(jar)?).await,
    }
}

async fn write_packed(item: Item, value: String) -> Result<(), ApiError> {
    storage::set(Area::Session, item.key, &Envelope { version: item.version, value }).await
}

async fn area_contents(wanted: Area) -> JsValue {
    let keys: Vec<&str> = ITEMS.iter().filter(|item| area(**item) == wanted).map(|item| item.key).collect();
    storage::get(wanted, &keys).await.unwrap_or(JsValue::UNDEFINED)
}

async fn lasting<T: DeserializeOwned>(contents: &JsValue, item: Item) -> Option<T> {
    let raw = member(contents, item.key);
    if raw.is_undefined() {
        return None;
    }
    match from_js::<Envelope<T>>(raw.clone()) {
        Ok(envelope) if envelope.version == item.version => Some(envelope.value),
        // From a newer version, or damaged.
        _ => set_aside(item, &raw).await,
    }
}

async fn passing<T: DeserializeOwned>(contents: &JsValue, item: Item) -> Option<T> {
    let raw = member(contents, item.key);
    if raw.is_undefined() {
        return None;
    }
    let envelope = from_js::<Envelope<String>>(raw.clone()).ok().filter(|envelope| envelope.version == item.version);
    match envelope.and_then(|envelope| unpack(&envelope.value).ok()) {
        Some(value) => Some(value),
        None => set_aside(item, &raw).await,
    }
}

async fn set_aside<T>(item: Item, raw: &JsValue) -> Option<T> {
    // If even this cannot be written, the value stays where it is until the next save.
    let _ = storage::set_raw(area(item), &[item.key, "-set-aside"].concat(), raw).await;
    None
}

fn area(item: Item) -> Area {
    match item.area {
        stored::Area::Local => Area::Local,
        stored::Area::Session => Area::Session,
    }
}
