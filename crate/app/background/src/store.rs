//! Reading and writing what is kept. What is to be done with a value is the core's decision; one that cannot be read is set
//! aside under another key, never thrown away and never in the way: starting always succeeds.

use std::cell::Cell;

use js_sys::{Promise, Reflect};
use readmit_core::packed::{Packed, pack, unpack};
use readmit_core::policy::Policy;
use readmit_core::stored::{
    self, CASES, CHALLENGES, CLEARING, Damage, INBOX, Item, JAR, LEAVING, LEDGER, LOOKOUTS, MEMORY, PINS, PURSUIT, QUIET,
    SETTINGS, Stored, TROUBLE, Trouble, Value,
};
use readmit_webext::storage::{self, Area};
use readmit_webext::value::{Members, member, member_called, object, parse_json};
use readmit_webext::{ApiError, time};
use wasm_bindgen::JsValue;

use super::border;

/// Milliseconds until a value has to be there, or written.
pub(super) const PATIENCE: i32 = 5_000;

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
        let mut reading = Reading::default();
        let (local, session) = time::both(contents(local), contents(session)).await;
        let local = self.known(Area::Local, local, &mut reading);
        let session = self.known(Area::Session, session, &mut reading);
        let mut stored = Stored {
            ledger: kept(&local, LEDGER, &mut reading, border::ledger).unwrap_or_default(),
            pins: kept(&local, PINS, &mut reading, border::pins).unwrap_or_default(),
            pursuit: kept(&local, PURSUIT, &mut reading, border::pursuit),
            settings: kept(&local, SETTINGS, &mut reading, border::settings).unwrap_or_default(),
            quiet: kept(&local, QUIET, &mut reading, JsValue::as_bool).unwrap_or_default(),
            lookouts: kept(&local, LOOKOUTS, &mut reading, border::lookouts).unwrap_or_default(),
            memory: kept(&local, MEMORY, &mut reading, border::memory).unwrap_or_default(),
            cases: kept(&session, CASES, &mut reading, unpacked).unwrap_or_default(),
            challenges: kept(&session, CHALLENGES, &mut reading, unpacked).unwrap_or_default(),
            clearing: kept(&session, CLEARING, &mut reading, unpacked).unwrap_or_default(),
            jar: kept(&session, JAR, &mut reading, unpacked).unwrap_or_default(),
            inbox: kept(&session, INBOX, &mut reading, unpacked).unwrap_or_default(),
            leaving: kept(&session, LEAVING, &mut reading, unpacked).unwrap_or_default(),
            trouble: kept(&session, TROUBLE, &mut reading, unpacked).unwrap_or_default(),
        };
        for (area, moved) in reading.moved {
            // If even this cannot be written, the value stays where it is until the next save.
            let _ = set(area, moved).await;
        }
        let news = reading.trouble.into_iter().filter(|new| !stored.trouble.contains(new));
        let news: Vec<Trouble> = news.collect();
        if !news.is_empty() {
            stored.trouble.extend(news);
            // Told now, and by the next worker too.
            let _ = self.write(vec![Value::Trouble(stored.trouble.clone())]).await;
        }
        stored
    }

    /// Writes values, those of one area at once: none of them is there without the others. What is on disk outlives this
    /// build and is written with names; what is in memory does not (an update clears it) and is packed.
    pub(super) async fn write(&self, values: Vec<Value>) -> Result<(), ApiError> {
        for (wanted, values) in stored::in_writing_order(values) {
            let wanted = area(wanted);
            let items = js_sys::Object::new();
            for value in &values {
                let written = match value {
                    Value::Ledger(ledger) => border::written_ledger(ledger),
                    Value::Pins(pins) => border::written_pins(pins),
                    Value::Pursuit(pursuit) => border::written_pursuit(pursuit.as_ref()),
                    Value::Settings(settings) => border::written_settings(settings),
                    Value::Quiet(quiet) => (*quiet).into(),
                    Value::Lookouts(lookouts) => border::written_lookouts(lookouts),
                    Value::Memory(memory) => parse_json(&memory.write()),
                    Value::Cases(cases) => pack(cases).into(),
                    Value::Challenges(challenges) => pack(challenges).into(),
                    Value::Clearing(clearing) => pack(clearing).into(),
                    Value::Jar(jar) => pack(jar).into(),
                    Value::Inbox(inbox) => pack(inbox).into(),
                    Value::Leaving(leaving) => pack(leaving).into(),
                    Value::Trouble(trouble) => pack(trouble).into(),
                };
                let item = value.item();
                // Setting a member of a fresh plain object cannot fail.
                let _ = Reflect::set(&items, &item.key.into(), &border::envelope(item.version, written));
            }
            if self.unread(wanted).get() {
                return Err(ApiError::Refused("what was saved before could not be read".into()));
            }
            set(wanted, items.into()).await?;
        }
        Ok(())
    }

    fn unread(&self, area: Area) -> &Cell<bool> {
        if area == Area::Local { &self.unread_local } else { &self.unread_session }
    }

    /// What lies in an area, or nothing, which is noted.
    fn known(&self, area: Area, contents: Option<JsValue>, reading: &mut Reading) -> JsValue {
        contents.unwrap_or_else(|| {
            self.unread(area).set(true);
            reading.trouble.push(Trouble { key: "storage".to_owned(), damage: Damage::Unreadable });
            JsValue::UNDEFINED
        })
    }
}

