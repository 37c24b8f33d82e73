//! Values on their way into and out of JavaScript. Each is a serde type: what an API takes, what it answers, what messages and
//! storage carry.

use js_sys::{Promise, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::ApiError;

/// A value as messages and storage carry it: what JSON can say, and whole numbers up to 2^53.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, ApiError> {
    value.serialize(&Serializer::json_compatible()).map_err(|error| ApiError::Shape(error.to_string()))
}

/// Reads a value strictly: `None` when a member is missing that has to be there, or is of another type. Members that are not asked
/// for are ignored.
pub fn decode<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// A member of an object, whose name is only known when it runs; `undefined` when the object has none.
pub fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// What the browser answers, read as strictly as [`decode`] does.
pub(crate) async fn answer<T: DeserializeOwned>(promise: Promise) -> Result<T, ApiError> {
    decode(promise.await?).ok_or_else(ApiError::shape)
}
