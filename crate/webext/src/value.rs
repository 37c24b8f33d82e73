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