/// All that lies in an area; `None` when it cannot be read.
async fn contents(asked: Promise) -> Option<JsValue> {
    time::within(PATIENCE, time::answer(asked)).await.ok().filter(JsValue::is_object)
}

/// What the administrator laid down; nothing where the browser knows of none.
pub(super) async fn policy(rules: impl Future<Output = Result<JsValue, ApiError>>) -> Policy {
    time::within(PATIENCE, rules).await.map(|rules| Policy::of(border::rules(&rules))).unwrap_or_default()
}

/// Forgets everything, what was set aside included.
pub(super) async fn erase() -> Result<(), ApiError> {
    storage::clear(Area::Session).await?;
    storage::clear(Area::Local).await
}

fn unpacked<T: Packed>(value: &JsValue) -> Option<T> {
    unpack(&value.as_string()?)
}

/// What was found on the way.
#[derive(Default)]
struct Reading {
    trouble: Vec<Trouble>,
    /// What is to be written where, so that a damaged value is set aside.
    moved: Vec<(Area, JsValue)>,
}

fn kept<T>(contents: &JsValue, item: Item, reading: &mut Reading, read: fn(&JsValue) -> Option<T>) -> Option<T> {
    let (raw, value, version) = opened(contents, item)?;
    item.take(version, || read(&value)).map_err(|new| reading.set_aside(contents, item, raw, new)).ok()
}

/// What lies there, with the value in it and the version beside that.
fn opened(contents: &JsValue, item: Item) -> Option<(JsValue, JsValue, Option<u32>)> {
    let raw = member(contents, item.key);
    let value = member(&raw, "value");
    let is_nothing = raw.is_undefined() || raw.is_null() || (raw.is_object() && value.is_null());
    let version = Members::of(&raw).optional_integer("version");
    (!is_nothing).then_some((raw, value, version))
}

impl Reading {
    fn set_aside(&mut self, contents: &JsValue, item: Item, raw: JsValue, new: Trouble) {
        let free = item.places_aside().into_iter().find(|key| member_called(contents, key).is_undefined());
        // Both at once: set aside, and no longer in the way.
        self.moved.extend(free.map(|place| (area(item.area), object(&[(&place, raw), (item.key, JsValue::NULL)]))));
        self.trouble.push(new);
    }
}

async fn set(area: Area, items: JsValue) -> Result<(), ApiError> {
    time::within(PATIENCE, storage::set(area, items)).await
}

fn area(area: stored::Area) -> Area {
    match area {
        stored::Area::Local => Area::Local,
        stored::Area::Session => Area::Session,
    }
}
