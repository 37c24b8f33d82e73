//! Values on their way into and out of JavaScript.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::ApiError;

/// Plain objects only: what messages and storage can carry.
pub fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, ApiError> {
    Ok(value.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}

/// Reads what came. Members that are not asked for are ignored.
pub fn from_js<T: DeserializeOwned>(value: JsValue) -> Result<T, ApiError> {
    Ok(serde_wasm_bindgen::from_value(value)?)
}

/// A value for another part of the very same build: its bytes, one a character. Much less code and work than an object with
/// named members, for what nobody else ever reads.
pub fn pack<T: Serialize + ?Sized>(value: &T) -> Result<String, ApiError> {
    let bytes = postcard::to_allocvec(value).map_err(|_| ApiError::Shape("a value that cannot be packed".into()))?;
    Ok(bytes.into_iter().map(char::from).collect())
}

/// Reads what [`pack`] wrote.
pub fn unpack<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    let value = bytes.ok().and_then(|bytes| postcard::from_bytes(&bytes).ok());
    value.ok_or_else(|| ApiError::Shape("a packed value that cannot be read".into()))
}

/// A member of an object; `undefined` when it has none.
pub fn member(object: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// An object with one member.
pub(crate) fn object(name: &str, value: &JsValue) -> JsValue {
    let object = js_sys::Object::new();
    // Setting a member of a fresh plain object cannot fail.
    let _ = js_sys::Reflect::set(&object, &JsValue::from_str(name), value);
    object.into()
}
