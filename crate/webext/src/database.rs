//! Where Firefox keeps what outlives the browser: a database of the extension's own. In Firefox `storage.local` is open to
//! content scripts, and nothing can close it, so what lies there may have been written by the compromised process of a page. A
//! content script's `indexedDB` is the page's, never ours.
//!
//! ```text
//!  no database ── first start ──▶ made with all that storage.local holds ── each later start ──▶ storage.local is emptied, unread
//! ```
//!
//! Earlier versions wrote to `storage.local`. The database and what is moved into it appear in one transaction, so if the background
//! dies, either nothing has happened or everything is moved. From then on `storage.local` means nothing. It is emptied by the next
//! start, not by this one: the computer could still lose power before the disk has what was moved.
//!
//! A transaction that has completed survives the end of the browser, as `storage.local` does in Firefox. `idb` cannot ask for
//! `durability: "strict"`, so a power failure may cost the last moments.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::future::try_join;
use idb::event::VersionChangeEvent;
use idb::request::Request as _;
use idb::{Database, DatabaseEvent as _, Event as _, Factory, ObjectStoreParams, TransactionMode};
use js_sys::{Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::ApiError;

const NAME: &str = "readmit";
const VERSION: u32 = 1;
/// Each value is stored under its own key.
const STORE: &str = "values";

/// Everything in the database, as one object.
pub(crate) struct Contents {
    /// Its members are the values.
    pub(crate) values: JsValue,
    /// Was the database made just now?
    pub(crate) is_new: bool,
}

/// Reads everything. A database that is made now begins with the members of `first`.
pub(crate) async fn read(first: &JsValue) -> Result<Contents, ApiError> {
    let (database, is_new) = open(first).await?;
    let reading = database.transaction(&[STORE], TransactionMode::ReadOnly)?;
    let store = reading.object_store(STORE)?;
    let (keys, values) = (store.get_all_keys(None, None)?, store.get_all(None, None)?);
    let (keys, values) = try_join(keys.into_future(), values.into_future()).await?;
    database.close();
    let contents = Object::new();
    for (key, value) in keys.iter().zip(&values) {
        Reflect::set(&contents, key, value)?;
    }
    Ok(Contents { values: contents.into(), is_new })
}

/// Writes all members of an object, or none.
pub(crate) async fn set(items: &JsValue) -> Result<(), ApiError> {
    change(|store| put_all(store, items)).await
}

/// Deletes everything.
pub(crate) async fn clear() -> Result<(), ApiError> {
    change(|store| store.clear().map(drop)).await
}

async fn change(act: impl FnOnce(&idb::ObjectStore) -> Result<(), idb::Error>) -> Result<(), ApiError> {
    let (database, _) = open(&JsValue::UNDEFINED).await?;
    let writing = database.transaction(&[STORE], TransactionMode::ReadWrite)?;
    act(&writing.object_store(STORE)?)?;
    let result = writing.await?;
    database.close();
    if result.is_aborted() {
        return Err(ApiError::Refused("the browser has not stored it".into()));
    }
    Ok(())
}

/// Opens the database, and makes it with the members of `first` if there is none. Says whether it did.
async fn open(first: &JsValue) -> Result<(Database, bool), ApiError> {
    let mut opening = Factory::new()?.open(NAME, Some(VERSION))?;
    let is_new = Rc::new(Cell::new(false));
    let (makes, first) = (Rc::clone(&is_new), first.clone());
    opening.on_upgrade_needed(move |event| {
        if make(&event, &first).is_err() {
            // A database without its store would be in the way for ever.
            let _ = event.target().map(|request| request.transaction().map(idb::Transaction::abort));
        }
        makes.set(true);
    });
    Ok((opening.await?, is_new.get()))
}

fn make(event: &VersionChangeEvent, first: &JsValue) -> Result<(), idb::Error> {
    let store = event.database()?.create_object_store(STORE, ObjectStoreParams::new())?;
    put_all(&store, first)
}

fn put_all(store: &idb::ObjectStore, items: &JsValue) -> Result<(), idb::Error> {
    let Some(items) = items.dyn_ref::<Object>() else { return Ok(()) };
    for key in Object::keys(items).iter() {
        store.put(&Reflect::get(items, &key).unwrap_or_default(), Some(&key))?;
    }
    Ok(())
}

impl From<idb::Error> for ApiError {
    fn from(error: idb::Error) -> Self {
        Self::Refused(error.to_string())
    }
}
