//! Reading and writing what is kept. What is to be done with a value is the core's decision; one that cannot be read is set
//! aside under another key, never thrown away and never in the way: starting always succeeds.

#[cfg(all(test, target_arch = "wasm32"))]
mod golden;

use std::cell::Cell;

use futures_util::future::join;
use js_sys::{Object, Promise, Reflect};
use readmit_core::feature::settings::policy::{Policy, Rules};
use readmit_core::store::{self, FaultKind, Item, Raw, StorageFault, Stored, Value};
use readmit_webext::storage::{self, Area};
use readmit_webext::value::{decode, encode, member};
use readmit_webext::{ApiError, time};
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

/// Milliseconds until a value has to be there, or written.
pub(super) const PATIENCE: u32 = 5_000;

/// Both areas.
#[derive(Debug, Default)]
pub(super) struct Store {
    /// Those that could not be read: what was not read is not written over.
    unread_local: Cell<bool>,
    unread_session: Cell<bool>,
}

impl Store {
    /// Everything that is kept; what is missing or unreadable is as if it never was. Both areas were asked for all they hold.
    pub(super) async fn read(&self, local: Promise, session: Promise) -> Stored {
        let mut storage_faults = Vec::new();
        let (local, session) = join(local_contents(local), contents(session)).await;
        let areas = Areas {
            local: self.known(Area::Local, local, &mut storage_faults),
            session: self.known(Area::Session, session, &mut storage_faults),
        };
        let (mut stored, damaged) = areas.read();
        for (item, kind) in damaged {
            if let Some(moved) = areas.aside(item) {
                // If even this cannot be written, the value stays where it is until the next save.
                let _ = set(area(item.area), moved).await;
            }
            storage_faults.push(StorageFault { key: item.key.to_owned(), kind });
        }
        storage_faults.retain(|new| !stored.storage_faults.contains(new));
        if !storage_faults.is_empty() {
            stored.storage_faults.append(&mut storage_faults);
            // Told now, and by the next worker too.
            let _ = self.write(vec![Value::StorageFault(stored.storage_faults.clone())]).await;
        }
        stored
    }

    /// Writes values, those of one area at once: none of them is there without the others.
    pub(super) async fn write(&self, values: Vec<Value>) -> Result<(), ApiError> {
        for (wanted, values) in store::in_writing_order(values) {
            let wanted = area(wanted);
            let items = written(&values)?;
            if self.unread(wanted).get() {
                return Err(ApiError::Refused("what was saved before could not be read".into()));
            }
            set(wanted, items).await?;
        }
        Ok(())
    }

    fn unread(&self, area: Area) -> &Cell<bool> {
        if area == Area::Local { &self.unread_local } else { &self.unread_session }
    }

    /// What lies in an area, or nothing, which is noted.
    fn known(&self, area: Area, contents: Option<JsValue>, storage_faults: &mut Vec<StorageFault>) -> JsValue {
        contents.unwrap_or_else(|| {
            self.unread(area).set(true);
            storage_faults.push(StorageFault { key: "storage".to_owned(), kind: FaultKind::Unreadable });
            JsValue::UNDEFINED
        })
    }
}

/// All that lies in an area; `None` when it cannot be read.
async fn contents(asked: Promise) -> Option<JsValue> {
    time::within(PATIENCE, async { Ok(asked.await?) }).await.ok().filter(JsValue::is_object)
}

/// The same for what outlives the browser, which may lie elsewhere.
async fn local_contents(asked: Promise) -> Option<JsValue> {
    let found = contents(asked).await?;
    time::within(PATIENCE, storage::local(found)).await.ok()
}

/// What the administrator laid down; nothing where the browser knows of none.
pub(super) async fn policy(rules: impl Future<Output = Result<JsValue, ApiError>>) -> Policy {
    let rules: Option<Rules> = time::within(PATIENCE, rules).await.ok().and_then(decode);
    rules.map(Policy::of).unwrap_or_default()
}

/// Forgets everything, what was set aside included.
pub(super) async fn erase() -> Result<(), ApiError> {
    storage::clear(Area::Session).await?;
    storage::clear(Area::Local).await
}

/// All that lies in both areas.
struct Areas {
    local: JsValue,
    session: JsValue,
}

impl Areas {
    fn read(&self) -> (Stored, Vec<(Item, FaultKind)>) {
        Stored::read(|item| Found(member(self.of(item), item.key)))
    }

    /// What is to be written so that a damaged value is set aside: both at once, so that it is neither lost nor in the way. `None`
    /// when there is no place left.
    fn aside(&self, item: Item) -> Option<JsValue> {
        let contents = self.of(item);
        let place = item.places_aside().into_iter().find(|key| member(contents, key).is_undefined())?;
        Some(items([(place.as_str(), member(contents, item.key)), (item.key, JsValue::NULL)]))
    }

    fn of(&self, item: Item) -> &JsValue {
        match item.area {
            store::Area::Local => &self.local,
            store::Area::Session => &self.session,
        }
    }
}

/// What was found at a value's place; `undefined` where there is nothing.
struct Found(JsValue);

impl Raw for Found {
    fn decode<T: DeserializeOwned>(&self) -> Option<T> {
        decode(self.0.clone())
    }
}

/// Values as an area is told to write them.
fn written(values: &[Value]) -> Result<JsValue, ApiError> {
    let envelopes: Result<Vec<_>, _> = values.iter().map(|value| Ok((value.item().key, encode(&value.envelope())?))).collect();
    envelopes.map(items)
}

/// An object as areas take it. Its keys are only known when it is made, so no type of ours has them.
fn items<'a>(members: impl IntoIterator<Item = (&'a str, JsValue)>) -> JsValue {
    let items = Object::new();
    for (key, value) in members {
        // Setting a member of a fresh plain object cannot fail.
        let _ = Reflect::set(&items, &key.into(), &value);
    }
    items.into()
}

async fn set(area: Area, items: JsValue) -> Result<(), ApiError> {
    time::within(PATIENCE, storage::set(area, items)).await
}

fn area(area: store::Area) -> Area {
    match area {
        store::Area::Local => Area::Local,
        store::Area::Session => Area::Session,
    }
}
